/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ADVISORY_H
#define ADVISORY_H
/* One record of a feed as it gathers: all of it is read before any of it is written. Everything lives in the store's arena. */
#include "feed.h"
#include "place.h"

struct advisory {
	struct vuln_row v;
	struct affected_row *rows;
	struct place *places; /* beside `rows` */
	size_t n, cap;
	struct advisory_alias {
		struct advisory_alias *next;
		struct span other;
		const char *kind; /* alias, upstream, related */
	} *aliases;
	uint32_t alias_count; /* over LIMIT_ALIASES: advisory_store refuses it */
};

/* Copies into the arena: texts of a stream do not stay. */
struct span feed_keep(struct store *s, struct span text);
void advisory_add(struct store *s, struct advisory *a, const struct place *p, const struct affected_row *row);
/* As advisory_add, but of rows without a lower bound for the same package, status and module the lowest fix stays: rebuilds. */
void advisory_add_lowest(struct store *s, struct advisory *a, const struct place *p, const struct affected_row *row);
/* Noted once; an id that is too long or the record's own is left out. */
void advisory_alias(struct store *s, struct advisory *a, struct span other, const char *kind);
/* Writes it into the current feed of merged records. */
int advisory_store(struct store *s, struct advisory *a, struct err *e);

/* Called for each item of a stream (common/source.h); ERR_INPUT costs the item only. */
typedef int feed_item(struct store *s, const struct json *item, void *ctx, struct err *e);
/* All items of a JSON or YAML stream. `split`: see items_open. */
int feed_items(struct store *s, struct source *in, const char *const *split, feed_item *each, void *ctx, struct err *e);
/* Notes what `e` says as a problem of the current file at `place` (""): -1 when it is no fault of the input. */
/* Each record of a CSV text (RFC 4180) with up to `max` fields, to `record`; what it refuses (ERR_INPUT), or what is no record, is a problem of its line. */
typedef int feed_record(struct store *s, const struct span *fields, size_t n, struct err *e);
int feed_records(struct store *s, struct span text, size_t max, feed_record *record, struct err *e);
int feed_problem(struct store *s, const char *place, struct err *e);
#endif
