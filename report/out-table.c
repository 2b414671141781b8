// SPDX-License-Identifier: Apache-2.0
// Rows as a table for people. The first rows tell how wide the columns are; on a terminal every line fits its width.
#include "tabular.h"

enum { KEPT_ROWS = 500, COLUMN_LEAST = 8, COLUMN_MOST = 60 };

static void begin(struct tabular *r)
{
	r->waiting = arena_array(&r->kept, KEPT_ROWS * r->n + 1, sizeof(*r->waiting));
	r->waiting_n = 0;
	r->widths = NULL;
}

/* The widest that each column's values are. */
static void measure(struct tabular *r)
{
	r->widths = arena_array(&r->kept, r->n, sizeof(*r->widths));
	for (size_t i = 0; i < r->n; i++) {
		r->widths[i] = tty_columns(span_of(r->columns[i].name));
		for (size_t k = 0; k < r->waiting_n; k++) {
			size_t w = tty_columns(r->waiting[k * r->n + i].text);

			r->widths[i] = w > r->widths[i] ? w : r->widths[i];
		}
	}
}

/* Columns with a weight that need no more than their share of `room` get it; false when there is none such. */
static bool settle(struct tabular *r, bool *settled, size_t *room, size_t *weights)
{
	bool any = false;

	for (size_t i = 0; i < r->n; i++) {
		size_t w = (size_t)r->columns[i].weight;

		if (settled[i] || !w || r->widths[i] > *room * w / *weights)
			continue;
		settled[i] = any = true;
		*room -= r->widths[i];
		*weights -= w;
		if (!*weights)
			return false;
	}
	return any;
}

/* What is too wide for the terminal is taken from the columns with a weight. */
static void squeeze(struct tabular *r)
{
	size_t fixed = r->n - 1, given = 0, room, weights = 0;
	bool *settled = arena_array(&r->kept, r->n, sizeof(*settled));

	for (size_t i = 0; i < r->n; i++) {
		*(r->columns[i].weight ? &given : &fixed) += r->widths[i];
		weights += (size_t)r->columns[i].weight;
	}
	if (fixed + given <= (size_t)r->width || !weights)
		return;
	room = (size_t)r->width > fixed ? (size_t)r->width - fixed : 0;
	while (settle(r, settled, &room, &weights))
		;
	for (size_t i = 0; i < r->n && weights; i++)
		if (r->columns[i].weight && !settled[i]) {
			r->widths[i] = room * (size_t)r->columns[i].weight / weights;
			r->widths[i] = r->widths[i] < COLUMN_LEAST ? COLUMN_LEAST : r->widths[i];
		}
}

/* Without a terminal nothing is cut: a value that is wider than usual moves the rest of its line. */
static void bound(struct tabular *r)
{
	for (size_t i = 0; i < r->n; i++)
		r->widths[i] = r->widths[i] > COLUMN_MOST ? COLUMN_MOST : r->widths[i];
}

static void add_cell(struct tabular *r, size_t i, const struct cell *c, bool last)
{
	struct buf *b = &r->out->text;
	const char *code = r->colour && r->columns[i].severity ? tty_severity(c->text) : "";
	size_t width = r->width ? r->widths[i] : SIZE_MAX, have;

	buf_add_str(b, code);
	if (c->type == CELL_NUMBER && !last) /* to the right */
		for (have = tty_columns(c->text); have < r->widths[i]; have++)
			buf_add_char(b, ' ');
	tty_add(b, c->text, width, r->columns[i].fit, false);
	if (*code)
		buf_add_str(b, TTY_PLAIN);
	if (last)
		return;
	if (c->type != CELL_NUMBER)
		for (have = tty_columns(c->text); have < r->widths[i]; have++)
			buf_add_char(b, ' ');
	buf_add_char(b, ' ');
}

static void add_line(struct tabular *r, const struct cell *cells)
{
	for (size_t i = 0; i < r->n; i++)
		add_cell(r, i, &cells[i], i + 1 == r->n);
	buf_add_char(&r->out->text, '\n');
}

/* The heading and the rows that waited for it. */
static void start(struct tabular *r)
{
	measure(r);
	if (r->width)
		squeeze(r);
	else
		bound(r);
	if (r->colour)
		buf_add_str(&r->out->text, TTY_BOLD);
	for (size_t i = 0; i < r->n; i++) {
		tty_add(&r->out->text, span_of(r->columns[i].name), r->widths[i], TTY_LEFT, i + 1 < r->n);
		if (i + 1 < r->n)
			buf_add_char(&r->out->text, ' ');
	}
	if (r->colour)
		buf_add_str(&r->out->text, TTY_PLAIN);
	buf_add_char(&r->out->text, '\n');
	for (size_t k = 0; k < r->waiting_n; k++)
		add_line(r, &r->waiting[k * r->n]);
}

static void add(struct tabular *r, const struct cell *cells)
{
	struct cell *kept = &r->waiting[r->waiting_n * r->n];

	if (r->widths) {
		add_line(r, cells);
		return;
	}
	for (size_t i = 0; i < r->n; i++) {
		kept[i] = cells[i];
		kept[i].text.p = cells[i].text.p ? arena_strndup(&r->kept, cells[i].text.p, cells[i].text.n) : "";
	}
	if (++r->waiting_n == KEPT_ROWS)
		start(r);
}

static void end(struct tabular *r)
{
	if (!r->widths)
		start(r);
}

const struct tabular_form tabular_table = {"table", begin, add, end};
