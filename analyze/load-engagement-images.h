/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LOAD_ENGAGEMENT_IMAGES_H
#define LOAD_ENGAGEMENT_IMAGES_H
/* Sections of the engagement file (docs/engagement.md) on images and what is in them, and what the readers of all sections share. Each writes
 * into its table; ERR_INPUT names the file and the line of what is wrong. */
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

/* One entry of the section; `ctx` is the reader. */
int engagement_approved_image(void *ctx, const struct entry *n, struct err *e);
int engagement_known_base(void *ctx, const struct entry *n, struct err *e);
int engagement_approved_middleware(void *ctx, const struct entry *n, struct err *e);
int engagement_content_owner(void *ctx, const struct entry *n, struct err *e);
/* The section as a whole. */
int engagement_licences(struct engagement_reader *r, const struct entry *n, struct err *e);
#endif
