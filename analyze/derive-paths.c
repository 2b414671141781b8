// SPDX-License-Identifier: Apache-2.0
// The cheapest path from every entry to every jewel: one search per jewel. What to change is path-cut.c's.
#include "derive-paths.h"
#include "path-ends.h"
#include "common/embed.h"
#include "common/limits.h"

#include <stdlib.h>

struct end {
	int64_t thing;
	uint32_t node, door;
	uint8_t rank;
	bool outside; /* anybody can start there */
};

struct ends {
	struct end *at;
	size_t n;
};

/* Doors are entered from the Internet: by the cheapest open edge. */
static uint32_t door_of(const struct path_graph *g, uint32_t internet, uint32_t node)
{
	uint32_t best = PATH_NONE;

	for (uint32_t i = g->in_first[node]; i < g->in_first[node + 1]; i++) {
		uint32_t edge = g->in[i];

		if (g->source[edge] == internet && !path_is_cut(g, edge) && (best == PATH_NONE || g->cost[edge] < g->cost[best]))
			best = edge;
	}
	return best;
}

static int read_ends(struct arena *a, struct db *db, struct path_graph *g, const char *side, struct ends *out, struct err *e)
{
	sqlite3_stmt *s = db_stmt(db, "SELECT thing, rank, class IN ('internet', 'anonymous'), class = 'internet' FROM path_end WHERE side = ? ORDER BY rank, thing");
	uint32_t internet = path_node(g, db_int(db, 0, "SELECT thing FROM graph_node WHERE role = 'internet'", ""));
	int rc;

	out->at = arena_array(a, (size_t)db_int(db, 0, "SELECT count(*) FROM path_end", ""), sizeof(*out->at));
	db_bind(s, "s", side);
	while ((rc = db_step(db, s, e)) == 1) {
		struct end x = {.thing = sqlite3_column_int64(s, 0), .door = PATH_NONE, .rank = (uint8_t)sqlite3_column_int(s, 1), .outside = sqlite3_column_int(s, 2)};

		x.node = path_node(g, x.thing);
		if (x.node == PATH_NONE)
			continue;
		if (sqlite3_column_int(s, 3) && (x.door = door_of(g, internet, x.node)) == PATH_NONE)
			continue;
		out->at[out->n++] = x;
	}
	sqlite3_reset(s);
	return rc;
}

/* What a way is made of: the least certain step and the steps that take effort. */
static void weigh(const struct path_tree *t, struct path_pair *p, bool outside)
{
	const struct path_graph *g = t->g;
	const uint8_t *certainty = g->certainty;
	uint32_t node = p->entry;

	if (p->door != PATH_NONE) {
		p->hops += g->cost[p->door] > 0;
		p->cost += g->cost[p->door];
		p->certainty = certainty[p->door];
	}
	for (uint32_t edge; (edge = t->next[node]) != PATH_NONE; node = g->target[edge]) {
		p->hops += g->cost[edge] > 0;
		if (certainty[edge] > p->certainty)
			p->certainty = certainty[edge];
	}
	p->severity = outside ? (p->certainty == 2 ? 2 : 3) : p->certainty == 2 ? 1 : 2;
}

static int by_weight(const void *x, const void *y)
{
	const struct path_pair *a = x, *b = y;

#define ORDER(member, least)                                                                                           \
	if (a->member != b->member)                                                                                    \
	return ((a->member < b->member) == (least)) ? -1 : 1
	ORDER(severity, false);
	ORDER(entry_rank, true);
	ORDER(jewel_rank, true);
	ORDER(cost, true);
	ORDER(hops, true);
	ORDER(entry_thing, true);
	ORDER(jewel_thing, true);
#undef ORDER
	return 0;
}

int path_pairs_find(struct db *db, struct path_graph *g, struct path_pairs *out, struct err *e)
{
	auto_arena a = ARENA_INIT;
	struct ends entries = {0}, jewels = {0};
	struct path_tree t;
	size_t cap = 0;

	*out = (struct path_pairs){0};
	if (read_ends(&a, db, g, "entry", &entries, e) || read_ends(&a, db, g, "jewel", &jewels, e))
		return -1;
	path_tree_init(&t, g);
	for (size_t j = 0; j < jewels.n; j++) {
		path_tree_grow(&t, jewels.at[j].node);
		for (size_t i = 0; i < entries.n; i++) {
			const struct end *x = &entries.at[i];

			if (t.key[x->node] == PATH_UNREACHED || x->node == jewels.at[j].node)
				continue;
			if (out->n == cap) {
				out->at = reallocarray(out->at, cap = cap ? cap * 2 : 1024, sizeof(*out->at));
				if (!out->at)
					die("out of memory");
			}
			out->at[out->n] = (struct path_pair){.entry = x->node, .jewel = jewels.at[j].node, .door = x->door, .entry_thing = x->thing,
							     .jewel_thing = jewels.at[j].thing, .cost = path_cost(t.key[x->node]), .entry_rank = x->rank,
							     .jewel_rank = jewels.at[j].rank};
			weigh(&t, &out->at[out->n++], x->outside);
		}
	}
	if (out->n)
		qsort(out->at, out->n, sizeof(*out->at), by_weight);
	return 0;
}

static int by_jewel(const void *x, const void *y)
{
	const struct path_pair *const *a = x, *const *b = y;

	return (*a)->jewel != (*b)->jewel ? ((*a)->jewel > (*b)->jewel) - ((*a)->jewel < (*b)->jewel) : (*a > *b) - (*a < *b);
}

static int store_path(struct db *db, const struct path_pair *p, int64_t id, struct err *e)
{
	static const char *const certainties[] = {"observed", "inferred", "assumed"}, *const severities[] = {"low", "medium", "high", "critical"};

	return db_run(db, e, "INSERT INTO path(id, entry, jewel, hops, cost, confidence, severity) VALUES (?, ?, ?, ?, ?, ?, ?)", "iiiidss", id, p->entry_thing, p->jewel_thing,
		      (int64_t)p->hops, p->cost / 10.0, certainties[p->certainty], severities[p->severity]);
}

static int store_hops(struct db *db, const struct path_tree *t, const struct path_pair *p, int64_t id, struct err *e)
{
	const struct path_graph *g = t->g;
	uint32_t node = p->entry;
	int64_t ordinal = 0;

	if (p->door != PATH_NONE && db_run(db, e, "INSERT INTO path_hop(path, ordinal, edge) VALUES (?, ?, ?)", "iii", id, ++ordinal, g->ids[p->door]))
		return -1;
	for (uint32_t edge; (edge = t->next[node]) != PATH_NONE; node = g->target[edge])
		if (db_run(db, e, "INSERT INTO path_hop(path, ordinal, edge) VALUES (?, ?, ?)", "iii", id, ++ordinal, g->ids[edge]))
			return -1;
	return 0;
}

/* How many pairs lead over each node, without their ends. */
static void count_chokes(const struct path_tree *t, const struct path_pair *p, uint32_t *count)
{
	for (uint32_t node = p->entry, edge; (edge = t->next[node]) != PATH_NONE; node = t->g->target[edge])
		if (node != p->entry)
			count[node]++;
}

static int store_chokes(struct db *db, const struct path_graph *g, const uint32_t *count, struct err *e)
{
	for (uint32_t i = 0; i < g->nodes; i++)
		if (count[i] > 1 && db_run(db, e, "INSERT INTO choke_point(thing, pairs) VALUES (?, ?)", "ii", g->things[i], (int64_t)count[i]))
			return -1;
	return 0;
}

/* Pairs jewel by jewel, so that each tree is grown once more and no more. */
static int store_all(struct db *db, struct path_graph *g, const struct path_pairs *pairs, struct err *e)
{
	auto_arena a = ARENA_INIT;
	const struct path_pair **order = arena_array(&a, pairs->n, sizeof(*order));
	uint32_t *chokes = arena_array(&a, g->nodes, sizeof(*chokes)), jewel = PATH_NONE;
	struct path_tree t;

	path_tree_init(&t, g);
	for (size_t i = 0; i < pairs->n; i++) {
		order[i] = &pairs->at[i];
		if (store_path(db, order[i], (int64_t)i + 1, e))
			return -1;
	}
	if (pairs->n)
		qsort(order, pairs->n, sizeof(*order), by_jewel);
	for (size_t i = 0; i < pairs->n; i++) {
		size_t rank = (size_t)(order[i] - pairs->at);

		if (order[i]->jewel != jewel)
			path_tree_grow(&t, jewel = order[i]->jewel);
		count_chokes(&t, order[i], chokes);
		if (rank < LIMIT_PATHS && store_hops(db, &t, order[i], (int64_t)rank + 1, e))
			return -1;
	}
	return store_chokes(db, g, chokes, e);
}

static const char *const metrics[] = {
	"INSERT INTO path_metric SELECT 'pairs', count(*) FROM path",
	"INSERT INTO path_metric SELECT 'edges', count(*) FROM edge",
	"INSERT INTO path_metric SELECT 'edges-blocked', count(*) FROM edge WHERE blocked IS NOT NULL",
	"INSERT INTO path_metric SELECT 'exposed', count(*) FROM path_end WHERE side = 'entry' AND class = 'internet'",
	"INSERT INTO path_metric SELECT 'exposed-to-jewel', count(DISTINCT p.entry) FROM path p JOIN path_end n ON n.side = 'entry' AND n.thing = p.entry WHERE n.class = 'internet'",
	"INSERT INTO path_metric SELECT 'entries:' || class, count(*) FROM path_end WHERE side = 'entry' GROUP BY class",
	"INSERT INTO path_metric SELECT 'entries-to-admin:' || n.class, count(DISTINCT p.entry) FROM path p JOIN path_end n ON n.side = 'entry' AND n.thing = p.entry "
	"JOIN path_end j ON j.side = 'jewel' AND j.thing = p.jewel WHERE j.class = 'cluster-admin' GROUP BY n.class",
	"INSERT INTO path_metric SELECT 'hops-to-admin:' || n.class, avg(p.hops) FROM path p JOIN path_end n ON n.side = 'entry' AND n.thing = p.entry "
	"JOIN path_end j ON j.side = 'jewel' AND j.thing = p.jewel WHERE j.class = 'cluster-admin' GROUP BY n.class",
	NULL,
};

static int cut_commands(struct db *db, struct err *e)
{
	struct span sql = embed_find("analyze/cut.sql");

	if (!sql.p)
		die("analyze/cut.sql is not in the program");
	return db_exec(db, sql.p, e) ? err_wrap(e, "analyze/cut.sql") : 0;
}

int derive_paths(struct db *db, struct err *e)
{
	struct path_graph g = {0};
	struct path_pairs pairs = {0};
	int rc = path_ends_fill(db, e) || path_graph_load(&g, db, 0, e) || path_pairs_find(db, &g, &pairs, e) || store_all(db, &g, &pairs, e) || path_cut(db, &g, &pairs, e) || cut_commands(db, e) ||
		 db_exec_all(db, metrics, e);

	free(pairs.at);
	path_graph_fini(&g);
	return rc ? -1 : 0;
}
