#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The rules of docs/conventions.md that a machine can check. Prints each breach; ends with "N passed, N failed".
set -u
counts=$(mktemp) # rules run in pipelines, so they count in a file
trap 'rm -f "$counts"' EXIT
rule() { # rule NAME: standard input holds the breaches, one a line
	breaches=$(cat)
	if [ -z "$breaches" ]; then
		echo ok >> "$counts"
	else
		echo bad >> "$counts"
		echo "lint: $1"
		echo "$breaches" | head -n 20 | sed 's/^/  /'
	fi
}
sources=$(find common collect analyze vulnfeeds report tests plimsoll.c assess.c commands.h -name '*.[ch]' | sort)

# Folders are the data flow: each part sees common/ and itself only.
for part in collect analyze vulnfeeds report; do
	for other in collect analyze vulnfeeds report; do
		[ "$part" = "$other" ] || grep -nE "#include \"(\.\./)*$other/" $(find $part -name '*.[ch]') /dev/null
	done
done | rule "a part includes another part (they meet in the bundle format and the schema)"
grep -nE '#include "(\.\./)*(collect|analyze|vulnfeeds|report)/' $(find common -name '*.[ch]') /dev/null | rule "common/ includes a part"

# One wrapper file for each of these libraries.
wrapper() { # wrapper HEADER FILE...
	header=$1
	shift
	hits=$(grep -lE "#include <$header>" $sources | grep -v '^tests/')
	for h in $hits; do
		case " $* " in *" $h "*) ;; *) echo "$h includes <$header>" ;; esac
	done
}
wrapper 'hpdf\.h' report/pdf.c | rule "hpdf.h outside report/pdf.c"
wrapper 'yaml\.h' common/yaml-read.c | rule "yaml.h outside common/yaml-read.c"
wrapper 'archive\.h' common/archive.c | rule "archive.h outside common/archive.c"
wrapper '(ncurses|curses|panel)\.h' report/browse/term.c | rule "curses outside report/browse/term.c"
wrapper 'sodium\.h' common/minisign.c common/seal.c common/sign.c collect/bundle-seal.c | rule "sodium.h outside its wrappers"
wrapper 'expat\.h' common/xml.c | rule "expat.h outside common/xml.c"
wrapper 'yajl/.*' common/json-read.c | rule "yajl outside common/json-read.c"

awk 'FNR == 1 { if (n > 800) print file ": " n " lines"; file = FILENAME } { n = FNR } END { if (n > 800) print file ": " n " lines" }' $sources |
	rule "a file over 800 lines"
# A function's body runs from a line that is "{" to one that is "}".
awk '/^\{/ { start = FNR } /^\}/ { if (start && FNR - start > 100) print FILENAME ":" start ": function of " FNR - start " lines"; start = 0 }' $sources |
	rule "a function over 100 lines"
for f in $sources; do head -n 1 "$f" | grep -q 'SPDX-License-Identifier: Apache-2.0' || echo "$f"; done | rule "no SPDX line"
grep -nE '\b(TODO|FIXME|XXX|HACK)\b' $sources Makefile $(find analyze vulnfeeds templates -name '*.sql' -o -name '*.yaml' -o -name '*.md') |
	grep -v 'tests/lint.sh' | rule "left open"
grep -nE 'sqlite3_mprintf|sqlite3_vmprintf' $sources | grep -v '^tests/' | rule "SQL built by sqlite3_mprintf"
find analyze/checks analyze/edges -name '*.yaml' ! -name '*.test.yaml' | sort | while read -r f; do
	[ -f "${f%.yaml}.test.yaml" ] || echo "$f has no test file"
done | rule "a check or edge without test cases"
grep -rnE '(^|[^a-zA-Z0-9._-])/(work|root)/' --include='*' common collect analyze vulnfeeds report templates tests docs Makefile README.md .ci 2>/dev/null |
	grep -vE 'tests/lint\.sh|tests/fixtures/|tests/golden/|\.tar' | grep -E '/work/' | rule "a path of a machine"
if command -v clang > /dev/null; then
	make --no-print-directory syntax CC=clang 2>&1 | rule "clang warns (make syntax CC=clang)"
fi
passed=$(grep -c ok "$counts") failed=$(grep -c bad "$counts")
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
