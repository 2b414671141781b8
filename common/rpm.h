/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RPM_H
#define RPM_H
/*
 * rpm databases in memory, without librpm: Berkeley DB (hash and B-tree, both byte orders), NDB, SQLite with its write-ahead
 * log; and the manifest of CBL-Mariner's distroless images. Sources: rpm 4.18 lib/header.c, lib/backend; Berkeley DB dbinc/db_page.h.
 */
#include "packages.h"
#include "arena.h"

/* Paths where rpm databases lie, NULL-terminated; newest form first. */
extern const char *const rpm_databases[];
struct rpm_read {
	struct arena *arena;	/* spans that are given live here or in the text */
	package_fn *fn;
	path_fn *owned;		/* called for each file that the package owns, without leading '/'; NULL: not wanted */
	void *ctx;
	struct span owner;	/* name of the package at hand, for `owned` */
	unsigned packages, broken; /* given; headers that could not be read */
};

/* A header blob as databases store it: index and data, without lead and magic. False: damaged; counted in r->broken. */
bool rpm_header(struct rpm_read *r, struct span blob);
/* Whole databases. -1 with `e`: not one, or damaged; what was read before counts. */
int rpm_bdb(struct rpm_read *r, struct span file, struct err *e);
int rpm_ndb(struct rpm_read *r, struct span file, struct err *e);
/* `wal`: the "-wal" file beside it; absent: none. */
int rpm_sqlite(struct rpm_read *r, struct span file, struct span wal, struct err *e);
int rpm_manifest(struct rpm_read *r, struct span text, struct err *e);
/* The one that the first bytes tell. */
int rpm_any(struct rpm_read *r, struct span file, struct span wal, struct err *e);
#endif
