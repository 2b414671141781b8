#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# `plimsoll network` from evidence to answers. Expectations are worked out by hand from tests/fixtures/network/site: three pods, two policies
# (db: TCP 5432 from web of its namespace; web: port http from every pod), and flows in four formats.
. "$(dirname "$0")/lib.sh"
W=${TMPDIR:-/tmp}
DB=$W/network.db
F=tests/fixtures/network
n() { sub=$1; shift; "$PLIMSOLL" network "$sub" "$DB" "$@" 2> "$W/err"; }
"$PLIMSOLL" analyze -o "$DB" $F/site > /dev/null 2>&1
ok "a bad line among the flows is a problem" "$?" 4
ok "problem" "$(sqlite3 "$DB" "SELECT path || ' ' || pointer FROM v_problem")" "hubble.json line 3"

ok "yes" "$(n can shop/web shop/db 5432)" yes
ok "no" "$(n can shop/web shop/db 5433)" no
ok "a port by its name" "$(n can other/x shop/web http)" yes
ok "json" "$(n can other/x shop/db 5432 --format json)" '{"source":"other/x","target":"shop/db","protocol":"TCP","port":5432,"allowed":false}'
n can shop/gone shop/db 5432
ok "a pod that is not there" "$? $(cat "$W/err")" "3 plimsoll: source: no pod 'shop/gone' in the evidence"
n can shop/web shop/db
ok "no port" "$?" 3
n can shop/web
ok "too few words" "$?" 2
n nothing
ok "no such subcommand" "$?" 2
cat > "$W/questions" <<'Q'
{"source":"shop/web","target":"shop/db","protocol":"TCP","port":5432}
{"source":"198.51.100.7","target":"shop/web","protocol":"TCP","port":8080}

not json
{"source":"shop/web","target":"10.0.0.2","protocol":"UDP","port":"53","note":[1]}
{"source":"shop/web","target":"shop/db","protocol":"TCP","port":65536}
{"source":"shop/web","target":"shop/db","protocol":"QUIC","port":1}
{"source":"shop/web","port":1}
{"source":"other/x","target":"10.0.0.1","protocol":"tcp","port":8080,"cluster":"cluster"}
{"source":"other/x","target":"10.0.0.1","protocol":"tcp","port":8080,"cluster":"moon"}
[1]
Q
ok "batch keeps the order and says what is wrong" "$(n can --batch "$W/questions")" '{"source":"shop/web","target":"shop/db","protocol":"TCP","port":5432,"allowed":true}
{"source":"198.51.100.7","target":"shop/web","protocol":"TCP","port":8080,"allowed":false}
{"error":"byte 1: lexical error: invalid string in json text."}
{"source":"shop/web","target":"10.0.0.2","protocol":"UDP","port":"53","note":[1],"allowed":false}
{"source":"shop/web","target":"shop/db","protocol":"TCP","port":65536,"error":"port 65536: a port is 1 to 65535"}
{"source":"shop/web","target":"shop/db","protocol":"QUIC","port":1,"error":"protocol '"'QUIC'"' is none of TCP, UDP, SCTP, ICMP, other"}
{"source":"shop/web","port":1,"error":"source and target are texts: \"namespace/pod\" or an address"}
{"source":"other/x","target":"10.0.0.1","protocol":"tcp","port":8080,"cluster":"cluster","allowed":true}
{"source":"other/x","target":"10.0.0.1","protocol":"tcp","port":8080,"cluster":"moon","error":"no cluster is called '"'moon'"'"}
{"error":"not an object"}'
ok "batch from standard input" "$(head -n 1 "$W/questions" | n can --batch -)" '{"source":"shop/web","target":"shop/db","protocol":"TCP","port":5432,"allowed":true}'

ok "reach to one workload" "$(n reach --to shop/db --format json)" '{"source":{"namespace":"shop","kind":"Pod","name":"web"},"target":{"namespace":"shop","kind":"Pod","name":"db"},"protocol":"TCP","ports":"5432","by":["shop/NetworkPolicy/db /spec/ingress/0"]}'
ok "reach from a namespace to another" "$(n reach --from other --to shop)" "other/Pod/x -> shop/Pod/web TCP 8080"
ok "reach from an address" "$(n reach --from 8.8.8.8 | grep TCP)" "8.8.8.8 -> other/Pod/x TCP all"
ok "reach as CSV" "$(n reach --from other --to shop --format csv)" '"source","target","protocol","ports","by"
"other/Pod/x","shop/Pod/web","TCP","8080","shop/NetworkPolicy/web /spec/ingress/0"'
ok "reach in all" "$(n reach | wc -l | tr -d ' ')" 33
ok "explain" "$(n explain other/x shop/db 5432)" "other/x -> shop/db TCP 5432: denied
  egress: allowed, no policy holds for the pod in this direction
  ingress: denied
    denies     shop/NetworkPolicy/db (ingress): it selects the pod, and no rule of its kind lets this pass
    misses     shop/NetworkPolicy/db /spec/ingress/0: the other end is not among its peers"
ok "isolation" "$(n isolation | sed -n 2,5p)" '"other","shop","some",2,1
"shop","other","all",2,2
"shop","shop","all",2,2'
ok "a map as SVG" "$(n reach --format svg | grep -c '<g><title>')" 2
ok "a map as DOT" "$(n reach --format dot | grep -- '->')" '  outside -> r1 [label="TCP 22", style=dotted];
  r1 -> network [dir=forward];
  outside -> r2 [label="TCP 22", style=dotted];
  r2 -> network [dir=forward];
  r3 -> network [dir=both];
  r2 -> r1 [label="TCP 5432", style=solid];
  r2 -> outside [label="UDP 53", style=solid];
  network -> r2 [label="TCP 8080", style=dashed];'
ok "flows of four formats, one answer: Calico counts four, the others one each" "$(n flows)" "10.0.0.9 -> shop/Pod/db TCP 22  1 flows, inbound, dropped; policies do not permit it
198.51.100.7 -> shop/Pod/web TCP 22  1 flows, inbound, dropped; policies do not permit it
shop/Pod/web -> 8.8.8.8 UDP 53  1 flows, outbound, outcome not told; policies permit it
shop/Pod/web -> shop/Pod/db TCP 5432  4 flows, east-west, passed; policies permit it"
n whatif $F/whatif.yaml > "$W/whatif"
ok "whatif: an observed flow would break" "$? $(grep -c '^!' "$W/whatif")" "1 2"
ok "whatif: what comes" "$(grep '^+' "$W/whatif")" "+ 192.0.2.0/24 -> shop/Pod/web TCP 8080"
ok "whatif: what goes" "$(grep '^- other' "$W/whatif")" "- other/Pod/x -> shop/Pod/web TCP 8080"
n generate > "$W/generated.yaml"
ok "generated policies break no observed flow" "$? $(head -n 1 "$W/generated.yaml")" "0 # 5 observed flows evaluated with these policies: 0 would break."
n whatif "$W/generated.yaml" > "$W/whatif"
ok "so says whatif" "$? $(grep -c '^!' "$W/whatif")" "0 0"
ok "they open nothing" "$(grep -c '^+' "$W/whatif")" 0
ok "each namespace ends in a default deny" "$(grep -c '"name":"default-deny"' "$W/generated.yaml")" 2
ok "what stood there before is named for deletion" "$(grep '^# Then' "$W/generated.yaml")" "# Then: kubectl delete -n shop NetworkPolicy/db
# Then: kubectl delete -n shop NetworkPolicy/web"
n whatif --replace "$W/generated.yaml" > "$W/whatif"
ok "in place of what stood there they break nothing" "$? $(grep -c '^[!+]' "$W/whatif")" "0 0"
for engine in cilium calico; do
	n generate --format $engine > "$W/generated.$engine"
	ok "as policies of $engine" "$? $(head -n 1 "$W/generated.$engine")" "0 # 5 observed flows evaluated with these policies: 0 would break."
	n whatif --replace "$W/generated.$engine" > "$W/whatif.$engine"
	ok "policies of $engine leave the same" "$(cat "$W/whatif.$engine")" "$(cat "$W/whatif")"
done
n generate --format xml
ok "no such language" "$?" 2
ok "diff with itself" "$("$PLIMSOLL" network diff "$DB" "$DB")" "0 more, 0 less"
# web to db; all that no policy holds back to web, in one row. Beside these: three senders to each open network, and one from it.
ok "tables" "$(sqlite3 "$DB" "SELECT count(*) FROM reach_class; SELECT protocol, ports FROM reach; SELECT count(*) FROM v_reach")" "3
TCP|5432
TCP|8080
9"

cat tests/fixtures/network/site/objects.yaml - > "$W/mesh.yaml" <<'Y'
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: db-callers, namespace: shop}
spec: {selector: {matchLabels: {app: db}}, action: DENY}
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: web-callers, namespace: shop}
spec: {selector: {matchLabels: {app: web}}}
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: default, namespace: istio-system}
spec: {mtls: {mode: STRICT}}
Y
"$PLIMSOLL" analyze -o "$W/mesh.db" "$W/mesh.yaml" > /dev/null 2>&1
ok "rules of a mesh are shown" "$("$PLIMSOLL" network explain "$W/mesh.db" shop/web shop/db 5432 | sed -n '/mesh/,$p')" "  mesh: its proxies judge too
    istio-system/PeerAuthentication.security.istio.io/default: STRICT
    shop/AuthorizationPolicy.security.istio.io/db-callers: DENY"

cat > "$W/flannel.yaml" <<'Y'
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: kube-flannel-ds, namespace: kube-flannel}
spec: {selector: {matchLabels: {app: f}}, template: {metadata: {labels: {app: f}}, spec: {hostNetwork: true, containers: [{name: f, image: "docker.io/flannel/flannel:v0.25"}]}}}
Y
"$PLIMSOLL" analyze -o "$W/flannel.db" "$W/flannel.yaml" tests/fixtures/network/site/objects.yaml > /dev/null 2>&1
ok "a plug-in that ignores policies is said first" "$("$PLIMSOLL" network can "$W/flannel.db" other/x shop/db 5432 2>&1)" "plimsoll: warning: the network plug-in flannel (cluster/kube-flannel/DaemonSet/kube-flannel-ds) does not enforce policies: in this cluster everything reaches everything, whatever they say
no"

cat > "$W/bad.yaml" <<'Y'
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: bad, namespace: shop}
spec: {podSelector: {}, ingress: [{ports: [{port: 0}, {port: 65536}], from: [{ipBlock: {cidr: 10.0.0.0/40}}]}]}
Y
"$PLIMSOLL" analyze -o "$W/bad.db" "$W/bad.yaml" > /dev/null 2>&1
ok "what no API server takes is a problem" "$? $(sqlite3 "$W/bad.db" "SELECT message FROM problem ORDER BY id")" "4 cluster/shop/NetworkPolicy/bad: '10.0.0.0/40': the length of a network is 0 to 32
cluster/shop/NetworkPolicy/bad: port 0: a port is 1 to 65535
cluster/shop/NetworkPolicy/bad: port 65536: a port is 1 to 65535"
ok "lint names it" "$("$PLIMSOLL" network lint "$W/bad.db" | cut -d' ' -f3 | sort | uniq -c | tr -s ' ')" " 3 invalid
 1 selects-nothing"

# Two pods of both families: IPv4 alone is denied, so that IPv6 decides; a third has IPv4 only. Worked out by hand.
cat > "$W/dual.yaml" <<'Y'
apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: Pod, metadata: {name: x, namespace: a, labels: {app: x}}, spec: {containers: [{name: c, image: x}]}, status: {phase: Running, podIP: 10.1.0.1, podIPs: [{ip: 10.1.0.1}, {ip: "fd00::1"}]}}
- {apiVersion: v1, kind: Pod, metadata: {name: y, namespace: a, labels: {app: y}}, spec: {containers: [{name: c, image: x}]}, status: {phase: Running, podIP: 10.1.0.2, podIPs: [{ip: 10.1.0.2}, {ip: "fd00::2"}]}}
- {apiVersion: v1, kind: Pod, metadata: {name: z, namespace: a, labels: {app: z}}, spec: {containers: [{name: c, image: x}]}, status: {phase: Running, podIP: 10.1.0.3}}
- {apiVersion: policy.networking.k8s.io/v1alpha1, kind: AdminNetworkPolicy, metadata: {name: four}, spec: {priority: 1, subject: {namespaces: {}}, egress: [{action: Deny, to: [{networks: [10.1.0.0/16]}]}]}}
Y
"$PLIMSOLL" analyze -o "$W/dual.db" "$W/dual.yaml" > /dev/null 2>&1
ok "reach lists what one family lets pass" "$("$PLIMSOLL" network reach "$W/dual.db" --from a --to a | grep TCP | sort)" "a/Pod/x -> a/Pod/y TCP all
a/Pod/y -> a/Pod/x TCP all"
ok "can says the same" "$("$PLIMSOLL" network can "$W/dual.db" a/x a/y 1) $("$PLIMSOLL" network can "$W/dual.db" a/x a/z 1) $("$PLIMSOLL" network can "$W/dual.db" a/z a/x 1)" "yes no no"
ok "explain names the family" "$("$PLIMSOLL" network explain "$W/dual.db" a/x a/y 1 | head -n 1)" "a/x -> a/y TCP 1: allowed over IPv6"

# A node of both families: its second address is it too, and a pod and its node always reach each other.
cat > "$W/node.yaml" <<'Y'
apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: Node, metadata: {name: n1}, status: {addresses: [{type: InternalIP, address: 192.168.0.1}, {type: InternalIP, address: "fd01::1"}, {type: Hostname, address: n1}]}}
- {apiVersion: v1, kind: Pod, metadata: {name: w, namespace: a}, spec: {nodeName: n1, containers: [{name: c, image: x}]}, status: {phase: Running, podIP: 10.1.0.4, podIPs: [{ip: 10.1.0.4}, {ip: "fd00::4"}]}}
- {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: deny, namespace: a}, spec: {podSelector: {}, policyTypes: [Ingress]}}
Y
"$PLIMSOLL" analyze -o "$W/node.db" "$W/node.yaml" > /dev/null 2>&1
ok "a node by its second address" "$("$PLIMSOLL" network can "$W/node.db" fd01::1 a/w 80) $("$PLIMSOLL" network can "$W/node.db" fd01::2 a/w 80)" "yes no"

# Pods of one workload that differ in a label which only the new policies ask for: they are told apart afterwards, and nothing has changed.
cat > "$W/zones.yaml" <<'Y'
apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: Pod, metadata: {name: d-1, namespace: a, labels: {app: d, z: "1"}, ownerReferences: [{apiVersion: apps/v1, kind: DaemonSet, name: d, controller: true, uid: d}]}, spec: {containers: [{name: c, image: x}]}, status: {phase: Running, podIP: 10.1.0.1}}
- {apiVersion: v1, kind: Pod, metadata: {name: d-2, namespace: a, labels: {app: d, z: "2"}, ownerReferences: [{apiVersion: apps/v1, kind: DaemonSet, name: d, controller: true, uid: d}]}, spec: {containers: [{name: c, image: x}]}, status: {phase: Running, podIP: 10.1.0.2}}
Y
cat > "$W/zone-policy.yaml" <<'Y'
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: none, namespace: a}
spec: {podSelector: {matchLabels: {z: "3"}}}
Y
"$PLIMSOLL" analyze -o "$W/zones.db" "$W/zones.yaml" > /dev/null 2>&1
ok "classes that a new policy makes are no change" "$("$PLIMSOLL" network whatif "$W/zones.db" "$W/zone-policy.yaml")" "0 more, 0 less"

# Hostile policies in bounded time: 10,000 rules, a selector of 1,000 expressions, 5,000 exceptions.
python3 - "$W/hostile.json" <<'P'
import json, sys
pods = [{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p%d" % i, "namespace": "a", "labels": {"app": "x%d" % i}},
         "spec": {"containers": [{"name": "c", "image": "x"}]}, "status": {"podIP": "10.0.0.%d" % (i + 1), "phase": "Running"}} for i in range(50)]
np = lambda name, spec: {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": name, "namespace": "a"}, "spec": spec}
pods.append(np("rules", {"podSelector": {}, "ingress": [{"from": [{"podSelector": {"matchLabels": {"app": "x%d" % i}}}], "ports": [{"port": 1 + i}]} for i in range(10000)]}))
pods.append(np("words", {"podSelector": {}, "ingress": [{"from": [{"podSelector": {"matchExpressions": [{"key": "k%d" % i, "operator": "DoesNotExist"} for i in range(1000)]}}], "ports": [{"port": 20000}]}]}))
pods.append(np("holes", {"podSelector": {}, "ingress": [{"from": [{"ipBlock": {"cidr": "0.0.0.0/0", "except": ["172.%d.%d.%d/32" % (16 + i // 2500, i // 50 % 50, 2 * (i % 50)) for i in range(5000)]}}], "ports": [{"port": 20001}]}]}))
json.dump({"apiVersion": "v1", "kind": "List", "items": pods}, open(sys.argv[1], "w"))
P
timeout 120 "$PLIMSOLL" analyze -o "$W/hostile.db" "$W/hostile.json" > /dev/null 2>&1
ok "hostile policies are evaluated" "$?" 0
DB=$W/hostile.db
ok "by rule" "$(n can a/p7 a/p9 8) $(n can a/p8 a/p9 8)" "yes no"
ok "by words" "$(n can a/p7 a/p9 20000)" yes
ok "by holes" "$(n can 172.16.0.2 a/p9 20001) $(n can 172.16.0.3 a/p9 20001)" "no yes"
finish
