/* SPDX-License-Identifier: Apache-2.0 */
#ifndef IMAGE_PRINT_H
#define IMAGE_PRINT_H
/* Pieces of JSON documents on standard output. */
#include "common/buf.h"
#include "common/db.h"

/* Writes the buffer out and empties it. */
void image_print(struct buf *b);
/* The assessment's time as JSON text (RFC 3339). */
void image_print_time(struct buf *b, struct db *db);
/* All images and their packages, as texts. */
#define IMAGE_PRINT_ALL "SELECT ref FROM thing WHERE kind IN ('image', 'rootfs') UNION ALL SELECT purl FROM (SELECT purl FROM package ORDER BY id)"
/* A UUID (RFC 9562, version 8) from what the document is about: the texts that `sql` (static storage) selects. */
void image_print_id(struct db *db, const char *sql, char out[37]);
/* "key":"value" */
void image_print_pair(struct buf *b, const char *key, struct span value);
/* The rows of a query, each as `what` writes it, with commas between (and before the first one where `comma` says so). `parameter` is bound when the query has one. */
int image_print_list(struct db *db, const char *sql, int parameter, void (*what)(struct buf *b, sqlite3_stmt *q), bool comma, struct err *e);
#endif
