// SPDX-License-Identifier: Apache-2.0
// Searches in the graph of edges. Which ends matter and what becomes of the ways is derive-paths.c's.
#include "path-search.h"

#include <stdlib.h>

/* Cost in the upper bits, steps in the lower 24: one comparison orders both. */
#define STEP_BITS 24

static int by_number(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

uint32_t path_node(const struct path_graph *g, int64_t thing)
{
	int64_t *at = g->nodes ? bsearch(&thing, g->things, g->nodes, sizeof(thing), by_number) : NULL;

	return at ? (uint32_t)(at - g->things) : PATH_NONE;
}

static int read_nodes(struct path_graph *g, struct db *db, struct err *e)
{
	sqlite3_stmt *s = db_stmt(db, "SELECT source FROM edge UNION SELECT target FROM edge ORDER BY 1");
	size_t cap = 2 * (size_t)db_int(db, 0, "SELECT count(*) FROM edge", "");
	int rc;

	g->things = arena_array(&g->arena, cap + 1, sizeof(*g->things));
	while ((rc = db_step(db, s, e)) == 1)
		g->things[g->nodes++] = sqlite3_column_int64(s, 0);
	sqlite3_reset(s);
	return rc;
}

static int read_edges(struct path_graph *g, struct db *db, unsigned what, struct err *e)
{
	sqlite3_stmt *s = db_stmt(db, "SELECT e.id, e.source, e.target, CAST(round(e.cost * 10) AS INTEGER), e.change, e.blocked IS NOT NULL, CASE e.confidence WHEN 'observed' THEN 0 WHEN 'inferred' THEN 1 ELSE 2 END FROM edge e WHERE (?1 OR e.blocked IS NULL) "
				      "AND (?2 OR e.edge_id != 'member-of-group' OR NOT EXISTS (SELECT 1 FROM thing t WHERE t.id = e.target AND t.name = 'system:authenticated' "
				      "AND (EXISTS (SELECT 1 FROM principal p WHERE p.thing = e.source AND p.system = 'kubernetes' AND p.kind = 'user') "
				      "OR EXISTS (SELECT 1 FROM graph_node g WHERE g.thing = e.source AND g.role = 'crowd')))) ORDER BY e.id");
	size_t cap = (size_t)db_int(db, 0, "SELECT count(*) FROM edge", "");
	int rc;

	g->ids = arena_array(&g->arena, cap, sizeof(*g->ids));
	g->source = arena_array(&g->arena, cap, sizeof(*g->source));
	g->target = arena_array(&g->arena, cap, sizeof(*g->target));
	g->cost = arena_array(&g->arena, cap, sizeof(*g->cost));
	g->change = arena_array(&g->arena, cap, sizeof(*g->change));
	g->blocked = arena_array(&g->arena, cap, sizeof(*g->blocked));
	g->certainty = arena_array(&g->arena, cap, sizeof(*g->certainty));
	g->changes = (uint32_t)db_int(db, 0, "SELECT max(id) FROM change", "") + 1;
	g->cut = arena_array(&g->arena, g->changes, sizeof(*g->cut));
	db_bind(s, "bb", (what & PATH_BLOCKED) != 0, (what & PATH_LOGINS) != 0);
	while ((rc = db_step(db, s, e)) == 1 && g->edges < cap) {
		uint32_t i = g->edges++;

		g->ids[i] = sqlite3_column_int64(s, 0);
		g->source[i] = path_node(g, sqlite3_column_int64(s, 1));
		g->target[i] = path_node(g, sqlite3_column_int64(s, 2));
		g->cost[i] = (uint32_t)sqlite3_column_int64(s, 3);
		g->change[i] = (uint32_t)sqlite3_column_int64(s, 4);
		g->blocked[i] = sqlite3_column_int(s, 5);
		g->certainty[i] = (uint8_t)sqlite3_column_int(s, 6);
	}
	sqlite3_reset(s);
	return rc < 0 ? -1 : 0;
}

static int read_also(struct path_graph *g, struct db *db, struct err *e)
{
	sqlite3_stmt *s = db_stmt(db, "SELECT edge, change FROM edge_also ORDER BY edge, change");
	uint32_t edge = 0, n = 0;
	int rc;

	g->also_first = arena_array(&g->arena, (size_t)g->edges + 1, sizeof(*g->also_first));
	g->also = arena_array(&g->arena, (size_t)db_int(db, 0, "SELECT count(*) FROM edge_also", ""), sizeof(*g->also));
	while ((rc = db_step(db, s, e)) == 1) {
		int64_t id = sqlite3_column_int64(s, 0);

		while (edge < g->edges && g->ids[edge] < id)
			g->also_first[++edge] = n;
		if (edge < g->edges && g->ids[edge] == id)
			g->also[n++] = (uint32_t)sqlite3_column_int64(s, 1);
	}
	sqlite3_reset(s);
	while (edge < g->edges)
		g->also_first[++edge] = n;
	return rc;
}

/* Edges grouped by one of their ends (counting sort). */
static void group(struct path_graph *g, const uint32_t *end, uint32_t **first, uint32_t **list)
{
	*first = arena_array(&g->arena, (size_t)g->nodes + 2, sizeof(**first));
	*list = arena_array(&g->arena, g->edges, sizeof(**list));
	for (uint32_t i = 0; i < g->edges; i++)
		(*first)[end[i] + 2]++;
	for (uint32_t n = 2; n < g->nodes + 2; n++)
		(*first)[n] += (*first)[n - 1];
	for (uint32_t i = 0; i < g->edges; i++)
		(*list)[(*first)[end[i] + 1]++] = i;
}

int path_graph_load(struct path_graph *g, struct db *db, unsigned what, struct err *e)
{
	*g = (struct path_graph){0};
	if (read_nodes(g, db, e) || read_edges(g, db, what, e) || read_also(g, db, e))
		return -1;
	group(g, g->target, &g->in_first, &g->in);
	group(g, g->source, &g->out_first, &g->out);
	return 0;
}

void path_graph_fini(struct path_graph *g)
{
	arena_fini(&g->arena);
	*g = (struct path_graph){0};
}

void path_tree_init(struct path_tree *t, struct path_graph *g)
{
	*t = (struct path_tree){.g = g};
	t->key = arena_array(&g->arena, g->nodes, sizeof(*t->key));
	t->next = arena_array(&g->arena, g->nodes, sizeof(*t->next));
	t->touched = arena_array(&g->arena, g->nodes, sizeof(*t->touched));
	t->heap = arena_array(&g->arena, g->nodes, sizeof(*t->heap));
	t->place = arena_array(&g->arena, g->nodes, sizeof(*t->place));
	for (uint32_t i = 0; i < g->nodes; i++)
		t->key[i] = PATH_UNREACHED;
}

static void put(struct path_tree *t, uint32_t at, uint32_t node)
{
	t->heap[at] = node;
	t->place[node] = at;
}

static void sift_up(struct path_tree *t, uint32_t at)
{
	uint32_t node = t->heap[at];

	for (; at && t->key[t->heap[(at - 1) / 2]] > t->key[node]; at = (at - 1) / 2)
		put(t, at, t->heap[(at - 1) / 2]);
	put(t, at, node);
}

static uint32_t take_least(struct path_tree *t)
{
	uint32_t least = t->heap[0], node = t->heap[--t->heap_n], at = 0, child;

	for (; (child = 2 * at + 1) < t->heap_n; at = child) {
		if (child + 1 < t->heap_n && t->key[t->heap[child + 1]] < t->key[t->heap[child]])
			child++;
		if (t->key[t->heap[child]] >= t->key[node])
			break;
		put(t, at, t->heap[child]);
	}
	put(t, at, node);
	return least;
}

static void reach(struct path_tree *t, uint32_t node, uint64_t key, uint32_t edge)
{
	if (t->key[node] == PATH_UNREACHED) {
		t->touched[t->touched_n++] = node;
		put(t, t->heap_n++, node);
	}
	t->key[node] = key;
	t->next[node] = edge;
	sift_up(t, t->place[node]);
}

void path_tree_grow(struct path_tree *t, uint32_t goal)
{
	struct path_graph *g = t->g;

	for (uint32_t i = 0; i < t->touched_n; i++)
		t->key[t->touched[i]] = PATH_UNREACHED;
	t->touched_n = t->heap_n = 0;
	reach(t, goal, 0, PATH_NONE);
	while (t->heap_n) {
		uint32_t node = take_least(t);

		g->relaxed += g->in_first[node + 1] - g->in_first[node];
		for (uint32_t i = g->in_first[node]; i < g->in_first[node + 1]; i++) {
			uint32_t edge = g->in[i], from = g->source[edge];
			uint64_t key = t->key[node] + ((uint64_t)g->cost[edge] << STEP_BITS) + 1;

			if (path_is_cut(g, edge) || (t->barred && t->barred[edge]) || (t->shut && t->shut[from]))
				continue;
			if (key < t->key[from])
				reach(t, from, key, edge);
		}
	}
}

struct path_way path_way_of(struct arena *a, const struct path_tree *t, uint32_t node)
{
	struct path_way w = {.cost = path_cost(t->key[node])};

	for (uint32_t n = node; t->next[n] != PATH_NONE; n = t->g->target[t->next[n]])
		w.n++;
	w.edges = arena_array(a, w.n, sizeof(*w.edges));
	for (uint32_t i = 0; i < w.n; i++) {
		w.edges[i] = t->next[node];
		node = t->g->target[t->next[node]];
	}
	return w;
}

static bool same_start(const struct path_way *a, const struct path_way *b, uint32_t n)
{
	return a->n >= n && b->n >= n && memcmp(a->edges, b->edges, n * sizeof(*a->edges)) == 0;
}

static bool same_way(const struct path_way *a, const struct path_way *b)
{
	return a->n == b->n && same_start(a, b, a->n);
}

/* The ways that leave `base` behind its first `keep` edges, as Yen's algorithm makes them: the best of each goes to the candidates. */
static bool spur(struct arena *a, struct path_tree *t, const struct path_way *base, uint32_t keep, const struct path_way *found, size_t n, struct path_way *out)
{
	struct path_graph *g = t->g;
	uint32_t at = g->source[base->edges[keep]], goal = g->target[base->edges[base->n - 1]];
	struct path_way rest;

	memset(t->shut, 0, g->nodes * sizeof(*t->shut));
	memset(t->barred, 0, g->edges * sizeof(*t->barred));
	for (uint32_t i = 0; i < keep; i++)
		t->shut[g->source[base->edges[i]]] = true;
	for (size_t i = 0; i < n; i++)
		if (found[i].n > keep && same_start(&found[i], base, keep))
			t->barred[found[i].edges[keep]] = true;
	path_tree_grow(t, goal);
	if (t->key[at] == PATH_UNREACHED)
		return false;
	rest = path_way_of(a, t, at);
	*out = (struct path_way){.n = keep + rest.n, .cost = rest.cost};
	out->edges = arena_array(a, out->n, sizeof(*out->edges));
	memcpy(out->edges, base->edges, keep * sizeof(*out->edges));
	memcpy(out->edges + keep, rest.edges, rest.n * sizeof(*out->edges));
	for (uint32_t i = 0; i < keep; i++)
		out->cost += g->cost[base->edges[i]];
	return true;
}

/* The cheapest candidate that is not found yet; PATH_NONE: none is left. */
static size_t cheapest(const struct path_way *candidates, size_t n, const struct path_way *found, size_t k)
{
	size_t best = PATH_NONE;

	for (size_t i = 0; i < n; i++) {
		bool known = false;

		for (size_t j = 0; j < k; j++)
			known |= same_way(&candidates[i], &found[j]);
		if (!known && (best == PATH_NONE || candidates[i].cost < candidates[best].cost ||
			       (candidates[i].cost == candidates[best].cost && candidates[i].n < candidates[best].n)))
			best = i;
	}
	return best;
}

size_t path_k_ways(struct arena *a, struct path_graph *g, uint32_t from, uint32_t to, size_t k, struct path_way *out)
{
	struct path_tree t;
	struct path_way *candidates = NULL;
	size_t n = 0, cap = 0, found = 0;

	path_tree_init(&t, g);
	path_tree_grow(&t, to);
	if (!k || from == to || t.key[from] == PATH_UNREACHED)
		return 0;
	out[found++] = path_way_of(a, &t, from);
	t.shut = arena_array(&g->arena, g->nodes, sizeof(*t.shut));
	t.barred = arena_array(&g->arena, g->edges, sizeof(*t.barred));
	while (found < k) {
		const struct path_way *base = &out[found - 1];
		size_t best;

		if (n + base->n > cap) {
			struct path_way *more = arena_array(a, cap = 2 * (n + base->n), sizeof(*more));

			if (n)
				memcpy(more, candidates, n * sizeof(*more));
			candidates = more;
		}
		for (uint32_t keep = 0; keep < base->n; keep++)
			n += spur(a, &t, base, keep, out, found, &candidates[n]);
		best = cheapest(candidates, n, out, found);
		if (best == PATH_NONE)
			break;
		out[found++] = candidates[best];
	}
	return found;
}
