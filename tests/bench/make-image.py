#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes an OCI archive and its docker-save twin for the bench: make-image.py DIRECTORY MEGABYTES. Three gzip layers of this machine's own
packages, with their database, MEGABYTES together when packed; layers.txt lists the packed layers. make-image.py DIRECTORY entries=N: one layer of N small files."""
import gzip, hashlib, io, json, os, sys, tarfile

out, what = sys.argv[1], sys.argv[2]
os.makedirs(out, exist_ok=True)
sha = lambda b: hashlib.sha256(b).hexdigest()


def files(tops):
    for top in tops:
        for d, dirs, names in os.walk(top):
            dirs.sort()
            for n in sorted(names):
                p = os.path.join(d, n)
                if os.path.isfile(p) and not os.path.islink(p) and os.path.getsize(p) < 8 << 20:
                    yield p


# As images are laid: the base with its package database and documents, what was installed on it, and an application's own folder.
BASE = ["/etc/os-release", "/usr/lib/os-release", "/var/lib/dpkg", "/usr/share/doc", "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu"]
MORE = ["/usr/bin", "/usr/sbin", "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib/gcc", "/usr/share", "/usr/lib"]
APPLICATION = ["/usr/lib/python3", "/usr/share/perl", "/usr/lib/python3.11", "/usr/share", "/usr/lib"]


def real_layers(megabytes):
    target, layers, seen = megabytes * 1000000 // 3, [], set()
    for tops, to in ((BASE, ""), (MORE, ""), (APPLICATION, "app/")):
        f, packed = io.BytesIO(), io.BytesIO()
        with gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=6, mtime=0) as z, tarfile.open(fileobj=f, mode="w") as t:
            at = 0
            for p in [x for x in tops if os.path.isfile(x)] + list(files(tops)) if not to else files(tops):
                if p in seen:
                    continue
                seen.add(p)
                t.add(os.path.realpath(p), to + p[1:], recursive=False)
                f.seek(at)
                z.write(f.read())
                at = f.tell()
                if packed.tell() > target:
                    break
        f.seek(at)
        rest = f.read()
        packed = packed.getvalue() + gzip.compress(rest, mtime=0)
        layers.append((f.getvalue(), packed))
    return layers


def many_entries(n):
    f = io.BytesIO()
    with tarfile.open(fileobj=f, mode="w") as t:
        for i in range(n):
            t.addfile(tarfile.TarInfo("srv/%03d/%03d/file-%d.txt" % (i % 997, i % 31, i)))
    return [(f.getvalue(), gzip.compress(f.getvalue(), 1, mtime=0))]


layers = many_entries(int(what[8:])) if what.startswith("entries=") else real_layers(int(what))
config = json.dumps({"architecture": "amd64", "os": "linux", "config": {}, "rootfs": {"type": "layers", "diff_ids": ["sha256:" + sha(p) for p, _ in layers]}}).encode()
OCI = "application/vnd.oci.image."
manifest = json.dumps({"schemaVersion": 2, "mediaType": OCI + "manifest.v1+json",
                       "config": {"mediaType": OCI + "config.v1+json", "digest": "sha256:" + sha(config), "size": len(config)},
                       "layers": [{"mediaType": OCI + "layer.v1.tar+gzip", "digest": "sha256:" + sha(z), "size": len(z)} for _, z in layers]}).encode()


def tar(name, members):
    with tarfile.open(os.path.join(out, name), "w") as t:
        for n, b in members:
            i = tarfile.TarInfo(n)
            i.type = tarfile.DIRTYPE if b is None else tarfile.REGTYPE
            i.size = len(b or b"")
            t.addfile(i, io.BytesIO(b or b""))


index = json.dumps({"schemaVersion": 2, "mediaType": OCI + "index.v1+json",
                    "manifests": [{"mediaType": OCI + "manifest.v1+json", "digest": "sha256:" + sha(manifest), "size": len(manifest)}]}).encode()
tar("oci.tar", [("oci-layout", b'{"imageLayoutVersion":"1.0.0"}'), ("index.json", index), ("blobs", None), ("blobs/sha256", None)] + [("blobs/sha256/" + sha(b), b) for b in [config, manifest] + [z for _, z in layers]])
tar("docker.tar", [(sha(p) + ".tar", p) for p, _ in layers] + [(sha(config) + ".json", config), ("manifest.json", json.dumps(
    [{"Config": sha(config) + ".json", "RepoTags": ["bench:1"], "Layers": [sha(p) + ".tar" for p, _ in layers]}]).encode())])
for i, (_, z) in enumerate(layers):
    with open(os.path.join(out, "layer%d.tar.gz" % i), "wb") as f:
        f.write(z)
print("%d layers, %d MB packed, %d MB plain" % (len(layers), sum(len(z) for _, z in layers) // 1000000, sum(len(p) for p, _ in layers) // 1000000))
