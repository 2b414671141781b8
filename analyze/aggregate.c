// SPDX-License-Identifier: Apache-2.0
// Aggregated cluster roles that come without rules: what they gather.
#include "aggregate.h"
#include "rbac-rule.h"
#include "selector.h"
#include "common/limits.h"

/* A cluster role that another may gather. */
struct gathered {
	int64_t thing;
	const char *cluster;
	struct labels labels;
	const struct json *aggregates; /* NULL: it gathers nothing */
	bool empty;		       /* no rules of its own */
	bool linked;		       /* `next` is filled */
	size_t seen;		       /* the last one that it was gathered for */
	size_t *next, next_n;	       /* what its selectors match */
};

/* The rules that a role has got already, as texts; open addressing. */
struct have {
	struct span *at;
	size_t n, size;
};

struct gather {
	struct db *db;
	struct arena arena;
	struct gathered *roles;
	size_t n;
	struct have have;
	int64_t rules; /* written for all roles */
	bool full;
};

static struct span keep(struct arena *a, struct span s)
{
	return (struct span){arena_strndup(a, s.p ? s.p : "", s.n), s.n};
}

static int read_labels(struct gather *g, struct gathered *role, struct err *e)
{
	sqlite3_stmt *s = db_stmt(g->db, "SELECT key, value FROM label WHERE thing = ? ORDER BY key");
	struct label *l = arena_array(&g->arena, (size_t)db_int(g->db, 0, "SELECT count(*) FROM label WHERE thing = ?", "i", role->thing), sizeof(*l));
	int rc;

	role->labels.at = l;
	db_bind(s, "i", role->thing);
	while ((rc = db_step(g->db, s, e)) == 1)
		l[role->labels.n++] = (struct label){keep(&g->arena, db_text(s, 0)), keep(&g->arena, db_text(s, 1))};
	sqlite3_reset(s);
	return rc;
}

static int read_roles(struct gather *g, struct err *e)
{
	sqlite3_stmt *s = db_stmt(g->db, "SELECT thing, cluster, aggregates, NOT EXISTS (SELECT 1 FROM role_rule x WHERE x.role = r.thing) FROM role r "
					 "WHERE namespace IS NULL ORDER BY thing");
	int rc;

	g->roles = arena_array(&g->arena, (size_t)db_int(g->db, 0, "SELECT count(*) FROM role WHERE namespace IS NULL", ""), sizeof(*g->roles));
	while ((rc = db_step(g->db, s, e)) == 1) {
		struct gathered *r = &g->roles[g->n++];
		struct json *v = NULL;

		if (db_text(s, 2).p && json_parse(&g->arena, keep(&g->arena, db_text(s, 2)), &v, NULL))
			v = NULL;
		*r = (struct gathered){.thing = sqlite3_column_int64(s, 0), .cluster = keep(&g->arena, db_text(s, 1)).p, .aggregates = v,
				       .empty = sqlite3_column_int(s, 3)};
		if (read_labels(g, r, e)) {
			rc = -1;
			break;
		}
	}
	sqlite3_reset(s);
	return rc;
}

static bool gathers(const struct gathered *r, const struct gathered *other)
{
	JSON_EACH(selector, json_get(r->aggregates, "clusterRoleSelectors"))
	{
		if (selector_matches(selector, other->labels))
			return true;
	}
	return false;
}

static void link_role(struct gather *g, struct gathered *r)
{
	size_t *next = arena_array(&g->arena, g->n, sizeof(*next));

	r->linked = true;
	r->next = next;
	for (size_t j = 0; j < g->n && r->aggregates; j++)
		if (&g->roles[j] != r && strcmp(g->roles[j].cluster, r->cluster) == 0 && gathers(r, &g->roles[j]))
			next[r->next_n++] = j;
}

static struct span *have_slot(struct span *at, size_t size, struct span text)
{
	size_t i = 0;

	for (size_t k = 0; k < text.n; k++)
		i = (i ^ (unsigned char)text.p[k]) * 1099511628211ull;
	for (i = (i ^ (i >> 29)) & (size - 1); at[i].p && !span_is(at[i], text);)
		i = (i + 1) & (size - 1);
	return &at[i];
}

/* True when the role had not got this rule yet. */
static bool fresh(struct gather *g, struct arena *a, sqlite3_stmt *s)
{
	struct have *h = &g->have;
	auto_buf text = BUF_INIT;
	struct span *slot;

	if (2 * h->n >= h->size) {
		size_t size = h->size ? 2 * h->size : 64;
		struct span *at = arena_array(a, size, sizeof(*at));

		for (size_t i = 0; i < h->size; i++)
			if (h->at[i].p)
				*have_slot(at, size, h->at[i]) = h->at[i];
		h->at = at;
		h->size = size;
	}
	for (int i = 0; i < 5; i++)
		buf_add_span(&text, db_text(s, i));
	slot = have_slot(h->at, h->size, buf_span(&text));
	if (slot->p)
		return false;
	*slot = keep(a, buf_span(&text));
	h->n++;
	return true;
}

static int copy_rules(struct gather *g, struct arena *a, int64_t from, int64_t to, struct err *e)
{
	sqlite3_stmt *s = db_stmt(g->db, "SELECT groups, resources, verbs, names, urls FROM role_rule WHERE role = ? ORDER BY ordinal");
	int rc;

	db_bind(s, "i", from);
	while ((rc = db_step(g->db, s, e)) == 1) {
		if (!fresh(g, a, s))
			continue;
		if (++g->rules > LIMIT_GATHERED_RULES) {
			g->full = true;
			rc = 0;
			break;
		}
		if (db_run(g->db, e, "INSERT INTO role_rule(role, ordinal, groups, resources, verbs, names, urls) VALUES (?, ?, ?, ?, ?, ?, ?)", "iittttt", to,
			   (int64_t)g->have.n - 1, db_text(s, 0), db_text(s, 1), db_text(s, 2), db_text(s, 3), db_text(s, 4))) {
			rc = -1;
			break;
		}
	}
	sqlite3_reset(s);
	return rc;
}

/* Everything that `top` gathers, also through roles that gather in turn. Each role is seen once, so that circles end. */
static int gather_into(struct gather *g, size_t top, struct err *e)
{
	auto_arena a = ARENA_INIT;
	size_t *open = arena_array(&a, g->n, sizeof(*open)), n = 0;

	g->have = (struct have){0};
	open[n++] = top;
	g->roles[top].seen = top + 1;
	for (size_t i = 0; i < n && !g->full; i++) {
		struct gathered *r = &g->roles[open[i]];

		if (!r->linked)
			link_role(g, r);
		if (open[i] != top && !r->empty && copy_rules(g, &a, r->thing, g->roles[top].thing, e))
			return -1;
		for (size_t j = 0; j < r->next_n; j++) {
			struct gathered *other = &g->roles[r->next[j]];

			if (other->seen == top + 1)
				continue;
			other->seen = top + 1;
			open[n++] = r->next[j];
		}
		g->rules += 1 + (int64_t)(r->next_n / 256); /* steps count too: circles of empty roles must end */
	}
	return 0;
}

int aggregate_roles(struct db *db, struct err *e)
{
	struct gather g = {.db = db};
	int rc = 0;

	if (db_int(db, 0, "SELECT count(*) FROM role r WHERE aggregates IS NOT NULL AND NOT EXISTS (SELECT 1 FROM role_rule x WHERE x.role = r.thing)", ""))
		rc = read_roles(&g, e);
	for (size_t i = 0; i < g.n && rc == 0 && !(g.full |= g.rules > LIMIT_GATHERED_RULES); i++)
		if (g.roles[i].aggregates && g.roles[i].empty)
			rc = gather_into(&g, i, e);
	if (rc == 0 && g.full)
		rc = db_run(db, e, "INSERT INTO problem(message) VALUES ('aggregated cluster roles gather more than ' || ? || ' rules: the last ones stay empty')", "i",
			    (int64_t)LIMIT_GATHERED_RULES);
	arena_fini(&g.arena);
	return rc;
}
