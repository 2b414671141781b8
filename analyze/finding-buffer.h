/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FINDING_BUFFER_H
#define FINDING_BUFFER_H
/*
 * Findings on their way into table finding, which is in the order of their ids, that is of chance: gathered and written in that order, they cost a third
 * of what they would one by one. Not more than LIMIT_FINDING_BUFFER bytes are held; then what is there is written.
 */
#include "check.h"

struct finding_buffer {
	struct db *db;
	struct arena arena;
	struct kept_finding *rows;
	size_t n, cap, bytes;
	size_t first;	  /* row of the check at hand */
	bool written;	  /* some rows of it are written already */
	bool twice;	  /* two rows of it with one id */
	char subject[256]; /* of the second one of these, the first such */
};

/* The check at hand begins. */
void finding_buffer_begin(struct finding_buffer *b);
/* Keeps a row of it. -1: the environment. */
int finding_buffer_add(struct finding_buffer *b, const struct check *c, const struct check_row *row, struct err *e);
/* All rows of it are there: sets `twice`. */
int finding_buffer_end(struct finding_buffer *b, struct err *e);
/* Takes the rows of it back. */
int finding_buffer_forget(struct finding_buffer *b, const struct check *c, struct err *e);
/* Writes what is held. */
int finding_buffer_flush(struct finding_buffer *b, struct err *e);
void finding_buffer_fini(struct finding_buffer *b);
#endif
