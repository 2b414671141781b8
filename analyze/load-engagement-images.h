/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LOAD_ENGAGEMENT_IMAGES_H
#define LOAD_ENGAGEMENT_IMAGES_H
/* Sections of the engagement file (docs/engagement.md) on images and what is in them. Each writes
 * into its table; ERR_USAGE names the file and the line of what is wrong. */
#include "engagement-section.h"

/* One entry of the section; `ctx` is the reader. */
int engagement_approved_image(void *ctx, const struct entry *n, struct err *e);
int engagement_known_base(void *ctx, const struct entry *n, struct err *e);
int engagement_approved_middleware(void *ctx, const struct entry *n, struct err *e);
int engagement_content_owner(void *ctx, const struct entry *n, struct err *e);
/* The section as a whole. */
int engagement_licences(struct engagement_reader *r, const struct entry *n, struct err *e);
#endif
