#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the small image archives that tests/e2e-image.sh reads: make-images.py DIRECTORY."""
import gzip, hashlib, io, json, os, subprocess, sys, tarfile

out = sys.argv[1]


def sha(b):
    return hashlib.sha256(b).hexdigest()


def layer(entries):
    """entries: (name, content or None for a directory, mode) · (name, '->target') · (name, '=target') hard link"""
    f = io.BytesIO()
    with tarfile.open(fileobj=f, mode="w", format=tarfile.GNU_FORMAT) as t:
        for e in entries:
            i = tarfile.TarInfo(e[0])
            content = e[1]
            i.mode = e[2] if len(e) > 2 else 0o755 if content is None else 0o644
            if content is None:
                i.type = tarfile.DIRTYPE
                t.addfile(i)
            elif isinstance(content, str) and content.startswith("->"):
                i.type, i.linkname = tarfile.SYMTYPE, content[2:]
                t.addfile(i)
            elif isinstance(content, str) and content.startswith("="):
                i.type, i.linkname = tarfile.LNKTYPE, content[1:]
                t.addfile(i)
            else:
                data = content if isinstance(content, bytes) else content.encode()
                i.size = len(data)
                t.addfile(i, io.BytesIO(data))
    return f.getvalue()


def zstd(b):
    return subprocess.run(["zstd", "-q", "-c"], input=b, stdout=subprocess.PIPE, check=True).stdout


def tar(path, members):
    with tarfile.open(path, "w", format=tarfile.GNU_FORMAT) as t:
        for name, data in members:
            i = tarfile.TarInfo(name)
            if data is None:
                i.type = tarfile.DIRTYPE
                t.addfile(i)
            elif isinstance(data, str):
                i.type, i.linkname = tarfile.SYMTYPE, data
                t.addfile(i)
            else:
                i.size = len(data)
                t.addfile(i, io.BytesIO(data))


def config(layers, **settings):
    return json.dumps({
        "architecture": "amd64", "os": "linux", "created": "2026-01-02T03:04:05Z", "config": settings,
        "rootfs": {"type": "layers", "diff_ids": ["sha256:" + sha(x) for x in layers]},
        "history": [{"created_by": "step %d" % i} for i in range(len(layers))]}).encode()


def docker(name, layers, tags=None, cfg=None):
    """docker save, old layout: the second of two equal layers is a link"""
    c = cfg or config(layers)
    members, paths = [], []
    for i, x in enumerate(layers):
        members += [("%064x/" % i, None), ("%064x/VERSION" % i, b"1.0"), ("%064x/layer.tar" % i, x)]
        paths.append("%064x/layer.tar" % i)
    members += [(sha(c) + ".json", c),
                ("manifest.json", json.dumps([{"Config": sha(c) + ".json", "RepoTags": tags, "Layers": paths}]).encode())]
    tar(os.path.join(out, name), members)


def oci(name, layers, pack=gzip.compress, annotations=None, cfg=None, prefix="", nested=False, folder=False):
    c = cfg or config(layers)
    blobs = {sha(c): c}
    descriptors = []
    for x in layers:
        p = pack(x)
        blobs[sha(p)] = p
        descriptors.append({"mediaType": "application/vnd.oci.image.layer.v1.tar", "digest": "sha256:" + sha(p), "size": len(p)})
    m = json.dumps({"schemaVersion": 2, "config": {"digest": "sha256:" + sha(c), "size": len(c)}, "layers": descriptors}).encode()
    blobs[sha(m)] = m
    entry = {"mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": "sha256:" + sha(m), "size": len(m)}
    if nested:
        i = json.dumps({"schemaVersion": 2, "manifests": [
            {**entry, "platform": {"os": "linux", "architecture": "amd64"}},
            {"digest": "sha256:" + "0" * 64, "size": 1, "platform": {"os": "linux", "architecture": "arm64"}}]}).encode()
        blobs[sha(i)] = i
        entry = {"mediaType": "application/vnd.oci.image.index.v1+json", "digest": "sha256:" + sha(i), "size": len(i)}
    index = json.dumps({"schemaVersion": 2, "manifests": [{**entry, "annotations": annotations or {}}]}).encode()
    members = [(prefix + "blobs/sha256/" + d, blobs[d]) for d in sorted(blobs)]
    members += [(prefix + "oci-layout", b'{"imageLayoutVersion":"1.0.0"}'), (prefix + "index.json", index)]
    if folder:
        for n, data in members:
            os.makedirs(os.path.dirname(os.path.join(out, name, n)), exist_ok=True)
            open(os.path.join(out, name, n), "wb").write(data)
    else:
        tar(os.path.join(out, name), members)
    return blobs


def paragraph(name, version, source=None, status="install ok installed", arch="amd64"):
    return "Package: %s\n%s%sArchitecture: %s\nVersion: %s\nDescription: a\n more\n\n" % (
        name, "Status: %s\n" % status if status else "", "Source: %s\n" % source if source else "", arch, version)


OS12 = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nVERSION_ID="12"\nID=debian\n'

# Three layers: a base; an upgrade, a new package, tools and node modules; removals by whiteout and opaque directory.
base = layer([
    ("etc/", None), ("etc/os-release", "->../usr/lib/os-release"), ("usr/lib/os-release", OS12),
    ("var/lib/dpkg/status", paragraph("libfoo1", "1.0-1+b1", "foo (1.0-1)") + paragraph("bar", "1:2.0-3") +
     paragraph("ghost", "0.1-1", status="deinstall ok config-files") + paragraph("linux-libc-dev", "6.1.1-1", "linux") +
     paragraph("gapped", "1.0")),
    ("usr/bin/su", b"\x7fELF", 0o4755), ("bin/sh", b"\x7fELF", 0o755), ("usr/bin/apt-get", b"\x7fELF", 0o755), ("tmp/", None, 0o1777)])
second = layer([
    ("./var/lib/dpkg/status", paragraph("libfoo1", "1.0-2", "foo") + paragraph("bar", "1:2.0-3") + paragraph("extra", "3") +
     paragraph("linux-libc-dev", "6.1.1-1", "linux") + paragraph("gapped", "1.0")),
    ("srv/node_modules/lodash/package.json", '{"name":"lodash","version":"4.17.4","license":"MIT"}'),
    ("srv/node_modules/lodash/test/package.json", '{"name":"fixture","version":"1.0.0"}'),
    ("srv/node_modules/@scope/pkg/package.json", '{"name":"@scope/pkg","version":"1.0.0"}'),
    ("old/node_modules/gone/package.json", '{"name":"gone","version":"1.0.0"}'),
    ("opaque/node_modules/hidden/package.json", '{"name":"hidden","version":"1.0.0"}'),
    ("srv/key.pem", "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n", 0o666), ("usr/bin/curl", b"\x7fELF", 0o755)])
third = layer([
    ("usr/bin/.wh.curl", b""), ("old/.wh.node_modules", b""), ("opaque/.wh..wh..opq", b""),
    ("opaque/node_modules/new/package.json", '{"name":"new","version":"2.0.0"}'),
    # brought again unchanged, as chmod -R does: it stays as old as it was
    ("srv/node_modules/lodash/package.json", '{"name":"lodash","version":"4.17.4","license":"MIT"}')])
three = [base, second, third]
cfg = config(three, User="0:0", Env=["PATH=/bin", "DB_PASSWORD=hunter2-not-in-output"], ExposedPorts={"8080/tcp": {}, "53/udp": {}},
             Healthcheck={"Test": ["CMD", "true"]})
docker("app.docker.tar", three, ["registry.example.com:5000/team/app:1.2", "app:latest"], cfg)
oci("app.oci.tar", three, cfg=cfg, annotations={"org.opencontainers.image.ref.name": "1.2"})
oci("app-zstd.oci.tar", three, pack=zstd, cfg=cfg, prefix="./", nested=True)
oci("app-layout", three, pack=lambda b: b, cfg=cfg, folder=True)
with open(os.path.join(out, "app.docker.tar"), "rb") as f:
    open(os.path.join(out, "app.docker.tar.gz"), "wb").write(gzip.compress(f.read()))

# distroless: one file per package, no Status; md5sums files beside them
docker("distroless.tar", [layer([
    ("etc/os-release", OS12), ("var/lib/dpkg/status.d/bar", paragraph("bar", "1:2.0-3", status=None)),
    ("var/lib/dpkg/status.d/bar.md5sums", "0123 usr/bin/bar\n")]),
    layer([("var/lib/dpkg/status.d/libfoo1", paragraph("libfoo1", "1.0-1", "foo", status=None))])], ["distroless:1"])

# the database reached through two symbolic links and a hard link
docker("linked.tar", [layer([
    ("etc/os-release", OS12), ("opt/real/kept", paragraph("bar", "1:2.0-3")), ("opt/real/status", "=opt/real/kept"),
    ("opt/db", "->real"), ("var/lib/dpkg", "->../../opt/db")])], ["linked:1"])

# links that lead to themselves, names that leave the root, NUL and escape bytes
docker("hostile.tar", [layer([
    ("etc/os-release", OS12), ("var/lib/dpkg", "->loop"), ("var/lib/loop", "->dpkg"), ("../../escape", "x"), ("/abs/sh", "x"),
    ("bin/\x1b[31mred", "x", 0o4755), ("/".join(["d"] * 300) + "/x", "x")])], ["hostile:1"])

alpine = ("C:Q1aaaa=\nP:busybox\nV:1.31.1-r9\nA:x86_64\nL:GPL-2.0-only\no:busybox\nF:bin\nR:busybox\n\n"
          "C:Q1bbbb=\nP:ssl_client\nV:1.31.1-r9\nA:x86_64\no:busybox\n\n"
          "C:Q1cccc=\nP:npm\nV:14-r0\nA:x86_64\no:nodejs\nF:usr/lib/node_modules/npm\nR:package.json\n\n")
docker("alpine.tar", [layer([
    ("etc/os-release", "ID=alpine\nVERSION_ID=3.11.6\n"), ("lib/apk/db/installed", alpine),
    ("usr/lib/node_modules/npm/package.json", '{"name":"lodash","version":"4.17.4"}')])], ["alpine:3.11"])
docker("alpine-new.tar", [layer([("etc/os-release", "ID=alpine\nVERSION_ID=3.99.1\n"), ("lib/apk/db/installed", alpine)])], ["alpine:3.99"])
docker("scratch.tar", [layer([("app", b"\x7fELF", 0o755)])], ["scratch:1"])
docker("stripped.tar", [base, layer([("var/lib/dpkg/.wh.status", b"")])], ["stripped:1"])
docker("rpm.tar", [layer([("etc/os-release", 'ID="centos"\nVERSION_ID="7"\n'), ("var/lib/rpm/Packages", b"\0" * 64)])], ["rpm:1"])

# what the configuration says is not what is there; a blob that is not what its name says; a layer that ends too early
docker("swapped.tar", [base], ["swapped:1"], config([second]))
blobs = oci("x.tar", [base])
os.remove(os.path.join(out, "x.tar"))
members = []
for d in sorted(blobs):
    data = blobs[d]
    if data[:2] == b"\x1f\x8b":
        data = data[:len(data) // 2]
    members.append(("blobs/sha256/" + d, data))
manifest = [d for d in blobs if blobs[d][:1] == b"{" and b"schemaVersion" in blobs[d]][0]
members.append(("index.json", json.dumps({"manifests": [{"digest": "sha256:" + manifest, "size": 1}]}).encode()))
tar(os.path.join(out, "cut.tar"), members)

# a bomb: 400 MB of zeros in 13 kB
bomb = subprocess.run("head -c 400000000 /dev/zero | zstd -q -c", shell=True, stdout=subprocess.PIPE, check=True).stdout
docker("bomb.tar", [bomb, base], ["bomb:1"], config([b"", base]))
