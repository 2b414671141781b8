// SPDX-License-Identifier: Apache-2.0
// Rows as CSV (RFC 4180): a heading line, every text quoted, what a spreadsheet would run made harmless (common/text.h).
#include "tabular.h"
#include "common/text.h"

static void begin(struct tabular *r)
{
	for (size_t i = 0; i < r->n; i++) {
		if (i)
			buf_add_char(&r->out->text, ',');
		text_add_csv(&r->out->text, span_of(r->columns[i].name));
	}
	buf_add_str(&r->out->text, "\r\n");
}

static void add(struct tabular *r, const struct cell *cells)
{
	struct buf *b = &r->out->text;

	for (size_t i = 0; i < r->n; i++) {
		if (i)
			buf_add_char(b, ',');
		if (cells[i].type == CELL_NUMBER || cells[i].type == CELL_QUOTED)
			buf_add_span(b, cells[i].text);
		else if (cells[i].type != CELL_NULL)
			text_add_csv(b, cells[i].text);
	}
	buf_add_str(b, "\r\n");
}

static void end(struct tabular *r)
{
	(void)r;
}

const struct tabular_form tabular_csv = {"csv", begin, add, end};
