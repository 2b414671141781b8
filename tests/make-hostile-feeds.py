#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes feeds made to hurt into a folder: make-hostile-feeds.py FOLDER. Beside each hostile OSV record stands a good one, GHSA-good."""
import gzip, json, os, sys, zipfile
d = sys.argv[1]
rec = lambda i, **k: {"id": i, "modified": "2024-01-01T00:00:00Z", **k}
pkg = {"ecosystem": "npm", "name": "x"}
ev0 = [{"introduced": "0"}, {"fixed": "1.0.0"}]
good = rec("GHSA-good", affected=[{"package": pkg, "ranges": [{"type": "SEMVER", "events": ev0}]}])
def out(name, *recs):
    with open(os.path.join(d, name), "w") as f:
        json.dump(list(recs) + [good], f)
aff = lambda ranges, **k: [{"package": pkg, "ranges": ranges, **k}]
sem = lambda ev: {"type": "SEMVER", "events": ev}
big = "x" * 50_000_000
out("summary.json", rec("GHSA-s", summary=big, affected=aff([sem(ev0)])))
out("name.json", rec("GHSA-n", affected=[{"package": {"ecosystem": "npm", "name": big}, "ranges": [sem(ev0)]}]))
out("version.json", rec("GHSA-v", affected=aff([sem([{"introduced": big}])])))
out("ecosystem.json", rec("GHSA-e", affected=[{"package": {"ecosystem": big, "name": "x"}, "ranges": [sem(ev0)]}]))
N = 1_000_000
out("events.json", rec("GHSA-ev", affected=aff([sem([{"introduced": "%d.0.0" % i} for i in range(N)])])))
out("ranges.json", rec("GHSA-ra", affected=aff([sem([{"introduced": "%d.0.0" % i}]) for i in range(N)])))
out("versions.json", rec("GHSA-ve", affected=aff([sem([{"introduced": "%d.0.0" % i}, {"fixed":"%d.0.1" % i}]) for i in range(100000)], versions=["%d.5.0" % i for i in range(100000)])))
out("affected.json", rec("GHSA-af", affected=[{"package": {"ecosystem": "npm", "name": "p%d" % i}, "ranges": [sem(ev0)]} for i in range(100000)]))
out("releases.json", rec("GHSA-ec", affected=[{"package": {"ecosystem": "Debian:%d" % i, "name": "p%d" % i}, "ranges": [{"type":"ECOSYSTEM","events":ev0}]} for i in range(100000)]))
out("aliases.json", rec("GHSA-al", aliases=["CVE-2024-%d" % i for i in range(10000)]), rec("GHSA-A", aliases=["GHSA-B", "GHSA-A"]), rec("GHSA-B", aliases=["GHSA-C"]), rec("GHSA-C", aliases=["GHSA-A"]))
out("aliases-million.json", rec("GHSA-al", aliases=["CVE-2024-%d" % i for i in range(N)]))
out("dates.json", *[{"id": "GHSA-d%d" % i, "modified": t, "published": t, "withdrawn": None, "affected": aff([sem(ev0)])} for i, t in enumerate(
    ["-2024-01-01T00:00:00Z", "99999-01-01T00:00:00Z", "9999-99-99T99:99:99Z", "0000-00-00T00:00:00Z", "9" * 100000, "2024-02-31T25:61:61Z", -1, 1e308, {}, []])])
open(os.path.join(d, "deep.json"), "w").write('[{"id":"GHSA-deep","modified":"2024-01-01T00:00:00Z","x":' + "[" * 5_000_000 + "]" * 5_000_000 + "}," + json.dumps(good) + "]")
open(os.path.join(d, "deep-open.json"), "w").write('{"id":"GHSA-deep","modified":"2024-01-01T00:00:00Z","x":' + '{"a":' * 5_000_000)
csv = lambda name, line: open(os.path.join(d, name), "w").write("#model_version:v1,score_date:2024-01-01T00:00:00+0000\ncve,epss,percentile\nCVE-2024-1,0.5,0.5\n" + line + "\nCVE-2024-2,0.5,0.5\n")
csv("line.csv", "CVE-2024-" + "1" * 100_000_000 + ",0.5,0.5")
csv("quote.csv", '"CVE-2024-9')
csv("fields.csv", "CVE-2024-3" + ",0.1" * 2_000_000)
z = zipfile.ZipFile(os.path.join(d, "good.zip"), "w", zipfile.ZIP_DEFLATED)
for i in range(50): z.writestr("a%d.json" % i, json.dumps(rec("GHSA-z%d" % i, affected=aff([sem(ev0)]))))
z.close()
b = open(os.path.join(d, "good.zip"), "rb").read()
open(os.path.join(d, "cut.zip"), "wb").write(b[:len(b) // 2])
g = gzip.compress(json.dumps([rec("GHSA-z%d" % i, affected=aff([sem(ev0)])) for i in range(1000)]).encode())
open(os.path.join(d, "cut.json.gz"), "wb").write(g[:len(g) // 2])
z = zipfile.ZipFile(os.path.join(d, "bomb.zip"), "w", zipfile.ZIP_DEFLATED)
with z.open("a.json", "w", force_zip64=True) as f:
    f.write(b'{"id":"GHSA-b","modified":"')
    for i in range(200): f.write(b"a" * 1_000_000)
z.close()
with gzip.open(os.path.join(d, "bomb.json.gz"), "w") as f:
    f.write(b'[{"id":"GHSA-b","modified":"')
    for i in range(200): f.write(b"a" * 1_000_000)
ents = "".join('<!ENTITY a%d "%s">' % (i, ("&a%d;" % (i - 1)) * 10 if i else "lol") for i in range(10))
open(os.path.join(d, "lol.xml"), "w").write('<?xml version="1.0"?><!DOCTYPE x [%s]><oval_definitions>&a9;</oval_definitions>' % ents)
open(os.path.join(d, "deep.xml"), "w").write('<?xml version="1.0"?><oval_definitions><definitions><definition class="patch" id="a:1"><metadata><title>ELSA-2018-0007: k</title><affected><platform>Oracle Linux 6</platform></affected></metadata>' + "<criteria>" * 1_000_000)
