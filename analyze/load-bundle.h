/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LOAD_BUNDLE_H
#define LOAD_BUNDLE_H
/* What the manifest of a bundle says beside its members: what is missing and why, what was left out of members, when, by whom. */
#include "common/bundle.h"
#include "common/db.h"

struct bundle_facts {
	enum bundle_trust trust;
	char id[65];	    /* "" when nothing tells */
	int64_t start, end; /* of the collection; 0: not told */
	uint64_t secrets;   /* how many different values were hidden */
};
/* Reads the manifest of the bundle at `path`. ERR_INPUT when it is no bundle. */
int bundle_facts(const char *path, struct bundle_facts *out, struct err *e);
/* Writes rows of expected and problem, after the members were loaded as evidence of input `input`. */
int load_bundle_rest(struct db *db, const char *path, const char *input, struct err *e);
#endif
