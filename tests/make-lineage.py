#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the images that tests/e2e-lineage.sh reads: make-lineage.py DIRECTORY. `random.txt` says what each random image must come to, found by laying its layers on
each other one by one (the program looks from above instead)."""
import importlib.util, json, os, random, sys

out = sys.argv[1]
os.makedirs(out, exist_ok=True)
spec = importlib.util.spec_from_file_location("images", os.path.join(os.path.dirname(os.path.abspath(__file__)), "make-images.py"))
source = open(spec.origin).read().split("\nOS12 = ")[0]
images = type(sys)("images")
exec(compile(source, spec.origin, "exec"), images.__dict__)
layer, docker, config, sha = images.layer, images.docker, images.config, images.sha


def cfg(layers, created="2026-01-02T03:04:05Z", **settings):
    c = json.loads(config(layers, **settings))
    c["created"] = created
    return json.dumps(c).encode()


# ---- lineage: a base, a newer build of it, a runtime on it, applications on both, one that stands alone, two that share a base that is not there
OS = 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n'
para = images.paragraph
system = para("libc6", "2.36-9", "glibc") + para("bash", "5.2.15-2")
base = layer([("etc/os-release", OS), ("var/lib/dpkg/status", system)])
newer = layer([("etc/os-release", OS), ("var/lib/dpkg/status", system.replace("2.36-9", "2.36-10"))])
java = layer([("var/lib/dpkg/status", system + para("openjdk-17-jre-headless", "17.0.9+9-1")), ("usr/bin/sh", "x", 0o4755)])
shop = layer([("app/node_modules/left/package.json", '{"name":"left","version":"1.0.0","license":"(MIT OR GPL-3.0-only)"}'), ("app/run", "x", 0o4755)])
pay = layer([("srv/node_modules/right/package.json", '{"name":"right","version":"2.0.0","license":"AGPL-3.0-only"}'),
             ("srv/node_modules/odd/package.json", '{"name":"odd","version":"3.0.0","license":"SEE LICENSE IN x"}')])
alone = layer([("one", "1")])
hidden = layer([("etc/os-release", OS), ("etc/marker", "m")])
DATES = {"new": "2026-06-01T00:00:00Z"}


def image(name, tag, layers, **kw):
    docker(name + ".tar", layers, [tag], cfg(layers, **kw))


image("base", "registry.local/debian:12.1", [base])
image("newer", "registry.local/debian:12.2", [newer], created=DATES["new"])
image("java", "registry.local/java:17", [base, java])
image("shop", "registry.local/shop:1", [base, java, shop])
image("pay", "registry.local/pay:1", [base, pay])
image("alone", "registry.local/alone:1", [alone], Labels={"org.opencontainers.image.base.name": "docker.io/library/scratchy:1"})
image("left", "registry.local/left:1", [hidden, layer([("l", "1")])])
image("left2", "registry.local/left:2", [hidden, layer([("l", "1")]), layer([("l2", "1")])])
image("right", "registry.local/right:1", [hidden, layer([("r", "1")])])
open(os.path.join(out, "diff.txt"), "w").write("sha256:%s\n" % sha(hidden))

# ---- content, worked out by hand in the test
big = bytes(range(256)) * 40  # 10,240 bytes
content = [layer([("a/one", big), ("a/two", big[:5000]), ("a/small", "x" * 100), ("b/keep", "k" * 7000), ("b/gone", "g" * 300), ("c/deep/x", "d" * 600)]),
           layer([("a/one", big, 0o600), ("a/two", big[:6000]), ("b/.wh.gone", ""), ("c/.wh..wh..opq", ""), ("c/new", "n" * 50)]),
           layer([("copy/keep", "k" * 7000), ("a/small", "->one"), (".wh.c", "")])]
docker("content.tar", content, ["content:1"])

# ---- random images against the plain way
rnd = random.Random(5)
lines = []
for number in range(12):
    names = ["%s/%s" % (d, f) for d in ("a", "a/b", "a/b/c", "d", "e/f") for f in "wxyz"] + ["t", "u"]
    layers, shown, hidden_of, hides = [], {}, {}, {}
    copied = added = changed = removed = 0
    for i in range(rnd.randint(2, 6)):
        entries, here, gone, dirs = [], {}, set(), set()
        for p in rnd.sample(names, rnd.randint(1, 10)):
            body = rnd.choice([b"", b"s" * rnd.randint(1, 4000), b"L" * 5000, b"M" * 5000, b"L" * 9000])
            entries.append((p, body))
            here[p] = body
        free = [p for p in names if p not in here]
        for p in rnd.sample(free, min(len(free), rnd.randint(0, 3))):
            d, f = os.path.split(p)
            entries.append((os.path.join(d, ".wh." + f), ""))
            gone.add(p)
        if rnd.random() < 0.5:
            d = rnd.choice(["a", "a/b", "d", "e"])
            entries.append((d + "/.wh..wh..opq", ""))
            dirs.add(d)
        if rnd.random() < 0.3:
            d = rnd.choice(["a/b", "e/f", "e"])
            if not any(p.startswith(d + "/") for p in list(here) + list(gone)) and d not in dirs and not any(x.startswith(d + "/") for x in dirs):
                entries.append((os.path.join(os.path.dirname(d), ".wh." + os.path.basename(d)), ""))
                dirs.add(d)
        rnd.shuffle(entries)
        for p in list(shown):
            under = any(p.startswith(d + "/") for d in dirs)
            if p in here or p in gone or under:
                was, body = shown.pop(p)
                hidden_of[was] = hidden_of.get(was, 0) + len(body)
                hides[i] = hides.get(i, 0) + len(body)
                if p in here:
                    changed += 1
                    copied += len(body) if here[p] == body and len(body) >= 4096 else 0
                else:
                    removed += 1
        added += len(here)
        for p, body in here.items():
            shown[p] = (i, body)
        layers.append(layer(entries))
    bodies = [b for _, b in shown.values() if len(b) >= 4096]
    docker("random-%d.tar" % number, layers, ["random-%d:1" % number])
    lines.append("random-%d:1|%d|%d|%d|%d|%d|%d|%d|%d|%d|%s|%s" % (
        number, len(shown), sum(len(b) for _, b in shown.values()), sum(hidden_of.values()), copied, len(bodies) - len(set(bodies)),
        sum(len(b) for b in bodies) - sum(len(b) for b in set(bodies)), added - changed, changed, removed,
        ",".join(str(hidden_of.get(i, 0)) for i in range(len(layers))), ",".join(str(hides.get(i, 0)) for i in range(len(layers)))))
open(os.path.join(out, "random.txt"), "w").write("".join(x + "\n" for x in sorted(lines)))

# ---- programs that hide what they are made of, and an egg that stays a zip file
import io, struct, zipfile


def elf(ph_offset=64, segments=1, filesz=64, sh=0, sections=0, tail=b""):
    """A 64-bit program: header, one loaded segment, and what follows"""
    head = b"\x7fELF\2\1\1" + bytes(9) + struct.pack("<HHIQQQIHHHHHH", 2, 62, 1, 0, ph_offset, sh, 0, 64, 56, segments, 64, sections, 0)
    return head + struct.pack("<IIQQQQQQ", 1, 6, 0, 0x400000, 0x400000, filesz, filesz, 4096) + tail


egg = io.BytesIO()
with zipfile.ZipFile(egg, "w") as z:
    z.writestr("EGG-INFO/PKG-INFO", "Metadata-Version: 1.1\nName: zipped\nVersion: 1.4\nLicense: BSD\n")
    z.writestr("zipped/__init__.py", "")
app = io.BytesIO()
with zipfile.ZipFile(app, "w") as z:
    for name in ("one", "two"):
        z.writestr(".deps/%s-1.whl/%s-1.dist-info/METADATA" % (name, name), "Name: %s\nVersion: 1\n" % name)
docker("programs.tar", [layer([
    ("usr/bin/packed", elf(tail=bytes(4) + b"UPX!" + bytes(200)), 0o755), ("usr/bin/plain", elf(tail=bytes(2000) + b"UPX!"), 0o755),
    ("usr/bin/cut", elf(filesz=100000, tail=bytes(64)), 0o755), ("usr/bin/table", elf(sh=1 << 40, sections=3, tail=bytes(64)), 0o755),
    ("usr/lib/debug/usr/bin/cut.debug", elf(filesz=100000), 0o644), ("lib/zipped-1.4-py3.9.egg", egg.getvalue()), ("lib/broken.egg", b"PK not really"),
    ("app/app.pex", app.getvalue())])], ["programs:1"])
