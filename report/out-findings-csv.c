// SPDX-License-Identifier: Apache-2.0
// Findings as CSV: the columns of plimsoll.findings/1 (docs/findings.md), one finding a row.
#include "findings.h"

static const struct column columns[] = {
	{.name = "id"}, {.name = "check"}, {.name = "title"}, {.name = "domain"}, {.name = "severity"}, {.name = "verdict"}, {.name = "subject"},
	{.name = "cluster"}, {.name = "namespace"}, {.name = "kind"}, {.name = "name"}, {.name = "detail"}, {.name = "why"}, {.name = "fix"},
	{.name = "facts"}, {.name = "missing"}, {.name = "member"}, {.name = "pointer"}, {.name = "sha256"}, {.name = "controls"}, {.name = "owner"},
	{.name = "effort"}, {.name = "accepted"}, {.name = "owner_why"},
};
enum { COLUMNS = sizeof(columns) / sizeof(columns[0]) };

static int begin(struct findings *f, struct err *e)
{
	(void)e;
	f->rows = (struct tabular){.out = f->out, .form = &tabular_csv, .columns = columns, .n = COLUMNS};
	tabular_begin(&f->rows);
	return 0;
}

static void row(struct findings *f, const struct finding *r)
{
	const struct findings_check *c = r->check;
	const struct span texts[COLUMNS] = {
		r->id, span_of(c->id), span_of(c->title), r->domain, r->severity, r->verdict, r->subject, r->cluster, r->namespace, r->kind, r->name, r->detail,
		span_of(c->why), span_of(c->fix), r->facts, r->missing, r->member, r->pointer, r->sha256, c->controls, r->owner, span_of(c->effort), r->accepted, r->owner_why,
	};
	struct cell cells[COLUMNS];

	for (size_t i = 0; i < COLUMNS; i++)
		cells[i] = cell_text(texts[i]);
	tabular_csv.add(&f->rows, cells);
}

static int end(struct findings *f, struct err *e)
{
	(void)f, (void)e;
	return 0;
}

const struct findings_form findings_csv = {"csv", false, begin, row, end};
