// SPDX-License-Identifier: Apache-2.0
// Selectors resolved: which workloads a service leads to and which a network policy holds for. Pod templates are indexed by
// namespace and label, so that a selector looks at those only that carry its rarest label. How selectors are read is
// selector.c's, what the outside reaches is derive-exposure.c's.
#include "common/object.h"
#include "derive-workload.h"
#include "selector.h"

#include <stdlib.h>

/* A pod template. */
struct target {
	int64_t thing;
	const char *cluster, *namespace, *service_account;
	bool host_network;
	struct labels labels;
};

struct posting {
	const struct target *target;
	const struct label *label;
};

/* Templates of one namespace: a run of all targets and of all postings. */
struct place {
	const char *cluster, *namespace;
	struct target *targets;
	size_t n;
	struct posting *postings; /* by key, value, target */
	size_t n_postings;
};

struct reach {
	struct db *db;
	struct arena arena, item; /* for the run; for the selector at hand */
	struct target *targets;
	struct posting *postings;
	struct place *places; /* by cluster, namespace */
	size_t n_targets, n_postings, n_places;
};

static struct span keep(struct arena *a, struct span s)
{
	return (struct span){arena_strndup(a, s.p ? s.p : "", s.n), s.n};
}

static const char *keep_text(struct arena *a, sqlite3_stmt *s, int column)
{
	return keep(a, db_text(s, column)).p;
}

static int read_targets(struct reach *r, struct err *e)
{
	sqlite3_stmt *s = db_stmt(r->db, "SELECT thing, cluster, namespace, service_account, host_network FROM workload ORDER BY cluster, namespace, thing");
	const char *cluster = "", *namespace = "";
	int rc;

	r->targets = arena_array(&r->arena, (size_t)db_int(r->db, 0, "SELECT count(*) FROM workload", ""), sizeof(*r->targets));
	while ((rc = db_step(r->db, s, e)) == 1) {
		struct target *t = &r->targets[r->n_targets++];

		if (!span_eq(db_text(s, 1), cluster))
			cluster = keep_text(&r->arena, s, 1);
		if (!span_eq(db_text(s, 2), namespace))
			namespace = keep_text(&r->arena, s, 2);
		*t = (struct target){.thing = sqlite3_column_int64(s, 0), .cluster = cluster, .namespace = namespace,
				     .service_account = keep_text(&r->arena, s, 3), .host_network = sqlite3_column_int(s, 4)};
	}
	sqlite3_reset(s);
	return rc;
}

static int by_thing(const void *x, const void *y)
{
	const struct target *const *a = x, *const *b = y;

	return ((*a)->thing > (*b)->thing) - ((*a)->thing < (*b)->thing);
}

/* Labels come ordered by workload: a walk over targets in the same order gives each its own. */
static int read_labels(struct reach *r, struct err *e)
{
	sqlite3_stmt *s = db_stmt(r->db, "SELECT workload, key, value FROM template_label ORDER BY workload, key");
	size_t total = (size_t)db_int(r->db, 0, "SELECT count(*) FROM template_label", ""), at = 0;
	struct label *labels = arena_array(&r->arena, total, sizeof(*labels));
	struct target **order = arena_array(&r->arena, r->n_targets, sizeof(*order));
	int rc;

	for (size_t i = 0; i < r->n_targets; i++)
		order[i] = &r->targets[i];
	qsort(order, r->n_targets, sizeof(*order), by_thing);
	r->postings = arena_array(&r->arena, total, sizeof(*r->postings));
	while ((rc = db_step(r->db, s, e)) == 1) {
		int64_t thing = sqlite3_column_int64(s, 0);
		struct target *t;

		while (at < r->n_targets && order[at]->thing < thing)
			at++;
		if (at == r->n_targets || order[at]->thing != thing)
			continue;
		t = order[at];
		if (!t->labels.n)
			t->labels.at = labels;
		*labels = (struct label){keep(&r->arena, db_text(s, 1)), keep(&r->arena, db_text(s, 2))};
		r->postings[r->n_postings++] = (struct posting){t, labels++};
		t->labels.n++;
	}
	sqlite3_reset(s);
	return rc;
}

static int place_cmp(const char *cluster, const char *namespace, const char *cluster2, const char *namespace2)
{
	int c = strcmp(cluster, cluster2);

	return c ? c : strcmp(namespace, namespace2);
}

static int label_cmp(const struct label *a, const struct label *b)
{
	int c = span_cmp(a->key, b->key);

	return c ? c : span_cmp(a->value, b->value);
}

/* Targets are ordered by place, so their addresses are too. */
static int by_place_label(const void *x, const void *y)
{
	const struct posting *a = x, *b = y;
	int c = place_cmp(a->target->cluster, a->target->namespace, b->target->cluster, b->target->namespace);

	if (c == 0)
		c = label_cmp(a->label, b->label);
	return c ? c : (a->target > b->target) - (a->target < b->target);
}

static bool in_place(const struct target *t, const struct place *p)
{
	return strcmp(t->cluster, p->cluster) == 0 && strcmp(t->namespace, p->namespace) == 0;
}

static void make_places(struct reach *r)
{
	size_t posting = 0;

	qsort(r->postings, r->n_postings, sizeof(*r->postings), by_place_label);
	r->places = arena_array(&r->arena, r->n_targets, sizeof(*r->places));
	for (size_t i = 0; i < r->n_targets;) {
		struct place *p = &r->places[r->n_places++];

		*p = (struct place){.cluster = r->targets[i].cluster, .namespace = r->targets[i].namespace, .targets = &r->targets[i],
				    .postings = r->postings + posting};
		for (; i < r->n_targets && in_place(&r->targets[i], p); i++)
			p->n++;
		for (; posting < r->n_postings && in_place(r->postings[posting].target, p); posting++)
			p->n_postings++;
	}
}

static struct place *find_place(struct reach *r, const char *cluster, const char *namespace)
{
	size_t low = 0, high = r->n_places;

	while (low < high) {
		size_t mid = (low + high) / 2;
		int c = place_cmp(r->places[mid].cluster, r->places[mid].namespace, cluster, namespace);

		if (c == 0)
			return &r->places[mid];
		if (c < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

/* The first posting whose label is not before this one (`after`: behind it). */
static size_t bound(const struct place *p, const struct label *l, bool after)
{
	size_t low = 0, high = p->n_postings;

	while (low < high) {
		size_t mid = (low + high) / 2;
		int c = label_cmp(p->postings[mid].label, l);

		if (c < 0 || (after && c == 0))
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* The postings of the rarest label that `map` asks for; all templates when it asks for none. */
struct candidates {
	const struct posting *postings; /* NULL: all targets of the place */
	size_t n;
};

static struct candidates narrow(const struct place *p, const struct json *map)
{
	struct candidates best = {NULL, p->n};

	JSON_MEMBERS(m, map)
	{
		struct label l = {json_str(&m->key), json_str(&m->value)};
		size_t from = bound(p, &l, false), n = bound(p, &l, true) - from;

		if (!best.postings || n < best.n)
			best = (struct candidates){p->postings + from, n};
	}
	return best;
}

static int service_workloads(struct reach *r, int64_t service, const struct place *p, const struct json *map, struct err *e)
{
	struct candidates c = narrow(p, map);

	if (!json_count(map))
		return 0;
	for (size_t i = 0; i < c.n; i++)
		if (selector_map_matches(map, c.postings[i].target->labels) &&
		    db_run(r->db, e, "INSERT OR IGNORE INTO service_workload(service, workload) VALUES (?, ?)", "ii", service, c.postings[i].target->thing))
			return -1;
	return 0;
}

static int match_services(struct reach *r, struct err *e)
{
	sqlite3_stmt *s = db_stmt(r->db, "SELECT thing, cluster, namespace, selector FROM service WHERE selector IS NOT NULL AND type != 'ExternalName' "
					 "ORDER BY thing");
	int rc;

	while ((rc = db_step(r->db, s, e)) == 1) {
		struct place *p = find_place(r, keep_text(&r->item, s, 1), keep_text(&r->item, s, 2));
		struct json *map;

		if (p && json_parse(&r->item, db_text(s, 3), &map, NULL) == 0 && service_workloads(r, sqlite3_column_int64(s, 0), p, map, e)) {
			rc = -1;
			break;
		}
		arena_reset(&r->item);
	}
	sqlite3_reset(s);
	return rc;
}

/* A policy on its way to the workloads that it holds for. */
struct policy {
	int64_t thing;
	const struct json *selector;	     /* Kubernetes and Cilium */
	struct span calico, calico_namespaces; /* expressions; absent: selects all */
	bool cilium;
};

/* What Cilium and Calico let policies ask for beside the pod's own labels. */
static struct labels more_labels(struct reach *r, const struct target *t, bool cilium)
{
	struct label *l = arena_array(&r->item, t->labels.n + 2, sizeof(*l));

	memcpy(l, t->labels.at ? t->labels.at : l, t->labels.n * sizeof(*l));
	l[t->labels.n] = (struct label){cilium ? SPAN("io.kubernetes.pod.namespace") : SPAN("projectcalico.org/namespace"), span_of(t->namespace)};
	l[t->labels.n + 1] = (struct label){cilium ? SPAN("io.cilium.k8s.policy.serviceaccount") : SPAN("projectcalico.org/serviceaccount"),
					    span_of(t->service_account)};
	return (struct labels){l, t->labels.n + 2};
}

static bool policy_selects(struct reach *r, const struct policy *p, const struct target *t)
{
	if (t->host_network)
		return false;
	if (p->cilium)
		return selector_matches(p->selector, more_labels(r, t, true));
	if (p->calico.p)
		return selector_calico_matches(p->calico, more_labels(r, t, false));
	return selector_matches(p->selector, t->labels);
}

static int policy_workloads(struct reach *r, const struct policy *p, const struct place *place, struct err *e)
{
	struct candidates c = narrow(place, !p->cilium && !p->calico.p ? json_get(p->selector, "matchLabels") : NULL);

	for (size_t i = 0; i < c.n; i++) {
		const struct target *t = c.postings ? c.postings[i].target : &place->targets[i];

		if (policy_selects(r, p, t) &&
		    db_run(r->db, e, "INSERT OR IGNORE INTO network_policy_workload(policy, workload) VALUES (?, ?)", "ii", p->thing, t->thing))
			return -1;
	}
	return 0;
}

static bool namespace_selected(struct reach *r, const struct policy *p, const struct place *place)
{
	sqlite3_stmt *s;
	struct label l[64] = {{SPAN("projectcalico.org/name"), span_of(place->namespace)}, {SPAN("kubernetes.io/metadata.name"), span_of(place->namespace)}};
	size_t n = 2;

	if (!p->calico_namespaces.n)
		return true;
	s = db_stmt(r->db, "SELECT l.key, l.value FROM namespace n JOIN label l ON l.thing = n.thing WHERE n.cluster = ? AND n.name = ?");
	db_bind(s, "ss", place->cluster, place->namespace);
	while (n < sizeof(l) / sizeof(l[0]) && sqlite3_step(s) == SQLITE_ROW) {
		l[n++] = (struct label){keep(&r->item, db_text(s, 0)), keep(&r->item, db_text(s, 1))};
	}
	sqlite3_reset(s);
	return selector_calico_matches(p->calico_namespaces, (struct labels){l, n});
}

/* In its namespace, or with an empty one in all of the cluster. */
static int policy_places(struct reach *r, const struct policy *p, const char *cluster, const char *namespace, struct err *e)
{
	struct place *place = *namespace ? find_place(r, cluster, namespace) : NULL;

	if (*namespace)
		return place ? policy_workloads(r, p, place, e) : 0;
	for (size_t i = 0; i < r->n_places; i++)
		if (strcmp(r->places[i].cluster, cluster) == 0 && namespace_selected(r, p, &r->places[i]) && policy_workloads(r, p, &r->places[i], e))
			return -1;
	return 0;
}

static int cilium_spec(struct reach *r, int64_t thing, const struct json *spec, const char *cluster, const char *namespace, struct err *e)
{
	const struct json *selector = json_get(spec, "endpointSelector");
	struct policy p = {.thing = thing, .cilium = true};
	struct json plain;

	if (!json_is(selector, JSON_OBJECT))
		return 0;
	plain = selector_cilium_plain(&r->item, selector);
	p.selector = &plain;
	return policy_places(r, &p, cluster, namespace, e);
}

/* Policies of other engines, from the raw object. */
static int foreign_policy(struct reach *r, int64_t thing, bool cilium, const char *cluster, const char *namespace, struct err *e)
{
	struct policy p = {.thing = thing};
	auto_buf raw = BUF_INIT;
	const struct json *spec;
	struct json *object;

	if (object_json(r->db, thing, &raw, NULL) || json_parse(&r->item, buf_span(&raw), &object, NULL))
		return 0;
	spec = json_get(object, "spec");
	if (!cilium) {
		if (json_text_at(spec, "serviceAccountSelector").n) /* asks for labels of service accounts: not understood, protects nothing */
			return 0;
		p.calico = json_text_at(spec, "selector");
		if (!p.calico.p)
			p.calico = SPAN("");
		p.calico_namespaces = json_text_at(spec, "namespaceSelector");
		return policy_places(r, &p, cluster, namespace, e);
	}
	if (cilium_spec(r, thing, spec, cluster, namespace, e))
		return -1;
	JSON_EACH(s, json_get(object, "specs"))
	{
		if (cilium_spec(r, thing, s, cluster, namespace, e))
			return -1;
	}
	return 0;
}

static int one_policy(struct reach *r, sqlite3_stmt *s, struct err *e)
{
	struct policy p = {.thing = sqlite3_column_int64(s, 0)};
	const char *cluster = keep_text(&r->item, s, 1), *namespace = keep_text(&r->item, s, 2);
	struct span api = db_text(s, 3);
	struct json *selector;

	if (span_eq(api, "cilium.io") || span_has(api, "projectcalico.org"))
		return foreign_policy(r, p.thing, span_eq(api, "cilium.io"), cluster, namespace, e);
	if (json_parse(&r->item, db_text(s, 4), &selector, NULL))
		return 0;
	p.selector = selector;
	return policy_places(r, &p, cluster, namespace, e);
}

static int match_policies(struct reach *r, struct err *e)
{
	sqlite3_stmt *s = db_stmt(r->db, "SELECT thing, cluster, namespace, api, selector FROM network_policy ORDER BY thing");
	int rc;

	while ((rc = db_step(r->db, s, e)) == 1) {
		if (one_policy(r, s, e)) {
			rc = -1;
			break;
		}
		arena_reset(&r->item);
	}
	sqlite3_reset(s);
	return rc;
}

int derive_reach(struct db *db, struct err *e)
{
	struct reach r = {.db = db};
	int rc = read_targets(&r, e) ? -1 : read_labels(&r, e);

	if (rc == 0) {
		make_places(&r);
		rc = match_services(&r, e) || match_policies(&r, e) ? -1 : 0;
	}
	arena_fini(&r.arena);
	arena_fini(&r.item);
	return rc;
}
