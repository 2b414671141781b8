// SPDX-License-Identifier: Apache-2.0
// Findings as a table for people: one line each, then how many there are.
#include "findings.h"

#include <inttypes.h>

static const struct column columns[] = {
	{.name = "STATE", .severity = true}, {.name = "CHECK", .weight = 3}, {.name = "SUBJECT", .weight = 4, .fit = TTY_TAIL}, {.name = "DETAIL", .weight = 5},
};
enum { COLUMNS = sizeof(columns) / sizeof(columns[0]), WIDE = 110 /* on a narrower terminal the detail would leave no room for names */ };

static int begin(struct findings *f, struct err *e)
{
	f->rows = (struct tabular){.out = f->out, .form = &tabular_table, .columns = columns, .n = COLUMNS};
	if (tabular_style(&f->rows, f->colour, e))
		return -1;
	if (f->rows.width && f->rows.width < WIDE)
		f->rows.n = COLUMNS - 1;
	tabular_begin(&f->rows);
	return 0;
}

/* A fail shows its severity, anything else what it is. */
static struct span state(const struct finding *r)
{
	return r->accepted.p ? SPAN("accepted") : span_eq(r->verdict, "fail") ? r->severity : r->verdict;
}

static void row(struct findings *f, const struct finding *r)
{
	const struct cell cells[COLUMNS] = {cell_text(state(r)), cell_text(span_of(r->check->id)), cell_text(r->subject), cell_text(r->detail)};

	tabular_table.add(&f->rows, cells);
}

static int end(struct findings *f, struct err *e)
{
	int64_t failed = 0, errors = 0, skipped = 0;
	struct buf *b = &f->out->text;

	(void)e;
	if (!f->count) {
		buf_add_str(b, "No finding is selected.\n");
		return 0;
	}
	tabular_end(&f->rows);
	for (size_t i = 0; i < f->checks_n; i++) {
		failed += f->checks[i].failed;
		errors += f->checks[i].errors;
		skipped += f->checks[i].skipped;
	}
	buf_printf(b, "\n%" PRId64 " fail, %" PRId64 " accepted, manual or not assessed", failed, skipped);
	if (errors)
		buf_printf(b, ", %" PRId64 " in error", errors);
	if (f->left)
		buf_printf(b, " (%" PRIu64 " of them not shown)", f->left);
	buf_add_str(b, "\n");
	return 0;
}

const struct findings_form findings_table = {"table", false, begin, row, end};
