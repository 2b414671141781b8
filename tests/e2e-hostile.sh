#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Bad input and bad environments: one clear line on stderr, the documented exit code, nothing good lost, nothing written elsewhere.
. "$(dirname "$0")/lib.sh"
cd "$TMPDIR" || exit 2

# run NAME CODE PATTERN COMMAND...: exit code, one line on stderr that matches, and no other files than before (outputs go to out/).
run() {
	name=$1 code=$2 pattern=$3
	shift 3
	rm -rf out && mkdir out
	before=$(find . -path ./out -prune -o -print | sort)
	"$@" > stdout.txt 2> stderr.txt
	got=$?
	if [ "$got" = "$code" ]; then pass; else bad "$name: exit code $got, expected $code" "$(cat stderr.txt)"; fi
	if [ -z "$pattern" ] && [ ! -s stderr.txt ]; then pass; elif [ -n "$pattern" ] && grep -qE -- "$pattern" stderr.txt; then pass; else bad "$name: stderr does not say '$pattern'" "$(cat stderr.txt)"; fi
	if [ "$(wc -l < stderr.txt)" -le 1 ]; then pass; else bad "$name: more than one line on stderr" "$(cat stderr.txt)"; fi
	if LC_ALL=C grep -q "$(printf '\033')" stderr.txt; then bad "$name: an escape reached the terminal"; else pass; fi
	after=$(find . -path ./out -prune -o -print | grep -vE '^\./(stdout|stderr)\.txt$' | sort)
	if [ "$(echo "$before" | grep -vE '^\./(stdout|stderr)\.txt$')" = "$after" ]; then pass; else bad "$name: wrote outside its output folder" "$after"; fi
	if find out -name '*.part*' | grep -q .; then bad "$name: left an unfinished file"; else pass; fi
}
count() { sqlite3 out/x.db "$1" 2>/dev/null; }
analyze() { "$PLIMSOLL" analyze -o out/x.db "$@"; }

pod() { printf '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"%s","namespace":"a"},"spec":{"containers":[{"name":"c","image":"r/i:1"}]}}' "$1"; }

: > empty.json
run "empty file" 3 'empty' analyze empty.json
run "no such file" 3 'no-such.json: cannot open' analyze no-such.json
mkdir nothing
run "empty folder" 3 'nothing in it could be read' analyze nothing
printf 'hello\n' > hello.json
run "not what its name says" 3 'read as evidence: not recognised|read as evidence: .*not JSON' analyze hello.json
head -c 4096 /dev/urandom > pods.json
run "random bytes" 3 'nothing in it could be read' analyze pods.json

{ printf '{"kind":"List","items":['; pod one; printf ','; pod two; } > cut.json
run "a list that is cut short" 4 'could not be read' analyze cut.json
ok "what came before the cut counts" "$(count "SELECT count(*) FROM pod")" 2

{ printf '{"kind":"List","items":['; pod one; printf ',{"kind":"Pod","metadata":{"name":"x\\ud800"}},'; pod two; printf ']}'; } > surrogate.json
run "an odd object among good ones" 4 'could not be read' analyze surrogate.json
ok "it costs only itself" "$(count "SELECT count(*) FROM pod")" 2
ok "and is a problem with its pointer" "$(count "SELECT count(*) FROM problem WHERE message LIKE '/items/1 %'")" 1

{ printf '{"kind":"List","items":['; pod one; printf ','; awk 'BEGIN { for (i = 0; i < 10000; i++) printf "["; for (i = 0; i < 10000; i++) printf "]" }'; printf ','; pod two; printf ']}'; } > nested.json
run "10,000 nested arrays" 4 'could not be read' analyze nested.json
ok "the others count" "$(count "SELECT count(*) FROM pod")" 2

{ echo 'a0: &a0 x'; for i in 1 2 3 4 5 6 7 8 9; do p=$((i - 1)); echo "a$i: &a$i [*a$p,*a$p,*a$p,*a$p,*a$p,*a$p,*a$p,*a$p,*a$p,*a$p]"; done; echo 'kind: Pod'; echo 'apiVersion: v1'; } > bomb.yaml
run "a YAML alias bomb" 3 'nothing in it could be read' analyze bomb.yaml
awk 'BEGIN { printf "kind: Pod\napiVersion: v1\nx: "; for (i = 0; i < 200000; i++) printf "["; print "" }' > flow.yaml
run "200,000 open brackets in YAML" 3 'read as evidence: .*nested deeper' analyze flow.yaml

# Values of a wrong type or form where the rest relies on them: each object costs itself at most.
beside() { printf '{"kind":"List","items":[%s,' "$1"; pod two; printf ']}'; }
beside '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p","namespace":"a\u0000b"},"spec":{"containers":[{"name":"c","image":"r/i:1"}]}}' > nul.json
run "a NUL in a namespace" 4 'could not be read' analyze nul.json
ok "costs only its object" "$(count "SELECT group_concat(name) FROM pod")" two
beside '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p","namespace":"a","ownerReferences":[{"name":"x","controller":true}]},"spec":{"containers":[{"name":"c","image":"r/i:1"}]}}' > owner.json
run "an owner without a kind" 0 '' analyze owner.json
ok "is none: the pod is judged by itself" "$(count "SELECT group_concat(kind || ' ' || name) FROM (SELECT kind, name FROM workload ORDER BY name)")" 'Pod p,Pod two'
beside '{"apiVersion":"v1","kind":"Service","metadata":{"name":"p","namespace":"a"},"spec":{"selector":[1]}}' > selector.json
run "a list as the selector of a service" 0 '' analyze selector.json
ok "selects nothing" "$(count "SELECT count(*) FROM service_workload")" 0

beside '{"apiVersion":"policy/v1","kind":"PodDisruptionBudget","metadata":{"name":"p","namespace":"a"},"spec":{"selector":{"matchLabels":"x"}}}' > budget.json
run "a text as labels of a disruption budget" 0 '' analyze budget.json
ok "no check fails to run" "$(count "SELECT count(*) FROM finding WHERE verdict = 'error'")" 0
beside '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p","namespace":"a"},"spec":{"containers":{"name":"c"}}}' > map.json
run "containers that are no list" 4 'could not be read' analyze map.json
ok "are a problem" "$(count "SELECT message FROM problem" | grep -c 'containers of cluster/a/Pod/p is no list')" 1
# Words and texts that kubectl or a careless template writes for booleans and numbers: `yes` is true in YAML 1.1, and what is no boolean is not passed over.
cat > words.yaml <<'Y'
apiVersion: v1
kind: Pod
metadata: {name: p, namespace: a}
spec:
  hostNetwork: yes
  hostPID: On
  hostIPC: no
  shareProcessNamespace: [x]
  containers:
  - {name: a, image: "r/i:1", securityContext: {privileged: yes, runAsUser: 0x0, readOnlyRootFilesystem: yes}}
  - {name: b, image: "r/i:1", securityContext: {privileged: "true", runAsUser: "0", readOnlyRootFilesystem: maybe}}
  - {name: c, image: "r/i:1", securityContext: {privileged: off, runAsUser: 1000, allowPrivilegeEscalation: no}}
  - {name: d, image: "r/i:1", securityContext: {privileged: ~, allowPrivilegeEscalation: false}}
Y
run "words for booleans" 0 '' analyze words.yaml
ok "of the pod" "$(count "SELECT host_network, host_pid, host_ipc, share_process_namespace FROM workload")" '1|1|0|1'
ok "of its containers" "$(count "SELECT name, privileged, run_as_user, read_only_root, allow_escalation FROM container ORDER BY name")" 'a|1|0|1|1
b|1|0|0|1
c|0|1000|0|0
d|0||0|0'

# Names that would steer a terminal, and a member that leads outside.
printf '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"\\u001b[2Jx","namespace":"a"},"spec":{"containers":[{"name":"c","image":"i"}]}}' > escape.json
run "an escape sequence as a name" 0 '' analyze escape.json
mkdir -p tarred && pod one > tarred/pods.json
( cd tarred && tar -cf ../outside.tar --transform 's,pods.json,../../pods.json,' pods.json ) 2> /dev/null
run "a member named ../../pods.json" 3 'read as evidence: .*\.\.' analyze outside.tar
( cd tarred && tar -cf ../good.tar pods.json )
head -c 700 good.tar > short.tar
run "a truncated tar" 3 'nothing in it could be read|could not be read' analyze short.tar
gzip -c good.tar > good.tar.gz
run "a packed tar" 0 '' analyze good.tar.gz
head -c 100 good.tar.gz > short.tar.gz
run "a truncated gzip" 3 'nothing in it could be read|could not be read' analyze short.tar.gz

# A line of two gigabytes costs time, not memory. Sparse, so that it takes no disk; NUL bytes are no JSON.
printf '{"kind":"List","items":[{"kind":"Pod","metadata":{"name":"' > line.json
truncate -s 2G line.json
peak='import os, resource, subprocess, sys; r = subprocess.run(sys.argv[2:]); open(sys.argv[1], "w").write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)); sys.exit(r.returncode)'
run "a line of 2 GB" 3 'nothing in it could be read|could not be read' python3 -c "$peak" "$TMPDIR/out/peak" "$PLIMSOLL" analyze -o out/x.db line.json
ok "and costs less than 600 MB of memory (sanitizers included)" "$([ "$(cat out/peak)" -lt 600 ] && echo yes)" yes
rm -f line.json

# The environment.
pod one > pods.json
run "an output folder that is not there" 5 'cannot write' "$PLIMSOLL" analyze -o out/none/x.db pods.json
if [ "$(id -u)" != 0 ]; then
	mkdir locked && chmod 500 locked
	run "a folder that cannot be written" 5 'cannot write' "$PLIMSOLL" analyze -o locked/x.db pods.json
	chmod 000 pods.json
	run "a file that cannot be read" 3 'Permission denied' analyze pods.json
	chmod 644 pods.json
fi
( ulimit -f 64; run "no room on the disk" 5 'disk|full|I/O' analyze pods.json; echo "$passed $failed" > counts ) && read -r passed failed < counts
run "no input" 2 'usage' "$PLIMSOLL" analyze -o out/x.db
run "no output named" 2 '-o SITE.db' "$PLIMSOLL" analyze pods.json
run "a misspelt option" 2 'did you mean --engagement' "$PLIMSOLL" analyze --engagment x -o out/x.db pods.json
run "a misspelt command" 2 'did you mean analyze' "$PLIMSOLL" analyse
printf 'SQLite format 3\000and then something else' >fake.db
run "a database that is none" 3 'not a database|not an assessment' "$PLIMSOLL" browse fake.db
run "a screen for no terminal" 2 'needs a terminal' "$PLIMSOLL" browse pods.json

finish
