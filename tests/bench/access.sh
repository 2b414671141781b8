# SPDX-License-Identifier: Apache-2.0
# Roles and bindings: 10,000 bindings derived, 100,000 questions, single questions. The reading of the large dump is the measure.
need_dump
python3 "$here/../fixtures/kubernetes/make-rbac.py" large "$work/rbac/dump" 10000 100000
rbac=$(cpu "$work/rss-rbac" "$plimsoll" analyze -o "$work/rbac.db" "$work/rbac/dump")
batch=$(cpu "$work/rss-batch" "$plimsoll" access can-i "$work/rbac.db" --batch "$work/rbac/questions.jsonl")
single=$(best 5 "$work/rss-single" "$plimsoll" access can-i "$work/rbac.db" --as user-3 -n ns-2 get secrets)
who=$(best 5 "$work/rss-who" "$plimsoll" access who-can "$work/rbac.db" -n ns-2 get secrets)
echo "10,000 bindings analyzed $rbac s; 100,000 questions $batch s; can-i $single s; who-can $who s"
verdict "100,000 questions / half of jq -c . on 100,000 objects" "$(awk "BEGIN { printf \"%.3f\", $batch / ($dump_jq * 100000 / $objects / 2) }")" 0.1
verdict "can-i from 10,000 bindings, seconds" "$single" 0.05
verdict "who-can from 10,000 bindings, seconds" "$who" 0.1
verdict "peak memory of the batch, MB" "$(cat "$work/rss-batch")" 300
