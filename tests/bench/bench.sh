#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Speed as ratios of CPU time (user + system) against a baseline in the same run; never part of `make test`.
# usage: bench.sh PLIMSOLL [DUMPDIR]    DUMPDIR: kubectl lists to multiply; without it, the demo site's.
# OBJECTS=N (default 100000) sets the size. Prints each figure, its limit, and whether it holds.
set -eu
plimsoll=$1
here=$(cd "$(dirname "$0")" && pwd)
dump=${2:-}
objects=${OBJECTS:-100000}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if [ -z "$dump" ]; then
	dump="$work/demo"
	python3 "$here/../fixtures/demo/make-demo.py" "$dump" > /dev/null
	dump=$(dirname "$(find "$dump" -name pods.json | sort | head -n 1)")
fi
held=0 broken=0

# cpu FILE COMMAND...: seconds of user + system time; peak memory in MB goes to FILE.
cpu() {
	local rss=$1
	shift
	python3 - "$rss" "$@" <<'P'
import os, resource, subprocess, sys
with open(os.devnull, "w") as null:
    code = subprocess.run(sys.argv[2:], stdout=null, stderr=subprocess.PIPE)
use = resource.getrusage(resource.RUSAGE_CHILDREN)
if code.returncode not in (0, 1, 4):
    sys.exit("bench: %s: %s" % (sys.argv[2:], code.stderr.decode()[-500:]))
open(sys.argv[1], "w").write("%d" % (use.ru_maxrss / 1024))
print("%.3f" % (use.ru_utime + use.ru_stime))
P
}

# verdict TEXT VALUE LIMIT: is VALUE at most LIMIT?
verdict() {
	if awk "BEGIN { exit !($2 <= $3) }"; then
		held=$((held + 1)) word=holds
	else
		broken=$((broken + 1)) word=BROKEN
	fi
	printf '%-62s %8s  at most %6s  %s\n' "$1" "$2" "$3" "$word"
}
ratio() { awk "BEGIN { printf \"%.2f\", $1 / $2 }"; }

echo "making dumps of $objects and $((objects / 10)) objects"
python3 "$here/multiply.py" "$dump" "$work/large" "$objects"
python3 "$here/multiply.py" "$dump" "$work/small" "$((objects / 10))"
jq=$(cpu "$work/rss" sh -c 'exec jq -c . "$1"/*.json' sh "$work/large")
large=$(cpu "$work/rss-large" "$plimsoll" analyze -o "$work/large.db" "$work/large")
small=$(cpu "$work/rss-small" "$plimsoll" analyze -o "$work/small.db" "$work/small")
report=$(cpu "$work/rss-report" "$plimsoll" report "$work/large.db" -o "$work/out")
echo "jq $jq s; analyze $large s; a tenth of it $small s; three PDFs $report s"
verdict "analyze / jq -c . on the same files" "$(ratio "$large" "$jq")" 1.5
verdict "ten times the objects / one tenth" "$(ratio "$large" "$small")" 11
verdict "peak memory of analyze, MB" "$(cat "$work/rss-large")" 400
# Steps and paths, as `analyze -v` measures them.
steps=$("$plimsoll" analyze -v -o "$work/again.db" "$work/large" 2>&1 > /dev/null | awk '$1 == "edges" || $1 == "paths" { t += $2 } END { print t + 0 }')
verdict "edges and all shortest paths / jq -c . on the same files" "$(ratio "$steps" "$jq")" 0.25
verdict "three PDFs / analyze" "$(ratio "$report" "$large")" 0.10
# Roles and bindings: 10,000 bindings derived, 100,000 questions, single questions. The reading of the dump above is the measure.
python3 "$here/../fixtures/kubernetes/make-rbac.py" large "$work/rbac/dump" 10000 100000
rbac=$(cpu "$work/rss-rbac" "$plimsoll" analyze -o "$work/rbac.db" "$work/rbac/dump")
batch=$(cpu "$work/rss-batch" "$plimsoll" access can-i "$work/rbac.db" --batch "$work/rbac/questions.jsonl")
single=$(cpu "$work/rss-single" "$plimsoll" access can-i "$work/rbac.db" --as user-3 -n ns-2 get secrets)
who=$(cpu "$work/rss-who" "$plimsoll" access who-can "$work/rbac.db" -n ns-2 get secrets)
echo "10,000 bindings analyzed $rbac s; 100,000 questions $batch s; can-i $single s; who-can $who s"
verdict "100,000 questions / half of jq -c . on 100,000 objects" "$(awk "BEGIN { printf \"%.3f\", $batch / ($jq * 100000 / $objects / 2) }")" 0.1
verdict "can-i from 10,000 bindings, seconds" "$single" 0.05
verdict "who-can from 10,000 bindings, seconds" "$who" 0.1
verdict "peak memory of the batch, MB" "$(cat "$work/rss-batch")" 300
# Images: a gzip OCI archive of 75 MB and its docker-save twin; one layer of half a million entries.
python3 "$here/make-image.py" "$work/image" 75
python3 "$here/make-image.py" "$work/entries" entries=500000
gzip=$(cpu "$work/rss" sh -c 'gzip -dc "$1"/layer*.gz | sha256sum' sh "$work/image")
oci=$(cpu "$work/rss-oci" "$plimsoll" image "$work/image/oci.tar" --cache "$work/cache" --format json)
docker=$(cpu "$work/rss" "$plimsoll" image "$work/image/docker.tar" --no-cache --format json)
cpu "$work/rss-entries" "$plimsoll" image "$work/entries/oci.tar" --no-cache --format json > /dev/null
again=$(cpu "$work/rss" "$plimsoll" image "$work/image/oci.tar" --cache "$work/cache" --format json)
verdict "image, layers known / the first run" "$(ratio "$again" "$oci")" 0.05
verdict "image, OCI / gzip -dc layers | sha256sum" "$(ratio "$oci" "$gzip")" 0.40
verdict "image, docker save / gzip -dc layers | sha256sum" "$(ratio "$docker" "$gzip")" 0.40
verdict "peak memory of image, MB" "$(cat "$work/rss-oci")" 64
verdict "peak memory of image with 500,000 entries, MB" "$(cat "$work/rss-entries")" 64
if command -v trivy > /dev/null; then
	other=$(cpu "$work/rss" trivy image --input "$work/image/docker.tar" --offline-scan --skip-db-update --format json --list-all-pkgs --scanners license)
	verdict "image, docker save / trivy image" "$(ratio "$docker" "$other")" 0.50
fi
if command -v syft > /dev/null; then
	other=$(cpu "$work/rss" syft scan "oci-archive:$work/image/oci.tar" -o json)
	verdict "image, OCI / syft" "$(ratio "$oci" "$other")" 0.125
fi

# Feeds. BENCH_FEEDS=DIR: real feeds; matching is then measured against importing those, else against importing the records made here.
echo "making 20,000 OSV records, and 1,000 images of 400 packages"
python3 "$here/make-feeds.py" "$work/feeds" "${RECORDS:-20000}" "${IMAGES:-1000}" 400
tar -C "$work/feeds" -cf "$work/osv.tar" osv
jq=$(cpu "$work/rss" sh -c 'find "$1" -name "*.json" -exec jq -c . {} +' sh "$work/feeds/osv")
import=$(cpu "$work/rss-import" "$plimsoll" feeds import -o "$work/vulns.db" "$work/osv.tar")
echo "jq $jq s; import $import s"
verdict "import of OSV JSON / jq -c . on the same files" "$(ratio "$import" "$jq")" 1.5
verdict "vulns.db / its sources" "$(ratio "$(stat -c %s "$work/vulns.db")" "$(cat "$work"/feeds/osv/*.json | wc -c)")" 0.34
verdict "peak memory of the import, MB" "$(cat "$work/rss-import")" 300
matching() { # matching WHAT VULNS.DB IMAGES IMPORT
	local without with
	without=$(cpu "$work/rss" "$plimsoll" analyze -o "$work/without.db" "$3")
	with=$(cpu "$work/rss-match" "$plimsoll" analyze -o "$work/with.db" --feeds "$2" "$3")
	echo "$1: analyze without feeds $without s, with feeds $with s, $(sqlite3 "$work/with.db" "SELECT count(*) || ' matches of ' || (SELECT count(*) FROM package) || ' packages' FROM match")"
	verdict "$1: matching 1,000 images / importing" "$(ratio "$(awk "BEGIN { print $with - $without }")" "$4")" 1
	rm -f "$work/without.db" "$work/with.db"
}
matching "feeds made here" "$work/vulns.db" "$work/feeds/images" "$import"
if [ -n "${BENCH_FEEDS:-}" ]; then
	import=$(cpu "$work/rss" "$plimsoll" feeds import -o "$work/real.db" "$BENCH_FEEDS")
	python3 "$here/make-feeds.py" "$work/real" 0 "${IMAGES:-1000}" 400 "$work/real.db"
	matching "real feeds" "$work/real.db" "$work/real/images" "$import"
fi
python3 -c "import random; r = random.Random(1); print(chr(10).join('%d.%d.%d-rc%d,%d.%d.%d' % tuple(r.randint(0, 20) for _ in range(7)) for _ in range(1000000)))" > "$work/pairs.csv"
for scheme in deb rpm semver pep440 maven; do
	seconds=$(cpu "$work/rss" "$plimsoll" feeds compare "$scheme" --batch "$work/pairs.csv")
	verdict "a million pairs of $scheme versions, seconds" "$seconds" 3
done
# The network: 20,000 pods, 2,000 policies, 500 namespaces; then ten times the pods.
python3 "$here/network.py" "$work/net" 500 10
python3 "$here/network.py" "$work/net10" 500 100
jq=$(cpu "$work/rss" sh -c 'exec jq -c . "$1"/*.json' sh "$work/net")
"$plimsoll" analyze -o "$work/net.db" "$work/net" > "$work/out.txt" 2>&1
"$plimsoll" analyze -o "$work/net10.db" "$work/net10" > "$work/out.txt" 2>&1
reach=$(cpu "$work/rss-reach" "$plimsoll" network reach "$work/net.db" --format json)
reach10=$(cpu "$work/rss-reach10" "$plimsoll" network reach "$work/net10.db" --format json)
explain=$(cpu "$work/rss" "$plimsoll" network explain "$work/net.db" team-0001/web-5d4f8c7b9-00001 team-0001/api-5d4f8c7b9-00001 8080)
echo "jq $jq s; all reach $reach s; with ten times the pods $reach10 s; one explain $explain s"
verdict "network reach / jq -c . on the same files" "$(ratio "$reach" "$jq")" 1
verdict "network reach: ten times the pods" "$(ratio "$reach10" "$reach")" 12
verdict "peak memory of network reach, MB" "$(cat "$work/rss-reach")" 500
verdict "one explain, seconds" "$explain" 0.08
echo "$held held, $broken broken"
[ "$broken" = 0 ]
