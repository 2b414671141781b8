#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Version order and ranges against recorded answers of the reference implementations (tests/vectors/README), in batches.
. "$(dirname "$0")/lib.sh"
D=${TMPDIR:-/tmp}/versions
mkdir -p "$D"
here=$(dirname "$0")
# The answer is the last field; what is before it is the question.
vectors() { # vectors COMMAND SCHEME FILE
	sed 's/,[^,]*$//' "$3" > "$D/in.csv"
	sed 's/.*,//' "$3" > "$D/want"
	"$PLIMSOLL" feeds "$1" "$2" --batch "$D/in.csv" > "$D/got" 2> "$D/err"
	ok "$1 $2" "$?:$(paste -d'|' "$D/in.csv" "$D/want" "$D/got" | awk -F'|' '$NF != $(NF-1)' | head -n 3)" "0:"
	ok "$1 $2: as many answers" "$(wc -l < "$D/got")" "$(wc -l < "$D/want")"
}
for s in deb rpm semver go pep440 maven rubygems composer nuget; do vectors compare $s "$here/vectors/$s.csv"; done
for s in npm pep440 rubygems composer maven; do vectors satisfies $s "$here/vectors/satisfies-$s.csv"; done

b() { printf "$2" | "$PLIMSOLL" feeds $1 --batch - 2> "$D/err" | tr '\n' ' '; }
ok "quotes, CRLF, no line end" "$(b 'satisfies npm' '1.2.3,"^1.2, <2"\r\n1.2.3,">=1.0.0 <2.0.0"\r\n"1.2.3","""x"""')" "false true false "
ok "order is kept around what cannot be read" "$(b 'compare pep440' '1,2\nnonsense,1\n2,1\nonly\n1,1\n')" "-1 error 1 error 0 "
printf 'nonsense,1\n' | "$PLIMSOLL" feeds compare pep440 --batch - > "$D/out" 2> "$D/err"
ok "and exits so" "$?" 4
printf '"1,2\n' | "$PLIMSOLL" feeds compare deb --batch - > "$D/out" 2> "$D/err"
ok "a quote that is not closed costs its line" "$? $(cat "$D/out")" "4 error"
"$PLIMSOLL" feeds compare pep440 nonsense 1 > "$D/out" 2> "$D/err"
ok "one that is no version" "$?" 3
"$PLIMSOLL" feeds satisfies maven 1.0 "[1.0" > "$D/out" 2> "$D/err"
ok "a range that is not closed" "$?" 3
"$PLIMSOLL" feeds satisfies maven 1.0 > "$D/out" 2> "$D/err"
ok "usage" "$?" 2

# By hand, from the texts of the references.
while read -r scheme version range want; do
	ok "$scheme $version $range" "$("$PLIMSOLL" feeds satisfies "$scheme" "$version" "$(echo "$range" | tr _ ' ')" 2> /dev/null)" "$want"
done <<'EOF2'
npm 1.2.3-alpha.7 >1.2.3-alpha.3 true
npm 3.4.5-alpha.9 >1.2.3-alpha.3 false
npm 1.2.4-0 ^1.2.3 false
npm 18446744073709551617.0.1 ^18446744073709551617.0.0 true
npm 2.0.0 1.x_||_>=2.0.0 true
cargo 1.9.0 1.2 true
cargo 0.3.0 0.2 false
cargo 1.4.0 >=1.2,_<1.5 true
pep440 1.4.5 ~=1.4.2 true
pep440 1.5 ~=1.4.2 false
pep440 1.1.post1 ==1.1.* true
pep440 1.0+local ==1.0 true
rubygems 1.9.9 ~>1.4 true
rubygems 2.0.a ~>1.4 false
composer 1.2.9 ~1.2.3 true
composer 0.4.0 ^0.3 false
maven 1.5 [1.0,2.0) true
maven 2.0 [1.0,2.0) false
maven 3.1 (,1.0],[3.0,) true
EOF2

# As SQL functions.
"$PLIMSOLL" analyze -o "$D/site.db" "$here/fixtures/kubernetes" > "$D/out" 2>&1
ok "in SQL" "$("$PLIMSOLL" sql "$D/site.db" "SELECT 'x' || plim_version_compare('deb', '1~rc1', '1') || plim_version_satisfies('npm', '1.2.3', '^1') ||
	ifnull(plim_version_compare('pep440', 'nonsense', '1'), ' none') AS x" 2> "$D/err" | grep -c 'x-11 none')" 1
finish
