// SPDX-License-Identifier: Apache-2.0
// What makes up the cluster itself: namespaces, nodes, quotas, service accounts.
#include "kubernetes.h"

static bool is_system(struct span name)
{
	return span_eq(name, "kube-system") || span_eq(name, "kube-public") || span_eq(name, "kube-node-lease") ||
	       span_eq(name, "openshift") || span_starts(name, "openshift-");
}

int load_namespace(struct kube *k, struct err *e)
{
	const struct json *labels = json_get(k->meta, "labels");

	return db_run(k->l->db, e,
		      "INSERT INTO namespace(thing, cluster, name, phase, pss_enforce, pss_enforce_version, pss_audit, pss_warn, system) "
		      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
		      "isttttttb", k->thing, kube_cluster(k->l), k->name, json_text_at(k->status, "phase"),
		      json_str(json_get(labels, "pod-security.kubernetes.io/enforce")),
		      json_str(json_get(labels, "pod-security.kubernetes.io/enforce-version")),
		      json_str(json_get(labels, "pod-security.kubernetes.io/audit")),
		      json_str(json_get(labels, "pod-security.kubernetes.io/warn")), is_system(k->name));
}
