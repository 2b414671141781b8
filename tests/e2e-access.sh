#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# `plimsoll access`: questions, batches, reviews, what audit logs tell, and hostile roles. Expectations by hand from fixtures/kubernetes/access.yaml.
. "$(dirname "$0")/lib.sh"
work=${TMPDIR:-/tmp}/access
rm -rf "$work"
mkdir -p "$work/site"
cp tests/fixtures/kubernetes/access.yaml tests/fixtures/kubernetes/access-audit.log "$work/site/"
DB=$work/site.db
"$PLIMSOLL" analyze -o "$DB" "$work/site" > /dev/null 2>&1
ok "a line that is no event is a problem" "$?" 4
access() { a=$1; shift; "$PLIMSOLL" access "$a" "$DB" "$@" 2>&1; }
q() { sqlite3 "$DB" "$1"; }

ok "yes, by which rule" "$(access can-i --as jane@example.com get pods/log web -n shop)" "yes
by binding cluster/-/ClusterRoleBinding/auditors
of role    cluster/-/ClusterRole/secret-reader
rule 1  groups [\"\"]  resources [\"pods\",\"pods/log\"]  verbs [\"get\"]"
ok "no" "$(access can-i --as jane@example.com delete secrets)" no
ok "through a group" "$(access can-i --as jim --as-group auditors list secrets -n any | head -n 1)" yes
ok "an account by its user name" "$(access can-i --as system:serviceaccount:shop:ci patch deployments.apps -n shop | head -n 1)" yes
ok "not in another namespace" "$(access can-i --as system:serviceaccount:shop:ci patch deployments.apps -n build)" no
ok "only the object that is named" "$(access can-i --as system:serviceaccount:shop:ci get configmaps other -n shop)" no
ok "a singular, in any case" "$(access who-can get Secret -n shop)" "$(access who-can get secrets -n shop)"
ok "the group of a plural" "$(access can-i --as system:serviceaccount:shop:ci patch deployments -n shop | head -n 1)" yes
ok "a short name, the subresource stays" "$(access can-i --as system:serviceaccount:shop:ci patch deploy/scale -n shop)" "$(access can-i --as system:serviceaccount:shop:ci patch deployments.apps/scale -n shop)"
ok "another group's is not taken for it" "$(access can-i --as system:serviceaccount:shop:ci patch deployments.example.com -n shop)" no
ok "an unknown resource is said" "$(access can-i --as x get secretz | grep -c 'secretz is no resource of Kubernetes itself')" 1
ok "system:masters" "$(access can-i --as x --as-group system:masters get /metrics)" "yes
the group system:masters may do everything, whatever roles say"
ok "as JSON" "$(access can-i --as jane@example.com get secrets --format json)" '{"schema":"plimsoll.access.can-i/1","groups":["system:authenticated"],"user":"jane@example.com","verb":"get","group":"","resource":"secrets","subresource":"","name":"","namespace":"","allowed":true,"by":{"binding":"cluster/-/ClusterRoleBinding/auditors","role":"cluster/-/ClusterRole/secret-reader","rule":0,"allows":{"apiGroups":[""],"resources":["secrets"],"verbs":["get","list"]}}}'
access can-i get secrets > /dev/null
ok "nobody asks: usage" "$?" 2
access can-i --cluster other --as x get y > /dev/null
ok "no such cluster: usage" "$?" 2

cat > "$work/questions" <<'Q'
{"user":"jane@example.com","verb":"get","group":"","resource":"secrets","namespace":"a","id":1}
{"user":"jane@example.com","groups":[],"verb":"get","resource":"secrets",
nonsense

{"groups":["auditors"],"user":"","verb":"get","path":"/version"}
{"user":"x","verb":"get","resource":"pods","path":"/both"}
{"user":"x","verb":["get"],"resource":"pods"}
{"verb":"get","resource":"pods"}
{"allowed":true,"by":0,"user":"x\u0000y","verb":"get","resource":"pods"}
  {}
Q
ok "a batch, in order" "$("$PLIMSOLL" access can-i "$DB" --batch "$work/questions" 2> /dev/null; echo "exit $?")" '{"user":"jane@example.com","verb":"get","group":"","resource":"secrets","namespace":"a","id":1,"allowed":true,"by":{"binding":"cluster/-/ClusterRoleBinding/auditors","role":"cluster/-/ClusterRole/secret-reader","rule":0,"allows":{"apiGroups":[""],"resources":["secrets"],"verbs":["get","list"]}}}
{"line":2,"error":"byte 1: parse error: premature EOF"}
{"line":3,"error":"byte 1: lexical error: invalid string in json text."}
{"groups":["auditors"],"user":"","verb":"get","path":"/version","allowed":false,"by":null}
{"line":6,"error":"'"'path' and 'resource'"' exclude each other"}
{"line":7,"error":"'"'verb'"' must be text"}
{"line":8,"error":"'"'user' or 'groups'"' is missing"}
{"user":"x\u0000y","verb":"get","resource":"pods","allowed":false,"by":null}
{"line":10,"error":"'"'resource' or 'path'"' is missing"}
exit 4'
ok "from standard input, without a last newline" "$(printf '{"user":"x","verb":"get","resource":"pods"}' | "$PLIMSOLL" access can-i "$DB" --batch -)" '{"user":"x","verb":"get","resource":"pods","allowed":false,"by":null}'
ok "a line too long costs itself only" "$(python3 -c 'print("{\"user\":\"" + "x" * 1200000 + "\"}"); print("{\"user\":\"x\",\"verb\":\"get\",\"resource\":\"pods\"}")' |
	"$PLIMSOLL" access can-i "$DB" --batch - 2> /dev/null)" '{"line":1,"error":"a line of more than 1048576 bytes"}
{"user":"x","verb":"get","resource":"pods","allowed":false,"by":null}'

ok "who can" "$(access who-can patch deployments.apps -n shop --format json | jq -c '.rows[] | [.kind, .namespace, .name, .where]')" '["Group",null,"system:masters","everywhere"]
["ServiceAccount","shop","ci","shop"]
["ServiceAccount","build","gone","shop"]
["ServiceAccount","build","gone","shop"]
["ServiceAccount","shop","ci","shop"]'
ok "what an account can" "$(access what-can sa:shop/ci --format json | jq -c '.rows[] | [.where, .verbs, .groups, .resources, .names]')" '["shop",["get","patch"],["apps"],["deployments"],[]]
["shop",["get"],[""],["configmaps"],["settings"]]'
ok "what a group can" "$(access what-can group:auditors --format json | jq -c '.rows | length')" 2
ok "matrix" "$(access matrix --format json | jq -c '.rows[]')" '{"cluster":"cluster","subject":"group auditors","rights":{"secrets-read":"everywhere","logs-read":"everywhere"}}
{"cluster":"cluster","subject":"service account build/gone","rights":{"workloads-write":["shop"]}}
{"cluster":"cluster","subject":"service account shop/ci","rights":{"workloads-write":["shop"]}}
{"cluster":"cluster","subject":"user jane@example.com","rights":{"secrets-read":"everywhere","logs-read":"everywhere"}}'
ok "review" "$(access review --format json | jq -c '.rows[] | [.class, .name, .where, .rights, .bindings, .last_used]')" '["person","jane@example.com","everywhere","read secrets, read logs","auditors","2026-11-05T10:00:00Z"]
["person","jim","everywhere","read secrets, read logs","auditors","2026-11-04T10:00:00Z"]
["application","shop/ci","shop","change workloads","ci, ci-again","2026-11-03T11:00:00Z"]
["group","auditors","everywhere","read secrets, read logs","auditors","2026-11-04T10:00:00Z"]'
ok "unused" "$(access unused --format json | jq -r '.rows[] | .what + ": " + .ref')" "binding not used since the logs begin: cluster/shop/RoleBinding/ci-again
binding not used since the logs begin: cluster/shop/RoleBinding/nothing
binding of an account that does not exist: cluster/shop/RoleBinding/ci
binding of an account that does not exist: cluster/shop/RoleBinding/ci-again
binding that repeats another: cluster/shop/RoleBinding/ci-again
binding to a role that does not exist: cluster/shop/RoleBinding/nothing
binding without subjects: cluster/shop/RoleBinding/nothing"
ok "Pod Security levels" "$(access pss --format json | jq -r '.rows[] | .kind + " " + .name + ": " + .level + " (" + .enforced + ")"')" "Namespace shop: privileged (baseline)
Pod loose: privileged (baseline)
Pod plain: baseline (baseline)
Pod strict: restricted (baseline)"

ok "audit: counted once, by account, with what was turned down" "$(q "SELECT user, verb, resource, namespace, path, allowed, denied FROM audit_use ORDER BY user, verb, resource")" "admin|impersonate|users|||1|0
jane@example.com|get|pods|shop||1|0
jim|get|||/version|1|0
jim|list|secrets|||1|0
system:serviceaccount:shop:ci|delete|secrets|shop||0|1
system:serviceaccount:shop:ci|get|deployments|shop||1|0
system:serviceaccount:shop:ci|patch|deployments|shop||1|0"
ok "rules in use" "$(q "SELECT role, ordinal, uses FROM v_rule_use ORDER BY 1, 2")" "deployer|0|2
deployer|1|0
secret-reader|0|1
secret-reader|1|1"
ok "a role cut down" "$(access tighten deployer | grep -v '^# What')" 'apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: "deployer"
  namespace: "shop"
rules:
- apiGroups: ["apps"]
  resources: ["deployments"]
  verbs: ["get", "patch"]
# not used: rule 1: ["get"] [""] ["configmaps"] ["settings"]'
access tighten sa:shop/ci > "$work/tight.yaml"
"$PLIMSOLL" analyze -o "$work/tight.db" "$work/tight.yaml" > /dev/null
ok "roles for an account hold what it did and no more" "$(sqlite3 "$work/tight.db" "SELECT namespace, groups, resources, verbs FROM v_rule; SELECT subject_namespace, subject_name FROM v_grant")" 'shop|["apps"]|["deployments"]|["get","patch"]
shop|ci'
"$PLIMSOLL" access tighten "$work/tight.db" x > /dev/null 2>&1
ok "no logs: refused" "$?" 3

# Review sheets: one page a system, each account once, and what Kubernetes gives itself left out. By hand from access.yaml.
"$PLIMSOLL" report -o "$work/sheets" "$DB" reviews > "$work/out" 2>&1
ok "review sheets" "$?" 0
pdftotext -layout "$work/sheets/reviews.pdf" "$work/text"
ok "a sheet for the cluster" "$(grep -c '^ *Cluster cluster' "$work/text")" 1
ok "who, where, what, through" "$(grep -c 'jane@example' "$work/text")" 1
ok "to sign" "$(grep -c 'Signature' "$work/text")" 1
ok "not the cluster's own components" "$(grep -c 'kube-controller-manager' "$work/text")" 0

# Hostile objects.
python3 tests/fixtures/kubernetes/make-rbac.py hostile "$work/hostile" 20000
"$PLIMSOLL" analyze -o "$work/hostile.db" "$work/hostile" > /dev/null 2>&1
ok "circles that gather more than they may are told" "$? $(sqlite3 "$work/hostile.db" "SELECT message FROM problem")" "4 aggregated cluster roles gather more than 100000 rules: the last ones stay empty"
DB=$work/hostile.db
ok "names are data" "$(access can-i --as "'; DROP TABLE role; --" get secrets "'; DROP TABLE role; --" | head -n 1)" yes
ok "nothing steers the terminal" "$(access can-i --as "$(printf '\033[31mred')" get secrets "$(printf '\033[31mred')" | head -n 2)" 'yes
by binding cluster/-/ClusterRoleBinding/\u{1b}[31mred'
ok "the last of ten thousand rules" "$(access can-i --as many get r9999.g99.example | tail -n 1)" 'rule 9999  groups ["g99.example"]  resources ["r9999"]  verbs ["get","v9999"]'
ok "through a circle" "$(access can-i --as circler get r1.g1.example | head -n 1)" yes
ok "a binding to itself" "$(access who-can get anything.example.com | wc -l)" 2
ok "one of many subjects" "$(access can-i --as u1-9999 get r1.g1.example | head -n 1)" yes
# An API server that asks a webhook too: what RBAC says is not the whole answer.
mkdir -p "$work/hooked"
for kind in Role RoleBinding ClusterRoleBinding; do # collected, and none there
	printf '{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"%sList","items":[]}' "$kind" > "$work/hooked/$kind.json"
done
for c in Node,RBAC,Webhook Node,RBAC; do
	cat > "$work/hooked/all.yaml" << END
apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: Pod, metadata: {name: kube-apiserver-a, namespace: kube-system, labels: {component: kube-apiserver}, annotations: {kubernetes.io/config.mirror: x, kubernetes.io/config.source: file}}, spec: {nodeName: a, containers: [{name: kube-apiserver, image: registry.k8s.io/kube-apiserver:v1.33.1, command: [kube-apiserver, '--authorization-mode=$c']}]}}
- {apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: r}, rules: [{apiGroups: [""], resources: [pods], verbs: [get]}]}
END
	"$PLIMSOLL" analyze -o "$work/hooked.db" "$work/hooked" > /dev/null 2>&1
	"$PLIMSOLL" access can-i "$work/hooked.db" --as jane get secrets > "$work/out" 2> "$work/err"
	"$PLIMSOLL" access can-i "$work/hooked.db" --as jane get secrets --format json 2> /dev/null | grep -o '"other_authorizers":.*' > "$work/json"
	case $c in
	*Webhook)
		ok "another authorizer is told" "$(cat "$work/out" "$work/err")" "no
plimsoll: warning: RBAC is not the whole answer: the API server also asks other authorizers (Webhook), whose rules do not count here"
		ok "another authorizer in JSON" "$(cat "$work/json")" '"other_authorizers":"Webhook"}'
		;;
	*)
		ok "the version that defaults are compared with" "$("$PLIMSOLL" access diff-defaults "$work/hooked.db" 2>&1 > /dev/null)" "plimsoll: warning: cluster cluster runs v1.33: it is compared with the roles and bindings of v1.35, so what Kubernetes changed between the two shows too"
		ok "Node and RBAC alone need no warning" "$(cat "$work/out" "$work/err" "$work/json")" no
		;;
	esac
done

# Roles that were not collected are not roles that allow nothing.
rm "$work/hooked/RoleBinding.json"
"$PLIMSOLL" analyze -o "$work/hooked.db" "$work/hooked" > /dev/null 2>&1
ok "what was not collected is told" "$("$PLIMSOLL" access can-i "$work/hooked.db" --as jane get secrets 2>&1)" "plimsoll: warning: cluster: rolebindings were not collected: what they allow is not among the answers
no"

# Nor is an empty list of another command a good answer where nothing was there to look at.
printf '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p","namespace":"a"},"spec":{"containers":[{"name":"c","image":"r/i:1"}]}}' > "$work/pod.json"
"$PLIMSOLL" analyze -o "$work/pod.db" "$work/pod.json" > /dev/null 2>&1
has "exposures without services" "$("$PLIMSOLL" network exposures "$work/pod.db" 2>&1)" "cluster: services, ingresses were not collected"
has "paths without roles" "$("$PLIMSOLL" paths "$work/pod.db" 2>&1)" "cluster: services, ingresses, roles, clusterroles, rolebindings, clusterrolebindings were not collected"
has "vulnerabilities without images" "$("$PLIMSOLL" vulns "$work/pod.db" 2>&1)" "1 of 1 images that workloads run were not given"

# Groups of people: what requests came with, and what the engagement file says. By hand.
mkdir -p "$work/people"
cat > "$work/people/all.yaml" << 'END'
apiVersion: v1
kind: List
items:
- {apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: reader}, rules: [{apiGroups: [""], resources: [secrets], verbs: [get]}]}
- {apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: devs-read}, roleRef: {kind: ClusterRole, name: reader}, subjects: [{kind: Group, name: devs}]}
- {apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: ops-read}, roleRef: {kind: ClusterRole, name: reader}, subjects: [{kind: Group, name: ops}]}
END
printf '{"kind":"Event","apiVersion":"audit.k8s.io/v1","stage":"ResponseComplete","verb":"get","user":{"username":"jane","groups":["devs","unbound","system:authenticated"]},"objectRef":{"resource":"pods"},"responseStatus":{"code":200},"stageTimestamp":"2026-01-02T03:04:05.000000Z"}\n' > "$work/people/audit.log"
cat > "$work/people.yaml" << 'END'
people:
- {name: Ann, accounts: [ann@example.com, 'aws:111122223333/user/ann'], groups: [ops, unbound]}
- {name: Jane, accounts: [cluster/-/User/jane], groups: [devs]}
- {name: Bob, accounts: [other/-/User/bob], groups: [ops]}
END
"$PLIMSOLL" analyze -o "$work/people.db" --engagement "$work/people.yaml" "$work/people" > /dev/null 2>&1
ok "groups of people in the review" "$("$PLIMSOLL" access review "$work/people.db" --format json | jq -r '.rows[] | "\(.name) \(.rights) \(.via)"' | sort)" "ann@example.com read secrets ops (by the engagement file)
devs read secrets null
jane read secrets devs (by audit logs)
ops read secrets null"
ok "groups of people as steps" "$(sqlite3 "$work/people.db" "SELECT detail, confidence FROM edge WHERE edge_id = 'member-of-group' ORDER BY 1")" "user ann@example.com is in group ops, as the engagement file says.|inferred
user jane is in group devs, as audit logs show.|observed"

# EKS: access policies are asked beside RBAC.
printf '{"clusterName":"cluster","principalArn":"arn:aws:iam::111122223333:role/ops","associatedAccessPolicies":[{"policyArn":"arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy","accessScope":{"type":"cluster"}}]}\n' > "$work/people/eks.json"
"$PLIMSOLL" analyze -o "$work/eks.db" "$work/people" > /dev/null 2>&1
has "access policies are told" "$("$PLIMSOLL" access can-i "$work/eks.db" --as jane get pods 2>&1)" "the API server also asks other authorizers (EKS access policies)"

finish
