/* SPDX-License-Identifier: Apache-2.0 */
#ifndef IMPORT_H
#define IMPORT_H
/* Finding feeds in files, directories and archives, and writing vulns.db: whole or not at all. */
#include "feed.h"

/* Reads all of `inputs` into the database at `out`, which is made when it is not there. It is replaced only when
 * everything was read and something changed. Counts are left in `s`, whose database is closed. */
int import_feeds(struct store *s, const char *out, const char *const *inputs, size_t n, struct err *e);
/* Copies a file to a name that must not exist. */
int import_copy(const char *from, const char *to, struct err *e);
/* One file's content into a temporary database, made at the first call and left open in `s`, and undone: for fuzzing. What is wrong with the
 * content is no error. `format`: the importer's number, which takes the content whatever it looks like; -1: told by content. */
int import_stream(struct store *s, int format, struct span name, struct span content, struct err *e);
/* How many importers there are. */
int import_formats(void);
#endif
