/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ENGAGEMENT_READ_H
#define ENGAGEMENT_READ_H
/*
 * Values of a file that a person wrote, each with its line in the error when it is not what it should be: a slip in the site's own file
 * is a usage error, never dropped. All functions set `e` (ERR_USAGE) and return -1 then.
 */
#include "common/json.h"

struct entry {
	const char *file;	/* for messages */
	const char *section;	/* "environments" */
	const struct json *v;	/* the mapping at hand */
	uint32_t line;		/* where it begins */
};

/* The error "FILE:LINE: SECTION: ..." for something at `v`. */
int entry_error(const struct entry *n, const struct json *v, struct err *e, const char *fmt, ...) __attribute__((format(printf, 4, 5)));
/* The word of the NULL-terminated list that `word` is closest to, NULL when none is near. */
const char *entry_nearest(const char *const *words, struct span word);
/* Every key of the mapping is one of `keys` (NULL-terminated), else an error that suggests the nearest. */
int entry_keys(const struct entry *n, const char *const *keys, struct err *e);
/* Text (or a number, as written) at `key`. Absent, or null: the span is absent, which is an error when `needed`. Empty text is an error. */
int entry_text(const struct entry *n, const char *key, bool needed, struct span *out, struct err *e);
/* One of the words of a NULL-terminated list. */
int entry_word(const struct entry *n, const char *key, bool needed, const char *const *words, struct span *out, struct err *e);
/* true or false, `fallback` when absent. */
int entry_bool(const struct entry *n, const char *key, bool fallback, bool *out, struct err *e);
/* A whole number between `low` and `high`; `*out` is left alone when absent. */
int entry_int(const struct entry *n, const char *key, int64_t low, int64_t high, int64_t *out, struct err *e);
/* A day ("2027-03-31": its last second) or a time (RFC 3339); 0 when absent. */
int entry_time(const struct entry *n, const char *key, int64_t *out, struct err *e);
/* Appends a list of texts (a single text is a list of one) as a JSON array; [] when absent. */
int entry_list(const struct entry *n, const char *key, struct buf *out, struct err *e);
/* Appends a mapping of text to text as a JSON object; {} when absent. */
int entry_map(const struct entry *n, const char *key, struct buf *out, struct err *e);

/* Calls `each` for every item of the list `v`: a mapping as it is; a plain text where `lone` is set as a mapping of that one key. */
int entry_each(const struct entry *n, const struct json *v, const char *lone, int (*each)(void *ctx, const struct entry *item, struct err *e),
	       void *ctx, struct err *e);
#endif
