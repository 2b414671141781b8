#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Speed as ratios of CPU time (user + system) against a baseline in the same run; never part of `make test`.
# usage: bench.sh PLIMSOLL [DUMPDIR]    DUMPDIR: kubectl lists to multiply; without it, the demo site's.
# BENCH="SUBJECT..." runs some of the subjects below alone. OBJECTS=N (default 100000) sets the size. Prints each figure, its limit, and whether it holds.
set -eu
plimsoll=$1
here=$(cd "$(dirname "$0")" && pwd)
dump=${2:-}
objects=${OBJECTS:-100000}
subjects="analyze access image feeds network"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$here/lib.sh"
for subject in ${BENCH:-$subjects}; do
	case " $subjects " in
	*" $subject "*) ;;
	*)
		echo "bench: no subject '$subject' (there are: $subjects)" >&2
		exit 2
		;;
	esac
done
for subject in ${BENCH:-$subjects}; do
	. "$here/$subject.sh"
done
echo "$held held, $broken broken"
[ "$broken" = 0 ]
