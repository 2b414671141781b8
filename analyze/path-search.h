/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PATH_SEARCH_H
#define PATH_SEARCH_H
/*
 * The graph of an assessment in compact arrays, and searches over it: the cheapest way from everywhere to one thing (Dijkstra, backwards),
 * k cheapest ways without loops (Yen, Management Science 17/11, 1971). Ties go to fewer steps, then to the edge that was written first.
 */
#include "common/arena.h"
#include "common/db.h"

#define PATH_NONE UINT32_MAX

struct path_graph {
	struct arena arena;
	uint32_t nodes, edges, changes;
	int64_t *things;	   /* by node, ascending */
	int64_t *ids;		   /* of edges */
	uint32_t *source, *target; /* nodes of edges */
	uint32_t *cost;		   /* of edges, in tenths */
	uint32_t *change;	   /* of edges: change.id, which counts from 1 */
	uint32_t *also_first, *also; /* further changes that end an edge: also[also_first[edge]] to also[also_first[edge + 1]] */
	bool *blocked;		   /* edges that are; only loaded on demand */
	uint8_t *certainty;	   /* of edges: 0 observed, 1 inferred, 2 assumed */
	bool *cut;		   /* by change: its edges are not there */
	uint32_t *in_first, *in;   /* edges into a node: in[in_first[node]] to in[in_first[node + 1]] */
	uint32_t *out_first, *out;
	uint64_t relaxed;	   /* edges looked at so far, for budgets */
};

/* What path_graph_load() reads beside open edges. */
enum {
	PATH_BLOCKED = 1, /* edges that something blocks */
	PATH_LOGINS = 2,  /* what users have with every login: a path of its own, from its own entry */
};
/* Reads table edge. */
int path_graph_load(struct path_graph *g, struct db *db, unsigned what, struct err *e);
void path_graph_fini(struct path_graph *g);
/* Whether a change that is made ends the edge. */
static inline bool path_is_cut(const struct path_graph *g, uint32_t edge)
{
	bool cut = g->cut[g->change[edge]];

	for (uint32_t i = g->also_first[edge]; i < g->also_first[edge + 1] && !cut; i++)
		cut = g->cut[g->also[i]];
	return cut;
}
/* The node of a thing, PATH_NONE when no edge has it. */
uint32_t path_node(const struct path_graph *g, int64_t thing);

/* The cheapest ways to one node. Memory is the graph's; one tree serves many searches. */
struct path_tree {
	struct path_graph *g;
	uint64_t *key;	/* cost and steps of the way from each node; PATH_UNREACHED */
	uint32_t *next; /* its first edge; PATH_NONE at the goal */
	uint32_t *touched, touched_n;
	uint32_t *heap, *place, heap_n;
	bool *shut;	/* nodes that the search must not enter; NULL: all are open */
	bool *barred;	/* the same for edges */
};
#define PATH_UNREACHED UINT64_MAX
void path_tree_init(struct path_tree *t, struct path_graph *g);
/* Searches backwards from `goal`. Forgets the search before. */
void path_tree_grow(struct path_tree *t, uint32_t goal);
/* Cost in tenths. */
static inline uint32_t path_cost(uint64_t key)
{
	return (uint32_t)(key >> 24);
}

/* One way: edges in their order. */
struct path_way {
	uint32_t *edges, n, cost;
};
/* The way of the tree from `node`, in `a`. The node must have been reached. */
struct path_way path_way_of(struct arena *a, const struct path_tree *t, uint32_t node);
/* At most `k` cheapest ways without loops from one node to another, cheapest first: how many there are. */
size_t path_k_ways(struct arena *a, struct path_graph *g, uint32_t from, uint32_t to, size_t k, struct path_way *out);
#endif
