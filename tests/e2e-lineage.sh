#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Bases and owners of layers, what layers hide and change, licences with a policy, the bill of materials of a site, the layer browser. Images are made by
# tests/make-lineage.py; expectations are worked out by hand, those of random images by laying layers on each other the plain way.
. "$(dirname "$0")/lib.sh"
export LC_ALL=C.UTF-8
D=${TMPDIR:-/tmp}/lineage
here=$(dirname "$0")
rm -rf "$D" && mkdir -p "$D" || exit 1
python3 "$here/make-lineage.py" "$D" || exit 1
q() { sqlite3 "$D/$1" "$2"; }
SITE="$D/base.tar $D/newer.tar $D/java.tar $D/shop.tar $D/pay.tar $D/alone.tar $D/left.tar $D/left2.tar $D/right.tar"

# ---- bases
"$PLIMSOLL" analyze -o "$D/site.db" --no-cache $SITE 2> "$D/err"
ok "bases by layers" "$(q site.db "SELECT substr(image, instr(image, '/') + 1), coalesce(substr(base, instr(base, '/') + 1), '-'), coalesce(base_layers, '-'), told_by, sharing FROM v_image_lineage ORDER BY 1")" \
	"alone:1|library/scratchy:1|-|label|0
debian:12.1|debian:12.1|1|image|3
debian:12.2|-|-|none|0
java:17|debian:12.1|1|image|3
left:1|-|1|shared|2
left:2|-|1|shared|2
pay:1|debian:12.1|1|image|3
right:1|-|1|shared|2
shop:1|java:17|2|image|1"
ok "all images that an image stands on" "$(q site.db "SELECT w.image, b.own_layers, b.nearest FROM v_image_base b JOIN v_image v ON v.subject = b.subject JOIN v_image w ON w.subject = b.base WHERE v.image LIKE '%shop%' ORDER BY 2")" \
	"registry.local/java:17|1|1
registry.local/debian:12.1|2|0"
ok "without an approval nothing is said of it" "$(q site.db "SELECT count(*) FROM image_lineage WHERE approved IS NOT NULL")" 0
ok "who brought what" "$(q site.db "SELECT name, origin, class FROM v_image_component c JOIN v_image v ON v.subject = c.subject WHERE v.image LIKE '%shop%' AND c.removed_in IS NULL ORDER BY 1")" \
	"bash|base|base-os
left|own|application
libc6|base|base-os
openjdk-17-jre-headless|base|middleware"
ok "the sheet of each owner" "$(q site.db "SELECT origin, class, content_owner, components FROM v_image_content WHERE image LIKE '%shop%' ORDER BY 1, 2")" \
	"base|base-os|systems group|2
base|middleware|architects|1
own|application|developers|1"
ok "files of note by origin" "$(q site.db "SELECT path, origin FROM v_image_file f WHERE image LIKE '%shop%' AND kind = 'setuid' ORDER BY 1")" "app/run|own
usr/bin/sh|base"
ok "a finding tells how much came with the base" "$(q site.db "SELECT in_base, in_own FROM v_image_finding f JOIN v_image v ON v.subject = f.subject WHERE v.image LIKE '%shop%' AND check_id = 'content.setuid-files'")" "1|1"
ok "what it could be rebuilt on" "$(q site.db "SELECT image, from_name, to_name, own_layers FROM v_newer_base ORDER BY 1")" \
	"registry.local/java:17|registry.local/debian:12.1|registry.local/debian:12.2|1
registry.local/pay:1|registry.local/debian:12.1|registry.local/debian:12.2|1"
ok "checks follow" "$(q site.db "SELECT count(*) FROM finding WHERE check_id = 'content.base-outdated' AND verdict = 'fail'")" 2

cat > "$D/engagement.yaml" << Y
approved_images:
- {image: 'registry.local/debian:*', kind: base}
- {image: vendor/minimal, kind: base, layers: ['$(cat "$D/diff.txt")']}
known_bases:
- {image: public/other, layers: ['sha256:$(printf '%064d' 0)']}
approved_middleware: [{name: 'openjdk-17-*', versions: ['17.*']}]
content_owners:
- {class: base-os, owner: Operations}
- {class: application, owner: Payments, images: ['*/pay:*']}
- {class: middleware, packages: [left]}
licences:
  allow: [permissive]
  deny: [network-copyleft, proprietary]
  exceptions: [{package: right, image: '*/shop:*', reason: not there}]
Y
"$PLIMSOLL" analyze -o "$D/said.db" --no-cache --engagement "$D/engagement.yaml" $SITE 2> "$D/err"
ok "the file is read" "$(cat "$D/err")" ""
ok "approved bases, by name and by layers" "$(q said.db "SELECT substr(image, instr(image, '/') + 1), coalesce(approved, '-'), coalesce(approved_base, '-'), told_by FROM v_image_lineage ORDER BY 1")" \
	"alone:1|-|-|label
debian:12.1|1|registry.local/debian:12.1|image
debian:12.2|1|registry.local/debian:12.2|none
java:17|1|registry.local/debian:12.1|image
left:1|1|vendor/minimal|engagement
left:2|1|vendor/minimal|engagement
pay:1|1|registry.local/debian:12.1|image
right:1|1|vendor/minimal|engagement
shop:1|1|registry.local/debian:12.1|image"
ok "owners as the file says" "$(q said.db "SELECT substr(image, 16, 4), class, content_owner, components FROM v_image_content WHERE image GLOB '*/pay:*' OR image GLOB '*/shop:*' ORDER BY 1, 2")" \
	"pay:|application|Payments|2
pay:|base-os|Operations|2
shop|base-os|Operations|2
shop|middleware|architects|1
shop|middleware|architects|1"
why() { q said.db "SELECT f.owner, f.owner_why FROM finding f JOIN v_image v ON v.subject = f.thing WHERE f.verdict = 'fail' AND v.image GLOB '*/$1' AND f.check_id = '$2'"; }
ok "a finding goes to who answers for its content: of equal parts the lowest" "$(why shop:1 content.setuid-files)" \
	"Operations|1 came with the base registry.local/java:17 (Operations), 1 with own layers (developers): for Operations (engagement file), of equal parts the lowest."
ok "own layers" "$(why java:17 content.setuid-files)" "developers|All of it is in own layers: for developers (default)."
ok "the base alone" "$(why shop:1 content.shell)" "Operations|All of it came with the base registry.local/java:17: for Operations (engagement file)."
ok "what the check says" "$(why shop:1 content.middleware-not-approved)" "architects|It is about middleware: for architects (default). 0 came with the base registry.local/java:17, 1 with own layers."
ok "the image as a whole" "$(why pay:1 content.no-healthcheck)" "Payments|It is about the image as it was built: for Payments (engagement file)."
ok "a base as a whole" "$(why debian:12.1 content.no-healthcheck)" "Operations|It is about a base that others are built on: for Operations (engagement file)."
ok "checks for other roles keep theirs" "$(why pay:1 content.licence-denied)" "management|"
ok "each part has its owner" "$(q said.db "SELECT c.class, c.things, c.owner FROM v_finding_content c JOIN v_image v ON v.subject = c.subject WHERE v.image GLOB '*/shop:1' AND c.check_id = 'content.setuid-files' ORDER BY 1")" \
	"application|1|developers
base-os|1|Operations"
# Installed: bash and libc6 in five images, java in two and left (by the file's pattern) in one, odd and right in one.
ok "sheets of owners" "$(q said.db "SELECT class, owner, images, components, told_by FROM v_owner_content ORDER BY ordinal, owner")" \
	"base-os|Operations|5|10|engagement
middleware|architects|2|3|default
application|Payments|1|2|engagement
application|developers|0|0|default"
ok "a sheet has the open findings of its owner" "$(q said.db "SELECT count(*) FROM v_owner_content o WHERE o.findings = (SELECT count(*) FROM finding f WHERE f.owner = o.owner AND f.owner_why IS NOT NULL AND f.accepted IS NULL)")" 4
ok "findings export who and why" "$("$PLIMSOLL" findings "$D/said.db" --format json | jq -r '.findings[] | select(.check == "content.setuid-files" and (.subject | test("image:")) and .owner == "Operations") | .owner_why')" \
	"1 came with the base registry.local/java:17 (Operations), 1 with own layers (developers): for Operations (engagement file), of equal parts the lowest."
ok "a gap's owner is who has most of it" "$(q said.db "SELECT owner, role FROM v_gap_summary WHERE check_id = 'content.setuid-files'; SELECT owner, role FROM v_gap_summary WHERE check_id = 'content.middleware-not-approved'")" \
	"Operations|developers
architects|developers"
ok "licences by class and ruling" "$(q said.db "SELECT text, coalesce(expression, '-'), class, coalesce(ruling, '-') FROM licence ORDER BY 1")" \
	"(MIT OR GPL-3.0-only)|MIT OR GPL-3.0-only|permissive|allow
AGPL-3.0-only|AGPL-3.0-only|network-copyleft|deny
SEE LICENSE IN x|-|unknown|-"
ok "the licence check" "$(q said.db "SELECT v.image, json_extract(f.facts, '\$.packages'), json_extract(f.facts, '\$.in_own') FROM finding f JOIN v_image v ON v.subject = f.thing WHERE check_id = 'content.licence-denied' AND verdict = 'fail'")" "registry.local/pay:1|1|1"
said() { printf '%s\n' "$1" > "$D/bad.yaml"; "$PLIMSOLL" analyze -o "$D/bad.db" --no-cache --engagement "$D/bad.yaml" "$D/base.tar" 2>&1 | sed 's/.*bad.yaml/bad.yaml/'; }
has "layers of what is no base" "$(said "approved_images: [{image: a, layers: ['$(cat "$D/diff.txt")']}]")" "bad.yaml:1: approved_images: 'layers' belong to images of kind base"
has "a digest that is none" "$(said "known_bases: [{image: a, layers: [sha256:12]}]")" "'sha256:12' is not a digest"
has "a class that is none" "$(said "content_owners: [{class: desktop, owner: x}]")" "bad.yaml:1: content_owners"
has "allowed and denied" "$(said "licences: {allow: [MIT], deny: [MIT]}")" "a word stands under 'allow' and under 'deny'"

# ---- what layers hide and change
"$PLIMSOLL" analyze -o "$D/random.db" --no-cache "$D"/random-*.tar 2> "$D/err"
each() { echo "(SELECT group_concat($1) FROM (SELECT $1 FROM image_layer y WHERE y.image = c.image ORDER BY ordinal))"; }
sum() { echo "(SELECT sum($1) FROM image_layer y WHERE y.image = c.image)"; }
ok "random images as laid by hand" "$(q random.db "SELECT n.name, c.files, c.bytes, c.hidden_bytes, c.copied_bytes, c.duplicate_files, c.duplicate_bytes, $(sum added), $(sum changed), $(sum removed), $(each hidden_bytes), $(each hides_bytes)
	FROM image_content c JOIN image_name n ON n.image = c.image" | sort)" "$(cat "$D/random.txt")"
"$PLIMSOLL" analyze -o "$D/content.db" --cache "$D/cache" "$D/content.tar" 2> "$D/err"
ok "changes by name" "$(q content.db "SELECT y.ordinal, f.path, f.state, f.bytes, f.bytes_below, f.copied FROM layer_file f JOIN image_layer y ON y.chain = f.chain ORDER BY 1, 2")" \
	"0|a/one|added|10240||0
0|a/small|added|100||0
0|a/two|added|5000||0
0|b/gone|added|300||0
0|b/keep|added|7000||0
0|c/deep/x|added|600||0
1|a/one|changed|10240|10240|1
1|a/two|changed|6000|5000|0
1|b/gone|removed||300|0
1|c/deep/x|removed||600|0
1|c/new|added|50||0
2|a/small|changed|0|100|0
2|c/new|removed||50|0
2|copy/keep|added|7000||0"
ok "sums of the image" "$(q content.db "SELECT files, bytes, hidden_bytes, copied_bytes, duplicate_files, duplicate_bytes FROM image_content")" "4|30240|16290|10240|1|7000"
ok "the same file twice" "$(q content.db "SELECT path, layer, bytes FROM duplicate_file ORDER BY 1")" "b/keep|0|7000
copy/keep|2|7000"
sleep 0.2
"$PLIMSOLL" analyze -o "$D/again.db" --cache "$D/cache" "$D/content.tar" 2> "$D/err"
ok "layers that were remembered say the same" "$(q again.db .dump | sha256sum)" "$(q content.db .dump | sha256sum)"

# ---- the pages
paper() { "$PLIMSOLL" report -q -o "$D/paper" "$D/$1.db" cgar csb > "$D/out" 2>&1; for p in cgar csb; do pdftotext -layout "$D/paper/$p.pdf" - 2> /dev/null | tr -s ' \n' ' ' > "$D/$p.txt"; done; }
cgar() { ok "report: $1" "$(grep -cF -- "$2" "$D/cgar.txt")" "${3:-1}"; }
csb() { ok "blueprint: $1" "$(grep -cF -- "$2" "$D/csb.txt")" 1; }
paper said
cgar "a base with its newer build" "registry.local/debian:12.1 its layers 2 0 2026-01-02 12.2 of 2026-06-01 yes"
cgar "a base by the file's layers" "vendor/minimal the engagement file 3 0 not told not known yes"
cgar "a base by the image's own word" "docker.io/library/scratchy:1 the image's own label 1 0 not told not known not known"
cgar "who answers for the base OS" "Base OS Operations 5 10 0 of 5 – – – "
cgar "who answers by default" "Middleware architects (default) 2 3 0 of 2"
cgar "licences and policy" "network copyleft 1 1 1 denied not told or not known 4 5 says nothing permissive 1 1 allowed"
cgar "no package database is said" "No package database in 4 images (registry.local/alone:1, registry.local/left:1 and others): what is installed there is not known as a whole. That is not clean."
csb "what to do with bases" "registry.local/debian:12.1 2 2026-01-02 yes rebuild on debian:12.2"
csb "bases of which only a label tells" "give the base to the next assessment: its layers are not known"
csb "licences to decide on" "network copyleft 1 1 replace 1 package that the policy denies, or write down why not"
csb "who owns which layer" "Base OS in images 10 packages in 5 images, 0 images judged as a whole Operations"
cgar "an owner was named" "Nobody has said who answers for which content" 0
paper site
# left 2 and right 1 have a layer in common; debian:12.2 has nothing.
cgar "a base without a name" "a base that was not collected layers in common 3 0 not told not known nobody has said"
cgar "no common base" "no common base – 1 0 not told not known nobody has said"
cgar "no policy" "permissive 1 1 no policy given"
cgar "no owner was named" "Nobody has said who answers for which content of images"
csb "of which to decide" "not told or not known 4 5 find out what the terms are"
# 16,290 bytes hidden and 7,000 twice, of 30,240 shown and the hidden ones.
sqlite3 "$D/content.db" "UPDATE image SET verified = 0"
paper content
cgar "waste" "content:1 15 KiB 6 KiB 50 %"
cgar "waste of all" "All images together carry 15 KiB that no container sees and 6 KiB a second time."
cgar "not verified is said" "1 image is not verified (content:1)"
mkdir -p "$D/none" && printf '{"apiVersion":"v1","kind":"List","items":[]}' > "$D/none/pods.json" && "$PLIMSOLL" analyze -o "$D/none.db" "$D/none" 2> "$D/err"
paper none
cgar "nothing collected" "What images are built on, who answers for their layers and under which licences they stand cannot be told: no image was collected."
csb "nothing collected" "which bases they stand on, and under which licences what they hold stands, cannot be told"
csb "owners without images" "Base OS in images no image was given systems group"
cgar "no empty table" "Images by the base" 0

# ---- programs and eggs
"$PLIMSOLL" image "$D/programs.tar" --no-cache --format json > "$D/out" 2> "$D/err"
ok "what could not be read is told" "$?" 4
ok "packed, cut short, a table beyond the file, no zip; debug information is none of these" "$(sed -n 's/^plimsoll: warning: [^ ]*: \(usr[^:]*\|lib[^:]*\): \(.*\)/\1 \2/p' "$D/err" | sort)" \
	"lib/broken.egg not a ZIP archive: no end of a central directory in it
usr/bin/cut damaged ELF program: it is cut short: a segment lies beyond the file
usr/bin/packed a program packed with UPX: what it was built from cannot be read
usr/bin/table damaged ELF program: its table of sections lies beyond the file"
ok "eggs and applications in one file" "$(jq -r 'select(.kind == "component") | "\(.name) \(.version) \(.path)"' "$D/out")" \
	"one 1 app/app.pex!/.deps/one-1.whl/one-1.dist-info/METADATA
two 1 app/app.pex!/.deps/two-1.whl/two-1.dist-info/METADATA
zipped 1.4 lib/zipped-1.4-py3.9.egg!/EGG-INFO/PKG-INFO"

# ---- the bill of materials of a site
"$PLIMSOLL" sbom "$D/site.db" > "$D/cdx.json" 2> "$D/err"
ok "CycloneDX" "$? $(jq -r '[.specVersion, (.components | length), ([.components[] | select(.type == "container")] | length), (.dependencies | length)] | join(" ")' "$D/cdx.json")" "0 1.6 24 9 9"
ok "an expression stands as one" "$(jq -r '.components[] | select(.name == "left") | .licenses[0].expression' "$D/cdx.json")" "MIT OR GPL-3.0-only"
ok "what is no identifier as a name" "$(jq -r '.components[] | select(.name == "odd") | .licenses[0].license.name' "$D/cdx.json")" "SEE LICENSE IN x"
ok "every reference leads somewhere" "$(jq -r '([.components[]."bom-ref"] | sort) == ([.dependencies[].ref, .dependencies[].dependsOn[]] | unique)' "$D/cdx.json")" true
"$PLIMSOLL" sbom "$D/site.db" --format spdx > "$D/spdx.json"
ok "SPDX" "$(jq -r '[.spdxVersion, (.packages | length), (.relationships | length)] | join(" ")' "$D/spdx.json")" "SPDX-2.3 24 24"
ok "one image" "$("$PLIMSOLL" sbom "$D/site.db" --image '*/pay:1' | jq -r '.metadata.component.name, ([.components[].name] | join(","))' | tr '\n' ' ')" "registry.local/pay:1 bash,libc6,odd,right "
ok "no image fits" "$("$PLIMSOLL" sbom "$D/site.db" --image nothing 2>&1; echo $?)" "plimsoll: $D/site.db: no image that fits nothing was collected
3"
ok "the same each time" "$("$PLIMSOLL" sbom "$D/site.db" | sha256sum)" "$(sha256sum < "$D/cdx.json")"
# The demo's nodes: four, with the packages that tests/fixtures/demo/nodes.py gives them, beside its images.
python3 "$here/fixtures/demo/make-demo.py" "$D/demo"
"$PLIMSOLL" collect -o "$D/demo.plim" $(for n in "$D"/demo/nodes/*; do printf -- '--node %s ' "$n"; done) --import "$D/demo/clusters" --image "$D/demo/images/tracking-web.tar" > "$D/out" 2>&1
"$PLIMSOLL" analyze -o "$D/nodes.db" --no-cache "$D/demo.plim" 2> "$D/err"
"$PLIMSOLL" sbom "$D/nodes.db" > "$D/nodes.json" 2> "$D/err"
ok "nodes with their packages" "$(jq -r '. as $d | .components[] | select(.type == "operating-system") | . as $n | "\(.name) \(.version) \($d.dependencies[] | select(.ref == $n."bom-ref") | .dependsOn | length)"' "$D/nodes.json" | sed 's/.*tidewater[^/]*\///; s/^[^/ ]*\///' | sort)" \
	"$(q nodes.db "SELECT n.name || ' ' || i.distro || ' ' || i.distro_version || ' ' || i.packages FROM thing n JOIN inventory i ON i.thing = n.id WHERE n.kind = 'node' ORDER BY 1")"
ok "as many as were collected" "$(jq '[.components[] | select(.type == "operating-system")] | length' "$D/nodes.json")" "$(ls "$D/demo/nodes" | wc -l)"
ok "a node's packages, by hand" "$("$PLIMSOLL" sbom "$D/nodes.db" --node prod-w-1 | jq -r '.metadata.component.name, ([.components[] | "\(.name) \(.version)"] | join(", "))' | sed 's/.*\/prod/prod/')" \
	"prod-w-1
openssl 3.0.17-1~deb12u2, libc6 2.36-9+deb12u13, curl 7.88.1-10+deb12u14, containerd.io 1.7.13-1, runc 1.1.5+ds1-1+deb12u1"
ok "every reference leads somewhere, nodes too" "$(jq -r '([.components[]."bom-ref"] | sort) == ([.dependencies[].ref, .dependencies[].dependsOn[]] | unique)' "$D/nodes.json")" true
ok "SPDX with nodes" "$("$PLIMSOLL" sbom "$D/nodes.db" --format spdx | jq -r '[.name, ([.packages[] | select(.primaryPackagePurpose == "OPERATING-SYSTEM")] | length), ([.packages[].SPDXID, "SPDXRef-DOCUMENT"] - [.relationships[] | .spdxElementId, .relatedSpdxElement] | length)] | join(" ")')" \
	"container images and nodes $(ls "$D/demo/nodes" | wc -l) 0"
ok "images alone" "$("$PLIMSOLL" sbom "$D/nodes.db" --image '*' | jq '[.components[] | select(.type == "operating-system")] | length')" 0
sqlite3 "$D/nodes.db" "UPDATE package SET thing = (SELECT thing FROM image) WHERE thing = (SELECT id FROM thing WHERE kind = 'node' AND name = 'prod-w-1')"
has "nodes without packages are told" "$("$PLIMSOLL" sbom "$D/nodes.db" 2>&1 > "$D/out")" "packages of 1 node were not collected (plimsoll collect --node): not in the document"
ok "no such format" "$("$PLIMSOLL" sbom "$D/site.db" --format pdf 2> /dev/null; echo $?)" 2

# ---- the layer browser
if command -v tmux > /dev/null; then
	t() { tmux -S "$D/socket" "$@" 2> /dev/null; }
	sees() {
		i=0
		while ! t capture-pane -p | grep -qE -- "$2"; do
			[ $((i += 1)) -lt 100 ] || { bad "$1" "$(t capture-pane -p)"; return; }
			sleep 0.1
		done
		pass
	}
	keys() { for k; do t send-keys "$k"; done; }
	t -f /dev/null new-session -d -x 100 -y 24 "'$PLIMSOLL' browse '$D/content.db'"
	sees "the overview" "Grade"
	keys 6
	sees "images with size and what is unseen" "content:1 +[0-9.]+k +16k +3 +base not known"
	keys Enter
	sees "layers" "layers of content:1"
	sees "a layer's sums" "1 +\? +[0-9]+k +1 +2 +2 +50B"
	keys j l
	sees "written again" "~ +10k/10k +one"
	sees "taken away" "- +600B +x"
	sees "brought" "\+ +50B +new"
	sees "folders have sums" "16k/15k +a/"
	keys Enter
	sees "a folder closes" "a/ \+"
	keys Escape Escape Escape
	sees "and back" "Grade"
	t kill-server
fi
finish
