// SPDX-License-Identifier: Apache-2.0
// Rust's version requirements as half-open intervals, and what lies between them.
#include "rust-range.h"

#include "common/buf.h"
#include "common/limits.h"
#include "common/range.h"

#include <stdlib.h>

struct piece {
	struct span from, to; /* from <= v < to; absent: no bound */
};

/* The parts of "1.2.3-rc.1"; how many were given. */
static int parts_of(struct span v, struct span part[3])
{
	struct span core = v;
	int n = 0;

	core = span_cut(&core, '+');
	core = span_cut(&core, '-');
	for (; core.p && n < 3; n++) {
		part[n] = span_cut(&core, '.');
		if (!version_all_digits(part[n]))
			return 0;
	}
	for (int i = n; i < 3; i++)
		part[i] = SPAN("0");
	return n;
}

/* The version with part `up` plus one and zeros behind it. */
static struct span above(struct store *s, struct span v, int up)
{
	auto_buf b = BUF_INIT;
	struct span part[3];

	parts_of(v, part);
	for (int i = 0; i < 3; i++) {
		if (i > 0)
			buf_add_char(&b, '.');
		if (i == up)
			range_add_plus_one(&b, part[i]);
		else
			buf_add_span(&b, i < up ? part[i] : SPAN("0"));
	}
	return feed_keep(s, buf_span(&b));
}

/* The next version behind one: "1.2.4-0" of 1.2.3, "1.2.3-rc.1.0" of 1.2.3-rc.1. */
static struct span successor(struct store *s, struct span v)
{
	if (memchr(v.p, '-', v.n))
		return span_of(arena_printf(&s->arena, "%.*s.0", SPAN_ARG(v)));
	return span_of(arena_printf(&s->arena, "%.*s-0", SPAN_ARG(above(s, v, 2))));
}

static int caret_part(struct span v)
{
	struct span part[3];
	int n = parts_of(v, part);

	if (!span_eq(part[0], "0") || n < 2)
		return 0;
	return span_eq(part[1], "0") && n == 3 ? 2 : 1;
}

/* ">= 1.2", "< 2", "= 1.0.1", "^1.2.3", "~1.2", "1.2.3", several joined by commas */
static int read_requirement(struct store *s, struct span text, struct piece *out, struct err *e)
{
	struct span whole = text;

	*out = (struct piece){0};
	while (text.p) {
		struct span v = span_trim(span_cut(&text, ',')), op = range_take_op(&v), part[3];
		int n;

		if (span_eq(v, "*"))
			continue;
		n = v.n <= LIMIT_VERSION_BYTES ? parts_of(v, part) : 0;
		if (n == 0)
			return err_set(e, ERR_INPUT, "'%.*s' is no requirement", SPAN_ARG(whole));
		if (span_starts(op, ">") || span_eq(op, "=") || span_starts(op, "^") || span_starts(op, "~") || op.n == 0)
			out->from = span_eq(op, ">") ? successor(s, v) : v;
		if (span_eq(op, "<"))
			out->to = v;
		else if (span_eq(op, "<=") || span_eq(op, "="))
			out->to = successor(s, v);
		else if (span_starts(op, "~"))
			out->to = above(s, v, n > 1 ? 1 : 0);
		else if (span_starts(op, "^") || op.n == 0)
			out->to = above(s, v, caret_part(v));
	}
	return 0;
}

static int piece_cmp(const void *x, const void *y)
{
	const struct piece *a = x, *b = y;

	if (!a->from.p || !b->from.p)
		return (a->from.p != NULL) - (b->from.p != NULL);
	return version_compare(VERSION_SEMVER, a->from, b->from);
}

int rust_affected(struct store *s, struct advisory *a, const struct place *p, struct affected_row row, const struct span *patched, size_t patched_n,
		  const struct span *unaffected, size_t unaffected_n, struct err *e)
{
	size_t n = patched_n + unaffected_n;
	struct piece *pieces = arena_array(&s->arena, n + 1, sizeof(*pieces));
	struct span at = SPAN_NONE; /* up to here all is told */

	for (size_t i = 0; i < n; i++)
		if (read_requirement(s, i < patched_n ? patched[i] : unaffected[i - patched_n], &pieces[i], e))
			return -1;
	if (n > 1)
		qsort(pieces, n, sizeof(*pieces), piece_cmp);
	for (size_t i = 0; i < n; i++) {
		if (pieces[i].from.p && (!at.p || version_compare(VERSION_SEMVER, at, pieces[i].from) < 0)) {
			row.introduced = at;
			row.fixed = pieces[i].from;
			advisory_add(s, a, p, &row);
		}
		if (!pieces[i].to.p)
			return 0;
		if (!at.p || version_compare(VERSION_SEMVER, at, pieces[i].to) < 0)
			at = pieces[i].to;
	}
	row.introduced = at;
	row.fixed = SPAN_NONE;
	advisory_add(s, a, p, &row);
	return 0;
}
