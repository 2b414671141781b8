#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Multiplies a folder of kubectl lists to a given number of objects, for the benchmarks.

usage: multiply.py DUMPDIR OUTDIR OBJECTS

Each round copies every namespace with all that lives in it under a numbered name; cluster role bindings are copied too.
Everything is printed the way kubectl prints it (indent 4), so that the reading cost is the real one.
"""
import copy
import glob
import hashlib
import json
import os
import sys

KEEP = {"kube-system", "kube-public", "kube-node-lease"}


def read(folder):
    lists = {}
    for path in sorted(glob.glob(os.path.join(folder, "*.json"))):
        with open(path) as f:
            data = json.load(f)
        if isinstance(data, dict) and isinstance(data.get("items"), list):
            lists[os.path.basename(path)] = data["items"]
    return lists


def is_copied(name, o):
    meta = o["metadata"]
    if meta.get("namespace"):
        return meta["namespace"] not in KEEP
    if name.startswith("namespaces"):
        return meta["name"] not in KEEP
    return name.startswith("clusterrolebindings")


def clone(o, k, namespaces):
    o = copy.deepcopy(o)
    meta = o["metadata"]
    if meta.get("namespace") in namespaces:
        meta["namespace"] += "-%d" % k
    elif "namespace" not in meta:
        meta["name"] += "-%d" % k
    for holder in [meta] + meta.get("ownerReferences", []):
        if "uid" in holder:
            holder["uid"] = hashlib.md5(("%s%d" % (holder["uid"], k)).encode()).hexdigest()
    for s in o.get("subjects") or []:
        if s.get("namespace") in namespaces:
            s["namespace"] += "-%d" % k
    label = "kubernetes.io/metadata.name"
    if meta.get("labels", {}).get(label) in namespaces:
        meta["labels"][label] += "-%d" % k
    return o


def main():
    source, out, want = sys.argv[1], sys.argv[2], int(sys.argv[3])
    os.makedirs(out, exist_ok=True)
    lists = read(source)
    base = sum(len(items) for items in lists.values())
    unit = sum(is_copied(name, o) for name, items in lists.items() for o in items)
    rounds = max(0, -(-(want - base) // unit))
    namespaces = {o["metadata"]["name"] for name, items in lists.items() if name.startswith("namespaces") for o in items} - KEEP
    total = 0
    for name, items in lists.items():
        with open(os.path.join(out, name), "w") as f:
            f.write('{\n    "apiVersion": "v1",\n    "items": [\n')
            first = True
            for k in range(rounds + 1):
                for o in items:
                    if k and not is_copied(name, o):
                        continue
                    f.write(("" if first else ",\n") + json.dumps(clone(o, k, namespaces) if k else o, indent=4))
                    first = False
                    total += 1
            f.write('\n    ],\n    "kind": "List",\n    "metadata": {"resourceVersion": ""}\n}\n')
    print(total, "objects")


main()
