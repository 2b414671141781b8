// SPDX-License-Identifier: Apache-2.0
// The cases beside each edge file: evidence as plain YAML through the real loaders, and the exact steps. Running edges is edge-run.c's.
#include "check-given.h"
#include "edge.h"

#include <stddef.h>

/* "source -> target", "source -> target blocked", with "(confidence)" where the case names one. */
static int expected(struct arena *a, const struct json *expect, struct knowledge_lines *l, struct err *e)
{
	if (!json_is(expect, JSON_ARRAY))
		return err_set(e, ERR_INPUT, "`expect` is a list of steps");
	JSON_EACH(row, expect) {
		struct span source = json_text_at(row, "source"), target = json_text_at(row, "target");

		if (!source.p || !target.p)
			return err_set(e, ERR_INPUT, "each row of `expect` has `source` and `target`");
		knowledge_line(a, l, arena_printf(a, "%.*s -> %.*s%s", SPAN_ARG(source), SPAN_ARG(target), json_bool_at(row, "blocked") == 1 ? " blocked" : ""));
	}
	return 0;
}

static int came_out(struct arena *a, struct db *db, const char *id, struct knowledge_lines *l, struct err *e)
{
	sqlite3_stmt *s = db_stmt(db, "SELECT DISTINCT source_ref || ' -> ' || target_ref || iif(blocked IS NULL, '', ' blocked') FROM v_edge WHERE edge_id = ?");
	int rc;

	db_bind(s, "s", id);
	while ((rc = db_step(db, s, e)) == 1)
		knowledge_line(a, l, db_text(s, 0).p);
	sqlite3_reset(s);
	return rc;
}

/* What the analysis itself says is wrong with the edge file. */
static int refused(struct db *db, const char *id, struct err *e)
{
	sqlite3_stmt *s = db_stmt(db, "SELECT message FROM problem WHERE message LIKE 'edge ' || ? || ': %'");
	int rc = 0;

	db_bind(s, "s", id);
	if (db_step(db, s, NULL) == 1)
		rc = err_set(e, ERR_INPUT, "%.*s", SPAN_ARG(db_text(s, 0)));
	sqlite3_reset(s);
	return rc;
}

/* 0 as expected, 1 not, -1 when the case itself cannot be run. */
static int run_case(struct arena *a, struct db *db, const void *edge, const struct json *cas, struct err *e)
{
	const struct edge *x = edge;
	struct knowledge_lines want = {0}, got = {0};
	int rc;

	if (expected(a, json_get(cas, "expect"), &want, e))
		return -1;
	rc = check_given(a, cas, x->id, db, e) || refused(db, x->id, e) || came_out(a, db, x->id, &got, e) ? -1 : 0;
	db_rollback(db);
	if (rc)
		return -1;
	if (knowledge_same(&want, &got))
		return 0;
	printf("not ok - %s: %.*s\n", x->id, SPAN_ARG(json_text_at(cas, "case")));
	knowledge_print("expected", &want);
	knowledge_print("came out", &got);
	return 1;
}

/* One case must show a step that is open, another one none that is. */
static const char *uncovered(struct arena *a, const struct json *cases)
{
	bool open = false, closed = false;

	(void)a;
	JSON_EACH(cas, cases) {
		size_t n = 0;

		JSON_EACH(row, json_get(cas, "expect"))
			n += json_bool_at(row, "blocked") != 1;
		open |= n > 0;
		closed |= n == 0;
	}
	return !open ? "no case in which the step is open" : !closed ? "no case in which it is blocked or absent" : NULL;
}

int64_t edge_test(const struct edge_set *set, const char *only, struct err *e)
{
	return check_given_test("edge", (struct check_cases){set->at, set->n, sizeof(*set->at), offsetof(struct edge, file), uncovered, run_case}, only, e);
}
