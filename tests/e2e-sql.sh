#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# plimsoll sql and benchmark: what may be asked, what may not, the forms of the answer.
. "$(dirname "$0")/lib.sh"
D=${TMPDIR:-/tmp}/sql
rm -rf "$D"
mkdir -p "$D"
DB=$D/site.db
"$PLIMSOLL" analyze -o "$DB" --cluster-name c1 tests/fixtures/kubernetes/findings.yaml > /dev/null 2>&1
S() { "$PLIMSOLL" sql "$DB" "$@"; }
ok "json keeps types" "$(S "SELECT 1 AS a, 1.5 AS b, 'x' AS c, NULL AS d, x'00ff' AS e, 9e999 AS f" --format json | tr -d '\n')" \
	'{"schema":"plimsoll.rows/1","columns":["a","b","c","d","e","f"],"rows":[[1,1.5,"x",null,"00ff","Inf"]]}'
ok "csv" "$(S "SELECT 1 AS a, '=1+1' AS b, -5 AS c" --format csv | tr -d '\r' | tr '\n' ' ')" "\"a\",\"b\",\"c\" 1,\"'=1+1\",-5 "
ok "table" "$(S "SELECT kind, name FROM thing WHERE type = 'DaemonSet'")" "$(printf 'kind   name\nobject agent')"
ok "an escape in a value" "$(S "SELECT char(27) || '[31m' AS a")" "$(printf 'a\n\\u{1b}[31m')"
ok "object()" "$(S "SELECT json_extract(object(id), '$.spec.template.spec.hostPID') AS p FROM thing WHERE type = 'DaemonSet'" --format json | jq -c .rows)" '[[1]]'
echo "SELECT count(*) AS n FROM v_container" > "$D/q.sql"
ok "a file" "$(S --file "$D/q.sql" --format json | jq -c .rows)" '[[2]]'
ok "standard input" "$(S --file - --format json < "$D/q.sql" | jq -c .rows)" '[[2]]'
ok "all views are listed" "$(S --format json | jq '.rows | length')" "$(sqlite3 "$DB" "SELECT count(*) FROM sqlite_schema WHERE type = 'view' AND name GLOB 'v_*'")"
ok "every view can be asked" "$(S --format json | jq -r '.rows[][0]' | while read -r v; do S "SELECT * FROM $v LIMIT 1" > /dev/null 2>&1 || echo "$v"; done)" ""
before=$(sha256sum < "$DB")
for q in "DELETE FROM thing" "UPDATE thing SET name = 'x'" "PRAGMA user_version = 3" "ATTACH '$D/x' AS y" "SELECT load_extension('x')" "SELECT 1; SELECT 2" "VACUUM INTO '$D/x'" \
	"CREATE TEMP TABLE x(a)" "SELECT readfile('/etc/passwd')" "SELECT writefile('$D/x', 'y')" "SELECT * FROM pragma_database_list" "SELECT nosuch FROM thing" "" "SELECT zeroblob(2000000000)" \
	"SELECT fts5(1)" "SELECT * FROM search WHERE search MATCH 'x'" "BEGIN"; do
	S "$q" > "$D/out" 2> "$D/err"
	ok "refused: $q" "$? $(wc -l < "$D/err") $(wc -c < "$D/out")" "3 1 0"
done
S "WITH RECURSIVE r(x, n) AS (SELECT 'xxxxxxxxxxxxxxxx', 0 UNION ALL SELECT x || x, n + 1 FROM r WHERE n < 24) SELECT max(length(x)) FROM r" > "$D/out" 2> "$D/err"
ok "a value that is too large" "$? $(cat "$D/err")" "3 plimsoll: sql: string or blob too big"
ok "nothing was changed" "$(sha256sum < "$DB")" "$before"
ok "nothing was written" "$(ls "$D")" "$(printf 'err\nout\nq.sql\nsite.db')"
S "SELECT 1" --file "$D/q.sql" > /dev/null 2>&1
ok "one of both" "$?" 2

# benchmark. Controls are counted in the framework's file; states are asked of the database.
B() { "$PLIMSOLL" benchmark "$DB" "$@"; }
ok "frameworks" "$(B --format json | jq -r '.frameworks[] | .id' | tr '\n' ' ')" "$(sed -n 's/^id: //p' analyze/frameworks/*.yaml | sort | tr '\n' ' ')"
ok "states add up" "$(B --format json | jq '[.frameworks[] | .controls == .met + .gap + .["not-assessed"] + .manual + .["not-applicable"]] | all')" true
ok "controls" "$(B cis-kubernetes --format json | jq '.controls | length')" "$(grep -c '^- id:' analyze/frameworks/cis-kubernetes.yaml)"
ok "a gap" "$(B cis-kubernetes --format json | jq -c '.controls[] | select(.id == "5.2.2") | [.state, (.checks[] | select(.check == "runtime.privileged-container").verdicts)]')" '["gap",{"fail":1,"pass":1}]'
ok "no evidence, not assessed" "$(B cis-kubernetes --format json | jq -r '.controls[] | select(.id == "1.2.1" or .id == "5.1.1") | .state' | tr '\n' ' ')" "not-assessed not-assessed "
ok "nothing of nodes, control planes and roles is met" "$(B cis-kubernetes --state met --format json | jq -c '[.controls[].id | select(test("^([1-4]|5[.]1)[.]"))]')" '[]'
ok "by state" "$(B cis-kubernetes --state gap,manual --format json | jq -c '[.controls[].state] | unique')" '["gap","manual"]'
ok "a beginning will do" "$(B NSA --format json | jq -r .framework.id)" nsa-cisa-kubernetes
B ci > /dev/null 2> "$D/err"
ok "not if there are two" "$? $(cat "$D/err")" "2 plimsoll: benchmark: more than one framework begins with 'ci'"
B nosuch > /dev/null 2> "$D/err"
ok "no such framework" "$?" 2
B cis-docker --state gpa > /dev/null 2> "$D/err"
ok "no such state" "$?" 2
B cis-docker --format csv > "$D/a" && B cis-docker --format csv > "$D/b" && cmp -s "$D/a" "$D/b"
ok "the same twice" "$?" 0
finish
