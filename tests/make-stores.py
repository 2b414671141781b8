#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes container stores with unpacked layers out of a docker-save archive: make-stores.py ARCHIVE DIRECTORY.
Written from the sources of containers/storage, moby and tar-split; the product's own code is not asked."""
import base64, gzip, hashlib, io, json, os, shutil, stat, sys, tarfile

archive, out = sys.argv[1], sys.argv[2]
NAMES = ["registry.example.com:5000/team/app:1.2"]


def sha(b):
    return hashlib.sha256(b).hexdigest()


def read_archive():
    with tarfile.open(archive) as t:
        entry = json.load(t.extractfile("manifest.json"))[0]
        return t.extractfile(entry["Config"]).read(), [t.extractfile(x).read() for x in entry["Layers"]]


def put(path, data):
    path = os.path.join(out, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as f:
        f.write(data if isinstance(data, bytes) else json.dumps(data).encode())


def whiteout(path):
    """as overlay has it; where this system does not allow that, as an archive has it"""
    base = os.path.basename(path)
    if base == ".wh..wh..opq":
        try:
            os.setxattr(os.path.dirname(path), "user.overlay.opaque", b"y")
            return
        except OSError:
            pass
    else:
        try:
            os.mknod(os.path.join(os.path.dirname(path), base[4:]), stat.S_IFCHR | 0o600, os.makedev(0, 0))
            return
        except OSError:
            pass
    open(path, "wb").close()


def unpack(layer, folder):
    folder = os.path.join(out, folder)
    os.makedirs(folder)
    with tarfile.open(fileobj=io.BytesIO(layer)) as t:
        for m in t:
            path = os.path.join(folder, m.name)
            os.makedirs(os.path.dirname(path.rstrip("/")), exist_ok=True)
            if os.path.basename(path).startswith(".wh."):
                whiteout(path)
            elif m.isdir():
                os.makedirs(path, exist_ok=True)
                os.chmod(path, m.mode)
            elif m.issym():
                os.symlink(m.linkname, path)
            elif m.islnk():
                os.link(os.path.join(folder, m.linkname), path)
            else:
                with open(path, "wb") as f:
                    f.write(t.extractfile(m).read())
                os.chmod(path, m.mode)


def split(layer, names=None):
    """what tar-split keeps: all bytes but the files' content"""
    entries, at = [], 0
    with tarfile.open(fileobj=io.BytesIO(layer)) as t:
        for m in t:
            if layer[at:m.offset_data]:
                entries.append({"type": 2, "payload": base64.b64encode(layer[at:m.offset_data]).decode()})
            e = {"type": 1, "name": names or m.name, "payload": "AAAAAAAAAAA="}
            if m.isreg() and m.size:
                e["size"] = m.size
            entries.append(e)
            at = m.offset_data + (m.size if m.isreg() else 0)
    entries.append({"type": 2, "payload": base64.b64encode(layer[at:]).decode()})
    return gzip.compress("".join(json.dumps({**e, "position": i}) + "\n" for i, e in enumerate(entries)).encode())


def containers(name, config, layers, with_split=True):
    ids, parent, records = [], None, []
    for i, x in enumerate(layers):
        ids.append(sha(b"containers %d" % i))
        unpack(x, "%s/overlay/%s/diff" % (name, ids[-1]))
        if with_split:
            put("%s/overlay-layers/%s.tar-split.gz" % (name, ids[-1]), split(x))
        records.append({"id": ids[-1], "diff-digest": "sha256:" + sha(x), "diff-size": len(x), **({"parent": parent} if parent else {})})
        parent = ids[-1]
    image = sha(config)
    manifest = json.dumps({"schemaVersion": 2, "config": {"digest": "sha256:" + image, "size": len(config)}, "layers": [
        {"digest": "sha256:" + sha(gzip.compress(x, mtime=0)), "size": 1} for x in layers]}).encode()
    coded = base64.b64encode(("sha256:" + image).encode()).decode()
    put("%s/overlay-images/%s/=%s" % (name, image, coded), config)
    put("%s/overlay-images/%s/manifest" % (name, image), manifest)
    put(name + "/overlay-layers/layers.json", records)
    put(name + "/overlay-images/images.json", [{
        "id": image, "digest": "sha256:" + sha(manifest), "names": NAMES, "layer": parent,
        "big-data-names": ["sha256:" + image, "manifest"]}])
    return ids, image, records


def docker(name, config, layers, with_split=True):
    chain, caches = "", []
    for i, x in enumerate(layers):
        parent, chain = chain, sha(("sha256:%s sha256:%s" % (chain, sha(x))).encode()) if chain else sha(x)
        caches.append(sha(b"docker %d" % i))
        at = "%s/image/overlay2/layerdb/sha256/%s/" % (name, chain)
        put(at + "cache-id", caches[-1].encode())
        put(at + "diff", ("sha256:" + sha(x)).encode())
        put(at + "size", b"1")
        if parent:
            put(at + "parent", ("sha256:" + parent).encode())
        if with_split:
            put(at + "tar-split.json.gz", split(x))
        unpack(x, "%s/overlay2/%s/diff" % (name, caches[-1]))
    put("%s/image/overlay2/imagedb/content/sha256/%s" % (name, sha(config)), config)
    put(name + "/image/overlay2/repositories.json", {"Repositories": {
        "registry.example.com:5000/team/app": {x: "sha256:" + sha(config) for x in NAMES}}})
    return caches, at


config, layers = read_archive()
print(sha(config))
containers("crio", config, layers)
containers("crio-plain", config, layers, False)
docker("docker", config, layers)
docker("docker-plain", config, layers, False)

# ---- damaged and hostile ones
secret = os.path.join(out, "outside")
os.makedirs(secret)
with open(os.path.join(secret, "package.json"), "w") as f:
    f.write('{"name":"escaped","version":"1.0.0"}')

# one file of a layer is gone: its list of entries does not fit any more
ids, image, _ = containers("crio-file", config, layers)
os.remove(os.path.join(out, "crio-file/overlay", ids[1], "diff/srv/node_modules/lodash/package.json"))
# a file has other content of the same length: the digest tells
ids, image, _ = containers("crio-changed", config, layers)
p = os.path.join(out, "crio-changed/overlay", ids[1], "diff/srv/node_modules/lodash/package.json")
with open(p) as f:
    text = f.read()
with open(p, "w") as f:
    f.write(text.replace("4.17.4", "4.17.9"))
# a file lies in a layer's folder that the layer's archive does not have: a container sees it
ids, image, _ = containers("crio-extra", config, layers)
put("crio-extra/overlay/%s/diff/srv/node_modules/planted/package.json" % ids[1], {"name": "planted", "version": "6.6.6"})
# layers: one is not there, the topmost is its own ancestor
ids, image, records = containers("crio-gone", config, layers)
shutil.rmtree(os.path.join(out, "crio-gone/overlay", ids[0]))
ids, image, records = containers("crio-loop", config, layers)
records[0]["parent"] = ids[2]
put("crio-loop/overlay-layers/layers.json", records)
# not JSON
ids, image, records = containers("crio-json", config, layers)
put("crio-json/overlay-layers/layers.json", b'[{"id": ')
containers("crio-images", config, layers)
put("crio-images/overlay-images/images.json", b"{{{")
# ids and links that lead outside
ids, image, records = containers("crio-escape", config, layers)
shutil.rmtree(os.path.join(out, "crio-escape/overlay", ids[1], "diff"))
os.symlink("../../../outside", os.path.join(out, "crio-escape/overlay", ids[1], "diff"))
ids, image, records = containers("crio-ids", config, layers)
records[1]["parent"] = "../../outside"
put("crio-ids/overlay-layers/layers.json", records)
# a list of entries that names a file outside, of the size that it has
ids, image, records = containers("crio-split", config, layers)
inner = json.dumps({"name": "escaped", "version": "1.0.0"}, separators=(",", ":")).encode()
f = io.BytesIO()
with tarfile.open(fileobj=f, mode="w", format=tarfile.GNU_FORMAT) as t:
    i = tarfile.TarInfo("node_modules/escaped/package.json")
    i.size = len(inner)
    t.addfile(i, io.BytesIO(inner))
put("crio-split/overlay-layers/%s.tar-split.gz" % ids[1], split(f.getvalue(), "../../../../outside/package.json"))
put("crio-split/overlay-layers/%s.tar-split.gz" % ids[2], b"\x1f\x8b\x08 no gzip")

caches, at = docker("docker-cache", config, layers)
put(at + "cache-id", b"../../outside")
caches, at = docker("docker-loop", config, layers)
put(at + "parent", ("sha256:" + at.rstrip("/").rsplit("/", 1)[1]).encode())
caches, at = docker("docker-config", config, layers)
put("docker-config/image/overlay2/imagedb/content/sha256/" + sha(config), b"{")
