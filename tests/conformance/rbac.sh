#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# `access can-i --batch` against a real API server: fills one with random and awkward roles and bindings, asks it questions, and compares.
# usage: rbac.sh PLIMSOLL BINDIR [FILLS [QUESTIONS]]    BINDIR: etcd, kube-apiserver, kube-controller-manager. Each fill has another seed.
# RECORD=1 keeps inputs and answers of the first fill as the replayable test beside this script (rbac-recorded.tar.zst).
set -eu
plimsoll=$1 bin=$2 fills=${3:-2} count=${4:-24000}
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
export PORT=${PORT:-18443}
url=https://127.0.0.1:$PORT
passed=0 failed=0
trap 'bash "$here/control-plane.sh" stop "$work/state" || true; rm -rf "$work"' EXIT

record() { # FOLDER SEED: the questions are made again from dump and seed
	tar -C "$1" --sort=name --owner=0 --group=0 --numeric-owner --mtime=@0 -c dump answers settings | zstd -q -19 --long=27 -f -o "$here/rbac-recorded.tar.zst"
}

for fill in $(seq "$fills"); do
	rm -rf "$work/state"
	bash "$here/control-plane.sh" start "$bin" "$work/state"
	mkdir -p "$work/$fill"
	cd "$work/$fill"
	python3 "$here/rbac.py" fill "$url" "$work/state/pki" "$fill"
	python3 "$here/rbac.py" dump "$url" "$work/state/pki" dump
	python3 "$here/rbac.py" questions dump "1$fill" "$count" > questions
	python3 "$here/rbac.py" ask "$url" "$work/state/pki" < questions > answers
	bash "$here/control-plane.sh" stop "$work/state"
	"$plimsoll" analyze -o site.db dump > /dev/null
	"$plimsoll" access can-i site.db --batch questions > ours
	if python3 "$here/rbac.py" compare questions answers ours; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
	echo "1$fill $count" > settings
	[ -n "${RECORD:-}" ] && [ "$fill" = 1 ] && record "$work/$fill"
	cd "$here"
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
