// SPDX-License-Identifier: Apache-2.0
// Pods brought to the workload that made them. Controllers that were collected are workloads already; one that was not is
// stood for by its pods (or its ReplicaSets), under the ref that it would have had; pods unlike their controller's template
// become workloads of their own, one for all that are alike. Counting is derive-workload.c's.
#include "common/object.h"
#include "derive-workload.h"
#include "kubernetes.h"
#include "workload.h"

enum { CHAIN_MAX = 8 }; /* owners above a pod: ReplicaSet, Deployment, and what operators put on top */

struct pod {
	int64_t thing;
	const char *cluster;
	struct span namespace, name, hash;
	struct span top_kind, top_name; /* whose pod it is */
	const char *top;		/* its ref */
};

struct owners {
	struct db *db;
	struct arena arena;
	struct load load; /* for writing things; cluster and evidence are set for each */
	struct pod *pods;
	size_t n;
};

static struct span keep(struct arena *a, struct span s)
{
	return s.p ? (struct span){arena_strndup(a, s.p, s.n), s.n} : SPAN_NONE;
}

static bool is_between(struct span kind)
{
	return span_eq(kind, "ReplicaSet") || span_eq(kind, "Job") || span_eq(kind, "ReplicationController");
}

/* The controlling owner of an object: 1 and kind and name, 0 when it has none, -1 when the object was not collected. */
static int owner_of(struct owners *o, const char *ref, struct span *kind, struct span *name)
{
	sqlite3_stmt *s = db_stmt(o->db, "SELECT b.owner_kind, b.owner_name FROM thing t JOIN object b ON b.thing = t.id WHERE t.ref = ?");
	int rc = -1;

	db_bind(s, "s", ref);
	if (sqlite3_step(s) == SQLITE_ROW) {
		rc = sqlite3_column_type(s, 1) != SQLITE_NULL;
		*kind = keep(&o->arena, db_text(s, 0));
		*name = keep(&o->arena, db_text(s, 1));
	}
	sqlite3_reset(s);
	return rc;
}

static struct span without_suffix(struct span name, size_t *suffix)
{
	const char *dash = memrchr(name.p, '-', name.n);

	*suffix = dash ? name.n - (size_t)(dash + 1 - name.p) : 0;
	return dash ? (struct span){name.p, (size_t)(dash - name.p)} : name;
}

/* Names of ReplicaSets end in a hash: what the pod's label says, without it up to 10 characters of this alphabet
 * (apimachinery, util/rand, SafeEncodeString of a 32-bit number). */
static bool is_template_hash(struct span s, struct span label)
{
	if (label.n)
		return span_is(s, label);
	if (s.n < 6 || s.n > 10)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!memchr("bcdfghjklmnpqrstvwxz2456789", s.p[i], 27))
			return false;
	return true;
}

/* Jobs of a CronJob end in the scheduled time in minutes since 1970: eight digits from 1989 to 2160. */
static bool is_minutes(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return s.n == 8;
}

/* The owner of a ReplicaSet or Job that was not collected, as its name tells it. */
static bool guess_owner(struct span *kind, struct span *name, struct span label)
{
	size_t n;
	struct span stem = without_suffix(*name, &n), suffix = {name->p + name->n - n, n};

	if (!stem.n || stem.n == name->n)
		return false;
	if (span_eq(*kind, "ReplicaSet") && is_template_hash(suffix, label))
		*kind = SPAN("Deployment");
	else if (span_eq(*kind, "Job") && is_minutes(suffix))
		*kind = SPAN("CronJob");
	else
		return false;
	*name = stem;
	return true;
}

static struct span hash_label(struct owners *o, int64_t pod)
{
	sqlite3_stmt *s = db_stmt(o->db, "SELECT value FROM label WHERE thing = ? AND key = 'pod-template-hash'");
	struct span value = SPAN_NONE;

	db_bind(s, "i", pod);
	if (sqlite3_step(s) == SQLITE_ROW)
		value = keep(&o->arena, db_text(s, 0));
	sqlite3_reset(s);
	return value;
}

static const char *find_top(struct owners *o, int64_t thing, const char *cluster, struct span namespace, struct span *kind, struct span *name)
{
	for (int i = 0; i < CHAIN_MAX && is_between(*kind); i++) {
		struct span up_kind, up_name;
		int rc = owner_of(o, kube_ref(&o->arena, cluster, namespace, *kind, *name), &up_kind, &up_name);

		if (rc == 0 || (rc < 0 && !guess_owner(kind, name, hash_label(o, thing))))
			break;
		if (rc > 0)
			*kind = up_kind, *name = up_name;
	}
	return kube_ref(&o->arena, cluster, namespace, *kind, *name);
}

static bool same_owner(const struct pod *a, const struct pod *b, struct span kind, struct span name, struct span last_kind, struct span last_name)
{
	return b && strcmp(a->cluster, b->cluster) == 0 && span_is(a->namespace, b->namespace) && span_is(kind, last_kind) && span_is(name, last_name);
}

static int read_pods(struct owners *o, struct err *e)
{
	int64_t total = db_int(o->db, 0, "SELECT count(*) FROM pod WHERE workload IS NULL", "");
	sqlite3_stmt *s = db_stmt(o->db, "SELECT thing, cluster, namespace, name, spec_hash, owner_kind, owner_name FROM pod WHERE workload IS NULL "
					 "ORDER BY cluster, namespace, owner_kind, owner_name, name");
	struct span last_kind = SPAN_NONE, last_name = SPAN_NONE;
	struct pod *last = NULL;
	int rc;

	o->pods = arena_array(&o->arena, (size_t)total, sizeof(*o->pods));
	while ((rc = db_step(o->db, s, e)) == 1) {
		struct pod *p = &o->pods[o->n];
		struct span kind = db_text(s, 5), name = db_text(s, 6);

		p->thing = sqlite3_column_int64(s, 0);
		p->cluster = arena_strdup(&o->arena, (const char *)sqlite3_column_text(s, 1));
		p->namespace = keep(&o->arena, db_text(s, 2));
		p->name = keep(&o->arena, db_text(s, 3));
		p->hash = keep(&o->arena, db_text(s, 4));
		if (same_owner(p, last, kind, name, last_kind, last_name)) {
			p->top = last->top, p->top_kind = last->top_kind, p->top_name = last->top_name;
		} else {
			last_kind = p->top_kind = keep(&o->arena, kind);
			last_name = p->top_name = keep(&o->arena, name);
			p->top = find_top(o, p->thing, p->cluster, p->namespace, &p->top_kind, &p->top_name);
		}
		last = p;
		o->n++;
	}
	sqlite3_reset(s);
	return rc;
}

static int by_top(const void *x, const void *y)
{
	const struct pod *a = x, *b = y;
	int c = strcmp(a->top, b->top);

	if (c == 0)
		c = span_cmp(a->hash, b->hash);
	return c ? c : span_cmp(a->name, b->name);
}

/* Makes `load` speak for where the thing was seen. */
static int load_as(struct owners *o, int64_t thing, const char **pointer, struct err *e)
{
	sqlite3_stmt *s = db_stmt(o->db, "SELECT t.cluster, t.scope, t.evidence, t.pointer, v.kind, v.path FROM thing t LEFT JOIN evidence v ON v.id = t.evidence "
					 "WHERE t.id = ?");
	int rc;

	arena_reset(&o->load.item);
	db_bind(s, "i", thing);
	rc = db_step(o->db, s, e);
	if (rc == 1) {
		struct span p = db_text(s, 3);

		o->load.cluster = arena_strdup(&o->load.item, (const char *)sqlite3_column_text(s, 0));
		o->load.scope = sqlite3_column_int64(s, 1);
		o->load.evidence = sqlite3_column_int64(s, 2);
		*pointer = arena_strndup(&o->load.item, p.p ? p.p : "", p.n);
	}
	sqlite3_reset(s);
	return rc < 0 ? -1 : 0;
}

/* A workload from the pod specification inside a collected object: of that object itself when it differs, else of its top. */
static int insert_from(struct owners *o, const struct pod *p, bool differs, int64_t *thing, struct err *e)
{
	struct workload w = {.l = &o->load, .namespace = p->namespace, .replicas = -1, .differs = differs, .collected = differs};
	struct span kind = SPAN("Pod");
	auto_buf raw = BUF_INIT;
	struct json *object;
	const char *pointer = "";

	if (load_as(o, p->thing, &pointer, e))
		return -1;
	sqlite3_stmt *s = db_stmt(o->db, "SELECT type FROM thing WHERE id = ?");
	db_bind(s, "i", p->thing);
	if (sqlite3_step(s) == SQLITE_ROW)
		kind = keep(&o->load.item, db_text(s, 0));
	sqlite3_reset(s);
	if (object_json(o->db, p->thing, &raw, e) || json_parse(&o->load.item, buf_span(&raw), &object, e))
		return err_wrap(e, "object %lld", (long long)p->thing);
	w.spec = workload_template(kind, object, &w.meta);
	w.pointer = arena_printf(&o->load.item, "%s%s", pointer, span_eq(kind, "Pod") ? "/spec" : "/spec/template/spec");
	w.kind = differs ? kind : p->top_kind;
	w.name = differs ? p->name : p->top_name;
	w.thing = *thing = p->thing;
	w.ref = differs ? kube_ref(&o->load.item, p->cluster, p->namespace, kind, p->name) : p->top;
	if (!differs) {
		struct span rest = p->top_kind;
		struct span type = span_cut(&rest, '.');
		struct thing_spec spec = {.kind = "object", .type = arena_strndup(&o->load.item, type.p, type.n), .ref = span_of(p->top),
					  .name = p->top_name, .namespace = p->namespace, .pointer = pointer};

		if (load_thing(&o->load, &spec, &w.thing, NULL, e))
			return -1;
		*thing = w.thing;
	}
	return w.spec ? workload_insert(&w, e) : 0;
}

static int assign(struct owners *o, const struct pod *p, size_t n, int64_t workload, struct err *e)
{
	for (size_t i = 0; i < n; i++)
		if (db_run(o->db, e, "UPDATE pod SET workload = ? WHERE thing = ?", "ii", workload, p[i].thing))
			return -1;
	return 0;
}

static size_t alike(const struct pod *p, size_t n)
{
	size_t i = 1;

	while (i < n && span_is(p[i].hash, p->hash))
		i++;
	return i;
}

/* The template's hash of a workload that is known; false when there is none. */
static bool workload_of(struct owners *o, const char *ref, int64_t *thing, char hash[static WORKLOAD_HASH])
{
	sqlite3_stmt *s = db_stmt(o->db, "SELECT w.thing, w.spec_hash FROM thing t JOIN workload w ON w.thing = t.id WHERE t.ref = ?");
	bool found;

	db_bind(s, "s", ref);
	found = sqlite3_step(s) == SQLITE_ROW;
	if (found) {
		*thing = sqlite3_column_int64(s, 0);
		snprintf(hash, WORKLOAD_HASH, "%s", (const char *)sqlite3_column_text(s, 1));
	}
	sqlite3_reset(s);
	return found;
}

/* All pods of one top controller, sorted by hash and name. Without the controller the largest group of alike pods stands
 * for it (the first by hash when several are as large). */
static int one_top(struct owners *o, const struct pod *p, size_t n, struct err *e)
{
	char hash[WORKLOAD_HASH] = "";
	size_t most = 0, step;
	int64_t top = 0;

	if (!workload_of(o, p->top, &top, hash)) {
		const struct pod *stand_in = p;

		for (size_t i = 0; i < n; i += step)
			if ((step = alike(p + i, n - i)) > most) {
				most = step;
				stand_in = p + i;
			}
		if (insert_from(o, stand_in, false, &top, e))
			return -1;
		snprintf(hash, sizeof(hash), "%.*s", SPAN_ARG(stand_in->hash));
	}
	for (size_t i = 0; i < n; i += step) {
		int64_t workload = top;

		step = alike(p + i, n - i);
		if (!span_eq(p[i].hash, hash) && insert_from(o, p + i, true, &workload, e))
			return -1;
		if (assign(o, p + i, step, workload, e))
			return -1;
	}
	return 0;
}

/* ReplicaSets and Jobs without pods whose controller was not collected: the newest stands for it. */
static int add_templates(struct owners *o, struct err *e)
{
	auto_stmt *s = NULL;
	int rc;

	if (db_prepare(o->db,
		       "SELECT t.id, t.cluster, t.namespace, t.name, b.owner_kind, b.owner_name FROM object b JOIN thing t ON t.id = b.thing "
		       "WHERE b.owner_name IS NOT NULL AND t.type IN ('ReplicaSet', 'Job', 'ReplicationController') AND t.namespace IS NOT NULL "
		       "AND b.api_version IN ('apps/v1', 'batch/v1', 'v1', 'apps/v1beta2', 'extensions/v1beta1') ORDER BY b.created DESC, t.ref",
		       &s, e))
		return -1;
	while ((rc = db_step(o->db, s, e)) == 1) {
		struct pod p = {.thing = sqlite3_column_int64(s, 0), .cluster = (const char *)sqlite3_column_text(s, 1), .namespace = db_text(s, 2),
				.name = db_text(s, 3), .top_kind = db_text(s, 4), .top_name = db_text(s, 5)};
		char hash[WORKLOAD_HASH];
		int64_t thing;

		p.top = find_top(o, p.thing, p.cluster, p.namespace, &p.top_kind, &p.top_name);
		if (!workload_of(o, p.top, &thing, hash) && insert_from(o, &p, false, &thing, e))
			return -1;
	}
	return rc;
}

int derive_owners(struct db *db, struct err *e)
{
	struct owners o = {.db = db, .load = {.db = db}};
	size_t step;
	int rc = read_pods(&o, e);

	if (rc == 0)
		qsort(o.pods, o.n, sizeof(*o.pods), by_top);
	for (size_t i = 0; i < o.n && rc == 0; i += step) {
		for (step = 1; i + step < o.n && strcmp(o.pods[i].top, o.pods[i + step].top) == 0;)
			step++;
		rc = one_top(&o, o.pods + i, step, e);
	}
	if (rc == 0)
		rc = add_templates(&o, e);
	load_fini(&o.load);
	arena_fini(&o.arena);
	return rc;
}
