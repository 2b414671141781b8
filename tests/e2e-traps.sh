#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Images that hold what scanners are known to get wrong, made by tests/make-traps.py, one trap each. Expectations follow from how each
# image is made.
. "$(dirname "$0")/lib.sh"
D=${TMPDIR:-/tmp}/traps
mkdir -p "$D/img"
here=$(dirname "$0")
scan() {
	"$PLIMSOLL" image "$D/img/$1.tar" --format json > "$D/out" 2> "$D/err"
	echo $? > "$D/code"
}
# list NAME: "component version layer[-removed]" of an image
list() { scan "$1"; jq -r 'select(.kind == "component") | "\(.name) \(.version) \(.layer)" + (if .removed_in then "-\(.removed_in)" else "" end)' "$D/out" | tr '\n' ',' | sed 's/,$//'; }
system() { scan "$1"; jq -r 'select(.kind == "image") | "\(.distro) \(.distro_version) \(.package_database)"' "$D/out"; }
code() { cat "$D/code"; }

python3 "$here/make-traps.py" "$D/img" || exit 1

# dpkg
ok "only packages whose files are there" "$(list states)" "both 1 0,both 1 0,held 1 0,unpacked 1 0,waiting 1 0"
ok "a database that starts with empty lines" "$(list blank)" "late 1.0 0"
ok "fields in another order" "$(list reordered)" "last 1.0 0"
ok "an empty database is none" "$(system empty)" "debian 12 none"
ok "a database taken away and made anew" "$(list again)" "a 1.0 0-1,b 1.0 0-1,b 1.0 2,c 1.0 2"
ok "whiteout and new file in one layer" "$(list both-in-one)" "new 1.0 1,old 1.0 0-1"
ok "opaque status.d, whiteout of one package" "$(list opaque)" "a 1.0 0-1,b 1.0 0-1,c 1.0 1-2,d 1.0 2"
ok "a folder that is a link to elsewhere" "$(list moved)" "here 1.0 0,more 1.0 1"
ok "a folder replaced by a file" "$(list folder-for-file)" "a 1.0.0 0-1,b 1.0.0 0"
ok "a file that stands in a layer twice: the last counts" "$(list twice)" "a 2.0.0 0"
ok "a layer that stands in the image thrice" "$(list same-layer)" "a 1.0 0,n 1.0.0 0"

# apk
ok "lib is a link to usr/lib" "$(list usr-lib)" "musl 1.0-r0 0"
ok "the database moved to usr/lib" "$(list usr-lib-moved)" "musl 1.0-r0 0,old 1.0-r0 0-1"
ok "Alpine edge" "$(system edge)" "alpine 3.23_alpha20250612 apk"
ok "Wolfi" "$(system wolfi)" "wolfi 20230201 apk"

# which release it is
ok "os-release only in usr/lib" "$(system only-usr)" "debian 12 deb"
ok "debian_version only" "$(system debian-version)" "debian 11 deb"
ok "debian_version of a release to come" "$(system debian-sid)" "debian null deb"
ok "redhat-release only" "$(system redhat-release)" "centos 7.9.2009 none"
ok "redhat-release of RHEL" "$(system rhel-release)" "rhel 6.10 none"
ok "nothing tells the release" "$(system no-release)" "null null deb"
ok "os-release leads nowhere" "$(system dangling)" "alpine 3.18.4 apk"

# languages
ok "Python: develop links, two environments, no unpacked sources" "$(list python)" "Flask.Cors 3.0.0 0,Flask.Cors 3.0.0 0,dev 0.3 0"
ok "Node: no version, nested, byte order mark" "$(list node)" "a 1.0.0 0,b 1.0.0 0,bom 1.0.0 0"
ok "Java: manifest only, name only, shaded, nested" "$(list java)" \
	"app 1.0-SNAPSHOT 0,commons-io:commons-io 2.4 0,org.all:all 1 0,org.apache.logging.log4j:log4j-core 2.14.1 0,org.in:in 2 0,org.springframework.boot:spring-boot-starter-web 2.6.5 0,org.springframework:spring-beans 5.3.17 0"

# attacks
ok "jars in jars, a bomb in a jar, sections beyond the file: the rest counts" "$(list attacks; echo; code)" "a 1.0 0,$(for i in 1 2 3 4 5; do printf "org.deep:ring 1 0,"; done)after 1.0.0 0
4"
ok "each is told" "$(grep -cE 'deep.jar.*nested more than|bomb.jar.*entry of 50000000 bytes; the limit is' "$D/err")" 2
for f in more less; do
	ok "a size that lies: $f" "$(list size-$f; echo; code; jq -r 'select(.kind == "image") | .readable' "$D/out")" "a 1.0 0,before-$f 1.0.0 1,m 1.0.0 2
4
false"
done
ok "hard links: the last entry of a path counts, a ring ends" "$(list links; echo; code)" "y 1.0.0 1,y 1.0.0 1,z 1.0.0 1
0"

# archives
ok "gzip in several members; the full name goes before the short one" "$(list members; echo; jq -r 'select(.kind == "image") | "\(.image) \(.verified)"' "$D/out")" \
	"a 1.0 0,m 1.0.0 1
docker.io/library/members:1 true"
ok "tar without magic" "$(list v7)" "a 1.0 0,m 1.0.0 1"
ok "zstd behind a skippable frame" "$(list zstd-skippable)" "a 1.0 0,m 1.0.0 1"
for f in pax gnu; do
	ok "long names: $f" "$(list $f)" "long 1.0.0 0,long 1.0.0 0"
done
ok "two platforms, no attestation" "$(list multi)" "a 1.0 0,arm-only 1 0"
ok "nor is a signature an image, or a fault" "$(jq -r 'select(.kind == "image") | .architecture' "$D/out" | sort | tr '\n' ' '; code)" "amd64 arm64 0"
ok "a layer to be had from a registry" "$(list foreign; echo; code; jq -r 'select(.kind == "image") | "\(.readable) \(.layers)"' "$D/out")" "a 1.0 1
4
false 2"
ok "docker save before 1.10" "$(list v1; echo; jq -r 'select(.kind == "image") | "\(.image) \(.verified) \(.layers)"' "$D/out")" "a 1.0 0,m 1.0.0 1
v1:1 false 2"
store() { "$PLIMSOLL" image "$D/img/$1" --format json > "$D/out" 2> "$D/err"; echo $? > "$D/code"; jq -r 'select(.kind == "image") | .architecture' "$D/out" | sort | tr '\n' ' '; jq -r 'select(.kind == "component") | .name' "$D/out" | sort | tr '\n' ' '; code; }
ok "the content store of containerd" "$(store containerd)" "amd64 arm64 a arm-only 0"
ok "a registry's folder; a tag that leads nowhere is told" "$(store registry)" "amd64 arm64 a arm-only 4"
ok "its tags name the images" "$(jq -r 'select(.kind == "image") | .image' "$D/out" | sort -u); $(grep -c 'lost is not in' "$D/err")" "team/app:1.2; 1"
finish
