#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# plimsoll assess: everything in one go; no evidence gives no pass; secrets reach neither database nor documents; the same bytes twice.
. "$(dirname "$0")/lib.sh"
D=${TMPDIR:-/tmp}/assess
rm -rf "$D"
mkdir -p "$D/in"

# Only pods, with secrets planted where people leave them. All are invented; each stands nowhere but here.
cat > "$D/in/pods.json" <<'P'
{"apiVersion":"v1","kind":"List","items":[{"apiVersion":"v1","kind":"Pod","metadata":{"name":"web","namespace":"shop",
"annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{\"spec\":{\"containers\":[{\"name\":\"c\",\"env\":[{\"name\":\"DB_PASSWORD\",\"value\":\"Canary-Annot-4711\"}]}]}}"}},
"spec":{"hostPID":true,"containers":[{"name":"c","image":"registry.example/team/web:1.0","securityContext":{"privileged":true},
"args":["--token=Canary-Args-4712-abcdefgh"],"command":["sh","-c","curl -u admin:CanaryCmd4713 -H 'Authorization: Bearer CanaryHead4718' https://example.com; mysqldump --password Canary-Opt-4719 shop"],
"env":[{"name":"DB_PASSWORD","value":"Canary-Env-4714"},{"name":"DATABASE_URL","value":"postgres://app:CanaryUrl4715@db/x"},
{"name":"KEY","value":"-----BEGIN RSA PRIVATE KEY-----\nCanaryPem4716CanaryPem4716CanaryPem4716\n-----END RSA PRIVATE KEY-----"},
{"name":"AWS","value":"AKIACANARY4717CANARY"}]}]},"status":{"phase":"Running"}}]}
P
touch -d @1795539600 "$D/in/pods.json"
"$PLIMSOLL" assess -o "$D/a" --cluster-name c1 "$D/in/pods.json" > "$D/out" 2> "$D/err"
ok "exit code" "$? $(cat "$D/err")" "0 "
ok "what is written" "$(ls "$D/a" | tr '\n' ' ')" "cgar.pdf csb.pdf deck-notes.txt deck.pdf findings.csv findings.json site.db "
ok "what is told" "$(sed 's/: [0-9]* /: N /' "$D/out" | tr '\n' ' ')" \
	"$D/a/site.db $D/a/findings.csv $D/a/findings.json $D/a/cgar.pdf: N pages $D/a/csb.pdf: N pages $D/a/deck.pdf: N slides $D/a/deck-notes.txt: what to say "
J=$D/a/findings.json DB=$D/a/site.db

pdftotext "$D/a/cgar.pdf" "$D/cgar.txt"
has "the gap analysis names the list's hash" "$(tr -d '\n ' < "$D/cgar.txt")" "$(sha256sum < "$D/a/findings.csv" | cut -c 1-64)"

# No evidence gives no pass: checks that need more than pods and the containers in them have no pass.
q() { sqlite3 "$DB" "$1"; }
ok "passes come from pods only" "$(q "SELECT DISTINCT c.id FROM tally t JOIN \"check\" c ON c.id = t.check_id, json_each(c.needs) n WHERE t.verdict = 'pass' AND n.value != 'kubernetes/pods'")" ""
# not_assessed CHECK MISSING: one finding, which names the kind of evidence.
not_assessed() {
	ok "$1 is not assessed" "$(jq -c "[.findings[] | select(.check == \"$1\")] | map([.verdict, (.missing | index(\"$2\") != null)]) | unique" "$J")" '[["not-assessed",true]]'
	ok "$1 has no pass" "$(jq -c "[.tally[] | select(.check == \"$1\" and .verdict == \"pass\")]" "$J")" "[]"
}
not_assessed iam.cluster-admin kubernetes/clusterroles
not_assessed iam.apiserver-anonymous-auth node/kube-apiserver
not_assessed runtime.file-controller-manager-kubeconfig-mode node/files
not_assessed scanning.registry-critical registry/harbor-artifacts
for d in iam registry scanning; do
	ok "$d: a domain without evidence has no grade" "$(q "SELECT grade FROM domain_score WHERE domain = '$d'")" "not assessed"
done
ok "CIS Kubernetes: nothing of nodes, control plane and roles is met" \
	"$(q "SELECT group_concat(id) FROM v_control WHERE framework = 'cis-kubernetes' AND state = 'met' AND (id GLOB '[1-4].*' OR id GLOB '5.1.*')")" ""
ok "AWS is not applicable, not passed" "$(jq -c '[.tally[] | select(.check | startswith("iam.aws-")) | .verdict] | unique' "$J")" '["not-applicable"]'
ok "AWS is assumed absent" "$(q "SELECT state FROM scope WHERE kind = 'aws'")" assumed-absent
pdftotext -layout "$D/a/cgar.pdf" "$D/cgar.txt"
ok "the report says so" "$(grep -c 'assumed absent' "$D/cgar.txt" | sed 's/^[1-9][0-9]*/some/')" some
ok "the report names what is missing" "$(tr -s ' \n' ' ' < "$D/cgar.txt" | grep -cE 'node/arguments|[Aa]rguments.*not collected')" 1
ok "the report shows domains without grade" "$(grep -ciE 'not assessed' "$D/cgar.txt" | sed 's/^[1-9][0-9]*/some/')" some

# Hand-checked: what is wrong with this pod is found.
for c in runtime.privileged-container runtime.host-pid data.secret-in-env-value; do
	ok "$c fails" "$(jq -c "[.findings[] | select(.check == \"$c\" and .verdict == \"fail\")] | length" "$J")" 1
done

# The secrets are in no output.
pdftotext "$D/a/csb.pdf" "$D/csb.txt"
pdftotext "$D/a/deck.pdf" "$D/deck.txt"
sqlite3 "$DB" .dump > "$D/dump.sql"
q "SELECT thing FROM object" | while read -r t; do "$PLIMSOLL" sql "$DB" "SELECT object($t) AS o" --format csv; done > "$D/objects.csv"
ok "objects can be read" "$(grep -c '""containers""' "$D/objects.csv")" 1
ok "no secret in any file" "$(grep -raliE 'canary' "$D/a" "$D/cgar.txt" "$D/csb.txt" "$D/deck.txt" "$D/dump.sql" "$D/objects.csv" "$D/out")" ""

# The same bytes twice; the gate; combined codes.
cp -rp "$D/in" "$D/in2"
"$PLIMSOLL" assess -q -o "$D/b" --cluster-name c1 --fail-on high "$D/in2/pods.json" > "$D/out" 2>&1
ok "the gate" "$? $(cat "$D/out")" "1 "
ok "the same bytes twice" "$(cd "$D/a" && for f in *; do cmp -s "$f" "../b/$f" || echo "$f"; done)" ""
printf '{"apiVersion":"v1","kind":"List","items":[{]}' > "$D/in2/broken.json"
"$PLIMSOLL" assess -q -o "$D/c" "$D/in2" > /dev/null 2>&1
ok "some of it could not be read" "$?" 4
"$PLIMSOLL" assess -q -o "$D/c" --fail-on high "$D/in2" > /dev/null 2>&1
ok "the gate goes before that" "$?" 1
"$PLIMSOLL" assess -q -o "$D/d" "$D/in2/broken.json" > /dev/null 2>&1
ok "nothing good" "$? $(ls "$D/d")" "3 "
"$PLIMSOLL" assess -q -o "$D/d" --fail-on urgent "$D/in2" > /dev/null 2>&1
ok "no such severity" "$? $(ls "$D/d")" "2 "
mkdir -p "$D/t"
printf -- '---\ntitle: T\n---\n# A\n\nAll of them: findings.csv.\n' > "$D/t/names.md"
"$PLIMSOLL" report -q -o "$D/e" --templates "$D/t" "$DB" names
ok "a report that names the list brings it" "$? $(cmp "$D/e/findings.csv" "$D/a/findings.csv" && ls "$D/e" | tr '\n' ' ')" "0 findings.csv names.pdf "
printf -- '---\ntitle: T\n---\n# A\n\nNo list: {{ findings_sha256 }}.\n' > "$D/t/without.md"
"$PLIMSOLL" report -q -o "$D/f" --templates "$D/t" "$DB" without
ok "a report that does not, does not" "$? $(ls "$D/f" | tr '\n' ' ')" "0 without.pdf "

# A feed beside evidence is none, and no damage either.
printf '{"id":"GHSA-0001","modified":"2024-01-01T00:00:00Z","affected":[{"package":{"ecosystem":"npm","name":"x"}}]}' > "$D/in/GHSA-0001.json"
"$PLIMSOLL" analyze -o "$D/g.db" "$D/in" > "$D/out" 2>&1
ok "feeds among the evidence are told apart" "$? $(cat "$D/out")" "0 plimsoll: warning: vulnerability feeds are no evidence and were not read (plimsoll feeds import, then --feeds)"
"$PLIMSOLL" analyze -o "$D/g.db" "$D/in/GHSA-0001.json" > "$D/out" 2>&1
ok "a feed alone is no evidence" "$? $(grep -c 'plimsoll feeds import reads vulnerability feeds' "$D/out")" "3 1"
"$PLIMSOLL" collect -o "$D/g.plim" --import "$D/in" > /dev/null 2> "$D/err"
has "nor is it collected" "$? $(cat "$D/err")" "0 plimsoll: warning: vulnerability feeds are no evidence"
"$PLIMSOLL" assess "$D/in2" > /dev/null 2>&1
ok "no folder" "$?" 2
"$PLIMSOLL" assess -q -o /dev/null/x "$D/in" > /dev/null 2> "$D/err"
ok "a folder that cannot be made" "$? $(wc -l < "$D/err")" "5 1"
finish
