#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs a fuzz target over its corpus: replay.sh PROGRAM
set -u
name=${1##*/fuzz-}
exec "$1" $(find "tests/fuzz/corpus/$name" -type f | LC_ALL=C sort)
