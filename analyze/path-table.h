/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PATH_TABLE_H
#define PATH_TABLE_H
/*
 * Sets of paths: 60 bits of a keyed hash each, flags, and one number that is known of it (a "fact"). All tables together hold LIMIT_LAYER_PATHS in memory;
 * what is more goes to one temporary database, so that layers with millions of entries cost time, not memory.
 */
#include "common/db.h"
#include "common/span.h"

enum { PATH_DIRECTORY = 1, PATH_OTHER = 2, PATH_WHITEOUT = 4, PATH_OPAQUE = 8 };
/* As a fact: takes away what is known. Facts of paths are odd numbers or come from elsewhere, never this. */
enum { PATH_NO_FACT = 2 };

/* Starts zeroed. */
struct paths {
	uint64_t *slots; /* hash and flags; 0: empty */
	uint64_t *facts; /* beside each slot; NULL: none are kept */
	size_t n, cap;	 /* in memory; cap is a power of two */
	uint64_t owner;	 /* of rows in the temporary database; 0: none are there */
};
struct path_row {
	uint64_t hash, fact; /* 0: none */
	unsigned flags;
};

/* 60 bits of a keyed hash of a canonical path; of "directory/file" as package databases write them, with or without a leading "/" or "./". */
uint64_t path_hash(struct span path);
uint64_t path_hash_joined(struct span directory, struct span file);
/* Sets the key, in place of a random one; false when paths were hashed with another before. */
bool path_hash_key(uint64_t given);

/* Adds flags to a path. */
void paths_add(struct paths *p, struct span path, unsigned flags);
/* Adds flags and sets the fact (0: leaves what is known) of the path with this hash. */
void paths_put(struct paths *p, uint64_t hash, unsigned flags, uint64_t fact);
/* Makes room for n paths at once. */
void paths_reserve(struct paths *p, size_t n);
/* What is known of a hash; false: it is not there, and `out` is zero. */
bool paths_get(const struct paths *p, uint64_t hash, struct path_row *out);
unsigned paths_flags(const struct paths *p, struct span path);
size_t paths_count(const struct paths *p);
static inline bool paths_spilled(const struct paths *p)
{
	return p->owner != 0;
}
/* To be called when a table that may be large is filled, and when what was read of any is to be believed. ERR_ENV when the temporary database could not be
 * written or read. */
int paths_settle(struct paths *p, struct err *e);
void paths_fini(struct paths *p);

/* Every path of a table, in no order that means anything. The table must not change meanwhile; other tables may. */
struct paths_walk {
	const struct paths *p;
	size_t at;
	sqlite3_stmt *rows;
};
struct paths_walk paths_walk(struct paths *p);
bool paths_next(struct paths_walk *w, struct path_row *out);
void paths_walk_fini(struct paths_walk *w);
#define auto_paths_walk __attribute__((cleanup(paths_walk_fini))) struct paths_walk
#endif
