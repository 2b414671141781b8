#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs test programs and scripts, each of which ends with "N passed, N failed", and adds them up.
# usage: run.sh PLIMSOLL TEST...    a program that ends otherwise, or not with exit code 0 or 1, counts as failed.
set -u
PLIMSOLL=$1
shift
export PLIMSOLL LC_ALL=C.UTF-8 TZ=UTC SOURCE_DATE_EPOCH=1790000000 TERM=xterm-256color
export ASAN_OPTIONS=${ASAN_OPTIONS:-abort_on_error=0:detect_leaks=1:allocator_may_return_null=1} UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
passed=0 failed=0
for t; do
	export TMPDIR="$work/t"
	rm -rf "$TMPDIR"
	mkdir -p "$TMPDIR"
	case $t in
	*.sh) sh "$t" > "$work/out" 2>&1 < /dev/null ;;
	*:*) # "checks:PROGRAM ARGS": a command whose last line counts
		sh -c "${t#*:}" > "$work/out" 2>&1 < /dev/null ;;
	*) "$t" > "$work/out" 2>&1 < /dev/null ;;
	esac
	code=$?
	last=$(grep -E '^[0-9]+ passed, [0-9]+ failed' "$work/out" | tail -n 1)
	p=${last%% passed*} f=${last#*passed, } f=${f%% failed*}
	if [ -z "$last" ]; then
		p=0 f=1
	elif [ "$code" -gt 1 ] || { [ "$code" -ne 0 ] && [ "$f" = 0 ]; }; then
		f=$((f + 1))
	fi
	passed=$((passed + p)) failed=$((failed + f))
	printf '%-44s %5d passed, %d failed\n' "${t##*/}" "$p" "$f"
	[ "$f" = 0 ] || { tail -n 60 "$work/out" | sed 's/^/    /'; }
done
chmod -R u+rwX "$work" 2>/dev/null
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
