#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A layer with more entries than are kept in memory: its paths go to a temporary database, and what an image shows of it is the same. Expectations are counted by hand.
. "$(dirname "$0")/lib.sh"
cd "$TMPDIR" || exit 1
q() { sqlite3 "$1" "$2"; }

# 510 folders of 1,000 files; every hundredth file has one byte, the others none. The layer above removes folder 0, empties folder 1 but for its first file (now three
# bytes), and writes the second file of folder 2 again (five bytes).
python3 - <<'PY'
import hashlib, io, json, tarfile
def header(name, size):
    b = bytearray(512)
    b[:len(name)] = name
    b[100:108], b[108:116], b[116:124] = b"0000644\0", b"0000000\0", b"0000000\0"
    b[124:136], b[136:148], b[156:157], b[257:265] = b"%011o\0" % size, b"00000000000\0", b"0", b"ustar\x0000"
    b[148:156] = b" " * 8
    b[148:156] = b"%06o\0 " % sum(b)
    return bytes(b)
sum0 = hashlib.sha256()
with open("low.tar", "wb") as f:
    for d in range(510):
        part = b"".join(header(b"srv/d%03d/f%d" % (d, i), i % 100 == 0) + (b"x".ljust(512, b"\0") if i % 100 == 0 else b"") for i in range(1000))
        f.write(part)
        sum0.update(part)
    f.write(bytes(1024))
    sum0.update(bytes(1024))
high = b"".join(header(n, len(c)) + (c.ljust(512, b"\0") if c else b"") for n, c in
                [(b"srv/.wh.d000", b""), (b"srv/d001/.wh..wh..opq", b""), (b"srv/d001/f0", b"new"), (b"srv/d002/f1", b"newer")]) + bytes(1024)
open("high.tar", "wb").write(high)
json.dump({"os": "linux", "architecture": "amd64", "config": {}, "rootfs": {"type": "layers", "diff_ids": ["sha256:" + sum0.hexdigest(), "sha256:" + hashlib.sha256(high).hexdigest()]}}, open("c.json", "w"))
json.dump([{"Config": "c.json", "RepoTags": ["large:1"], "Layers": ["low.tar", "high.tar"]}], open("manifest.json", "w"))
PY
tar -cf image.tar manifest.json c.json low.tar high.tar
rm low.tar
"$PLIMSOLL" analyze -o site.db --cache cache image.tar > out.txt 2> err.txt
ok "nothing is wrong with it" "$? $(q site.db "SELECT count(*) FROM problem")" "0 0"
ok "the run says so, once" "$(grep -c '510000 entries are more than is kept in memory' err.txt)" 1
ok "what the image shows" "$(q site.db "SELECT files, bytes, hidden_bytes FROM image_content")" "508001|5088|20"
ok "what each layer adds, changes, removes" "$(q site.db "SELECT files, added, changed, removed, hidden_bytes, hides_bytes FROM image_layer ORDER BY ordinal" | tr '\n' ' ')" \
	"510000|510000|0|0|20|0 2|0|2|1999|0|20 "
ok "such a layer is not kept for later, the other is" "$(ls cache/layers | wc -l)" 1
ok "a second run tells the same" "$("$PLIMSOLL" analyze -o again.db --cache cache image.tar > out.txt 2> err.txt; q again.db "SELECT files, bytes, hidden_bytes FROM image_content")" "508001|5088|20"
finish
