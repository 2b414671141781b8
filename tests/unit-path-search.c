// SPDX-License-Identifier: Apache-2.0
// Searches over graphs small enough to be worked out by hand.
#include "test.h"
#include "analyze/path-search.h"
#include "analyze/schema.h"
#include "common/buf.h"

#include <stdio.h>

/* Things 1 to n and edges "a b cost" of change c = the edge's number. */
static void make(struct db *db, int64_t n, const double (*edges)[3], size_t count)
{
	struct err e = {0};

	CHECK(db_create(db, NULL, DB_APPLICATION_ID, &e) == 0 && schema_create(db, &e) == 0);
	for (int64_t i = 1; i <= n; i++)
		CHECK(db_run(db, &e, "INSERT INTO thing(id, kind, ref, type, name) VALUES (?1, 'x', 'x' || ?1, 'x', 'x' || ?1)", "i", i) == 0);
	CHECK(db_exec(db, "INSERT INTO edge_kind(id, title, why, technique, confidence, effort, needs, fix, fix_effort) "
			  "VALUES ('k', 't', 'w', 'T1000', 'observed', 1, '[]', 'f', 'hours')", &e) == 0);
	for (size_t i = 0; i < count; i++) {
		CHECK(db_run(db, &e, "INSERT INTO change(id, thing, text, effort) VALUES (?1, 1, 'c' || ?1, 'hours')", "i", (int64_t)i + 1) == 0);
		CHECK(db_run(db, &e, "INSERT INTO edge(edge_id, source, target, detail, confidence, cost, proof, change) VALUES ('k', ?, ?, 'd', 'observed', ?, 1, ?)", "iidi",
			     (int64_t)edges[i][0], (int64_t)edges[i][1], edges[i][2], (int64_t)i + 1) == 0);
	}
}

/* "1>2>4" */
static const char *shown(struct arena *a, const struct path_graph *g, const struct path_way *w)
{
	auto_buf b = BUF_INIT;

	for (uint32_t i = 0; i < w->n; i++)
		buf_printf(&b, "%lld>", (long long)g->things[g->source[w->edges[i]]]);
	buf_printf(&b, "%lld", w->n ? (long long)g->things[g->target[w->edges[w->n - 1]]] : 0ll);
	return arena_strdup(a, buf_str(&b));
}

/* The example of Yen's algorithm as textbooks have it: C D E F G H = 1 to 6. Its three cheapest ways cost 5, 7 and 8. */
static void yen(void)
{
	static const double edges[][3] = {{1, 2, 3}, {1, 3, 2}, {2, 4, 4}, {3, 2, 1}, {3, 4, 2}, {3, 5, 3}, {4, 5, 2}, {4, 6, 1}, {5, 6, 2}};
	auto_db db = {0};
	auto_arena a = ARENA_INIT;
	struct path_graph g;
	struct path_way ways[20];
	struct err e = {0};
	size_t n;

	make(&db, 6, edges, 9);
	CHECK(path_graph_load(&g, &db, false, &e) == 0);
	n = path_k_ways(&a, &g, path_node(&g, 1), path_node(&g, 6), 20, ways);
	/* All loopless ways: CEFH 5, CEGH 7, CDFH 8, CEDFH 8, CEFGH 8, CDFGH 11, CEDFGH 11 */
	CHECK_INT(n, 7);
	CHECK_STR(shown(&a, &g, &ways[0]), "1>3>4>6");
	CHECK_STR(shown(&a, &g, &ways[1]), "1>3>5>6");
	CHECK_INT(ways[0].cost, 50);
	CHECK_INT(ways[1].cost, 70);
	CHECK_INT(ways[2].cost, 80);
	CHECK_STR(shown(&a, &g, &ways[2]), "1>2>4>6"); /* fewest steps of the three that cost 8 */
	CHECK_INT(ways[4].cost, 80);
	CHECK_INT(ways[5].cost, 110);
	CHECK_INT(ways[6].cost, 110);
	path_graph_fini(&g);
}

static void trees(void)
{
	/* 1 and 2 reach 5; 6 does not; a circle 3-4; two edges from 1 to 3 of which the cheaper counts. */
	static const double edges[][3] = {{1, 3, 2}, {1, 3, 1}, {2, 3, 1}, {3, 4, 0}, {4, 3, 0}, {4, 5, 1.5}, {5, 6, 1}};
	auto_db db = {0};
	struct path_graph g;
	struct path_tree t;
	struct err e = {0};

	make(&db, 6, edges, 7);
	CHECK(path_graph_load(&g, &db, false, &e) == 0);
	path_tree_init(&t, &g);
	path_tree_grow(&t, path_node(&g, 5));
	CHECK_INT(path_cost(t.key[path_node(&g, 1)]), 25);
	CHECK_INT(path_cost(t.key[path_node(&g, 2)]), 25);
	CHECK(t.key[path_node(&g, 6)] == PATH_UNREACHED);
	CHECK_INT(g.ids[t.next[path_node(&g, 1)]], 2);
	/* Without its change the dearer one is left, without both none. */
	g.cut[2] = true;
	path_tree_grow(&t, path_node(&g, 5));
	CHECK_INT(path_cost(t.key[path_node(&g, 1)]), 35);
	g.cut[1] = true;
	path_tree_grow(&t, path_node(&g, 5));
	CHECK(t.key[path_node(&g, 1)] == PATH_UNREACHED);
	CHECK(path_node(&g, 99) == PATH_NONE);
	path_graph_fini(&g);
}

/* A graph without edges must not be read past its end. */
static void empty(void)
{
	auto_db db = {0};
	struct path_graph g;
	struct err e = {0};

	make(&db, 1, NULL, 0);
	CHECK(path_graph_load(&g, &db, true, &e) == 0);
	CHECK_INT(g.nodes, 0);
	CHECK(path_node(&g, 1) == PATH_NONE);
	path_graph_fini(&g);
}

int main(void)
{
	TEST(yen);
	TEST(trees);
	TEST(empty);
	return test_end();
}
