#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Faults: the n-th call that opens for writing, writes, renames or syncs fails (tests/fault.c), or the program is killed there. Each time: exit code 5,
# one line on stderr, no unfinished file, what was there before is still whole; and a run after it succeeds.
. "$(dirname "$0")/lib.sh"
here=$(cd "$(dirname "$0")" && pwd)
fault=$(dirname "$PLIMSOLL")/tests/fault.so
cd "$TMPDIR" || exit 1
export ASAN_OPTIONS="verify_asan_link_order=0:detect_leaks=0"
DENIED=13 FULL=28

cp -r "$here/fixtures/kubernetes" evidence

# What stands in the folder before each run.
before() { :; }
list() { find out -type f -exec sha256sum {} + | sort; }

# faulty NAME COMMAND...: OUTPUT is the folder that the command writes into.
faulty() {
	name=$1
	shift
	rm -rf out && mkdir out
	before
	FAULT_COUNT=counts LD_PRELOAD=$fault "$@" > /dev/null 2> err.txt
	[ -s counts ] || bad "$name: nothing was counted" "$(cat err.txt)"
	list > whole.txt
	while read -r call total; do
		[ "$total" -gt 0 ] || continue
		step=$((total / 6 + 1))
		for n in 1 2 $(seq 3 "$step" "$total") "$total"; do
			[ "$n" -le "$total" ] || continue
			case $call in create | rename) number=$DENIED ;; *) number=$FULL ;; esac
			one "$name: $call $n of $total" "$call:$n:$number" "$@"
		done
		killed "$name: killed at $call $step of $total" "$call:$step:kill" "$@"
	done < counts
}
# Over what an earlier run left: it must stay as it was, or be replaced whole.
one() {
	what=$1 where=$2
	shift 2
	before
	list > was.txt
	FAULT=$where LD_PRELOAD=$fault "$@" > /dev/null 2> err.txt
	code=$?
	if [ "$code" = 5 ]; then pass; else bad "$what: exit code $code, expected 5" "$(cat err.txt)"; fi
	if [ "$(wc -l < err.txt)" = 1 ]; then pass; else bad "$what: $(wc -l < err.txt) lines on stderr" "$(cat err.txt)"; fi
	list > now.txt
	if cmp -s whole.txt now.txt || cmp -s was.txt now.txt; then pass; else bad "$what: neither what was there nor the whole run's" "$(diff whole.txt now.txt)"; fi
}
killed() {
	what=$1 where=$2
	shift 2
	rm -rf out && mkdir out
	before
	list > was.txt
	FAULT=$where LD_PRELOAD=$fault "$@" > /dev/null 2> err.txt
	if grep -q . out/* 2> /dev/null && find out -type f ! -name '*.part*' -exec sha256sum {} + | grep -vxFf whole.txt | grep -vxF "$(cat was.txt)" | grep -q .; then
		bad "$what: an unfinished file under its final name"
	else
		pass
	fi
	"$@" > /dev/null 2> err.txt
	list > now.txt
	if cmp -s whole.txt now.txt; then pass; else bad "$what: the next run differs" "$(diff whole.txt now.txt; cat err.txt)"; fi
}

faulty analyze "$PLIMSOLL" analyze -o out/site.db evidence
"$PLIMSOLL" analyze -o site.db evidence 2> /dev/null
faulty report "$PLIMSOLL" report site.db -o out

# A full disk is told by the name of the output, and a folder that the run made goes when nothing came into it.
full() {
	what=$1 want=$2
	shift 2
	rm -rf new
	FAULT=write:$n:$FULL LD_PRELOAD=$fault "$@" > /dev/null 2> err.txt
	ok "$what, write $n: exit code" "$?" 5
	ok "$what, write $n: what is told" "$(cat err.txt)" "plimsoll: $want: cannot be written: database or disk is full"
	ok "$what, write $n: no folder stays" "$(ls -d new 2> /dev/null)" ""
}
for n in 1 7 200 400; do full assess new/deep/er/site.db "$PLIMSOLL" assess -o new/deep/er evidence; done
mkdir -p kept/new && n=200
FAULT=write:$n:$FULL LD_PRELOAD=$fault "$PLIMSOLL" assess -o kept/new/deep evidence > /dev/null 2>&1
ok "a folder that was there stays" "$(ls -d kept/new kept/new/deep 2> /dev/null)" kept/new
mkdir out2 && echo x > out2/mine
FAULT=write:$n:$FULL LD_PRELOAD=$fault "$PLIMSOLL" assess -o out2 evidence > /dev/null 2>&1
ok "and what lies in it" "$(ls out2)" mine

# A feeds database is added to: what was there stays, or all of the new one is there.
mkdir feeds
for i in 1 2 3 4 5 6 7 8; do
	printf '{"id":"GHSA-000%s","modified":"2024-01-01T00:00:00Z","aliases":["CVE-2024-%s"],"affected":[{"package":{"ecosystem":"npm","name":"x"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"1.%s.0"}]}]}]}' \
		$i $i $i > feeds/$i.json
done
"$PLIMSOLL" feeds import -o start.db feeds/1.json feeds/2.json 2> /dev/null
before() { cp start.db out/vulns.db; }
faulty "feeds import" "$PLIMSOLL" feeds import -o out/vulns.db feeds
before() { rm -f out/vulns.db; }
faulty "feeds import, first" "$PLIMSOLL" feeds import -o out/vulns.db feeds

finish
