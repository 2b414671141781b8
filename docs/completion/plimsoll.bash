# SPDX-License-Identifier: Apache-2.0
# Completion for bash: commands, verbs and options come from `plimsoll help`, so that this file needs no change when they do.
_plimsoll()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[1]} program=${COMP_WORDS[0]}
	local verbs verb= options value
	COMPREPLY=()
	if [ "$COMP_CWORD" -eq 1 ]; then
		mapfile -t COMPREPLY < <(compgen -W "$("$program" help --commands 2>/dev/null | cut -f 1) help" -- "$cur")
		return
	fi
	verbs=$("$program" help --commands 2>/dev/null | awk -F '\t' -v c="$command" '$1 == c { print $2 }')
	if [ -n "$verbs" ] && [ "$COMP_CWORD" -eq 2 ] && [ "${cur:0:1}" != - ]; then
		mapfile -t COMPREPLY < <(compgen -W "$verbs" -- "$cur")
		return
	fi
	case " $verbs " in *" ${COMP_WORDS[2]:-} "*) verb=${COMP_WORDS[2]} ;; esac
	options=$("$program" help --options "$command" $verb 2>/dev/null)
	value=$(awk -F '\t' -v o="$prev" '$1 == o || $2 == o { print $3 "\t" $4 }' <<< "$options")
	case $value in
	FORMAT*) mapfile -t COMPREPLY < <(compgen -W "table json csv$([ "$command" = findings ] && echo ' sarif junit')" -- "$cur") ;;
	SEVERITY*) mapfile -t COMPREPLY < <(compgen -W "critical high medium low info" -- "$cur") ;;
	WHEN*) mapfile -t COMPREPLY < <(compgen -W "auto always never" -- "$cur") ;;
	DIR*) compopt -o filenames && mapfile -t COMPREPLY < <(compgen -d -- "$cur") ;;
	*)
		if [ "${cur:0:1}" = - ]; then
			mapfile -t COMPREPLY < <(compgen -W "$(cut -f 1 <<< "$options")" -- "$cur")
		else
			compopt -o filenames && mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		fi
		;;
	esac
}
complete -F _plimsoll plimsoll
