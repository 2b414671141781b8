/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LISTING_H
#define LISTING_H
/*
 * Rows on standard output, as an aligned table or as one JSON document `{"schema":NAME,"rows":[{column: value}, ...]}`. Columns whose name
 * ends in `_json` hold JSON and lose the ending. Text is cleaned for its way out.
 */
#include "common/arena.h"
#include "common/buf.h"
#include "common/db.h"

struct listing;
/* `columns`: NULL-terminated names, which must outlive the listing. */
struct listing *listing_new(const char *schema, const char *const *columns, bool json);
/* One row: a value per column; absent spans are null, `-` in the table. */
void listing_row(struct listing *l, const struct span *values);
/* Prints what there is (`none`: the line for an empty table) and frees it. */
int listing_end(struct listing *l, const char *none, struct err *e);
void listing_free(struct listing *l);
/* All rows of a query of ours, columns named by it; numbers stay numbers. Binds as db_bind. */
int listing_query(struct db *db, const char *schema, bool json, const char *none, struct err *e, const char *sql, const char *format, ...);
#endif
