#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Generated policies against a real API server: every one is taken by its dry run. The site is a dump with the flows that this script makes:
# every pod to every service's pods of its own namespace on the first port it declares.
# usage: network.sh PLIMSOLL BINDIR      BINDIR: etcd, kube-apiserver, kube-controller-manager, kubectl. DUMP: a folder of objects (default: the
# test's own site).
set -eu
plimsoll=$1 bin=$2
here=$(cd "$(dirname "$0")" && pwd)
dump=${DUMP:-$here/../fixtures/network/site}
[ -x "$bin/kubectl" ] || { echo "no kubectl in $bin: skipped"; exit 0; }
work=$(mktemp -d)
export PORT=${PORT:-18443}
passed=0 failed=0
trap 'bash "$here/control-plane.sh" stop "$work/state" || true; rm -rf "$work"' EXIT
check() { # NAME GOT WANT
	if [ "$2" = "$3" ]; then passed=$((passed + 1)); else failed=$((failed + 1)); printf 'not ok - %s: got %s, want %s\n' "$1" "$2" "$3"; fi
}

"$plimsoll" analyze -o "$work/plain.db" "$dump" > /dev/null 2>&1 || true
sqlite3 "$work/plain.db" "SELECT DISTINCT '{\"flow\":{\"verdict\":\"FORWARDED\",\"source\":{\"namespace\":\"' || a.namespace || '\",\"pod_name\":\"' || a.name ||
	'\"},\"destination\":{\"namespace\":\"' || b.namespace || '\",\"pod_name\":\"' || b.name || '\"},\"IP\":{\"source\":\"' || a.ip || '\",\"destination\":\"' || b.ip ||
	'\"},\"l4\":{\"' || c.protocol || '\":{\"destination_port\":' || c.port || '}},\"traffic_direction\":\"EGRESS\",\"is_reply\":false}}'
	FROM pod a JOIN pod b ON b.cluster = a.cluster AND b.namespace = a.namespace AND b.thing != a.thing
	JOIN (SELECT k.workload, min(p.protocol) AS protocol, min(p.port) AS port FROM container k JOIN container_port p ON p.container = k.thing GROUP BY k.workload) c ON c.workload = b.workload
	WHERE a.ip IS NOT NULL AND b.ip IS NOT NULL AND c.protocol IN ('TCP', 'UDP') LIMIT 5000" > "$work/hubble.json"
[ -s "$work/hubble.json" ] || { echo "the dump has no pods that could speak"; exit 1; }
cp -r "$dump" "$work/dump" # flows belong to the cluster whose folder they lie in
cp "$work/hubble.json" "$work/dump/flows-made.json"
"$plimsoll" analyze -o "$work/site.db" "$work/dump" > /dev/null 2>&1 || true
check "flows are read" "$(sqlite3 "$work/site.db" "SELECT count(*) > 0 FROM flow WHERE source_workload AND target_workload")" 1
"$plimsoll" network generate "$work/site.db" > "$work/generated.yaml" && code=0 || code=$?
head -n 1 "$work/generated.yaml"
check "no observed flow breaks" "$code" 0
"$plimsoll" network whatif --replace "$work/site.db" "$work/generated.yaml" > "$work/whatif" && code=0 || code=$?
check "so says whatif" "$code $(grep -c '^!' "$work/whatif")" "0 0"

if [ -n "${DUMP:-}" ]; then # the test's own site has flows beside
	closed=$(python3 "$here/../network-generated.py" "$plimsoll" "$work" "$dump" 200 1 | tail -n 1)
	check "a second evaluator: the log passes, all else is closed" "${closed#* passed, }" "0 failed"
fi

bash "$here/control-plane.sh" start "$bin" "$work/state"
k() { "$bin/kubectl" --server "https://127.0.0.1:$PORT" --certificate-authority "$work/state/pki/ca.crt" --client-certificate "$work/state/pki/admin.crt" --client-key "$work/state/pki/admin.key" "$@"; }
for n in $(grep -o '"namespace":"[^"]*"' "$work/generated.yaml" | cut -d'"' -f4 | sort -u); do k create namespace "$n" > /dev/null 2>&1 || true; done
k apply --dry-run=server -f "$work/generated.yaml" > "$work/applied" 2>&1 && code=0 || code=$?
[ "$code" = 0 ] || grep -v created "$work/applied" | head -n 5
check "the API server takes all" "$code $(grep -c 'created (server dry run)' "$work/applied")" "0 $(grep -c '^---' "$work/generated.yaml")"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
