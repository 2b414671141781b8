#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Observed flows from evidence to answers. tests/fixtures/flows/site: web and api in shop, db in data (policy: TCP 5432 and 9187 from api, 5432 from
# ops), tool in ops (a policy that lets everything out), and twelve flows of Hubble. Expectations are worked out by hand from these.
. "$(dirname "$0")/lib.sh"
W=${TMPDIR:-/tmp}
DB=$W/flows.db
F=tests/fixtures/flows
n() { "$PLIMSOLL" network flows "$DB" "$@" 2> "$W/err"; }
q() { sqlite3 "$1" "$2"; }
"$PLIMSOLL" analyze -o "$DB" $F/site > /dev/null 2>&1
ok "analyze" "$?" 0
ok "what was seen leaving and arriving is one connection; a pod that is gone and a service's address are known by their workload" "$(n)" "1.1.1.1 -> shop/Deployment/web TCP 8080  1 flows, inbound, passed; policies permit it
ops/Deployment/tool -> data/StatefulSet/db TCP 22  1 flows, east-west, passed; policies do not permit it
shop/Deployment/api -> 192.168.0.1 TCP 10250  1 flows, east-west, outcome not told; policies permit it
shop/Deployment/api -> data/StatefulSet/db TCP 5432  1 flows, east-west, passed; policies permit it
shop/Deployment/web -> 169.254.169.254 TCP 80  1 flows, outbound, passed; policies permit it
shop/Deployment/web -> 8.8.8.8 (dns.example) TCP 443  1 flows, outbound, passed; policies permit it
shop/Deployment/web -> data/StatefulSet/db TCP 5432  1 flows, east-west, dropped; policies do not permit it
shop/Deployment/web -> shop/Deployment/api TCP 80  1 flows, east-west, outcome not told; policies permit it
shop/Deployment/web -> shop/Deployment/api TCP 8080  3 flows, east-west, passed; policies permit it"
ok "allowed and never used" "$(n --unused)" "ops/Deployment/tool -> data/StatefulSet/db TCP 5432: never used
shop/Deployment/api -> data/StatefulSet/db TCP 5432,9187: used 5432; never 9187
every workload that no policy holds back -> ops/Deployment/tool any all: never used
every workload that no policy holds back -> shop/Deployment/api any all: used TCP 8080; nothing else
every workload that no policy holds back -> shop/Deployment/web any all: never used"
ok "what that rests on" "$(cat "$W/err")" "plimsoll: warning: of 4 workloads the flows cover 4: of the others it is not known what is used (docs/network.md)"
ok "unused as JSON" "$(n --unused --format json | sed -n 2,3p)" '{"source":{"namespace":"shop","kind":"Deployment","name":"api"},"target":{"namespace":"data","kind":"StatefulSet","name":"db"},"protocol":"TCP","allowed":"5432,9187","used":"5432","unused":"9187"}
{"source":null,"target":{"namespace":"ops","kind":"Deployment","name":"tool"},"protocol":"any","allowed":"all","used":"","unused":"all"}'
ok "worth a look" "$(n --unexpected | sed 's/: .*//')" "denied-but-seen  ops/Deployment/tool -> data/StatefulSet/db TCP 22
metadata  shop/Deployment/web -> 169.254.169.254 TCP 80
node-control  shop/Deployment/api -> 192.168.0.1 TCP 10250
not-exposed  1.1.1.1 -> shop/Deployment/web TCP 8080
port-not-declared  ops/Deployment/tool -> data/StatefulSet/db TCP 22"
ok "in a few lines" "$(n --summary --format csv | grep '^"direction')" '"direction","east-west, between namespaces","3","3","3","",""
"direction","east-west, inside a namespace","3","4","1","",""
"direction","east-west, pods and nodes","1","1","1","",""
"direction","north-south, inbound from the Internet","1","1","0","",""
"direction","north-south, outbound to the Internet","1","1","1","",""
"direction","north-south, outbound to the metadata service","1","1","1","",""'
ok "when" "$(n --summary | head -n 1)" "evidence   observed by hubble: 10 connections, 11 flows, 3 workloads, 2026-11-01T10:00:00Z to 2026-11-01T10:59:00Z"
ok "as CSV" "$(n --format csv | sed -n 1,2p)" '"source","target","protocol","port","flows","way","passed","permitted","name","first","last"
"1.1.1.1","shop/Deployment/web","TCP","8080","1","inbound","true","true","","2026-11-01T10:00:00Z","2026-11-01T10:00:00Z"'
n --unused --summary
ok "one list at a time" "$?" 2
n --format xml
ok "no such format" "$?" 2
ok "rows of reach tell their rules" "$(q "$DB" "SELECT rules FROM v_reach WHERE ports = '5432'")" '["ops/NetworkPolicy/free /spec/egress/0","data/NetworkPolicy/db /spec/ingress/1"]'
ok "who lets everything out is in the open network" "$(q "$DB" "SELECT count(*) FROM reach_class WHERE namespace = 'ops' AND egress_isolated AND NOT egress_held; SELECT count(*) FROM v_reach WHERE target = 0")" "1
4"
# Least policies keep every flow that policies permit today; the tool's way to port 22 was never permitted.
"$PLIMSOLL" network generate "$DB" > "$W/flows-generated.yaml" 2> /dev/null
ok "generated policies break no flow" "$? $(head -n 1 "$W/flows-generated.yaml" | sed 's/ [0-9]* observed/ N observed/')" "0 # N observed flows evaluated with these policies: 0 would break."

# Each form, told by what is in it whatever its name.
form() { # form KIND FILE
	"$PLIMSOLL" analyze -o "$W/form.db" $F/site/objects.yaml "$2" > /dev/null 2>&1
	ok "$2 is $1" "$(q "$W/form.db" "SELECT group_concat(DISTINCT kind) FROM evidence_kind WHERE kind GLOB 'flow/*'; SELECT count(*) > 0 FROM flow")" "flow/$1
1"
}
for format in hubble cilium calico conntrack vpc mesh; do
	grep "^$format	" $F/cases.tsv | grep -v '	error' | cut -f3 > "$W/flows-$format.log"
	form "$format" "$W/flows-$format.log"
done
printf '<?xml version="1.0" encoding="utf-8"?>\n<conntrack>\n' > "$W/conntrack.xml"
grep '^conntrack	' $F/cases.tsv | cut -f3 | grep '<flow>' >> "$W/conntrack.xml"
echo '</conntrack>' >> "$W/conntrack.xml"
form conntrack "$W/conntrack.xml"

# Who watched one node only has not seen who else came to a pod on another; what a filter left is known of that alone.
some() { grep -E "$1" $F/site/hubble.json > "$W/some.json"; "$PLIMSOLL" analyze -o "$W/form.db" $F/site/objects.yaml "$W/some.json" > /dev/null 2>&1; }
covered() { q "$W/form.db" "SELECT group_concat(name || ' ' || inbound || outbound, ', ') FROM (SELECT w.name, c.inbound, c.outbound FROM flow_cover c JOIN workload w ON w.thing = c.workload ORDER BY 1)"; }
some '"pod_name":"(api|web)-.*"EGRESS"'
ok "what ran on the node that was watched" "$(covered)" "api 11, web 11"
sed 's/"INGRESS"/"EGRESS"/' $F/site/hubble.json > "$W/some.json"
"$PLIMSOLL" analyze -o "$W/form.db" $F/site/objects.yaml "$W/some.json" > /dev/null 2>&1
ok "senders' ends only, of both nodes" "$(covered)" "api 11, db 11, tool 11, web 11"
grep -v '"pod_name":"tool' $F/site/hubble.json | grep -vE '"web.*"db-0"' | sed '/db-0/s/"INGRESS"/"EGRESS"/' > "$W/some.json"
"$PLIMSOLL" analyze -o "$W/form.db" $F/site/objects.yaml "$W/some.json" > /dev/null 2>&1
ok "nobody watched the second node" "$(covered)" "api 11, db 00, web 11"
some '"pod_name":"db-0"'
ok "an export of one pod's flows" "$(covered)" "api 00, db 11, tool 00"

# A snapshot, counters of a mesh and logs of a gateway do not see everything: nothing is called unused.
"$PLIMSOLL" analyze -o "$W/form.db" $F/site/objects.yaml "$W/flows-conntrack.log" "$W/flows-mesh.log" "$W/flows-vpc.log" > /dev/null 2>&1
ok "silence of some observers says nothing" "$(q "$W/form.db" "SELECT count(*), max(inbound OR outbound) FROM flow_cover; SELECT count(*) FROM flow_unused")" "3|0
0"

# A damaged line costs itself, a hundred thousand connections are fine.
{ head -n 2 $F/site/hubble.json; echo '{"flow":{"verdict":'; printf '\000\377\n'; tail -n 1 $F/site/hubble.json; } > "$W/damaged.json"
"$PLIMSOLL" analyze -o "$W/form.db" $F/site/objects.yaml "$W/damaged.json" > /dev/null 2>&1
ok "damaged lines" "$? $(q "$W/form.db" "SELECT group_concat(pointer, ', ') FROM problem; SELECT count(*) FROM flow")" "4 line 3, line 4
2"

# Through a bundle: contents of requests stay behind, and so does a secret in them.
sed '1s/"Type":"L3_L4"/"Type":"L7","l7":{"type":"REQUEST","http":{"method":"GET","url":"http:\/\/api\/?token=AKIAIOSFODNN7EXAMPLX","headers":[{"key":"Authorization","value":"Bearer abc"}]}}/' $F/site/hubble.json > "$W/l7.json"
cp "$W/flows-conntrack.log" "$W/conntrack.txt"
rm -rf "$W/flows-bundle" && mkdir "$W/flows-bundle"
"$PLIMSOLL" collect -o "$W/flows-bundle/site.plim" --import "$W/l7.json" --import "$W/conntrack.txt" --import $F/site/objects.yaml > /dev/null 2>&1
ok "into a bundle" "$?" 0
"$PLIMSOLL" analyze -o "$W/bundled.db" "$W/flows-bundle/site.plim" > /dev/null 2>&1
"$PLIMSOLL" analyze -o "$W/direct.db" "$W/l7.json" "$W/conntrack.txt" $F/site/objects.yaml > /dev/null 2>&1
ROWS="SELECT source, target, protocol, port, allowed, permitted, origin, count FROM flow ORDER BY 1, 2, 3, 4, 5, 7"
ok "the same flows" "$(q "$W/bundled.db" "$ROWS")" "$(q "$W/direct.db" "$ROWS")"
# Members are packed by themselves: read with ordinary tools.
mkdir "$W/flows-bundle/x" && tar -C "$W/flows-bundle/x" -xf "$W/flows-bundle/site.plim" 2> /dev/null
for m in "$W"/flows-bundle/x/m/*; do case $m in *.zst) zstd -dqc "$m" ;; *) cat "$m" ;; esac; done > "$W/flows-bundle/plain" 2> /dev/null
ok "members are there" "$(grep -c 'web-5d4f8c7b9-aaaaa' "$W/flows-bundle/plain" | sed 's/[1-9][0-9]*/some/')" some
for part in AKIAIOSFODNN7EXAMPLX 'Bearer abc' 'token='; do
	hasnot "$part is not in the bundle" "$(cat "$W/flows-bundle/plain")" "$part"
done
finish
