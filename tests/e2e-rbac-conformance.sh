#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The answers that a real API server gave (tests/conformance/rbac.sh with RECORD=1: kube-apiserver v1.35, Node and RBAC) are ours too.
. "$(dirname "$0")/lib.sh"
work=${TMPDIR:-/tmp}/conformance-rbac
rm -rf "$work"
mkdir -p "$work"
zstd -q -d -c tests/conformance/rbac-recorded.tar.zst | tar -C "$work" -x
read -r seed count < "$work/settings"
python3 tests/conformance/rbac.py questions "$work/dump" "$seed" "$count" > "$work/questions"
"$PLIMSOLL" analyze -o "$work/site.db" "$work/dump" > /dev/null
"$PLIMSOLL" access can-i "$work/site.db" --batch "$work/questions" > "$work/ours"
if python3 tests/conformance/rbac.py compare "$work/questions" "$work/answers" "$work/ours"; then passed=1; else failed=1; fi
if [ "$(grep -c 1 "$work/answers")" -gt 3000 ] && [ "$count" -ge 20000 ]; then passed=$((passed + 1)); else failed=$((failed + 1)) && echo "not ok - enough questions, enough allowed"; fi
finish
