#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Dumps of some namespaces only must not be taken for whole clusters, and whole ones of small clusters not for parts. The cluster below is made by hand with what
# Kubernetes itself keeps in each (seen with kube-apiserver and kube-controller-manager 1.35: every namespace has the service account default and the config map
# kube-root-ca.crt, kube-system and kube-public have roles and bindings, default has the service kubernetes); a part of it is what kubectl prints with -n: the
# same lists with the objects of that namespace. Which verdicts must be missing is worked out by hand; and whatever passes or fails in a part must do so in the whole.
. "$(dirname "$0")/lib.sh"
HERE=$(cd "$(dirname "$0")" && pwd)
cd "$TMPDIR" || exit 2
q() { sqlite3 x.db "$1"; }
analyze() {
	rm -f x.db
	"$PLIMSOLL" analyze --cluster-name c -o x.db "$@" > /dev/null 2> stderr.txt
	code=$?
	LC_ALL=C grep -qE 'ERROR: |runtime error:' stderr.txt && bad "sanitizer report" "$(cat stderr.txt)"
}
partly() { q "SELECT group_concat(substr(kind, 12), ' ') FROM (SELECT kind FROM v_partly ORDER BY kind)"; }
why() { q "SELECT reason FROM v_partly WHERE kind = 'kubernetes/$1'"; }
verdicts() { q "SELECT verdict, sum(count) FROM tally WHERE check_id = '$1' GROUP BY 1 ORDER BY 1" | tr '\n' ' '; }

# make DIR APP...: the whole cluster, one list a file, with these namespaces of users.
make() {
	python3 - "$@" << 'X'
import json, os, sys
where, apps = sys.argv[1], sys.argv[2:]
os.makedirs(where)
lists, uid = {}, 0
def add(kind, version, name, namespace=None, **more):
    global uid
    uid += 1
    o = {"apiVersion": version, "kind": kind, "metadata": {"name": name, "uid": "00000000-0000-4000-8000-%012d" % uid, "creationTimestamp": "2026-01-01T00:00:00Z"}, **more}
    if namespace:
        o["metadata"]["namespace"] = namespace
    lists.setdefault(kind, []).append(o)
R, K = "rbac.authorization.k8s.io/v1", "rbac.authorization.k8s.io"
def account(ns, name): return {"kind": "ServiceAccount", "name": name, "namespace": ns}
for ns in ["default", "kube-system", "kube-public", "kube-node-lease"] + apps:
    add("Namespace", "v1", ns, status={"phase": "Active"})
    add("ServiceAccount", "v1", "default", ns)
    add("ConfigMap", "v1", "kube-root-ca.crt", ns, data={"ca.crt": "x"})
for ns in ["kube-system", "kube-public"]:
    add("Role", R, "system:controller:bootstrap-signer", ns, rules=[{"apiGroups": [""], "resources": ["secrets"], "verbs": ["get"]}])
    add("RoleBinding", R, "system:controller:bootstrap-signer", ns, roleRef={"apiGroup": K, "kind": "Role", "name": "system:controller:bootstrap-signer"}, subjects=[account("kube-system", "bootstrap-signer")])
add("ConfigMap", "v1", "extension-apiserver-authentication", "kube-system", data={})
add("Service", "v1", "kubernetes", "default", spec={"type": "ClusterIP", "ports": [{"port": 443}]})
add("ClusterRole", R, "reader", rules=[{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}])
add("ClusterRoleBinding", R, "readers", roleRef={"apiGroup": K, "kind": "ClusterRole", "name": "reader"}, subjects=[account(apps[-1], "web")])
add("Node", "v1", "n1", status={"nodeInfo": {"kubeletVersion": "v1.35.0"}})
for ns in apps:
    spec = {"serviceAccountName": "web", "containers": [{"name": "web", "image": "r.example/web:1", "securityContext": {"privileged": ns == apps[0], "runAsNonRoot": True}}]}
    add("ServiceAccount", "v1", "web", ns, automountServiceAccountToken=False)
    add("Deployment", "apps/v1", "web", ns, spec={"replicas": 1, "selector": {"matchLabels": {"app": "web"}}, "template": {"metadata": {"labels": {"app": "web"}}, "spec": spec}}, status={"readyReplicas": 1})
    add("Pod", "v1", "web-1", ns, spec=spec, status={"phase": "Running"})
    lists["Pod"][-1]["metadata"].update(labels={"app": "web"}, ownerReferences=[{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "web-6d4b75cb6d", "controller": True}])
    add("Service", "v1", "web", ns, spec={"type": "ClusterIP", "selector": {"app": "web"}, "ports": [{"port": 80}]})
    add("NetworkPolicy", "networking.k8s.io/v1", "deny", ns, spec={"podSelector": {}, "policyTypes": ["Ingress", "Egress"]})
    add("Role", R, "own", ns, rules=[{"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get"]}])
    add("RoleBinding", R, "own", ns, roleRef={"apiGroup": K, "kind": "Role", "name": "own"}, subjects=[account(ns, "web")])
    add("Secret", "v1", "login", ns, type="kubernetes.io/dockerconfigjson", data={".dockerconfigjson": "eyJhdXRocyI6eyJyLmV4YW1wbGUiOnsidXNlcm5hbWUiOiJhIiwicGFzc3dvcmQiOiJaM3A4cU14MHZUNGsifX19"})
lists.setdefault("Ingress", [])
names = {"NetworkPolicy": "networkpolicies", "Ingress": "ingresses"}
for kind, items in lists.items():
    with open("%s/%s.json" % (where, names.get(kind, kind.lower() + "s")), "w") as f:
        json.dump({"apiVersion": "v1", "kind": "List", "items": items}, f)
X
}
# part WHOLE DIR NAMESPACE...: what -n gives of it; lists of what lies in no namespace are whole.
part() {
	whole=$1 into=$2
	shift 2
	mkdir -p "$into"
	for f in "$whole"/*.json; do
		jq -c --arg n " $* " '.items |= map(select(.metadata.namespace as $m | $m == null or ($n | contains(" " + $m + " "))))' "$f" > "$into/${f##*/}"
	done
}

# ---- whole ones (bindings: one of the cluster, and one in each of kube-system, kube-public, shop and payments)
make whole shop payments
analyze whole
ok "a whole dump is whole" "$code$(partly)$(cat stderr.txt)" 0
cp x.db whole.db
ok "of a cluster in which something passes" "$(verdicts iam.secrets-read-everywhere)$(verdicts iam.pods-exec-namespace)$(verdicts runtime.no-default-deny-ingress)" "pass|1 pass|4 pass|2 "
make small shop
analyze small
ok "a small cluster, without pods of kube-system, is whole" "$(partly)" ""
cp -r small older && rm older/configmaps.json && part older one shop && cp one/serviceaccounts.json one/pods.json older/ && jq -c '.items |= map(select(.metadata.name != "default")) + [{"apiVersion":"v1","kind":"ServiceAccount","metadata":{"name":"x","namespace":"kube-system","uid":"u"}}]' one/serviceaccounts.json > older/serviceaccounts.json
analyze older
ok "nothing is missed that nobody made" "$(partly)" ""
cp -r small ending && jq -c '.items += [{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"old","uid":"u"},"status":{"phase":"Terminating"}}]' small/namespaces.json > ending/namespaces.json
analyze ending
ok "a namespace that ends has lost what was in it" "$(partly)" ""
rm -r one && part small one shop && for f in one/*.json; do jq -c 'del(.items[].metadata.uid)' "$f" > t && mv t "$f"; done
analyze one
ok "manifests are no dump" "$(partly)" ""

# ---- one namespace of several
all="configmaps deployments ingresses networkpolicies pods rolebindings roles secrets serviceaccounts services"
subset() { # whatever passes or fails in x.db does so in whole.db
	ok "$1: nothing passes that does not in the whole" "$(q "ATTACH 'whole.db' AS w; SELECT t.check_id, t.namespace, t.count FROM tally t JOIN scope s ON s.id = t.scope WHERE s.kind = 'cluster' AND t.verdict = 'pass'
		AND t.count > coalesce((SELECT x.count FROM w.tally x JOIN w.scope y ON y.id = x.scope WHERE y.kind = 'cluster' AND x.check_id = t.check_id AND x.namespace = t.namespace AND x.verdict = 'pass'), 0)")" ""
	ok "$1: nor fails" "$(q "ATTACH 'whole.db' AS w; SELECT check_id, subject FROM finding WHERE verdict = 'fail' EXCEPT SELECT check_id, subject FROM w.finding WHERE verdict = 'fail'")" ""
	ok "$1: of several kinds nothing passes" "$(q "SELECT DISTINCT t.check_id FROM tally t JOIN \"check\" c ON c.id = t.check_id, json_each(c.needs) n WHERE t.verdict = 'pass' AND json_array_length(c.needs) > 1 AND n.value IN (SELECT kind FROM v_partly)")" ""
}
part whole shop shop
analyze shop
ok "one namespace: exit code" "$code" 0
ok "one namespace: every kind of objects in namespaces is in doubt" "$(partly)" "$all"
has "it says what was seen" "$(why serviceaccounts)" "only namespace shop was collected: every namespace has a service account default, and none is listed of default, kube-node-lease, kube-public and 2 more; ask with -A"
has "roles" "$(why roles)" "every cluster has roles in kube-system, and none is listed"
has "services" "$(why services)" "every cluster has the service kubernetes in namespace default, and it is not listed"
has "those that show nothing of the others either" "$(why networkpolicies)" "only namespace shop was collected"
has "analyze warns" "$(cat stderr.txt)" "only namespace shop was collected"
ok "rights that nobody may have: not assessed" "$(verdicts iam.secrets-read-everywhere)" "not-assessed|1 "
ok "policies: not assessed" "$(verdicts runtime.no-default-deny-ingress)" "not-assessed|1 "
ok "the same login elsewhere: not assessed" "$(verdicts registry.shared-pull-secret)" "not-assessed|1 "
ok "and in the whole: found" "$(sqlite3 whole.db "SELECT verdict, sum(count) FROM tally WHERE check_id = 'registry.shared-pull-secret' GROUP BY 1")" "fail|2"
has "with the reason" "$(q "SELECT detail FROM finding WHERE check_id = 'runtime.no-default-deny-ingress'")" "kubernetes/networkpolicies was only partly collected (only namespace shop was collected"
ok "what fails there still fails" "$(verdicts runtime.privileged-container)" "fail|1 not-assessed|1 "
ok "what one object tells still passes" "$(verdicts runtime.host-network)" "not-assessed|1 pass|1 "
ok "accounts of other namespaces are not missing" "$(verdicts iam.binding-without-subject)" "not-assessed|1 "
ok "no grade" "$(q "SELECT group_concat(DISTINCT grade) FROM domain_score")" "not assessed"
ok "how much was seen" "$(q "SELECT DISTINCT seen, unseen FROM v_partly")" "1|5"
ok "no control is met that hangs on it" "$(q "SELECT DISTINCT k.id FROM v_control k JOIN control_check c ON c.framework = k.framework AND c.control = k.id JOIN \"check\" h ON h.id = c.check_id, json_each(h.needs) n WHERE k.state = 'met' AND n.value IN (SELECT kind FROM v_partly)")" ""
subset "one namespace"
findings() { q "SELECT check_id, verdict, subject, detail, missing FROM finding ORDER BY 1, 2, 3"; q "SELECT kind, reason, seen, unseen FROM v_partly ORDER BY 1, 2"; }
raw=$(findings)
"$PLIMSOLL" collect -o site.plim --import shop > /dev/null 2> said.txt
has "and is made with a warning" "$(cat said.txt)" "shop: its objects lie in namespace shop, and none in kube-system: kubectl get lists all namespaces only with -A"
"$PLIMSOLL" collect -o small.plim --import small > /dev/null 2> said.txt
ok "not so of a whole one" "$(cat said.txt)" ""
cp x.db part.db
analyze site.plim
ok "a bundle of it says the same" "$(findings)" "$raw"

# ---- who asks is told
warned() { "$PLIMSOLL" "$@" 2>&1 > /dev/null; }
for action in "can-i part.db --as jane get secrets -n payments" "who-can part.db get secrets" "unused part.db" "matrix part.db"; do
	has "access $action" "$(warned access $action)" "only namespace shop was collected: every cluster has role bindings in kube-system, and none is listed; ask with -A: what they allow is not among the answers"
done
for action in "reach part.db" "exposures part.db" "isolation part.db"; do has "network $action" "$(warned network $action)" "only namespace shop was collected"; done
has "paths" "$(warned paths part.db)" "only namespace shop was collected"
"$PLIMSOLL" access who-can part.db get secrets > /dev/null 2>&1
ok "an answer all the same" "$?" 0
ok "nobody is warned of a whole dump" "$(warned access who-can whole.db get secrets)$(warned network reach whole.db)" ""

# ---- without the list of namespaces; two of five; of one kind only
rm shop/namespaces.json
analyze shop
ok "no namespaces: the same kinds" "$(partly)" "$all"
has "no namespaces: the reason" "$(why serviceaccounts)" "none is listed of default, kube-public and kube-system; ask"
subset "no namespaces"
make five shop payments data && part five two kube-system shop
analyze two
ok "two of seven: the same kinds" "$(partly)" "$all"
has "two of seven: the reason" "$(why networkpolicies)" "only namespaces kube-system and shop were collected: every namespace has a "
part five most default kube-system kube-public kube-node-lease shop payments
analyze most
has "all but one: the reason" "$(why roles)" "not all namespaces were collected: every namespace has a service account default, and none is listed of data; ask"
ok "all but one: how much" "$(q "SELECT DISTINCT seen, unseen FROM v_partly")" "6|1"
mkdir apart && cp shop/pods.json apart/
analyze apart
ok "pods of one namespace, and nothing else" "$(partly)$(why pods)" "podsonly namespace shop was collected: all objects lie in it, and no list of namespaces was given; ask with -A"
cp whole/namespaces.json apart/
analyze apart
has "with the namespaces" "$(why pods)" "all objects lie in it, and there is also namespace payments; ask"
cp small/namespaces.json apart/
analyze apart
ok "of the only one that users have" "$(partly)" ""
# kubectl get pods,services,deployments without -n: the service kubernetes lies in the namespace that is asked then
rm -r apart && part whole apart default shop && for f in apart/*.json; do case $f in */pods.json | */services.json | */deployments.json) jq -c '(.items[].metadata.namespace) = "default"' "$f" > t && mv t "$f" ;; *) rm "$f" ;; esac; done
analyze apart
ok "the namespace that is asked when none is named" "$(partly)" "deployments pods services"
has "though it has the service kubernetes" "$(why services)" "only namespace default was collected: all objects lie in it, and no list of namespaces was given; ask with -A"
cp whole/namespaces.json apart/
analyze apart
has "and with the namespaces" "$(why pods)" "all objects lie in it, and there is also namespace payments; ask"
jq -c '.items += [{"apiVersion":"v1","kind":"Service","metadata":{"name":"kube-dns","namespace":"kube-system","uid":"u"},"spec":{"type":"ClusterIP"}}]' apart/services.json > t && mv t apart/services.json
analyze apart
ok "not so where a service of kube-system is listed" "$(partly)" ""
rm -r apart && part whole apart/shop shop && part whole apart/payments payments && for d in shop payments; do find apart/$d -type f ! -name pods.json ! -name deployments.json -delete; done
analyze apart
ok "a file for each namespace, and none of kube-system" "$(partly)" "deployments pods"
cp -r whole mixed && cp shop/pods.json mixed/
analyze mixed
ok "pods of one namespace, all else whole" "$(partly)$(why pods)" "podsonly namespace shop was collected: workloads of payments have pods that are ready, and none is listed; ask with -A"
cp -r whole mixed2 && cp shop/serviceaccounts.json mixed2/
analyze mixed2
ok "accounts of one namespace: lists that show kube-system are whole" "$(partly)" "deployments ingresses networkpolicies pods secrets serviceaccounts services"

# ---- layouts
layout() { # DIR NAMESPACE...: kubectl cluster-info dump
	into=$1
	shift
	mkdir -p "$into" && cp whole/nodes.json "$into/"
	for n in "$@"; do
		mkdir "$into/$n"
		for k in pod service deployment; do
			kind=$(echo $k | sed 's/./\U&/')
			jq -c --arg n "$n" --arg k "${kind}List" '{kind: $k, apiVersion: (if $k == "DeploymentList" then "apps/v1" else "v1" end), items: (.items | map(select(.metadata.namespace == $n)))}' whole/${k}s.json > "$into/$n/${k}s.json"
		done
		echo '{"kind":"ReplicationControllerList","apiVersion":"v1","items":[]}' > "$into/$n/replication-controllers.json"
	done
}
layout info default kube-system kube-public kube-node-lease shop payments
analyze info
ok "cluster-info dump -A" "$(partly)" ""
layout info2 default kube-system
analyze info2
has "cluster-info dump" "$(partly) $(why pods)" "deployments pods replicationcontrollers services only namespace default was collected: kubectl cluster-info dump takes those that it is told, or one beside kube-system"
layout info3 shop
analyze info3
has "cluster-info dump --namespaces shop" "$(partly) $(why pods)" "deployments pods replicationcontrollers services only namespace shop was collected"
mkdir -p gather/cluster-scoped-resources/core gather/namespaces/openshift-dns/core gather/namespaces/default/core
cp whole/nodes.json gather/cluster-scoped-resources/core/
echo '{"kind":"PodList","apiVersion":"v1","items":[{"metadata":{"name":"dns","namespace":"openshift-dns","uid":"u1"},"spec":{"containers":[{"name":"c","image":"r.example/dns:1"}]}}]}' > gather/namespaces/openshift-dns/core/pods.json
echo '{"kind":"ServiceList","apiVersion":"v1","items":[{"metadata":{"name":"kubernetes","namespace":"default","uid":"u2"},"spec":{}}]}' > gather/namespaces/default/core/services.json
analyze gather
has "must-gather" "$(partly) $(why pods)" "pods services only namespaces default and openshift-dns were collected: must-gather"

# ---- what the collector asks itself
mkdir fake && cp whole/*.json fake/
printf '{"serverVersion":{"gitVersion":"v1.35.0"}}' > fake/version.json
{
	for r in pods:v1:true:Pod services:v1:true:Service serviceaccounts:v1:true:ServiceAccount secrets:v1:true:Secret namespaces:v1:false:Namespace deployments:apps/v1:true:Deployment networkpolicies:networking.k8s.io/v1:true:NetworkPolicy roles:rbac.authorization.k8s.io/v1:true:Role rolebindings:rbac.authorization.k8s.io/v1:true:RoleBinding; do
		echo "$r" | tr : ' '
	done
} > fake/api-resources.txt
export FAKE_CLUSTER="$PWD/fake" FAKE_LOG="$PWD/log"
"$PLIMSOLL" collect -o fake.plim --cluster --kubectl "$HERE/fake-kubectl.sh" > /dev/null 2> said.txt
analyze fake.plim
ok "collect asks of all namespaces" "$(partly)$(grep -c -- ' -A$' log)" 8
jq -c '.items |= map(select(.metadata.name != "default"))' whole/serviceaccounts.json > fake/serviceaccounts.json
"$PLIMSOLL" collect -o fake2.plim --cluster --kubectl "$HERE/fake-kubectl.sh" > /dev/null 2>&1
analyze fake2.plim
ok "what was asked of all is whole" "$(partly)" ""
"$PLIMSOLL" collect -o fake3.plim --cluster -n shop --kubectl "$HERE/fake-kubectl.sh" > /dev/null 2> said.txt
analyze fake3.plim
ok "with -n it is not" "$(partly)" "deployments networkpolicies pods rolebindings roles secrets serviceaccounts services"
ok "and says so" "$(why pods)$(q "SELECT DISTINCT seen, unseen FROM v_partly")" "only of the namespaces that were asked for: shop1|5"
ok "nothing of several kinds passes" "$(verdicts runtime.no-default-deny-ingress)" "not-assessed|1 "
finish
