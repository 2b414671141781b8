#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# Images that stand on each other, as docker save writes them: make-stack.py DIR. base:12.1 and base:12.2 differ in what dpkg lists; web and job stand on 12.1, new on 12.2.
import hashlib, io, json, os, sys, tarfile

OUT = sys.argv[1]
OS = ("etc/os-release", 'ID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian 12"\n')

def status(*packages):
    return ("var/lib/dpkg/status", "".join("Package: %s\nStatus: install ok installed\nArchitecture: amd64\nVersion: %s\n\n" % p for p in packages))

def layer(*files):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.GNU_FORMAT) as t:
        for name, text in files:
            info = tarfile.TarInfo(name)
            info.size = len(text)
            t.addfile(info, io.BytesIO(text.encode()))
    return out.getvalue()

def image(file, name, created, layers):
    config = json.dumps({"architecture": "amd64", "os": "linux", "created": created, "config": {"User": "1"},
                         "rootfs": {"type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(l).hexdigest() for l in layers]}, "history": [{"created_by": name}]}).encode()
    members = [(hashlib.sha256(config).hexdigest() + ".json", config)]
    members += [("%d/layer.tar" % i, l) for i, l in enumerate(layers)]
    members.append(("manifest.json", json.dumps([{"Config": members[0][0], "RepoTags": [name], "Layers": [m[0] for m in members[1:]]}]).encode()))
    with tarfile.open(os.path.join(OUT, file), "w", format=tarfile.GNU_FORMAT) as t:
        for name, data in members:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            t.addfile(info, io.BytesIO(data))

old = layer(OS, status(("foo", "1.0-1"), ("bar", "1.0-1")))
new = layer(OS, status(("foo", "1.0-3"), ("bar", "1.0-1"), ("fresh", "1")))
web = layer(status(("foo", "1.0-1"), ("bar", "1.0-1"), ("libq", "1")))
job = layer(status(("foo", "1.0-2"), ("bar", "1.0-1")))
HOST = "registry.example.com/"
image("base1.tar", HOST + "base/debian:12.1", "2025-01-01T00:00:00Z", [old])
image("base2.tar", HOST + "base/debian:12.2", "2025-06-01T00:00:00Z", [new])
image("web.tar", HOST + "shop/web:1", "2025-02-01T00:00:00Z", [old, web])
image("job.tar", HOST + "shop/job:1", "2025-02-01T00:00:00Z", [old, job])
