/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DISTINCT_H
#define DISTINCT_H
/*
 * Rows of `component`: what feeds judge. A site has the same packages many times over; each is matched once.
 */
#include "common/packages.h"
#include "common/db.h"

struct distinct;

/* Where a package was found, as far as it matters to what feeds say of it. */
struct distinct_place {
	const char *ecosystem; /* of the operating system; NULL: unknown */
	struct span release;   /* of it, as feeds name it; absent: not told */
	bool image;	       /* found in an image, whose kernels are not judged */
	bool pro;	       /* beside packages of Ubuntu Pro */
	int64_t repositories;  /* row of repository_list: where it comes from; 0: not told */
};

/* The id of the package's component, made when it is new. `*set` remembers components; it is made by the first call (start with
 * NULL) and serves one database only. -1 in `*id` never comes back: the return value tells of errors. */
int distinct_component(struct db *db, struct distinct **set, const struct package *p, const struct distinct_place *at, int64_t *id, struct err *e);
/* The indexes of package, for when its rows are there: by name, and by component. Does nothing where they are. */
int distinct_index(struct db *db, struct err *e);
/* Gives those packages a component that were not written by package_write (Kubernetes' own). */
int distinct_fill(struct db *db, struct err *e);
void distinct_free(struct distinct *set);
#endif
