// SPDX-License-Identifier: Apache-2.0
// Findings as CSV: the columns of plimsoll.findings/1 (docs/findings.md), one finding a row.
#include "findings.h"
#include "common/text.h"

static const struct column columns[] = {
	{.name = "id"}, {.name = "check"}, {.name = "title"}, {.name = "domain"}, {.name = "severity"}, {.name = "verdict"}, {.name = "subject"},
	{.name = "cluster"}, {.name = "namespace"}, {.name = "kind"}, {.name = "name"}, {.name = "detail"}, {.name = "why"}, {.name = "fix"},
	{.name = "facts"}, {.name = "missing"}, {.name = "member"}, {.name = "pointer"}, {.name = "sha256"}, {.name = "controls"}, {.name = "owner"},
	{.name = "effort"}, {.name = "accepted"}, {.name = "owner_why"},
};
enum { COLUMNS = sizeof(columns) / sizeof(columns[0]) };

/* Half of each row says what its check is: quoted once. */
static void quote(struct findings *f, struct findings_check *c)
{
	const struct span texts[COLUMNS] = {
		[1] = span_of(c->id), [2] = span_of(c->title), [12] = span_of(c->why), [13] = span_of(c->fix), [19] = c->controls, [21] = span_of(c->effort),
	};
	auto_buf b = BUF_INIT;

	c->quoted = arena_array(&f->arena, COLUMNS, sizeof(*c->quoted));
	for (size_t i = 0; i < COLUMNS; i++) {
		if (!texts[i].p)
			continue;
		buf_reset(&b);
		text_add_csv(&b, texts[i]);
		c->quoted[i] = (struct span){arena_strndup(&f->arena, b.p, b.n), b.n};
	}
}

static int begin(struct findings *f, struct err *e)
{
	(void)e;
	f->rows = (struct tabular){.out = f->out, .form = &tabular_csv, .columns = columns, .n = COLUMNS};
	for (size_t i = 0; i < f->checks_n; i++)
		quote(f, &f->checks[i]);
	tabular_begin(&f->rows);
	return 0;
}

static void row(struct findings *f, const struct finding *r)
{
	const struct span texts[COLUMNS] = {
		[0] = r->id, [3] = r->domain, r->severity, r->verdict, r->subject, r->cluster, r->namespace, r->kind, r->name, r->detail,
		[14] = r->facts, r->missing, r->member, r->pointer, r->sha256, [20] = r->owner, [22] = r->accepted, r->owner_why,
	};
	struct cell cells[COLUMNS];

	for (size_t i = 0; i < COLUMNS; i++)
		cells[i] = r->check->quoted[i].p ? (struct cell){CELL_QUOTED, r->check->quoted[i]} : cell_text(texts[i]);
	tabular_csv.add(&f->rows, cells);
}

static int end(struct findings *f, struct err *e)
{
	(void)f, (void)e;
	return 0;
}

const struct findings_form findings_csv = {"csv", false, begin, row, end};
