/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ENGAGEMENT_SECTION_H
#define ENGAGEMENT_SECTION_H
/* What the readers of the engagement file's sections share. */
#include "engagement-read.h"
#include "common/db.h"

struct engagement_reader {
	struct db *db;
	const struct json *root;
	int64_t ordinal; /* of the section's entries */
};

/* After an INSERT OR IGNORE: nothing written means that the name stands twice. */
int engagement_once(struct engagement_reader *r, const struct entry *n, struct span name, struct err *e);
/* The mapping at the section's key, whose keys are `keys`; `inner->v` is NULL when the key is absent. */
int engagement_mapping(const struct entry *n, const char *const *keys, struct entry *inner, struct err *e);
#endif
