// SPDX-License-Identifier: Apache-2.0
// Which workloads a service leads to. Pod templates are indexed by namespace and label, so that a selector looks at those only
// that carry its rarest label. How selectors are read is selector.c's, what the outside reaches is derive-exposure.c's, and which
// workloads a policy holds for derive-network.c's.
#include "derive-workload.h"
#include "selector.h"

#include <stdlib.h>

/* A pod template. */
struct target {
	int64_t thing;
	const char *cluster, *namespace;
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

struct services {
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

static int read_targets(struct services *r, struct err *e)
{
	sqlite3_stmt *s = db_stmt(r->db, "SELECT thing, cluster, namespace FROM workload ORDER BY cluster, namespace, thing");
	const char *cluster = "", *namespace = "";
	int rc;

	r->targets = arena_array(&r->arena, (size_t)db_int(r->db, 0, "SELECT count(*) FROM workload", ""), sizeof(*r->targets));
	while ((rc = db_step(r->db, s, e)) == 1) {
		struct target *t = &r->targets[r->n_targets++];

		if (!span_eq(db_text(s, 1), cluster))
			cluster = keep_text(&r->arena, s, 1);
		if (!span_eq(db_text(s, 2), namespace))
			namespace = keep_text(&r->arena, s, 2);
		*t = (struct target){.thing = sqlite3_column_int64(s, 0), .cluster = cluster, .namespace = namespace};
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
static int read_labels(struct services *r, struct err *e)
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

static void make_places(struct services *r)
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

static struct place *find_place(struct services *r, const char *cluster, const char *namespace)
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

static int service_workloads(struct services *r, int64_t service, const struct place *p, const struct json *map, struct err *e)
{
	struct candidates c = narrow(p, map);

	if (!json_is(map, JSON_OBJECT) || !json_count(map))
		return 0;
	for (size_t i = 0; i < c.n; i++)
		if (selector_map_matches(map, c.postings[i].target->labels) &&
		    db_run(r->db, e, "INSERT OR IGNORE INTO service_workload(service, workload) VALUES (?, ?)", "ii", service, c.postings[i].target->thing))
			return -1;
	return 0;
}

static int match_services(struct services *r, struct err *e)
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

int derive_services(struct db *db, struct err *e)
{
	struct services r = {.db = db};
	int rc = read_targets(&r, e) ? -1 : read_labels(&r, e);

	if (rc == 0) {
		make_places(&r);
		rc = match_services(&r, e);
	}
	arena_fini(&r.arena);
	arena_fini(&r.item);
	return rc;
}
