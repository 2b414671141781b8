# SPDX-License-Identifier: Apache-2.0
# Feeds. BENCH_FEEDS=DIR: real feeds; matching is then measured against importing those, else against importing the records made here.
echo "making 20,000 OSV records, and 1,000 images of 400 packages"
python3 "$here/make-feeds.py" "$work/feeds" "${RECORDS:-20000}" "${IMAGES:-1000}" 400
tar -C "$work/feeds" -cf "$work/osv.tar" osv
feeds_jq=$(cpu "$work/rss" sh -c 'find "$1" -name "*.json" -exec jq -c . {} +' sh "$work/feeds/osv")
import=$(cpu "$work/rss-import" "$plimsoll" feeds import -o "$work/vulns.db" "$work/osv.tar")
echo "jq $feeds_jq s; import $import s"
verdict "import of OSV JSON / jq -c . on the same files" "$(ratio "$import" "$feeds_jq")" 1.5
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
