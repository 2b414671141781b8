#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The browser on a real terminal (tmux): views, keys, filters, search, resize, terminals without colour or UTF-8.
. "$(dirname "$0")/lib.sh"
export LC_ALL=C.UTF-8
D=${TMPDIR:-/tmp}/browse
here=$(dirname "$0")
command -v tmux > /dev/null || { echo "0 passed, 1 failed (tmux is not there)"; exit 1; }
rm -rf "$D" && mkdir -p "$D/in" || exit 1
python3 "$here/fixtures/demo/make-demo.py" "$D/site"
mv "$D/site/clusters" "$D/site/aws" "$D/in/"
"$PLIMSOLL" analyze -o "$D/site.db" --engagement "$here/fixtures/demo/engagement.yaml" "$D/in" > /dev/null 2>&1

t() { tmux -S "$D/socket" "$@" 2> /dev/null; }
open() { # open WIDTH HEIGHT ENVIRONMENT...
	w=$1 h=$2
	shift 2
	i=0
	# The server before may still be leaving.
	until t -f /dev/null new-session -d -x "$w" -y "$h" "env $* '$PLIMSOLL' browse '$D/site.db' 2> '$D/err'"; do
		[ $((i += 1)) -lt 100 ] || return 1
		sleep 0.1
	done
}
close() {
	t kill-server
	i=0
	while t list-sessions > /dev/null && [ $((i += 1)) -lt 100 ]; do sleep 0.1; done
	rm -f "$D/socket"
}
screen() { t capture-pane -p; }
keys() { for k; do t send-keys "$k"; done; }
# sees NAME TEXT: waits until the screen shows it, 10 seconds at most.
sees() {
	i=0
	while ! screen | grep -qF -- "$2"; do
		i=$((i + 1))
		if [ "$i" -ge 100 ]; then
			failed=$((failed + 1))
			printf 'not ok - %s: "%s" is not on the screen:\n' "$1" "$2"
			screen | sed 's/^/    |/'
			return 1
		fi
		sleep 0.1
	done
	passed=$((passed + 1))
}
# lacks NAME TEXT: waits until the screen does not show it, 10 seconds at most.
lacks() {
	i=0
	while screen | grep -qF -- "$2"; do
		i=$((i + 1))
		if [ "$i" -ge 100 ]; then
			failed=$((failed + 1))
			printf 'not ok - %s: "%s" is on the screen\n' "$1" "$2"
			return 1
		fi
		sleep 0.1
	done
	passed=$((passed + 1))
}
first() { screen | sed -n 's/^ > //p'; } # the selected row
count() { sqlite3 "$D/site.db" "SELECT count(*) FROM v_finding WHERE $1"; }

# Overview, findings, detail, raw object, and back, in 80 x 24.
open 80 24 TERM=screen-256color LC_ALL=C.UTF-8
sees "overview" "Tidewater Freight"
sees "grade" "$(sqlite3 "$D/site.db" "SELECT 'Grade ' || grade FROM overall")"
sees "domains" "Access to data"
sees "bars in UTF-8" "█"
sees "the keys" "2 findings"
ok "no line is wider than the screen" "$(screen | grep -cE '^.{81}')" 0
keys 2
sees "findings" "findings  $(count "verdict NOT IN ('pass', 'not-applicable')")"
ok "the worst first" "$(first | cut -c1-5)" "C gap"
keys j j k
sees "moved by vi keys" "> C gap"
one=$(first)
keys Down
i=0
while [ "$(first)" = "$one" ] && [ $((i += 1)) -lt 100 ]; do sleep 0.1; done
keys Up
i=0
while [ "$(first)" != "$one" ] && [ $((i += 1)) -lt 100 ]; do sleep 0.1; done
ok "moved by arrows, and back" "$(first)" "$one"
keys g Enter
sees "detail: what" " what"
sees "detail: why" " why"
sees "detail: fix" " fix"
keys G
sees "detail: evidence" "evidence"
keys g r
sees "raw object" '"kind":'
keys r
sees "the finding again" " subject"
keys Escape
sees "back to the list" "s severity"

# Filters and search.
keys s
sees "severity" "findings  $(count "severity = 'critical' AND verdict NOT IN ('pass', 'not-applicable')")  severity=critical"
lacks "only these" "> H gap"
keys d
sees "domain" "domain=iam"
keys x
sees "cleared" "findings  $(count "verdict NOT IN ('pass', 'not-applicable')")"
keys /
t send-keys -l "root user"
keys Enter
sees "search" "Root user"
lacks "nothing else" "Requests without login"
keys x :
t send-keys -l "ns payments"
keys Enter
sees "command" "namespace=payments"
keys x 3
sees "coverage" "evidence by scope"
sees "what is missing" "wait for node/"
keys 5
sees "network" "cluster tidewater-dev"
sees "network: a frame" "┌ "
ok "network: no line is wider than the screen" "$(screen | grep -cE '^.{81}')" 0
keys /
t send-keys -l "■ payments-api"
keys Enter
sees "network: isolated both ways" "■ payments-api"
sees "network: who may speak to it" "◀╌╌ TCP 8443"
keys Escape
lacks "no JSON in it" '["'

# Help names every key of the table.
keys '?'
sees "help" "this help"
sees "help: search" "search text in findings"
keys Escape 1
sees "overview again" "Tidewater Freight"

# Another size while it runs.
t resize-window -x 120 -y 40
sees "wider" "most at risk"
keys 2 Enter
sees "detail, wide" " subject"
t resize-window -x 40 -y 12
sees "narrow" " subject"
ok "narrow: no line is wider" "$(screen | grep -cE '^.{41}')" 0
keys q q q
i=0
while t has-session && [ $((i += 1)) -lt 100 ]; do sleep 0.1; done
ok "q leaves" "$(t has-session && echo there || echo gone)" gone
ok "no complaint" "$(cat "$D/err")" ""
close

# Terminals: no colour, no UTF-8, few abilities.
open 80 24 TERM=screen-256color LC_ALL=C.UTF-8 NO_COLOR=1
sees "without colour" "Tidewater Freight"
ok "no colour is set" "$(t capture-pane -p -e | grep -cE "$(printf '\033')\[[0-9;]*[34][0-7]m")" 0
close
open 80 24 TERM=screen-256color LC_ALL=C.UTF-8
sees "with colour" "Tidewater Freight"
ok "colour is set" "$(t capture-pane -p -e | grep -cE "$(printf '\033')\[[0-9;]*[34][0-9;]*m" | sed 's/[1-9][0-9]*/some/')" some
close
open 80 24 TERM=screen-256color LC_ALL=C
sees "without UTF-8" "####"
lacks "only what the terminal shows" "█"
close
open 80 24 TERM=vt100 LC_ALL=C.UTF-8
sees "vt100" "Tidewater Freight"
keys 2 l
sees "vt100: detail" " subject"
keys h
sees "vt100: back" "s severity"
close

# Evidence in place of the database, some of which cannot be read: the exit code says so.
mkdir -p "$D/part" && cp "$D/in/clusters"/*/pods.json "$D/part/" 2> /dev/null || find "$D/in" -name '*pods*' -exec cp {} "$D/part/" \;
printf '{"items":[{]}' > "$D/part/broken.json"
t -f /dev/null new-session -d -x 80 -y 24 "'$PLIMSOLL' browse '$D/part' 2> '$D/err'; echo \$? > '$D/code'"
sees "evidence is analyzed first" "most at risk"
keys q
i=0
while [ ! -s "$D/code" ] && [ $((i += 1)) -lt 100 ]; do sleep 0.1; done
ok "browse: some of it could not be read" "$(cat "$D/code")" 4
close

# No terminal, no database.
"$PLIMSOLL" browse "$D/none.db" > "$D/out" 2>&1
ok "no file" "$?" 3
"$PLIMSOLL" browse "$D/site.db" > "$D/out" 2>&1 < /dev/null
ok "no terminal" "$?" 2
finish
