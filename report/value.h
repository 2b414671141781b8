/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_VALUE_H
#define REPORT_VALUE_H
/* Values of a template, and the SQL that makes them: docs/templates.md, "Values". */
#include "common/arena.h"
#include "common/buf.h"
#include "common/db.h"

enum value_type { VALUE_NULL, VALUE_INT, VALUE_REAL, VALUE_TEXT };
struct value {
	enum value_type type;
	int64_t i;
	double d;
	struct span text;
};
/* Named values; a name that is not here is looked for in `up`. */
struct scope {
	const struct span *names;
	const struct value *values;
	size_t n;
	const struct scope *up;
};
struct rows {
	const struct span *heads;
	const struct value *cells; /* row after row */
	size_t columns, n;
	size_t total; /* how many the query gave; n of them were kept */
};

/* The value of a name; NULL when there is none. */
const struct value *scope_find(const struct scope *s, struct span name);
/* False for NULL, 0 and empty text. */
bool value_true(const struct value *v);
/* As the documents print it: NULL as a dash, thousands separators from 10,000, one decimal. */
void value_print(struct buf *b, const struct value *v);
/* Unformatted, for charts and anchors; absent when NULL. */
struct span value_plain(struct arena *a, const struct value *v);
/* One form of `{{ name | form ... }}`. */
enum form { FORM_PLAIN, FORM_PLURAL, FORM_DATE, FORM_PERCENT, FORM_BADGE, FORM_CODE, FORM_IF, FORM_UNLESS };
struct expr {
	struct span name;
	enum form form;
	struct span one, many; /* of plural */
	int line;
};
/* Reads what stands between the braces. */
int expr_read(struct expr *x, struct span text, struct err *e);
/* Adds the value in its form; nothing for FORM_IF and FORM_UNLESS. */
void expr_print(struct buf *b, const struct expr *x, const struct value *v);

/* Runs a SELECT of a template under the sandbox, with the scope's values as parameters; keeps the first `most` rows. */
int rows_query(struct db *db, struct arena *a, struct span sql, const struct scope *scope, size_t most, struct rows *out, struct err *e);
#endif
