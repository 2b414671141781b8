// SPDX-License-Identifier: Apache-2.0
// Kubernetes' components for matching. Matching itself is derive-match.c's.
#include "derive-kubernetes.h"

#define IS_UPSTREAM "GLOB 'v[0-9]*.[0-9]*.[0-9]*'"

int kubernetes_packages(struct db *site, struct err *e)
{
	return db_exec(site,
		       "INSERT OR IGNORE INTO package(thing, type, name, version, purl, path, declared, owned) SELECT thing, 'k8s', 'k8s.io/kubelet',"
		       " ltrim(kubelet_version, 'v'), 'pkg:k8s/kubelet@' || ltrim(kubelet_version, 'v'), 'status.nodeInfo.kubeletVersion', 0, 0 FROM node"
		       " WHERE kubelet_version " IS_UPSTREAM " AND instr(kubelet_version, '-') = 0 ORDER BY thing;"
		       "INSERT OR IGNORE INTO package(thing, type, name, version, purl, path, declared, owned)"
		       " SELECT n.thing, 'k8s', i.name, i.version, 'pkg:k8s/' || substr(i.name, 8) || '@' || i.version, i.image, 0, 0 FROM node n JOIN"
		       " (SELECT DISTINCT t.cluster, m.name, ltrim(c.image_tag, 'v') AS version, c.image_repository || ':' || c.image_tag AS image"
		       " FROM container c JOIN thing t ON t.id = c.thing JOIN workload w ON w.thing = c.workload JOIN (SELECT 'kube-apiserver' AS part, 'k8s.io/apiserver' AS name"
		       " UNION ALL SELECT 'kube-controller-manager', 'k8s.io/controller-manager' UNION ALL SELECT 'kube-scheduler', 'k8s.io/kube-scheduler'"
		       " UNION ALL SELECT 'kube-proxy', 'k8s.io/kube-proxy') m ON c.image_repository = m.part OR c.image_repository LIKE '%/' || m.part"
		       " WHERE t.namespace = 'kube-system' AND (w.static OR (w.kind = 'DaemonSet' AND m.part = 'kube-proxy')) AND c.image_tag " IS_UPSTREAM " AND instr(c.image_tag, '-') = 0) i ON i.cluster = n.cluster"
		       " WHERE n.control_plane ORDER BY n.thing, i.name, i.version, i.image;",
		       e);
}

int kubernetes_coverage(struct db *site, struct err *e)
{
	return db_exec(site,
		       "INSERT INTO feed_coverage(thing, ecosystem, release, state, packages, reason) SELECT thing, 'Kubernetes', '', 'not-assessed', 1,"
		       " 'kubelet ' || kubelet_version || ' is a build of its provider with fixes of its own: ask the provider' FROM node"
		       " WHERE instr(kubelet_version, '-') > 0 ORDER BY thing;"
		       "INSERT INTO feed_coverage(thing, state, packages, reason) SELECT n.thing, 'not-assessed', 0, 'the packages of the node were not collected'"
		       " FROM node n WHERE NOT EXISTS (SELECT 1 FROM inventory v WHERE v.thing = n.thing)"
		       " AND EXISTS (SELECT 1 FROM package p WHERE p.thing = n.thing) ORDER BY n.thing;",
		       e);
}
