// SPDX-License-Identifier: Apache-2.0
// The engagement file's inspection points against the ways in from outside that the evidence has. Where traffic really goes no object says: what
// people say of it is checked against what there is to cover.
#include "derive-inspection.h"
#include "network-set.h"
#include "pattern.h"
#include "common/arena.h"
#include "common/json.h"
#include "common/object.h"
#include "common/text.h"

/* A way in through more addresses than this has the first of them looked at: node ports of 5,000 nodes are all alike. */
enum { POINTS_MAX = 1000, ADDRESSES_MAX = 1000 };

struct point {
	struct span name;
	const struct json *covers;
};
struct inspecting {
	struct db *db;
	struct arena all, item;
	struct point *points;
	size_t n;
	bool by_address; /* some point is told by address or network */
};

/* One way in. */
struct way {
	int64_t id, through;
	struct span type, host, place, service, class;
	struct span addresses[ADDRESSES_MAX];
	size_t n;
};

static int load_points(struct inspecting *x, struct err *e)
{
	sqlite3_stmt *s = db_stmt(x->db, "SELECT name, covers FROM inspection_point ORDER BY ordinal LIMIT 1000");
	int rc;

	x->points = arena_array(&x->all, POINTS_MAX, sizeof(*x->points));
	while ((rc = db_step(x->db, s, e)) == 1) {
		struct span name = db_text(s, 0);
		struct json *covers;

		if (json_parse(&x->all, db_text(s, 1), &covers, e)) {
			rc = -1;
			break;
		}
		x->points[x->n++] = (struct point){{arena_strndup(&x->all, name.p, name.n), name.n}, covers};
		x->by_address |= json_count(json_get(covers, "addresses")) || json_count(json_get(covers, "networks"));
	}
	sqlite3_reset(s);
	return rc;
}

static void add(struct inspecting *x, struct way *w, struct span address)
{
	for (size_t i = 0; i < w->n; i++)
		if (span_is(w->addresses[i], address))
			return;
	if (address.n && w->n < ADDRESSES_MAX)
		w->addresses[w->n++] = (struct span){arena_strndup(&x->item, address.p, address.n), address.n};
}

static void add_rows(struct inspecting *x, struct way *w, sqlite3_stmt *s)
{
	while (db_step(x->db, s, NULL) == 1)
		add(x, w, db_text(s, 0));
	sqlite3_reset(s);
}

/* What an Ingress says of itself: status.loadBalancer.ingress[].ip or .hostname. */
static void add_status(struct inspecting *x, struct way *w)
{
	auto_buf raw = BUF_INIT;
	struct json *object;

	if (object_json(x->db, w->through, &raw, NULL) || json_parse(&x->item, buf_span(&raw), &object, NULL))
		return;
	JSON_EACH(one, json_path(object, "status.loadBalancer.ingress"))
	{
		add(x, w, json_text_at(one, "ip"));
		add(x, w, json_text_at(one, "hostname"));
	}
}

static void find_addresses(struct inspecting *x, struct way *w)
{
	sqlite3_stmt *s;

	if (span_eq(w->type, "external-ip") || (span_eq(w->type, "host-port") && w->host.n)) {
		add(x, w, w->host);
	} else if (span_eq(w->type, "load-balancer")) {
		s = db_stmt(x->db, "SELECT j.value FROM service v, json_each(v.load_balancer) j WHERE v.thing = ? ORDER BY j.key");
		db_bind(s, "i", w->through);
		add_rows(x, w, s);
	} else if (span_eq(w->type, "ingress")) {
		add_status(x, w);
	} else if (!span_eq(w->type, "route")) { /* ports of nodes */
		s = db_stmt(x->db, "SELECT coalesce(n.external_ip, n.internal_ip) FROM node n JOIN exposure e ON e.id = ? JOIN workload w ON w.thing = e.workload WHERE n.cluster = w.cluster ORDER BY n.name");
		db_bind(s, "i", w->id);
		add_rows(x, w, s);
	}
}

static bool matches(struct inspecting *x, struct span text, const struct json *patterns)
{
	JSON_EACH(p, patterns)
	{
		if (text.n && db_int(x->db, 0, "SELECT ?1 GLOB " PATTERN("?2"), "tt", text, json_str(p)))
			return true;
	}
	return false;
}

/* A pattern without a slash holds in all clusters. */
static bool in_place(struct inspecting *x, struct span place, const struct json *patterns)
{
	struct span namespace = place;

	span_cut(&namespace, '/');
	JSON_EACH(p, patterns)
	{
		struct span pattern = json_str(p);

		if (db_int(x->db, 0, "SELECT ?1 GLOB " PATTERN("?2"), "tt", memchr(pattern.p, '/', pattern.n) ? place : namespace, pattern))
			return true;
	}
	return false;
}

/* By what the way in is, wherever its addresses are. */
static bool covers_way(struct inspecting *x, const struct point *p, const struct way *w)
{
	if (in_place(x, w->place, json_get(p->covers, "namespaces")) || matches(x, w->class, json_get(p->covers, "ingress_classes")))
		return true;
	if (!span_eq(w->type, "load-balancer"))
		return false;
	for (size_t i = 0; i < w->n; i++)
		if (matches(x, w->addresses[i], json_get(p->covers, "load_balancers")))
			return true;
	return matches(x, w->service, json_get(p->covers, "load_balancers"));
}

static bool covers_address(struct inspecting *x, const struct point *p, struct span text)
{
	wide address;
	struct set net;

	if (matches(x, text, json_get(p->covers, "addresses")))
		return true;
	if (!address_parse(text, &address))
		return false;
	JSON_EACH(one, json_get(p->covers, "networks"))
	{
		if (cidr_parse(&x->item, json_str(one), &net, NULL) == 0 && set_has(net, address))
			return true;
	}
	return false;
}

static const char *judge(struct inspecting *x, const struct way *w, bool *by)
{
	size_t covered = 0;
	bool whole = false;

	for (size_t i = 0; i < x->n; i++)
		whole |= by[i] = covers_way(x, &x->points[i], w);
	for (size_t a = 0; a < w->n; a++) {
		bool any = false;

		for (size_t i = 0; i < x->n; i++)
			if (covers_address(x, &x->points[i], w->addresses[a]))
				any = by[i] = true;
		covered += any;
	}
	if (whole || (w->n && covered == w->n))
		return "covered";
	return covered ? "partly" : !w->n && x->by_address ? "unknown" : "gap";
}

static void put_list(struct buf *b, struct span text)
{
	buf_add_str(b, b->n ? "," : "[");
	text_add_json(b, text);
}

static int one_way(struct inspecting *x, sqlite3_stmt *s, struct err *e)
{
	struct way *w = arena_alloc(&x->item, sizeof(*w));
	bool *by = arena_array(&x->item, x->n + 1, sizeof(*by));
	auto_buf points = BUF_INIT, addresses = BUF_INIT;
	const char *state;

	*w = (struct way){.id = sqlite3_column_int64(s, 0), .through = sqlite3_column_int64(s, 1), .type = db_text(s, 2), .host = db_text(s, 3), .place = db_text(s, 4),
			  .service = db_text(s, 5), .class = db_text(s, 6)};
	find_addresses(x, w);
	state = judge(x, w, by);
	for (size_t i = 0; i < x->n; i++)
		if (by[i])
			put_list(&points, x->points[i].name);
	for (size_t i = 0; i < w->n; i++)
		put_list(&addresses, w->addresses[i]);
	buf_add_str(&points, points.n ? "]" : "[]");
	buf_add_str(&addresses, addresses.n ? "]" : "[]");
	return db_run(x->db, e, "INSERT INTO inspection(exposure, state, points, addresses) VALUES (?, ?, ?, ?)", "istt", w->id, state, buf_span(&points), buf_span(&addresses));
}

static int ways(struct inspecting *x, struct err *e)
{
	auto_stmt *s = NULL;
	int rc;

	if (db_prepare(x->db, "SELECT e.id, e.through, e.type, e.host, w.cluster || '/' || w.namespace, v.namespace || '/' || v.name, i.class FROM exposure e JOIN workload w ON w.thing = e.workload "
			      "LEFT JOIN service v ON v.thing = e.through LEFT JOIN ingress i ON i.thing = e.through WHERE e.outside ORDER BY e.id", &s, e))
		return -1;
	while ((rc = db_step(x->db, s, e)) == 1) {
		if (one_way(x, s, e))
			return -1;
		arena_reset(&x->item);
	}
	return rc;
}

int derive_inspection(struct db *db, struct err *e)
{
	struct inspecting x = {.db = db, .all = ARENA_INIT, .item = ARENA_INIT};
	int rc;

	if (!db_int(db, 0, "SELECT EXISTS (SELECT 1 FROM meta WHERE key = 'inspection-points')", ""))
		return 0;
	rc = load_points(&x, e) || ways(&x, e) ||
			     db_exec(db, "INSERT OR IGNORE INTO evidence_kind(scope, kind, items) SELECT s.id, 'engagement/inspection-points', (SELECT count(*) FROM inspection_point) FROM scope s WHERE s.kind = 'cluster'", e)
		     ? -1
		     : 0;
	arena_fini(&x.all);
	arena_fini(&x.item);
	return rc;
}
