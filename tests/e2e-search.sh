#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# plimsoll search: every kind of thing by the words a person would type, and words that try to be query syntax.
. "$(dirname "$0")/lib.sh"
D=${TMPDIR:-/tmp}/search
rm -rf "$D"
mkdir -p "$D/in"
DB=$D/site.db
cp tests/fixtures/kubernetes/findings.yaml "$D/in/"
printf '{"apiVersion":"v1","kind":"List","items":[{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"kube-system","uid":"1"}},
{"apiVersion":"v1","kind":"Event","metadata":{"name":"agent.1","namespace":"ops"}}]}' > "$D/in/more.json"
"$PLIMSOLL" analyze -o "$DB" --cluster-name c1 "$D/in" > /dev/null 2>&1
names() { "$PLIMSOLL" search "$DB" --format json "$@" 2>&1 | jq -r '.results[] | .kind + " " + .name' | tr '\n' ','; }
ok "a namespace" "$(names kube-system)" "namespace c1/-/Namespace/kube-system,"
ok "a beginning" "$(names kube-sys)" "namespace c1/-/Namespace/kube-system,"
ok "the case does not matter" "$(names KUBE-System)" "namespace c1/-/Namespace/kube-system,"
ok "an object; events are left out" "$(names --kind object agent)" "object c1/ops/DaemonSet/agent,"
ok "all words" "$(names --kind object ops web)" "object c1/ops/Deployment/web,"
ok "words in one argument" "$(names --kind object 'web ops')" "object c1/ops/Deployment/web,"
ok "a label" "$(names app=agent)" "label app=agent,"
ok "a cluster" "$(names --kind cluster c1)" "cluster c1,"
ok "an image" "$(names --kind image registry.example/team/agent:1.2)" "image registry.example/team/agent:1.2,"
ok "a digest" "$(names --kind image sha256:ab)" "image registry.example/team/web@sha256:ab00000000000000000000000000000000000000000000000000000000000000,"
ok "no such digest" "$(names sha256:ac)" ""
id=$(printf 'runtime.privileged-container\000c1/ops/DaemonSet/agent#main\000' | sha256sum | cut -c 1-16)
ok "a finding by its id" "$(names "$id")" "finding $id,"
ok "findings by what they say" "$(names --kind finding runs privileged | grep -c "$id")" 1
ok "a check" "$(names --kind check privileged-container)" "check runtime.privileged-container,"
ok "counts" "$("$PLIMSOLL" search "$DB" --format json --kind label app=agent | jq -c '.results[0].count')" 1
ok "a limit, and how many there are" "$("$PLIMSOLL" search "$DB" --format json --limit 1 ops | jq -c '[(.results | map(.kind) | length == (unique | length)), .totals.object]')" '[true,2]'

# What looks like FTS5 syntax is text.
for w in '"' '""' 'a"b' 'agent OR' 'NEAR(agent web)' '^agent' 'text:agent' '-agent' '*' 'a*b' '(agent' 'agent)' 'AND' 'NOT agent' '{text}: agent' '+' "'; DROP TABLE thing; --" "$(printf '\033[31m')" "$(printf '\377\376')"; do
	"$PLIMSOLL" search "$DB" --format json -- "$w" > "$D/out" 2> "$D/err"
	code=$?
	[ $code = 0 ] && jq -e .results "$D/out" > /dev/null && code=fine
	[ "$code" = 2 ] && grep -q 'holds no letter and no digit' "$D/err" && code=fine
	ok "words: $w" "$code" fine
done
ok "syntax finds what it says" "$(names --kind object 'agent OR web')" ""

# Packages and vulnerabilities, from a database made by hand: what a scan of images writes.
cp "$DB" "$D/v.db"
sqlite3 "$D/v.db" "INSERT INTO vulnerability(id, name, aliases, severity, kev, summary) VALUES (1, 'CVE-2021-44228', '[\"GHSA-jfh8-c2jp-5v3q\"]', 'critical', 1, 'Log4Shell');
INSERT INTO search_entry(id, kind, name) VALUES (900001, 'vulnerability', 'CVE-2021-44228');
INSERT INTO search(rowid, text) VALUES (1800003, 'CVE-2021-44228 [\"GHSA-jfh8-c2jp-5v3q\"] Log4Shell');"
DB=$D/v.db
ok "a CVE" "$(names CVE-2021-44228)" "vulnerability CVE-2021-44228,"
ok "its alias" "$(names ghsa-jfh8-c2jp-5v3q)" "vulnerability CVE-2021-44228,"
ok "another CVE" "$(names CVE-2021-44229)" ""
DB=$D/site.db

"$PLIMSOLL" search "$DB" nosuchword > "$D/out"
ok "nothing" "$? $(cat "$D/out")" "0 Nothing bears all of these words."
"$PLIMSOLL" search "$DB" agent > "$D/a" && "$PLIMSOLL" search "$DB" agent -o "$D/b"
cmp -s "$D/a" "$D/b"
ok "the same twice" "$?" 0
"$PLIMSOLL" search "$DB" --kind pod agent > /dev/null 2> "$D/err"
ok "no such kind" "$?" 2
"$PLIMSOLL" search "$DB" > /dev/null 2> "$D/err"
ok "no words" "$?" 2
finish
