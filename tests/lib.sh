# SPDX-License-Identifier: Apache-2.0
# What the end-to-end tests share; sourced before anything else: . "$(dirname "$0")/lib.sh"
set -u
passed=0 failed=0
pass() { passed=$((passed + 1)); }
# bad NAME [TEXT]: a failure, with the first lines of what shows it.
bad() {
	failed=$((failed + 1))
	printf 'not ok - %s\n' "$1"
	[ -z "${2:-}" ] || printf '%s\n' "$2" | sed 's/^/    /' | head -n 40
}
# ok NAME GOT WANT
ok() { if [ "$2" = "$3" ]; then pass; else bad "$1" "$(printf 'got:  %s\nwant: %s' "$2" "$3")"; fi; }
# has NAME TEXT PART, hasnot NAME TEXT PART
has() { case $2 in *"$3"*) pass ;; *) bad "$1" "'$3' is not in: $2" ;; esac; }
hasnot() { case $2 in *"$3"*) bad "$1" "'$3' is in it" ;; *) pass ;; esac; }
# add OUTPUT: counts what a program that ends with "N passed, N failed" says; tells its other lines when some failed.
add() {
	last=$(printf '%s\n' "$1" | tail -n 1)
	case $last in *' passed, '*' failed') ;; *) bad "a part left no result" "$1" && return ;; esac
	[ "${last#* passed, }" = "0 failed" ] || printf '%s\n' "$1"
	f=${last#* passed, }
	passed=$((passed + ${last%% passed*})) failed=$((failed + ${f%% failed*}))
}
# finish: the last line of a test.
finish() {
	echo "$passed passed, $failed failed"
	[ "$failed" = 0 ]
}
