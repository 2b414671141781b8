#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The documents say what the program does: the schema reference is up to date, every key of the engagement file and of checks is told, examples work.
. "$(dirname "$0")/lib.sh"
D=${TMPDIR:-/tmp}/docs
rm -rf "$D"
mkdir -p "$D"
python3 docs/schema.py > "$D/schema.md"
cmp -s "$D/schema.md" docs/schema.md
ok "docs/schema.md is up to date (make docs/schema.md)" "$?" 0
for v in $(sed -n 's/^CREATE VIEW \(v_[a-z_]*\).*/\1/p' analyze/schema/*.sql); do
	grep -q "^### $v (view)" docs/schema.md || ok "$v is in docs/schema.md" no yes
done
ok "no table without columns" "$(grep -A3 '^### [a-z_]*$' docs/schema.md | grep -c '^###')" "$(grep -c '^### [a-z_]*$' docs/schema.md)"

# Keys as the readers' tables have them.
missing=
for k in $(sed -n 's/.*\.key = "\([a-z_]*\)".*/\1/p' analyze/load-engagement.c) $(sed -n 's/.*\.keys = {\([^}]*\)}.*/\1/p' analyze/load-engagement.c | tr -d '",'); do
	grep -q "\`$k\`" docs/engagement.md || missing="$missing $k"
done
ok "keys that docs/engagement.md leaves out" "$missing" ""
missing=
for k in $(grep -o '{"[a-z_]*", offsetof(struct check' analyze/check-file.c | cut -d '"' -f 2) needs references facts; do
	grep -q "\`$k\`" docs/checks.md || missing="$missing $k"
done
ok "keys that docs/checks.md leaves out" "$missing" ""
missing=
for k in $("$PLIMSOLL" findings tests/fixtures/kubernetes/findings.yaml --format json --limit 1 2> /dev/null | jq -r '.findings[0] | keys[]'); do
	grep -q "\`$k\`" docs/findings.md || missing="$missing $k"
done
ok "keys that docs/findings.md leaves out" "$missing" ""

# The examples are whole.
sed -n '/^```yaml/,/^```/p' docs/engagement.md | grep -v '^```' > "$D/engagement.yaml"
"$PLIMSOLL" analyze -o "$D/site.db" --engagement "$D/engagement.yaml" tests/fixtures/kubernetes/findings.yaml > "$D/out" 2>&1
ok "the engagement file of the document is read" "$? $(cat "$D/out")" "0 "
mkdir -p "$D/own/runtime"
sed -n '/^```yaml/,/^```/p' docs/checks.md | awk '/^```/ { n++; next } n == 1' | sed 's/^id: .*/id: runtime.own/' > "$D/own/runtime/own.yaml"
"$PLIMSOLL" analyze -o "$D/own.db" --checks "$D/own" tests/fixtures/kubernetes/findings.yaml > "$D/out" 2>&1
ok "the check of the document is read" "$? $(cat "$D/out")" "0 "
ok "and judges" "$(sqlite3 "$D/own.db" "SELECT subject || ' ' || verdict FROM finding WHERE check_id = 'runtime.own'" | sed 's/^[^/]*//')" "/ops/DaemonSet/agent#main fail"
sed -n '/^```yaml/,/^```/p' docs/checks.md | awk '/^```/ { n++; next } n == 3' > "$D/own/case.yaml"
ok "the case of the document" "$(python3 -c 'import sys; t = open(sys.argv[1]).read(); print(all(k in t for k in ("case:", "given:", "expect:")))' "$D/own/case.yaml")" True
grep -hoE 'plimsoll sql site.db "[^"]*"' docs/*.md > "$D/queries"
while read -r line; do
	query=${line#*\"}
	"$PLIMSOLL" sql "$D/site.db" "${query%\"}" > /dev/null 2> "$D/err"
	ok "a query of the documents: $query" "$? $(cat "$D/err")" "0 "
done < "$D/queries"
for f in docs/findings.md docs/checks.md docs/engagement.md docs/scores.md docs/redaction.md docs/plimsoll.1; do
	for other in $(grep -ohE '(docs|analyze|vulnfeeds|common|tests)/[A-Za-z0-9_./-]*\.(md|yaml|sql|h|c|py|sh)' "$f" | sort -u); do
		[ -f "$other" ] || ok "$f names $other" "not there" there
	done
done
finish
