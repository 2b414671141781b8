// SPDX-License-Identifier: Apache-2.0
// Roles, rules, bindings and subjects as written. What they mean together is derive-rbac.c's.
#include "kubernetes.h"

static int is_bootstrap(const struct kube *k)
{
	return json_get(json_get(k->meta, "labels"), "kubernetes.io/bootstrapping") != NULL;
}

int load_role(struct kube *k, struct err *e)
{
	struct arena *a = &k->l->item;
	int64_t ordinal = 0;

	if (db_run(k->l->db, e, "INSERT INTO role(thing, cluster, namespace, name, aggregates, bootstrap) VALUES (?, ?, ?, ?, ?, ?)", "isttti",
		   k->thing, kube_cluster(k->l), k->namespace, k->name, kube_json(a, json_get(k->object, "aggregationRule")),
		   (int64_t)is_bootstrap(k)))
		return -1;
	JSON_EACH(rule, json_get(k->object, "rules"))
	{
		if (db_run(k->l->db, e, "INSERT INTO role_rule(role, ordinal, groups, resources, verbs, names, urls) VALUES (?, ?, ?, ?, ?, ?, ?)",
			   "iittttt", k->thing, ordinal++, kube_array(a, json_get(rule, "apiGroups")), kube_array(a, json_get(rule, "resources")),
			   kube_array(a, json_get(rule, "verbs")), kube_array(a, json_get(rule, "resourceNames")),
			   kube_array(a, json_get(rule, "nonResourceURLs"))))
			return -1;
	}
	return 0;
}

int load_binding(struct kube *k, struct err *e)
{
	const struct json *role = json_get(k->object, "roleRef");
	struct span role_kind = json_text_at(role, "kind"), role_name = json_text_at(role, "name");

	if (db_run(k->l->db, e, "INSERT INTO binding(thing, cluster, namespace, name, role_kind, role_name, bootstrap) VALUES (?, ?, ?, ?, ?, ?, ?)",
		   "istttti", k->thing, kube_cluster(k->l), k->namespace, k->name, role_kind.p ? role_kind : SPAN(""),
		   role_name.p ? role_name : SPAN(""), (int64_t)is_bootstrap(k)))
		return -1;
	JSON_EACH(subject, json_get(k->object, "subjects"))
	{
		struct span kind = json_text_at(subject, "kind"), name = json_text_at(subject, "name"), namespace = json_text_at(subject, "namespace");

		if (!kind.n || !name.n) {
			if (load_problem(k->l, k->pointer, e, "a subject without kind or name in %s", k->ref))
				return -1;
			continue;
		}
		if (db_run(k->l->db, e, "INSERT INTO binding_subject(binding, kind, namespace, name) VALUES (?, ?, ?, ?)", "ittt", k->thing, kind,
			   namespace.n ? namespace : SPAN_NONE, name))
			return -1;
	}
	return 0;
}
