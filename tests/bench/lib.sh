# SPDX-License-Identifier: Apache-2.0
# What the benchmarks share; bench.sh sources it, then one file per subject. Speed is CPU time (user + system), as a ratio to a baseline of the same
# run where there is one. $plimsoll, $here, $dump, $objects and $work are bench.sh's.
held=0 broken=0

# cpu FILE COMMAND...: seconds of user + system time of the command and what it waited for; peak memory in MB goes to FILE.
cpu() {
	local rss=$1
	shift
	python3 - "$rss" "$@" <<'P'
import os, subprocess, sys
with open(os.devnull, "w") as null:
    child = subprocess.Popen(sys.argv[2:], stdout=null, stderr=subprocess.PIPE)
text = child.stderr.read()
# wait4() counts this child alone: what stands before python (a wrapper of it) may have had children of its own.
_, status, use = os.wait4(child.pid, 0)
if os.waitstatus_to_exitcode(status) not in (0, 1, 4):
    sys.exit("bench: %s: %s" % (sys.argv[2:], text.decode()[-500:]))
open(sys.argv[1], "w").write("%d" % (use.ru_maxrss / 1024))
print("%.3f" % (use.ru_utime + use.ru_stime))
P
}

# best TIMES FILE COMMAND...: the least of several runs, for commands so short that their neighbours show in them.
best() {
	local times=$1 least=
	shift
	while [ "$times" -gt 0 ]; do
		least=$(printf '%s\n%s\n' "$least" "$(cpu "$@")" | grep . | sort -n | head -n 1)
		times=$((times - 1))
	done
	[ -n "$least" ] && echo "$least"
}

# verdict TEXT VALUE LIMIT: is VALUE at most LIMIT?
verdict() {
	if awk "BEGIN { exit !($2 <= $3) }"; then
		held=$((held + 1)) word=holds
	else
		broken=$((broken + 1)) word=BROKEN
	fi
	printf '%-62s %8s  at most %6s  %s\n' "$1" "$2" "$3" "$word"
}
ratio() { awk "BEGIN { printf \"%.2f\", $1 / $2 }"; }

# The dump multiplied to $objects objects in $work/large, and in $dump_jq what `jq -c .` takes to read it; made by the first subject that asks.
dump_jq=
need_dump() {
	[ -z "$dump_jq" ] || return 0
	if [ -z "$dump" ]; then
		python3 "$here/../fixtures/demo/make-demo.py" "$work/demo" > /dev/null
		python3 "$here/dress.py" "$(dirname "$(find "$work/demo" -name pods.json | sort | head -n 1)")" "$work/dressed"
		dump=$work/dressed
	fi
	echo "making a dump of $objects objects"
	python3 "$here/multiply.py" "$dump" "$work/large" "$objects"
	dump_jq=$(cpu "$work/rss" sh -c 'exec jq -c . "$1"/*.json' sh "$work/large")
}
