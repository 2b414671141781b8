#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Random clusters: the program and a second evaluator, written apart from it, must agree on every probe. First NetworkPolicies and those of
# administrators, then Cilium's and Calico's beside NetworkPolicies.
set -u
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 tests/network-oracle.py "$PLIMSOLL" "$work" 1 300 40 | tee "$work/first"
python3 tests/network-engines.py "$PLIMSOLL" "$work/engines" 1 80 60 | tee "$work/second"
cat "$work/first" "$work/second" | awk '/ passed, / {passed += $1; failed += $3; n++} END {printf "%d passed, %d failed\n", passed, failed + (n != 2); exit failed > 0 || n != 2}'
