#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A second, slow evaluator of network policies, and random clusters on which both must agree.

usage: network-oracle.py PLIMSOLL WORKDIR [FIRST_SEED CLUSTERS PROBES]

It reads the specification word by word for one connection at a time, with Python's ipaddress, and shares nothing with the program: no
classes, no sets, no order of evaluation. What the specification leaves open is decided as docs/network.md says.
Each cluster is made from its seed alone. Ends with "N passed, N failed"; a probe that differs is printed.
"""
import ipaddress
import json
import os
import random
import subprocess
import sys

KEYS = {"app": ["web", "db", "api", "cache"], "tier": ["front", "back"], "env": ["prod", "dev", ""], "team": ["red", "blue"]}
NAMES = ["http", "metrics", "dns", "pg"]


# --- the evaluator ------------------------------------------------------------------------------------------------------------------

def requirement(x, labels):
    key, values = x["key"], x.get("values") or []
    if x["operator"] == "In":
        return key in labels and labels[key] in values
    if x["operator"] == "NotIn":
        return not (key in labels and labels[key] in values)
    if x["operator"] == "Exists":
        return key in labels
    return x["operator"] == "DoesNotExist" and key not in labels


def selects(selector, labels):
    for key, value in (selector.get("matchLabels") or {}).items():
        if labels.get(key) != value:
            return False
    return all(requirement(x, labels) for x in selector.get("matchExpressions") or [])


class Cluster:
    def __init__(self, objects):
        of = lambda kind: [o for o in objects if o["kind"] == kind]
        self.spaces = {o["metadata"]["name"]: dict(o["metadata"].get("labels") or {}) for o in of("Namespace")}
        for name, labels in self.spaces.items():
            labels.setdefault("kubernetes.io/metadata.name", name)
        self.pods = {(o["metadata"]["namespace"], o["metadata"]["name"]): o for o in of("Pod")}
        self.nodes = {o["metadata"]["name"]: o for o in of("Node")}
        self.policies = of("NetworkPolicy")
        self.admin = sorted(of("AdminNetworkPolicy"), key=lambda o: (o["spec"]["priority"], o["metadata"]["name"]))
        self.baseline = of("BaselineAdminNetworkPolicy")
        self.version = None  # of the connection that is looked at: 4, 6; None: whichever

    def end(self, text):
        """("pod", object), ("node", object) or ("address", text)"""
        if "/" in text:
            return ("pod", self.pods[tuple(text.split("/"))])
        for n in self.nodes.values():
            if any(a["address"] == text for a in n["status"]["addresses"]):
                return ("node", n)
        for p in self.pods.values():
            if not host(p) and p["status"]["phase"] == "Running" and text in addresses(p):
                return ("pod", p)
        return ("address", text)

    def end_addresses(self, end):
        return [a for a in self.every_address(end) if self.version in (None, ipaddress.ip_address(a).version)]

    def every_address(self, end):
        kind, o = end
        if kind == "address":
            return [o]
        if kind == "node":
            return [a["address"] for a in o["status"]["addresses"]]
        return addresses(o)

    def end_node(self, end):
        """The node that an end is, in the eyes of policies."""
        if end[0] == "node":
            return end[1]["metadata"]["name"]
        if end[0] == "pod" and host(end[1]):
            return end[1]["spec"]["nodeName"]
        return None

    def pod_selected(self, end, spaces, pods):
        if end[0] != "pod" or host(end[1]):
            return False
        meta = end[1]["metadata"]
        return selects(spaces, self.spaces[meta["namespace"]]) and selects(pods, meta.get("labels") or {})

    # -- NetworkPolicy

    def peer(self, policy, peer, other):
        if "ipBlock" in peer:
            return any(in_block(peer["ipBlock"], a) for a in self.end_addresses(other))
        if "namespaceSelector" not in peer:
            return other[0] == "pod" and other[1]["metadata"]["namespace"] == policy["metadata"]["namespace"] and \
                self.pod_selected(other, {}, peer["podSelector"])
        return self.pod_selected(other, peer["namespaceSelector"], peer.get("podSelector") or {})

    def np_allows(self, policy, direction, other, to, protocol, port):
        for rule in policy["spec"].get(direction) or []:
            peers = rule.get("from" if direction == "ingress" else "to")
            ports = rule.get("ports")
            if peers and not any(self.peer(policy, p, other) for p in peers):
                continue
            if ports and not any(port_fits(p, to, protocol, port) for p in ports):
                continue
            return True
        return False

    def np_covers(self, policy, direction, pod):
        types = policy["spec"].get("policyTypes")
        if types:
            speaks = direction.capitalize() in types
        else:
            speaks = direction == "ingress" or bool(policy["spec"].get("egress"))
        return speaks and pod["metadata"]["namespace"] == policy["metadata"]["namespace"] and \
            selects(policy["spec"].get("podSelector") or {}, pod["metadata"].get("labels") or {})

    # -- AdminNetworkPolicy

    def admin_pods(self, v, end):
        if "namespaces" in v:
            return self.pod_selected(end, v["namespaces"], {})
        return "pods" in v and self.pod_selected(end, v["pods"].get("namespaceSelector") or {}, v["pods"].get("podSelector") or {})

    def admin_peer(self, v, other):
        if "networks" in v:
            return any(in_block({"cidr": c}, a) for c in v["networks"] for a in self.end_addresses(other))
        if "nodes" in v:
            node = self.end_node(other)
            return node is not None and selects(v["nodes"], self.nodes[node]["metadata"].get("labels") or {})
        return self.admin_pods(v, other)

    def admin_says(self, policies, direction, pod, other, to, protocol, port):
        for policy in policies:
            if not self.admin_pods(policy["spec"]["subject"], ("pod", pod)):
                continue
            for rule in policy["spec"].get(direction) or []:
                if not any(self.admin_peer(p, other) for p in rule["from" if direction == "ingress" else "to"]):
                    continue
                ports = rule.get("ports")
                if ports and not any(admin_port_fits(p, to, protocol, port) for p in ports):
                    continue
                return rule["action"]
        return None

    # -- both

    def direction_allows(self, direction, self_end, other, to, protocol, port):
        if self_end[0] != "pod" or host(self_end[1]):
            return True
        pod = self_end[1]
        if other[0] == "pod" and other[1] is pod:
            return True
        if self.end_node(other) is not None and self.end_node(other) == pod["spec"].get("nodeName"):
            return True
        says = self.admin_says(self.admin, direction, pod, other, to, protocol, port)
        if says in ("Allow", "Deny"):
            return says == "Allow"
        covering = [p for p in self.policies if self.np_covers(p, direction, pod)]
        if covering:
            return any(self.np_allows(p, direction, other, to, protocol, port) for p in covering)
        return self.admin_says(self.baseline, direction, pod, other, to, protocol, port) != "Deny"

    def allows(self, source, target, protocol, port):
        """As a dialler would: one try in each family that both ends have, and one that goes through is enough."""
        a, b = self.end(source), self.end(target)
        tries = [None]
        if any(len(self.versions(self.every_address(end))) == 2 for end in (a, b)):
            spoken = [self.versions([text] if "/" not in text else self.every_address(end)) for text, end in ((source, a), (target, b))]
            tries = sorted(spoken[0] & spoken[1]) or [None]
        through = False
        for self.version in tries:
            through |= self.direction_allows("egress", a, b, b, protocol, port) and self.direction_allows("ingress", b, a, b, protocol, port)
        self.version = None
        return through

    @staticmethod
    def versions(addresses):
        return {ipaddress.ip_address(a).version for a in addresses}


def host(pod):
    return bool(pod["spec"].get("hostNetwork"))


def addresses(pod):
    return [a["ip"] for a in pod["status"].get("podIPs") or []]


def in_block(block, address):
    a = ipaddress.ip_address(address)
    inside = lambda cidr: a in ipaddress.ip_network(cidr, strict=False)
    return inside(block["cidr"]) and not any(inside(x) for x in block.get("except") or [])


def named(end, name, protocol, port):
    if end[0] != "pod" or host(end[1]):
        return False
    return any(p.get("name") == name and p["containerPort"] == port and p.get("protocol", "TCP") == protocol
               for c in end[1]["spec"]["containers"] for p in c.get("ports") or [])


def port_fits(p, to, protocol, port):
    if p.get("protocol", "TCP") != protocol:
        return False
    if "port" not in p:
        return True
    if isinstance(p["port"], str):
        return named(to, p["port"], protocol, port)
    return p["port"] <= port <= p.get("endPort", p["port"])


def admin_port_fits(p, to, protocol, port):
    if "portNumber" in p:
        return p["portNumber"]["protocol"] == protocol and p["portNumber"]["port"] == port
    if "portRange" in p:
        return p["portRange"]["protocol"] == protocol and p["portRange"]["start"] <= port <= p["portRange"]["end"]
    return named(to, p["namedPort"], protocol, port)


# --- random clusters ------------------------------------------------------------------------------------------------------------------

class Maker:
    def __init__(self, seed):
        self.r = random.Random(seed)
        self.seed = seed

    def chance(self, p):
        return self.r.random() < p

    def labels(self, p=0.7):
        return {k: self.r.choice(v) for k, v in KEYS.items() if self.chance(p)}

    def expression(self, keys):
        key = self.r.choice(keys)
        operator = self.r.choice(["In", "NotIn", "Exists", "DoesNotExist"])
        x = {"key": key, "operator": operator}
        if operator in ("In", "NotIn"):
            x["values"] = self.r.sample(KEYS.get(key, ["ns0", "ns1", "ns2"]), self.r.randint(1, 2))
        return x

    def selector(self, spaces=False):
        s = {}
        if self.chance(0.25):
            return s
        if spaces and self.chance(0.3):
            return {"matchLabels": {"kubernetes.io/metadata.name": self.r.choice(self.names)}}
        if self.chance(0.6):
            key = self.r.choice(list(KEYS))
            s["matchLabels"] = {key: self.r.choice(KEYS[key])}
        if self.chance(0.5) or not s:
            s["matchExpressions"] = [self.expression(list(KEYS)) for _ in range(self.r.randint(1, 2))]
        return s

    def cidr(self):
        return self.r.choice(["0.0.0.0/0", "10.0.0.0/8", "10.1.0.0/16", "10.1.%d.0/24" % self.r.randint(0, 3), "192.0.2.0/24", "198.51.100.7/32",
                              "10.1.%d.%d/32" % (self.r.randint(0, 3), self.r.randint(1, 9)), "::/0", "2001:db8::/32", "fd00::/64", "fd00::/16", "fd00::%x/128" % self.r.randint(1, 9), "172.18.0.0/29",
                              "203.0.113.64/26"])

    def block(self):
        cidr = self.cidr()
        block = {"cidr": cidr}
        net = ipaddress.ip_network(cidr)
        if self.chance(0.5) and net.prefixlen < net.max_prefixlen - 1:
            deeper = min(net.prefixlen + self.r.choice([1, 2, 8]), net.max_prefixlen)
            count = 2 ** (deeper - net.prefixlen)
            block["except"] = []
            for _ in range(self.r.randint(1, 3)):
                base = int(net.network_address) + self.r.randrange(count) * 2 ** (net.max_prefixlen - deeper)
                hole = "%s/%d" % (ipaddress.ip_address(base) if net.version == 4 else ipaddress.IPv6Address(base), deeper)
                block["except"].append(hole)
            if net.version == 4 and self.chance(0.4) and ipaddress.ip_network("10.1.0.0/16").subnet_of(net):
                block["except"].append("10.1.%d.0/24" % self.r.randint(0, 3))
        return block

    def peer(self):
        kind = self.r.random()
        if kind < 0.3:
            return {"podSelector": self.selector()}
        if kind < 0.55:
            return {"namespaceSelector": self.selector(True)}
        if kind < 0.75:
            return {"namespaceSelector": self.selector(True), "podSelector": self.selector()}
        return {"ipBlock": self.block()}

    def port(self):
        p = {}
        if self.chance(0.6):
            p["protocol"] = self.r.choice(["TCP", "UDP", "SCTP"])
        kind = self.r.random()
        if kind < 0.45:
            p["port"] = self.r.choice([80, 443, 53, 8080, 5432, 1, 65535])
            if self.chance(0.3):
                p["endPort"] = min(65535, p["port"] + self.r.choice([0, 1, 400, 9000]))
        elif kind < 0.85:
            p["port"] = self.r.choice(NAMES)
        return p

    def rule(self, member):
        rule = {}
        if self.chance(0.85):
            rule[member] = [self.peer() for _ in range(self.r.randint(0, 3))]
        if self.chance(0.7):
            rule["ports"] = [self.port() for _ in range(self.r.randint(0, 3))]
        return rule

    def policy(self, i):
        spec = {"podSelector": self.selector()}
        if self.chance(0.75):
            spec["ingress"] = [self.rule("from") for _ in range(self.r.randint(0, 3))]
        if self.chance(0.6):
            spec["egress"] = [self.rule("to") for _ in range(self.r.randint(0, 3))]
        if self.chance(0.6):
            spec["policyTypes"] = self.r.choice([["Ingress"], ["Egress"], ["Ingress", "Egress"], []])
        return {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": "np%d" % i, "namespace": self.r.choice(self.names)},
                "spec": spec}

    def admin_pods(self):
        if self.chance(0.5):
            return {"namespaces": self.selector(True)}
        return {"pods": {"namespaceSelector": self.selector(True), "podSelector": self.selector()}}

    def admin_port(self):
        kind = self.r.random()
        protocol = self.r.choice(["TCP", "UDP", "SCTP"])
        if kind < 0.4:
            return {"portNumber": {"protocol": protocol, "port": self.r.choice([80, 443, 53, 8080, 5432])}}
        if kind < 0.7:
            start = self.r.choice([1, 53, 80, 5000])
            return {"portRange": {"protocol": protocol, "start": start, "end": start + self.r.choice([1, 400, 9000])}}
        return {"namedPort": self.r.choice(NAMES)}

    def admin_rule(self, direction, baseline):
        peers = []
        for _ in range(self.r.randint(1, 3)):
            kind = self.r.random()
            if direction == "egress" and kind < 0.25:
                peers.append({"networks": [self.cidr() for _ in range(self.r.randint(1, 2))]})
            elif direction == "egress" and kind < 0.4:
                peers.append({"nodes": self.selector()})
            else:
                peers.append(self.admin_pods())
        rule = {"action": self.r.choice(["Allow", "Deny"] + ([] if baseline else ["Pass"])), "from" if direction == "ingress" else "to": peers}
        if self.chance(0.6):
            rule["ports"] = [self.admin_port() for _ in range(self.r.randint(1, 2))]
        return rule

    def admin(self, name, priority):
        baseline = priority is None
        spec = {"subject": self.admin_pods()}
        if not baseline:
            spec["priority"] = priority
        for direction in ("ingress", "egress"):
            if self.chance(0.7):
                spec[direction] = [self.admin_rule(direction, baseline) for _ in range(self.r.randint(1, 3))]
        return {"apiVersion": "policy.networking.k8s.io/v1alpha1", "kind": ("Baseline" if baseline else "") + "AdminNetworkPolicy",
                "metadata": {"name": name}, "spec": spec}

    def pod(self, i):
        namespace = self.r.choice(self.names)
        node = self.r.choice(["n0", "n1", None])
        ports = [{"containerPort": self.r.choice([80, 8080, 53, 5432, 9090])} for _ in range(self.r.randint(0, 3))]
        for p in ports:
            if self.chance(0.8):
                p["name"] = self.r.choice(NAMES)
            if self.chance(0.5):
                p["protocol"] = self.r.choice(["TCP", "UDP"])
        containers = [{"name": "c%d" % k, "image": "example.com/x:1", "ports": ports[k::2]} for k in range(2)]
        pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p%d" % i, "namespace": namespace, "labels": self.labels()},
               "spec": {"containers": containers, "initContainers": [{"name": "i", "image": "example.com/i:1", "ports": [{"name": "http", "containerPort": 443}]}]},
               "status": {"phase": "Running"}}
        ips = ["10.1.%d.%d" % (self.r.randint(0, 3), i + 1)]
        if self.chance(0.5):
            ips.append("fd00::%x" % (i + 1))
            if self.chance(0.3):
                ips.reverse()
            elif self.chance(0.2):
                ips = ips[1:]
        if node:
            pod["spec"]["nodeName"] = node
        if node and self.chance(0.12):
            pod["spec"]["hostNetwork"] = True
            ips = ["172.18.0.%d" % (2 + int(node[1]))] + ["fd00:0:0:1::%d" % (2 + int(node[1]))] * (node == "n1")
        pod["status"].update(podIP=ips[0], podIPs=[{"ip": a} for a in ips])
        return pod

    def objects(self):
        self.names = ["ns%d" % i for i in range(self.r.randint(2, 4))]
        out = [{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "kube-system", "uid": "%08x-0000-4000-8000-000000000000" % self.seed}}]
        for name in self.names:
            labels = self.labels(0.5)
            if self.chance(0.5):
                labels["kubernetes.io/metadata.name"] = name
            out.append({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}})
        for i in range(2):
            out.append({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n%d" % i, "labels": self.labels(0.5)},
                        "status": {"addresses": [{"type": "InternalIP", "address": "172.18.0.%d" % (2 + i)}]}})
        out += [self.pod(i) for i in range(self.r.randint(3, 9))]
        out += [self.policy(i) for i in range(self.r.randint(0, 6))]
        if self.chance(0.4):
            priorities = self.r.sample(range(1000), 3)
            out += [self.admin("anp%d" % i, priorities[i]) for i in range(self.r.randint(1, 3))]
        if self.chance(0.3):
            out.append(self.admin("default", None))
        return out

    def probes(self, objects, n):
        pods = [o for o in objects if o["kind"] == "Pod"]
        names = ["%s/%s" % (o["metadata"]["namespace"], o["metadata"]["name"]) for o in pods]
        outside = ["192.0.2.9", "198.51.100.7", "203.0.113.70", "8.8.8.8", "10.9.9.9", "2001:db8::1", "2a00::1", "172.18.0.2", "172.18.0.3", "172.18.0.6"]
        outside += [a for o in pods for a in addresses(o)]
        for _ in range(n):
            source, target = self.r.choice(names), self.r.choice(names)
            if self.chance(0.25):
                if self.chance(0.5):
                    source = self.r.choice(outside)
                else:
                    target = self.r.choice(outside)
            yield {"source": source, "target": target, "protocol": self.r.choice(["TCP", "TCP", "UDP", "SCTP"]),
                   "port": self.r.choice([80, 443, 53, 8080, 5432, 9090, 1, 65535, 500, 5433])}


def in_ranges(text, port):
    if text == "all":
        return True
    for part in text.split(","):
        low, _, high = part.partition("-")
        if int(low) <= port <= int(high or low):
            return True
    return False


class Rows:
    """What `network reach` listed, asked like the oracle."""
    def __init__(self, lines):
        self.rows = {}
        for line in lines:
            row = json.loads(line)
            name = lambda end: end.get("cidr") or "%s/%s" % (end["namespace"], end["name"])
            self.rows.setdefault((name(row["source"]), name(row["target"]), row["protocol"]), []).append(row["ports"])

    def has(self, q):
        if "/" in q["source"] and "/" in q["target"]:
            return any(in_ranges(p, q["port"]) for p in self.rows.get((q["source"], q["target"], q["protocol"]), []))
        inside = lambda name, end: name == end if "/" in end else "ns" not in name and ipaddress.ip_address(end) in ipaddress.ip_network(name)
        return any(protocol == q["protocol"] and inside(source, q["source"]) and inside(target, q["target"]) and any(in_ranges(p, q["port"]) for p in ports)
                   for (source, target, protocol), ports in self.rows.items())


def run(plimsoll, *args, text=None):
    p = subprocess.run([plimsoll, *args], input=text, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if p.returncode:
        sys.exit("%s: exit code %d: %s" % (" ".join(args)[:80], p.returncode, p.stderr[-2000:]))
    return p.stdout.splitlines()


def ask(plimsoll, work, made):
    """Analyzes the clusters of {seed: (objects, questions)} together and asks their questions: the database, and {seed: lines of answers}."""
    folders = []
    for seed, (objects, _) in made.items():
        folders.append(os.path.join(work, "c%d" % seed))
        os.makedirs(folders[-1], exist_ok=True)
        with open(os.path.join(folders[-1], "all.json"), "w") as f:
            json.dump({"apiVersion": "v1", "kind": "List", "items": objects}, f)
    db = os.path.join(work, "all.db")
    run(plimsoll, "analyze", "-o", db, *folders)
    lines = run(plimsoll, "network", "can", db, "--batch", "-",
                text="".join(json.dumps(dict(q, cluster="%08x" % seed)) + "\n" for seed, (_, questions) in made.items() for q in questions))
    answers = {}
    for seed, (_, questions) in made.items():
        answers[seed], lines = lines[:len(questions)], lines[len(questions):]
    return db, answers


def main():
    plimsoll, work = sys.argv[1:3]
    first, clusters, probes = (int(x) for x in (sys.argv[3:6] or (1, 320, 100)))
    made = {}
    for seed in range(first, first + clusters):
        maker = Maker(seed)
        objects = maker.objects()
        made[seed] = (objects, list(maker.probes(objects, probes)))
    db, every = ask(plimsoll, work, made)
    passed = failed = differ = 0
    for seed, (objects, questions) in made.items():
        cluster = Cluster(objects)
        answers = every[seed]
        listed = Rows(run(plimsoll, "network", "reach", db, "--cluster", "%08x" % seed, "--format", "json")) if seed % 25 == 0 else None
        bad = len(answers) != len(questions)
        for q, line in zip(questions, answers):
            want = cluster.allows(q["source"], q["target"], q["protocol"], q["port"])
            got = json.loads(line)
            if got.get("allowed") is not want:
                bad = True
                differ += 1
                if differ <= 20:
                    print("cluster %d: %s: the oracle says %s" % (seed, line, want))
            ends = [cluster.end(q["source"]), cluster.end(q["target"])]
            known = all("/" in q[k] or end[0] == "address" for k, end in zip(("source", "target"), ends)) and ends[0] != ends[1]
            if listed and known and any(end[0] == "pod" for end in ends) and listed.has(q) != want:
                bad = True
                print("cluster %d: reach %s %s: the oracle says %s" % (seed, "lists" if not want else "does not list", json.dumps(q), want))
        passed, failed = passed + (not bad), failed + bad
    print("%d passed, %d failed" % (passed, failed))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
