#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Stores of CRI-O and Docker, made by tests/make-stores.py out of a docker-save archive: what the archive says is what is expected of them.
. "$(dirname "$0")/lib.sh"
here=$(cd "$(dirname "$0")" && pwd)
cd "$TMPDIR" || exit 2
mkdir -p img s
python3 "$here/make-images.py" img && image=$(python3 "$here/make-stores.py" img/app.docker.tar s) || exit 1
rows="SELECT type, name, version, layer, removed_in, path FROM package ORDER BY 1, 2, 3, 6; SELECT path, kind, layer, removed_in, mode FROM image_file ORDER BY 1, 2;
SELECT ordinal, diff_id FROM image_layer; SELECT config_digest, user, layers FROM image; SELECT name, secret FROM image_env ORDER BY 1; SELECT port FROM image_port ORDER BY 1"
# read STORE: its rows, and "exit code|verified|readable" in $state
read_store() {
	rm -f x.db
	"$PLIMSOLL" analyze -o x.db --no-cache "$1" > out.txt 2>&1
	state="$?|$(sqlite3 x.db 'SELECT verified, readable FROM image' 2> /dev/null)"
	got=$(sqlite3 x.db "$rows" 2> /dev/null)
}
problems() { sqlite3 x.db "SELECT message FROM problem"; }
of() { sqlite3 x.db "SELECT name || ' ' || version FROM package WHERE removed_in IS NULL AND type = 'npm' ORDER BY 1" | tr '\n' ' '; }
read_store img/app.docker.tar
want=$got

for i in crio docker; do
	read_store "s/$i"
	ok "$i: with the lists of entries it is the archive" "$got" "$want"
	ok "$i: verified" "$state" "0|1|1"
	ok "$i: its name" "$(sqlite3 x.db 'SELECT name FROM image_name')" "registry.example.com:5000/team/app:1.2"
	read_store "s/$i-plain"
	ok "$i: from folders alone the same" "$got" "$want"
	ok "$i: not verified" "$state" "4|0|1"
	has "$i: which is told" "$(problems)" "3 of its layers were read from their folders in a store"
done
read_store s/crio
ok "the manifest's digest" "$(sqlite3 x.db 'SELECT digest FROM image')" "$(jq -r '.[0].digest' s/crio/overlay-images/images.json)"
ok "plimsoll image" "$("$PLIMSOLL" image --no-cache --format json s/crio | jq -r 'select(.kind == "component" and .name == "bar") | .version')" "1:2.0-3"

if [ "$(id -u)" = 0 ]; then # an owner that octal digits of a tar's header cannot tell
	chown 1000700000:1000700000 "$(find s/crio-plain/overlay -name key.pem)"
	read_store s/crio-plain
	ok "owners of folders" "$(sqlite3 x.db "SELECT DISTINCT uid, gid FROM image_file WHERE path = 'srv/key.pem'")" "1000700000|1000700000"
fi

# ---- damage: the rest counts, and nothing counts as read that was not
read_store s/crio-file
ok "a file is gone: its layer is read from its folder" "$state|$(of)" "4|0|1|@scope/pkg 1.0.0 lodash 4.17.4 new 2.0.0 "
has "it is told" "$(problems)" "srv/node_modules/lodash/package.json"
read_store s/crio-changed
ok "a file was changed: not verified" "$state" "4|0|1"
has "it is told which layer" "$(problems)" "layer 1 is not what the configuration says"
read_store s/crio-extra
ok "a file that was put into the folder counts" "$state|$(of)" "4|0|1|@scope/pkg 1.0.0 lodash 4.17.4 new 2.0.0 planted 6.6.6 "
has "it is told which file" "$(problems)" "srv/node_modules/planted/package.json"
for i in crio-gone crio-loop crio-json crio-ids crio-escape docker-cache; do
	read_store "s/$i"
	ok "$i: not all of it was read" "$state" "4|0|0"
	ok "$i: nothing from outside" "$(sqlite3 x.db "SELECT count(*) FROM package WHERE name = 'escaped'")" 0
	ok "$i: it is not assessed" "$(sqlite3 x.db 'SELECT DISTINCT state FROM feed_coverage')" not-assessed
done
read_store s/crio-loop
has "a loop" "$(problems)" "the parents of its layers have no end"
read_store s/docker-loop
ok "docker: a layer that says it is its own parent" "$state" "4|1|1"
has "it is told" "$(problems)" "its parent is not the layer below it"
read_store s/crio-split
ok "lists of entries that lead outside, or are damaged" "$state|$(sqlite3 x.db "SELECT count(*) FROM package WHERE name = 'escaped'")" "4|0|1|0"
for i in crio-images docker-config; do
	read_store "s/$i"
	ok "$i: nothing to read" "$state" "3|"
	has "$i: why" "$(cat out.txt)" "parse error"
done

# ---- collected: the bundle has archives, and reads the same
for i in crio crio-plain docker; do
	"$PLIMSOLL" collect -o "$i.plim" --image "s/$i" > out.txt 2>&1
	ok "collect --image $i" "$?" 0
	read_store "$i.plim"
	ok "$i: the same from the bundle" "$got" "$want"
done
"$PLIMSOLL" collect -o both.plim --image s/crio --image s/docker > out.txt 2>&1
ok "layers that two stores have enter once" "$("$PLIMSOLL" inspect --format json both.plim | jq '[.members[] | select(.kind == "image/blob")] | length')" 7
"$PLIMSOLL" collect -o gone.plim --import s/crio-gone > out.txt 2>&1
ok "collect --import: a layer is missing" "$?" 4
has "it is told in the bundle" "$("$PLIMSOLL" inspect --format json gone.plim | jq -c '[.members[].manifest.problems[]?.message]')" "the layer's folder is not in the store"
read_store gone.plim
ok "and not taken for read" "$state" "4|0|0"
finish
