# SPDX-License-Identifier: Apache-2.0
# Analysis of a large cluster and the documents about it.
need_dump
python3 "$here/multiply.py" "$dump" "$work/small" "$((objects / 10))"
large=$(cpu "$work/rss-large" "$plimsoll" analyze -o "$work/large.db" "$work/large")
small=$(cpu "$work/rss-small" "$plimsoll" analyze -o "$work/small.db" "$work/small")
report=$(cpu "$work/rss-report" "$plimsoll" report "$work/large.db" -o "$work/out")
echo "jq $dump_jq s; analyze $large s; a tenth of it $small s; three PDFs $report s"
verdict "analyze / jq -c . on the same files" "$(ratio "$large" "$dump_jq")" 1.5
verdict "ten times the objects / one tenth" "$(ratio "$large" "$small")" 11
verdict "peak memory of analyze, MB" "$(cat "$work/rss-large")" 400
# Steps and paths, as `analyze -v` measures them.
steps=$("$plimsoll" analyze -v -o "$work/again.db" "$work/large" 2>&1 > /dev/null | awk '$1 == "edges" || $1 == "paths" { t += $2 } END { print t + 0 }')
verdict "edges and all shortest paths / jq -c . on the same files" "$(ratio "$steps" "$dump_jq")" 0.25
verdict "three PDFs / analyze" "$(ratio "$report" "$large")" 0.10
