// SPDX-License-Identifier: Apache-2.0
// What makes up the cluster itself: namespaces, nodes, quotas, service accounts, usage, version.
#include "common/quantity.h"
#include "kubernetes.h"

int load_namespace(struct kube *k, struct err *e)
{
	const struct json *labels = json_get(k->meta, "labels");

	return db_run(k->l->db, e,
		      "INSERT INTO namespace(thing, cluster, name, phase, pss_enforce, pss_enforce_version, pss_audit, pss_warn, system) "
		      "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, EXISTS (SELECT 1 FROM platform_namespace WHERE ?3 GLOB pattern))",
		      "istttttt", k->thing, kube_cluster(k->l), k->name, json_text_at(k->status, "phase"),
		      json_str(json_get(labels, "pod-security.kubernetes.io/enforce")),
		      json_str(json_get(labels, "pod-security.kubernetes.io/enforce-version")),
		      json_str(json_get(labels, "pod-security.kubernetes.io/audit")),
		      json_str(json_get(labels, "pod-security.kubernetes.io/warn")));
}

static bool has_role(const struct json *labels, const char *role)
{
	return json_get(labels, role) != NULL;
}

static struct span address(const struct json *status, const char *type)
{
	JSON_EACH(a, json_get(status, "addresses"))
	{
		if (span_eq(json_text_at(a, "type"), type))
			return json_text_at(a, "address");
	}
	return SPAN_NONE;
}

/* Those behind the first of each type: a node of both families has two of each. */
static struct span more_addresses(struct arena *a, const struct json *status)
{
	struct json list = {.type = JSON_ARRAY};
	bool internal = false, external = false;

	JSON_EACH(one, json_get(status, "addresses"))
	{
		struct span type = json_text_at(one, "type");
		bool *seen = span_eq(type, "InternalIP") ? &internal : span_eq(type, "ExternalIP") ? &external : NULL;

		if (seen && *seen)
			json_push(a, &list, json_make_str(a, json_text_at(one, "address")));
		if (seen)
			*seen = true;
	}
	return kube_json(a, &list);
}

/* 1 or 0 as the condition says, -1 when there is none. */
static int is_ready(const struct json *status)
{
	JSON_EACH(c, json_get(status, "conditions"))
	{
		if (span_eq(json_text_at(c, "type"), "Ready"))
			return span_eq(json_text_at(c, "status"), "True");
	}
	return -1;
}

static struct span taints(struct arena *a, const struct json *spec)
{
	struct json list = {.type = JSON_ARRAY};

	JSON_EACH(t, json_get(spec, "taints"))
	{
		struct span key = json_text_at(t, "key"), value = json_text_at(t, "value"), effect = json_text_at(t, "effect");

		json_push(a, &list,
			  json_make_str(a, span_of(arena_printf(a, "%.*s%s%.*s:%.*s", SPAN_ARG(key), value.n ? "=" : "", SPAN_ARG(value), SPAN_ARG(effect)))));
	}
	return kube_json(a, &list);
}

/* "aws:///eu-west-1a/i-0abc" is of aws. */
static struct span provider(const struct json *spec)
{
	struct span rest = json_text_at(spec, "providerID"), scheme = span_cut(&rest, ':');

	return rest.p && scheme.n ? scheme : SPAN_NONE;
}

int load_node(struct kube *k, struct err *e)
{
	const struct json *info = json_get(k->status, "nodeInfo"), *labels = json_get(k->meta, "labels"), *room = json_get(k->status, "allocatable");
	bool control = has_role(labels, "node-role.kubernetes.io/control-plane") || has_role(labels, "node-role.kubernetes.io/master");
	int64_t cpu = 0, memory = 0, pods = 0;

	quantity_milli(json_scalar(json_get(room, "cpu")), &cpu);
	quantity_units(json_scalar(json_get(room, "memory")), &memory);
	quantity_units(json_scalar(json_get(room, "pods")), &pods);
	return db_run(k->l->db, e,
		      "INSERT INTO node(thing, cluster, name, control_plane, kubelet_version, runtime, os_image, kernel, architecture, provider, internal_ip, "
		      "external_ip, unschedulable, ready, cpu_mcpu, memory_bytes, pods_limit, taints, more_ips) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
		      "?, ?, ?)",
		      "istbttttttttbbrrrtt", k->thing, kube_cluster(k->l), k->name, control, json_text_at(info, "kubeletVersion"),
		      json_text_at(info, "containerRuntimeVersion"), json_text_at(info, "osImage"), json_text_at(info, "kernelVersion"),
		      json_text_at(info, "architecture"), provider(k->spec), address(k->status, "InternalIP"), address(k->status, "ExternalIP"),
		      json_bool_at(k->spec, "unschedulable") == 1, is_ready(k->status), cpu, memory, pods, taints(&k->l->item, k->spec),
		      more_addresses(&k->l->item, k->status));
}

/* The role of a cloud that an annotation binds the account to. */
static struct span cloud_role(const struct json *notes)
{
	static const char *const keys[] = {"eks.amazonaws.com/role-arn", "iam.gke.io/gcp-service-account", "azure.workload.identity/client-id"};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (json_str(json_get(notes, keys[i])).n)
			return json_str(json_get(notes, keys[i]));
	return SPAN_NONE;
}

int load_service_account(struct kube *k, struct err *e)
{
	return db_run(k->l->db, e,
		      "INSERT INTO service_account(thing, cluster, namespace, name, automount, secrets, pull_secrets, cloud_role) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
		      "isttbiit", k->thing, kube_cluster(k->l), k->namespace, k->name, json_bool_at(k->object, "automountServiceAccountToken"),
		      (int64_t)json_count(json_get(k->object, "secrets")), (int64_t)json_count(json_get(k->object, "imagePullSecrets")),
		      cloud_role(json_get(k->meta, "annotations")));
}

int load_resource_quota(struct kube *k, struct err *e)
{
	struct span hard = kube_json(&k->l->item, json_get(k->spec, "hard"));

	return db_run(k->l->db, e, "INSERT INTO resource_quota(thing, cluster, namespace, name, hard) VALUES (?, ?, ?, ?, ?)", "isttt", k->thing,
		      kube_cluster(k->l), k->namespace, k->name, hard.p ? hard : SPAN("{}"));
}

int load_limit_range(struct kube *k, struct err *e)
{
	return db_run(k->l->db, e, "INSERT INTO limit_range(thing, cluster, namespace, name, limits) VALUES (?, ?, ?, ?, ?)", "isttt", k->thing,
		      kube_cluster(k->l), k->namespace, k->name, kube_array(&k->l->item, json_get(k->spec, "limits")));
}

int load_disruption_budget(struct kube *k, struct err *e)
{
	const struct json *selector = json_get(k->spec, "selector"), *map = json_get(selector, "matchLabels"), *list = json_get(selector, "matchExpressions");
	bool fits = json_is(selector, JSON_OBJECT) && (!map || map->type == JSON_NULL || map->type == JSON_OBJECT) &&
		    (!list || list->type == JSON_NULL || list->type == JSON_ARRAY);

	return db_run(k->l->db, e, "INSERT INTO disruption_budget(thing, cluster, namespace, name, selector) VALUES (?, ?, ?, ?, ?)", "isttt", k->thing,
		      kube_cluster(k->l), k->namespace, k->name, fits ? kube_json(&k->l->item, selector) : SPAN_NONE);
}

/* metrics.k8s.io: the sum over the pod's containers at one moment. */
int load_pod_metrics(struct kube *k, struct err *e)
{
	int64_t cpu = 0, memory = 0, n;

	JSON_EACH(c, json_get(k->object, "containers"))
	{
		if (quantity_milli(json_scalar(json_path(c, "usage.cpu")), &n))
			cpu += n;
		if (quantity_units(json_scalar(json_path(c, "usage.memory")), &n))
			memory += n;
	}
	return db_run(k->l->db, e, "INSERT OR IGNORE INTO pod_usage(cluster, namespace, pod, cpu_mcpu, memory_bytes) VALUES (?, ?, ?, ?, ?)", "sttii",
		      kube_cluster(k->l), k->namespace, k->name, cpu, memory);
}

int load_cluster_version(struct load *l, const struct json *document, struct err *e)
{
	struct span version = json_text_at(document, "serverVersion.gitVersion");

	if (!version.n)
		version = json_text_at(document, "gitVersion");
	if (!version.n)
		return load_problem(l, NULL, e, "no version of the API server in it");
	l->items++;
	return db_run(l->db, e, "INSERT OR REPLACE INTO meta(key, value) VALUES ('kubernetes.version/' || ?, ?)", "st", kube_cluster(l), version);
}
