#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The second evaluator for policies of Cilium and Calico, beside NetworkPolicies, and random clusters on which both must agree.

usage: network-engines.py PLIMSOLL WORKDIR [FIRST_SEED CLUSTERS PROBES]

Written apart from the program from Cilium's and Calico's documentation; one connection at a time. Selectors of Calico are made as trees,
of which the text goes to the program and the tree is evaluated here, so that nothing is parsed twice the same way.
"""
import importlib.util
import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
spec = importlib.util.spec_from_file_location("oracle", os.path.join(HERE, "network-oracle.py"))
base = importlib.util.module_from_spec(spec)
spec.loader.exec_module(base)
NAMESPACE = "io.kubernetes.pod.namespace"


# --- Cilium ----------------------------------------------------------------------------------------------------------------------------

def bare(selector):
    """Without the source of labels."""
    cut = lambda key: key.split(":", 1)[1] if key.split(":", 1)[0] in ("k8s", "any") else key
    return {"matchLabels": {cut(k): v for k, v in (selector.get("matchLabels") or {}).items()},
            "matchExpressions": [dict(x, key=cut(x["key"])) for x in selector.get("matchExpressions") or []]}


def names_namespace(selector):
    keys = list(selector["matchLabels"]) + [x["key"] for x in selector["matchExpressions"]]
    return any(k == NAMESPACE or k.startswith("io.cilium.k8s.namespace.labels.") for k in keys)


class Cilium(base.Cluster):
    def __init__(self, objects):
        super().__init__(objects)
        self.cilium = [o for o in objects if o["kind"] in ("CiliumNetworkPolicy", "CiliumClusterwideNetworkPolicy")]

    def cilium_labels(self, pod):
        space = pod["metadata"]["namespace"]
        labels = dict(pod["metadata"].get("labels") or {})
        labels[NAMESPACE] = space
        for key, value in self.spaces[space].items():
            labels["io.cilium.k8s.namespace.labels." + key] = value
        return labels

    def endpoint(self, policy, selector, end, subject=False):
        if end[0] != "pod" or base.host(end[1]):
            return False
        plain = bare(selector)
        own = policy["metadata"].get("namespace")
        if own and (subject or not names_namespace(plain)) and end[1]["metadata"]["namespace"] != own:
            return False
        return base.selects(plain, self.cilium_labels(end[1]))

    def entity(self, word, pod, other):
        node = self.end_node(other)
        outside = other[0] == "address"
        return {"all": True, "world": outside, "cluster": not outside, "host": node is not None and node == pod["spec"].get("nodeName"),
                "remote-node": node is not None and node != pod["spec"].get("nodeName"),
                "world-ipv4": outside and ":" not in str(other[1]), "world-ipv6": outside and ":" in str(other[1])}[word]

    def rule(self, policy, rule, way, pod, other, to, protocol, port):
        layer3 = [k for k in (way + "Endpoints", way + "Entities", way + "CIDR", way + "CIDRSet") if k in rule]
        if not layer3 and "toPorts" not in rule:
            return False
        taken = not layer3
        taken |= any(self.endpoint(policy, s, other) for s in rule.get(way + "Endpoints") or [])
        taken |= any(self.entity(w, pod, other) for w in rule.get(way + "Entities") or [])
        if other[0] == "address":
            taken |= any(base.in_block({"cidr": c}, other[1]) for c in rule.get(way + "CIDR") or [])
            taken |= any(base.in_block(b, other[1]) for b in rule.get(way + "CIDRSet") or [])
        if not taken:
            return False
        return "toPorts" not in rule or any(self.port(p, to, protocol, port) for block in rule["toPorts"] for p in block["ports"])

    def port(self, p, to, protocol, port):
        if p.get("protocol", "ANY") not in ("ANY", protocol):
            return False
        if not p["port"].isdigit():
            return base.named(to, p["port"], protocol, port)
        return int(p["port"]) <= port <= p.get("endPort", int(p["port"]))

    def peer(self, policy, peer, other):
        """NetworkPolicies: Cilium's identities, not addresses, stand for what is inside."""
        if "ipBlock" in peer:
            return other[0] == "address" and base.in_block(peer["ipBlock"], other[1])
        return super().peer(policy, peer, other)

    def direction_allows(self, direction, self_end, other, to, protocol, port):
        if self_end[0] != "pod" or base.host(self_end[1]):
            return True
        pod, way = self_end[1], "from" if direction == "ingress" else "to"
        if other[0] == "pod" and other[1] is pod:
            return True
        if self.end_node(other) is not None and self.end_node(other) == pod["spec"].get("nodeName"):
            return True
        mine = [p for p in self.cilium if self.endpoint(p, p["spec"]["endpointSelector"], self_end, True)]
        for p in mine:
            if any(self.rule(p, r, way, pod, other, to, protocol, port) for r in p["spec"].get(direction + "Deny") or []):
                return False
        for p in mine:
            if any(self.rule(p, r, way, pod, other, to, protocol, port) for r in p["spec"].get(direction) or []):
                return True
        covering = [p for p in self.policies if self.np_covers(p, direction, pod)]
        if any(self.np_allows(p, direction, other, to, protocol, port) for p in covering):
            return True
        speaks = lambda s: (s.get(direction) or s.get(direction + "Deny")) and s.get("enableDefaultDeny", {}).get(direction, True)
        return not covering and not any(speaks(p["spec"]) for p in mine)


class CiliumMaker(base.Maker):
    def cilium_selector(self, namespaces):
        s = self.selector()
        prefix = lambda key: self.r.choice(["", "k8s:", "any:"]) + key
        out = {}
        if "matchLabels" in s:
            out["matchLabels"] = {prefix(k): v for k, v in s["matchLabels"].items()}
        if "matchExpressions" in s:
            out["matchExpressions"] = [dict(x, key=prefix(x["key"])) for x in s["matchExpressions"]]
        if namespaces and self.chance(0.4):
            out.setdefault("matchLabels", {})["k8s:" + NAMESPACE] = self.r.choice(self.names)
        elif namespaces and self.chance(0.2):
            key = self.r.choice(list(base.KEYS))
            out.setdefault("matchLabels", {})["k8s:io.cilium.k8s.namespace.labels." + key] = self.r.choice(base.KEYS[key])
        return out

    def cilium_rule(self, way):
        rule, kind = {}, self.r.random()
        if kind < 0.5:
            rule[way + "Endpoints"] = [self.cilium_selector(True) for _ in range(self.r.randint(0, 2))]
        elif kind < 0.75:
            rule[way + "Entities"] = self.r.sample(["all", "world", "cluster", "host", "remote-node", "world-ipv4", "world-ipv6"], self.r.randint(1, 2))
        elif kind < 0.85:
            rule[way + "CIDR"] = [self.cidr()]
        elif kind < 0.95:
            rule[way + "CIDRSet"] = [self.block()]
        if self.chance(0.6):
            rule["toPorts"] = [{"ports": [self.cilium_port() for _ in range(self.r.randint(1, 2))]}]
        return rule

    def cilium_port(self):
        p = {"port": str(self.r.choice([80, 443, 53, 8080, 5432, 1]))}
        if self.chance(0.2):
            p["port"] = self.r.choice(base.NAMES)
        elif self.chance(0.25):
            p["endPort"] = int(p["port"]) + self.r.choice([1, 400, 9000])
        if self.chance(0.7):
            p["protocol"] = self.r.choice(["TCP", "UDP", "SCTP", "ANY"])
        return p

    def cilium_policy(self, i):
        out = {"endpointSelector": self.cilium_selector(False)}
        for direction, way in (("ingress", "from"), ("egress", "to")):
            for member, chance in ((direction, 0.6), (direction + "Deny", 0.25)):
                if self.chance(chance):
                    out[member] = [self.cilium_rule(way) for _ in range(self.r.randint(0, 2))]
        if self.chance(0.2):
            out["enableDefaultDeny"] = {self.r.choice(["ingress", "egress"]): False}
        wide = self.chance(0.3)
        meta = {"name": "cil%d" % i} if wide else {"name": "cil%d" % i, "namespace": self.r.choice(self.names)}
        return {"apiVersion": "cilium.io/v2", "kind": "CiliumClusterwideNetworkPolicy" if wide else "CiliumNetworkPolicy", "metadata": meta, "spec": out}

    def objects(self):
        out = [o for o in super().objects() if "Admin" not in o["kind"]]
        out += [self.cilium_policy(i) for i in range(self.r.randint(1, 5))]
        return out + [agent("cilium", "quay.io/cilium/cilium:v1.16.1")]


def agent(name, image):
    return {"apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": {"name": name, "namespace": "kube-system"},
            "spec": {"selector": {"matchLabels": {"k": "a"}}, "template": {"metadata": {"labels": {"k": "a"}},
                     "spec": {"hostNetwork": True, "containers": [{"name": "a", "image": image}]}}}}


# --- Calico ----------------------------------------------------------------------------------------------------------------------------

def tree_text(t):
    op = t[0]
    if op == "all":
        return "all()"
    if op in ("and", "or"):
        return "(" + (" && " if op == "and" else " || ").join(tree_text(x) for x in t[1:]) + ")"
    if op == "not":
        return "!" + tree_text(t[1])
    if op == "has":
        return "has(%s)" % t[1]
    if op in ("in", "not in"):
        return "%s %s {%s}" % (t[1], op, ", ".join("'%s'" % v for v in t[2]))
    return "%s %s '%s'" % (t[1], op, t[2])


def tree_takes(t, labels):
    op = t[0]
    if op == "all":
        return True
    if op == "and":
        return all(tree_takes(x, labels) for x in t[1:])
    if op == "or":
        return any(tree_takes(x, labels) for x in t[1:])
    if op == "not":
        return not tree_takes(t[1], labels)
    if op == "has":
        return t[1] in labels
    value = labels.get(t[1])
    if op == "in":
        return value is not None and value in t[2]
    if op == "not in":
        return value is None or value not in t[2]
    if op == "==":
        return value == t[2]
    if op == "!=":
        return value != t[2]
    return value is not None and (value.startswith(t[2]) if op == "starts with" else t[2] in value)


class Calico(base.Cluster):
    """`trees`: selectors by their text."""
    def __init__(self, objects, trees):
        super().__init__(objects)
        self.trees = trees
        self.calico = [o for o in objects if o["apiVersion"].startswith("projectcalico.org") and o["kind"] in ("NetworkPolicy", "GlobalNetworkPolicy")]
        self.policies = [o for o in objects if o["apiVersion"] == "networking.k8s.io/v1"]
        self.tiers = {o["metadata"]["name"]: o["spec"] for o in objects if o["kind"] == "Tier"}

    def pod_labels(self, pod):
        labels = dict(pod["metadata"].get("labels") or {})
        labels.update({"projectcalico.org/namespace": pod["metadata"]["namespace"], "projectcalico.org/orchestrator": "k8s"})
        return labels

    def takes(self, text, pod):
        return tree_takes(self.trees[text], self.pod_labels(pod))

    def space_takes(self, text, pod):
        name = pod["metadata"]["namespace"]
        return tree_takes(self.trees[text], dict(self.spaces[name], **{"projectcalico.org/name": name}))

    def subject(self, policy, pod):
        s = policy["spec"]
        if policy["kind"] == "NetworkPolicy" and pod["metadata"]["namespace"] != policy["metadata"]["namespace"]:
            return False
        if "namespaceSelector" in s and not self.space_takes(s["namespaceSelector"], pod):
            return False
        return self.takes(s["selector"], pod)

    def entity(self, policy, e, end):
        """`end` is among source or destination of a rule."""
        if "selector" in e or "namespaceSelector" in e:
            if end[0] != "pod" or base.host(end[1]):
                return False
            if "namespaceSelector" in e:
                if not self.space_takes(e["namespaceSelector"], end[1]):
                    return False
            elif policy["kind"] == "NetworkPolicy" and end[1]["metadata"]["namespace"] != policy["metadata"]["namespace"]:
                return False
            if "selector" in e and not self.takes(e["selector"], end[1]):
                return False
        if "notSelector" in e and end[0] == "pod" and not base.host(end[1]) and self.takes(e["notSelector"], end[1]):
            return False
        if "nets" not in e and "notNets" not in e:
            return True
        inside = lambda nets, address: any(base.in_block({"cidr": c}, address) for c in nets)
        return any(("nets" not in e or inside(e["nets"], a)) and not inside(e.get("notNets", []), a) for a in self.end_addresses(end))

    def ports(self, ports, to, protocol, port):
        for p in ports:
            if isinstance(p, int):
                if p == port:
                    return True
            elif ":" in p:
                low, high = p.split(":")
                if int(low) <= port <= int(high):
                    return True
            elif base.named(to, p, protocol, port):
                return True
        return False

    def rule(self, policy, rule, direction, self_end, other, to, protocol, port):
        if "protocol" in rule and rule["protocol"].upper() != protocol:
            return False
        source, destination = (other, self_end) if direction == "ingress" else (self_end, other)
        if not self.entity(policy, rule.get("source", {}), source) or not self.entity(policy, rule.get("destination", {}), destination):
            return False
        d = rule.get("destination", {})
        if "ports" in d and not self.ports(d["ports"], to, protocol, port):
            return False
        return "notPorts" not in d or not self.ports(d["notPorts"], to, protocol, port)

    def speaks(self, policy, direction):
        s = policy["spec"]
        if s.get("types"):
            return direction.capitalize() in s["types"]
        return bool(s.get(direction)) or (direction == "ingress" and not s.get("egress"))

    def direction_allows(self, direction, self_end, other, to, protocol, port):
        if self_end[0] != "pod" or base.host(self_end[1]):
            return True
        pod = self_end[1]
        if other[0] == "pod" and other[1] is pod:
            return True
        if self.end_node(other) is not None and self.end_node(other) == pod["spec"].get("nodeName"):
            return True
        order = sorted(self.tiers, key=lambda t: self.tiers[t]["order"]) + ["default"]
        for tier in order:
            mine = [(p["spec"].get("order", float("inf")), p) for p in self.calico
                    if p["spec"].get("tier", "default") == tier and self.speaks(p, direction) and self.subject(p, pod)]
            if tier == "default":
                mine += [(1000, p) for p in self.policies if self.np_covers(p, direction, pod)]
            says = None
            for _, p in sorted(mine, key=lambda x: x[0]):
                says = self.policy_says(p, direction, self_end, other, to, protocol, port)
                if says:
                    break
            if says in ("Allow", "Deny"):
                return says == "Allow"
            if not says and mine and self.tiers.get(tier, {}).get("defaultAction", "Deny") == "Deny":
                return False
        return True

    def policy_says(self, p, direction, self_end, other, to, protocol, port):
        if p["apiVersion"] == "networking.k8s.io/v1":
            return "Allow" if self.np_allows(p, direction, other, to, protocol, port) else None
        for rule in p["spec"].get(direction) or []:
            if rule["action"] != "Log" and self.rule(p, rule, direction, self_end, other, to, protocol, port):
                return rule["action"]
        return None


class CalicoMaker(base.Maker):
    def __init__(self, seed):
        super().__init__(seed)
        self.trees = {}

    def tree(self, depth=2):
        kind = self.r.random()
        key = self.r.choice(list(base.KEYS))
        value = self.r.choice(base.KEYS[key])
        if depth and kind < 0.2:
            return ("and", self.tree(depth - 1), self.tree(depth - 1))
        if depth and kind < 0.4:
            return ("or", self.tree(depth - 1), self.tree(depth - 1))
        if depth and kind < 0.5:
            return ("not", ("has", key))
        if kind < 0.6:
            return ("has", key)
        if kind < 0.7:
            return (self.r.choice(["in", "not in"]), key, self.r.sample(base.KEYS[key], self.r.randint(1, 2)))
        if kind < 0.76 and value:
            return (self.r.choice(["starts with", "contains"]), key, value[:2])
        if kind < 0.82:
            return ("all",)
        return (self.r.choice(["==", "==", "!="]), key, value)

    def expression_text(self):
        t = self.tree()
        text = tree_text(t)
        self.trees[text] = t
        return text

    def entity(self, peer):
        e = {}
        if peer and self.chance(0.5):
            e["selector"] = self.expression_text()
        if peer and self.chance(0.35):
            e["namespaceSelector"] = self.expression_text()
        if "selector" in e and self.chance(0.15):
            e["notSelector"] = self.expression_text()
        if peer and self.chance(0.2 if e else 0.7):
            e["nets"] = [self.cidr() for _ in range(self.r.randint(1, 2))]
        if peer and self.chance(0.25):
            e["notNets"] = [self.cidr()]
        return e

    def calico_rule(self, direction):
        rule = {"action": self.r.choice(["Allow", "Allow", "Deny", "Pass", "Log"])}
        far, near = ("source", "destination") if direction == "ingress" else ("destination", "source")
        entity = self.entity(self.chance(0.8))
        if entity:
            rule[far] = entity
        if self.chance(0.6):
            rule["protocol"] = self.r.choice(["TCP", "UDP", "SCTP"])
            if self.chance(0.8):
                member = "ports" if self.chance(0.8) else "notPorts"
                rule.setdefault("destination", {})[member] = [self.r.choice([80, 443, 53, "1:1000", "8000:9000", self.r.choice(base.NAMES)]) for _ in range(self.r.randint(1, 2))]
        return rule

    def calico_policy(self, i, order):
        wide = self.chance(0.5)
        out = {"selector": self.expression_text(), "order": order}
        if wide and self.chance(0.4):
            out["namespaceSelector"] = self.expression_text()
        if self.chance(0.4):
            out["tier"] = self.r.choice(["early", "late"])
        for direction in ("ingress", "egress"):
            if self.chance(0.6):
                out[direction] = [self.calico_rule(direction) for _ in range(self.r.randint(0, 3))]
        if self.chance(0.6):
            out["types"] = self.r.choice([["Ingress"], ["Egress"], ["Ingress", "Egress"]])
        prefix = out.get("tier", "default")
        meta = {"name": "%s.cal%d" % (prefix, i)}
        if not wide:
            meta["namespace"] = self.r.choice(self.names)
        return {"apiVersion": "projectcalico.org/v3", "kind": "GlobalNetworkPolicy" if wide else "NetworkPolicy", "metadata": meta, "spec": out}

    def objects(self):
        plain = base.Maker(self.seed)
        out = [o for o in plain.objects() if "Admin" not in o["kind"]]
        self.names = plain.names
        out.append({"apiVersion": "projectcalico.org/v3", "kind": "Tier", "metadata": {"name": "early"}, "spec": {"order": 100, "defaultAction": "Deny"}})
        out.append({"apiVersion": "projectcalico.org/v3", "kind": "Tier", "metadata": {"name": "late"}, "spec": {"order": 200, "defaultAction": "Pass"}})
        orders = self.r.sample(range(2000), 6)
        out += [self.calico_policy(i, orders[i]) for i in range(self.r.randint(1, 6))]
        return out + [agent("calico-node", "docker.io/calico/node:v3.28.0")]


# --- both ------------------------------------------------------------------------------------------------------------------------------

def main():
    plimsoll, work = sys.argv[1:3]
    first, clusters, probes = (int(x) for x in (sys.argv[3:6] or (1, 120, 60)))
    made, oracles = {}, {}
    for seed in range(first, first + clusters):
        maker = CiliumMaker(seed) if seed % 2 else CalicoMaker(seed)
        objects = maker.objects()
        oracles[seed] = Cilium(objects) if seed % 2 else Calico(objects, maker.trees)
        made[seed] = (objects, list(maker.probes(objects, probes)))
    _, every = base.ask(plimsoll, work, made)
    passed = failed = differ = allowed = 0
    for seed, (_, questions) in made.items():
        cluster, answers = oracles[seed], every[seed]
        bad = len(answers) != len(questions)
        for q, line in zip(questions, answers):
            want = cluster.allows(q["source"], q["target"], q["protocol"], q["port"])
            allowed += want
            if json.loads(line).get("allowed") is not want:
                bad, differ = True, differ + 1
                if differ <= 20:
                    print("%s %d: %s: the oracle says %s" % (type(cluster).__name__, seed, line, want))
        passed, failed = passed + (not bad), failed + bad
    print("%d passed, %d failed" % (passed, failed))
    sys.exit(1 if failed or not allowed else 0)


if __name__ == "__main__":
    main()
