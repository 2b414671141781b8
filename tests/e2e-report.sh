#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Documents end to end: pages and text of the PDFs, the same bytes twice, hostile names and templates, errors.
. "$(dirname "$0")/lib.sh"
D=${TMPDIR:-/tmp}/report
mkdir -p "$D/t" "$D/in"
here=$(dirname "$0")
holds() { # holds NAME FILE TEXT
	grep -qF -- "$3" "$2"
	ok "$1" "$?" 0
}
pages() { pdfinfo "$1" 2>/dev/null | sed -n 's/^Pages: *//p'; }
within() { [ "$1" -ge "$2" ] && [ "$1" -le "$3" ] && echo yes || echo "no: $1"; }

# A pod whose names try everything.
python3 - "$D/in/pods.json" <<'EOF'
import json, sys
long = "n" * 60000
names = ["plain", "x\u202egnp.exe", "\u05e9\u05dc\u05d5\u05dd-1", "\u001b[31mred", "**bold** [a](javascript:alert(1)) <b>", "\U0001f600", long]
item = lambda n: {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": n, "namespace": "default", "uid": "u" + str(len(n)) + n[:3]},
	"spec": {"containers": [{"name": "c", "image": "registry.example/" + n[:40], "securityContext": {"privileged": True}}]}, "status": {"phase": "Running"}}
json.dump({"apiVersion": "v1", "kind": "List", "items": [item(n) for n in names]}, open(sys.argv[1], "w"))
EOF
touch -d @1795539600 "$D/in/pods.json"
"$PLIMSOLL" analyze -o "$D/site.db" "$D/in" > /dev/null 2>&1

cat > "$D/t/names.md" <<'EOF'
---
title: Names
pages: 1-6
cover:
  title: "Names of {{ n }} pods"
values:
  n: SELECT count(*) FROM pod
---
# {{ n | plural pod pods }} {#pods}

Nothing is \{\{ here, [inside](#pods), [outside](https://example.com/a_b), [bad](javascript:alert(1)).

```table widths=1,3 anchor=2
SELECT length(name) AS "Length", name AS "Name" FROM pod ORDER BY name
```

```each
SELECT name FROM pod ORDER BY length(name), name LIMIT 4
---
> **{{ name }}**
> is a name.
```

```bars
SELECT name, 1 FROM pod
```

[[toc]]
EOF
"$PLIMSOLL" report -o "$D/a" --templates "$D/t" "$D/site.db" names > "$D/out" 2>&1
ok "names: exit code" "$?" 0
holds "names: tells what it wrote" "$D/out" "$D/a/names.pdf: $(pages "$D/a/names.pdf") pages"
pdftotext -layout "$D/a/names.pdf" "$D/names.txt" 2>/dev/null
holds "a value in a heading" "$D/names.txt" "7 pods"
holds "Markdown in a name is no markup" "$D/names.txt" "**bold** [a](javascript:alert(1)) <b>"
holds "braces" "$D/names.txt" "{{ here"
holds "an escape is boxed" "$D/names.txt" "U+001B"
holds "a bidirectional mark is boxed" "$D/names.txt" "U+202E"
holds "what no face shows is boxed" "$D/names.txt" "U+1F600"
holds "page x of y" "$D/names.txt" "page 2 of $(pages "$D/a/names.pdf")"
ok "Hebrew runs from the right" "$(grep -c "$(printf '\327\251\327\234\327\225\327\235')" "$D/names.txt" | sed 's/[1-9][0-9]*/some/')" some
ok "no script in links" "$(qpdf --qdf --object-streams=disable "$D/a/names.pdf" - 2>/dev/null | grep -ac '/URI (javascript' || :)" 0
ok "sound" "$(qpdf --check "$D/a/names.pdf" 2>&1 | grep -c 'No syntax or stream encoding errors')" 1
"$PLIMSOLL" report -q -o "$D/b" --templates "$D/t" "$D/site.db" names
cmp -s "$D/a/names.pdf" "$D/b/names.pdf"
ok "the same bytes twice" "$?" 0
ok "nothing unfinished is left" "$(ls "$D/a")" names.pdf

# The three documents hold their pages: little evidence, next to none, the demo site.
mkdir -p "$D/empty"
for kind in pods services deployments.apps nodes networkpolicies.networking.k8s.io; do
	echo '{"apiVersion":"v1","kind":"List","items":[]}' > "$D/empty/$kind.json"
done
"$PLIMSOLL" analyze -o "$D/empty.db" "$D/empty" > /dev/null 2>&1
sh "$here/fixtures/demo/demo.sh" "$PLIMSOLL" "$D/demo" > "$D/out" 2>&1
ok "make demo's script: exit code" "$?" 0
holds "make demo's script tells where the documents are" "$D/out" "$D/demo/cgar.pdf"
cp "$D/demo/site.db" "$D/demo.db"
for db in site empty demo; do
	ok "$db: database" "$([ -f "$D/$db.db" ] && echo there)" there
	"$PLIMSOLL" report -q -o "$D/$db" "$D/$db.db" > "$D/out" 2>&1
	ok "$db: exit code" "$?" 0
	ok "$db: no warning" "$(cat "$D/out")" ""
	ok "$db: gap analysis" "$(within "$(pages "$D/$db/cgar.pdf")" 10 15)" yes
	ok "$db: blueprint" "$(within "$(pages "$D/$db/csb.pdf")" 10 15)" yes
	ok "$db: deck" "$(within "$(pages "$D/$db/deck.pdf")" 5 7)" yes
	"$PLIMSOLL" report -q -o "$D/again" "$D/$db.db"
	for f in cgar csb deck; do
		pdftotext "$D/$db/$f.pdf" - 2>/dev/null > "$D/text"
		ok "$db $f: no value forgotten" "$(grep -cF '{{' "$D/text")" 0
		ok "$db $f: no block forgotten" "$(grep -cE '\[\[|^```' "$D/text")" 0
		ok "$db $f: fonts are embedded subsets with Unicode" "$(pdffonts "$D/$db/$f.pdf" | sed 1,2d | grep -vc 'yes yes yes')" 0
		ok "$db $f: sound" "$(qpdf --check "$D/$db/$f.pdf" 2>&1 | grep -c 'No syntax or stream encoding errors')" 1
		cmp -s "$D/$db/$f.pdf" "$D/again/$f.pdf"
		ok "$db $f: the same bytes twice" "$?" 0
	done
	ok "$db: as many notes as slides" "$(grep -cE '^[0-9]  ' "$D/$db/deck-notes.txt")" "$(pages "$D/$db/deck.pdf")"
done
ok "all checks that count vulnerabilities of images tell what came with the base" "$(sqlite3 "$D/demo.db" "SELECT count(DISTINCT check_id) > 5, sum(json_type(facts, '\$.in_base') IS NULL) FROM finding \
	WHERE verdict = 'fail' AND thing IN (SELECT thing FROM image) AND json_type(facts, '\$.vulnerabilities') IS NOT NULL")" "1|0"
pdftotext "$D/site/cgar.pdf" - 2>/dev/null > "$D/text" # pods alone
hasnot "without policies in the evidence nothing is said of them" "$(cat "$D/text")" "Network policies limit"
qpdf --qdf --object-streams=disable "$D/demo/cgar.pdf" "$D/qdf" 2> /dev/null
ok "bookmarks, one for each chapter at least" "$(within "$(grep -ac '/Parent .*' "$D/qdf")" 13 400)" yes
ok "links within" "$(within "$(grep -ac '/Subtype /Link' "$D/qdf")" 40 2000)" yes
# The deck's slides are short.
ok "five gaps on a slide" "$(pdftotext -f 4 -l 4 -layout "$D/demo/deck.pdf" - | grep -cE '^ *G[1-5] ')" 5
for i in 1 2 3 4 5 6 7; do
	ok "slide $i: at most 40 words" "$(within "$(pdftotext -f $i -l $i "$D/demo/deck.pdf" - | grep -oE "[A-Za-z][A-Za-z'-]+" | wc -l)" 3 44)" yes # four are the footer's
done
figures=$(python3 "$here/figures.py" "$D/demo.db" "$D/demo")
printf '%s\n' "$figures" | sed '$d'
n=${figures##*
}
passed=$((passed + ${n%% passed*})) n=${n#*passed, } failed=$((failed + ${n%% failed*}))

# Options and errors.
fails() { # fails NAME CODE MESSAGE ARGUMENTS...
	name=$1 code=$2 message=$3
	shift 3
	"$PLIMSOLL" report "$@" > "$D/out" 2>&1
	ok "$name: exit code" "$?" "$code"
	holds "$name" "$D/out" "$message"
}
fails "unknown document" 2 "no document is named 'budget'" -o "$D/x" "$D/site.db" budget
fails "a path is no name" 2 "'../names' is no name of a document" -o "$D/x" --templates "$D/t" "$D/site.db" ../names
fails "no folder" 2 "report needs -o DIR" "$D/site.db"
fails "paper" 2 "--paper a5" -o "$D/x" --paper a5 "$D/site.db" cgar
fails "theme" 5 "$D/none.yaml" -o "$D/x" --theme "$D/none.yaml" "$D/site.db" cgar
printf -- '---\ntitle: T\n---\n# A\n```table\nSELECT nosuch\n```\n' > "$D/t/bad.md"
fails "a mistake" 3 "$D/t/bad.md:5: table: no such column: nosuch" -o "$D/x" --templates "$D/t" "$D/site.db" bad
ok "no document of a mistake" "$(ls "$D/x" 2>/dev/null)" ""
printf 'firm: Firm of us\ncolours: {accent: "#225522"}\n' > "$D/theme.yaml"
"$PLIMSOLL" report -q -o "$D/letter" --paper letter --theme "$D/theme.yaml" --templates "$D/t" "$D/site.db" names
ok "letter" "$(pdfinfo "$D/letter/names.pdf" 2>/dev/null | sed -n 's/^Page size: *//p')" "612 x 792 pts (letter)"
ok "the firm is the author" "$(pdfinfo "$D/letter/names.pdf" 2>/dev/null | sed -n 's/^Author: *//p')" "Firm of us"
finish
