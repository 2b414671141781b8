#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Whose an address of a flow is, where several pods or nodes of tests/fixtures/flows/shared have it: never the first of them. Expectations are worked
# out by hand: of pods in the network of their node it is the node; of a pod that is done and one that runs it is the one that runs from its start on
# (2026-11-01T12:00:00Z is 1793534400), before that nobody knows; of two pods that run, or of a pod and a node, nobody knows. Then: policies that are
# generated from a log let pass what it holds and nothing else.
. "$(dirname "$0")/lib.sh"
W=${TMPDIR:-/tmp}/flow-ends
rm -rf "$W" && mkdir -p "$W"
DB=$W/site.db
F=tests/fixtures/flows/shared
q() { sqlite3 "$DB" "$1"; }
conn() { echo "tcp 6 86397 ESTABLISHED src=10.1.1.1 dst=$1 sport=51234 dport=$2 src=$1 dst=10.1.1.1 sport=$2 dport=51234 [ASSURED] mark=0 use=1"; }
for a in 10.9.0.1 10.1.1.2 10.1.1.3 10.1.1.4 10.9.0.3 10.9.0.2 10.1.1.9; do conn $a 80; done > "$W/conntrack.txt"
echo "tcp 6 86397 ESTABLISHED src=10.1.1.3 dst=10.1.1.1 sport=51234 dport=80 src=10.1.1.1 dst=10.1.1.3 sport=80 dport=51234 [ASSURED] mark=0 use=1" >> "$W/conntrack.txt"
echo "tcp 6 86397 ESTABLISHED src=10.9.0.1 dst=10.1.1.1 sport=51234 dport=80 src=10.1.1.1 dst=10.9.0.1 sport=80 dport=51234 [ASSURED] mark=0 use=1" >> "$W/conntrack.txt"
{
	echo "2 123456789012 eni-0a1 10.1.1.1 10.1.1.2 41000 8001 6 20 4249 1793534399 1793534460 ACCEPT OK"
	echo "2 123456789012 eni-0a1 10.1.1.1 10.1.1.2 41000 8002 6 20 4249 1793534400 1793534460 ACCEPT OK"
	echo "2 123456789012 eni-0a1 10.1.1.1 10.1.1.3 41000 8003 6 20 4249 1793534400 1793534460 ACCEPT OK"
} > "$W/vpc.txt"
"$PLIMSOLL" analyze -o "$DB" $F/objects.yaml "$W/conntrack.txt" "$W/vpc.txt" > /dev/null 2>&1
ok "analyze" "$?" 0
ok "ends by address alone, no time told" "$(q "SELECT f.source, f.source_place, f.target, f.target_place, coalesce(t.name, '-'), coalesce(permitted, '-') FROM flow f LEFT JOIN workload t ON t.thing = f.target_workload WHERE origin = 'conntrack' ORDER BY f.source, f.target")" "10.1.1.1|pod|10.1.1.2|ambiguous|-|-
10.1.1.1|pod|10.1.1.3|ambiguous|-|-
10.1.1.1|pod|10.1.1.4|ambiguous|-|-
10.1.1.1|pod|10.1.1.9|private|-|1
10.1.1.1|pod|10.9.0.1|node|-|1
10.1.1.1|pod|10.9.0.2|ambiguous|-|-
10.1.1.1|pod|10.9.0.3|node|-|1
10.1.1.3|ambiguous|10.1.1.1|pod|one|-
10.9.0.1|node|10.1.1.1|pod|one|1"
ok "with a time: from its start on the pod that runs" "$(q "SELECT f.port, f.target_place, coalesce(t.name, '-') FROM flow f LEFT JOIN workload t ON t.thing = f.target_workload WHERE origin = 'vpc' ORDER BY port")" "8001|ambiguous|-
8002|pod|new
8003|ambiguous|-"
ok "the way is not known either" "$(q "SELECT DISTINCT way FROM v_flow WHERE source_place = 'ambiguous' OR target_place = 'ambiguous'")" unknown
ok "nobody is blamed for what nobody knows" "$(q "SELECT count(*) FROM v_flow_unexpected WHERE source_place = 'ambiguous' AND code IN ('gone', 'not-known', 'not-exposed')")" 0

# What may be several pods' is kept for none of them; that is said.
"$PLIMSOLL" network generate "$DB" > "$W/generated.yaml" 2> /dev/null
ok "generate" "$?" 0
ok "what is not kept is counted" "$(grep -c '^# 7 observed flows are not kept' "$W/generated.yaml")" 1
hasnot "no shared address is let through" "$(cat "$W/generated.yaml")" 10.1.1.3
ok "the one that is known is kept" "$(grep -c '"name":"allow-new"' "$W/generated.yaml")" 1
"$PLIMSOLL" network whatif --replace "$DB" "$W/generated.yaml" > "$W/whatif"
ok "and whatif has nothing to say of the others" "$? $(grep -c '^!' "$W/whatif")" "0 0"
ok "can" "$("$PLIMSOLL" network can "$DB" s/one 10.1.1.3 80 2>&1; "$PLIMSOLL" network can "$DB" s/one 10.1.1.2 80; "$PLIMSOLL" network can "$DB" s/one 10.9.0.1 80)" "plimsoll: target: several pods or nodes of the evidence have the address 10.1.1.3: namespace/pod tells which is meant
yes
yes"

# cilium monitor sees all of a node's connections, but tells addresses only: what may have been another's is not known of either.
grep '^cilium	' tests/fixtures/flows/cases.tsv | grep '	10\.[^	]* > 10.*TCP 8080' | head -n 1 | cut -f3 | sed 's/10\.1\.0\.1/10.1.1.1/g; s/10\.1\.0\.2/10.1.1.3/g' > "$W/one.txt"
sed 's/10\.1\.1\.1/10.1.1.5/g; s/10\.1\.1\.3/10.1.1.1/g; s/10\.1\.1\.5/10.1.1.3/g' "$W/one.txt" > "$W/two.txt"
cover() { q "SELECT group_concat(name || ' ' || inbound || outbound, ', ') FROM (SELECT w.name, c.inbound, c.outbound FROM flow_cover c JOIN workload w ON w.thing = c.workload ORDER BY 1)"; }
cat "$W/one.txt" "$W/two.txt" > "$W/cilium.log"
"$PLIMSOLL" analyze -o "$DB" $F/objects.yaml "$W/cilium.log" > /dev/null 2>&1
ok "cilium monitor" "$(q "SELECT source_place, target_place FROM flow WHERE origin = 'cilium' ORDER BY source")" "pod|ambiguous
ambiguous|pod"
ok "and covers nothing" "$(cover)" "one 00"
# Hubble names twin-a: all that it sent is known, but it may be the one that was asked under the address.
hubble() { printf '{"flow":{"verdict":"FORWARDED","IP":{"source":"10.1.1.3","destination":"%s"},"l4":{"TCP":{"destination_port":80}},"source":{"namespace":"s","pod_name":"twin-a"},"destination":{%s},"node_name":"n1","traffic_direction":"EGRESS","is_reply":false}}\n' "$1" "$2"; }
{ hubble 10.1.1.1 '"namespace":"s","pod_name":"one"'; hubble 8.8.8.8 '"identity":2'; } > "$W/hubble.json"
"$PLIMSOLL" analyze -o "$DB" $F/objects.yaml "$W/one.txt" "$W/hubble.json" > /dev/null 2>&1
ok "who may be meant is not covered" "$(cover)" "one 10, twin-a 01"

# Least policies against a second evaluator: all of a made log passes, all else is closed. Nobody but the pods tells of their workloads: what a node gave them as
# labels is no workload's.
for seed in 1 2 3; do add "$(python3 tests/network-generated.py "$PLIMSOLL" "$W" tests/fixtures/flows/bare/objects.json 30 $seed)"; done
finish
