#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Prints the option list of a command as it stands in docs/plimsoll.1, to be pasted there: sh docs/options.sh PLIMSOLL COMMAND [VERB]
set -eu
"$1" help --options "$2" ${3:+"$3"} | awk -F '\t' '$1 != "--help" {
	letter = $2; gsub(/ /, "", letter)
	name = $1; gsub(/-/, "\\-", name); gsub(/-/, "\\-", letter)
	line = letter == "" ? "\\fB" name "\\fR" : "\\fB" letter "\\fR, \\fB" name "\\fR"
	help = $4; gsub(/\\/, "\\e", help); gsub(/-/, "\\-", help)
	print ".TP\n" line ($3 == "" ? "" : " \\fI" $3 "\\fR"); print (help ~ /^[.'"'"']/ ? "\\&" : "") help
}'
