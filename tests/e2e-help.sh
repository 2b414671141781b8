#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Help, the man page and shell completion say the same: every command and every option of the tables stands in docs/plimsoll.1.
. "$(dirname "$0")/lib.sh"
D=${TMPDIR:-/tmp}
# A section of the man page as plain text: from its .SS line to the next heading.
section() { awk -v c="$1" '/^\.S[SH] / { on = $1 == ".SS" && $2 == c } on' docs/plimsoll.1 | sed 's/\\-/-/g; s/\\f[BIR]//g'; }
"$PLIMSOLL" help --commands > "$D/commands"
ok "commands are listed" "$([ "$(wc -l < "$D/commands")" -gt 8 ] && echo yes)" yes
tab=$(printf '\t')
while IFS=$tab read -r command verbs summary; do
	# Two tabs in a row are one separator to the shell: without verbs the summary comes second.
	[ -n "$summary" ] || verbs=
	section "$command" > "$D/section"
	ok "$command has its section in the man page" "$([ -s "$D/section" ] && echo yes)" yes
	ok "$command has help" "$("$PLIMSOLL" "$command" --help 2>&1 < /dev/null | head -n 1 | cut -c 1-6)" "$([ "$command" = version ] && echo plimso || echo usage:)"
	[ "$command" != version ] || continue
	[ "$command" != checks ] || verbs=
	for verb in ${verbs:-""}; do
		"$PLIMSOLL" help --options "$command" $verb < /dev/null > "$D/options"
		ok "$command $verb lists options" "$(grep -c '^--help	-h		' "$D/options")" 1
		missing=
		while IFS=$tab read -r name letter rest; do
			[ "$name" = --help ] || grep -qE -- "(^|[^a-z-])$name([^a-z-]|\$)" "$D/section" || missing="$missing $name"
			case $letter in -?) [ "$letter" = -h ] || grep -q -- "^$letter, $name" "$D/section" || missing="$missing $letter" ;; esac
		done < "$D/options"
		ok "$command $verb: options that the man page leaves out" "$missing" ""
	done
done < "$D/commands"
# The other way round: no option in the man page that no table has.
for command in $(cut -f 1 "$D/commands"); do
	"$PLIMSOLL" help --options "$command" < /dev/null > "$D/options" 2>/dev/null
	for verb in $(awk -F "$tab" -v c="$command" '$1 == c { print $2 }' "$D/commands"); do "$PLIMSOLL" help --options "$command" "$verb" < /dev/null >> "$D/options" 2>/dev/null; done
	unknown=
	for name in $(section "$command" | awk '/^\.TP/ { getline; print }' | grep -oE -- '--[a-z-]+'); do cut -f 1 "$D/options" | grep -qx -- "$name" || unknown="$unknown $name"; done
	ok "$command: options of the man page that are not there" "$unknown" ""
done
if command -v groff > /dev/null 2>&1; then
	ok "the man page formats without a warning" "$(groff -man -Tutf8 -ww docs/plimsoll.1 2>&1 > /dev/null | head -n 3)" ""
fi
ok "all exit codes are told" "$(awk '/^\.SH EXIT/ { on = 1; next } /^\.SH/ { on = 0 } on && /^\.B [0-9]$/ { print $2 }' docs/plimsoll.1 | tr '\n' ' ')" "0 1 2 3 4 5 "
"$PLIMSOLL" help nosuch > /dev/null 2>&1
ok "help of no command" "$?" 2
ok "help of a command" "$("$PLIMSOLL" help findings | head -n 1)" "$("$PLIMSOLL" findings --help | head -n 1)"

# bash's completion, without a terminal.
complete_words() { PATH=$(dirname "$PLIMSOLL"):$PATH bash -c '. docs/completion/plimsoll.bash; compopt() { :; }; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _plimsoll; echo "${COMPREPLY[*]}"' sh "$@"; }
ok "completion of a command" "$(complete_words plimsoll findin)" findings
ok "completion of a verb" "$(complete_words plimsoll feeds im)" import
ok "completion of an option" "$(complete_words plimsoll findings --fail)" --fail-on
ok "completion of a value" "$(complete_words plimsoll findings --fail-on h)" high
ok "completion of an option of a verb" "$(complete_words plimsoll feeds import --out)" --output
ok "completion of a file" "$(complete_words plimsoll findings LICEN)" LICENSE
finish
