#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# From evidence to a bundle and from the bundle to findings; bundles that are cut, changed or made to do harm; disks and folders that cannot be
# written. Expectations are worked out by hand from the few objects below; the broken bundles come from make-bundle.py, not from the collector.
. "$(dirname "$0")/lib.sh"
tests=$PWD/tests
cd "$TMPDIR" || exit 2
files() { find . -path ./out -prune -o -print | grep -vE '^\./(stdout|stderr)\.txt$' | sort; }

# run NAME CODE PATTERN COMMAND...: exit code, at most one line on stderr, which matches, and nothing written but below out/.
run() {
	name=$1 code=$2 pattern=$3
	shift 3
	mkdir -p out
	before=$(files)
	"$@" > stdout.txt 2> stderr.txt
	got=$?
	ok "$name: exit code ($(cat stderr.txt))" "$got" "$code"
	if [ -z "$pattern" ] && [ ! -s stderr.txt ]; then pass; elif [ -n "$pattern" ] && grep -qE -- "$pattern" stderr.txt; then pass; else bad "$name: stderr does not say '$pattern'" "$(cat stderr.txt)"; fi
	if [ "$(wc -l < stderr.txt)" -le 1 ]; then pass; else bad "$name: more than one line on stderr" "$(cat stderr.txt)"; fi
	if LC_ALL=C grep -q "$(printf '\033')" stderr.txt stdout.txt; then bad "$name: an escape reached the terminal"; else pass; fi
	ok "$name: wrote outside of out/" "$(files)" "$before"
}
q() { sqlite3 out/x.db "$1"; }
collect() { "$PLIMSOLL" collect "$@"; }
analyze() { rm -f out/x.db; "$PLIMSOLL" analyze -o out/x.db "$@"; }
plain() { rm -rf out/plain; mkdir -p out/plain; tar xf "$1" -C out/plain; for m in out/plain/m/*; do case $m in *.zst) zstd -dcq "$m" ;; *) cat "$m" ;; esac; done; } # with ordinary tools
manifest() { tar xOf "$1" manifest.json | jq -r .payload | base64 -d; }

# ---- a dump
SECRET=TopSecret-Value-4711
mkdir -p dump/a dump/aws
cat > dump/a/namespaces.json << X
{"apiVersion":"v1","kind":"List","items":[{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"kube-system","uid":"0123abcd-1111-2222-3333-444455556666"}},
{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"shop","annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{\"password\":\"$SECRET\"}"}}}]}
X
cat > dump/a/pods.json << X
{"kind":"PodList","apiVersion":"v1","items":[{"metadata":{"name":"web","namespace":"shop"},"spec":{"containers":[{"name":"c","image":"r.example/web:1","env":[{"name":"DB_PASSWORD","value":"$SECRET"}],
"args":["--token","$SECRET"]}]}},
{"metadata":{"name":"odd\ud800","namespace":"shop"},"spec":{}},
{"metadata":{"name":"db","namespace":"shop"},"spec":{"containers":[{"name":"c","image":"r.example/db@sha256:$(printf x | sha256sum | cut -c1-64)","securityContext":{"privileged":true}}]}}]}
X
printf '{"apiVersion":"v1","kind":"List","items":[{"apiVersion":"v1","kind":"Secret","metadata":{"name":"s","namespace":"shop"},"data":{"password":"%s"}}]}' "$(printf %s "$SECRET" | base64)" > dump/a/secrets.json
printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: one, namespace: shop}\ndata: {key: "%s"}\n---\napiVersion: v1\nkind: Service\nmetadata: {name: two, namespace: shop}\nspec: {ports: [{port: 80}]}\n' "$SECRET" > dump/a/more.yaml
printf '{"apiVersion":"v1","kind":"NodeList","items":[]}' > dump/a/nodes.json
printf 'user,arn,user_creation_time,mfa_active\nbob,arn:aws:iam::111122223333:user/bob,2024-01-01T00:00:00+00:00,false\n' > dump/aws/report.csv
printf 'no evidence\n' > dump/notes.md
find dump -exec touch -d 2026-11-24T17:00:00Z {} +

run "import" 4 'out/site.plim: 6 members; 2 things' collect -o out/site.plim --import dump
ok "with ordinary tools: members" "$(tar tf out/site.plim | tr '\n' ' ')" "m/000001.json.zst m/000002.json.zst m/000003.json.zst m/000004.json.zst m/000005.json.zst m/000006.csv.zst manifest.json "
ok "every secret is hidden" "$(plain out/site.plim | grep -c -e "$SECRET" -e "$(printf %s "$SECRET" | base64)")" 0
hasnot "nor in the file itself" "$(cat out/site.plim out/RECEIPT.txt | tr -d '\0')" "$SECRET"
ok "hashes are those of the plain bytes" "$(plain out/site.plim > /dev/null; zstd -dcq out/plain/m/000001.json.zst | sha256sum | cut -c1-64)" "$(manifest out/site.plim | jq -r '.predicate.members[0].sha256')"
ok "sizes too" "$(zstd -dcq out/plain/m/000002.json.zst | wc -c)" "$(manifest out/site.plim | jq -r '.predicate.members[1].bytes')"
ok "the statement" "$(manifest out/site.plim | jq -rc '[._type, .predicateType, .predicate.format]')" '["https://in-toto.io/Statement/v1","urn:plimsoll:collection:1",1]'
ok "what was hidden is counted" "$(manifest out/site.plim | jq -c '.predicate.redactions')" '{"secret-value":1,"config-map-value":1,"value-under-secret-name":2,"last-applied-configuration":1}'
ok "the odd pod is told" "$(manifest out/site.plim | jq -r '.predicate.members[] | select(.path == "a/pods.json") | .state, .problem_count')" "partial
1"
ok "and leaves a place-holder" "$(zstd -dcq out/plain/m/000004.json.zst | jq -c '[.items[] | .metadata.name]')" '["web",null,"db"]'
has "the receipt" "$(cat out/RECEIPT.txt)" "$(sha256sum out/site.plim | cut -c1-64)"
cp out/site.plim first.plim
run "again" 4 'site.plim' collect -o out/site.plim --import dump
ok "the same evidence gives the same bytes" "$(cmp out/site.plim first.plim && echo same)" same
rm first.plim

# ---- the bundle of a dump gives what the dump gives
findings() { q "SELECT f.id, f.check_id, f.verdict, f.severity, f.subject, f.detail, f.facts, f.missing, t.pointer, e.path FROM finding f LEFT JOIN thing t ON t.id = f.thing LEFT JOIN evidence e ON e.id = t.evidence ORDER BY 1"
	q "SELECT check_id, scope, namespace, verdict, count FROM tally ORDER BY 1, 2, 3, 4"; }
run "analyzing the dump" 4 'problems?' analyze --cluster-name c dump
raw=$(findings)
run "analyzing the bundle" 4 'problems?' analyze --cluster-name c out/site.plim
ok "the same findings and tallies" "$(findings)" "$raw"
has "which are some" "$raw" "runtime.privileged"
ok "evidence names its hash" "$(q "SELECT count(*) FROM evidence WHERE sha256 IS NOT NULL AND source IS NOT NULL")" 6
ok "the odd pod is a problem, once" "$(q "SELECT count(*) FROM problem WHERE message LIKE '%/items/1%'")" 1
ok "of the bundle" "$(q "SELECT value FROM meta WHERE key IN ('trust', 'bundle.id', 'collected.start') ORDER BY key")" "$(manifest out/site.plim | jq -r .predicate.id)
1790000000
UNSIGNED"
run "a cluster is named by its kube-system" 4 'problems?' analyze out/site.plim
ok "as in the dump" "$(q "SELECT name FROM scope WHERE kind = 'cluster'")" 0123abcd
unset_epoch() { env -u SOURCE_DATE_EPOCH "$@"; }
rm -f out/x.db
run "without a date told" 4 'problems?' unset_epoch "$PLIMSOLL" analyze -o out/x.db out/site.plim
ok "the newest evidence dates it" "$(q "SELECT value FROM meta WHERE key = 'as-of'")" 1795539600

# Two bundles, and a bundle with raw input: the same hidden value may have two numbers, two values never one.
mkdir other && sed "s/$SECRET/Another-Secret-0815/g; s/\"web\"/\"other\"/" dump/a/pods.json > other/pods.json
run "a second bundle" 4 'members' collect -o out/other.plim --import other
run "two bundles" 4 'problems?' analyze --cluster-name c out/site.plim out/other.plim
ok "values of different bundles stay different" "$(q "SELECT count(DISTINCT token) FROM container_env")" 2
run "a bundle and a folder" 4 'problems?' analyze --cluster-name c out/site.plim other
ok "and from raw input" "$(q "SELECT count(DISTINCT token) FROM container_env")" 2
run "several imports get folders of their own" 4 'members' collect -o out/two.plim --import dump other
ok "by their names" "$(manifest out/two.plim | jq -r '.predicate.members[].path' | grep pods | tr '\n' ' ')" "dump/a/pods.json other/pods.json "
run "a bundle is no import" 3 'a bundle already' collect -o out/again.plim --import out/other.plim
rm -rf out other

# ---- inspect, verify
run "a bundle" 4 'members' collect -o out/site.plim --import dump
run "inspect" 0 '' "$PLIMSOLL" inspect out/site.plim
has "lists members" "$(cat stdout.txt)" "a/secrets.json"
has "and what was left out" "$(cat stdout.txt)" "notes.md"
run "inspect as JSON" 0 '' "$PLIMSOLL" inspect --format json out/site.plim
ok "is JSON" "$(jq -r '.schema, .trust, (.members | length)' stdout.txt | tr '\n' ' ')" "plimsoll.inspect/1 UNSIGNED 6 "
run "verify" 0 '' "$PLIMSOLL" verify out/site.plim
has "says what it is" "$(cat stdout.txt)" "UNSIGNED, 6 members, each as the manifest says"
run "verify what is no bundle" 3 'no bundle' "$PLIMSOLL" verify dump/a/pods.json
run "an unknown format" 2 'text or json' "$PLIMSOLL" inspect --format xml out/site.plim

# ---- kubectl
mkdir cluster
FAKE_CLUSTER=$PWD/cluster FAKE_LOG=$PWD/out/log
export FAKE_CLUSTER FAKE_LOG
cp dump/a/namespaces.json dump/a/secrets.json cluster/
grep -v ud800 dump/a/pods.json > cluster/pods.json
printf '{"clientVersion":{"gitVersion":"v1.33.4"},"serverVersion":{"major":"1","minor":"33","gitVersion":"v1.33.4"}}' > cluster/version.json
cat > cluster/api-resources.txt << 'X'
events                             ev           v1                             true         Event
namespaces                         ns           v1                             false        Namespace
pods                               po           v1                             true         Pod
secrets                                         v1                             true         Secret
clusterroles                                    rbac.authorization.k8s.io/v1   false        ClusterRole
-oyaml                                          v1                             true         Evil
X
printf '{"apiVersion":"v1","items":[],"kind":"List"}' > cluster/clusterroles.json
kubectl="--cluster --kubectl $tests/fake-kubectl.sh"
run "a cluster" 0 "" collect -o out/c.plim $kubectl
ok "members" "$(manifest out/c.plim | jq -r '.predicate.members[].path' | sed 's,cluster/fake-context/,,' | tr '\n' ' ')" "version.json api-resources.json namespaces.json pods.json secrets.json clusterroles.rbac.authorization.k8s.io.json "
ok "commands" "$(manifest out/c.plim | jq -r '.predicate.members[-1].source')" "kubectl get clusterroles.v1.rbac.authorization.k8s.io -o json --chunk-size=500 --request-timeout=5m"
ok "the server and its clock" "$(manifest out/c.plim | jq -rc '.predicate.sources[0] | [.cluster, .version, .server_clock]')" '["fake-context","v1.33.4","2026-11-29T18:00:00Z"]'
ok "nothing but reading" "$(grep -vcE '^(get|version|api-resources|config current-context)' out/log)" 0
ok "no secret" "$(plain out/c.plim | grep -c -e "$SECRET" -e "$(printf %s "$SECRET" | base64)")" 0
run "analyzed" 0 '' analyze out/c.plim
ok "the context names the cluster" "$(q "SELECT name FROM scope WHERE kind = 'cluster'")" fake-context
ok "and the version" "$(q "SELECT value FROM meta WHERE key LIKE 'kubernetes.version%'")" v1.33.4

mv cluster/secrets.json cluster/secrets.kept && : > cluster/secrets.forbidden
head -c 300 cluster/pods.json > cluster/pods.broken
run "forbidden, and broken off" 4 'members' collect -o out/f.plim $kubectl --context arn:aws:eks:eu-west-1:111122223333:cluster/prod
ok "what is missing is told" "$(manifest out/f.plim | jq -r '.predicate.expected[] | .cluster + " " + .kind + " " + .reason')" "prod kubernetes/pods broken off behind 1 objects: error: unexpected EOF
prod kubernetes/secrets forbidden: User \"auditor\" cannot list resource \"secrets\" in API group \"\" at the cluster scope"
run "analyzed" 4 '1 problem' analyze out/f.plim
ok "an empty list of what is forbidden is no evidence" "$(q "SELECT count(*) FROM evidence_kind WHERE kind = 'kubernetes/secrets'")" 0
has "and checks say why" "$(q "SELECT detail FROM finding WHERE check_id = 'data.secret-unused' OR missing LIKE '%kubernetes/secrets%' LIMIT 1")" 'forbidden: User "auditor"'
rm cluster/secrets.forbidden cluster/pods.broken && mv cluster/secrets.kept cluster/secrets.json
run "chosen namespaces" 4 'members' collect -o out/n.plim $kubectl -n shop -n none
ok "are asked one by one" "$(manifest out/n.plim | jq -r '.predicate.members[].path' | grep pods)" "cluster/fake-context/shop/pods.json
cluster/fake-context/none/pods.json"
has "and the rest is missing" "$(manifest out/n.plim | jq -r '.predicate.expected[].reason')" "only of the namespaces that were asked for: shop, none"
: > cluster/api-resources.broken
run "an API group that is down" 4 '1 things' collect -o out/g.plim $kubectl
ok "costs itself only" "$(manifest out/g.plim | jq -r '(.predicate.members | length), .predicate.expected[].reason')" "6
error: unable to retrieve the complete list of server APIs: metrics.k8s.io/v1beta1: the server is currently unable to handle the request"
rm cluster/api-resources.broken && mv cluster/version.json cluster/version.kept
run "a cluster that cannot be reached" 4 'members' collect -o out/u.plim $kubectl --import dump
run "analyzed" 4 'problems?' analyze out/u.plim
has "nothing of it is assessed, and checks say why" "$(q "SELECT detail FROM finding WHERE check_id = 'runtime.privileged-container' AND cluster = 'fake-context' AND verdict = 'not-assessed'")" "No such file"
has "the other cluster is" "$(q "SELECT verdict FROM finding WHERE check_id = 'runtime.privileged-container' AND cluster = '0123abcd'")" fail
mv cluster/version.kept cluster/version.json
run "no kubectl" 3 'nothing could be collected: kubernetes/\*: .*cannot be run' collect -o out/k.plim --cluster --kubectl "$PWD/no-kubectl"
ok "leaves nothing" "$(ls out | grep -c '^k')" 0

# Killed while a list comes in: INCOMPLETE, and the members before it count.
mv cluster/secrets.json cluster/secrets.slow
env FAKE_LOG="$PWD/out/log" "$PLIMSOLL" collect -o out/killed.plim $kubectl > /dev/null 2>&1 &
pid=$!
for i in $(seq 100); do grep -q 'get secrets' out/log.slow 2> /dev/null || grep -c 'get secrets' out/log | grep -q '^[4-9]' && break; sleep 0.1; done
sleep 0.3
kill -9 "$pid" && wait "$pid" 2> /dev/null
mv cluster/secrets.slow cluster/secrets.json
ok "killed: no bundle of that name" "$([ -e out/killed.plim ] || echo none)" none
run "killed: verify" 4 '' "$PLIMSOLL" verify out/killed.plim.part
has "killed: it is INCOMPLETE" "$(cat stdout.txt)" "INCOMPLETE, 4 members"
run "killed: analyzed" 4 'problems?' analyze out/killed.plim.part
ok "killed: pods are there" "$(q "SELECT count(*), (SELECT value FROM meta WHERE key = 'trust'), (SELECT min(name) FROM scope WHERE kind = 'cluster') FROM pod")" "2|INCOMPLETE|fake-context"

# ---- images
mkdir images && python3 "$tests/make-images.py" images
layout=$(dirname "$(find images -name oci-layout | head -n 1)")
plain_tar=$(find images -maxdepth 1 -name '*.tar' | sort | head -n 1)
facts() { q "SELECT t.ref, i.config_digest, i.layers, (SELECT group_concat(name || version, ' ') FROM (SELECT name, version FROM package p WHERE p.thing = i.thing ORDER BY 1, 2)) FROM image i JOIN thing t ON t.id = i.thing ORDER BY 1"; }
for image in "$plain_tar" "$layout"; do
	"$PLIMSOLL" analyze -o out/x.db "$image" > /dev/null 2>&1
	want=$(facts)
	run "image $image" 0 '' collect -o out/i.plim --image "$image"
	ok "image $image: marked" "$(manifest out/i.plim | jq -c '.predicate.members[] | [.kind, .unredacted]' | sort -u | tr '\n' ' ')" '["image/archive",true] ["image/blob",true] '
	has "image $image: on the receipt" "$(cat out/RECEIPT.txt)" "NOT REDACTED"
	rm -f out/x.db && "$PLIMSOLL" analyze -o out/x.db out/i.plim > /dev/null 2>&1
	ok "image $image: the same facts" "$(facts)" "$want"
	hasnot "image $image: which are some" "-$want-" "--"
done
ok "blobs are what was there" "$(mkdir out/blobs; tar xf out/i.plim -C out/blobs; sha256sum out/blobs/m/*.blob | cut -c1-64 | sort)" "$(find "$layout" -type f -exec sha256sum {} + | cut -c1-64 | sort -u)"
last=$(python3 -c 'import tarfile; t = tarfile.open("out/i.plim"); print(t.getmembers()[-1].offset)')
head -c "$last" out/i.plim > out/cut.plim
run "an image in a bundle without its manifest" 4 '1 problem' analyze out/cut.plim
ok "is there as well" "$(facts)" "$want"
run "all of them" 0 '' collect -o out/i.plim --image images
ok "each blob once" "$(manifest out/i.plim | jq -r '.predicate.members[] | select(.kind == "image/blob") | .sha256' | sort | uniq -d | wc -l)" 0
"$PLIMSOLL" analyze -o out/y.db images > /dev/null 2>&1
rm -f out/x.db && "$PLIMSOLL" analyze -o out/x.db out/i.plim > /dev/null 2>&1
ok "the same facts as of the folder" "$(facts)" "$(mv out/y.db out/x.db && facts)"
run "an image that is none" 3 'not an image archive' collect -o out/j.plim --image dump/a/pods.json
run "images in a folder of evidence" 4 'members' collect -o out/j.plim --import images dump
rm -rf images

# ---- bundles that are damaged
cp out/site.plim good.plim
size=$(wc -c < good.plim)
for at in 0 100 512 700 3000 $((size / 2)) $((size - 3000)) $((size - 1600)); do
	head -c "$at" good.plim > out/short.plim
	if [ "$at" -lt 1024 ]; then
		run "cut at $at" 3 'short.plim: ' analyze out/short.plim
	else
		run "cut at $at" 4 'problems?' analyze out/short.plim
		ok "cut at $at: INCOMPLETE" "$(q "SELECT value FROM meta WHERE key = 'trust'")" INCOMPLETE
		ok "cut at $at: namespaces count" "$(q "SELECT count(*) FROM evidence WHERE state != 'failed'" | awk '{ print ($1 > 0) }')" 1
	fi
done
flipped() { # flipped OFFSET FILE
	cp good.plim "$2" && python3 "$tests/make-bundle.py" flip "$2" "$1"
}
second=$(python3 -c 'import tarfile; t = tarfile.open("good.plim"); print(t.getmembers()[1].offset)')
last=$(python3 -c 'import tarfile; t = tarfile.open("good.plim"); print(t.getmembers()[-1].offset_data)')
flipped $((second + 512 + 250)) out/flip.plim
run "a flipped byte in a member" 4 'problems?' analyze out/flip.plim
ok "costs that member" "$(q "SELECT path FROM evidence WHERE state = 'failed' AND kind IS NOT NULL")" "a/namespaces.json"
ok "the rest counts" "$(q "SELECT count(*) FROM pod")" 2
ok "and it shows" "$(q "SELECT value FROM meta WHERE key = 'trust'")" INCOMPLETE
ok "in what is missing too" "$(q "SELECT kind FROM expected ORDER BY 1")" "kubernetes/namespaces
kubernetes/pods"
run "verify refuses it" 3 'REFUSED: .*namespaces.json' "$PLIMSOLL" verify out/flip.plim
flipped $((second + 10)) out/flip.plim
run "a flipped byte in a header" 4 'problems?' analyze out/flip.plim
ok "what is behind it is found again" "$(q "SELECT count(*) FROM evidence WHERE state != 'failed'")" 5
ok "what was of it is missing" "$(q "SELECT kind || ' ' || reason FROM expected")" "kubernetes/pods objects of a/pods.json could not be read
kubernetes/namespaces it was lost from the bundle"
flipped 10 out/flip.plim
run "a flipped byte in the first header" 4 'problems?' analyze out/flip.plim
ok "the others count" "$(q "SELECT count(*) FROM evidence WHERE state != 'failed'")" 5
flipped $((last + 3)) out/flip.plim
run "a flipped byte in the manifest" 4 'problems?' analyze out/flip.plim
ok "costs the manifest" "$(q "SELECT value FROM meta WHERE key = 'trust'")" INCOMPLETE
ok "members tell what they are" "$(q "SELECT count(*) FROM evidence WHERE state != 'failed' AND path LIKE 'a%'")" 6
run "verify" 3 'REFUSED: the manifest cannot be read' "$PLIMSOLL" verify out/flip.plim

# ---- bundles made to do harm
hostile() { # hostile HOW VERIFY-CODE PATTERN PODS
	python3 "$tests/make-bundle.py" "$1" out/h.plim
	run "$1: verify" "$2" "$3" "$PLIMSOLL" verify out/h.plim
	if [ "$4" = none ]; then
		run "$1: analyze" 3 'nothing in it' analyze out/h.plim
	else
		run "$1: analyze" 4 'problems?' analyze out/h.plim
		ok "$1: the good member counts" "$(q "SELECT group_concat(name, ' ') FROM pod")" "$4"
	fi
}
hostile outside 3 'leads outside' 'one two'
hostile absolute 3 'leads outside' 'one two'
ok "nothing was written there" "$([ -e /tmp/plimsoll-evil ] || echo none)" none
hostile symlink 3 'no regular file' 'one two'
hostile twice 3 'came before' 'one two'
hostile unlisted 3 'does not list' 'one two'
hostile paths 3 'leads outside' 'one two'
hostile same-path 3 'second member of the path' 'one two'
hostile lying-size 3 'not what the manifest says' 'one two'
hostile lying-hash 3 'not what the manifest says' 'one two'
hostile bomb 3 'taken for a bomb' 'one two'
hostile missing 4 '' 'one two'
hostile format 3 'newer plimsoll' 'one two'
hostile no-manifest 4 '' 'one two'
hostile huge 4 '' none
hostile escape 0 '' 'one two'
run "escape: inspect" 0 '' "$PLIMSOLL" inspect out/h.plim
peak='import resource, subprocess, sys; r = subprocess.run(sys.argv[2:]); open(sys.argv[1], "w").write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)); sys.exit(r.returncode)'
python3 "$tests/make-bundle.py" bomb out/h.plim
rm -f out/x.db
run "a bomb costs no memory" 4 'problems?' python3 -c "$peak" out/peak "$PLIMSOLL" analyze -o out/x.db out/h.plim
ok "less than 600 MB, sanitizers included" "$([ "$(cat out/peak)" -lt 600 ] && echo yes)" yes

# ---- what is imported may be hostile too
rm -rf dump2 && mkdir dump2 && printf '{"kind":"List","items":[{"kind":"Pod"' > dump2/cut.json && : > dump2/empty.json && printf '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p"},"spec":{"x":' > dump2/deep.json
awk 'BEGIN { for (i = 0; i < 10000; i++) printf "["; print "" }' >> dump2/deep.json
run "nothing good to import" 3 'nothing could be collected' collect -o out/d.plim --import dump2
cp dump/a/pods.json dump2/
run "and the good among it" 4 '1 members' collect -o out/d.plim --import dump2
ln -s /etc dump2/link
run "symbolic links are not followed" 4 '1 members' collect -o out/d.plim --import dump2
run "no such path" 3 'cannot open' collect -o out/d2.plim --import no-such-folder

# ---- the environment
run "no room on the disk" 5 'cannot be written' sh -c 'ulimit -f 8; exec "$0" collect -o out/full.plim --import dump good.plim dump dump dump dump dump dump' "$PLIMSOLL"
ok "what was written before stays" "$(ls out | grep '^full')" full.plim.part
run "and counts" 4 'problems?' analyze out/full.plim.part
run "an output folder that is not there" 5 'cannot write' collect -o out/none/x.plim --import dump
run "a folder in place of the output" 5 'x' sh -c 'mkdir out/x.plim && exec "$0" collect -o out/x.plim --import dump' "$PLIMSOLL"
rm -rf out/x.plim out/x.plim.part
if [ "$(id -u)" = 0 ] && command -v setpriv > /dev/null; then
	ordinary() { setpriv --reuid=65534 --regid=65534 --clear-groups "$@"; }
	chmod 755 . && mkdir out/locked && chmod 555 out/locked
	if ordinary test -x "$PLIMSOLL" -a -r dump/a/pods.json; then
		run "a folder that an ordinary user cannot write" 5 'cannot write' ordinary "$PLIMSOLL" collect -o out/locked/x.plim --import dump
		chmod 600 dump/a/secrets.json && chmod 777 out
		run "a file that an ordinary user cannot read" 4 'members' ordinary "$PLIMSOLL" collect -o out/user.plim --import dump
		has "is told" "$(manifest out/user.plim | jq -r '.predicate.left_out[].reason')" "Permission denied"
	fi
fi
# As root every folder can be written: the refusals are made, and the disk fills up at the n-th write (tests/fault.c).
fault=$(dirname "$PLIMSOLL")/tests/fault.so
faulty() { env FAULT="$1" LD_PRELOAD="$fault" ASAN_OPTIONS="${ASAN_OPTIONS:-}:verify_asan_link_order=0:detect_leaks=0" "$PLIMSOLL" collect -o out/fault.plim --import dump; }
if [ -e "$fault" ]; then
	run "a refusal to make the file" 5 'Permission denied' faulty create:1:13
	run "a refusal to give it its name" 5 'Permission denied' faulty rename:1:13
	run "a disk that cannot be synced" 5 'Input/output error' faulty sync:1:5
	for n in 1 2 3 4 9 14 19 25 31 38; do
		rm -f out/fault.plim*
		run "full at write $n" 5 'No space left' faulty "write:$n:28"
		ok "full at write $n: no bundle under its name" "$([ -e out/fault.plim ] || echo none)" none
		faulty "write:$n:kill" > /dev/null 2>&1
		"$PLIMSOLL" analyze -o out/x.db out/fault.plim.part > /dev/null 2> stderr.txt
		ok "killed at write $n: what is there can be read" "$(case $? in 3 | 4) wc -l < stderr.txt ;; esac)" 1
		faulty none 2> /dev/null
		run "killed at write $n: the next run is whole" 0 '' "$PLIMSOLL" verify out/fault.plim
	done
else
	bad "tests/fault.so was not built"
fi
run "nothing to collect from" 2 'nothing to collect from' collect -o out/x.plim
run "no output" 2 '-o SITE.plim' collect --import dump
run "options of a cluster without one" 2 'need --cluster' collect -o out/x.plim --import dump --context x

finish
