#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes what tests/e2e-inventory.sh reads: make-inventory.py DIRECTORY. A root file system per family, damaged twins of them, and images
whose rpm databases lie in one layer and their write-ahead log in another. Samples are written by hand after the tools' own output."""
import io, json, os, sqlite3, struct, sys, zipfile, zlib

out = sys.argv[1]


def put(root, path, data):
    p = os.path.join(out, root, path)
    os.makedirs(os.path.dirname(p), exist_ok=True)
    with open(p, "wb") as f:
        f.write(data if isinstance(data, bytes) else data.encode())


def damaged(path, data):
    """The same file cut in the middle, and with a run of bytes turned over: each must be told or give less, never crash."""
    data = data if isinstance(data, bytes) else data.encode()
    put("damaged-cut", path, data[:len(data) * 2 // 3])
    third = len(data) // 3
    put("damaged-bits", path, data[:third] + bytes(b ^ 0x5a for b in data[third:third + 24]) + data[third + 24:])


def both(root, path, data):
    put(root, path, data)
    damaged(root + "/" + path, data)


# ---- rpm: headers as rpm writes them (big-endian index, data with types), in each of the databases

def header(name, version, release, epoch=None, arch="x86_64", source=None, module=None, files=()):
    index, data = b"", b""

    def add(tag, kind, count, value, align=1):
        nonlocal index, data
        data += b"\0" * (-len(data) % align)
        index += struct.pack(">IIII", tag, kind, len(data), count)
        data += value

    text = lambda s: s.encode() + b"\0"
    add(1000, 6, 1, text(name))
    add(1001, 6, 1, text(version))
    add(1002, 6, 1, text(release))
    if epoch is not None:
        add(1003, 4, 1, struct.pack(">I", epoch), 4)
    add(1014, 6, 1, text("GPLv2+"))
    add(1022, 6, 1, text(arch))
    if source:
        add(1044, 6, 1, text(source))
    if files:
        dirs = sorted({os.path.dirname(f) + "/" for f in files})
        add(1116, 4, len(files), b"".join(struct.pack(">I", dirs.index(os.path.dirname(f) + "/")) for f in files), 4)
        add(1117, 8, len(files), b"".join(text(os.path.basename(f)) for f in files))
        add(1118, 8, len(dirs), b"".join(map(text, dirs)))
    if module:
        add(5096, 6, 1, text(module))
    return struct.pack(">II", len(index) // 16, len(data)) + index + data


HEADERS = [
    header("bash", "5.1.8", "6.el9", source="bash-5.1.8-6.el9.src.rpm"),
    header("perl-libs", "5.26.3", "420.el8", epoch=4, source="perl-5.26.3-420.el8.src.rpm"),
    header("nodejs", "10.21.0", "3.module+el8", epoch=1, module="nodejs:10:8020020200707141642:6a468ee4", source="nodejs-10.21.0-3.module+el8.src.rpm"),
    header("python3-six", "1.15.0", "9.el9", arch="noarch", source="python-six-1.15.0-9.el9.src.rpm",
           files=["/usr/lib/python3.9/site-packages/six-1.15.0.dist-info/METADATA", "/usr/lib/python3.9/site-packages/six.py"]),
]
BIG = header("filler", "1", "1", source="filler-1-1.src.rpm", files=["/usr/share/filler/%05d" % i for i in range(3000)])


def bdb(headers, order, kind="hash", page=4096):
    """Berkeley DB: one page of keys and values, values of more than a page on overflow pages"""
    n = lambda fmt, *v: struct.pack(order + fmt, *v)
    pages, index, items, top = [], [], b"", page
    overflow = []
    for number, h in enumerate(headers, 1):
        key = n("I", number)
        if kind == "hash":
            key = b"\1" + key
        else:
            key = n("HB", len(key), 1) + key
        if len(h) > 500:
            first = 2 + len(overflow)
            chunks = [h[i:i + page - 26] for i in range(0, len(h), page - 26)]
            for i, c in enumerate(chunks):
                following = first + i + 1 if i + 1 < len(chunks) else 0
                overflow.append(n("QIIIHHBB", 0, first + i, 0, following, 1, len(c), 0, 7) + c + b"\0" * (page - 26 - len(c)))
            value = (b"\3\0\0\0" if kind == "hash" else n("HBB", 0, 3, 0)) + n("II", first, len(h))
        else:
            value = (b"\1" if kind == "hash" else n("HB", len(h), 1)) + h
        for item in (key, value):
            top -= len(item)
            index.append(top)
            items = item + items
    head = n("QIIIHHBB", 0, 1, 0, 0, len(index), top, 1, 13 if kind == "hash" else 5) + b"".join(n("H", i) for i in index)
    leaf = head + b"\0" * (page - len(head) - len(items)) + items
    meta = n("QIIIIBBBB", 0, 0, 0x061561 if kind == "hash" else 0x053162, 9, page, 0, 8 if kind == "hash" else 9, 0, 0) + n("II", 0, 1 + len(overflow))
    return meta + b"\0" * (page - len(meta)) + leaf + b"".join(overflow)


def ndb(headers):
    slots, blobs = [], b""
    base = 4096
    for i, h in enumerate(headers, 1):
        size = (16 + len(h) + 12 + 15) // 16 * 16
        slots.append(b"Slot" + struct.pack("<III", i, (base + len(blobs)) // 16, size // 16))
        blob = b"BlbS" + struct.pack("<III", i, 0, len(h)) + h
        blobs += blob + b"\0" * (size - len(blob) - 12) + struct.pack("<II", zlib.adler32(h), len(h)) + b"BlbE"
    head = b"RpmP" + struct.pack("<IIIII", 0, 1, 1, len(headers) + 1, 0)
    head = head + b"\0" * (32 - len(head))
    return head + b"".join(slots) + (b"Slot" + b"\0" * 12) * (254 - len(slots)) + blobs


def sqlite(headers, more):
    """The database, and its log that still holds `more`"""
    path = os.path.join(out, "tmp.sqlite")
    for end in ("", "-wal", "-shm"):
        if os.path.exists(path + end):
            os.remove(path + end)
    db = sqlite3.connect(path)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("CREATE TABLE Packages (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL)")
    db.executemany("INSERT INTO Packages(blob) VALUES (?)", [(h,) for h in headers])
    db.commit()
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    base = open(path, "rb").read()
    db.executemany("INSERT INTO Packages(blob) VALUES (?)", [(h,) for h in more])
    db.execute("DELETE FROM Packages WHERE hnum = 1")
    db.commit()
    wal = open(path + "-wal", "rb").read()
    db.close()
    return base, wal


OS = 'ID="%s"\nVERSION_ID="%s"\nPRETTY_NAME="%s"\n'
for name, data in (("bdb-little", bdb(HEADERS + [BIG], "<")), ("bdb-big", bdb(HEADERS + [BIG], ">")), ("bdb-btree", bdb(HEADERS + [BIG], "<", "btree"))):
    both(name, "var/lib/rpm/Packages", data)
    put(name, "etc/os-release", OS % ("centos", "8", "CentOS 8"))
both("ndb", "usr/lib/sysimage/rpm/Packages.db", ndb(HEADERS + [BIG]))
os.makedirs(os.path.join(out, "ndb/var/lib"), exist_ok=True)
if not os.path.islink(os.path.join(out, "ndb/var/lib/rpm")):
    os.symlink("../../usr/lib/sysimage/rpm", os.path.join(out, "ndb/var/lib/rpm"))
base, wal = sqlite(HEADERS, [header("late", "2.0", "1", source="late-2.0-1.src.rpm")])
both("sqlite", "var/lib/rpm/rpmdb.sqlite", base)
put("sqlite", "usr/lib/python3.9/site-packages/six-1.15.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: six\nVersion: 1.15.0\nLicense: MIT\n\nbody\nName: no\n")
both("wal", "var/lib/rpm/rpmdb.sqlite", base)
both("wal", "var/lib/rpm/rpmdb.sqlite-wal", wal)
# A database that was never written back: all of it is in the log.
path = os.path.join(out, "tmp2.sqlite")
for end in ("", "-wal", "-shm"):
    if os.path.exists(path + end):
        os.remove(path + end)
db = sqlite3.connect(path)
db.execute("PRAGMA journal_mode = WAL")
db.execute("PRAGMA wal_autocheckpoint = 0")
db.execute("CREATE TABLE Packages (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL)")
db.executemany("INSERT INTO Packages(blob) VALUES (?)", [(h,) for h in HEADERS[:2]])
db.commit()
put("wal-first", "var/lib/rpm/rpmdb.sqlite", open(path, "rb").read())
put("wal-empty", "var/lib/rpm/rpmdb.sqlite", b"")
for name in ("wal-first", "wal-empty"):
    put(name, "var/lib/rpm/rpmdb.sqlite-wal", open(path + "-wal", "rb").read())
db.close()
put("mariner", "var/lib/rpmmanifest/container-manifest-2",
    "filesystem\t1.1-9.cm2\t1653816591\t1653628924\tMicrosoft Corporation\t(none)\t7596\tx86_64\t0\tfilesystem-1.1-9.cm2.src.rpm\n"
    "openssl-libs\t1.1.1k-17.cm2\t1653816591\t1653631623\tMicrosoft Corporation\t1\t4405312\tx86_64\t1\topenssl-1.1.1k-17.cm2.src.rpm\nbroken line\n")

# ---- Python
both("python", "usr/lib/python3/site-packages/Jinja2-3.1.2.dist-info/METADATA",
     "Metadata-Version: 2.1\nName: Jinja2\nVersion: 3.1.2\nLicense: BSD-3-Clause\nClassifier: License :: OSI Approved :: BSD License\n\nName: no\n")
both("python", "usr/lib/python3/dist-packages/PyYAML-6.0.egg-info/PKG-INFO", "Metadata-Version: 1.2\nName: PyYAML\nVersion: 6.0\nLicense: MIT\n")
both("python", "usr/lib/python3/dist-packages/six-1.16.0.egg-info", "Metadata-Version: 1.2\r\nName: six\r\nVersion: 1.16.0\r\nLicense: UNKNOWN\r\nClassifier: License :: OSI Approved :: MIT License\r\n")
put("python", "usr/lib/python3/dist-packages/old-1.egg/EGG-INFO/PKG-INFO", "Name: old\nVersion: 1\n")
put("python", "usr/lib/python3/dist-packages/nameless.dist-info/METADATA", "Metadata-Version: 2.1\nVersion: 1\n")
both("python", "app/requirements.txt", "# pinned\nJINJA2==3.1.2\nflask==2.0.1 ; python_version > '3'\nDjango[argon2] == 3.2.5 --hash=sha256:aa\nrequests>=2\nsix==1.*\n-r other.txt\nJinja2==3.1.2\n")
both("python", "app/poetry.lock", '[[package]]\nname = "certifi"\nversion = "2023.7.22"\noptional = false\n\n[[package]]\nname = "idna"\nversion = "3.4"\n[package.dependencies]\nname = "no"\n\n[metadata]\nlock-version = "2.0"\n')
both("python", "uv/uv.lock", 'version = 1\n[[package]]\nname = "myapp"\nversion = "0.1.0"\nsource = { virtual = "." }\n\n[[package]]\nname = "anyio"\nversion = "4.4.0"\nsource = { registry = "https://pypi.org/simple" }\n')
both("python", "pdm/pdm.lock", '[[package]]\nname = "click"\nversion = "8.1.7"\nrequires_python = ">=3.7"\n')
both("python", "pipenv/Pipfile.lock", json.dumps({"_meta": {}, "default": {"urllib3": {"version": "==1.26.18"}, "local": {"path": "."}}, "develop": {"pytest": {"version": "==7.4.0"}}}))

# ---- Node.js
both("node", "app/node_modules/lodash/package.json", json.dumps({"name": "lodash", "version": "4.17.21", "license": "MIT"}))
both("node", "app/node_modules/@scope/pkg/package.json", json.dumps({"name": "@scope/pkg", "version": "1.0.0", "license": {"type": "Apache-2.0"}}))
put("node", "app/node_modules/lodash/fp/package.json", json.dumps({"name": "part", "version": "9"}))
put("node", "app/package.json", json.dumps({"name": "app", "version": "1.0.0"}))
put("node", "app/node_modules/lodash/package-lock.json", json.dumps({"dependencies": {"foreign": {"version": "1.0.0"}}}))
both("node", "v1/package-lock.json", json.dumps({"lockfileVersion": 1, "dependencies": {"a1": {"version": "1.0.0", "dependencies": {"b1": {"version": "2.0.0"}}}, "git1": {"version": "git+ssh://x#1"}}}))
both("node", "v3/package-lock.json", json.dumps({"lockfileVersion": 3, "packages": {"": {"name": "app", "version": "1"}, "node_modules/a3": {"version": "3.0.0"},
     "node_modules/a3/node_modules/@s/b3": {"version": "3.1.0"}, "node_modules/alias": {"name": "real3", "version": "3.2.0"}, "node_modules/link": {"link": True, "version": "9"}, "packages/own": {"version": "1"}}}))
both("node", "yarn1/yarn.lock", '# yarn lockfile v1\n\n\n"@babel/core@^7.0.0", "@babel/core@^7.1.0":\n  version "7.21.0"\n  resolved "https://x"\n\nansi@~1.0.0:\n  version "1.0.3"\n  dependencies:\n    version "^9"\n')
both("node", "berry/yarn.lock", '__metadata:\n  version: 6\n\n"chalk@npm:^4.0.0, chalk@npm:^4.1.0":\n  version: 4.1.2\n  resolution: "chalk@npm:4.1.2"\n  languageName: node\n\n"own@workspace:.":\n  version: 0.0.0-use.local\n  resolution: "own@workspace:."\n')
both("node", "pnpm5/pnpm-lock.yaml", "lockfileVersion: 5.4\npackages:\n  /p5/1.0.0:\n    dev: false\n  /@s/q5/2.0.0_react@17.0.2:\n    dev: true\n")
both("node", "pnpm9/pnpm-lock.yaml", "lockfileVersion: '9.0'\npackages:\n  p9@1.0.0:\n    resolution: {integrity: x}\n  '@s/q9@2.0.0(react@17.0.2)':\n    resolution: {integrity: y}\n")
both("node", "bun/bun.lock", '{\n  "lockfileVersion": 1, // comment\n  "packages": {\n    "bunny": ["bunny@1.2.3", "", {}, "sha"],\n    "@s/hop": ["@s/hop@2.0.0", ""],\n  },\n}\n')


# ---- Java
def jar(entries, stored=False):
    f = io.BytesIO()
    with zipfile.ZipFile(f, "w", zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED) as z:
        for n, d in entries:
            z.writestr(zipfile.ZipInfo(n), d, zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED)
    return f.getvalue()


pom = lambda g, a, v: ("META-INF/maven/%s/%s/pom.properties" % (g, a), "#made\nversion=%s\ngroupId=%s\nartifactId=%s\n" % (v, g, a))
log4j = jar([("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\r\nImplementation-Title: Apache Log4j Core\r\n"), pom("org.apache.logging.log4j", "log4j-core", "2.14.1")])
commons = jar([("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\r\nBundle-SymbolicName: org.apache.comm\r\n ons.lang3\r\nImplementation-Version: 3.12.0\r\n")])
boot = jar([("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\nMain-Class: org.springframework.boot.loader.JarLauncher\n"), pom("com.shop", "shop", "1.0.0"),
            ("BOOT-INF/lib/log4j-core-2.14.1.jar", log4j), ("BOOT-INF/lib/commons-lang3-3.12.0.jar", commons), ("BOOT-INF/lib/plain-4.5.jar", jar([("a.class", "x")]))], stored=True)
both("java", "app/shop.jar", boot)
inside = pom("org.glassfish.hk2", "hk2-api", "2.2.0")
put("java", "app/agent-1.0.jar", jar([pom("net.agent", "agent", "1.0"), ("private-classpath/" + inside[0], inside[1])]))
put("java", "app/junit-4.13.2.jar", jar([("META-INF/MANIFEST.MF", "Implementation-Vendor-Id: junit\nAutomatic-Module-Name: junit\nImplementation-Version: 4.13.2\n")]))
both("java", "app/shaded-all-1.0.jar", jar([pom("com.shaded", "all", "1.0"), pom("com.google.guava", "guava", "31.1-jre"), pom("x", "placeholder", "${v}")]))
both("java", "app/site.war", jar([("WEB-INF/lib/inner.war", jar([("WEB-INF/lib/slf4j-api-1.7.36.jar", jar([("META-INF/MANIFEST.MF", "Bundle-SymbolicName: slf4j.api\nBundle-Version: 1.7.36\n")]))]))]))
put("java", "app/script.jar", b"#!/bin/sh\nexec java -jar \"$0\"\n" + jar([pom("com.script", "launch", "2.0")]))
put("java", "app/gradle.lockfile", "# This is a Gradle generated file\norg.slf4j:slf4j-simple:1.7.36=compileClasspath,runtimeClasspath\nempty=annotationProcessor\n")
deep = jar([("x.class", "x")])
for i in range(8):
    deep = jar([("n%d.jar" % i, deep)], stored=True)
put("bombs", "deep-1.0.jar", deep)
put("bombs", "bomb-1.0.jar", jar([("inner-1.0.jar", b"\0" * (300 << 20))]))


# ---- programs
def elf(sections, big=False, wide=True):
    """An ELF file with these sections, all in one writable segment"""
    o = ">" if big else "<"
    names, body, table = b"\0", b"", []
    start = 64 + 56
    for n, d in sections:
        body += b"\0" * (-(start + len(body)) % 16)
        table.append((len(names), start + len(body), len(d)))
        names += n.encode() + b"\0"
        body += d
    strings = len(names)
    names += b".shstrtab\0"
    table.append((strings, start + len(body), len(names)))
    body += names
    sh = start + len(body)
    head = b"\x7fELF" + bytes([2, 2 if big else 1, 1]) + b"\0" * 9 + struct.pack(o + "HHIQQQIHHHHHH", 2, 62, 1, 0, 64, sh, 0, 64, 56, 1, 64, len(table) + 1, len(table))
    program = struct.pack(o + "IIQQQQQQ", 1, 6, start, 0x400000 + start, 0, len(body), len(body), 16)
    headers = b"\0" * 64 + b"".join(struct.pack(o + "IIQQQQIIQQ", n, 1, 0, 0x400000 + at, at, size, 0, 0, 1, 0) for n, at, size in table)
    return head + program + body + headers


def varint(n):
    b = b""
    while n > 127:
        b += bytes([n & 127 | 128])
        n >>= 7
    return b + bytes([n])


PATH_ONLY = "path\tgithub.com/nats-io/nats-server\n"
MODULES = "path\tshop/cmd\nmod\tshop\t(devel)\t\ndep\tgolang.org/x/net\tv0.7.0\th1:x=\ndep\tgithub.com/old/fork\tv1.0.0\n=>\tgithub.com/new/fork\tv1.0.1\th1:y=\ndep\tk8s.io/api\tv0.0.0\n=>\t./staging/api\t(devel)\t\nbuild\t-ldflags=\"-s -X main.version=v2.3.4 -X main.commit=abc\"\n"
marks = b"0w\xaf\x0c\x92t\x08\x02A\xe1\xc1\x07\xe6\xd6\x18\xe6", b"\xf92C1\x86\x18 r\0\x82B\x10A\x16\xd8\xf2"
modinfo = marks[0] + MODULES.encode() + marks[1]
version = b"go1.21.0 X:boringcrypto"
new = b"\xff Go buildinf:" + bytes([8, 2]) + b"\0" * 16 + varint(len(version)) + version + varint(len(modinfo)) + modinfo
both("programs", "usr/bin/shop", elf([(".text", b"\x90" * 64), (".go.buildinfo", new)]))
both("programs", "usr/bin/stripped", elf([(".data", new)]))


bare = marks[0] + PATH_ONLY.encode() + marks[1]
put("programs", "usr/bin/gopath", elf([(".go.buildinfo", b"\xff Go buildinf:" + bytes([8, 2]) + b"\0" * 16 + varint(len(version)) + version + varint(len(bare)) + bare)]))


def old_go(big):
    """Before Go 1.18: pointers to string headers. One segment: addresses are known once the place is."""
    o = ">" if big else "<"
    first = 0x400000 + 64 + 56 + (-(64 + 56) % 16)
    text = b"go1.16.5" + modinfo
    at = first + 32 + 32
    data = b"\xff Go buildinf:" + bytes([8, 1 if big else 0]) + struct.pack(o + "QQ", first + 32, first + 48)
    return elf([(".go.buildinfo", data + struct.pack(o + "QQQQ", at, 8, at + 8, len(modinfo)) + text)], big)


both("programs", "usr/bin/old", old_go(False))
both("programs", "usr/bin/old-big", old_go(True))
audit = json.dumps({"packages": [{"name": "serde", "version": "1.0.160", "source": "crates.io"}, {"name": "cc", "version": "1.0.79", "source": "crates.io", "kind": "build"},
                                 {"name": "rusty", "version": "0.1.0", "source": "local", "root": True}]})
both("programs", "usr/bin/rusty", elf([(".dep-v0", zlib.compress(audit.encode()))]))
both("programs", "usr/sbin/nginx", elf([(".rodata", b"\0junk nginx/9\0nginx version: nginx/1.25.3\0")]))
both("programs", "usr/local/bin/python3.11", elf([(".rodata", b"\x003.99.1\x003.11.7\0")]))
put("programs", "usr/bin/other", elf([(".rodata", b"nginx version: nginx/1.2.3\0")]))
put("programs", "opt/owned/sbin/nginx", elf([(".rodata", b"nginx version: nginx/1.22.1\0")]))
put("programs", "var/lib/dpkg/status", "Package: nginx-custom\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1.22.1-1\n")
put("programs", "var/lib/dpkg/info/nginx-custom.list", "/.\n/opt\n/opt/owned/sbin/nginx\n/lib/python3/dist-packages/owned-1.dist-info/METADATA\n")
put("programs", "usr/lib/python3/dist-packages/owned-1.dist-info/METADATA", "Name: owned\nVersion: 1\n")

# ---- the rest
both("others", "usr/lib/ruby/gems/3.1.0/specifications/rack-2.2.6.gemspec",
     '# -*- encoding: utf-8 -*-\n# stub: rack 2.2.6 ruby lib\n\nGem::Specification.new do |s|\n  s.name = "rack".freeze\n  s.version = "2.2.6"\n\n  s.required_rubygems_version = Gem::Requirement.new(">= 0".freeze)\n  s.licenses = ["MIT".freeze]\nend\n')
both("others", "app/Gemfile.lock", "GIT\n  remote: https://x\n  revision: 1\n  specs:\n    forked (0.1)\n\nPATH\n  remote: .\n  specs:\n    own (1.0)\n\nGEM\n  remote: https://rubygems.org/\n  specs:\n    nokogiri (1.15.0-x86_64-linux)\n      racc (~> 1.4)\n    racc (1.6.2)\n\nDEPENDENCIES\n  rails (= 7)\n")
both("others", "app/vendor/composer/installed.json", json.dumps({"packages": [{"name": "symfony/console", "version": "v5.4.1", "license": ["MIT"]}]}))
both("others", "php/composer.lock", json.dumps({"packages": [{"name": "monolog/monolog", "version": "2.8.0"}], "packages-dev": [{"name": "phpunit/phpunit", "version": "9.5.1"}]}))
both("others", "net/shop.deps.json", json.dumps({"libraries": {"shop/1.0.0": {"type": "project"}, "Newtonsoft.Json/13.0.1": {"type": "package"}, "runtimepack.Microsoft.NETCore.App.Runtime.linux-x64/8.0.1": {"type": "runtimepack"}}}))
both("others", "net/packages.lock.json", json.dumps({"version": 1, "dependencies": {"net8.0": {"Serilog": {"type": "Direct", "resolved": "3.1.1"}, "own": {"type": "Project"}}}}))
both("others", "rs/Cargo.lock", 'version = 3\n\n[[package]]\nname = "own"\nversion = "0.1.0"\n\n[[package]]\nname = "libc"\nversion = "0.2.140"\nsource = "registry+https://github.com/rust-lang/crates.io-index"\nchecksum = "x"\n')
both("others", "ex/mix.lock", '%{\n  "jason": {:hex, :jason, "1.4.0", "e855", [:mix], [], "hexpm", "79a3"},\n  "fork": {:git, "https://x", "abc", []},\n  "app": {:hex, :real_name, "2.0.0", "x", [:mix], [], "hexpm", "y"},\n}\n')
both("others", "dart/pubspec.lock", 'packages:\n  async:\n    dependency: transitive\n    description: {name: async}\n    source: hosted\n    version: "2.10.0"\n  flutter:\n    source: sdk\n    version: "0.0.0"\n')
both("others", "swift1/Package.resolved", json.dumps({"object": {"pins": [{"package": "NIO", "repositoryURL": "https://github.com/apple/swift-nio.git", "state": {"version": "2.41.0"}}]}, "version": 1}))
both("others", "swift2/Package.resolved", json.dumps({"pins": [{"identity": "vapor", "location": "https://github.com/vapor/vapor", "state": {"version": "4.70.0"}}, {"identity": "branch", "location": "https://x/y", "state": {"branch": "main"}}], "version": 2}))
both("others", "ios/Podfile.lock", "PODS:\n  - Alamofire (5.6.4)\n  - Firebase/Core (10.0.0):\n    - Firebase/Base\nDEPENDENCIES:\n  - Alamofire\n")
both("others", "conan1/conan.lock", json.dumps({"graph_lock": {"nodes": {"0": {"ref": "app/1.0"}, "1": {"ref": "zlib/1.2.11#rev"}}}}))
both("others", "conan2/conan.lock", json.dumps({"version": "0.5", "requires": ["bzip2/1.0.8#abc%1.2"], "build_requires": []}))
both("others", "usr/lib/R/library/ggplot2/DESCRIPTION", "Package: ggplot2\nVersion: 3.4.0\nLicense: MIT + file LICENSE\nBuilt: R 4.2.2; ; 2023\n")
put("others", "src/DESCRIPTION", "Package: notbuilt\nVersion: 1.0\n")
both("others", "hs/stack.yaml.lock", "packages:\n- completed:\n    hackage: fuzzyset-0.2.4@sha256:f1b6de8bf33277bf6255207541d65028f1f1ea93af5541b654c86b5674995485,1618\n  original:\n    hackage: fuzzyset-0.2.4\n")
both("others", "hs/cabal.project.freeze", "active-repositories: hackage.haskell.org:merge\nconstraints: any.aeson ==2.1.0.0,\n             any.base ==4.16.3.0,\n             aeson -bytestring\n")
os.makedirs(os.path.join(out, "others/nix/store/0c0yi6hnbnjswiwx1iwfd7bqj6bs4pn3-glibc-2.37-8"), exist_ok=True)
os.makedirs(os.path.join(out, "others/nix/store/1c0yi6hnbnjswiwx1iwfd7bqj6bs4pn3-source"), exist_ok=True)
both("others", "opt/bitnami/redis/.spdx-redis.spdx", json.dumps({"spdxVersion": "SPDX-2.3", "packages": [{"name": "redis", "versionInfo": "7.0.11-1", "licenseConcluded": "BSD-3-Clause",
     "externalRefs": [{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": "pkg:bitnami/redis@7.0.11-1?arch=amd64"}]}]}))
both("others", "usr/share/app.spdx.json", json.dumps({"spdxVersion": "SPDX-2.3", "packages": [{"name": "x", "versionInfo": "1", "externalRefs": [{"referenceType": "purl", "referenceLocator": "pkg:npm/%40s/x@1.0.0"}]}]}))
both("others", "usr/share/app.cdx.json", json.dumps({"bomFormat": "CycloneDX", "specVersion": "1.5", "components": [{"name": "y", "version": "2", "purl": "pkg:maven/org.y/y@2.0", "licenses": [{"license": {"id": "MIT"}}],
     "components": [{"purl": "pkg:golang/github.com/z/z@v1.0.0"}]}]}))

# ---- images: the rows of the database in one layer, its log in the next; a database that is replaced
sys.argv[1] = os.path.join(out, "img")
os.makedirs(sys.argv[1], exist_ok=True)
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import importlib
images = importlib.import_module("make-images")
images.docker("wal.tar", [images.layer([("etc/os-release", OS % ("fedora", "38", "Fedora 38")), ("var/lib/rpm/rpmdb.sqlite", base)]), images.layer([("var/lib/rpm/rpmdb.sqlite-wal", wal)]),
                          images.layer([("var/lib/rpm/.wh.rpmdb.sqlite-wal", "")])], ["wal:1"])

# What people leave in images; the values are made up.
images.docker("content.tar", [
    images.layer([("etc/passwd", "root:x:0:0::/root:/bin/sh\nguest::1000:1000::/:/bin/sh\n"), ("etc/shadow", "root:*:1::::::\nold::1::::::\n"), ("root/.bash_history", "ls\n"),
                  ("app/.git/config", "[core]\n"), ("app/settings.properties", "name=shop\ndb.password=Xk29vQ8mZr4LpW7sT1\n"), ("app/readme.txt", "The password is asked for.\n"),
                  ("app/node_modules/x/test.json", '{"password": "Xk29vQ8mZr4LpW7sT1"}'), ("srv/server.jks", b"\xfe\xed\xfe\xed"), ("srv/dump.sql", "--"), ("srv/a.conf.bak", "x"),
                  ("infra/terraform.tfstate", "{}"), ("usr/bin/gcc", b"\x7fELF", 0o755), ("usr/sbin/sshd", b"\x7fELF", 0o755), ("usr/bin/sudo", b"\x7fELF", 0o4755),
                  ("var/lib/apt/lists/x", "y"), ("usr/share/doc/x/notes.bak", "no")]),
    images.layer([("infra/.wh.terraform.tfstate", "")])], ["content:1"])

# A package manager's store that node_modules is linked to; a copy that is a link; images built on each other.
store = images.layer([("root/.local/share/pnpm/store/v3/files/ab/cdef0123", json.dumps({"name": "stored", "version": "1.2.3"})), ("root/.local/share/pnpm/store/v3/files/ab/other", '{"x": [1'),
                      ("app/node_modules/stored/package.json", "=root/.local/share/pnpm/store/v3/files/ab/cdef0123"), ("a/node_modules/first/package.json", json.dumps({"name": "first", "version": "1.0.0"})),
                      ("b/node_modules/first/package.json", "=a/node_modules/first/package.json"), ("opt/conda/conda-meta/zstd-1.5.2-h0.json", json.dumps({"name": "zstd", "version": "1.5.2", "license": "BSD-3-Clause"}))])
images.docker("links.tar", [store], ["links:1"])
images.docker("links2.tar", [store, images.layer([("c/node_modules/own/package.json", json.dumps({"name": "own", "version": "2.0.0"}))])], ["links:2"])

# Lists that stand twice; a layer that is not in the archive; a layer packed with xz; a manifest that is not what its name says.
import hashlib, lzma, tarfile
one = images.layer([("etc/os-release", images.OS12), ("var/lib/dpkg/status", images.paragraph("bar", "1:2.0-3"))])
cfg = images.config([one, one])
sha = lambda b: hashlib.sha256(b).hexdigest()


def archive(name, layers, given, twice=False, other=False):
    m = json.dumps({"config": {"digest": "sha256:" + sha(cfg)}, "layers": [{"digest": "sha256:" + sha(x)} for x in layers]}).encode()
    index = json.dumps({"manifests": [{"digest": "sha256:" + (("0" * 64) if other else sha(m))}]}).encode()
    members = [("blobs/sha256/" + sha(x), x) for x in given + [cfg]] + [("blobs/sha256/" + (("0" * 64) if other else sha(m)), m)]
    images.tar(os.path.join(sys.argv[1], name), members + [("index.json", index)] * (2 if twice else 1))


absent = images.layer([("x", "y")])
archive("absent.tar", [one, absent], [one])
archive("xz.tar", [one, lzma.compress(one)], [one, lzma.compress(one)])
archive("twice.tar", [one, one], [one], twice=True)
archive("other.tar", [one, one], [one], other=True)
