#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes feeds and images for measuring: make-feeds.py OUT RECORDS IMAGES PACKAGES [VULNS.DB].
OUT/osv: OSV records of Debian 12 as one file each, with the text that real ones have; OUT/images: docker archives of one layer. With a
feeds database the images hold packages that its feeds name, and OUT/osv is not made.

Densities as measured in real data. Debian 12 in the Debian tracker's fixes: 34 statements per source package named, 2.7 per record over all feeds.
Real images of Debian 12, 9 and Alpine 3.10 (python, distroless, alpine): 24, 50 and 43 % of the packages are named by the feeds of their release, and 11 %
of the statements about them hold. A thousand images are built on few bases: a quarter of an image is one of 60 bases (20, each of three dates), and the
rest are drawn by rank (Zipf) from one pool, in one of four versions."""
import hashlib, io, json, os, random, sqlite3, sys, tarfile

out, records, images, packages = sys.argv[1], *map(int, sys.argv[2:5])
r = random.Random(7)
NAMED, HOLDS, BASES, DATES, VERSIONS = 0.36, 0.11, 20, 3, 4
words = "a flaw was found in the way that this component handles crafted input which lets a remote attacker cause a crash or run code".split()
FIXES = 1000


def version(n):
    """The n-th of FIXES versions in order."""
    return "%d.%d.%d-1+deb12u1" % (1 + n // 100, n // 10 % 10, n % 10)


def installed(fixes):
    """A version that HOLDS of the statements still hold for, more or less."""
    return fixes[min(len(fixes) - 1, int(len(fixes) * (1 - r.uniform(0, 2 * HOLDS))))]


def synthetic():
    names = ["lib%s%d" % (r.choice(["foo", "bar", "ssl", "xml", "png"]), i) for i in range(max(1, int(records * 2.7 / 34)))]
    fixes = {name: [version(0)] for name in names}
    os.makedirs(out + "/osv", exist_ok=True)
    for i in range(records):
        affected = []
        for name in r.sample(names, r.choice([1, 2, 3, 5])):
            n = r.randrange(FIXES)
            fixes[name].append(version(n))
            affected.append({"package": {"ecosystem": "Debian:12", "name": name, "purl": "pkg:deb/debian/" + name},
                             "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": version(n)}]}],
                             "versions": [version(r.randrange(n + 1)) for _ in range(r.randint(0, 30))], "ecosystem_specific": {"urgency": "not yet assigned"}})
        record = {"schema_version": "1.6.0", "id": "DEBIAN-CVE-2024-%d" % i, "modified": "2024-0%d-01T00:00:00Z" % r.randint(1, 9), "published": "2024-01-01T00:00:00Z",
                  "upstream": ["CVE-2024-%d" % i], "details": " ".join(r.choice(words) for _ in range(r.randint(50, 300))),
                  "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N"}],
                  "references": [{"type": "WEB", "url": "https://example.com/%d/%d" % (i, k)} for k in range(r.randint(1, 8))], "affected": affected}
        with open("%s/osv/%d.json" % (out, i), "w") as f:
            json.dump(record, f, indent=2)
    return {name: sorted(v, key=lambda t: [int(x) for x in t.split("-")[0].split(".")]) for name, v in fixes.items()}


def real(path):
    fixes = {}
    for name, fixed in sqlite3.connect(path).execute("SELECT package, fixed FROM affected a JOIN scope s ON s.id = a.scope WHERE ecosystem = 'Debian' AND release = '12'"
                                                     " AND fixed IS NOT NULL AND status = 'affected' ORDER BY package, length(fixed), fixed"):
        fixes.setdefault(name, []).append(fixed)
    return fixes


fixes = real(sys.argv[5]) if len(sys.argv) > 5 else synthetic()
others = ["other-%d" % i for i in range(int(len(fixes) / NAMED))]
# The pool by rank: a package that a feed names stands at each rank with the share that was measured.
named, pool = list(fixes), []
r.shuffle(named)
while named or others:
    take = named if named and (r.random() < NAMED or not others) else others
    pool.append(take.pop())
versions = {name: [installed(fixes[name]) if name in fixes else version(r.randrange(FIXES)) for _ in range(VERSIONS)] for name in pool}
weights = [1 / (rank + 20) for rank in range(len(pool))]


def draw(n):
    picked = {}
    while len(picked) < n:
        for name in r.choices(pool, weights, k=n):
            if len(picked) < n:
                picked.setdefault(name, r.choice(versions[name]))
    return picked


def dated(base):
    return {name: r.choice(versions[name]) if r.random() < 0.3 else v for name, v in base.items()}


packages = min(packages, len(pool) // 2)
bases = [dated(base) for base in [draw(packages // 4) for _ in range(BASES)] for _ in range(DATES)]


def add(tar, name, text):
    info = tarfile.TarInfo(name)
    info.size = len(text)
    tar.addfile(info, io.BytesIO(text))


os.makedirs(out + "/images", exist_ok=True)
for i in range(images):
    held = dict(r.choice(bases))
    while len(held) < packages:
        for name, v in draw(packages - len(held)).items():
            held.setdefault(name, v)
    status = "".join("Package: %s\nStatus: install ok installed\nArchitecture: amd64\nVersion: %s\n\n" % nv for nv in held.items())
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
