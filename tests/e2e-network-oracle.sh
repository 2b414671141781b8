#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Random clusters: the program and a second evaluator, written apart from it, must agree on every probe.
set -u
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 tests/network-oracle.py "$PLIMSOLL" "$work"
