/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LOAD_ENGAGEMENT_H
#define LOAD_ENGAGEMENT_H
/* What people say: the engagement file (docs/engagement.md) into the tables of schema/engagement.sql. */
#include "common/db.h"

/*
 * Writes the interview questions (analyze/questions.yaml) and, unless `path` is NULL, what the file at `path` says. Every key is optional.
 * An unknown key, a wrong type or a name that stands twice is ERR_USAGE, with the line and what was probably meant.
 */
int engagement_load(struct db *db, const char *path, struct err *e);
/* As engagement_load, from text; `name` stands in messages. */
int engagement_load_text(struct db *db, const char *name, struct span text, struct err *e);
/* What the engagement calls the cluster that the evidence calls `was`: in `out` (at most cap - 1 bytes), `was` itself when it says nothing. */
void engagement_cluster(struct db *db, const char *was, char *out, size_t cap);
#endif
