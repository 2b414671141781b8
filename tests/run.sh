#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs test programs and scripts, each of which ends with "N passed, N failed", on all cores, and adds them up.
# usage: run.sh PLIMSOLL TEST...    a program that ends otherwise, or not with exit code 0 or 1, counts as failed.
set -u

# one TEST OUT: runs it in a temporary folder of its own; OUT.sum gets "PASSED FAILED NAME".
one() {
	t=$1 out=$2
	export TMPDIR="$out.d" XDG_CACHE_HOME="$out.cache"
	mkdir -p "$TMPDIR"
	case $t in
	*.sh) sh "$t" ;;
	*:*) sh -c "${t#*:}" ;; # "checks:PROGRAM ARGS": a command whose last line counts
	*) "$t" ;;
	esac > "$out" 2>&1 < /dev/null
	code=$?
	last=$(grep -aE '^[0-9]+ passed, [0-9]+ failed' "$out" | tail -n 1)
	p=${last%% passed*} f=${last#*passed, } f=${f%% failed*}
	if [ -z "$last" ]; then
		p=0 f=1
	elif [ "$code" -gt 1 ] || { [ "$code" -ne 0 ] && [ "$f" = 0 ]; }; then
		f=$((f + 1))
	fi
	echo "$p $f ${t##*/}" > "$out.sum"
	printf '%-44s %5d passed, %d failed\n' "${t##*/}" "$p" "$f"
	chmod -R u+rwX "$TMPDIR" 2>/dev/null
	rm -rf "$TMPDIR" "$out.cache"
}
if [ "$1" = --one ]; then
	one "$2" "$3"
	exit 0
fi

PLIMSOLL=$1
shift
export PLIMSOLL LC_ALL=C.UTF-8 TZ=UTC SOURCE_DATE_EPOCH=1790000000 TERM=xterm-256color
export ASAN_OPTIONS=${ASAN_OPTIONS:-abort_on_error=0:detect_leaks=1:allocator_may_return_null=1} UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
n=0
for t; do
	n=$((n + 1))
	printf '%s\0%s\0' "$t" "$work/$(printf '%03d' "$n")"
done | xargs -0 -n 2 -P "${TEST_JOBS:-$(nproc)}" sh "$0" --one
passed=0 failed=0 ran=0
for sum in "$work"/*.sum; do
	read -r p f name < "$sum"
	ran=$((ran + 1)) passed=$((passed + p)) failed=$((failed + f))
	[ "$f" = 0 ] || { echo "$name:"; tail -n 60 "${sum%.sum}" | sed 's/^/    /'; }
done
[ "$ran" = "$#" ] || { echo "$(($# - ran)) tests left no result"; failed=$((failed + $# - ran)); }
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
