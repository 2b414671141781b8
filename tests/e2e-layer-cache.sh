#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The cache of layers changes nothing but the time: with it, without it, damaged, shared, and with archives that lie about what they hold.
. "$(dirname "$0")/lib.sh"
D=${TMPDIR:-/tmp}/layer-cache
mkdir -p "$D/img"
here=$(cd "$(dirname "$0")" && pwd)
C=$D/cache
plain() { "$PLIMSOLL" image "$@" --no-cache --format json 2> "$D/err"; }
kept() { "$PLIMSOLL" image "$@" --cache "$C" --format json 2> "$D/err"; }
same() { cmp -s "$D/$1" "$D/$2" && echo same; }

python3 "$here/make-images.py" "$D/img" || exit 1
sleep 0.2 # what changed just now is not remembered
cd "$D/img" || exit 1
for f in app.docker.tar app.oci.tar app-layout app-zstd.oci.tar app.docker.tar.gz distroless.tar linked.tar bomb.tar cut.tar hostile.tar swapped.tar; do
	plain $f > "$D/a"
	for run in first second third; do
		kept $f > "$D/b"
		ok "$f, $run run" "$(same a b)" same
	done
done
ok "something is kept" "$([ "$(ls "$C/layers" | wc -l)" -ge 8 ] && [ "$(ls "$C/archives" | wc -l)" -ge 5 ] && echo yes)" yes
ok "layers that cannot be read to their end are not" "$(grep -l 'bomb' -r "$C/layers" | wc -l)" 0
ok "nothing of a configuration" "$(cat "$C"/layers/* "$C"/archives/* | grep -c hunter2)" 0
ok "for the user only" "$(stat -c %a "$C" "$C/key" | tr '\n' ' ')" "700 600 "

# Stores: told by all that the file system says of their files.
mkdir -p "$D/stores"
python3 "$here/make-stores.py" app.docker.tar "$D/stores" > "$D/x" || exit 1
sleep 0.2
# touched COMMAND...: how often content of the stores' files is read while it runs (inotify, IN_ACCESS; folders' own reads do not count)
cat > "$D/touched.py" << 'EOF'
import ctypes, os, struct, subprocess, sys
libc = ctypes.CDLL(None, use_errno=True)
fd = libc.inotify_init1(os.O_NONBLOCK)
for folder, _, _ in os.walk(sys.argv[1]):
    if libc.inotify_add_watch(fd, folder.encode(), 1) < 0:
        sys.exit("no inotify")
subprocess.run(sys.argv[2:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
reads = 0
while True:
    try:
        data = os.read(fd, 1 << 16)
    except BlockingIOError:
        break
    at = 0
    while at < len(data):
        _, mask, _, n = struct.unpack_from("iIII", data, at)
        reads += not mask & 0x40000000
        at += 16 + n
print(reads)
EOF
touched() { python3 "$D/touched.py" "$1" "$PLIMSOLL" image "$2" --cache "$3"; }
for s in crio docker crio-plain docker-plain crio-file crio-changed crio-extra crio-gone crio-loop crio-split docker-loop docker-cache; do
	plain "$D/stores/$s" > "$D/a"
	cp "$D/err" "$D/err-a"
	for run in first second third; do
		kept "$D/stores/$s" > "$D/b"
		ok "store $s, $run run" "$(same a b)" same
		ok "store $s, $run run: the same is told" "$(same err-a err)" same
	done
done
for s in crio docker; do
	lists=$(find "$D/stores/$s" -name '*split*' | wc -l)
	ok "$s: content is read the first time" "$([ "$(touched "$D/stores/$s" "$D/stores/$s" "$D/cache-$s")" -gt "$lists" ] && echo yes)" yes
	ok "$s: and not again" "$(touched "$(find "$D/stores/$s" -maxdepth 1 -name 'overlay*' ! -name '*-*')" "$D/stores/$s" "$D/cache-$s")" 0
done
# Another copy has other inodes: hashed before it is believed, and the layer not made twice.
cp -a "$D/stores/crio" "$D/copied"
entries=$(ls "$D/cache-crio/layers" | wc -l)
plain "$D/copied" > "$D/a"
"$PLIMSOLL" image "$D/copied" --cache "$D/cache-crio" --format json > "$D/b" 2> "$D/err"
ok "a copy of the store says the same" "$(same a b) $(ls "$D/cache-crio/layers" | wc -l)" "same $entries"
# A changed file is seen, though its size and time of change are as they were.
f=$(find "$D/copied/overlay" -path '*lodash/package.json' | head -n 1)
sleep 0.2
"$PLIMSOLL" image "$D/copied" --cache "$D/cache-crio" > "$D/x" 2> "$D/err"
cp -p "$f" "$D/times" && sed -i 's/4\.17\.4/4.17.9/' "$f" && touch -r "$D/times" "$f"
"$PLIMSOLL" image "$D/copied" --cache "$D/cache-crio" --format json > "$D/b" 2> "$D/err"
ok "a file of a store changed" "$(jq -r 'select(.kind == "component" and .name == "lodash") | .version' "$D/b" | grep -v 4.17.4) $(jq -r 'select(.kind == "image") | .verified' "$D/b")" "4.17.9 false"

"$PLIMSOLL" analyze -o "$D/plain.db" --no-cache "$D/img" 2> "$D/err"
"$PLIMSOLL" analyze -o "$D/kept.db" --cache "$C" "$D/img" 2> "$D/err"
sqlite3 "$D/plain.db" .dump > "$D/a" && sqlite3 "$D/kept.db" .dump > "$D/b"
ok "analyze: the same database" "$(same a b)" same

# Entries that are damaged are as if they were not there.
plain app.oci.tar > "$D/a"
for how in cut turned empty; do
	for e in "$C"/layers/* "$C"/archives/*; do
		case $how in
		cut) head -c 200 "$e" > "$D/x" ;;
		turned) tr 'a-y' 'b-z' < "$e" > "$D/x" ;;
		empty) : > "$D/x" ;;
		esac
		cat "$D/x" > "$e"
	done
	kept app.oci.tar > "$D/b"
	ok "entries $how" "$(same a b)" same
	kept app.oci.tar > "$D/b"
	ok "entries $how, mended" "$(same a b)" same
done
: > "$C/key"
kept app.oci.tar > "$D/b"
ok "a damaged key" "$(same a b)" same
rm "$C/key"
kept app.oci.tar > "$D/b"
ok "a new key" "$(same a b)" same
ok "it is used" "$([ -s "$C/key" ] && echo yes)" yes

# A file that changed is read again, though its size and time of change are as before.
cp app.docker.tar moved.tar
touch -d 2024-01-01 moved.tar
sleep 0.2
kept moved.tar > "$D/b"
python3 - <<'EOF'
data = open("moved.tar", "rb").read()
assert data.count(b"libfoo1") > 0
open("moved.tar", "r+b").write(data.replace(b"libfoo1", b"libfoo9"))
EOF
touch -d 2024-01-01 moved.tar
kept moved.tar > "$D/b"
ok "a file changed behind its times" "$(jq -r 'select(.name == "libfoo9") | .name' "$D/b" | sort -u)" libfoo9
ok "and no longer what it says" "$(jq -r 'select(.kind == "image") | .verified' "$D/b")" false

# A name is no proof: other bytes under the digest of a layer that is known.
python3 - <<'EOF'
import tarfile, io
old = tarfile.open("app.oci.tar")
new = tarfile.open("liar.tar", "w", format=tarfile.GNU_FORMAT)
other = tarfile.open("distroless.tar").extractfile("%064x/layer.tar" % 0).read()
for m in old:
    data = old.extractfile(m).read()
    if data[:2] == b"\x1f\x8b":
        data = other
    m.size = len(data)
    new.addfile(m, io.BytesIO(data))
new.close()
EOF
plain liar.tar > "$D/a"
kept liar.tar > "$D/b"
ok "other bytes under a known name" "$(same a b; jq -r 'select(.kind == "image") | .verified' "$D/b")" "same
false"

# Several at once, and a folder that cannot be one.
rm -rf "$C"
plain app.oci.tar > "$D/a"
for i in 1 2 3 4; do
	kept app.oci.tar > "$D/par$i" &
done
wait
for i in 1 2 3 4; do
	ok "at once: $i" "$(same a par$i)" same
done
ok "no half-written file" "$(find "$C" -name '*.part' | wc -l)" 0
: > "$D/file"
"$PLIMSOLL" image app.oci.tar --cache "$D/file" --format json > "$D/b" 2> "$D/err"
ok "no folder for it: all is read" "$(same a b)" same
XDG_CACHE_HOME=$D/xdg "$PLIMSOLL" image app.oci.tar > /dev/null 2>&1
ok "the user's own folder" "$(ls "$D/xdg/plimsoll" | tr '\n' ' ')" "archives key layers "
finish
