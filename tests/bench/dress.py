#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Dresses a folder of kubectl lists that a person wrote: adds what an API server, its controllers and kubelets add to every object.

usage: dress.py DUMPDIR OUTDIR

The measure of the benchmark is what `jq` takes to read the same files, so the files must hold what real ones hold, and be as long. The demo's objects say only
what tells something: 1.3 kB each, nearly all of them workloads or their accounts, with four findings each. A dump of a real API server (v1.35, Argo CD, a shop,
Prometheus, Gatekeeper; 1,150 objects) has 4 kB each once it is multiplied and one finding each: three in ten are events, and its pods have 12 kB, its workloads 11, its
ConfigMaps 16. Added here is what every cluster makes by itself: defaults and status of pods and workloads, two former ReplicaSets of each Deployment, Endpoints
and an EndpointSlice of each Service, the authority's certificate at its length, three events of each pod, listed under both their groups as kubectl does; and of what
people make, the annotation of `kubectl apply` and a ConfigMap of 8 kB for each workload. That gives 2.3 kB and 2 findings each: still harder than the real one.
The additions were chosen after the kinds and sizes of the objects in that dump, which has about 4 kB for each.
"""
import copy
import glob
import hashlib
import json
import os
import sys

TIME = "2026-11-10T06:00:05Z"
FORMER = 2
EVENTS = [("Scheduled", "Successfully assigned %(ns)s/%(name)s to %(node)s", "default-scheduler"), ("Pulled", 'Container image "%(image)s" already present on machine and can be accessed by the pod', "kubelet"),
          ("Started", "Container started", "kubelet")]
CERTIFICATE = "-----BEGIN CERTIFICATE-----\n%s-----END CERTIFICATE-----\n" % "".join("%s\n" % (hashlib.sha256(b"%d" % i).hexdigest()) for i in range(17))


def digest(*parts):
    return hashlib.sha256("/".join(parts).encode()).hexdigest()


def uid(*parts):
    h = digest(*parts)
    return "-".join((h[:8], h[8:12], h[12:16], h[16:20], h[20:32]))


def put(o, **defaults):
    for key, value in defaults.items():
        o.setdefault(key, value)


def dress_container(c):
    put(c, terminationMessagePath="/dev/termination-log", terminationMessagePolicy="File", resources={})
    for probe in ("livenessProbe", "readinessProbe", "startupProbe"):
        if probe in c:
            put(c[probe], failureThreshold=3, periodSeconds=10, successThreshold=1, timeoutSeconds=1)
            if "httpGet" in c[probe]:
                put(c[probe]["httpGet"], scheme="HTTP")


def dress_template(spec):
    put(spec, serviceAccount=spec.get("serviceAccountName", "default"), terminationGracePeriodSeconds=30)
    for c in spec.get("containers", []) + spec.get("initContainers", []):
        dress_container(c)


def token_volume(name):
    return {"name": name, "projected": {"defaultMode": 420, "sources": [
        {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}}, {"configMap": {"items": [{"key": "ca.crt", "path": "ca.crt"}], "name": "kube-root-ca.crt"}},
        {"downwardAPI": {"items": [{"fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.namespace"}, "path": "namespace"}]}}]}}


def apply(o):
    """What `kubectl apply` keeps of the file that it was given."""
    meta = o["metadata"]
    given = {k: v for k, v in o.items() if k != "status"}
    given["metadata"] = {k: v for k, v in meta.items() if k in ("name", "namespace", "labels", "annotations")}
    meta.setdefault("annotations", {})["kubectl.kubernetes.io/last-applied-configuration"] = json.dumps(given, separators=(",", ":")) + "\n"


def settings(workload):
    meta = workload["metadata"]
    lines = "".join("%s.module-%03d.timeout.seconds=%d\n" % (meta["name"], i, 5 + i % 60) for i in range(200))
    return made("ConfigMap", "v1", workload, meta["name"] + "-settings", data={"application.properties": lines[:8000]})


def dress_pod(o):
    meta, spec, status = o["metadata"], o["spec"], o.setdefault("status", {})
    put(meta, generateName=meta["name"].rsplit("-", 1)[0] + "-", generation=1)
    dress_template(spec)
    put(spec, enableServiceLinks=True, preemptionPolicy="PreemptLowerPriority", priority=0, tolerations=[
        {"effect": "NoExecute", "key": "node.kubernetes.io/" + k, "operator": "Exists", "tolerationSeconds": 300} for k in ("not-ready", "unreachable")])
    # The account's token is mounted where neither the pod nor its account forbids it; the account is not looked at, so that it is left out more often than in reality.
    if spec.get("automountServiceAccountToken") is None and not any("projected" in v for v in spec.get("volumes", [])):
        name = "kube-api-access-" + digest(meta["name"])[:5]
        spec.setdefault("volumes", []).append(token_volume(name))
        for c in spec["containers"] + spec.get("initContainers", []):
            c.setdefault("volumeMounts", []).append({"mountPath": "/var/run/secrets/kubernetes.io/serviceaccount", "name": name, "readOnly": True})
    put(status, podIPs=[{"ip": status["podIP"]}] if "podIP" in status else [], conditions=[
        {"lastProbeTime": None, "lastTransitionTime": TIME, "status": "True", "type": t} for t in ("PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled")])
    for c in status.get("containerStatuses", []):
        put(c, containerID="containerd://" + digest(meta["uid"], c["name"]), lastState={}, state={"running": {"startedAt": TIME}})


def conditions(what):
    return [{"lastTransitionTime": TIME, "lastUpdateTime": TIME, "message": m % what, "reason": r, "status": "True", "type": t} for t, r, m in (
        ("Available", "MinimumReplicasAvailable", "%s has minimum availability."), ("Progressing", "NewReplicaSetAvailable", "%s has successfully progressed."))]


def dress_workload(o):
    meta, spec, status = o["metadata"], o["spec"], o.setdefault("status", {})
    put(meta, generation=1)
    meta.setdefault("annotations", {}).setdefault("deployment.kubernetes.io/revision", str(FORMER + 1))
    put(spec, progressDeadlineSeconds=600, revisionHistoryLimit=10, strategy={"rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "25%"}, "type": "RollingUpdate"})
    dress_template(spec["template"]["spec"])
    n = spec.get("replicas", 1)
    put(status, availableReplicas=n, readyReplicas=n, updatedReplicas=n, observedGeneration=1, conditions=conditions("Deployment"))


def dress_replicaset(o):
    meta, spec, status = o["metadata"], o["spec"], o.setdefault("status", {})
    n = spec.get("replicas", 1)
    put(meta, generation=1, annotations={"deployment.kubernetes.io/desired-replicas": str(n), "deployment.kubernetes.io/max-replicas": str(n + 1), "deployment.kubernetes.io/revision": str(FORMER + 1)})
    dress_template(spec["template"]["spec"])
    put(status, availableReplicas=n, fullyLabeledReplicas=n, readyReplicas=n, observedGeneration=1)


def former(o, k):
    """A ReplicaSet of an earlier revision, which the Deployment keeps so that it can go back."""
    o = copy.deepcopy(o)
    meta = o["metadata"]
    meta["name"] += "-%d" % k
    meta["uid"] = uid(meta["uid"], str(k))
    meta["annotations"]["deployment.kubernetes.io/revision"] = str(k)
    for labels in (meta.get("labels", {}), o["spec"]["selector"].get("matchLabels", {}), o["spec"]["template"]["metadata"].get("labels", {})):
        if "pod-template-hash" in labels:
            labels["pod-template-hash"] += str(k)
    o["spec"]["replicas"] = 0
    o["status"] = {"replicas": 0, "observedGeneration": 2}
    return o


def dress_service(o):
    spec = o["spec"]
    put(spec, internalTrafficPolicy="Cluster", ipFamilies=["IPv4"], ipFamilyPolicy="SingleStack", sessionAffinity="None", clusterIPs=[spec["clusterIP"]] if spec.get("clusterIP") else [])
    put(o.setdefault("status", {}), loadBalancer={})


def made(kind, version, like, name, **content):
    """An object that the cluster makes beside `like`, in its namespace."""
    meta = like["metadata"]
    space = meta.get("namespace", meta["name"])
    return dict({"apiVersion": version, "kind": kind, "metadata": {"creationTimestamp": TIME, "name": name, "namespace": space, "resourceVersion": meta.get("resourceVersion", "1"),
                                                                   "uid": uid(kind, space, name)}}, **content)


def endpoints(service, pods):
    spec, meta = service["spec"], service["metadata"]
    chosen = [p for p in pods if spec.get("selector") and p["metadata"]["namespace"] == meta["namespace"] and spec["selector"].items() <= p["metadata"].get("labels", {}).items() and p["status"].get("podIP")]
    ref = lambda p: {"kind": "Pod", "name": p["metadata"]["name"], "namespace": meta["namespace"], "uid": p["metadata"]["uid"]}
    ports = [{"name": p.get("name", ""), "port": p["targetPort"] if isinstance(p.get("targetPort"), int) else p["port"], "protocol": p.get("protocol", "TCP")} for p in spec.get("ports", [])]
    one = made("Endpoints", "v1", service, meta["name"], subsets=[{"addresses": [{"ip": p["status"]["podIP"], "nodeName": p["spec"].get("nodeName"), "targetRef": ref(p)} for p in chosen], "ports": ports}] if chosen else [])
    one["metadata"]["annotations"] = {"endpoints.kubernetes.io/last-change-trigger-time": TIME}
    two = made("EndpointSlice", "discovery.k8s.io/v1", service, meta["name"] + "-" + digest(meta["uid"])[:5], addressType="IPv4", ports=ports, endpoints=[
        {"addresses": [p["status"]["podIP"]], "conditions": {"ready": True, "serving": True, "terminating": False}, "nodeName": p["spec"].get("nodeName"), "targetRef": ref(p)} for p in chosen])
    two["metadata"].update(generateName=meta["name"] + "-", generation=2, labels={"endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io", "kubernetes.io/service-name": meta["name"]},
                           ownerReferences=[{"apiVersion": "v1", "blockOwnerDeletion": True, "controller": True, "kind": "Service", "name": meta["name"], "uid": meta["uid"]}])
    return one, two


def events(pod):
    meta = pod["metadata"]
    words = {"ns": meta["namespace"], "name": meta["name"], "node": pod["spec"].get("nodeName"), "image": pod["spec"]["containers"][0]["image"]}
    for reason, message, source in EVENTS:
        yield made("Event", "v1", pod, "%s.%s" % (meta["name"], digest(meta["uid"], reason)[:16]), count=1, eventTime=None, firstTimestamp=TIME, lastTimestamp=TIME, message=message % words, reason=reason,
                   reportingComponent=source, reportingInstance=words["node"], source={"component": source, "host": words["node"]}, type="Normal",
                   involvedObject={"apiVersion": "v1", "kind": "Pod", "name": meta["name"], "namespace": meta["namespace"], "resourceVersion": "1", "uid": meta["uid"]})


def newer(event):
    """The same event as the newer group lists it."""
    o = {k: v for k, v in event.items() if k not in ("count", "firstTimestamp", "lastTimestamp", "message", "source", "involvedObject")}
    o.update(apiVersion="events.k8s.io/v1", note=event["message"], regarding=event["involvedObject"], deprecatedCount=1, deprecatedFirstTimestamp=TIME, deprecatedLastTimestamp=TIME,
             deprecatedSource=event["source"])
    return o


def dress(lists):
    get = lambda name: lists.setdefault(name + ".json", [])
    for name in ("deployments.apps", "statefulsets.apps", "daemonsets.apps", "services"):
        for o in get(name):
            apply(o)
            if name != "services":
                get("configmaps").append(settings(o))
    for name, how in (("pods", dress_pod), ("deployments.apps", dress_workload), ("replicasets.apps", dress_replicaset), ("services", dress_service)):
        for o in get(name):
            how(o)
    for name in ("statefulsets.apps", "daemonsets.apps"):
        for o in get(name):
            dress_template(o["spec"]["template"]["spec"])
    get("replicasets.apps").extend([former(o, k) for o in get("replicasets.apps") for k in range(1, FORMER + 1)])
    for service in get("services"):
        one, two = endpoints(service, get("pods"))
        get("endpoints").append(one)
        get("endpointslices.discovery.k8s.io").append(two)
    for o in get("configmaps"):
        if "ca.crt" in o.get("data", {}):
            o["data"]["ca.crt"] = CERTIFICATE
    for pod in get("pods"):
        get("events").extend(events(pod))
    get("events.events.k8s.io").extend(newer(o) for o in get("events"))


def main():
    source, out = sys.argv[1:]
    os.makedirs(out, exist_ok=True)
    lists, rest = {}, {}
    for path in sorted(glob.glob(os.path.join(source, "*.json"))):
        with open(path) as f:
            data = json.load(f)
        (lists if isinstance(data.get("items"), list) else rest)[os.path.basename(path)] = data.get("items", data)
    dress(lists)
    for name, items in lists.items():
        with open(os.path.join(out, name), "w") as f:
            json.dump({"apiVersion": "v1", "items": items, "kind": "List", "metadata": {"resourceVersion": ""}}, f, indent=4)
    for name, data in rest.items():
        with open(os.path.join(out, name), "w") as f:
            json.dump(data, f, indent=4)


main()
