#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What feeds and scanners are known to get wrong, one made image each: tests/fixtures/feed-traps/*.txt holds feeds in the real formats, images, and the
# rows that must come out, worked out by hand from the rules of the formats. How they are written: tests/make-feed-traps.py. Each image is read as docker
# save and as an OCI archive.
. "$(dirname "$0")/lib.sh"
here=$(cd "$(dirname "$0")" && pwd)
D=${TMPDIR:-/tmp}/feed-traps
rm -rf "$D"
mkdir -p "$D"
python3 "$here/make-feed-traps.py" "$D" "$here"/fixtures/feed-traps/*.txt || exit 1

# told KIND FILE: what a scan said of each image, as the cases write it
told() {
	case $1 in
	want) jq -r 'select(.kind == "vulnerability") | "\(.image | sub("^docker.io/library/"; "") | sub(":1$"; "")): \(.component) \(.version) \(.layer) \(.vulnerability) \(.fixed // "-") \(.status)"' "$2" ;;
	want-unassessed) jq -r 'select(.kind == "coverage" and .state != "assessed") | "\(.image | sub("^docker.io/library/"; "") | sub(":1$"; "")): \(.reason)"' "$2" ;;
	esac | LC_ALL=C sort
}
# one WORLD FORM KIND: each image's lines are one test
one() {
	told "$3" "$D/$1/$2.json" > "$D/$1/got"
	while read -r image; do
		ok "$1 ($2, $3): $image" "$(grep "^$image: " "$D/$1/got")" "$(grep "^$image: " "$D/$1/$3" | LC_ALL=C sort)"
	done < "$D/$1/names"
}

for cases in "$here"/fixtures/feed-traps/*.txt; do
	world=$(basename "$cases" .txt)
	"$PLIMSOLL" feeds import -o "$D/$world/vulns.db" "$D/$world/feeds" > "$D/$world/import" 2>&1
	ok "$world: feeds are read whole" "$? $(grep -c 'could not be read' "$D/$world/import")" "0 0"
	for form in docker oci; do
		"$PLIMSOLL" image "$D/$world/$form"/*.tar --feeds "$D/$world/vulns.db" --format json > "$D/$world/$form.json" 2> "$D/$world/err"
		for kind in want want-unassessed; do
			one "$world" $form $kind
		done
	done
done
finish
