/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EDGE_H
#define EDGE_H
/*
 * Edges: YAML files that each hold one SELECT of steps that an attacker can take: whoever controls `source` gets `target` (docs/paths.md).
 * edge-file.c reads them, edge-grant.c finds the RBAC rules that they ask for, edge-run.c runs them, edge-test.c runs their cases.
 */
#include "common/db.h"
#include "knowledge.h"

/* A right that an edge asks for: any of the verbs on the resource. */
struct edge_grant {
	struct span group, resource, as; /* `as`: its own name in v_edge_grant, "ID:as"; absent: the edge's id */
	const char **verbs;
	size_t n;
};

struct edge {
	const char *id, *title, *why, *technique, *confidence, *effort, *query, *gives, *named, *crd, *does, *blocks, *fix, *fix_effort, *apply;
	struct knowledge_need *needs;
	size_t needs_n;
	struct edge_grant *grants;
	size_t grants_n;
	const char *file;
};

struct edge_set {
	struct arena arena;
	struct edge *at; /* sorted by id */
	size_t n, cap;
	bool pairs_partial; /* LIMIT_MIXED_HOLDERS was met: files that ask for pairs of rights are partial */
};

/* Reads one edge file; all text lives in `a`. ERR_INPUT names file and key. */
int edge_parse(struct arena *a, const char *file, struct span text, struct edge *out, struct err *e);
/* All edges carried in the program (the one whose id is `only`, where that is not NULL), and those below the folder `dir` (NULL: none), which
 * must not repeat an id. */
int edge_set_load(struct edge_set *set, const char *only, const char *dir, struct err *e);
void edge_set_fini(struct edge_set *set);
#define auto_edges __attribute__((cleanup(edge_set_fini))) struct edge_set
/* By id; NULL when there is none. */
const struct edge *edge_find(const struct edge_set *set, const char *id);
/* The SELECT that the edge runs: its own, or that over the rights it asks for. Lives in `a`. */
const char *edge_query(struct arena *a, const struct edge *x);

/* Its query looks for rights that must come together (v_edge_held). */
bool edge_asks_pairs(const struct edge *x);
/* Fills edge_rule and edge_held: which RBAC rules hold what each edge asks for. Once, before edge_store_all(). */
int edge_grants_fill(struct db *db, struct edge_set *set, struct err *e);
/* Fills edge_kind, change and edge. An edge file that SQLite refuses or that is stopped gives a problem row and no edges; one that gives too many, a problem row and
 * the first of them. */
int edge_store_all(struct db *db, const struct edge_set *set, bool verbose, struct err *e);
/* The step of the analysis: graph nodes, grants, edges; of one edge alone where `only` is its id (NULL: all). `verbose`: what each costs, to stderr. */
int derive_edges(struct db *db, const char *only, bool verbose, struct err *e);

/* Runs the cases of every edge file whose id starts with `only` (NULL: all), prints what differs, then "N passed, N failed".
 * The number of failed cases, or -1. */
int64_t edge_test(const struct edge_set *set, const char *only, struct err *e);
#endif
