#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Random and awkward roles and bindings for a real API server, questions about them, and its answers.

usage: rbac.py fill URL PKI SEED            make the objects
       rbac.py dump URL PKI DIR             lists of what the server holds then, as kubectl prints them
       rbac.py questions DIR SEED COUNT     questions about a dump, as JSON Lines (the same for the same arguments, on any Python)
       rbac.py ask URL PKI < questions      a SubjectAccessReview for each: one digit a line on stdout
       rbac.py compare QUESTIONS ANSWERS OURS
"""
import http.client
import json
import os
import ssl
import sys
import threading
import time

RBAC = "rbac.authorization.k8s.io"
SPACES = ["team-a", "team-b", "team-c", "prod", "qa"]
USERS = ["alice", "Alice", "bob@example.com", "oidc:carol", "system:anonymous", "*", "a'b\"c", "line\nbreak", "tab\there", "back\\slash", "\u00fcmlaut", "\u4e2d\u6587",
         "system:serviceaccount:team-a:ci", "system:serviceaccount:team-a:default", "system:serviceaccount:prod:deployer",
         "system:serviceaccount:team-a", "system:serviceaccount::ci", "system:serviceaccount:::ci", "system:serviceaccount:a:b:c", "system:serviceaccount:",
         "system:node:n1", "system:node:n2", "system:node:", "system:kube-scheduler", "x" * 300, "user with spaces", " alice", "alice "]
GROUPS = ["devs", "Devs", "ops", "*", "system:authenticated", "system:unauthenticated", "system:serviceaccounts", "system:serviceaccounts:team-a",
          "system:serviceaccounts:prod", "system:nodes", "system:monitoring", "group'quote", "gr\nnl", "a:b", "alice", "system:Masters"]
ACCOUNTS = ["default", "ci", "deployer", "b.c", "web-1"]
VERBS = ["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection", "*", "impersonate", "bind", "escalate", "use", "approve", "GET", "ge",
         "get*", " get", "proxy", "attest"]
APIS = ["", "apps", "batch", RBAC, "*", "example.com", "Apps", "networking.k8s.io", "*.k8s.io", "certificates.k8s.io", "/"]
RESOURCES = ["pods", "pods/exec", "pods/log", "secrets", "configmaps", "deployments", "deployments/scale", "*", "*/exec", "*/scale", "*/*", "pods/*", "Pods", "",
             "nodes/proxy", "nodes", "*/", "pods/", "/exec", "roles", "widgets", "widgets/a/b", "*/a/b", "*pods", "pod*", "serviceaccounts/token", "**", "*/status"]
NAMES = ["web", "db", "Web", "*", "", "w'eb", "a/b", "web\n", "kube-root-ca.crt", "n1", "ci"]
URLS = ["/healthz", "/healthz/*", "/api*", "/apis/**", "*", "/", "/metrics", "/log*s", "/logs/*", "/*", "", "healthz", "/version/", "/openid/*", "/a b", "/livez*", "/%2f*"]


class Dice:
    """A linear congruential generator (Knuth's MMIX): the same numbers everywhere."""

    def __init__(self, seed):
        self.state = (int(seed) * 2654435761 + 1) % 2**64
        for _ in range(8):
            self.below(2)

    def below(self, n):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self.state >> 33) % n

    def pick(self, items):
        return items[self.below(len(items))]

    def some(self, items, most):
        return [self.pick(items) for _ in range(1 + self.below(most))]

    def chance(self, percent):
        return self.below(100) < percent


class Server:
    def __init__(self, url, pki):
        self.host = url.split("//")[1]
        self.context = ssl.create_default_context(cafile=os.path.join(pki, "ca.crt"))
        self.context.load_cert_chain(os.path.join(pki, "admin.crt"), os.path.join(pki, "admin.key"))
        self.connection = None

    def call(self, method, path, body=None):
        for attempt in (1, 2, 3):
            try:
                if not self.connection:
                    self.connection = http.client.HTTPSConnection(self.host, context=self.context, timeout=60)
                self.connection.request(method, path, json.dumps(body) if body is not None else None, {"Content-Type": "application/json"})
                answer = self.connection.getresponse()
                text = answer.read()
            except (OSError, http.client.HTTPException):
                self.connection = None
                if attempt == 3:
                    raise
                continue
            if answer.status == 429:
                time.sleep(1)
                continue
            return answer.status, json.loads(text)
        raise RuntimeError("%s %s: too many requests" % (method, path))

    def make(self, path, body, wanted=(200, 201, 409, 422)):
        code, answer = self.call("POST", path, body)
        if code not in wanted:
            raise RuntimeError("%s: %d %s" % (path, code, answer.get("message")))
        return code


def rule(d, cluster):
    if cluster and d.chance(20):
        return {"verbs": d.some(VERBS, 3), "nonResourceURLs": d.some(URLS, 3)}
    r = {"verbs": d.some(VERBS, 4), "apiGroups": d.some(APIS, 2), "resources": d.some(RESOURCES, 3)}
    if d.chance(25):
        r["resourceNames"] = d.some(NAMES, 2)
        r["resources"] = r["resources"][:1]
    return r


def subject(d):
    kind = d.below(3)
    if kind == 0:
        return {"kind": "User", "apiGroup": RBAC, "name": d.pick(USERS)}
    if kind == 1:
        return {"kind": "Group", "apiGroup": RBAC, "name": d.pick(GROUPS)}
    s = {"kind": "ServiceAccount", "name": d.pick(ACCOUNTS)}
    if d.chance(70):
        s["namespace"] = d.pick(SPACES + ["nowhere", "a:b"])
    return s


def awkward_name(d, i):
    return d.pick(["r%d", "R%d", "r%d'quote", "r%d\"double", "r%d\\back", "r%d new\nline", "system:r%d", "r%d:x", "r%d \u00fc", "*r%d"]) % i


def aggregate(d, i):
    """Gathering roles: by label, by expression, of each other in circles."""
    selectors = [{"matchLabels": {"tier": d.pick(["one", "two", "three"])}},
                 {"matchExpressions": [{"key": "tier", "operator": "In", "values": ["two", "three"]}, {"key": "hidden", "operator": "DoesNotExist"}]},
                 {"matchExpressions": [{"key": "hidden", "operator": "Exists"}]},
                 {"matchExpressions": [{"key": "tier", "operator": "NotIn", "values": ["one", "two"]}, {"key": "made", "operator": "Exists"}]},
                 {"matchLabels": {"made": "yes"}, "matchExpressions": [{"key": "tier", "operator": "Exists"}, {"key": "hidden", "operator": "NotIn", "values": ["x"]}]},
                 {"matchLabels": {"gathers": "yes"}, "matchExpressions": [{"key": "tier", "operator": "In", "values": ["one"]}]}]
    labels = {"gathers": d.pick(["yes", "no"]), "made": "yes"}
    if d.chance(60):
        labels["tier"] = d.pick(["one", "two", "three"])
    return {"metadata": {"name": "gather-%d" % i, "labels": labels},
            "aggregationRule": {"clusterRoleSelectors": d.some(selectors, 2)}, "rules": None}


def fill_roles(s, d):
    base = "/apis/%s/v1" % RBAC
    cluster, local = [], []
    for i in range(140):
        labels = {"made": "yes"}
        if d.chance(30):
            labels["tier"] = d.pick(["one", "two", "three"])
        if d.chance(20):
            labels["hidden"] = "x"
        o = {"metadata": {"name": awkward_name(d, i), "labels": labels}, "rules": [rule(d, True) for _ in range(d.below(6))]}
        if s.make(base + "/clusterroles", o) < 300:
            cluster.append(o["metadata"]["name"])
    for i in range(16):
        o = aggregate(d, i)
        s.make(base + "/clusterroles", o)
        cluster.append(o["metadata"]["name"])
    for i in range(160):
        space = d.pick(SPACES)
        o = {"metadata": {"name": awkward_name(d, i)}, "rules": [rule(d, False) for _ in range(d.below(5))]}
        if s.make(base + "/namespaces/%s/roles" % space, o) < 300:
            local.append((space, o["metadata"]["name"]))
    many = {"metadata": {"name": "many"}, "rules": [{"verbs": ["get"], "apiGroups": [""], "resources": ["things"], "resourceNames": ["t%d" % i]} for i in range(3000)]}
    s.make(base + "/clusterroles", many)
    cluster.append("many")
    return cluster, local


def fill_bindings(s, d, cluster, local):
    base = "/apis/%s/v1" % RBAC
    kinds = ["ClusterRole", "Role"]
    for i in range(130):
        o = {"metadata": {"name": awkward_name(d, i)}, "subjects": [subject(d) for _ in range(d.below(4))],
             "roleRef": {"apiGroup": RBAC, "kind": "ClusterRole", "name": d.pick(cluster + ["gone", "view", "edit", "system:node"])}}
        s.make(base + "/clusterrolebindings", o)
    for i in range(420):
        space, name = d.pick(local)
        kind = d.pick(kinds)
        if kind == "ClusterRole":
            name = d.pick(cluster + ["gone", "admin", "edit", "view", "cluster-admin"])
        elif d.chance(10):
            name = "gone"
        if d.chance(15):
            space = d.pick(SPACES)
        o = {"metadata": {"name": awkward_name(d, i)}, "subjects": [subject(d) for _ in range(d.below(5))],
             "roleRef": {"apiGroup": RBAC, "kind": kind, "name": name}}
        s.make(base + "/namespaces/%s/rolebindings" % space, o)


def fill_pods(s, d):
    """Pods on nodes, for the Node authorizer."""
    for n in ("n1", "n2"):
        s.make("/api/v1/nodes", {"metadata": {"name": n}})
    for i in range(12):
        space = d.pick(SPACES)
        spec = {"nodeName": d.pick(["n1", "n2"]), "serviceAccountName": d.pick(ACCOUNTS), "imagePullSecrets": [{"name": "pull-%d" % (i % 3)}],
                "containers": [{"name": "c", "image": "registry.example.com/a:1", "envFrom": [{"secretRef": {"name": "env-%d" % (i % 4)}}],
                                "env": [{"name": "K", "valueFrom": {"configMapKeyRef": {"name": "web", "key": "k"}}}]}],
                "volumes": [{"name": "v", "secret": {"secretName": "web"}}, {"name": "p", "projected": {"sources": [{"configMap": {"name": "db"}}]}},
                            {"name": "c", "persistentVolumeClaim": {"claimName": "claim-%d" % (i % 3)}}]}
        for a in ACCOUNTS:
            s.make("/api/v1/namespaces/%s/serviceaccounts" % space, {"metadata": {"name": a}})
        s.make("/api/v1/namespaces/%s/pods" % space, {"metadata": {"name": "web-%d" % i}, "spec": spec})
    fill_volumes(s, d)


def fill_volumes(s, d):
    """Volumes with secrets of their own, attachments, slices."""
    sources = [{"hostPath": {"path": "/x"}},
               {"csi": {"driver": "csi.example.com", "volumeHandle": "h", "nodePublishSecretRef": {"name": "publish", "namespace": "prod"},
                        "nodeStageSecretRef": {"name": "stage", "namespace": "qa"}, "controllerPublishSecretRef": {"name": "control", "namespace": "prod"}}},
               {"iscsi": {"targetPortal": "192.0.2.1:3260", "iqn": "iqn.2026-01.com.example:a", "lun": 0, "chapAuthSession": True, "secretRef": {"name": "chap"}}},
               {"azureFile": {"secretName": "azure", "shareName": "s", "secretNamespace": "qa"}}]
    for i, source in enumerate(sources * 3):
        spec = {"capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteOnce"], "claimRef": {"namespace": d.pick(SPACES), "name": "claim-%d" % (i % 3)}}
        s.make("/api/v1/persistentvolumes", {"metadata": {"name": "volume-%d" % i}, "spec": dict(spec, **source)})
    for i in range(4):
        s.make("/apis/storage.k8s.io/v1/volumeattachments", {"metadata": {"name": "attach-%d" % i}, "spec": {
            "attacher": "csi.example.com", "nodeName": d.pick(["n1", "n2"]), "source": {"persistentVolumeName": "volume-%d" % i}}})
        s.make("/apis/resource.k8s.io/v1/resourceslices", {"metadata": {"name": "slice-%d" % i}, "spec": {
            "driver": "dra.example.com", "nodeName": d.pick(["n1", "n2"]), "pool": {"name": "p%d" % i, "generation": 1, "resourceSliceCount": 1}}})


def fill(url, pki, seed):
    s, d = Server(url, pki), Dice(seed)
    for n in SPACES:
        s.make("/api/v1/namespaces", {"metadata": {"name": n}})
    cluster, local = fill_roles(s, d)
    fill_bindings(s, d, cluster, local)
    fill_pods(s, d)


LISTS = ["/apis/%s/v1/%s" % (RBAC, k) for k in ("roles", "clusterroles", "rolebindings", "clusterrolebindings")] + [
    "/api/v1/" + k for k in ("namespaces", "serviceaccounts", "nodes", "pods", "persistentvolumes")] + [
    "/apis/storage.k8s.io/v1/volumeattachments", "/apis/resource.k8s.io/v1/resourceslices"]


def dump(url, pki, folder):
    s = Server(url, pki)
    last = None
    for _ in range(60):  # until the controllers have gathered everything
        now = {p: s.call("GET", p)[1] for p in LISTS}
        sign = json.dumps([i["metadata"]["resourceVersion"] for p in LISTS[:4] for i in now[p]["items"]])
        if sign == last:
            break
        last = sign
        time.sleep(5)
    os.makedirs(folder, exist_ok=True)
    for p, data in now.items():
        for o in data["items"]:
            o.update(apiVersion=data["apiVersion"], kind=data["kind"][:-4])
            for k in ("managedFields", "uid", "creationTimestamp", "resourceVersion", "generation"):
                o["metadata"].pop(k, None)
            o.pop("status", None)
        data["metadata"] = {}
        with open(os.path.join(folder, p.rsplit("/", 1)[1] + ".json"), "w") as f:
            json.dump(data, f, indent=0, sort_keys=True)
            f.write("\n")


def read_dump(folder):
    roles, subjects = [], []
    for name in ("clusterroles", "roles"):
        for o in json.load(open(os.path.join(folder, name + ".json")))["items"]:
            roles += [(o["metadata"].get("namespace", ""), r) for r in o.get("rules") or []]
    for name in ("clusterrolebindings", "rolebindings"):
        for o in json.load(open(os.path.join(folder, name + ".json")))["items"]:
            subjects += [(o["metadata"].get("namespace", ""), x) for x in o.get("subjects") or []]
    return roles, subjects


def who(d, subjects):
    """A user and groups: of a binding, or any."""
    user, groups = "", []
    for _ in range(1 + d.below(2)):
        space, x = d.pick(subjects)
        if x["kind"] == "User":
            user = x["name"]
        elif x["kind"] == "Group":
            groups.append(x["name"])
        else:
            user = "system:serviceaccount:%s:%s" % (x.get("namespace") or space, x["name"])
    if d.chance(20):
        user = d.pick(USERS)
    if d.chance(15):
        groups += d.some(GROUPS, 3)
    if d.chance(4):
        user, groups = d.pick(["system:node:n1", "system:node:n2", "system:node:n3"]), groups + ["system:nodes"]
    if d.chance(1):
        groups.append("system:masters")
    return (user or "nobody", groups) if not groups or d.chance(80) else (user, groups)


def node_question(d, q):
    resource = d.pick(["secrets", "configmaps", "pods", "nodes", "persistentvolumeclaims", "persistentvolumes", "serviceaccounts", "leases", "csinodes", "services",
                       "events", "endpoints", "runtimeclasses", "resourceslices", "certificatesigningrequests", "tokenreviews", "volumeattachments", "secrets",
                       "subjectaccessreviews", "csidrivers", "resourceclaims"])
    group = {"leases": "coordination.k8s.io", "csinodes": "storage.k8s.io", "runtimeclasses": "node.k8s.io", "resourceslices": "resource.k8s.io",
             "certificatesigningrequests": "certificates.k8s.io", "tokenreviews": "authentication.k8s.io",
             "volumeattachments": "storage.k8s.io", "csidrivers": "storage.k8s.io", "subjectaccessreviews": "authorization.k8s.io", "resourceclaims": "resource.k8s.io"}.get(resource, "")
    q.update(user=d.pick(["system:node:n1", "system:node:n2", "system:node:n3"]), groups=["system:nodes"], verb=d.pick(VERBS[:8]), group=group, resource=resource,
             subresource=d.pick(["", "", "", "status", "token", "eviction"]), namespace=d.pick(SPACES + ["", "kube-node-lease"]),
             name=d.pick(["", "web", "db", "n1", "n2", "pull-0", "pull-1", "env-2", "claim-0", "claim-1", "volume-0", "ci", "default", "web-1", "web-2", "web-7",
                          "publish", "stage", "control", "chap", "azure", "attach-0", "attach-1", "attach-2", "slice-0", "slice-1", "volume-1", "volume-2", "volume-7"]))
    if d.chance(25):  # secrets of volumes
        q.update(verb=d.pick(VERBS[:3]), group="", resource="secrets", subresource="", namespace=d.pick(SPACES), name=d.pick(["publish", "stage", "control", "chap", "azure"]))


def question(d, roles, subjects):
    q = {}
    q["user"], q["groups"] = who(d, subjects)
    space, r = d.pick(roles)
    if d.chance(6):
        node_question(d, q)
        return q
    verb = d.pick(r["verbs"])
    q["verb"] = d.pick(VERBS) if d.chance(20) or (verb == "*" and d.chance(80)) else verb
    urls = r.get("nonResourceURLs")
    if urls or d.chance(4):
        path = d.pick(urls or URLS)
        q["path"] = path.rstrip("*") + d.pick(["", "x", "/y", "*"]) if d.chance(60) else path
        return q
    group, resource = d.pick(r["apiGroups"]), d.pick(r["resources"])
    q["group"] = d.pick(APIS) if d.chance(10) or (group == "*" and d.chance(80)) else group
    if d.chance(10) or (resource == "*" and d.chance(80)):
        resource = d.pick(RESOURCES)
    resource, _, sub = resource.partition("/") if d.chance(95) else (resource, "", "")
    q["resource"] = d.pick(["pods", "deployments", "widgets"]) if resource == "*" and d.chance(70) else resource
    if sub or d.chance(8):
        q["subresource"] = sub if sub and d.chance(90) else d.pick(["exec", "scale", "status", "*", "a/b"])
    names = r.get("resourceNames")
    if d.chance(50):
        q["name"] = d.pick(names) if names and d.chance(80) else d.pick(NAMES)
    if d.chance(70):
        q["namespace"] = space if space and d.chance(80) else d.pick(SPACES + ["kube-system", "nowhere"])
    return q


def questions(folder, seed, count):
    d = Dice(seed)
    roles, subjects = read_dump(folder)
    for _ in range(int(count)):
        q = question(d, roles, subjects)
        sys.stdout.write(json.dumps({k: v for k, v in q.items() if v not in ("", []) or k in ("resource", "path")}) + "\n")


def review(q):
    spec = {"user": q.get("user", ""), "groups": q.get("groups", [])}
    if "path" in q:
        spec["nonResourceAttributes"] = {"path": q["path"], "verb": q["verb"]}
    else:
        spec["resourceAttributes"] = {k: q[k] for k in ("namespace", "verb", "group", "resource", "subresource", "name") if k in q}
    return {"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview", "spec": spec}


def ask(url, pki):
    asked = [json.loads(line) for line in sys.stdin]
    answers = [None] * len(asked)

    def work(first):
        s = Server(url, pki)
        for i in range(first, len(asked), 6):
            code, a = s.call("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", review(asked[i]))
            answers[i] = "1" if a.get("status", {}).get("allowed") else "0" if code == 201 else "refused: %s" % a.get("message")
    threads = [threading.Thread(target=work, args=(k,)) for k in range(6)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    print("\n".join(str(a) for a in answers))


def compare(asked, answers, ours):
    total = same = yes = 0
    for q, a, o in zip(open(asked), open(answers), open(ours)):
        got = json.loads(o)
        total += 1
        yes += a.strip() == "1"
        if "allowed" in got and a.strip() == ("1" if got["allowed"] else "0"):
            same += 1
        elif total - same < 20:
            print("differs: server says %s, we say %s\n  %s" % (a.strip(), o.strip(), q.strip()))
    lines = [sum(1 for _ in open(f)) for f in (asked, answers, ours)]
    if len(set(lines)) != 1:
        print("%s questions, %s answers of the server, %s of ours" % tuple(lines))
        return 1
    print("%d questions, %d allowed, %d answered alike" % (total, yes, same))
    return 0 if same == total else 1


if __name__ == "__main__":
    what = {"fill": fill, "dump": dump, "questions": questions, "ask": ask, "compare": compare}.get(sys.argv[1] if len(sys.argv) > 1 else "")
    if not what:
        sys.exit(__doc__)
    sys.exit(what(*sys.argv[2:]))
