// SPDX-License-Identifier: Apache-2.0
// The cases beside each check file: evidence as plain YAML through the real loaders, and the exact verdicts. Judging is check-run.c's.
#include "analyze.h"
#include "check.h"
#include "check-given.h"
#include "common/buf.h"
#include "common/text.h"

#include <stddef.h>

struct outcome {
	struct arena *arena;
	struct knowledge_lines verdicts;
	bool unsaid; /* a fail without a sentence */
};

static int keep(void *ctx, const struct check *c, const struct check_row *row, struct err *e)
{
	struct outcome *o = ctx;
	auto_buf b = BUF_INIT;

	(void)c, (void)e;
	text_add_clean(&b, row->subject, false);
	buf_printf(&b, " %s", row->verdict);
	if (strcmp(row->verdict, "error") == 0)
		buf_printf(&b, " (%.*s)", SPAN_ARG(row->detail));
	o->unsaid |= strcmp(row->verdict, "fail") == 0 && (row->detail.n < 5 || span_has(row->detail, "  "));
	knowledge_line(o->arena, &o->verdicts, buf_str(&b));
	return 0;
}

static int expected(struct arena *a, const struct json *expect, struct knowledge_lines *l, struct err *e)
{
	JSON_EACH(row, expect) {
		struct span subject = json_text_at(row, "subject"), verdict = json_text_at(row, "verdict");

		if (!subject.p || !verdict.p)
			return err_set(e, ERR_INPUT, "each row of `expect` has `subject` and `verdict`");
		knowledge_line(a, l, arena_printf(a, "%.*s %.*s", SPAN_ARG(subject), SPAN_ARG(verdict)));
	}
	return l->n ? 0 : err_set(e, ERR_INPUT, "`expect` holds no verdict");
}

/* Steps and paths are only searched for checks that read them. */
static const char *reads_paths(const struct check *c)
{
	return c->query && (span_has(span_of(c->query), "path") || span_has(span_of(c->query), "edge")) ? NULL : "";
}

/* 0 as expected, 1 not, -1 when the case itself cannot be run. */
static int run_case(struct arena *a, struct db *db, const void *check, const struct json *cas, struct err *e)
{
	const struct check *c = check;
	struct outcome out = {.arena = a};
	struct knowledge_lines want = {0};
	int rc;

	if (expected(a, json_get(cas, "expect"), &want, e))
		return -1;
	rc = check_given(a, cas, reads_paths(c), db, e) || check_run(db, c, keep, &out, e) ? -1 : 0;
	db_rollback(db);
	if (rc)
		return -1;
	if (knowledge_same(&want, &out.verdicts) && !out.unsaid)
		return 0;
	printf("not ok - %s: %.*s\n", c->id, SPAN_ARG(json_text_at(cas, "case")));
	if (out.unsaid)
		printf("    a fail says nothing in `detail`, or has double blanks\n");
	knowledge_print("expected", &want);
	knowledge_print("came out", &out.verdicts);
	return 1;
}

/* Which verdicts a file's cases expect: a fail, a pass and missing evidence must all be there. */
static const char *uncovered(struct arena *a, const struct json *cases)
{
	static const char *const needed[] = {"fail", "pass", "not-assessed"};

	for (size_t i = 0; i < 3; i++) {
		bool there = false;

		JSON_EACH(cas, cases)
			JSON_EACH(row, json_get(cas, "expect"))
				there |= span_eq(json_text_at(row, "verdict"), needed[i]);
		if (!there)
			return arena_printf(a, "no case expects the verdict %s", needed[i]);
	}
	return NULL;
}

int64_t check_test(const struct check_set *set, const char *only, struct err *e)
{
	return check_given_test("check", (struct check_cases){set->at, set->n, sizeof(*set->at), offsetof(struct check, file), uncovered, run_case}, only, e);
}
