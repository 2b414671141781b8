#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes what tests/e2e-feed-traps.sh reads: make-feed-traps.py DIRECTORY CASES...

A file of cases (tests/fixtures/feed-traps/*.txt) is a world: feeds, and images that are judged by them. Indented lines belong to the line above.

  feed NAME            a feed's file; its lines are indented by two blanks
  image NAME           an image; "# why" may follow
    os ID VERSION      etc/os-release ('-': none) of the layer; without VERSION it has none
    layer              what follows lies in the next layer; a database is given whole in each layer that has it
    deb NAME VERSION [SOURCE [(VERSION)]] [; STATUS]      apk NAME VERSION [ORIGIN]
    rpm NAME [E:]V-R [SOURCE-V-R] [; MODULE or files=PATH] in rpmdb.sqlite; rpmdb ndb (or bdb): in that one
    manifest NAME [E:]V-R [SOURCE]                        the file of text that stands for a database in distroless Mariner
    status.d NAME VERSION [SOURCE]                        distroless
    py NAME VERSION [PLACE]    npm NAME VERSION [PLACE]   gem NAME VERSION [PLATFORM]
    nuget NAME VERSION         jar PATH G:A:V...          rust NAME VERSION
    go PATH GOVERSION [MODULE VERSION [=> MODULE VERSION]]...   the first is the main module; '_' of GOVERSION is a blank
    file PATH TEXT     with \\n            owned PACKAGE PATH   dpkg's list of a package's files
    gone PATH          a whiteout          opaque PATH
    want COMPONENT VERSION LAYER VULNERABILITY FIXED STATUS   one line of what must come out, and nothing beside it
    unassessed TEXT    one line of what cannot be judged
"""
import gzip, importlib, json, os, shutil, sys, tempfile, zlib

target, files = sys.argv[1], sys.argv[2:]
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
# Another maker's functions; the images that it makes itself are thrown away.
sys.argv[1] = scratch = tempfile.mkdtemp()
stack = importlib.import_module("make-inventory")
images = stack.images


FORMS = {"sqlite": ("var/lib/rpm/rpmdb.sqlite", lambda rows: stack.sqlite(rows, [])[0]), "ndb": ("usr/lib/sysimage/rpm/Packages.db", stack.ndb),
         "bdb": ("var/lib/rpm/Packages", lambda rows: stack.bdb(rows, "<"))}


class Layer:
    def __init__(self):
        self.entries, self.deb, self.apk, self.rpm, self.manifest, self.crates, self.form = [], "", "", [], "", [], "sqlite"

    def add(self, path, data):
        self.entries.append((path, data))

    def bytes(self):
        if self.deb:
            self.add("var/lib/dpkg/status", self.deb)
        if self.apk:
            self.add("lib/apk/db/installed", self.apk)
        if self.rpm:
            path, make = FORMS[self.form]
            self.add(path, make(self.rpm))
        if self.manifest:
            self.add("var/lib/rpmmanifest/container-manifest-2", self.manifest)
        if self.crates:
            audit = json.dumps({"packages": [{"name": n, "version": v, "source": "crates.io"} for n, v in self.crates]})
            self.add("usr/bin/rusty", stack.elf([(".dep-v0", zlib.compress(audit.encode()))]))
        return images.layer(self.entries)


def put_deb(l, a, more):
    l.deb += images.paragraph(a[0], a[1], " ".join(a[2:]) or None, more or "install ok installed")


def put_apk(l, a, more):
    l.apk += "C:Q1%s=\nP:%s\nV:%s\nA:x86_64\no:%s\n\n" % (a[0], a[0], a[1], a[2] if len(a) > 2 else a[0])


def evr(text):
    epoch, colon, rest = text.rpartition(":")
    return int(epoch) if colon else None, *rest.split("-")


def put_rpm(l, a, more):
    epoch, version, release = evr(a[1])
    l.rpm.append(stack.header(a[0], version, release, epoch, source=(a[2] if len(a) > 2 else "%s-%s-%s" % (a[0], version, release)) + ".src.rpm",
                              **({"files": [more[6:]]} if more.startswith("files=") else {"module": more or None})))


def put_manifest(l, a, more):
    epoch, version, release = evr(a[1])
    l.manifest += "\t".join([a[0], "%s-%s" % (version, release), "1", "1", "Vendor", "(none)" if epoch is None else str(epoch), "1", "x86_64", str(epoch or 0),
                             "%s-%s-%s.src.rpm" % (a[2] if len(a) > 2 else a[0], version, release)]) + "\n"


def put_go(l, a, more):
    text, rest, first = "path\t%s/cmd\n" % (a[2] if len(a) > 2 else "x"), a[2:], True
    while rest:
        word = "=>" if rest[0] == "=>" else "mod" if first else "dep"
        rest = rest[1:] if rest[0] == "=>" else rest
        text += "%s\t%s\t%s\n" % (word, rest[0], rest[1])
        rest, first = rest[2:], False
    info, version = stack.marks[0] + text.encode() + stack.marks[1], a[1].replace("_", " ").encode()
    data = b"\xff Go buildinf:" + bytes([8, 2]) + b"\0" * 16 + stack.varint(len(version)) + version + stack.varint(len(info)) + info
    l.add(a[0], stack.elf([(".go.buildinfo", data)]))


def put_gem(l, a, more):
    l.add("usr/lib/ruby/gems/3.1.0/specifications/%s.gemspec" % "-".join(a),
          'Gem::Specification.new do |s|\n  s.name = "%s".freeze\n  s.version = "%s"\n%send\n' % (a[0], a[1], '  s.platform = "%s".freeze\n' % a[2] if len(a) > 2 else ""))


def place(a, default):
    return a[2] if len(a) > 2 else default


PUT = {
    "deb": put_deb, "apk": put_apk, "rpm": put_rpm, "manifest": put_manifest, "go": put_go, "gem": put_gem,
    "rpmdb": lambda l, a, more: setattr(l, "form", a[0]),
    "os": lambda l, a, more: a[0] != "-" and l.add("etc/os-release", "ID=%s\n%s" % (a[0], 'VERSION_ID="%s"\n' % a[1] if len(a) > 1 else "")),
    "status.d": lambda l, a, more: l.add("var/lib/dpkg/status.d/" + a[0], images.paragraph(a[0], a[1], a[2] if len(a) > 2 else None, None)),
    "py": lambda l, a, more: l.add("%s/%s-%s.dist-info/METADATA" % (place(a, "opt/venv/lib/python3.11/site-packages"), a[0].replace("-", "_"), a[1]),
                                   "Metadata-Version: 2.1\nName: %s\nVersion: %s\n" % (a[0], a[1])),
    "npm": lambda l, a, more: l.add("%s/node_modules/%s/package.json" % (place(a, "srv"), a[0]), json.dumps({"name": a[0], "version": a[1]})),
    "nuget": lambda l, a, more: l.add("app/%s.deps.json" % a[0], json.dumps({"libraries": {"%s/%s" % (a[0], a[1]): {"type": "package"}}})),
    "jar": lambda l, a, more: l.add(a[0], stack.jar([stack.pom(*g.split(":")) for g in a[1:]])),
    "rust": lambda l, a, more: l.crates.append((a[0], a[1])),
    "file": lambda l, a, more: l.add(a[0], " ".join(a[1:]).encode().decode("unicode_escape")),
    "owned": lambda l, a, more: l.add("var/lib/dpkg/info/%s.list" % a[0], "/.\n/%s\n" % "\n/".join(a[1:])),
    "gone": lambda l, a, more: l.add(os.path.dirname(a[0]) + "/.wh." + os.path.basename(a[0]), ""),
    "opaque": lambda l, a, more: l.add(a[0] + "/.wh..wh..opq", ""),
}


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as f:
        f.write(text)


def make(cases, out):
    feeds, found, block = {}, {}, None
    for number, line in enumerate(open(cases), 1):
        line = line.rstrip("\n")
        if not line.strip() or (line.startswith("#")):
            continue
        if not line.startswith(" "):
            kind, name = line.split("#")[0].split()
            block = feeds.setdefault(name, []) if kind == "feed" else found.setdefault(name, {"layers": [Layer()], "want": [], "unassessed": []})
        elif isinstance(block, list):
            block.append(line[2:])
        else:
            words, _, more = (line if line.lstrip().startswith(("file ", "unassessed ")) else line.split("  #")[0]).partition(" ; ")
            verb, *rest = words.split()
            if verb == "layer":
                block["layers"].append(Layer())
            elif verb in ("want", "unassessed"):
                block[verb].append(" ".join(rest))
            elif verb in PUT:
                PUT[verb](block["layers"][-1], rest, more.strip())
            else:
                sys.exit("%s:%d: what is '%s'?" % (cases, number, verb))
    for name, lines in feeds.items():
        write(os.path.join(out, "feeds", name), "\n".join(lines) + "\n")
    want, unassessed = [], []
    for n, (name, image) in enumerate(found.items()):
        layers = [l.bytes() for l in image["layers"]]
        images.out = os.path.join(out, "docker")
        os.makedirs(images.out, exist_ok=True)
        images.docker(name + ".tar", layers, [name + ":1"])
        images.out = os.path.join(out, "oci")
        os.makedirs(images.out, exist_ok=True)
        images.oci(name + ".tar", layers, pack=gzip.compress if n % 2 else images.zstd, annotations={"io.containerd.image.name": name + ":1"})
        want += ["%s: %s" % (name, w) for w in image["want"]]
        unassessed += ["%s: %s" % (name, w) for w in image["unassessed"]]
    write(os.path.join(out, "want"), "".join(w + "\n" for w in sorted(want)))
    write(os.path.join(out, "want-unassessed"), "".join(w + "\n" for w in sorted(unassessed)))
    write(os.path.join(out, "names"), "".join(n + "\n" for n in found))


for path in files:
    make(path, os.path.join(target, os.path.basename(path)[:-4]))
shutil.rmtree(scratch)
