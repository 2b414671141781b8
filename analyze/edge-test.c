// SPDX-License-Identifier: Apache-2.0
// The cases beside each edge file: evidence as plain YAML through the real loaders, and the exact steps. Running edges is edge-run.c's.
#include "check-given.h"
#include "edge.h"

#include <stddef.h>

/* "source -> target (confidence)", with " blocked: what blocks it" where something does. A row without `confidence` has the file's. */
static int expected(struct arena *a, const struct edge *x, const struct json *expect, struct knowledge_lines *l, struct err *e)
{
	if (!json_is(expect, JSON_ARRAY))
		return err_set(e, ERR_INPUT, "`expect` is a list of steps");
	JSON_EACH(row, expect) {
		struct span source = json_text_at(row, "source"), target = json_text_at(row, "target"), confidence = json_text_at(row, "confidence"), blocked = json_text_at(row, "blocked");

		if (!source.p || !target.p)
			return err_set(e, ERR_INPUT, "each row of `expect` has `source` and `target`");
		if (json_get(row, "blocked") && !blocked.n)
			return err_set(e, ERR_INPUT, "`blocked` is the text of what blocks the step");
		if (!confidence.p)
			confidence = span_of(x->confidence);
		knowledge_line(a, l, arena_printf(a, "%.*s -> %.*s (%.*s)%s%.*s", SPAN_ARG(source), SPAN_ARG(target), SPAN_ARG(confidence), blocked.n ? " blocked: " : "", SPAN_ARG(blocked)));
	}
	return 0;
}

static int came_out(struct arena *a, struct db *db, const char *id, struct knowledge_lines *l, struct err *e)
{
	sqlite3_stmt *s = db_stmt(db, "SELECT DISTINCT source_ref || ' -> ' || target_ref || ' (' || confidence || ')' || coalesce(' blocked: ' || blocked, '') FROM v_edge WHERE edge_id = ?");
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

	if (expected(a, x, json_get(cas, "expect"), &want, e))
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

/* One case must show a step that is open; another one none that is, and what keeps it away: what blocks a step of it, or its `absent_by`. */
static const char *uncovered(struct arena *a, const struct json *cases)
{
	bool open = false, closed = false;

	(void)a;
	JSON_EACH(cas, cases) {
		size_t rows = 0, blocked = 0;

		JSON_EACH(row, json_get(cas, "expect")) {
			rows++;
			blocked += json_get(row, "blocked") != NULL;
		}
		open |= rows > blocked;
		closed |= blocked || (!rows && json_text_at(cas, "absent_by").n);
	}
	return !open ? "no case in which the step is open" : !closed ? "no case in which something blocks it, or that has no step and says `absent_by` what" : NULL;
}

int64_t edge_test(const struct edge_set *set, const char *only, struct err *e)
{
	return check_given_test("edge", (struct check_cases){set->at, set->n, sizeof(*set->at), offsetof(struct edge, file), uncovered, run_case}, only, e);
}
