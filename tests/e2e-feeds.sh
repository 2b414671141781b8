#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# plimsoll feeds: an import is whole or not there, a second one changes nothing, broken records cost themselves.
. "$(dirname "$0")/lib.sh"
D=${TMPDIR:-/tmp}/feeds
mkdir -p "$D/in"
q() { sqlite3 "$D/v.db" "$1" | tr '\n' ' ' | sed 's/ $//'; }
feeds() { "$PLIMSOLL" feeds "$@" > "$D/out" 2> "$D/err"; }
osv() { # osv ID MODIFIED FIXED
	printf '{"id":"%s","modified":"%s","affected":[{"package":{"ecosystem":"npm","name":"x"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"%s"}]}]}]}' "$1" "$2" "$3"
}
osv GHSA-0001 2024-01-01T00:00:00Z 1.0.0 > "$D/in/a.json"
osv GHSA-0002 2024-02-01T00:00:00Z 2.0.0 > "$D/in/b.json"
echo "read me" > "$D/in/README"
tsv() { printf '#source\tcve\tfixed_version\tchangelog_date\tbase_suite_version\tsecurity_version\n%s\n' "$(printf "$1")"; }
tsv 'foo\tCVE-2024-1\t1.0-2\tSun, 04 Aug 2024 11:53:25 +0200\t1.0-1\t1.0-2' > "$D/in/bookworm.tsv"

feeds import -o "$D/v.db" "$D/in"
ok "import" "$?" 0
ok "feeds" "$(q "SELECT name, records, broken FROM feed ORDER BY name")" "debian-changelogs bookworm|1|0 osv GHSA|2|0"
ok "dates" "$(q "SELECT date(date, 'unixepoch') FROM feed ORDER BY name")" "2024-08-04 2024-02-01"
cp "$D/v.db" "$D/before.db"
feeds import -o "$D/v.db" "$D/in"
ok "a second import" "$?" 0
cmp -s "$D/v.db" "$D/before.db"
ok "changes nothing" "$?" 0

# The order of files does not matter; the content does.
"$PLIMSOLL" feeds import -o "$D/w.db" "$D/in/b.json" "$D/in/bookworm.tsv" "$D/in/a.json" 2> "$D/err"
ok "same hashes in another order" "$(sqlite3 "$D/w.db" "SELECT name, sha256 FROM feed ORDER BY 1")" "$(sqlite3 "$D/v.db" "SELECT name, sha256 FROM feed ORDER BY 1")"
osv GHSA-0001 2024-03-01T00:00:00Z 1.0.1 > "$D/newer.json"
osv GHSA-0002 2023-03-01T00:00:00Z 9.9.9 > "$D/older.json"
feeds import -o "$D/v.db" "$D/newer.json" "$D/older.json"
ok "the newer record wins" "$(q "SELECT v.name, fixed FROM vuln v JOIN affected ON vuln = v.id WHERE v.name GLOB 'GHSA*' ORDER BY 1")" "GHSA-0001|1.0.1 GHSA-0002|2.0.0"

# Records without a date (Go's are published so): in one import the order of files does not matter, a later import replaces, and the same again changes nothing.
undated() { printf '{"id":"GO-2024-0001","modified":"0001-01-01T00:00:00Z","affected":[{"package":{"ecosystem":"Go","name":"x"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"%s"}]}]}]}' "$1"; }
undated 1.0.0 > "$D/u1.json"
undated 2.0.0 > "$D/u2.json"
feeds import -o "$D/u.db" "$D/u1.json" "$D/u2.json"
feeds import -o "$D/u-other.db" "$D/u2.json" "$D/u1.json"
ok "undated records in either order" "$(sqlite3 "$D/u.db" "SELECT fixed FROM affected")" "$(sqlite3 "$D/u-other.db" "SELECT fixed FROM affected")"
cp "$D/u.db" "$D/before.db"
feeds import -o "$D/u.db" "$D/u1.json" "$D/u2.json"
cmp -s "$D/u.db" "$D/before.db"
ok "both again change nothing" "$?" 0
for n in 1 2 1; do
	feeds import -o "$D/u.db" "$D/u$n.json"
	ok "a later import replaces" "$(sqlite3 "$D/u.db" "SELECT fixed FROM affected")" "$n.0.0"
done

# One of many broken; one alone broken; cut short; no feed; not a database.
mkdir -p "$D/many"
osv GHSA-0003 2024-01-01T00:00:00Z 1.0.0 > "$D/many/good.json"
head -c 60 "$D/many/good.json" > "$D/many/cut.json"
printf '{"id":"x","modified":"2024-01-01T00:00:00Z"}' > "$D/many/odd.json"
feeds import -o "$D/m.db" "$D/many"
ok "broken records cost themselves" "$?" 4
ok "the good one is there" "$(sqlite3 "$D/m.db" "SELECT name FROM vuln")" GHSA-0003
ok "and each broken one is told" "$(sqlite3 "$D/m.db" "SELECT place FROM problem ORDER BY 1" | tr '\n' ' ')" "many/cut.json many/odd.json "
{ printf '['; osv GHSA-0004 2024-01-01T00:00:00Z 1; printf ','; osv GHSA-0005 2024-01-01T00:00:00Z 1; printf ','; } > "$D/list.json"
cp "$D/v.db" "$D/before.db"
feeds import -o "$D/v.db" "$D/list.json"
ok "a list cut short" "$?" 3
tar -C "$D" -cf - in | gzip > "$D/in.tar.gz"
head -c 300 "$D/in.tar.gz" > "$D/cut.tar.gz"
feeds import -o "$D/v.db" "$D/in/a.json" "$D/cut.tar.gz"
ok "an archive cut short" "$?" 3
ok "one line tells why" "$(wc -l < "$D/err")" 1
echo hello > "$D/hello.txt"
feeds import -o "$D/v.db" "$D/hello.txt"
ok "no feed" "$?" 3
feeds import -o "$D/v.db" "$D/absent"
ok "no file" "$?" 3
cmp -s "$D/v.db" "$D/before.db"
ok "nothing half imported" "$?" 0
ok "nothing left over" "$(find "$D" -name '*.tmp' | wc -l)" 0
feeds import -o "$D/hello.txt" "$D/in"
ok "not a database of ours" "$?" 3
ok "and it is left alone" "$(cat "$D/hello.txt")" hello
feeds import -o "$D/none/v.db" "$D/in"
ok "no folder to write to" "$?" 5
feeds import "$D/in"
ok "usage" "$?" 2
feeds import -o "$D/t.db" "$D/in.tar.gz"
ok "an archive" "$(sqlite3 "$D/t.db" "SELECT name, sha256 FROM feed ORDER BY 1")" "$(sqlite3 "$D/w.db" "SELECT name, sha256 FROM feed ORDER BY 1")"

# Hostile: 100,000 events in one record, an alias cycle, negative and absurd dates, 5 MB of text.
python3 - > "$D/many/hostile.json" <<'EOF'
import json
ev = []
for i in range(100000):
    ev += [{"introduced": "%d.0" % i}, {"fixed": "%d.5" % i}]
rec = lambda i, **k: {"id": i, "modified": "2024-01-01T00:00:00Z", **k}
pkg = {"ecosystem": "npm", "name": "x"}
print(json.dumps([
    rec("GHSA-1001", affected=[{"package": pkg, "ranges": [{"type": "SEMVER", "events": ev}]}]),
    rec("GHSA-1002", aliases=["GHSA-1003"]), rec("GHSA-1003", aliases=["GHSA-1002", "GHSA-1003"]),
    {"id": "GHSA-1004", "modified": "-200-01-01T00:00:00Z", "published": "99999-99-99", "summary": "x" * 5000000,
     "affected": [{"package": pkg, "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}]}]}]}]))
EOF
feeds import -o "$D/h.db" "$D/many/hostile.json"
ok "hostile records" "$?" 4
ok "cost themselves" "$(sqlite3 "$D/h.db" "SELECT name FROM vuln ORDER BY 1" | tr '\n' ' ')" "GHSA-1002 GHSA-1003 GHSA-1004 "

for line in "deb 1.0~rc1 1.0 -1" "deb 1:0 2 1" "rpm 1.0^a 1.0 1" "apk 1.01 1.1 -1" "semver 1.0.0-a.2 1.0.0-a.11 -1" "npm 1.2 1.2.0 0"; do
	set -- $line
	feeds compare "$1" "$2" "$3"
	ok "compare $line" "$(cat "$D/out")" "$4"
done
feeds compare cobol 1 2
ok "unknown scheme" "$?" 2
feeds status "$D/v.db"
ok "status" "$?:$(grep -c 'osv GHSA' "$D/out")" 0:1
# What an earlier program made of feeds may lack what this one judges by.
cp "$D/v.db" "$D/early.db" && sqlite3 "$D/early.db" "PRAGMA user_version = 1"
feeds status "$D/early.db"
ok "a database of an earlier program" "$?:$(grep -c 'import the feeds again' "$D/err")" 3:1

# Where there is dpkg, its word on version order counts.
if command -v dpkg > /dev/null; then
	wrong=0
	for a in 1.0 1.0-1 1.0~rc1-1 1:0.9 1.0+b1 1.0-1+deb12u10 1.0-1+deb12u9 0~~ 1.0a 1.10 1.9-0; do
		for b in 1.0 1.0-0 1.0~-1 0:1.0 1.0-1.1 1.0-1+deb12u9 1.00 1a 1.0.0; do
			want=0
			dpkg --compare-versions "$a" lt "$b" && want=-1
			dpkg --compare-versions "$a" gt "$b" && want=1
			[ "$("$PLIMSOLL" feeds compare deb "$a" "$b")" = "$want" ] || wrong=$((wrong + 1))
		done
	done
	ok "as dpkg says" "$wrong" 0
fi
finish
