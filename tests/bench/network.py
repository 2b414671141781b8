#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A cluster for the benchmarks of `plimsoll network`: usage: network.py OUTDIR NAMESPACES PODS_PER_WORKLOAD

Four workloads and four policies in each namespace, as platforms have them: default deny, DNS, one application that others of its team call,
one database that only its application reaches, egress to named networks. Objects are as large as kubectl prints them.
"""
import json
import os
import sys


def main():
    out, spaces, each = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    os.makedirs(out, exist_ok=True)
    namespaces, pods, policies = [], [], []
    for n in range(spaces):
        ns = "team-%04d" % n
        namespaces.append({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": ns, "uid": "ns-%d" % n, "labels": {
            "kubernetes.io/metadata.name": ns, "group": "g%d" % (n % 25), "env": "prod" if n % 3 else "dev"}}})
        for w, app in enumerate(["web", "api", "db", "job"]):
            for i in range(each):
                name = "%s-5d4f8c7b9-%05x" % (app, i)
                number = (n * 4 + w) * each + i
                pods.append({
                    "apiVersion": "v1", "kind": "Pod",
                    "metadata": {"name": name, "namespace": ns, "uid": "pod-%d" % number, "creationTimestamp": "2026-11-01T00:00:00Z",
                                 "labels": {"app": app, "pod-template-hash": "5d4f8c7b9", "version": "v%d" % (i % 2), "app.kubernetes.io/managed-by": "Helm"},
                                 "annotations": {"checksum/config": "0123456789abcdef" * 4},
                                 "ownerReferences": [{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": app + "-5d4f8c7b9", "controller": True,
                                                      "uid": "rs-%d-%d" % (n, w), "blockOwnerDeletion": True}]},
                    "spec": {"nodeName": "node-%d" % (number % 200), "serviceAccountName": app, "containers": [{
                        "name": app, "image": "registry.example.com/%s:1.%d" % (app, n), "ports": [{"name": "http", "containerPort": 8080, "protocol": "TCP"}],
                        "env": [{"name": "SETTING_%d" % k, "value": "value-%d" % k} for k in range(12)],
                        "resources": {"requests": {"cpu": "100m", "memory": "128Mi"}, "limits": {"memory": "256Mi"}},
                        "readinessProbe": {"httpGet": {"path": "/", "port": "http"}},
                        "volumeMounts": [{"name": "kube-api-access-x", "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount", "readOnly": True}]}],
                        "tolerations": [{"key": "node.kubernetes.io/not-ready", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 300}],
                        "volumes": [{"name": "kube-api-access-x", "projected": {"defaultMode": 420, "sources": [
                            {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}}]}}]},
                    "status": {"phase": "Running", "podIP": "10.%d.%d.%d" % (1 + number // 65536, number // 256 % 256, number % 256),
                               "conditions": [{"type": t, "status": "True", "lastTransitionTime": "2026-11-01T00:00:00Z"} for t in ("Ready", "Initialized", "PodScheduled")],
                               "containerStatuses": [{"name": app, "ready": True, "restartCount": 0, "image": "registry.example.com/%s:1" % app}]}})
        policy = lambda name, spec: policies.append({"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy",
                                                     "metadata": {"name": name, "namespace": ns, "uid": "np-%d-%s" % (n, name)}, "spec": spec})
        policy("default-deny", {"podSelector": {}, "policyTypes": ["Ingress", "Egress"], "egress": [{"ports": [{"protocol": "UDP", "port": 53}]}]})
        policy("web", {"podSelector": {"matchLabels": {"app": "web"}}, "ingress": [{"ports": [{"port": "http"}]}],
                       "egress": [{"to": [{"podSelector": {"matchLabels": {"app": "api"}}}]}], "policyTypes": ["Ingress", "Egress"]})
        policy("api", {"podSelector": {"matchLabels": {"app": "api"}}, "policyTypes": ["Ingress", "Egress"], "ingress": [
            {"from": [{"podSelector": {"matchExpressions": [{"key": "app", "operator": "In", "values": ["web", "job"]}]}},
                      {"namespaceSelector": {"matchLabels": {"group": "g%d" % (n % 25)}}, "podSelector": {"matchLabels": {"app": "api"}}}],
             "ports": [{"port": 8080}]}], "egress": [{"to": [{"podSelector": {"matchLabels": {"app": "db"}}}], "ports": [{"port": 5432, "endPort": 5433}]},
                                                      {"to": [{"ipBlock": {"cidr": "192.0.2.0/24", "except": ["192.0.2.%d/32" % (n % 250)]}}]}]})
        policy("db", {"podSelector": {"matchLabels": {"app": "db"}}, "ingress": [{"from": [{"podSelector": {"matchLabels": {"app": "api"}}}],
                                                                                  "ports": [{"port": 5432}]}]})
    for name, items in (("namespaces", namespaces), ("pods", pods), ("networkpolicies", policies)):
        with open(os.path.join(out, name + ".json"), "w") as f:
            json.dump({"apiVersion": "v1", "items": items, "kind": "List"}, f, indent=4)


main()
