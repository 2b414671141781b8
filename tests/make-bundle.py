#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Bundles as docs/bundle.md lays them out, made without the collector, whole or broken in one way: make-bundle.py HOW OUT. Or: flip FILE OFFSET."""
import base64, hashlib, io, json, subprocess, sys, tarfile


def pods(*names):
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": [
        {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": n, "namespace": "a"}, "spec": {"containers": [{"name": "c", "image": "r.example/i:1"}]}} for n in names]}).encode()


def pack(data):
    return subprocess.run(["zstd", "-q", "-c"], input=data, stdout=subprocess.PIPE, check=True).stdout


class Bundle:
    def __init__(self):
        self.out, self.members = io.BytesIO(), []
        self.tar = tarfile.open(fileobj=self.out, mode="w", format=tarfile.USTAR_FORMAT)

    def put(self, name, stored, type=tarfile.REGTYPE, link=""):
        t = tarfile.TarInfo(name)
        t.size, t.type, t.linkname = len(stored), type, link
        self.tar.addfile(t, io.BytesIO(stored) if type == tarfile.REGTYPE else None)

    def member(self, name, path, kind, plain, stored=None, **more):
        stored = pack(plain) if stored is None else stored
        self.put(name, stored)
        self.members.append({"name": name, "path": path, "kind": kind, "bytes": len(plain), "packed": len(stored), "sha256": hashlib.sha256(plain).hexdigest(), "items": 1,
                             "time": "2026-11-24T17:00:00Z", "start": "2026-11-24T17:00:00Z", "end": "2026-11-24T17:00:01Z", "state": "ok", "redactions": {}, **more})

    def end(self, out, manifest=True, **more):
        predicate = {"format": 1, "id": "0011223344556677", "start": "2026-11-24T17:00:00Z", "end": "2026-11-24T17:00:02Z", "secrets": 0, "members": self.members,
                     "expected": [], "left_out": [], **more}
        statement = {"_type": "https://in-toto.io/Statement/v1", "subject": [{"name": m["name"], "digest": {"sha256": m["sha256"]}} for m in self.members],
                     "predicateType": "urn:plimsoll:collection:1", "predicate": predicate}
        envelope = {"payloadType": "application/vnd.in-toto+json", "payload": base64.b64encode(json.dumps(statement).encode()).decode(), "signatures": []}
        if manifest:
            self.put("manifest.json", json.dumps(envelope).encode())
        self.tar.close()
        open(out, "wb").write(self.out.getvalue())


def make(how, out):
    b, more = Bundle(), {}
    b.member("m/000001.json.zst", "k/pods.json", "kubernetes/pods", pods("one", "two"))
    if how == "outside":
        b.put("../../x", b"evil")
    elif how == "absolute":
        b.put("/tmp/plimsoll-evil", b"evil")
    elif how == "symlink":
        b.put("m/000002.json.zst", b"", tarfile.SYMTYPE, "/etc/passwd")
    elif how == "twice":
        b.put("m/000001.json.zst", pack(pods("evil")))
    elif how == "unlisted":
        b.put("m/000002.json.zst", pack(pods("evil")))
    elif how == "paths":
        b.member("m/000002.json.zst", "../../pods.json", "kubernetes/pods", pods("evil"))
    elif how == "same-path":
        b.member("m/000002.json.zst", "k/pods.json", "kubernetes/pods", pods("evil"))
    elif how == "lying-size":
        b.member("m/000002.json.zst", "k2/pods.json", "kubernetes/pods", pods("evil"))
        b.members[-1]["bytes"] -= 1
    elif how == "lying-hash":
        b.member("m/000002.json.zst", "k2/pods.json", "kubernetes/pods", pods("evil"))
        b.members[-1]["sha256"] = "0" * 64
    elif how == "bomb":
        plain = b'{"items":[' + b" " * 400_000_000 + b"]}"
        b.member("m/000002.json.zst", "k2/pods.json", "kubernetes/pods", plain)
    elif how == "missing":
        b.member("m/000002.json.zst", "k2/services.json", "kubernetes/services", b'{"items":[]}')
        b.members.append({**b.members[-1], "name": "m/000003.json.zst", "path": "k2/nodes.json"})
    elif how == "escape":
        more = {"expected": [{"kind": "kubernetes/secrets", "reason": "\x1b[2Jforbidden"}, {"kind": "\x1b[2J", "reason": "x"}],
                "left_out": [{"path": "\x1b[2J\u202ex", "reason": "\x1b]0;x\x07"}]}
    elif how == "format":
        more = {"format": 2}
    b.end(out, how != "no-manifest", **more)
    if how == "huge":  # the first header says 7 GiB
        data = bytearray(open(out, "rb").read())
        data[124:136] = b"%011o\0" % (7 << 30)
        data[148:156] = b" " * 8
        data[148:156] = b"%06o\0 " % sum(data[:512])
        open(out, "wb").write(data)


def flip(path, offset):
    data = bytearray(open(path, "rb").read())
    data[offset] ^= 0x04
    open(path, "wb").write(data)


if sys.argv[1] == "flip":
    flip(sys.argv[2], int(sys.argv[3]))
else:
    make(sys.argv[1], sys.argv[2])
