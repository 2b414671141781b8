#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Checks end to end: the cases of every check carried in the program, a customer's own, and SQL that tries to do more than read.
. "$(dirname "$0")/lib.sh"
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1
sql() { sqlite3 "$1" "$2" | tr '\n' ' ' | sed 's/ $//'; }

# Every check that the program carries.
"$PLIMSOLL" checks test >cases.txt 2>&1
tail -1 cases.txt | grep -q ' 0 failed$' || { bad "cases of the checks"; grep -v ' passed, ' cases.txt | head -40; }
cases=$(tail -1 cases.txt | sed 's/ passed.*//')
passed=$((passed + ${cases:-0}))

cat >pods.yaml <<'Y'
apiVersion: v1
kind: PodList
items:
- {apiVersion: v1, kind: Pod, metadata: {name: a, namespace: n}, spec: {containers: [{name: c, image: x, securityContext: {privileged: true}}]}}
- {apiVersion: v1, kind: Pod, metadata: {name: b, namespace: n}, spec: {containers: [{name: c, image: x}]}}
Y
# own STEM LINES...: a customer's check with these keys
own() {
	mkdir -p own
	rm -f own/*
	{
		printf 'id: runtime.%s\ntitle: A check\nseverity: high\ndomain: runtime\nwhy: Because.\nfix: Do.\neffort: hours\nowner: platform\nreferences: []\n' "$1"
		shift
		printf '%s\n' "$@"
	} >own/mine.yaml
}
# verdicts of runtime.mine
judge() { rm -f x.db; "$PLIMSOLL" analyze --checks own -o x.db pods.yaml 2>err.txt; }

own mine 'needs: [kubernetes/pods]' 'over: v_container' 'fails: privileged' "detail: \"'it is'\""
judge
ok "a check of one's own" "$(sql x.db "SELECT verdict || ' ' || substr(subject, instr(subject, '/') + 1) FROM finding WHERE check_id = 'runtime.mine'" | sed 's/Pod\///')" "fail n/a#c"
ok "its tally" "$(sql x.db "SELECT verdict || ' ' || count FROM tally WHERE check_id = 'runtime.mine' ORDER BY 1")" "fail 1 pass 1"
ok "columns of the condition are facts" "$(sql x.db "SELECT facts FROM finding WHERE check_id = 'runtime.mine'")" '{"privileged":1}'

own mine 'needs: [kubernetes/nodes]' 'over: v_container' 'fails: privileged' "detail: \"'it is'\""
judge
ok "missing evidence" "$(sql x.db "SELECT verdict || ' ' || missing FROM finding WHERE check_id = 'runtime.mine'")" "not-assessed [\"kubernetes/nodes\"]"
own mine 'needs: [kubernetes/pods]' 'over: v_container' 'fails: run_as_non_root = 0' "detail: \"'it is'\""
judge
ok "NULL in the condition is never a pass" "$(sql x.db "SELECT verdict || ' ' || count FROM tally WHERE check_id = 'runtime.mine'")" "not-assessed 2"
own mine 'needs: [kubernetes/pods]' 'over: v_service' 'fails: 0' "detail: \"'it is'\""
judge
ok "nothing of the kind" "$(sql x.db "SELECT verdict || ' ' || count FROM tally WHERE check_id = 'runtime.mine'")" "not-applicable 1"

# What SQL in a check must not do: each gives the verdict error, and the run goes on.
refused() {
	own mine 'needs: [kubernetes/pods]' "query: |" "  $2"
	judge
	ok "$1" "$(sql x.db "SELECT verdict || ' ' || count FROM tally WHERE check_id = 'runtime.mine'")" "error 1"
	grep -q "$3" err.txt x.db || bad "$1: does not say '$3'"
}
refused "loading code" "SELECT load_extension('x') AS subject, 'pass' AS verdict, '' AS detail" "not authorized"
refused "writing" "DELETE FROM thing" "error"
refused "another file" "ATTACH 'y.db' AS y" "error"
refused "a pragma" "SELECT 1 AS subject, 'pass' AS verdict, name AS detail FROM pragma_database_list" "not authorized\|prohibited"
refused "an endless query" "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT 1 AS subject, 'pass' AS verdict, count(*) AS detail FROM r" "too many steps"
refused "a huge value" "WITH RECURSIVE r(s, n) AS (SELECT 'xxxxxxxx', 0 UNION ALL SELECT s || s, n + 1 FROM r WHERE n < 40) SELECT 1 AS subject, 'fail' AS verdict, max(s) AS detail FROM r" "too big"
refused "a subject that is nothing" "SELECT -1 AS subject, 'pass' AS verdict, '' AS detail" "no thing"
refused "an unknown verdict" "SELECT subject, 'good' AS verdict, '' AS detail FROM v_container" "verdict 'good'"
refused "two verdicts on one thing" "SELECT subject, 'fail' AS verdict, 'x' AS detail FROM v_container UNION ALL SELECT subject, 'fail', 'y' FROM v_container" "two verdicts"

# Evidence in place of the database: what could not be read tells on the exit code.
printf '{"apiVersion":"v1","kind":"List","items":[{]}' > broken.json
mkdir both && cp pods.yaml broken.json both/
"$PLIMSOLL" checks show runtime.privileged-container pods.yaml > /dev/null 2>&1
ok "all of it was read" "$?" 0
"$PLIMSOLL" checks show runtime.privileged-container both > shown.txt 2> /dev/null
ok "some of it was not" "$? $(grep -c '^  fail ' shown.txt)" "4 1"

# Mistakes in the file itself end the run with one line.
wrong() {
	judge
	ok "$1: exit code" "$?" 3
	ok "$1: one line" "$(wc -l <err.txt | tr -d ' ')" 1
	grep -q "$2" err.txt || bad "$1: does not say '$2': $(cat err.txt)"
	[ -e x.db ] && bad "$1: left a database"
}
own mine 'needs: [kubernetes/pods]' 'over: v_container' 'fails: privileged' 'detial: x'
wrong "an unknown key" "unknown key 'detial'"
own other 'needs: [kubernetes/pods]' 'over: v_container' 'fails: privileged' 'detail: x'
wrong "an id that is not the file's" "file's stem"
own mine 'needs: [kubernetes/pods]' 'over: v_container' "fails: created < strftime('%s', 'now')" 'detail: x'
wrong "the clock" "current time"

finish
