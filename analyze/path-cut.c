// SPDX-License-Identifier: Apache-2.0
// The smallest set of changes that ends most pairs of entry and jewel, weighed by effort: the change on most of the cheapest paths is made, the
// search runs again without its edges, and so on. What a step promises was so tried, not estimated.
#include "derive-paths.h"
#include "common/limits.h"

#include <stdlib.h>

struct cutter {
	struct path_graph *g;
	const struct path_pairs *pairs;
	const struct path_pair **order; /* by jewel */
	struct path_tree tree;
	struct arena arena;
	double *score;	    /* by change: weight of the pairs whose path it is on now */
	uint32_t *mark;	    /* by change: the pair that was counted last */
	double *effort;	    /* by change; 0: it cannot be made */
	bool *dead;	    /* by pair, in their order: it has no path */
	uint32_t alive;	    /* pairs that have a path */
};

static int by_jewel(const void *x, const void *y)
{
	const struct path_pair *const *a = x, *const *b = y;

	return ((*a)->jewel > (*b)->jewel) - ((*a)->jewel < (*b)->jewel);
}

static int read_efforts(struct cutter *c, struct db *db, struct err *e)
{
	sqlite3_stmt *s = db_stmt(db, "SELECT id, CASE effort WHEN 'hours' THEN 1 WHEN 'days' THEN 3 WHEN 'weeks' THEN 8 ELSE 0 END FROM change");
	int rc;

	while ((rc = db_step(db, s, e)) == 1)
		c->effort[sqlite3_column_int64(s, 0)] = sqlite3_column_double(s, 1);
	sqlite3_reset(s);
	return rc;
}

static double weight(const struct path_pair *p)
{
	return p->severity == 3 ? 10 : p->severity == 2 ? 5 : 2;
}

static void count_change(struct cutter *c, uint32_t change, const struct path_pair *p, uint32_t stamp)
{
	if (c->effort[change] > 0 && c->mark[change] != stamp) {
		c->mark[change] = stamp;
		c->score[change] += weight(p);
	}
}

static void count(struct cutter *c, uint32_t edge, const struct path_pair *p, uint32_t stamp)
{
	count_change(c, c->g->change[edge], p, stamp);
	for (uint32_t i = c->g->also_first[edge]; i < c->g->also_first[edge + 1]; i++)
		count_change(c, c->g->also[i], p, stamp);
}

static bool door_open(const struct path_graph *g, const struct path_pair *p, uint32_t *door)
{
	uint32_t internet = g->source[p->door];

	*door = PATH_NONE;
	for (uint32_t i = g->in_first[p->entry]; i < g->in_first[p->entry + 1]; i++)
		if (g->source[g->in[i]] == internet && !path_is_cut(g, g->in[i]) && (*door == PATH_NONE || g->cost[g->in[i]] < g->cost[*door]))
			*door = g->in[i];
	return *door != PATH_NONE;
}

/* Searches again: which pairs have a path, and which changes lie on their cheapest ones. */
static void look(struct cutter *c)
{
	uint32_t jewel = PATH_NONE;

	c->alive = 0;
	memset(c->score, 0, c->g->changes * sizeof(*c->score));
	memset(c->mark, 0, c->g->changes * sizeof(*c->mark));
	for (size_t i = 0; i < c->pairs->n; i++) {
		const struct path_pair *p = c->order[i];
		uint32_t node = p->entry, door = PATH_NONE;

		if (p->jewel != jewel)
			path_tree_grow(&c->tree, jewel = p->jewel);
		c->dead[i] = c->tree.key[node] == PATH_UNREACHED || (p->door != PATH_NONE && !door_open(c->g, p, &door));
		if (c->dead[i])
			continue;
		c->alive++;
		if (door != PATH_NONE)
			count(c, door, p, (uint32_t)i + 1);
		for (uint32_t edge; (edge = c->tree.next[node]) != PATH_NONE; node = c->g->target[edge])
			count(c, edge, p, (uint32_t)i + 1);
	}
}

static uint32_t best_change(const struct cutter *c)
{
	uint32_t best = 0;

	for (uint32_t i = 1; i < c->g->changes; i++)
		if (c->score[i] > 0 && (!best || c->score[i] / c->effort[i] > c->score[best] / c->effort[best]))
			best = i;
	return best;
}

/* Leaves out what later changes made needless. */
static void prune(struct cutter *c, uint32_t *chosen, size_t *n)
{
	uint32_t remaining = c->alive;

	for (size_t i = *n; i-- > 0 && c->g->relaxed < LIMIT_CUT_STEPS;) {
		c->g->cut[chosen[i]] = false;
		look(c);
		if (c->alive > remaining) {
			c->g->cut[chosen[i]] = true;
			continue;
		}
		memmove(chosen + i, chosen + i + 1, (--*n - i) * sizeof(*chosen));
	}
	look(c);
}

/* Adds the best changes until no pair has a path or the list is full, and takes away the needless ones, which makes room. True: that ended pairs. */
static bool improve(struct cutter *c, uint32_t *chosen, size_t *n)
{
	uint32_t before = c->alive, change;

	while (*n < LIMIT_CUTS && c->alive && c->g->relaxed < LIMIT_CUT_STEPS && (change = best_change(c))) {
		c->g->cut[change] = true;
		chosen[(*n)++] = change;
		look(c);
	}
	if (*n)
		prune(c, chosen, n);
	return c->alive < before;
}

/* Paths whose pair has none any more, and had one before this change. */
static int store_ended(struct cutter *c, struct db *db, int64_t ordinal, struct err *e)
{
	for (size_t i = 0; i < c->pairs->n; i++)
		if (c->dead[i] && db_run(db, e, "UPDATE path SET cut = ? WHERE id = ? AND cut IS NULL", "ii", ordinal, (int64_t)(c->order[i] - c->pairs->at) + 1))
			return -1;
	return 0;
}

/* A change that ends nothing before others are made comes after them. Returns what the next one ends. */
static uint32_t next_in_order(struct cutter *c, uint32_t *chosen, size_t n)
{
	uint32_t before = c->alive;

	for (size_t tries = 0;; tries++) {
		uint32_t first = chosen[0];

		c->g->cut[first] = true;
		look(c);
		if (c->alive < before || tries + 1 >= n || c->g->relaxed > LIMIT_CUT_STEPS)
			return before - c->alive;
		c->g->cut[first] = false;
		memmove(chosen, chosen + 1, (n - 1) * sizeof(*chosen));
		chosen[n - 1] = first;
	}
}

static int store(struct cutter *c, struct db *db, uint32_t *chosen, size_t n, struct err *e)
{
	memset(c->g->cut, 0, c->g->changes * sizeof(*c->g->cut));
	look(c);
	for (size_t i = 0; i < n; i++) {
		uint32_t ended = next_in_order(c, chosen + i, n - i);

		if (db_run(db, e, "INSERT INTO cut(ordinal, change, pairs, remaining) VALUES (?, ?, ?, ?)", "iiii", (int64_t)i + 1, (int64_t)chosen[i], (int64_t)ended, (int64_t)c->alive) ||
		    store_ended(c, db, (int64_t)i + 1, e))
			return -1;
	}
	return 0;
}

int path_cut(struct db *db, struct path_graph *g, const struct path_pairs *pairs, struct err *e)
{
	struct cutter c = {.g = g, .pairs = pairs};
	uint32_t chosen[LIMIT_CUTS];
	size_t n = 0;
	int rc;

	c.order = arena_array(&c.arena, pairs->n, sizeof(*c.order));
	c.dead = arena_array(&c.arena, pairs->n, sizeof(*c.dead));
	c.score = arena_array(&c.arena, g->changes, sizeof(*c.score));
	c.mark = arena_array(&c.arena, g->changes, sizeof(*c.mark));
	c.effort = arena_array(&c.arena, g->changes, sizeof(*c.effort));
	for (size_t i = 0; i < pairs->n; i++)
		c.order[i] = &pairs->at[i];
	if (pairs->n)
		qsort(c.order, pairs->n, sizeof(*c.order), by_jewel);
	path_tree_init(&c.tree, g);
	g->relaxed = 0;
	rc = read_efforts(&c, db, e);
	if (rc == 0 && pairs->n)
		look(&c);
	while (rc == 0 && improve(&c, chosen, &n))
		;
	if (rc == 0 && c.alive && best_change(&c))
		rc = db_exec(db, "INSERT INTO path_metric VALUES ('cut-stopped', 1)", e);
	if (rc == 0 && n)
		rc = store(&c, db, chosen, n, e);
	memset(g->cut, 0, g->changes * sizeof(*g->cut));
	arena_fini(&c.arena);
	return rc;
}
