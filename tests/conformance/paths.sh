#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The promise of a cut, kept: a site in a real API server is collected, what `paths` proposes is done with kubectl change by change, and after each
# the site is collected again: exactly the promised pairs of entry and jewel must have lost their path, and none may be new.
# usage: paths.sh PLIMSOLL BINDIR    BINDIR: etcd, kube-apiserver, kube-controller-manager, kubectl
set -eu
plimsoll=$1 bin=$2
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
export PORT=${PORT:-18443}
# Without kubelets nodes would be taken for lost, and their pods with them.
export CONTROLLERS=*,-node-lifecycle-controller,-taint-eviction-controller,-nodelifecycle,-pod-garbage-collector-controller
passed=0 failed=0
trap 'bash "$here/control-plane.sh" stop "$work/state" || true; rm -rf "$work"' EXIT
cd "$work"

result() { # NAME, then nothing to show where it is well
	if [ -z "$2" ]; then passed=$((passed + 1)); else
		failed=$((failed + 1))
		printf 'not ok - %s\n%s\n' "$1" "$2"
	fi
}
kube() { "$bin/kubectl" --kubeconfig "$work/kubeconfig" "$@"; }

# There are no kubelets and no scheduler: pods are bound here, said to be ready, and let go where they are to end.
seat() { # NAMESPACE POD NODE
	printf '{"apiVersion":"v1","kind":"Binding","metadata":{"name":"%s"},"target":{"apiVersion":"v1","kind":"Node","name":"%s"}}' "$2" "$3" |
		kube create --raw "/api/v1/namespaces/$1/pods/$2/binding" -f - > /dev/null
}
pods() { # JQ-FILTER
	kube get pods -A -o json | jq -r ".items[] | $1"
}
settle() {
	local namespace pod node quiet=0
	for _ in $(seq 60); do
		pods 'select(.metadata.deletionTimestamp) | "\(.metadata.namespace) \(.metadata.name)"' | while read -r namespace pod; do
			kube delete pod -n "$namespace" "$pod" --grace-period=0 --force > /dev/null 2>&1 || true
		done
		pods 'select((.spec.nodeName // "") == "" and (.metadata.deletionTimestamp | not)) | "\(.metadata.namespace) \(.metadata.name) \(.spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchFields[0].values[0] // "worker-1")"' |
			while read -r namespace pod node; do seat "$namespace" "$pod" "$node"; done
		pods 'select(.spec.nodeName and .status.phase != "Running") | "\(.metadata.namespace) \(.metadata.name)"' | while read -r namespace pod; do
			kube patch pod -n "$namespace" "$pod" --subresource=status --type=merge -p \
				'{"status":{"phase":"Running","conditions":[{"type":"Ready","status":"True","lastTransitionTime":"2026-01-01T00:00:00Z"},{"type":"ContainersReady","status":"True","lastTransitionTime":"2026-01-01T00:00:00Z"}]}}' > /dev/null
		done
		# Steady: as many updated pods as wanted, and no other one.
		if kube get deployments,daemonsets,statefulsets -A -o json | jq -e 'all(.items[]; .status.observedGeneration == .metadata.generation and
			(if .kind == "Deployment" then .status.updatedReplicas == .spec.replicas and .status.replicas == .spec.replicas and .status.availableReplicas == .spec.replicas
			elif .kind == "StatefulSet" then .status.currentRevision == .status.updateRevision and .status.readyReplicas == .spec.replicas
			else .status.desiredNumberScheduled > 0 and .status.updatedNumberScheduled == .status.desiredNumberScheduled and .status.numberAvailable == .status.desiredNumberScheduled end))' > /dev/null &&
			[ -z "$(pods 'select(.metadata.deletionTimestamp or (.spec.nodeName // "") == "") | .metadata.name')" ]; then
			quiet=$((quiet + 1))
			[ "$quiet" -ge 2 ] && return
		else
			quiet=0
		fi
		sleep 1
	done
	echo "the workloads do not come to rest" >&2
	kube get pods -A >&2
	return 1
}

look() { # NAME: collects the cluster, analyzes, NAME.pairs
	"$plimsoll" collect -o "$1.plim" --cluster --kubeconfig "$work/kubeconfig" --kubectl "$bin/kubectl" --cluster-name c1 > "$1.log" 2>&1 || [ $? = 4 ]
	"$plimsoll" analyze -o "$1.db" "$1.plim" > /dev/null
	sqlite3 "$1.db" "SELECT entry_ref || ' -> ' || jewel_ref FROM v_path" | LC_ALL=C sort > "$1.pairs"
	"$plimsoll" paths "$1.db" --format json > "$1.json"
}

# What differs between what was promised and what came.
differences() { # BEFORE AFTER PROMISED
	LC_ALL=C comm -23 "$1.pairs" "$2.pairs" > gone
	LC_ALL=C comm -13 "$1.pairs" "$2.pairs" | sed 's/^/  new: /'
	LC_ALL=C comm -23 "$3" gone | sed 's/^/  promised, and still there: /'
	LC_ALL=C comm -13 "$3" gone | sed 's/^/  gone, and not promised: /'
}

bash "$here/control-plane.sh" start "$bin" "$work/state"
cat > kubeconfig <<X
apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: "https://127.0.0.1:$PORT", certificate-authority: $work/state/pki/ca.crt}}]
users: [{name: u, user: {client-certificate: $work/state/pki/admin.crt, client-key: $work/state/pki/admin.key}}]
contexts: [{name: x, context: {cluster: c, user: u}}]
current-context: x
X
kube create -f "$here/paths-site.yaml" > /dev/null
kube taint nodes --all node.kubernetes.io/not-ready- > /dev/null
for service in shop/web kube-system/console; do
	kube patch service "${service#*/}" -n "${service%/*}" --subresource=status --type=merge -p '{"status":{"loadBalancer":{"ingress":[{"ip":"203.0.113.10"}]}}}' > /dev/null
done
settle
look 0
n=$(jq '.cut | length' 0.json)
made=0
for i in $(seq "$n"); do
	promised=$(jq -r ".cut[$((i - 1))].ends[] | \"\(.from) -> \(.to)\"" 0.json | LC_ALL=C sort | tee promised | wc -l)
	result "change $i: as many pairs as it says" "$([ "$promised" = "$(jq ".cut[$((i - 1))].pairs" 0.json)" ] || echo "  $promised")"
	what=$(jq -r ".cut[$((i - 1))] | \"\(.at): \(.change)\"" 0.json)
	mapfile -t words < <(jq -r ".cut[$((i - 1))].kubectl // [] | .[]" 0.json)
	if [ ${#words[@]} = 0 ]; then
		echo "by hand, so the promises behind it are not tried: $what"
		break
	fi
	echo "kubectl ${words[*]}"
	kube "${words[@]}" > /dev/null
	settle
	look "$i"
	result "$what ($promised pairs)" "$(differences $((i - 1)) "$i" promised)"
	made=$((made + 1))
done
result "as many changes were made as the site asks for" "$([ "$made" -ge 18 ] || echo "  only $made")"
# Every kind of change that analyze/cut.sql knows, and of template that it patches.
kinds=$(for i in $(seq 0 "$n"); do sqlite3 "$i.db" "SELECT h.apply || ' ' || t.type FROM cut k JOIN change h ON h.id = k.change JOIN thing t ON t.id = h.thing WHERE k.ordinal = 1 AND k.kubectl IS NOT NULL"; done | LC_ALL=C sort -u)
for kind in 'automount-off Deployment' 'cluster-ip Service' 'delete ClusterRoleBinding' 'delete RoleBinding' 'delete Secret' 'external-ips-off Service' 'harden CronJob' 'harden DaemonSet' \
	'harden Deployment' 'harden StatefulSet' 'host-network-off DaemonSet' 'host-ports-off Deployment' 'pod-security Namespace'; do
	result "a change of kind $kind was tried" "$(echo "$kinds" | grep -qxF "$kind" || echo "  not among: $(echo "$kinds" | tr '\n' ',')")"
done
result "paths at the start" "$([ "$(wc -l < 0.pairs)" -ge 20 ] || wc -l < 0.pairs)"
cp 0.json 0.pairs "${KEEP:-$work}/" 2> /dev/null || true
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
