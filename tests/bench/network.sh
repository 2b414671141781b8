# SPDX-License-Identifier: Apache-2.0
# The network: 20,000 pods, 2,000 policies, 500 namespaces; then ten times the pods.
python3 "$here/network.py" "$work/net" 500 10
python3 "$here/network.py" "$work/net10" 500 100
network_jq=$(cpu "$work/rss" sh -c 'exec jq -c . "$1"/*.json' sh "$work/net")
"$plimsoll" analyze -o "$work/net.db" "$work/net" > "$work/out.txt" 2>&1
"$plimsoll" analyze -o "$work/net10.db" "$work/net10" > "$work/out.txt" 2>&1
reach=$(cpu "$work/rss-reach" "$plimsoll" network reach "$work/net.db" --format json)
reach10=$(cpu "$work/rss-reach10" "$plimsoll" network reach "$work/net10.db" --format json)
explain=$(cpu "$work/rss" "$plimsoll" network explain "$work/net.db" team-0001/web-5d4f8c7b9-00001 team-0001/api-5d4f8c7b9-00001 8080)
echo "jq $network_jq s; all reach $reach s; with ten times the pods $reach10 s; one explain $explain s"
verdict "network reach / jq -c . on the same files" "$(ratio "$reach" "$network_jq")" 1
verdict "network reach: ten times the pods" "$(ratio "$reach10" "$reach")" 12
verdict "peak memory of network reach, MB" "$(cat "$work/rss-reach")" 500
verdict "one explain, seconds" "$explain" 0.08
