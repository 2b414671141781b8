/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DERIVE_PATHS_H
#define DERIVE_PATHS_H
#include "path-search.h"

/* A pair of entry and jewel that has a path. */
struct path_pair {
	uint32_t entry, jewel; /* nodes */
	uint32_t door;	       /* edge from the Internet to the entry, PATH_NONE: it is no door */
	int64_t entry_thing, jewel_thing;
	uint32_t cost, hops;   /* tenths; steps that take effort */
	uint8_t entry_rank, jewel_rank, severity, certainty; /* severity: 3 critical, 2 high, 1 medium; certainty: 0 observed, 1 inferred, 2 assumed */
};

struct path_pairs {
	struct path_pair *at;
	size_t n;
};

/* Finds the cheapest path of every pair in the graph (pairs freed with free(pairs->at)). */
int path_pairs_find(struct db *db, struct path_graph *g, struct path_pairs *out, struct err *e);
/* Chooses the changes that cut most pairs for their effort, and fills table cut. The graph's `cut` marks are used and left clear. */
int path_cut(struct db *db, struct path_graph *g, const struct path_pairs *pairs, struct err *e);
/* The step of the analysis: ends, paths, choke points, cuts, metrics (analyze/schema/graph.sql). */
int derive_paths(struct db *db, struct err *e);
#endif
