// SPDX-License-Identifier: Apache-2.0
// What nodes may do by the Node authorizer: fixed rules, and objects that pods of the node refer to.
#include "rbac-node.h"
#include "common/json.h"
#include "common/object.h"

struct known_node {
	struct known_node *next;
	struct span name;
	struct span *related; /* "type/namespace/name" of all that its pods lead to; open addressing */
	size_t n, size;
};

struct rbac_node {
	struct db *db;
	struct span cluster;
	struct arena arena;
	struct known_node *nodes;
	bool settled, on, selectors; /* `on`: this authorizer is asked; `selectors`: nodes and pods are limited (1.32 and later) */
};

struct rbac_node *rbac_node_new(struct db *db, struct span cluster)
{
	struct rbac_node *n = calloc(1, sizeof(*n));

	if (!n)
		die("out of memory");
	n->db = db;
	n->cluster = (struct span){arena_strndup(&n->arena, cluster.p, cluster.n), cluster.n};
	return n;
}

void rbac_node_free(struct rbac_node *n)
{
	if (!n)
		return;
	for (struct known_node *k = n->nodes; k; k = k->next)
		free(k->related);
	arena_fini(&n->arena);
	free(n);
}

static void settle(struct rbac_node *n)
{
	n->settled = true;
	n->on = !db_int(n->db, 0, "SELECT 1 FROM node_setting s JOIN component_instance i ON i.thing = s.thing WHERE i.cluster = ? AND "
				  "s.component = 'kube-apiserver' AND s.name = 'authorization-mode' AND ',' || s.value || ',' NOT LIKE '%,Node,%'",
			"t", n->cluster);
	n->selectors = !db_int(n->db, 0, "SELECT 1 FROM meta WHERE key = 'kubernetes.version/' || ? AND value GLOB 'v1.[0-9]*' "
					 "AND CAST(substr(value, 4) AS INTEGER) < 32", "t", n->cluster);
}

static size_t hash(struct span s)
{
	uint64_t h = 14695981039346656037ull;

	for (size_t i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)s.p[i]) * 1099511628211ull;
	return (size_t)(h ^ (h >> 29));
}

static struct span *slot(struct span *table, size_t size, struct span key)
{
	size_t i = hash(key) & (size - 1);

	while (table[i].p && !span_is(table[i], key))
		i = (i + 1) & (size - 1);
	return &table[i];
}

static struct span key_of(struct arena *a, const char *type, struct span namespace, struct span name)
{
	struct buf b = BUF_INIT;
	struct span key;

	buf_add_str(&b, type);
	buf_add_char(&b, '/');
	buf_add_span(&b, namespace);
	buf_add_char(&b, '/');
	buf_add_span(&b, name);
	key = (struct span){arena_strndup(a, b.p, b.n), b.n};
	buf_fini(&b);
	return key;
}

static void relate(struct rbac_node *n, struct known_node *k, const char *type, struct span namespace, struct span name)
{
	struct span key;

	if (!name.n)
		return;
	if (2 * k->n >= k->size) {
		size_t size = k->size ? 2 * k->size : 64;
		struct span *table = calloc(size, sizeof(*table));

		if (!table)
			die("out of memory");
		for (size_t i = 0; i < k->size; i++)
			if (k->related[i].p)
				*slot(table, size, k->related[i]) = k->related[i];
		free(k->related);
		k->related = table;
		k->size = size;
	}
	key = key_of(&n->arena, type, namespace, name);
	if (!slot(k->related, k->size, key)->p) {
		*slot(k->related, k->size, key) = key;
		k->n++;
	}
}

/* References to secrets and config maps, wherever they stand in a container or volume (podutil.VisitPodSecretNames, VisitPodConfigmapNames). */
static void relate_named(struct rbac_node *n, struct known_node *k, struct span namespace, const struct json *v, int depth)
{
	static const struct {
		const char *key, *name, *type;
	} refs[] = {{"secretRef", "name", "secret"},	    {"secretKeyRef", "name", "secret"},	  {"nodePublishSecretRef", "name", "secret"},
		    {"secret", "secretName", "secret"},	    {"secret", "name", "secret"},	  {"azureFile", "secretName", "secret"},
		    {"configMapRef", "name", "configmap"}, {"configMapKeyRef", "name", "configmap"}, {"configMap", "name", "configmap"}};

	if (depth > 8)
		return;
	JSON_EACH(item, v)
	{
		relate_named(n, k, namespace, item, depth + 1);
	}
	JSON_MEMBERS(m, v)
	{
		for (size_t i = 0; i < sizeof(refs) / sizeof(refs[0]); i++)
			if (span_eq(json_str(&m->key), refs[i].key))
				relate(n, k, refs[i].type, namespace, json_text_at(&m->value, refs[i].name));
		relate_named(n, k, namespace, &m->value, depth + 1);
	}
}

static void relate_pod(struct rbac_node *n, struct known_node *k, const struct json *pod)
{
	static const char *const parts[] = {"containers", "initContainers", "ephemeralContainers", "volumes"};
	const struct json *meta = json_get(pod, "metadata"), *spec = json_get(pod, "spec");
	struct span namespace = json_text_at(meta, "namespace"), name = json_text_at(meta, "name");

	relate(n, k, "pod", namespace, name);
	if (json_get(json_get(meta, "annotations"), "kubernetes.io/config.mirror"))
		return;
	relate(n, k, "serviceaccount", namespace, json_text_at(spec, "serviceAccountName"));
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		relate_named(n, k, namespace, json_get(spec, parts[i]), 0);
	JSON_EACH(secret, json_get(spec, "imagePullSecrets"))
	{
		relate(n, k, "secret", namespace, json_text_at(secret, "name"));
	}
	JSON_EACH(volume, json_get(spec, "volumes"))
	{
		relate(n, k, "pvc", namespace, json_text_at(volume, "persistentVolumeClaim.claimName"));
		if (json_get(volume, "ephemeral"))
			relate(n, k, "pvc", namespace, span_of(arena_printf(&n->arena, "%.*s-%.*s", SPAN_ARG(name), SPAN_ARG(json_text_at(volume, "name")))));
	}
	JSON_EACH(claim, json_path(pod, "status.resourceClaimStatuses"))
	{
		relate(n, k, "resourceclaim", namespace, json_text_at(claim, "resourceClaimName"));
	}
	relate(n, k, "resourceclaim", namespace, json_text_at(pod, "status.extendedResourceClaimStatus.resourceClaimName"));
	JSON_EACH(claim, json_get(spec, "resourceClaims"))
	{
		relate(n, k, "resourceclaim", namespace, json_text_at(claim, "resourceClaimName"));
	}
}

static int relate_pods(struct rbac_node *n, struct known_node *k, struct err *e)
{
	sqlite3_stmt *s = db_stmt(n->db, "SELECT thing FROM pod WHERE cluster = ? AND node = ? ORDER BY thing");
	auto_arena a = ARENA_INIT;
	auto_buf text = BUF_INIT;
	int rc;

	db_bind(s, "tt", n->cluster, k->name);
	while ((rc = db_step(n->db, s, e)) == 1) {
		struct json *pod;

		if (object_json(n->db, sqlite3_column_int64(s, 0), &text, NULL) == 0 && json_parse(&a, buf_span(&text), &pod, NULL) == 0)
			relate_pod(n, k, pod);
		arena_reset(&a);
	}
	sqlite3_reset(s);
	return rc;
}

/* Secrets that a volume names and that kubelets need (persistentvolume.VisitPVSecretNames): in the namespace that is written beside them, else the claim's
 * where the type of volume has that as its default. */
static void relate_secrets(struct rbac_node *n, struct known_node *k, int64_t volume, struct span claim_namespace)
{
	static const struct {
		const char *source, *ref;
		bool of_claim;
	} refs[] = {{"cephfs", "secretRef", true}, {"cinder", "secretRef", false}, {"flexVolume", "secretRef", true}, {"rbd", "secretRef", true}, {"scaleIO", "secretRef", true},
		    {"iscsi", "secretRef", true}, {"storageos", "secretRef", false}, {"csi", "nodePublishSecretRef", false}, {"csi", "nodeStageSecretRef", false}};
	auto_arena a = ARENA_INIT;
	auto_buf text = BUF_INIT;
	struct json *object;
	const struct json *spec;
	struct span namespace;

	if (object_json(n->db, volume, &text, NULL) || json_parse(&a, buf_span(&text), &object, NULL))
		return;
	spec = json_get(object, "spec");
	namespace = json_text_at(spec, "azureFile.secretNamespace");
	relate(n, k, "secret", namespace.n ? namespace : claim_namespace, json_text_at(spec, "azureFile.secretName"));
	for (size_t i = 0; i < sizeof(refs) / sizeof(refs[0]); i++) {
		const struct json *ref = json_get(json_get(spec, refs[i].source), refs[i].ref);

		namespace = json_text_at(ref, "namespace");
		relate(n, k, "secret", namespace.n || !refs[i].of_claim ? namespace : claim_namespace, json_text_at(ref, "name"));
	}
}

/* Volumes of the claims that pods name with their secrets, and attachments to the node. */
static int relate_volumes(struct rbac_node *n, struct known_node *k, struct err *e)
{
	sqlite3_stmt *s = db_stmt(n->db, "SELECT claim_namespace, claim_name, name, thing FROM persistent_volume WHERE cluster = ? AND claim_name IS NOT NULL");
	auto_arena a = ARENA_INIT;
	int rc;

	db_bind(s, "t", n->cluster);
	while ((rc = db_step(n->db, s, e)) == 1) {
		struct span claim = key_of(&a, "pvc", db_text(s, 0), db_text(s, 1));

		if (k->size && slot(k->related, k->size, claim)->p) {
			relate(n, k, "pv", SPAN(""), db_text(s, 2));
			relate_secrets(n, k, sqlite3_column_int64(s, 3), db_text(s, 0));
		}
		arena_reset(&a);
	}
	sqlite3_reset(s);
	if (rc < 0)
		return -1;
	s = db_stmt(n->db, "SELECT lower(type), name FROM thing WHERE cluster = ? AND type IN ('VolumeAttachment', 'ResourceSlice') AND kind = 'object' AND "
			   "coalesce(json_extract(object(id), '$.spec.nodeName'), '') = ?");
	db_bind(s, "tt", n->cluster, k->name);
	while ((rc = db_step(n->db, s, e)) == 1)
		relate(n, k, span_eq(db_text(s, 0), "resourceslice") ? "slice" : "va", SPAN(""), db_text(s, 1));
	sqlite3_reset(s);
	return rc;
}

static int known(struct rbac_node *n, struct span name, struct known_node **out, struct err *e)
{
	struct known_node *k = n->nodes;

	while (k && !span_is(k->name, name))
		k = k->next;
	*out = k;
	if (k)
		return 0;
	k = *out = arena_alloc(&n->arena, sizeof(*k));
	*k = (struct known_node){.next = n->nodes, .name = {arena_strndup(&n->arena, name.p, name.n), name.n}};
	n->nodes = k;
	return relate_pods(n, k, e) || relate_volumes(n, k, e) ? -1 : 0;
}

enum { GET = 1, LIST = 2, WATCH = 4, CREATE = 8, UPDATE = 16, PATCH = 32, DELETE = 64, DELETECOLLECTION = 128 };

static int verb_of(struct span verb)
{
	static const char *const verbs[] = {"get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"};

	for (int i = 0; i < 8; i++)
		if (span_eq(verb, verbs[i]))
			return 1 << i;
	return 0;
}

/* Rules that hold for every node alike. */
static const struct {
	const char *group, *resource, *subresource;
	int verbs;
} uniform[] = {
	{"authentication.k8s.io", "tokenreviews", "", CREATE},
	{"authorization.k8s.io", "subjectaccessreviews", "", CREATE},
	{"authorization.k8s.io", "localsubjectaccessreviews", "", CREATE},
	{"", "services", "", GET | LIST | WATCH},
	{"", "events", "", CREATE | UPDATE | PATCH},
	{"events.k8s.io", "events", "", CREATE | UPDATE | PATCH},
	{"", "endpoints", "", GET},
	{"certificates.k8s.io", "certificatesigningrequests", "", CREATE | GET | LIST | WATCH},
	{"storage.k8s.io", "csidrivers", "", GET | LIST | WATCH},
	{"node.k8s.io", "runtimeclasses", "", GET | LIST | WATCH},
	/* Subresources written into the resource: the limits below do not know them. */
	{"", "nodes/status", "", UPDATE | PATCH},
	{"", "pods/status", "", UPDATE | PATCH},
	{"", "pods/eviction", "", CREATE},
	{"", "serviceaccounts/token", "", CREATE},
	{"", "persistentvolumeclaims/status", "", GET | UPDATE | PATCH},
};
/* Nodes and pods before 1.32. */
static const struct {
	const char *resource, *subresource;
	int verbs;
} unlimited[] = {
	{"nodes", "", CREATE | GET | LIST | WATCH | UPDATE | PATCH}, {"nodes", "status", UPDATE | PATCH},
	{"pods", "", CREATE | DELETE | GET | LIST | WATCH}, {"pods", "status", UPDATE | PATCH}, {"pods", "eviction", CREATE},
};

/* Objects that the node's pods lead to: by type, which verbs, on which subresource, with or without a namespace in the question. */
static const struct related {
	const char *group, *resource, *subresource, *type;
	int verbs;
	bool namespaced; /* asked without a namespace, it has no opinion */
} related[] = {
	{"", "secrets", "", "secret", GET | LIST | WATCH, true},
	{"", "configmaps", "", "configmap", GET | LIST | WATCH, true},
	{"", "persistentvolumeclaims", "", "pvc", GET, false},
	{"", "persistentvolumeclaims", "status", "pvc", UPDATE | PATCH, false},
	{"", "persistentvolumes", "", "pv", GET, false},
	{"resource.k8s.io", "resourceclaims", "", "resourceclaim", GET, false},
	{"storage.k8s.io", "volumeattachments", "", "va", GET, false},
	{"", "serviceaccounts", "token", "serviceaccount", CREATE, false},
	{"", "pods", "", "pod", GET | LIST | WATCH, false},
	{"resource.k8s.io", "resourceslices", "", "slice", GET | UPDATE | PATCH | DELETE, false},
};

static bool is(const struct rbac_question *q, const char *group, const char *resource)
{
	return span_eq(q->group, group) && span_eq(q->resource, resource);
}

static const char *own_objects(struct rbac_node *n, const struct rbac_question *q, struct span node, int verb)
{
	bool plain = !q->subresource.n;

	if (is(q, "coordination.k8s.io", "leases") && (verb & (GET | CREATE | UPDATE | PATCH | DELETE)) && span_eq(q->namespace, "kube-node-lease") &&
	    (verb == CREATE || span_is(q->name, node)))
		return "its own lease";
	if (is(q, "storage.k8s.io", "csinodes") && plain && (verb & (GET | CREATE | UPDATE | PATCH | DELETE)) && (verb == CREATE || span_is(q->name, node)))
		return "its own CSINode";
	if (is(q, "resource.k8s.io", "resourceslices") && plain && (verb == CREATE || (!n->selectors && (verb & (WATCH | LIST | DELETECOLLECTION)))))
		return "resource slices";
	if (!n->selectors)
		return NULL;
	if (is(q, "", "nodes") && plain && ((verb & (CREATE | UPDATE | PATCH)) || ((verb & (GET | LIST | WATCH)) && span_is(q->name, node))))
		return "its own Node";
	if ((is(q, "", "nodes") || is(q, "", "pods")) && span_eq(q->subresource, "status") && (verb & (UPDATE | PATCH)))
		return "status of nodes and pods";
	if (is(q, "", "pods") && ((plain && (verb & (CREATE | DELETE))) || (span_eq(q->subresource, "eviction") && verb == CREATE)))
		return "mirror pods and evictions";
	return NULL;
}

static const char *for_all_nodes(struct rbac_node *n, const struct rbac_question *q, int verb)
{
	for (size_t i = 0; i < sizeof(uniform) / sizeof(uniform[0]); i++)
		if ((uniform[i].verbs & verb) && is(q, uniform[i].group, uniform[i].resource) && span_eq(q->subresource, uniform[i].subresource))
			return "a rule for all nodes";
	for (size_t i = 0; i < sizeof(unlimited) / sizeof(unlimited[0]) && !n->selectors; i++)
		if ((unlimited[i].verbs & verb) && is(q, "", unlimited[i].resource) && span_eq(q->subresource, unlimited[i].subresource))
			return "a rule for all nodes";
	return NULL;
}

static int related_objects(struct rbac_node *n, const struct rbac_question *q, struct span node, int verb, const char **reason, struct err *e)
{
	auto_arena a = ARENA_INIT;
	struct known_node *k;

	for (size_t i = 0; i < sizeof(related) / sizeof(related[0]); i++) {
		const struct related *r = &related[i];

		if (!(r->verbs & verb) || !is(q, r->group, r->resource) || !span_eq(q->subresource, r->subresource) || !q->name.n ||
		    (r->namespaced && !q->namespace.n))
			continue;
		if (known(n, node, &k, e))
			return -1;
		if (k->size && slot(k->related, k->size, key_of(&a, r->type, q->namespace, q->name))->p)
			*reason = "an object of a pod on this node";
		return 0;
	}
	return 0;
}

int rbac_node_ask(struct rbac_node *n, const struct rbac_question *q, const char **reason, struct err *e)
{
	struct span node = q->user;
	bool member = false;
	int verb;

	*reason = NULL;
	if (!span_starts(node, "system:node:") || node.n == strlen("system:node:") || q->is_path)
		return 0;
	node.p += strlen("system:node:");
	node.n -= strlen("system:node:");
	for (size_t i = 0; i < q->members.n; i++)
		member |= span_eq(q->members.at[i], "system:nodes");
	verb = verb_of(q->verb);
	if (!member || !verb)
		return 0;
	if (!n->settled)
		settle(n);
	if (!n->on)
		return 0;
	*reason = own_objects(n, q, node, verb);
	if (!*reason)
		*reason = for_all_nodes(n, q, verb);
	return *reason ? 0 : related_objects(n, q, node, verb, reason, e);
}
