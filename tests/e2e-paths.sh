#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Paths of attack end to end, on a cluster small enough to follow each by hand (tests/fixtures/kubernetes/paths.yaml): which there are and which
# not, what cuts them, that a cut keeps its promise, the forms of output, and the cases of every edge.
. "$(dirname "$0")/lib.sh"
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
fixture=$PWD/tests/fixtures/kubernetes/paths.yaml
cd "$dir" || exit 1
is() { ok "$1" "$3" "$2"; } # is NAME EXPECTED GOT
q() { sqlite3 site.db "$1"; }

# Every edge that the program carries.
"$PLIMSOLL" edges test > cases.txt 2>&1
is "cases of the edges" 0 "$(tail -1 cases.txt | sed 's/.* passed, //; s/ failed//')"
grep '^not ok' cases.txt | head -20
cases=$(tail -1 cases.txt | sed 's/ passed.*//')
passed=$((passed + ${cases:-0}))
is "at least sixty kinds of steps" 1 "$("$PLIMSOLL" edges list | awk 'END { print (NR >= 60) }')"

"$PLIMSOLL" analyze -o site.db --cluster-name c1 "$fixture" > /dev/null
is "exit code" 0 $?
is "edge files are sound" "" "$(q "SELECT message FROM problem")"
is "who gets where, in how many steps" "pod ops/agent, every right, 2
pod ops/agent, every secret, 3
pod ops/agent, root on a node, 3
pod shop/job, root on a node, 1
pod shop/web, every secret, 2
service account ci/runner, every right, 1
service account ci/runner, every secret, 2
service account ci/runner, root on a node, 2
service account shop/web, every secret, 1
the Internet, through shop/web, every secret, 4
user jane@example.com, every right, 3
user jane@example.com, every secret, 4
user jane@example.com, root on a node, 4" "$(q "SELECT replace(entry_title, ' of cluster c1', '') || ', ' || replace(replace(jewel_title, ' of cluster c1', ''), ' on cluster c1', '') || ', ' || hops FROM v_path ORDER BY 1")"
is "joe changes deployments where there are none" "" "$(q "SELECT path FROM v_path WHERE entry_title LIKE '%joe%'")"
is "a job that may run anywhere does not get onto the control plane" "" "$(q "SELECT path FROM v_path WHERE entry_title = 'pod shop/job' AND jewel_class = 'cluster-admin'")"
is "every hop names its evidence" "" "$(q "SELECT detail FROM v_path_hop WHERE proof IS NULL OR (member IS NULL AND edge_id NOT IN ('whole-and-parts', 'control-plane-admin', 'admin-everything', 'new-pod-account', 'new-pod-secrets'))")"
is "a blocked step is kept" "Nothing keeps a pod in namespace shop from its node.|Pod Security enforces baseline" "$(q "SELECT detail, blocked FROM v_edge WHERE edge_id = 'new-pod-node' AND source_ref LIKE '%/shop/%'")"
is "findings" "iam.attack-path-account|2
iam.attack-path-user|1
runtime.attack-path-outside|1
runtime.attack-path-pod|3" "$(q "SELECT check_id, count(*) FROM finding WHERE check_id LIKE '%attack-path%' AND verdict = 'fail' GROUP BY 1 ORDER BY 1")"
is "strips for documents" 4 "$(q "SELECT count(DISTINCT number) FROM inferred_way")"
is "the share of exposed programs" "1.0 of 1.0" "$(q "SELECT (SELECT value FROM path_metric WHERE name = 'exposed-to-jewel') || ' of ' || (SELECT value FROM path_metric WHERE name = 'exposed')")"

# What the cut promises is what remains when it is made.
first=$(q "SELECT ref FROM v_cut WHERE ref LIKE '%Binding%' AND ordinal = 1")
is "the first change" c1/-/ClusterRoleBinding/runner-admin "$first"
promised=$(q "SELECT pairs FROM v_cut WHERE ordinal = 1")
"$PLIMSOLL" whatif site.db --delete "$first" > whatif.txt
is "exit code of whatif" 0 $?
is "paths that vanish are those promised" "$promised" "$(grep -c '^- path' whatif.txt)"
is "none appears" 0 "$(grep -c '^+ path' whatif.txt)"
cat > fixed.yaml <<'Y'
apiVersion: batch/v1
kind: CronJob
metadata: {name: job, namespace: shop}
spec: {schedule: "0 3 * * *", jobTemplate: {spec: {template: {spec: {automountServiceAccountToken: false, restartPolicy: Never, containers: [{name: job, image: registry.example.com/shop/job:1}]}}}}}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent, namespace: ops}
spec:
  selector: {matchLabels: {app: agent}}
  template: {metadata: {labels: {app: agent}}, spec: {tolerations: [{operator: Exists}], automountServiceAccountToken: false, containers: [{name: agent, image: registry.example.com/ops/agent:3}]}}
Y
is "manifests laid over, with the pods of their templates" "- path pod ops/agent to every right on cluster c1 (2 steps)
- path pod shop/job to root on a node of cluster c1 (1 steps)" "$("$PLIMSOLL" whatif site.db fixed.yaml | grep ' path ' | grep -E 'every right|shop/job' | sort)"
printf 'apiVersion: v1\nkind: Pod\nmetadata: {name: x, namespace: shop}\nspec: {containers: text}\n' > odd.yaml
"$PLIMSOLL" whatif site.db odd.yaml > odd.txt 2> odd.err
is "what cannot be read of a change is told" "4 1" "$? $(grep -c 'problems in the change' odd.err)"
is "no other evidence was left out" "[]" "$("$PLIMSOLL" whatif site.db fixed.yaml --format json | jq -c .left_out)"
is "how the cut is made" '["delete","ClusterRoleBinding/runner-admin"] ["patch","CronJob/job","--type=strategic","-p","{\"spec\":{\"jobTemplate\":{\"spec\":{\"template\":{\"spec\":{\"hostPID\":null,\"securityContext\":{\"windowsOptions\":null},\"containers\":[{\"name\":\"job\",\"securityContext\":{\"privileged\":null,\"procMount\":null,\"capabilities\":{\"add\":null},\"windowsOptions\":null},\"volumeMounts\":[]}],\"initContainers\":[],\"volumes\":[]}}}}}}","-n","shop"]' "$("$PLIMSOLL" paths site.db --format json | jq -c '.cut[] | select(.at | test("runner-admin|job")) | .kubectl' | tr '\n' ' ' | sed 's/ $//')"
is "every pair has its change" 0 "$(q "SELECT count(*) FROM path WHERE cut IS NULL")"
is "pairs of a change are those it names" "" "$("$PLIMSOLL" paths site.db --format json | jq -c '.cut[] | select((.ends | length) != .pairs) | .at')"
is "words for the shell are quoted" "     kubectl patch DaemonSet/agent --type=strategic -p '{\"spec\":{" "$("$PLIMSOLL" paths site.db | grep 'patch DaemonSet/agent' | cut -c1-65)"
"$PLIMSOLL" whatif site.db --delete nowhere > out.txt 2>&1
is "whatif of nothing" "2 plimsoll: whatif: no object is called 'nowhere' (a ref, NAMESPACE/KIND/NAME or KIND/NAME)" "$? $(cat out.txt)"
is "whatif as JSON" plimsoll.whatif/1 "$("$PLIMSOLL" whatif site.db --delete "$first" --format json | jq -r .schema)"

# From and to.
is "between two places" 1 "$("$PLIMSOLL" paths site.db --from ci/runner --to cluster-admin | grep -c '^[0-9]')"
is "several ways" 2 "$("$PLIMSOLL" paths site.db --from User/jane@example.com --to node-root --k 2 | grep -c '^[0-9]')"
is "over blocked steps" 1 "$("$PLIMSOLL" paths site.db --from User/jane@example.com --to graph:c1/node-root --blocked | grep -c BLOCKED)"
is "no such place" 2 "$("$PLIMSOLL" paths site.db --from nobody > /dev/null 2>&1; echo $?)"
is "JSON" "plimsoll.paths/1 13" "$("$PLIMSOLL" paths site.db --limit 100 --format json | jq -r '.schema + " " + (.paths | length | tostring)')"
is "JSON names the evidence" paths.yaml "$("$PLIMSOLL" paths site.db --format json | jq -r '[.paths[].hops[].member | values] | unique[]')"
is "a graph for dot" "strict digraph paths {" "$("$PLIMSOLL" paths site.db --format dot | head -1)"
"$PLIMSOLL" paths site.db --from pod --to secrets --limit 100 > out.txt
is "hostile names stay inert" 0 "$(LC_ALL=C grep -c "$(printf '\033')" out.txt)"

# What people say.
printf 'jewels:\n- {thing: c1/shop/Deployment/web, title: the shop}\nentries:\n- c1/-/User/joe*\ndata_classes:\n- {name: orders, rank: 4, places: [shop]}\n' > engagement.yaml
"$PLIMSOLL" analyze -o said.db --cluster-name c1 --engagement engagement.yaml "$fixture" > /dev/null
is "ends that people name" "said-entry|User joe@example.com
said-jewel|the shop" "$(sqlite3 said.db "SELECT class, title FROM path_end WHERE class LIKE 'said-%' ORDER BY 1")"
is "data of a class" "orders data in namespace shop" "$(sqlite3 said.db "SELECT DISTINCT title FROM path_end WHERE class = 'data'")"

# The platform's namespaces are known by name where no Namespace object was collected: a control-plane pod is no entry.
for ns in kube-system shop; do
	printf -- '---\napiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: %s}\nspec: {hostPID: true, containers: [{name: c, image: x, securityContext: {privileged: true}}]}\n' $ns
done >pods.yaml
"$PLIMSOLL" analyze -o pods.db --cluster-name c1 pods.yaml >/dev/null
is "entries inside pods" "pod shop/p" "$(sqlite3 pods.db "SELECT title FROM path_end WHERE class = 'pod'")"

# The same evidence gives the same paths.
"$PLIMSOLL" analyze -o again.db --cluster-name c1 "$fixture" > /dev/null
is "the same in every run" "$(sqlite3 site.db .dump | sha256sum)" "$(sqlite3 again.db .dump | sha256sum)"
finish
