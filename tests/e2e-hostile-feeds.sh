#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Feeds made to hurt: each costs seconds and bounded memory, is told in one problem or refused in one line, and the good record beside it counts.
# What is expected follows from common/limits.h and the exit codes of plimsoll(1). Batches: one line of output for each line, whatever it is.
. "$(dirname "$0")/lib.sh"
D=${TMPDIR:-/tmp}/hostile-feeds
rm -rf "$D" && mkdir -p "$D/in"
python3 "$(dirname "$0")/make-hostile-feeds.py" "$D/in" || exit 2
measured='import resource, subprocess, sys
try:
	code = subprocess.run(sys.argv[2:], timeout=60).returncode
except subprocess.TimeoutExpired:
	code = "did not end"
print(code, file=open(sys.argv[1], "w"))
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024, file=open(sys.argv[1], "a"))'
# feed NAME CODE RECORDS PATTERN: exit code, records that are there, and the one problem or line on stderr; "" for neither.
feed() {
	rm -f "$D/v.db"
	python3 -c "$measured" "$D/ran" "$PLIMSOLL" feeds import -o "$D/v.db" "$D/in/$1" > "$D/out" 2> "$D/err"
	ok "$1: exit code" "$(head -n 1 "$D/ran")" "$2"
	ok "$1: less than 900 MB of memory (sanitizers included)" "$([ "$(tail -n 1 "$D/ran")" -lt 900 ] || tail -n 1 "$D/ran")" ""
	ok "$1: one line on stderr" "$(wc -l < "$D/err")" 1
	if [ "$2" = 3 ]; then
		ok "$1: no database" "$(ls "$D" | grep -c 'v\.db')" 0
		has "$1: why" "$(cat "$D/err")" "$4"
		return
	fi
	ok "$1: records" "$(sqlite3 "$D/v.db" "SELECT records FROM feed WHERE name IN ('osv GHSA', 'epss')")" "$3"
	ok "$1: problems" "$(sqlite3 "$D/v.db" "SELECT count(*) FROM problem")" "$([ -z "$4" ] && echo 0 || echo 1)"
	[ -z "$4" ] || has "$1: the problem" "$(sqlite3 "$D/v.db" "SELECT message FROM problem")" "$4"
}
feed summary.json 0 2 ''
ok "a summary of 50 MB is cut" "$(sqlite3 "$D/v.db" "SELECT max(length(summary)) FROM vuln")" 16384
feed name.json 4 1 'name or ecosystem of 50000000 bytes'
feed ecosystem.json 4 1 'name or ecosystem of 50000000 bytes'
feed version.json 4 1 'without a usable version'
feed events.json 4 1 '1000000 events in one range'
feed ranges.json 4 1 'more than 4000000 values'
feed versions.json 4 1 '100000 versions beside 100000 ranges'
feed affected.json 0 2 ''
ok "100,000 packages of one record" "$(sqlite3 "$D/v.db" "SELECT count(*) FROM affected")" 100001
feed releases.json 0 2 ''
ok "100,000 releases of one record" "$(sqlite3 "$D/v.db" "SELECT count(*) FROM scope")" 100001
feed aliases.json 0 5 ''
ok "10,000 aliases and a cycle of three, none of itself" "$(sqlite3 "$D/v.db" "SELECT count(*) FROM alias")" 10003
"$PLIMSOLL" feeds show GHSA-A "$D/v.db" > "$D/out" 2> "$D/err"
ok "the cycle ends" "$?" 0
feed aliases-million.json 4 1 'more than 20000 other names'
feed dates.json 0 11 ''
ok "absurd dates are none" "$(sqlite3 "$D/v.db" "SELECT count(*) FROM vuln WHERE name GLOB 'GHSA-d*' AND coalesce(modified, published) NOT BETWEEN 0 AND 253402300799")" 0
feed deep.json 4 1 'nested deeper than 128'
feed deep-open.json 3 0 'nothing in it could be read'
feed deep.xml 3 0 'nested more than 64 deep'
feed lol.xml 3 0 'declares an entity'
feed line.csv 4 2 'longer than'
feed fields.csv 4 2 'longer than'
feed quote.csv 3 0 'a quote that is not closed'
feed cut.zip 3 0 'damaged archive'
feed cut.json.gz 3 0 'cut short'
feed bomb.zip 3 0 'taken for a bomb'
feed bomb.json.gz 3 0 'taken for a bomb'

# batch SCHEME COMMAND: the answers on one line, then the exit code.
batch() { "$PLIMSOLL" feeds "$@" --batch - 2> "$D/err" > "$D/out"; c=$?; echo "$(tr '\n' ' ' < "$D/out")exit $c"; }
ok "quotes, commas, line ends in fields, missing and odd fields" "$(printf '1.0,2.0\r\n"1.0","2.0"\r\n\r\n1.0\n1.0,2.0,3.0\n""\n,1\n1.0,1.0\r\n' | batch compare deb)" \
	"-1 -1 error error error error -1 0 exit 4"
ok "commas in fields" "$(printf '1.5.0,">=1.0,<2.0"\n"1.5.0",">=1.0, <1.5"\n1.5.0,">=1.0,<2.0\n' | batch satisfies pep440)" "true false error exit 4"
ok "quotes in fields" "$(printf '"1.0""",1.0\n"1""x",1.0\n' | batch compare maven | wc -w)" 4
ok "an open quote: one line for each line that it takes" "$(printf '1,2\n"1,2\n3,4\n5,6' | batch compare deb)" "-1 error error error exit 4"
ok "versions of 100 kB and a line of 20 MB" "$(python3 -c "print('1.' * 50000 + ',1\n1,2\n' + '1' * 20000000 + ',2\n2,1')" | batch compare deb)" "error -1 error 1 exit 4"
ok "1,000,000 lines" "$(awk 'BEGIN { for (i = 0; i < 1000000; i++) print "1." i ",1." i + 1 }' | "$PLIMSOLL" feeds compare deb --batch - | grep -cx -- -1)" 1000000
finish
