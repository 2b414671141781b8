#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the images that tests/e2e-traps.sh reads: make-traps.py DIRECTORY. Each holds one thing that scanners are known to get wrong."""
import gzip, hashlib, importlib, io, json, os, sys, tarfile, zipfile

out = sys.argv[1]
os.makedirs(out, exist_ok=True)
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
images = importlib.import_module("make-images")
layer, docker, oci, paragraph, sha, tar, config = images.layer, images.docker, images.oci, images.paragraph, images.sha, images.tar, images.config
for left in os.listdir(out):
    if os.path.isfile(os.path.join(out, left)):
        os.remove(os.path.join(out, left))
OS = 'ID=%s\nVERSION_ID="%s"\n'
STATUS = "var/lib/dpkg/status"
deb = lambda *names: "".join(paragraph(n, "1.0") for n in names)
package = lambda name, version="1.0.0": json.dumps({"name": name, "version": version})


def one(name, *layers):
    docker(name + ".tar", [layer(l) for l in layers], [name + ":1"])


# ---- dpkg
one("states", [("etc/os-release", images.OS12), (STATUS,
    paragraph("held", "1", status="hold ok installed") + paragraph("gone", "1", status="deinstall ok config-files") +
    paragraph("half", "1", status="install reinstreq half-installed") + paragraph("unpacked", "1", status="install ok unpacked") +
    paragraph("waiting", "1", status="install ok triggers-awaited") + paragraph("never", "1", status="unknown ok not-installed") +
    paragraph("both", "1") + paragraph("both", "1", arch="i386"))])
one("blank", [("etc/os-release", images.OS12), (STATUS, "\n\n" + deb("late"))])
one("reordered", [("etc/os-release", images.OS12), (STATUS, "Version: 1.0\nArchitecture: all\nStatus: install ok installed\nPackage: last\n")])
one("empty", [("etc/os-release", images.OS12), (STATUS, "")])
one("again", [("etc/os-release", images.OS12), (STATUS, deb("a", "b"))], [("var/lib/dpkg/.wh.status", "")], [(STATUS, deb("b", "c"))])
one("both-in-one", [("etc/os-release", images.OS12), (STATUS, deb("old"))], [("var/lib/dpkg/.wh.status", ""), (STATUS, deb("new"))])
one("opaque", [("etc/os-release", images.OS12), ("var/lib/dpkg/status.d/a", deb("a")), ("var/lib/dpkg/status.d/b", deb("b"))],
    [("var/lib/dpkg/status.d/.wh..wh..opq", ""), ("var/lib/dpkg/status.d/c", deb("c"))], [("var/lib/dpkg/status.d/.wh.c", ""), ("var/lib/dpkg/status.d/d", deb("d"))])
one("moved", [("etc/os-release", images.OS12), ("data/dpkg/status", deb("here")), ("var/lib/dpkg", "->/data/dpkg")], [("data/dpkg/status", deb("here", "more"))])
one("folder-for-file", [("etc/os-release", images.OS12), ("srv/node_modules/a/package.json", package("a")), ("srv/node_modules/b/package.json", package("b"))],
    [("srv/node_modules/a", "a file now")])
one("twice", [("etc/os-release", images.OS12), ("n/node_modules/a/package.json", package("a", "1.0.0")), ("n/node_modules/a/package.json", package("a", "2.0.0"))])
same = layer([("etc/os-release", images.OS12), (STATUS, deb("a")), ("n/node_modules/n/package.json", package("n"))])
docker("same-layer.tar", [same, same, layer([("x", "y")]), same], ["same-layer:1"])

# ---- apk
apk = lambda *names: "".join("C:Q1%s=\nP:%s\nV:1.0-r0\nA:x86_64\no:%s\n\n" % (n, n, n) for n in names)
one("usr-lib", [("etc/os-release", OS % ("alpine", "3.22.1")), ("lib", "->usr/lib"), ("usr/lib/apk/db/installed", apk("musl"))])
one("usr-lib-moved", [("etc/os-release", OS % ("alpine", "3.21.1")), ("lib/apk/db/installed", apk("musl", "old"))],
    [("etc/os-release", OS % ("alpine", "3.22.1")), (".wh.lib", ""), ("lib", "->usr/lib"), ("usr/lib/apk/db/installed", apk("musl"))])
one("edge", [("etc/os-release", OS % ("alpine", "3.23_alpha20250612")), ("lib/apk/db/installed", apk("musl"))])
one("wolfi", [("etc/os-release", OS % ("wolfi", "20230201")), ("usr/lib/apk/db/installed", apk("glibc"))])

# ---- which release it is
one("only-usr", [("usr/lib/os-release", OS % ("debian", "12")), (STATUS, deb("a"))])
one("debian-version", [("etc/debian_version", "11.7\n"), (STATUS, deb("a"))])
one("debian-sid", [("etc/debian_version", "trixie/sid\n"), (STATUS, deb("a"))])
one("redhat-release", [("etc/redhat-release", "CentOS Linux release 7.9.2009 (Core)\n"), ("x", "y")])
one("rhel-release", [("etc/redhat-release", "Red Hat Enterprise Linux Server release 6.10 (Santiago)\n"), ("x", "y")])
one("no-release", [(STATUS, deb("a"))])
one("dangling", [("etc/os-release", "->../usr/lib/os-release"), ("etc/alpine-release", "3.18.4\n"), ("lib/apk/db/installed", apk("musl"))])

# ---- Python
one("python", [("usr/lib/python3.9/site-packages/dev.egg-link", "/src/dev\n.\n"), ("src/dev/dev.egg-info/PKG-INFO", "Metadata-Version: 1.0\nName: dev\nVersion: 0.3\n"),
               ("opt/venv/lib/python3.9/site-packages/Flask_Cors-3.0.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: Flask.Cors\nVersion: 3.0.0\n"),
               ("opt/other/lib/python3.9/site-packages/Flask_Cors-3.0.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: Flask.Cors\nVersion: 3.0.0\n"),
               ("src/sdist-1.0/PKG-INFO", "Metadata-Version: 1.0\nName: sdist\nVersion: 1.0\n")])

# ---- Node
one("node", [("app/node_modules/noversion/package.json", '{"name": "noversion"}'), ("app/node_modules/number/package.json", '{"name": "number", "version": 3}'),
             ("app/node_modules/a/node_modules/b/package.json", package("b")), ("app/node_modules/a/package.json", package("a")),
             ("app/node_modules/bom/package.json", b"\xef\xbb\xbf" + package("bom").encode()), ("app/node_modules/@s/x/esm/package.json", '{"type": "module"}'),
             ("app/node_modules/.package-lock.json", json.dumps({"lockfileVersion": 3, "packages": {"node_modules/ghost": {"version": "1.0.0"}}})),
             ("app/node_modules/broken/package.json", "{")])


# ---- Java
def jar(*entries):
    f = io.BytesIO()
    with zipfile.ZipFile(f, "w") as z:
        for n, d in entries:
            z.writestr(zipfile.ZipInfo(n), d)
    return f.getvalue()


manifest = lambda text: ("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\n" + text)
pom = lambda g, a, v: ("META-INF/maven/%s/%s/pom.properties" % (g, a), "version=%s\ngroupId=%s\nartifactId=%s\n" % (v, g, a))
one("java", [("a/commons-io-2.4.jar", jar(manifest("Bundle-SymbolicName: org.apache.commons.io\nImplementation-Vendor-Id: org.apache\nImplementation-Version: 2.4\n"))),
             ("a/spring-beans-5.3.17.jar", jar(manifest("Implementation-Title: spring-beans\nAutomatic-Module-Name: spring.beans\nImplementation-Version: 5.3.17\n"))),
             ("a/spring-boot-starter-web-2.6.5.jar", jar(manifest("x: y\n"))), ("a/app.jar", jar(manifest("Implementation-Version: 1.0-SNAPSHOT\n"))), ("a/nothing.jar", jar(("x.class", "x"))),
             ("a/shaded.jar", jar(pom("org.all", "all", "1"), pom("org.in", "in", "2"))),
             ("a/deep.ear", jar(("web.war", jar(("WEB-INF/lib/log4j-core-2.14.1.jar", jar(pom("org.apache.logging.log4j", "log4j-core", "2.14.1"))))))),
             ("a/notazip.jar", "plain text")])

# ---- what attacks the reader: told, bounded, and the rest counts
import struct
deep = jar(pom("org.deep", "end", "1"))
for _ in range(40):
    deep = jar(pom("org.deep", "ring", "1"), ("in.jar", deep))
f = io.BytesIO()
with zipfile.ZipFile(f, "w", zipfile.ZIP_DEFLATED) as z:
    z.writestr(zipfile.ZipInfo("META-INF/maven/g/bomb/pom.properties"), b" " * 50000000, zipfile.ZIP_DEFLATED)


def elf(sh, size, count, names):
    """A 64-bit program with nothing but its header: where sections lie is the caller's to say"""
    return b"\x7fELF\2\1\1" + bytes(9) + struct.pack("<HHIQQQIHHHHHH", 2, 62, 1, 0, 64, sh, 0, 64, 56, 1, size, count, names) + bytes(56) + b"\xff Go buildinf:"


attacks = [("etc/os-release", images.OS12), (STATUS, deb("a")), ("a/deep.jar", deep), ("b/bomb.jar", f.getvalue()),
           ("c/beyond", elf(2**64 - 64, 64, 65535, 0)), ("c/wraps", elf(2**64 - 32, 65535, 65535, 65534)), ("c/over-itself", elf(0, 64, 2, 1)),
           ("n/node_modules/after/package.json", package("after"))]


def lying(size):
    """A layer whose last file says that it has `size` bytes"""
    data = bytearray(layer([("n/node_modules/before-%s/package.json" % ("more" if size > 1000 else "less"), package("before-more" if size > 1000 else "before-less")), ("x", b"y" * 700)]))
    at = 512
    while data[at:at + 2] != b"x\0":
        at += 512
    data[at + 124:at + 136] = b"\x80" + size.to_bytes(11, "big")
    data[at + 148:at + 156] = b" " * 8
    data[at + 148:at + 156] = b"%06o\0 " % sum(data[at:at + 512])
    return bytes(data)


for name, size in (("size-more", 2**62), ("size-less", 3)):
    docker(name + ".tar", [layer(attacks[:2]), lying(size), layer([("n/node_modules/m/package.json", package("m"))])], [name + ":1"])
one("attacks", attacks)
# Hard links without number; of two entries of one path the last counts
links = io.BytesIO()
with tarfile.open(fileobj=links, mode="w", format=tarfile.GNU_FORMAT) as t:
    def entry(path, data=None, to=None):
        i = tarfile.TarInfo(path)
        i.size = len(data or b"")
        if to:
            i.type, i.linkname = tarfile.LNKTYPE, to
        t.addfile(i, io.BytesIO(data or b""))
    entry("s/one", package("one").encode())
    entry("n/node_modules/x/package.json", package("x").encode())
    entry("n/node_modules/y/package.json", package("y").encode())
    entry("n/node_modules/x/package.json", to="n/node_modules/y/package.json")  # a link over a file
    entry("n/node_modules/z/package.json", to="n/node_modules/y/package.json")
    entry("n/node_modules/z/package.json", package("z").encode())  # a file over a link
    entry("r/node_modules/r/package.json", to="r/node_modules/q/package.json")
    entry("r/node_modules/q/package.json", to="r/node_modules/r/package.json")  # a ring
    for k in range(150000):
        entry("d/%d" % k, to="s/one")
docker("links.tar", [layer([("etc/os-release", images.OS12)]), links.getvalue()], ["links:1"])

# ---- archives
base = layer([("etc/os-release", images.OS12), (STATUS, deb("a"))])
more = layer([("n/node_modules/m/package.json", package("m"))])
oci("members.tar", [base, more], pack=lambda b: gzip.compress(b[:700]) + gzip.compress(b[700:]), annotations={"io.containerd.image.name": "docker.io/library/members:1", "org.opencontainers.image.ref.name": "1"})


def v7(data):
    """The same archive as tar wrote it before POSIX: no magic"""
    raw, at = bytearray(data), 0
    while at + 512 <= len(raw) and raw[at]:
        size = int(raw[at + 124:at + 135].split(b"\0")[0] or b"0", 8)
        raw[at + 257:at + 500] = b"\0" * 243
        raw[at + 148:at + 156] = b" " * 8
        raw[at + 148:at + 156] = b"%06o\0 " % sum(raw[at:at + 512])
        at += 512 + (size + 511) // 512 * 512
    return bytes(raw)


docker("v7.tar", [v7(base), v7(more)], ["v7:1"])
docker("zstd-skippable.tar", [base], ["zstd-skippable:1"], None)
skip = b"\x50\x2a\x4d\x18\x04\0\0\0abcd"
oci("zstd-skippable.tar", [base, more], pack=lambda b: skip + images.zstd(b), annotations={"io.containerd.image.name": "docker.io/library/zstd-skippable:1"})

# Long names in each form that tar knows
long = "p/" + "/".join("d" * 60 for _ in range(4)) + "/node_modules/long/package.json"
for form, name in ((tarfile.PAX_FORMAT, "pax"), (tarfile.GNU_FORMAT, "gnu")):
    f = io.BytesIO()
    with tarfile.open(fileobj=f, mode="w", format=form) as t:
        i = tarfile.TarInfo(long)
        data = package("long").encode()
        i.size = len(data)
        t.addfile(i, io.BytesIO(data))
        l = tarfile.TarInfo("q/node_modules/linked/package.json")
        l.type, l.linkname = tarfile.LNKTYPE, long
        t.addfile(l)
    docker(name + ".tar", [f.getvalue()], [name + ":1"])

# Two platforms, an attestation, a signature, one platform that was not pulled
def descriptor(data, **more):
    return {"digest": "sha256:" + sha(data), "size": len(data), **more}


def manifest_of(layers, cfg, **more):
    return json.dumps({"schemaVersion": 2, "config": descriptor(cfg, mediaType="application/vnd.oci.image.config.v1+json"), "layers": [descriptor(x) for x in layers], **more}).encode()


arm = layer([("etc/os-release", images.OS12), (STATUS, paragraph("arm-only", "1", arch="arm64"))])
cfg1, cfg2 = config([base]), config([arm]).replace(b"amd64", b"arm64")
m1, m2 = manifest_of([base], cfg1), manifest_of([arm], cfg2)
statement = b'{"_type":"https://in-toto.io/Statement/v0.1"}'
cfg3 = config([statement]).replace(b"amd64", b"unknown").replace(b"linux", b"unknown")
m3 = manifest_of([statement], cfg3)
empty = b"{}"
signature = json.dumps({"schemaVersion": 2, "artifactType": "application/vnd.dev.cosign.artifact.sig.v1+json", "config": descriptor(empty, mediaType="application/vnd.oci.empty.v1+json"),
                        "layers": [descriptor(statement)]}).encode()
index = json.dumps({"schemaVersion": 2, "manifests": [
    descriptor(m1, platform={"os": "linux", "architecture": "amd64"}), descriptor(m2, platform={"os": "linux", "architecture": "arm64"}),
    descriptor(m3, platform={"os": "unknown", "architecture": "unknown"}, annotations={"vnd.docker.reference.type": "attestation-manifest"}),
    {"digest": "sha256:" + "1" * 64, "size": 5, "platform": {"os": "windows", "architecture": "amd64"}}]}).encode()
top = json.dumps({"manifests": [descriptor(index, annotations={"org.opencontainers.image.ref.name": "docker.io/library/multi:1"}), descriptor(signature)]}).encode()
blobs = [base, arm, cfg1, cfg2, m1, m2, statement, cfg3, m3, empty, signature, index]
tar(os.path.join(out, "multi.tar"), [("blobs/sha256/" + sha(b), b) for b in blobs] + [("index.json", top)])

# A layer that is only to be had from a registry
foreign = manifest_of([base], cfg := config([b"foreign", base]))
doc = json.loads(foreign)
doc["layers"].insert(0, {"mediaType": "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", "digest": "sha256:" + "2" * 64, "size": 9, "urls": ["https://example.com/x"]})
foreign = json.dumps(doc).encode()
tar(os.path.join(out, "foreign.tar"), [("blobs/sha256/" + sha(b), b) for b in (base, cfg, foreign)] + [("index.json", json.dumps({"manifests": [descriptor(foreign, annotations={"io.containerd.image.name": "docker.io/library/foreign:1"})]}).encode())])

# docker save before 1.10: "repositories" and a JSON document per layer
ids = ["a" * 64, "b" * 64]
tar(os.path.join(out, "v1.tar"), [
    (ids[0] + "/VERSION", b"1.0"), (ids[0] + "/json", json.dumps({"id": ids[0], "created": "2014-01-01T00:00:00Z", "os": "linux", "architecture": "amd64", "container_config": {"Cmd": ["/bin/sh", "-c", "#(nop) ADD file"]}}).encode()), (ids[0] + "/layer.tar", base),
    (ids[1] + "/VERSION", b"1.0"), (ids[1] + "/json", json.dumps({"id": ids[1], "parent": ids[0], "created": "2014-01-02T00:00:00Z", "os": "linux", "architecture": "amd64", "config": {"User": "app"}}).encode()), (ids[1] + "/layer.tar", more),
    ("repositories", json.dumps({"v1": {"1": ids[1]}}).encode())])

# ---- stores on disk: containerd's, and a registry's
def put(path, data):
    path = os.path.join(out, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    open(path, "wb").write(data)


for b in blobs:
    put("containerd/io.containerd.content.v1.content/blobs/sha256/" + sha(b), b)
    put("registry/docker/registry/v2/blobs/sha256/%s/%s/data" % (sha(b)[:2], sha(b)), b)
put("containerd/io.containerd.metadata.v1.bolt/meta.db", b"x")
put("registry/docker/registry/v2/repositories/team/app/_manifests/tags/1.2/current/link", ("sha256:" + sha(index)).encode())
put("registry/docker/registry/v2/repositories/team/app/_manifests/tags/lost/current/link", ("sha256:" + "3" * 64).encode())
