#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What `network generate` writes, asked of the second evaluator of network-oracle.py: every observed flow passes, all else is closed.

usage: network-generated.py PLIMSOLL WORKDIR OBJECTS [FLOWS [SEED]]

OBJECTS is a folder or file of objects (JSON as kubectl prints it, or YAML). A flow log is made for it: pods to pods, nodes and addresses outside, some of it
dropped. Of every pair of pods and every port it is then worked out from the log alone what may pass: a direction is open where its end is in the
network of its node or in a namespace of the system, else where the log has such a flow of a pod with these labels, to DNS, and to the API server. Ends
with "N passed, N failed".
"""
import importlib.util
import json
import os
import random
import subprocess
import sys

spec = importlib.util.spec_from_file_location("oracle", os.path.join(os.path.dirname(os.path.abspath(__file__)), "network-oracle.py"))
oracle = importlib.util.module_from_spec(spec)
spec.loader.exec_module(oracle)
PASSING = {"pod-template-hash", "controller-revision-hash", "statefulset.kubernetes.io/pod-name", "pod-template-generation", "apps.kubernetes.io/pod-index",
           "controller-uid", "job-name", "batch.kubernetes.io/controller-uid", "batch.kubernetes.io/job-name", "batch.kubernetes.io/job-completion-index",
           "topology.kubernetes.io/zone", "topology.kubernetes.io/region"}
OUTSIDE = ["198.51.100.7", "203.0.113.200", "8.8.8.8"]
SYSTEM = {"kube-system", "kube-public", "kube-node-lease"}


def read(path):
    files = [path] if os.path.isfile(path) else [os.path.join(d, f) for d, _, names in os.walk(path) for f in sorted(names) if f.endswith((".json", ".yaml"))]
    for f in sorted(files):
        with open(f, encoding="utf-8") as text:
            try:
                if f.endswith(".yaml"):
                    import yaml
                    values = [v for v in yaml.safe_load_all(text) if v]
                else:
                    values = [json.load(text)]
            except ValueError:
                continue
        for v in values:
            for o in v.get("items", [v]):
                if o.get("kind") in ("Pod", "Node", "Namespace"):
                    yield o


def make(seed, pods, nodes, n):
    """Flows as (source, target, protocol, port, passed): pods by their key, all else by address."""
    r = random.Random(seed)
    everyone = sorted(pods)
    ports = lambda p: [(x.get("protocol", "TCP"), x["containerPort"]) for c in pods[p]["spec"]["containers"] for x in c.get("ports") or []] or [("TCP", 8080)]
    for _ in range(n):
        a, b = r.sample(everyone, 2)
        what = r.random()
        if what < 0.7:
            yield (a, b, *r.choice(ports(b)), r.random() < 0.9)
        elif what < 0.8:
            yield (a, r.choice(OUTSIDE), "TCP", 443, True)
        elif what < 0.9:
            yield (r.choice(OUTSIDE), b, *r.choice(ports(b)), True)
        elif nodes:
            yield (a, r.choice(nodes), "TCP", 10250, True)


def line(f, pods):
    def end(x):
        return {"namespace": x[0], "pod_name": x[1]} if isinstance(x, tuple) else {"identity": 2, "labels": ["reserved:world"]}
    ips = {k: v for k, v in (("source", address(f[0], pods)), ("destination", address(f[1], pods))) if v}
    return json.dumps({"flow": {"verdict": "FORWARDED" if f[4] else "DROPPED", "IP": ips, "l4": {f[2]: {"destination_port": f[3]}}, "source": end(f[0]),
                                "destination": end(f[1]), "traffic_direction": "INGRESS" if isinstance(f[1], tuple) else "EGRESS", "is_reply": False, "node_name": "n"}})


def address(x, pods):
    return pods[x]["status"].get("podIP") if isinstance(x, tuple) else x


def labels(pod):
    return {k: v for k, v in (pod["metadata"].get("labels") or {}).items() if k not in PASSING}


def like(x, y, pods):
    """Whether what is said of y is said of x too: pods by their labels, all else by address."""
    if any(not isinstance(z, tuple) or oracle.host(pods[z]) for z in (x, y)):
        return address(x, pods) is not None and address(x, pods) == address(y, pods)
    return x[0] == y[0] and labels(pods[y]).items() <= (pods[x]["metadata"].get("labels") or {}).items()


def main():
    plimsoll, work, path = sys.argv[1:4]
    n, seed = (int(sys.argv[i]) if len(sys.argv) > i else v for i, v in ((4, 150), (5, 1)))
    objects = list(read(path))
    pods = {(o["metadata"]["namespace"], o["metadata"]["name"]): o for o in objects if o["kind"] == "Pod"
            and not (oracle.host(o) and not ((o.get("status") or {}).get("podIP") and o["spec"].get("nodeName")))} # which are nowhere yet
    for p in pods.values():
        p.setdefault("status", {}).setdefault("phase", "Running")
    objects = [o for o in objects if o["kind"] != "Pod" or o in pods.values()]
    for o in objects:
        if o["kind"] == "Node":
            o["status"]["addresses"] = [a for a in o["status"]["addresses"] if a["type"] == "InternalIP"]
    master = lambda o: any(k in (o["metadata"].get("labels") or {}) for k in ("node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master"))
    api = [a["address"] for o in objects if o["kind"] == "Node" and master(o) for a in o["status"].get("addresses", []) if a["type"] == "InternalIP"]
    nodes = [a["address"] for o in objects if o["kind"] == "Node" for a in o["status"].get("addresses", []) if a["type"] == "InternalIP"]
    flows = list(make(seed, pods, nodes, n))
    with open(os.path.join(work, "made-flows.json"), "w", encoding="utf-8") as out:
        out.writelines(line(f, pods) + "\n" for f in flows)
    db = os.path.join(work, "made.db")
    subprocess.run([plimsoll, "analyze", "-o", db, path, os.path.join(work, "made-flows.json")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    text = subprocess.run([plimsoll, "network", "generate", db], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
    policies = [json.loads(x) for x in text.splitlines() if x.startswith("{")]
    for p in pods.values(): # as the evaluator reads addresses
        if p["status"].get("podIP") and not p["status"].get("podIPs"):
            p["status"]["podIPs"] = [{"ip": p["status"]["podIP"]}]
    cluster = oracle.Cluster(objects + policies)
    for o in pods:
        cluster.spaces.setdefault(o[0], {"kubernetes.io/metadata.name": o[0]})
    passed = [f for f in flows if f[4]]
    free = lambda x: not isinstance(x, tuple) or oracle.host(pods[x]) or x[0] in SYSTEM
    dns = [k for k, o in pods.items() if (o["metadata"].get("labels") or {}).get("k8s-app") == "kube-dns" and not oracle.host(o)]
    end = lambda x: ("pod", pods[x]) if isinstance(x, tuple) else cluster.end(x)
    good = bad = opened = 0
    kinds = sorted({(f[2], f[3]) for f in flows} | {("TCP", 53), ("UDP", 53), ("TCP", 1)})
    sides = sorted(pods) + sorted(set(OUTSIDE + ["192.0.2.77"] + nodes))
    for a in sides:
        for b in sides:
            if a == b or not (isinstance(a, tuple) or isinstance(b, tuple)):
                continue
            same_node = isinstance(a, tuple) and isinstance(b, tuple) and (oracle.host(pods[a]) or oracle.host(pods[b])) and pods[a]["spec"].get("nodeName") == pods[b]["spec"].get("nodeName")
            same_node |= any(not isinstance(x, tuple) and isinstance(y, tuple) and cluster.end_node(end(x)) not in (None,) and cluster.end_node(end(x)) == pods[y]["spec"].get("nodeName") for x, y in ((a, b), (b, a)))
            known = [f for f in passed if like(a, f[0], pods) and like(b, f[1], pods)]
            for protocol, port in kinds:
                if (protocol, port) == ("TCP", 6443) and address(b, pods) in api: # open to pods that have a token
                    continue
                seen = any(f[2:4] == (protocol, port) for f in known)
                out = free(a) or seen or (port == 53 and isinstance(b, tuple) and not oracle.host(pods[b]) and (b in dns if dns else True))
                want = same_node or (out and (free(b) or seen))
                got = cluster.direction_allows("egress", end(a), end(b), end(b), protocol, port) and cluster.direction_allows("ingress", end(b), end(a), end(b), protocol, port)
                opened += got
                if got == want:
                    good += 1
                else:
                    bad += 1
                    if bad < 10:
                        print(f"not ok - {a} -> {b} {protocol} {port}: {'open' if got else 'closed'}, by the log it is {'open' if want else 'closed'}")
    for f in passed: # the log itself, as each line has it
        got = cluster.direction_allows("egress", end(f[0]), end(f[1]), end(f[1]), *f[2:4]) and cluster.direction_allows("ingress", end(f[1]), end(f[0]), end(f[1]), *f[2:4])
        good, bad = good + got, bad + (not got)
        if not got:
            print(f"not ok - {f} was observed and is closed")
    if not policies or not opened:
        bad += 1
    print(f"{good} passed, {bad} failed")
    return bad > 0


sys.exit(main())
