// SPDX-License-Identifier: Apache-2.0
// Counts what is open per image and node, so that a check over a thousand images need not join half a million rows. What was matched is
// derive-match.c's, what VEX statements rule out derive-vex.c's.
#include "derive-open.h"

#include "common/arena.h"
#include "common/buf.h"
#include "common/map.h"
#include "common/text.h"

#include <stdlib.h>

enum { NAMES = 5, DAY = 86400 };

/* Statuses of matches: bits of a mask, in the order of open_group's columns. */
static const char *const statuses[] = {"affected", "unfixed", "will-not-fix", "deferred", "end-of-life", "under-investigation", "fix-in-ubuntu-pro"};
enum { STATUSES = sizeof(statuses) / sizeof(statuses[0]) };

/* Groups are told apart by a key: what is the same for the vulnerability everywhere, and above it the mask of its statuses. */
enum { SEVERITY = 7, KEV = 8, OVERDUE = 16, RANSOMWARE = 32, LIKELY = 64, PUBLIC = 128, MASK = 512 };
static const char *const severities[] = {"unknown", "low", "medium", "high", "critical"};

/* Where packages come from, and what they count as. */
enum { IN_BASE = 1, IN_OWN = 2, BASE_OS = 4, MIDDLEWARE = 8, APPLICATION = 16, ORIGINS = IN_BASE | IN_OWN };

struct vulnerability {
	struct span name;
	int64_t id;
	double score;
	uint32_t key;  /* without its statuses */
	/* In the thing at hand. */
	uint32_t packages[STATUSES], fixable, mask;
	uint8_t marks[STATUSES]; /* IN_BASE …; neither IN_BASE nor IN_OWN: no base is known */
};

struct hit {
	uint32_t vulnerability; /* by name */
	uint8_t status;
	bool fixable;
};

/* A component's hits. */
struct component {
	struct span name;
	uint32_t first, n;
};

struct gather {
	struct db *db;
	struct arena arena;
	struct vulnerability *vulnerabilities; /* sorted by name */
	uint32_t *by_id;		       /* row id: place in vulnerabilities */
	size_t n, max_id;
	struct hit *hits;
	struct component *components; /* by row id */
	int64_t max_component;
	struct pair {
		int64_t package, vulnerability;
	} *ruled_out; /* sorted */
	size_t ruled_out_n;
	uint32_t *touched;    /* vulnerabilities of the thing at hand */
	size_t touched_n;
	struct map names; /* of the thing's packages with vulnerabilities: 1 or, with a fix, 2 */
	int64_t thing, components_n, fixable_n;
	bool base_known, classed; /* of the thing: where its base ends, what its packages count as (images only) */
};

/* ---- reading */

static uint32_t key_of(sqlite3_stmt *q, int64_t as_of)
{
	struct span severity = db_text(q, 2);
	int64_t due = sqlite3_column_int64(q, 4), published = sqlite3_column_int64(q, 7);
	bool kev = sqlite3_column_int(q, 3), told = sqlite3_column_type(q, 7) != SQLITE_NULL;
	uint32_t key = 0;

	for (uint32_t i = 0; i < sizeof(severities) / sizeof(severities[0]); i++)
		if (span_eq(severity, severities[i]))
			key = i;
	key |= kev ? KEV : 0;
	key |= kev && sqlite3_column_type(q, 4) != SQLITE_NULL && due < as_of ? OVERDUE : 0;
	key |= sqlite3_column_int(q, 5) ? RANSOMWARE : 0;
	key |= sqlite3_column_double(q, 6) >= 0.1 ? LIKELY : 0;
	return key | (told && published < as_of - 90 * DAY ? 2 * PUBLIC : told && published < as_of - 30 * DAY ? PUBLIC : 0);
}

static int read_vulnerabilities(struct gather *g, struct err *e)
{
	int64_t as_of = db_int(g->db, 0, "SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'as-of'", "");
	sqlite3_stmt *q = db_stmt(g->db, "SELECT id, name, severity, kev, kev_due, kev_ransomware, epss, published, score FROM vulnerability ORDER BY name");
	int r;

	g->max_id = (size_t)db_int(g->db, 0, "SELECT max(id) FROM vulnerability", "");
	g->by_id = arena_array(&g->arena, g->max_id + 1, sizeof(*g->by_id));
	g->vulnerabilities = arena_array(&g->arena, (size_t)db_int(g->db, 0, "SELECT count(*) FROM vulnerability", "") + 1, sizeof(*g->vulnerabilities));
	while ((r = db_step(g->db, q, e)) == 1) {
		struct vulnerability *v = &g->vulnerabilities[g->n];
		struct span name = db_text(q, 1);

		*v = (struct vulnerability){.name = {arena_strndup(&g->arena, name.p, name.n), name.n}, .id = sqlite3_column_int64(q, 0),
					    .score = sqlite3_column_double(q, 8), .key = key_of(q, as_of)};
		g->by_id[v->id] = (uint32_t)g->n++;
	}
	sqlite3_reset(q);
	g->touched = arena_array(&g->arena, g->n + 1, sizeof(*g->touched));
	return r;
}

static uint8_t status_of(struct span status)
{
	for (uint8_t i = 0; i < STATUSES; i++)
		if (span_eq(status, statuses[i]))
			return i;
	return 1; /* known to be open, and to have no fix */
}

static int read_hits(struct gather *g, struct err *e)
{
	sqlite3_stmt *q = db_stmt(g->db, "SELECT m.component, m.vulnerability, m.status, m.fixed IS NOT NULL, c.name FROM component_match m"
					 " JOIN component c ON c.id = m.component ORDER BY m.component, m.vulnerability");
	uint32_t n = 0;
	int r;

	g->max_component = db_int(g->db, 0, "SELECT max(component) FROM component_match", "");
	g->components = arena_array(&g->arena, (size_t)g->max_component + 1, sizeof(*g->components));
	g->hits = arena_array(&g->arena, (size_t)db_int(g->db, 0, "SELECT count(*) FROM component_match", "") + 1, sizeof(*g->hits));
	while ((r = db_step(g->db, q, e)) == 1) {
		struct component *c = &g->components[sqlite3_column_int64(q, 0)];
		struct span name = db_text(q, 4);

		if (!c->n++)
			*c = (struct component){{arena_strndup(&g->arena, name.p, name.n), name.n}, n, 1};
		g->hits[n++] = (struct hit){g->by_id[sqlite3_column_int64(q, 1)], status_of(db_text(q, 2)), sqlite3_column_int(q, 3)};
	}
	sqlite3_reset(q);
	return r;
}

static int read_ruled_out(struct gather *g, struct err *e)
{
	sqlite3_stmt *q = db_stmt(g->db, "SELECT package, vulnerability FROM package_vex WHERE vex IN ('not-affected', 'fixed') ORDER BY package, vulnerability");
	int r;

	g->ruled_out = arena_array(&g->arena, (size_t)db_int(g->db, 0, "SELECT count(*) FROM package_vex", "") + 1, sizeof(*g->ruled_out));
	while ((r = db_step(g->db, q, e)) == 1)
		g->ruled_out[g->ruled_out_n++] = (struct pair){sqlite3_column_int64(q, 0), sqlite3_column_int64(q, 1)};
	sqlite3_reset(q);
	return r;
}

/* ---- one thing */

static int pair_cmp(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;

	if (x->package != y->package)
		return x->package < y->package ? -1 : 1;
	return x->vulnerability < y->vulnerability ? -1 : x->vulnerability > y->vulnerability;
}

static bool is_ruled_out(const struct gather *g, int64_t package, int64_t vulnerability)
{
	struct pair p = {package, vulnerability};

	return g->ruled_out_n > 0 && bsearch(&p, g->ruled_out, g->ruled_out_n, sizeof(p), pair_cmp);
}

static void take_name(struct gather *g, struct span name, bool fixable)
{
	struct map_slot *slot = map_at(&g->names, name);
	intptr_t before = (intptr_t)slot->value;

	g->components_n += before == 0;
	g->fixable_n += fixable && before < 2;
	slot->value = (void *)(fixable ? (intptr_t)2 : before ? before : 1);
}

static void take_package(struct gather *g, int64_t package, uint8_t marks, const struct component *c)
{
	bool any = false, any_fix = false;

	for (uint32_t i = c->first; i < c->first + c->n; i++) {
		const struct hit *h = &g->hits[i];
		struct vulnerability *v = &g->vulnerabilities[h->vulnerability];

		if (is_ruled_out(g, package, v->id))
			continue;
		if (!v->mask)
			g->touched[g->touched_n++] = h->vulnerability;
		v->mask |= 1u << h->status;
		v->packages[h->status]++;
		v->marks[h->status] |= marks;
		v->fixable += h->fixable;
		any = true;
		any_fix = any_fix || h->fixable;
	}
	if (any)
		take_name(g, c->name, any_fix);
}

/* Of several the lowest. */
static const char *class_of(uint8_t marks)
{
	return marks & BASE_OS ? "base-os" : marks & MIDDLEWARE ? "middleware" : marks & APPLICATION ? "application" : NULL;
}

static int write_rows(struct gather *g, const struct vulnerability *v, struct err *e)
{
	static const char *const origins[] = {NULL, "base", "own", "both"};

	for (int i = 0; i < STATUSES; i++)
		if (v->packages[i] && db_run(g->db, e, "INSERT INTO open_vulnerability(thing, vulnerability, status, packages, origin, class) VALUES (?, ?, ?, ?, ?, ?)", "iisiss", g->thing, v->id,
					     statuses[i], (int64_t)v->packages[i], origins[v->marks[i] & ORIGINS], class_of(v->marks[i])))
			return -1;
	return 0;
}

static uint32_t group_of(const struct vulnerability *v)
{
	return v->key | v->mask * MASK;
}

/* By group and name. */
static int touched_cmp(const void *a, const void *b, void *ctx)
{
	const struct gather *g = ctx;
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	uint32_t gx = group_of(&g->vulnerabilities[x]), gy = group_of(&g->vulnerabilities[y]);

	if (gx != gy)
		return gx < gy ? -1 : 1;
	return x < y ? -1 : x > y;
}

/* touched[from..to) is one group. */
static int write_group(struct gather *g, size_t from, size_t to, struct err *e)
{
	static const char sql[] =
		"INSERT INTO open_group(thing, severity, affected, unfixed, will_not_fix, deferred, end_of_life, under_investigation, in_pro, kev, overdue, ransomware, likely,"
		" public, vulnerabilities, packages, fixable_packages, worst, names, base_os, middleware, application, in_base, in_own)"
		" VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
	const struct vulnerability *worst = &g->vulnerabilities[g->touched[from]];
	uint32_t key = group_of(worst), mask = key / MASK;
	int64_t packages = 0, fixable = 0, with[5] = {0};
	auto_buf names = BUF_INIT;

	for (size_t i = from; i < to; i++) {
		const struct vulnerability *v = &g->vulnerabilities[g->touched[i]];
		uint8_t marks = 0;

		for (int k = 0; k < STATUSES; k++) {
			packages += v->packages[k];
			marks |= v->marks[k];
		}
		for (int k = 0; k < 5; k++)
			with[k] += marks >> k & 1;
		fixable += v->fixable;
		if (v->score > worst->score || (v->score == worst->score && v->id < worst->id))
			worst = v;
		if (i - from < NAMES) {
			buf_add_char(&names, i == from ? '[' : ',');
			text_add_json(&names, v->name);
		}
	}
	buf_add_char(&names, ']');
	return db_run(g->db, e, sql, !g->classed ? "isbbbbbbbbbbbiiiiisnnnnn" : g->base_known ? "isbbbbbbbbbbbiiiiisiiiii" : "isbbbbbbbbbbbiiiiisiiinn", g->thing, severities[key & SEVERITY], mask & 1, mask >> 1 & 1, mask >> 2 & 1, mask >> 3 & 1, mask >> 4 & 1,
		      mask >> 5 & 1, mask >> 6 & 1, (key & KEV) != 0, (key & OVERDUE) != 0, (key & RANSOMWARE) != 0, (key & LIKELY) != 0, (int64_t)(key / PUBLIC & 3),
		      (int64_t)(to - from), packages, fixable, worst->id, buf_str(&names), with[2], with[3], with[4], with[0], with[1]);
}

static int id_cmp(const void *a, const void *b, void *ctx)
{
	const struct gather *g = ctx;
	int64_t x = g->vulnerabilities[*(const uint32_t *)a].id, y = g->vulnerabilities[*(const uint32_t *)b].id;

	return x < y ? -1 : x > y;
}

static int end_thing(struct gather *g, struct err *e)
{
	size_t from = 0;

	if (!g->touched_n)
		return 0;
	qsort_r(g->touched, g->touched_n, sizeof(*g->touched), id_cmp, g);
	for (size_t i = 0; i < g->touched_n; i++)
		if (write_rows(g, &g->vulnerabilities[g->touched[i]], e))
			return -1;
	qsort_r(g->touched, g->touched_n, sizeof(*g->touched), touched_cmp, g);
	for (size_t i = 1; i <= g->touched_n; i++) {
		if (i < g->touched_n && group_of(&g->vulnerabilities[g->touched[i]]) == group_of(&g->vulnerabilities[g->touched[from]]))
			continue;
		if (write_group(g, from, i, e))
			return -1;
		from = i;
	}
	for (size_t i = 0; i < g->touched_n; i++) {
		struct vulnerability *v = &g->vulnerabilities[g->touched[i]];

		v->mask = v->fixable = 0;
		memset(v->packages, 0, sizeof(v->packages));
		memset(v->marks, 0, sizeof(v->marks));
	}
	g->touched_n = 0;
	map_fini(&g->names);
	return db_run(g->db, e, "INSERT INTO open_total(thing, components, fixable_components) VALUES (?, ?, ?)", "iii", g->thing, g->components_n, g->fixable_n);
}

static int each_thing(struct gather *g, struct err *e)
{
	sqlite3_stmt *q = db_stmt(g->db, "SELECT p.thing, p.component, p.id, CASE WHEN p.layer < l.base_layers THEN 1 WHEN l.base_layers IS NOT NULL THEN 2 ELSE 0 END "
				    "+ CASE WHEN l.image IS NULL THEN 0 WHEN p.owned THEN 4 ELSE CASE c.class WHEN 'base-os' THEN 4 WHEN 'middleware' THEN 8 ELSE 16 END END "
				    "FROM package p LEFT JOIN image_lineage l ON l.image = p.thing LEFT JOIN package_class c ON c.type = p.type AND c.name = p.name "
				    "WHERE p.component IS NOT NULL ORDER BY p.thing");
	int r;

	while ((r = db_step(g->db, q, e)) == 1) {
		int64_t thing = sqlite3_column_int64(q, 0), component = sqlite3_column_int64(q, 1);

		if (thing != g->thing) {
			if (end_thing(g, e)) {
				r = -1;
				break;
			}
			g->thing = thing;
			g->components_n = g->fixable_n = 0;
			g->base_known = (sqlite3_column_int(q, 3) & ORIGINS) != 0;
			g->classed = sqlite3_column_int(q, 3) > ORIGINS;
		}
		if (component <= g->max_component && g->components[component].n)
			take_package(g, sqlite3_column_int64(q, 2), (uint8_t)sqlite3_column_int(q, 3), &g->components[component]);
	}
	sqlite3_reset(q);
	return r ? r : end_thing(g, e);
}

int open_gather(struct db *site, struct err *e)
{
	struct gather g = {.db = site};
	int r = 0;

	if (db_int(site, 0, "SELECT 1 FROM component_match LIMIT 1", ""))
		r = read_vulnerabilities(&g, e) || read_hits(&g, e) || read_ruled_out(&g, e) || each_thing(&g, e) ? -1 : 0;
	map_fini(&g.names);
	arena_fini(&g.arena);
	return r;
}
