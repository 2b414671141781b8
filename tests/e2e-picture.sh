#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The picture of the network from evidence to text, SVG and document. Expectations are worked out by hand from the policies given here.
. "$(dirname "$0")/lib.sh"
export LC_ALL=C.UTF-8
D=${TMPDIR:-/tmp}/picture
rm -rf "$D" && mkdir -p "$D" || exit 1
list() { printf '{"apiVersion":"v1","kind":"List","items":[%s]}' "$(paste -sd, -)"; }
namespace() { printf '{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"%s"}}\n' "$1"; }
pod() { # pod NAMESPACE NAME ADDRESS [HOSTNETWORK]
	printf '{"apiVersion":"v1","kind":"Pod","metadata":{"namespace":"%s","name":"%s","labels":{"app":"%s"}},"spec":{"hostNetwork":%s,"containers":[{"name":"c","image":"i"}]},"status":{"podIP":"%s","phase":"Running"}}\n' \
		"$1" "$2" "$2" "${4:-false}" "$3"
}
policy() { # policy NAMESPACE NAME SPEC
	printf '{"apiVersion":"networking.k8s.io/v1","kind":"NetworkPolicy","metadata":{"namespace":"%s","name":"%s"},"spec":%s}\n' "$1" "$2" "$3"
}
none() { printf '{"apiVersion":"v1","kind":"%sList","metadata":{"resourceVersion":"1"},"items":[]}' "$1"; } # collected, and there is none
analyze() { "$PLIMSOLL" analyze -o "$D/$1.db" "$D/$1" > /dev/null 2>&1; }
picture() { p=$1; shift; "$PLIMSOLL" network picture "$D/$p.db" "$@" 2> "$D/err"; }
# Well-formed, nothing that runs, and every drawing inside what is shown.
svg_check() {
	python3 - "$1" << 'END'
import sys, xml.etree.ElementTree as et
root = et.parse(sys.argv[1]).getroot()
left, top, width, height = map(float, root.get('viewBox').split())
names, bad = set(), []
for e in root.iter():
    names.add(e.tag.split('}')[1])
    bad += [k for k in e.attrib if k.lower().startswith('on') or 'href' in k]
    if e.tag.endswith('}rect') and e.get('width') != '100%':
        x, y, w, h = (float(e.get(k)) for k in ('x', 'y', 'width', 'height'))
        if x < left or y < top or x + w > left + width or y + h > top + height:
            bad.append('outside')
    if e.tag.endswith('}text') and not (left <= float(e.get('x')) <= left + width and top <= float(e.get('y')) <= top + height):
        bad.append('text outside')
print(' '.join(sorted(names)), 'bad: %d' % len(bad))
END
}

# shop/web is exposed and open; shop/db lets in web on 5432 only, and may connect nowhere; ops/probe is in the network
# of its node. Of what ops/job tried on db, 5432 passed though no policy lets it, and 22 was dropped: what passed is told.
mkdir "$D/site"
{ namespace shop; namespace ops; pod shop web 10.0.0.1; pod shop db 10.0.0.2; pod ops probe 192.168.0.1 true; pod ops job 10.0.0.4
	policy shop db '{"podSelector":{"matchLabels":{"app":"db"}},"policyTypes":["Ingress","Egress"],"ingress":[{"from":[{"podSelector":{"matchLabels":{"app":"web"}}}],"ports":[{"port":5432}]}]}'
	printf '%s\n' '{"apiVersion":"v1","kind":"Service","metadata":{"namespace":"shop","name":"web"},"spec":{"type":"LoadBalancer","selector":{"app":"web"},"ports":[{"port":443,"targetPort":8443}]}}'
	printf '%s\n' '{"apiVersion":"v1","kind":"Service","metadata":{"namespace":"shop","name":"db"},"spec":{"type":"LoadBalancer","selector":{"app":"db"},"ports":[{"port":15432,"targetPort":5432}]}}'
} | list > "$D/site/objects.json"
flow() { # flow VERDICT SOURCE-POD TARGET-POD PORT
	printf '{"flow":{"verdict":"%s","IP":{"source":"10.9.0.1","destination":"10.9.0.2"},"l4":{"TCP":{"source_port":41000,"destination_port":%s}},"source":{"namespace":"%s","pod_name":"%s"},"destination":{"namespace":"%s","pod_name":"%s"},"traffic_direction":"EGRESS","is_reply":false}}\n' \
		"$1" "$4" "${2%/*}" "${2#*/}" "${3%/*}" "${3#*/}"
}
{ flow FORWARDED shop/web shop/db 5432; flow FORWARDED shop/web shop/db 5432; flow FORWARDED ops/job shop/db 5432; flow DROPPED ops/job shop/db 22; flow FORWARDED ops/job shop/web 8443; } > "$D/site/hubble.json"
analyze site
ok "text" "$(picture site | sed '/^Rows:/,$d')" "No network plug-in was found in the evidence: drawn is what the policies say, if something enforces
them.
┌ shop ────────────────────────────────────────────────────────────── 2 workloads, partly isolated ┐
│ ■ db                                                                                             │
│     ▌── outside: load balancer 15432 (policies close it)                                         │
│     ◀━! TCP 5432, 1 seen  ops/job                                                                │
│     ◀── TCP 5432, 2 seen  shop/web                                                               │
│ □ web                                                                                            │
│     ◀╌╌ outside: load balancer 443                                                               │
│     ◀─▶ open network                                                                             │
│     ◀── TCP 8443, 1 seen  ops/job                                                                │
│     ──▶ TCP 5432, 2 seen  shop/db                                                                │
└──────────────────────────────────────────────────────────────────────────────────────────────────┘
┌ ops ╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌ 2 workloads, none isolated ┐
╎ □ job                                                                                            ╎
╎     ◀─▶ open network                                                                             ╎
╎     !━▶ TCP 5432, 1 seen  shop/db                                                                ╎
╎     ──▶ TCP 8443, 1 seen  shop/web                                                               ╎
╎ ◇ probe                                                                                          ╎
╎     ◀─▶ open network                                                                             ╎
└╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌┘"
picture site --format svg > "$D/site.svg"
ok "SVG" "$(svg_check "$D/site.svg")" "circle g path rect svg text title bad: 0"
has "SVG says what policies deny" "$(cat "$D/site.svg")" "observed, policies deny it"
ok "the same each time" "$(picture site --format svg | cmp - "$D/site.svg" && echo same)" same
picture site --format png
ok "no such format" "$? $(cat "$D/err")" "2 plimsoll: network: a picture's --format is text, svg or dot, not 'png'"

"$PLIMSOLL" network reach "$D/site.db" --format svg --from shop 2> "$D/err"
ok "a picture is of a whole cluster" "$?" 2

# Nothing enforces the policies: that comes first, and everything is open.
mkdir "$D/flannel"
{ cat "$D/site/objects.json" | jq -c '.items[]'
	printf '%s\n' '{"apiVersion":"apps/v1","kind":"DaemonSet","metadata":{"namespace":"kube-flannel","name":"kube-flannel-ds"},"spec":{"selector":{"matchLabels":{"app":"flannel"}},"template":{"metadata":{"labels":{"app":"flannel"}},"spec":{"hostNetwork":true,"containers":[{"name":"kube-flannel","image":"docker.io/flannel/flannel:v0.25.1"}]}}}}'
} | list > "$D/flannel/objects.json"
analyze flannel
has "policies are paper" "$(picture flannel | head -n 2 | tr '\n' ' ')" "The network plug-in flannel does not enforce policies: everything reaches everything, whatever the 1 policy says."
ok "no row is isolated" "$(sqlite3 "$D/flannel.db" "SELECT group_concat(state) FROM (SELECT DISTINCT state FROM network_picture WHERE what = 'row' ORDER BY 1)")" "host,open"
picture flannel --format svg > "$D/flannel.svg"
has "SVG says so too" "$(cat "$D/flannel.svg")" "does not enforce policies"

# Policies were not collected, or nothing was: said, not drawn.
mkdir "$D/unknown" "$D/empty"
{ namespace shop; pod shop web 10.0.0.1; } | list > "$D/unknown/objects.json"
analyze unknown
ok "policies not collected" "$(picture unknown)" "Not assessed: NetworkPolicies were not collected, so that nothing can be said about what reaches
what."
picture unknown --format svg > "$D/unknown.svg"
ok "SVG of it has no boxes" "$(svg_check "$D/unknown.svg") $(grep -c 'Not assessed' "$D/unknown.svg")" "rect svg text title bad: 0 1"
printf '{"apiVersion":"v1","kind":"NamespaceList","metadata":{},"items":[%s]}' "$(namespace alone)" > "$D/empty/namespaces.json"
analyze empty
ok "no workload" "$(picture empty)" "Not assessed: no workload was collected."
# No policy at all, but they were asked for: everything is open.
mkdir "$D/bare"
{ namespace shop; pod shop web 10.0.0.1; } | list > "$D/bare/objects.json"
none NetworkPolicy > "$D/bare/networkpolicies.json"
analyze bare
has "no policies: open" "$(picture bare)" "□ web"

# Names of an attacker's choice, 60 namespaces, 40 ways to differ in each: bounded, escaped, well-formed.
mkdir "$D/hostile"
python3 - > "$D/hostile/objects.json" << 'END'
import json
evil = '</title><script>alert("1")</script>&\x1b[31m\u202e'
items = []
for n in range(60):
    ns = '%s%d' % (evil, n)
    items.append({'apiVersion': 'v1', 'kind': 'Namespace', 'metadata': {'name': ns}})
    for p in range(40):
        name = '%s%s-%d' % (evil, 'x' * 200, p)
        items.append({'apiVersion': 'v1', 'kind': 'Pod', 'metadata': {'namespace': ns, 'name': name, 'labels': {'p': str(p)}}, 'spec': {'containers': [{'name': 'c', 'image': 'i'}]}})
        items.append({'apiVersion': 'networking.k8s.io/v1', 'kind': 'NetworkPolicy', 'metadata': {'namespace': ns, 'name': 'n%d' % p},
                      'spec': {'podSelector': {'matchLabels': {'p': str(p)}}, 'policyTypes': ['Ingress', 'Egress'][:1 + p % 2],
                               'ingress': [{'from': [{'namespaceSelector': {}, 'podSelector': {'matchLabels': {'p': str(q)}}}], 'ports': [{'port': 1000 + 7 * p + 3 * q + n}]} for q in range(0, 40, 3)],
                               'egress': [{'ports': [{'port': 1000 + q, 'endPort': 1200 + q}]} for q in range(0, 100, 10)]}})
print(json.dumps({'apiVersion': 'v1', 'kind': 'List', 'items': items}))
END
analyze hostile
ok "bounds" "$(sqlite3 "$D/hostile.db" "SELECT sum(what = 'box') <= 12, sum(what = 'row') <= 110, sum(what = 'line') <= 420, max(length(name)) < 800 FROM network_picture")" "1|1|1|1"
picture hostile --format svg > "$D/hostile.svg"
ok "hostile SVG" "$(svg_check "$D/hostile.svg")" "circle g path rect svg text title bad: 0"
ok "no escape sequence in the text" "$(picture hostile | LC_ALL=C grep -c "$(printf '\033')")" 0
ok "the text keeps its width" "$(picture hostile | grep -cE '^.{101}')" 0
has "the rest is one box" "$(picture hostile)" "49 more namespaces"

# What is drawn against a second evaluator, written apart from the first, on random clusters.
mkdir "$D/random"
add "$(python3 tests/network-picture.py "$PLIMSOLL" "$D/random" 1 60)"

# The documents.
"$PLIMSOLL" report -q "$D/site.db" -o "$D/out" cgar csb 2> "$D/err"
ok "documents" "$? $(cat "$D/err")" "0 "
for d in cgar csb; do
	text=$(pdftotext -layout "$D/out/$d.pdf" -)
	has "$d draws it" "$text" "observed, policies deny it"
	has "$d: the open network" "$text" "open network"
done
"$PLIMSOLL" report -q "$D/unknown.db" -o "$D/out" cgar
has "gap analysis: not assessed" "$(pdftotext -layout "$D/out/cgar.pdf" - | tr -s ' \n' ' ')" "Not assessed: NetworkPolicies were not collected"
"$PLIMSOLL" report -q "$D/flannel.db" -o "$D/out" cgar
has "gap analysis: policies are paper" "$(pdftotext -layout "$D/out/cgar.pdf" - | tr -s ' \n' ' ')" "The network plug-in flannel does not enforce policies"
finish
