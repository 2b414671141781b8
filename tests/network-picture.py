#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The picture of random clusters against the oracle of network-oracle.py: what it draws for rows of one pod is all that they may do, and no
more. Pods in the network of their node are left out: the picture says of them that they reach what is open only.
usage: network-picture.py PLIMSOLL WORK FIRST CLUSTERS"""
import importlib.util
import json
import os
import sqlite3
import sys

spec = importlib.util.spec_from_file_location("oracle", os.path.join(os.path.dirname(__file__), "network-oracle.py"))
oracle = importlib.util.module_from_spec(spec)
spec.loader.exec_module(oracle)

PROBES = [(p, n) for p in ("TCP", "UDP", "SCTP") for n in (1, 53, 80, 443, 500, 5432, 5433, 8080, 9090, 65535)]

OUTSIDE = ["192.0.2.9", "198.51.100.7", "203.0.113.70", "8.8.8.8", "10.9.9.9", "2001:db8::1", "2a00::1"]


def ports_have(text, protocol, port):
    if text == "all ports":
        return True
    for part in text.split("; "):
        name, _, ports = part.partition(" ")
        if name == protocol and oracle.in_ranges(ports, port):
            return True
    return False


class Picture:
    def __init__(self, records):
        self.rows, self.lines, boxes = {}, [], {}
        for what, a, b, name, state, count in records:
            if what == "box":
                boxes[a] = name
            elif what == "row":
                self.rows[a] = (["%s/%s" % (boxes[b], n) for n in name.split(", ")], state, count)
            elif what == "line" and a != -1:
                self.lines.append((a, b, name))
        self.at = {names[0]: row for row, (names, _, count) in self.rows.items() if count == 1}

    def sends(self, row):
        return self.rows[row][1] in ("open", "in", "host") or (row, 0, "all ports") in self.lines

    def leads_out(self, a, protocol, port):
        return self.sends(a) or any(s == a and t == -1 and ports_have(ports, protocol, port) for s, t, ports in self.lines)

    def allows(self, a, b, protocol, port):
        if self.sends(a) and self.rows[b][1] in ("open", "out", "host"):
            return True
        return any((s == a or (s == 0 and self.sends(a))) and (t == b or (t == 0 and self.rows[b][1] in ("open", "out", "host"))) and ports_have(ports, protocol, port)
                   for s, t, ports in self.lines)


def main():
    plimsoll, work = sys.argv[1:3]
    first, clusters = (int(x) for x in sys.argv[3:5])
    made, folders = {}, []
    for seed in range(first, first + clusters):
        made[seed] = oracle.Maker(seed).objects()
        folders.append(os.path.join(work, "p%d" % seed))
        os.makedirs(folders[-1], exist_ok=True)
        with open(os.path.join(folders[-1], "all.json"), "w") as f:
            json.dump({"apiVersion": "v1", "kind": "List", "items": made[seed]}, f)
    db = os.path.join(work, "pictures.db")
    oracle.run(plimsoll, "analyze", "-o", db, *folders)
    passed = failed = asked = 0
    for seed, objects in made.items():
        query = "SELECT what, a, b, name, state, count FROM network_picture WHERE cluster = ? ORDER BY ordinal"
        picture = Picture(sqlite3.connect(db).execute(query, ("%08x" % seed,)).fetchall())
        cluster, bad = oracle.Cluster(objects), False
        for a, from_row in picture.at.items():
            for b, to_row in picture.at.items():
                if a == b or "host" in (picture.rows[from_row][1], picture.rows[to_row][1]):
                    continue
                for protocol, port in PROBES:
                    got, want = picture.allows(from_row, to_row, protocol, port), cluster.allows(a, b, protocol, port)
                    asked += 1
                    if got != want and not bad:
                        bad = True
                        print("cluster %d: %s to %s %s %d: the picture says %s, the oracle %s" % (seed, a, b, protocol, port, got, want))
            for address in OUTSIDE * (picture.rows[from_row][1] != "host"):
                for protocol, port in PROBES:
                    if cluster.allows(a, address, protocol, port) and not picture.leads_out(from_row, protocol, port) and not bad:
                        bad = True
                        print("cluster %d: %s to %s %s %d is allowed, and not drawn" % (seed, a, address, protocol, port))
        passed, failed = passed + (not bad), failed + bad
    if asked < 100 * clusters:
        failed += 1
        print("only %d questions were asked" % asked)
    print("%d passed, %d failed" % (passed, failed))
    sys.exit(1 if failed else 0)


main()
