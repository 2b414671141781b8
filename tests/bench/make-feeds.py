#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes feeds and images for measuring: make-feeds.py OUT RECORDS IMAGES PACKAGES.
OUT/osv: OSV records of Debian 12 as one file each, with the text that real ones have; OUT/images: docker archives of one layer."""
import hashlib, io, json, os, random, sys, tarfile

out, records, images, packages = sys.argv[1], *map(int, sys.argv[2:5])
r = random.Random(7)
names = ["lib%s%d" % (r.choice(["foo", "bar", "ssl", "xml", "png"]), i) for i in range(40000)]
words = "a flaw was found in the way that this component handles crafted input which lets a remote attacker cause a crash or run code".split()
version = lambda: "%d.%d.%d-%d+deb12u%d" % (r.randint(0, 3), r.randint(0, 20), r.randint(0, 9), r.randint(1, 5), r.randint(1, 9))

# Of one package few versions are about: images are built on few bases.
installed = {name: [version() for _ in range(4)] for name in names}

os.makedirs(out + "/osv", exist_ok=True)
for i in range(records):
    affected = []
    for name in r.sample(names, r.randint(1, 3)):
        affected.append({"package": {"ecosystem": "Debian:12", "name": name, "purl": "pkg:deb/debian/" + name},
                         "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": version()}]}],
                         "versions": [version() for _ in range(r.randint(0, 30))], "ecosystem_specific": {"urgency": "not yet assigned"}})
    record = {"schema_version": "1.6.0", "id": "DEBIAN-CVE-2024-%d" % i, "modified": "2024-0%d-01T00:00:00Z" % r.randint(1, 9), "published": "2024-01-01T00:00:00Z",
              "upstream": ["CVE-2024-%d" % i], "details": " ".join(r.choice(words) for _ in range(r.randint(50, 300))),
              "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N"}],
              "references": [{"type": "WEB", "url": "https://example.com/%d/%d" % (i, k)} for k in range(r.randint(1, 8))], "affected": affected}
    with open("%s/osv/%d.json" % (out, i), "w") as f:
        json.dump(record, f, indent=2)


def add(tar, name, text):
    info = tarfile.TarInfo(name)
    info.size = len(text)
    tar.addfile(info, io.BytesIO(text))


os.makedirs(out + "/images", exist_ok=True)
for i in range(images):
    status = "".join("Package: %s\nStatus: install ok installed\nArchitecture: amd64\nVersion: %s\n\n" % (n, r.choice(installed[n])) for n in r.sample(names[:5000], packages))
    layer = io.BytesIO()
    with tarfile.open(fileobj=layer, mode="w") as t:
        add(t, "etc/os-release", b'ID=debian\nVERSION_ID="12"\n')
        add(t, "var/lib/dpkg/status", status.encode())
    diff = "sha256:" + hashlib.sha256(layer.getvalue()).hexdigest()
    config = json.dumps({"os": "linux", "architecture": "amd64", "config": {}, "number": i, "rootfs": {"type": "layers", "diff_ids": [diff]}}).encode()
    with tarfile.open("%s/images/%d.tar" % (out, i), "w") as t:
        add(t, "manifest.json", json.dumps([{"Config": "c.json", "RepoTags": ["app:%d" % i], "Layers": ["l.tar"]}]).encode())
        add(t, "c.json", config)
        add(t, "l.tar", layer.getvalue())
