// SPDX-License-Identifier: Apache-2.0
// Rows as one JSON object (RFC 8259), a row a line.
#include "tabular.h"
#include "common/text.h"

static void begin(struct tabular *r)
{
	struct buf *b = &r->out->text;

	buf_printf(b, "{\"schema\":\"%s\",%s", r->schema, r->head ? r->head : "");
	if (r->arrays) {
		buf_add_str(b, "\"columns\":[");
		for (size_t i = 0; i < r->n; i++) {
			buf_add_str(b, i ? "," : "");
			text_add_json(b, span_of(r->columns[i].name));
		}
		buf_add_str(b, "],");
	}
	buf_printf(b, "\"%s\":[", r->list);
}

static void add_cell(struct buf *b, const struct cell *c)
{
	if (c->type == CELL_NULL)
		buf_add_str(b, "null");
	else if (c->type == CELL_TEXT)
		text_add_json(b, c->text);
	else
		buf_add_span(b, c->text);
}

static void add(struct tabular *r, const struct cell *cells)
{
	struct buf *b = &r->out->text;

	buf_add_str(b, r->count ? ",\n" : "\n");
	for (size_t i = 0; i < r->n; i++) {
		buf_add_char(b, i ? ',' : r->arrays ? '[' : '{');
		if (!r->arrays) {
			text_add_json(b, span_of(r->columns[i].name));
			buf_add_char(b, ':');
		}
		add_cell(b, &cells[i]);
	}
	buf_add_char(b, r->arrays ? ']' : '}');
}

static void end(struct tabular *r)
{
	buf_add_str(&r->out->text, "\n]}\n");
}

const struct tabular_form tabular_json = {"json", begin, add, end};
