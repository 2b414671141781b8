// SPDX-License-Identifier: Apache-2.0
// Kubernetes objects: the walk over a member, raw objects, labels, and the table of kinds. What the kinds mean is
// load-<subject>.c's.
#include "load-kubernetes.h"
#include "derive-refused.h"
#include "common/recognise.h"
#include "common/object.h"
#include "common/redact-evidence.h"
#include "kubernetes.h"

#include <errno.h>

enum { ANNOTATION_MAX = 256 };

struct kind {
	const char *name; /* as refs name it; "*.GROUP": all of a group */
	kube_rows *rows;
	bool namespaced; /* an object without a namespace stands in "default" */
	bool annotations; /* kept in table annotation */
};

static const struct kind kinds[] = {
	{"ClusterRole", load_role, false, false},
	{"ClusterRoleBinding", load_binding, false, false},
	{"ConfigMap", load_config_map, true, false},
	{"CronJob", load_unreplicated, true, true},
	{"DaemonSet", load_unreplicated, true, true},
	{"Deployment", load_replicated, true, true},
	{"Ingress", load_ingress, true, true},
	{"Job", load_unreplicated, true, true},
	{"LimitRange", load_limit_range, true, false},
	{"Namespace", load_namespace, false, true},
	{"NetworkPolicy", load_network_policy, true, false},
	{"Node", load_node, false, true},
	{"PersistentVolume", load_persistent_volume, false, false},
	{"PersistentVolumeClaim", load_persistent_volume_claim, true, false},
	{"Pod", load_pod, true, true},
	{"ReplicaSet", load_replicated, true, true},
	{"ReplicationController", load_replicated, true, true},
	{"ResourceQuota", load_resource_quota, true, false},
	{"Role", load_role, true, false},
	{"RoleBinding", load_binding, true, false},
	{"Secret", load_secret, true, false},
	{"Service", load_service, true, true},
	{"ServiceAccount", load_service_account, true, true},
	{"StatefulSet", load_replicated, true, true},
	{"StorageClass.storage.k8s.io", load_storage_class, false, false},
	{"PodDisruptionBudget.policy", load_disruption_budget, true, false},
	{"MutatingWebhookConfiguration.admissionregistration.k8s.io", load_webhooks, false, false},
	{"ValidatingWebhookConfiguration.admissionregistration.k8s.io", load_webhooks, false, false},
	{"ValidatingAdmissionPolicy.admissionregistration.k8s.io", load_admission_policy, false, false},
	{"PodMetrics.metrics.k8s.io", load_pod_metrics, true, false},
	{"Route.route.openshift.io", load_route, true, true},
	{"HTTPRoute.gateway.networking.k8s.io", load_gateway_route, true, true},
	{"GRPCRoute.gateway.networking.k8s.io", load_gateway_route, true, true},
	{"TLSRoute.gateway.networking.k8s.io", load_gateway_route, true, true},
	{"CiliumNetworkPolicy.cilium.io", load_cilium_policy, true, false},
	{"CiliumClusterwideNetworkPolicy.cilium.io", load_cilium_policy, false, false},
	{"NetworkPolicy.crd.projectcalico.org", load_calico_policy, true, false},
	{"NetworkPolicy.projectcalico.org", load_calico_policy, true, false},
	{"GlobalNetworkPolicy.crd.projectcalico.org", load_calico_policy, false, false},
	{"GlobalNetworkPolicy.projectcalico.org", load_calico_policy, false, false},
	{"AdminNetworkPolicy.policy.networking.k8s.io", load_network_object, false, false},
	{"BaselineAdminNetworkPolicy.policy.networking.k8s.io", load_network_object, false, false},
	{"ClusterNetworkPolicy.policy.networking.k8s.io", load_network_object, false, false},
	{"CiliumCIDRGroup.cilium.io", load_network_object, false, false},
	{"Tier.crd.projectcalico.org", load_network_object, false, false},
	{"Tier.projectcalico.org", load_network_object, false, false},
	{"NetworkSet.crd.projectcalico.org", load_network_object, true, false},
	{"NetworkSet.projectcalico.org", load_network_object, true, false},
	{"GlobalNetworkSet.crd.projectcalico.org", load_network_object, false, false},
	{"GlobalNetworkSet.projectcalico.org", load_network_object, false, false},
	{"AuthorizationPolicy.security.istio.io", load_network_object, true, false},
	{"PeerAuthentication.security.istio.io", load_network_object, true, false},
	{"ClusterPolicy.kyverno.io", load_kyverno_policy, false, false},
	{"Policy.kyverno.io", load_kyverno_policy, true, false},
	{"ValidatingPolicy.policies.kyverno.io", load_kyverno_validating, false, false},
	{"ImageValidatingPolicy.policies.kyverno.io", load_kyverno_validating, false, false},
	{"ClusterAdmissionPolicy.policies.kubewarden.io", load_kubewarden_policy, false, false},
	{"AdmissionPolicy.policies.kubewarden.io", load_kubewarden_policy, true, false},
	{"ClusterImagePolicy.policy.sigstore.dev", load_sigstore_policy, false, false},
	{"CloneSet.apps.kruise.io", load_replicated, true, true},
	{"DaemonSet.apps.kruise.io", load_unreplicated, true, true},
	{"DeploymentConfig.apps.openshift.io", load_replicated, true, true},
	{"Rollout.argoproj.io", load_replicated, true, true},
	{"StatefulSet.apps.kruise.io", load_replicated, true, true},
	{"VulnerabilityReport.aquasecurity.github.io", load_vulnerability_report, true, false},
	{"*.constraints.gatekeeper.sh", load_gatekeeper_constraint, false, false},
	{NULL, NULL, false, false},
};

static const struct kind *kind_named(struct span name)
{
	for (const struct kind *k = kinds; k->name; k++)
		if (k->name[0] == '*' ? span_ends(name, k->name + 1) : span_eq(name, k->name))
			return k;
	return NULL;
}

const char *kube_cluster(const struct load *l)
{
	return l->cluster ? l->cluster : "cluster";
}

static struct span group_of(struct span api_version)
{
	struct span rest = api_version, group = span_cut(&rest, '/');

	return rest.p ? group : SPAN("");
}

struct span kube_kind(struct arena *a, struct span api_version, struct span kind)
{
	static const char *const silent[] = {"",			 "apps",	  "batch",     "rbac.authorization.k8s.io",
					     "networking.k8s.io", "events.k8s.io", "extensions"};
	struct span group = group_of(api_version);

	for (size_t i = 0; i < sizeof(silent) / sizeof(silent[0]); i++)
		if (span_eq(group, silent[i]))
			return kind;
	return span_of(arena_printf(a, "%.*s.%.*s", SPAN_ARG(kind), SPAN_ARG(group)));
}

const char *kube_ref(struct arena *a, const char *cluster, struct span namespace, struct span kind, struct span name)
{
	if (!namespace.n)
		namespace = SPAN("-");
	return arena_printf(a, "%s/%.*s/%.*s/%.*s", cluster, SPAN_ARG(namespace), SPAN_ARG(kind), SPAN_ARG(name));
}


const char *kube_evidence_kind(struct arena *a, struct span kind)
{
	struct span group = kind, type = span_cut(&group, '.');
	char text[320];

	recognise_kubernetes(span_of(arena_printf(a, "%.*s%sv1", SPAN_ARG(group), group.p ? "/" : "")), type, text, sizeof(text));
	return arena_strdup(a, text);
}

bool kube_namespaced(struct arena *a, const char *evidence_kind)
{
	for (const struct kind *k = kinds; k->name; k++)
		if (k->namespaced && strcmp(kube_evidence_kind(a, span_of(k->name)), evidence_kind) == 0)
			return true;
	return false;
}

struct span kube_json(struct arena *a, const struct json *v)
{
	auto_buf b = BUF_INIT;

	if (!v)
		return SPAN_NONE;
	json_write(&b, v);
	return (struct span){arena_strndup(a, b.p, b.n), b.n};
}

struct span kube_array(struct arena *a, const struct json *v)
{
	return json_is(v, JSON_ARRAY) ? kube_json(a, v) : SPAN("[]");
}

static int boolean(const struct json *v)
{
	static const char *const words[] = {"false", "no", "off", "n", "true", "yes", "on", "y"};

	for (int i = 0; json_is(v, JSON_STRING) && i < 8; i++)
		if (span_ieq(json_str(v), words[i]))
			return i >= 4;
	return json_bool(v);
}

int kube_switch(const struct json *v)
{
	int known = boolean(v);

	return known < 0 && v && v->type != JSON_NULL ? 1 : known;
}

int kube_guard(const struct json *v)
{
	return boolean(v);
}

bool kube_number(const struct json *v, int64_t *out)
{
	struct span text = json_scalar(v);
	char digits[32], *end;

	if (json_int(v, out))
		return true;
	if (!text.n || text.n >= sizeof(digits))
		return false;
	snprintf(digits, sizeof(digits), "%.*s", SPAN_ARG(text));
	if (digits[0] == '0' && (digits[1] | 32) == 'o')
		digits[1] = '0';
	errno = 0;
	*out = strtoll(digits, &end, 0);
	return end > digits && !*end && !errno;
}

void kube_bind_int(sqlite3_stmt *s, int at, const struct json *v)
{
	int64_t value;

	if (kube_number(v, &value))
		sqlite3_bind_int64(s, at, value);
	else
		sqlite3_bind_null(s, at);
}

const struct json *kube_controller(const struct json *meta)
{
	JSON_EACH(owner, json_get(meta, "ownerReferences"))
	{
		if (json_bool_at(owner, "controller") == 1)
			return owner;
	}
	return NULL;
}

/* The walk over one member. */
struct walk {
	struct load *l;
	char *member_kind; /* evidence kind that the member's name gives, groups that refs leave out left out */
	char counted[256]; /* evidence kind of the last items, and how many of them in a row */
	int64_t count;
	struct buf text, packed;
	bool lost; /* said already that objects of it could not be read */
};

static int flush_count(struct walk *w, struct err *e)
{
	int64_t n = w->count;

	w->count = 0;
	return n ? load_kind(w->l, w->counted, n, e) : 0;
}

static int count_item(struct walk *w, const char *kind, struct err *e)
{
	if (w->count && strcmp(kind, w->counted) != 0 && flush_count(w, e))
		return -1;
	snprintf(w->counted, sizeof(w->counted), "%s", kind);
	w->count++;
	return 0;
}

static int write_labels(struct kube *k, struct err *e)
{
	JSON_MEMBERS(m, json_get(k->meta, "labels"))
	{
		if (json_is(&m->value, JSON_STRING) &&
		    db_run(k->l->db, e, "INSERT OR IGNORE INTO label(thing, key, value) VALUES (?, ?, ?)", "itt", k->thing,
			   json_str(&m->key), json_str(&m->value)))
			return -1;
	}
	return 0;
}

/* Cut at a whole character. */
static struct span cut_text(struct span s, size_t max)
{
	if (s.n <= max)
		return s;
	while (max && ((unsigned char)s.p[max] & 0xc0) == 0x80)
		max--;
	s.n = max;
	return s;
}

static int write_annotations(struct kube *k, struct err *e)
{
	JSON_MEMBERS(m, json_get(k->meta, "annotations"))
	{
		if (!json_is(&m->value, JSON_STRING) || span_eq(json_str(&m->key), "kubectl.kubernetes.io/last-applied-configuration"))
			continue;
		if (db_run(k->l->db, e, "INSERT OR IGNORE INTO annotation(thing, key, value) VALUES (?, ?, ?)", "itt", k->thing,
			   json_str(&m->key), cut_text(json_str(&m->value), ANNOTATION_MAX)))
			return -1;
	}
	return 0;
}

/* The object of this ref is known already: the same one seen again is nothing new, another one is a problem. */
static int seen_again(struct walk *w, struct kube *k, bool *skip, struct err *e)
{
	struct span uid = json_text_at(k->meta, "uid");
	sqlite3_stmt *s = db_stmt(k->l->db, "SELECT uid FROM object WHERE thing = ?");
	auto_buf known = BUF_INIT;
	int rc;
	bool same;

	db_bind(s, "i", k->thing);
	rc = db_step(k->l->db, s, e);
	if (rc < 0)
		return -1;
	*skip = rc == 1;
	if (rc == 0)
		return 0;
	if (uid.p && db_text(s, 0).p)
		same = span_is(uid, db_text(s, 0));
	else
		same = object_json(k->l->db, k->thing, &known, NULL) == 0 && span_is(buf_span(&known), buf_span(&w->text));
	sqlite3_reset(s);
	return same ? 0 : load_problem(k->l, k->pointer, e, "a second object named %s; the first counts", k->ref);
}

/* References are texts that end at a NUL: what holds one would pass for another object. */
static bool is_name(struct span s)
{
	return s.n && !memchr(s.p, '\0', s.n);
}

static int write_object(struct walk *w, struct kube *k, bool *skip, struct err *e)
{
	struct thing_spec spec = {.kind = "object", .ref = span_of(k->ref), .name = k->name, .namespace = k->namespace, .pointer = k->pointer};
	const struct json *owner = kube_controller(k->meta);
	struct arena *a = &k->l->item;
	int64_t dictionary;
	bool fresh;

	spec.type = arena_strndup(a, k->type.p, k->type.n);
	/* An owner that cannot be told is none: the pod is judged by itself. */
	if (owner && is_name(json_text_at(owner, "kind")) && is_name(json_text_at(owner, "name"))) {
		k->owner_kind = kube_kind(a, json_text_at(owner, "apiVersion"), json_text_at(owner, "kind"));
		k->owner_name = json_text_at(owner, "name");
	}
	if (object_pack(k->l->packer, buf_span(&w->text), &w->packed, &dictionary, e) || load_thing(k->l, &spec, &k->thing, &fresh, e))
		return -1;
	if (!fresh && seen_again(w, k, skip, e))
		return -1;
	if (*skip)
		return 0;
	return db_run(k->l->db, e, "INSERT INTO object(thing, uid, api_version, created, owner_kind, owner_name, raw, dictionary) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
		      "ittrttzr", k->thing, json_text_at(k->meta, "uid"), k->api_version,
		      load_time(json_text_at(k->meta, "creationTimestamp")), k->owner_kind, k->owner_name, w->packed.p, w->packed.n, dictionary);
}

/* What the object is: its own word, else the enclosing list's, else the member's name. */
static void identify(struct walk *w, struct kube *k, const struct item *it)
{
	struct arena *a = &k->l->item;

	k->api_version = json_text_at(it->value, "apiVersion");
	k->type = json_text_at(it->value, "kind");
	if (!k->type.n && span_ends(it->kind, "List") && it->kind.n > strlen("List")) {
		k->type = (struct span){arena_strndup(a, it->kind.p, it->kind.n), it->kind.n - strlen("List")};
		if (!k->api_version.n)
			k->api_version = (struct span){arena_strndup(a, it->api_version.p, it->api_version.n), it->api_version.n};
	}
	for (const struct kind *t = kinds; !k->type.n && t->name; t++)
		if (strcmp(kube_evidence_kind(a, span_of(t->name)), w->member_kind) == 0)
			k->type = span_of(t->name);
	k->group = group_of(k->api_version);
	k->kind = kube_kind(a, k->api_version, k->type);
}

static int typed_rows(struct kube *k, const struct kind *t, struct err *e)
{
	if (write_labels(k, e) || (t && t->annotations && !(k->owner_name.p && span_eq(k->kind, "Pod")) && write_annotations(k, e)))
		return -1;
	return t ? t->rows(k, e) : 0;
}

/* The object's text as it is stored, its secrets hidden. What still looks like one then is looked for in names and labels, too; 1: it was found again, so that
 * the object is left out (as at collection). */
static int hidden_text(struct walk *w, struct span type, const struct item *it)
{
	struct redact *r = w->l->redact;

	if (r)
		redact_kubernetes(r, &w->l->item, type, it->value);
	buf_reset(&w->text);
	json_write(&w->text, it->value);
	if (!r || !redact_leaks(buf_span(&w->text)))
		return 0;
	redact_evidence_deeply(r, &w->l->item, it->value);
	buf_reset(&w->text);
	json_write(&w->text, it->value);
	return redact_leaks(buf_span(&w->text));
}

/* An object that was there and cannot be told: checks that look across objects must not take it for absent. In a list of all kinds it may be of any. */
static int lose(struct walk *w, struct err *e)
{
	sqlite3_stmt *s = db_stmt(w->l->db, "SELECT path FROM evidence WHERE id = ?");
	const char *path;

	if (w->lost)
		return 0;
	w->lost = true;
	db_bind(s, "i", w->l->evidence);
	path = db_step(w->l->db, s, NULL) == 1 ? arena_strdup(&w->l->item, db_text(s, 0).p) : "";
	sqlite3_reset(s);
	return db_run(w->l->db, e, "INSERT INTO expected(scope, kind, reason, lost) VALUES (?, ?, 'objects of ' || ? || ' could not be read', 1)", "rss", w->l->scope,
		      strcmp(w->member_kind, "kubernetes/list") == 0 ? "kubernetes/*" : w->member_kind, path);
}

static int left_out(struct walk *w, const struct item *it, const char *why, struct err *e)
{
	return load_problem(w->l, it->pointer, e, "%s", why) || lose(w, e) ? -1 : 0;
}

static int one_object(struct walk *w, const struct item *it, struct err *e)
{
	struct kube k = {.l = w->l, .object = it->value, .pointer = it->pointer};
	const struct kind *t;
	const char *evidence;
	bool skip = false;

	identify(w, &k, it);
	if (hidden_text(w, k.type, it))
		return left_out(w, it, "it still looks as if it held a secret after redaction; it was left out", e);
	if (!k.type.n && strcmp(w->member_kind, "kubernetes/version") == 0)
		return load_cluster_version(w->l, it->value, e);
	if (!k.type.n)
		return left_out(w, it, "not a Kubernetes object: it has no kind", e);
	if (span_eq(k.type, "Status") && span_eq(k.api_version, "v1"))
		return load_problem(w->l, it->pointer, e, "an answer of the API server instead of objects");
	k.meta = json_get(it->value, "metadata");
	k.name = json_text_at(k.meta, "name");
	if (!k.name.n && span_ends(k.type, "List")) /* "items": null */
		return load_kind(w->l, kube_evidence_kind(&w->l->item, kube_kind(&w->l->item, k.api_version, (struct span){k.type.p, k.type.n - 4})), 0, e);
	if (!k.name.n)
		k.name = json_text_at(k.meta, "generateName");
	k.namespace = json_text_at(k.meta, "namespace");
	if (!k.name.n || !is_name(k.type) || (k.namespace.n && !is_name(k.namespace)))
		return left_out(w, it, k.name.n ? "a NUL in the namespace or kind of an object" : "an object without metadata.name", e);
	t = kind_named(k.kind);
	if (!k.namespace.n)
		k.namespace = t && t->namespaced ? SPAN("default") : SPAN_NONE;
	k.spec = json_get(it->value, "spec");
	k.status = json_get(it->value, "status");
	k.ref = kube_ref(&w->l->item, kube_cluster(w->l), k.namespace, k.kind, k.name);
	evidence = kube_evidence_kind(&w->l->item, k.kind);
	if (count_item(w, t || strcmp(w->member_kind, "kubernetes/list") == 0 ? evidence : w->member_kind, e) || write_object(w, &k, &skip, e))
		return -1;
	w->l->items++;
	return skip ? 0 : typed_rows(&k, t, e);
}

static int walk_items(struct walk *w, struct items *items, struct err *e)
{
	struct err bad = {0};
	struct item it;
	int rc;

	while ((rc = items_next(items, &w->l->item, &it, &bad)) != 0) {
		if (rc < 0 && bad.kind == ERR_ENV) {
			*e = bad;
			return -1;
		}
		if (rc != 1) {
			if (load_problem(w->l, NULL, e, "%s", bad.msg) || (rc == 2 && lose(w, e))) /* of what breaks off, derive-refused.c tells */
				return -1;
			if (rc < 0)
				break;
		} else if (json_is(it.value, JSON_NULL) && !w->l->redact ? lose(w, e) : one_object(w, &it, e)) { /* null: the collector left it out */
			return -1;
		}
		bad = (struct err){0};
		arena_reset(&w->l->item);
	}
	return flush_count(w, e);
}

int load_kubernetes(struct load *l, struct source *content, struct err *e)
{
	auto_arena a = ARENA_INIT;
	struct span resource = span_of(l->kind), folder = span_cut(&resource, '/'), group = resource;
	struct span plural = span_cut(&group, '.');
	struct walk w = {.l = l};
	struct items *items;
	int rc;

	(void)folder;
	if (!l->packer)
		l->packer = object_packer_new(l->db);
	object_packer_begin(l->packer);
	group = kube_kind(&a, span_of(arena_printf(&a, "%.*s/v1", SPAN_ARG(group))), plural);
	w.member_kind = arena_printf(&a, "kubernetes/%.*s", SPAN_ARG(group.p ? group : plural));
	items = items_open(content, NULL);
	rc = load_kind(l, w.member_kind, 0, e) ? -1 : walk_items(&w, items, e);
	if (rc == 0 && !l->items && !l->problems && (!items_list_kind(items).p || span_eq(items_list_kind(items), "List")))
		rc = refused_perhaps(l, w.member_kind, e);
	items_close(items);
	buf_fini(&w.text);
	buf_fini(&w.packed);
	return rc;
}
