#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Dumps made by hand with an account that may not list everything: what was refused is no evidence, whatever file it left behind. Expectations are
# worked out by hand from the few objects below; what kubectl prints of what it may not list (an empty List, and a line on standard error) is kubectl's
# own behaviour (pkg/cmd/get: errors are gathered, and the list of what came is printed).
. "$(dirname "$0")/lib.sh"
cd "$TMPDIR" || exit 2
empty() { for f in "$@"; do printf '{\n    "apiVersion": "v1",\n    "items": [],\n    "kind": "List",\n    "metadata": {\n        "resourceVersion": ""\n    }\n}\n' > "$f"; done; }
q() { sqlite3 x.db "$1"; }
analyze() {
	rm -f x.db
	"$PLIMSOLL" analyze -o x.db "$@" > /dev/null 2> stderr.txt
	code=$?
	LC_ALL=C grep -qE 'ERROR: |runtime error:' stderr.txt && bad "sanitizer report" "$(cat stderr.txt)"
}
have() { q "SELECT group_concat(substr(kind, 12), ' ') FROM (SELECT kind FROM evidence_kind ORDER BY kind)"; }
why() { q "SELECT reason FROM expected WHERE kind = 'kubernetes/$1' ORDER BY id"; }
verdicts() { q "SELECT verdict, sum(count) FROM tally WHERE check_id = '$1' GROUP BY 1 ORDER BY 1" | tr '\n' ' '; }
list() { printf '{"apiVersion":"v1","kind":"List","items":[%s]}' "$2" > "$1"; }
meta() { printf '"metadata":{"name":"%s","namespace":"shop"%s}' "$1" "${2:-}"; }

# ---- a dump in which all is as it should be: lists that a cluster may lack are empty
mkdir dump
list dump/namespaces.json '{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"kube-system","uid":"0123abcd-1111-2222-3333-444455556666"}},{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"shop"}}'
list dump/pods.json "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",$(meta web),\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"r.example/web:1\"}]},\"status\":{\"phase\":\"Running\"}}"
for f in networkpolicies.networking.k8s.io poddisruptionbudgets.policy ingresses.networking.k8s.io secrets replicasets.apps persistentvolumes validatingwebhookconfigurations.admissionregistration.k8s.io; do empty dump/$f.json; done
printf 'Warning: v1 ComponentStatus is deprecated in v1.19+\n' > dump/errors.txt
analyze dump
ok "lists that may be empty are evidence" "$(have)" "ingresses namespaces networkpolicies persistentvolumes poddisruptionbudgets pods replicasets secrets validatingwebhookconfigurations"
ok "nothing is missing" "$(q 'SELECT count(*) FROM expected')$code" 00
ok "a namespace without policies is told" "$(verdicts runtime.namespace-without-network-policy)" "fail|1 "
cp -r dump good

# ---- every cluster has some
empty dump/clusterroles.rbac.authorization.k8s.io.json dump/clusterrolebindings.rbac.authorization.k8s.io.json dump/nodes.json dump/serviceaccounts.json
analyze dump
ok "empty lists of what every cluster has are none" "$(have)" "ingresses namespaces networkpolicies persistentvolumes poddisruptionbudgets pods replicasets secrets validatingwebhookconfigurations"
has "they say why" "$(why clusterroles)" "the list is empty, and every cluster has some"
ok "rights are not assessed" "$(verdicts iam.cluster-admin)" "not-assessed|1 "
has "and say why" "$(q "SELECT detail FROM finding WHERE check_id = 'iam.cluster-admin'")" "kubectl prints an empty list of what may not be listed"
printf '{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRoleList","items":[]}' > dump/clusterroles.rbac.authorization.k8s.io.json
analyze dump
has "a list of a kind of its own comes from the server" "$(have)" "clusterroles"
empty dump/namespaces.json
analyze dump
ok "pods of no namespace" "$(have | grep -c namespaces)$(why namespaces | grep -c 'every cluster')" 01

# ---- contradicted by other objects
rm -r dump && cp -r good dump
list dump/pods.json "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",$(meta web-1 ',"ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"web","controller":true}]'),\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"r.example/web:1\"}],\"volumes\":[{\"name\":\"s\",\"secret\":{\"secretName\":\"tls\"}}]},\"status\":{\"phase\":\"Running\"}}"
list dump/persistentvolumeclaims.json "{\"apiVersion\":\"v1\",\"kind\":\"PersistentVolumeClaim\",$(meta data),\"spec\":{\"volumeName\":\"pv-1\"},\"status\":{\"phase\":\"Bound\"}}"
analyze dump
ok "owners, secrets and volumes that must be there" "$(have)" "ingresses namespaces networkpolicies persistentvolumeclaims poddisruptionbudgets pods validatingwebhookconfigurations"
has "an owner" "$(why replicasets)" "objects of kind Pod are owned by one"
has "a secret" "$(why secrets)" "a running pod mounts one"
has "a volume" "$(why persistentvolumes)" "a claim is bound to one"
sed -i 's/"secretName":"tls"/"secretName":"tls","optional":true/' dump/pods.json
analyze dump
has "an optional secret need not be there" "$(have)" "secrets"
rm -r dump && cp -r good dump
list dump/deployments.apps.json "{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",$(meta api),\"spec\":{\"replicas\":1,\"template\":{\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"r.example/api:1\"}]}}},\"status\":{\"readyReplicas\":1}}"
empty dump/pods.json
analyze dump
has "ready replicas are pods" "$(why pods)" "workloads have pods that are ready"

# ---- kubectl's errors beside it
rm -r dump && cp -r good dump
cat >> dump/errors.txt << 'X'
Error from server (Forbidden): networkpolicies.networking.k8s.io is forbidden: User "auditor" cannot list resource "networkpolicies" in API group "networking.k8s.io" at the cluster scope
Error from server (Forbidden): pods is forbidden: User "auditor" cannot list resource "pods" in API group "" in the namespace "payments"
Error from server (Forbidden): deployments.apps is forbidden: User "auditor" cannot list resource "deployments" in API group "apps" at the cluster scope
Error from server (Forbidden): networkpolicies.networking.k8s.io is forbidden: User "auditor" cannot list resource "networkpolicies" in API group "networking.k8s.io" at the cluster scope
Error from server (Forbidden): pods is forbidden: User "auditor" cannot list resource "pods" in API group "" in the namespace "payments"
Error from server (Forbidden): deployments.apps is forbidden: User "auditor" cannot list resource "deployments" in API group "apps" at the cluster scope
X
analyze dump
ok "the empty list is none" "$(have)" "ingresses namespaces persistentvolumes poddisruptionbudgets pods replicasets secrets validatingwebhookconfigurations"
ok "policies are not assessed" "$(verdicts runtime.namespace-without-network-policy)" "not-assessed|1 "
has "and say why" "$(q "SELECT detail FROM finding WHERE check_id = 'runtime.namespace-without-network-policy'")" 'forbidden: User "auditor" cannot list resource "networkpolicies"'
ok "pods came in part" "$(verdicts runtime.privileged-container)" "not-assessed|1 pass|1 "
has "which is said" "$(q "SELECT detail FROM finding WHERE check_id = 'runtime.privileged-container'")" 'kubernetes/pods was only partly collected (forbidden: User "auditor"'
has "a file that is not there" "$(why deployments)" forbidden
findings() { q "SELECT check_id, verdict, subject, detail, missing FROM finding ORDER BY 1, 2, 3"; q "SELECT kind, reason FROM expected ORDER BY 1, 2"; have; }
raw=$(findings)
"$PLIMSOLL" collect -o site.plim --import dump > /dev/null 2>&1
analyze site.plim
ok "a bundle of it says the same" "$(findings)" "$raw"
empty dump/clusterroles.rbac.authorization.k8s.io.json && printf '{"apiVersion":"v1","kind":"RoleBindingList","items":[]}' > dump/rolebindings.rbac.authorization.k8s.io.json
analyze dump
raw=$(findings)
"$PLIMSOLL" collect -o site.plim --import dump > /dev/null 2>&1
analyze site.plim
ok "of both kinds of empty lists, too" "$(findings)" "$raw"
has "of which one is evidence" "$(have)" "rolebindings"

rm -r dump && cp -r good dump
printf 'Unable to connect to the server: net/http: TLS handshake timeout\n' > dump/networkpolicies.networking.k8s.io.err
analyze dump
ok "a file of errors for each resource" "$(have | grep -c networkpolicies)$(why networkpolicies)" "0Unable to connect to the server: net/http: TLS handshake timeout"
mv dump/networkpolicies.networking.k8s.io.err dump/stderr.txt
analyze dump
ok "of what, the line does not say: every empty list is doubted" "$(have)" "namespaces pods"
has "and what is there was collected in part, for all one knows" "$(q "SELECT detail FROM finding WHERE check_id = 'runtime.privileged-container'")" "was only partly collected (Unable to connect"

# ---- both in one file, nothing in it, or only the error
rm -r dump && cp -r good dump
echo 'Error from server (Forbidden): networkpolicies.networking.k8s.io is forbidden: User "a" cannot list resource "networkpolicies"' >> dump/networkpolicies.networking.k8s.io.json
analyze dump
ok "list and error in one file" "$(have | grep -c networkpolicies)$(why networkpolicies | grep -c 'could not be read to its end')" 01
: > dump/networkpolicies.networking.k8s.io.json
analyze dump
ok "an empty file" "$(have | grep -c networkpolicies)" 0
echo 'Error from server (Forbidden): networkpolicies.networking.k8s.io is forbidden: User "a" cannot list resource "networkpolicies"' > dump/networkpolicies.networking.k8s.io.json
analyze dump
has "the error alone" "$(why networkpolicies)" 'forbidden: User "a"'
rm -r dump && cp -r good dump
head -c 100 dump/pods.json > cut && mv cut dump/pods.json
analyze dump
ok "a list that was cut off" "$(have | grep -c pods)$(verdicts runtime.privileged-container)" "0not-assessed|1 "

# ---- what came in part passes nothing that hangs on the rest
rm -r dump && cp -r good dump
list dump/networkpolicies.networking.k8s.io.json "{\"apiVersion\":\"networking.k8s.io/v1\",\"kind\":\"NetworkPolicy\",$(meta deny),\"spec\":{\"podSelector\":{},\"policyTypes\":[\"Ingress\",\"Egress\"]}}"
analyze dump
ok "a policy for all" "$(verdicts runtime.namespace-without-network-policy)" "pass|1 "
mkdir dump/cluster-resources && echo '{"payments": "pods is forbidden: User \"a\" cannot list resource \"pods\" in API group \"\" in the namespace \"payments\""}' > dump/cluster-resources/pods-errors.json
echo '["the server is currently unable to handle the request"]' > dump/cluster-resources/storage-classes-errors.json
echo '{}' > dump/cluster-resources/services-errors.json && : > dump/cluster-resources/jobs-errors.json
analyze dump
ok "what Troubleshoot could not list: exit code" "$code" 0
has "what Troubleshoot could not list" "$(why pods) $(why storageclasses)" 'forbidden: User "a" cannot list resource "pods" in API group "" in the namespace "payments" Error from server: the server is currently unable'
ok "the namespace of which pods are missing does not pass" "$(verdicts runtime.namespace-without-network-policy)" "not-assessed|1 "
ok "what one pod tells does" "$(verdicts runtime.privileged-container)" "not-assessed|1 pass|1 "
raw=$(findings)
rm -f site.plim* && "$PLIMSOLL" collect -o site.plim --import dump > /dev/null 2>&1
analyze site.plim
ok "a bundle of it says the same, too" "$(findings)" "$raw"

# ---- what is no word on a list
rm -r dump && cp -r good dump
mkdir -p dump/shop/web && echo 'Error from server (Forbidden): networkpolicies.networking.k8s.io is forbidden: x' > dump/shop/web/logs.txt
analyze dump
has "what a pod printed" "$(have)" networkpolicies
mkdir errors && printf 'Warning: nothing\n' > errors/errors.txt && cp good/pods.json errors/
analyze errors
ok "warnings make nothing missing" "$(q "SELECT count(*) FROM expected")" 0
finish
