#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares `plimsoll image` with a truth.json, row by row: image-truth.py PLIMSOLL IMAGES TRUTH FEED...

TRUTH names for each image the rows (component, version, layer, id, aliases, fixed) that the feeds must give; the lists are complete: anything
beside them is an error, under the name or under an alias. Every archive NAME.*.tar of IMAGES that TRUTH has is compared, so that docker and OCI
twins are held to the same rows. An empty list asks for no row."""
import json, os, subprocess, sys, tempfile

plimsoll, images, truth_file, feeds = sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:]
truth = json.load(open(truth_file))
passed = failed = 0


def key(component, version, layer, fixed, name):
    return (component, version, layer, fixed, name)


with tempfile.TemporaryDirectory() as d:
    db = os.path.join(d, "vulns.db")
    subprocess.run([plimsoll, "feeds", "import", "-o", db] + feeds, stderr=subprocess.DEVNULL)
    for archive in sorted(os.listdir(images)):
        name = archive.split(".docker.tar")[0].split(".oci.tar")[0]
        if name not in truth:
            continue
        out = subprocess.run([plimsoll, "image", os.path.join(images, archive), "--feeds", db, "--format", "json"],
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        rows = [json.loads(line) for line in out.stdout.decode().splitlines()]
        found = [r for r in rows if r["kind"] == "vulnerability"]
        left = list(found)
        missing = []
        for t in truth[name]:
            names = {t["id"], *t.get("aliases", [])}
            hit = [r for r in left if r["component"] == t["component"] and r["version"] == t["version"] and r["layer"] == t["layer"]
                   and r["fixed"] == t["fixed"] and names & {r["vulnerability"], *(r["aliases"] or [])}]
            if len(hit) == 1:
                left.remove(hit[0])
            else:
                missing.append(t)
        states = sorted({r["state"] for r in rows if r["kind"] == "coverage" and not r["package"]})
        if missing or left or out.returncode != 0:
            failed += 1
            print("not ok - %s: exit %d, %d rows missing, %d too many %s" % (archive, out.returncode, len(missing), len(left), out.stderr.decode()[-500:]))
            for t in missing:
                print("  missing", key(t["component"], t["version"], t["layer"], t["fixed"], t["id"]))
            for r in left:
                print("  beside", key(r["component"], r["version"], r["layer"], r["fixed"], r["vulnerability"]))
        else:
            passed += 1
            print("ok - %s: %d rows, coverage %s" % (archive, len(found), ", ".join(states)))
print("%d passed, %d failed" % (passed, failed))
sys.exit(1 if failed else 0)
