// SPDX-License-Identifier: Apache-2.0
// Judges with one check: which scopes have the evidence, then every row of its query. Where verdicts go is the caller's.
#include "check.h"
#include "common/buf.h"
#include "common/sandbox.h"
#include "common/text.h"

#include <inttypes.h>

struct scope {
	int64_t id, rows;
	const char *name;
	bool present; /* in scope, not assumed absent */
	bool lacks;   /* a need is not met at all: no row of it is judged */
	bool doubtful; /* objects of a need are lacking, and the check looks at several kinds or across one: what it does not find may be among them */
	bool only_found; /* a kind that a pass needs was not collected: of the rows only what fails counts */
	const char *missing, *reason; /* JSON array; what is missing, in words. NULL: nothing is */
};

struct judge {
	struct db *db;
	const struct check *c;
	check_each *each;
	void *ctx;
	struct arena arena;
	struct scope *scopes;
	size_t n;
	struct buf facts;
};

static bool verdict_known(struct span v)
{
	static const char *const known[] = {"pass", "fail", "manual", "not-applicable", "not-assessed", NULL};

	for (size_t i = 0; known[i]; i++)
		if (span_eq(v, known[i]))
			return true;
	return false;
}

/* A need of another kind of scope (a check of images that asks for pods) is met by any scope that has it. */
static bool has(struct judge *j, const struct scope *s, const char *kind)
{
	if (strcmp(check_scope_of(kind), j->c->scope) != 0)
		return db_int(j->db, 0, "SELECT count(*) FROM evidence_kind WHERE kind = ?", "s", kind) > 0;
	return db_int(j->db, 0, "SELECT count(*) FROM evidence_kind WHERE scope = ? AND kind = ?", "is", s->id, kind) > 0;
}

/* Why a kind was not (wholly) collected, as the collector says it (of it, or of all kinds with its prefix); NULL when it says nothing. */
static const char *told(struct judge *j, const struct scope *s, const char *kind)
{
	sqlite3_stmt *q = db_stmt(j->db, "SELECT reason FROM expected WHERE (scope = ?1 OR scope IS NULL) AND (kind = ?2 OR (kind LIKE '%/*' AND "
					"substr(?2, 1, length(kind) - 1) = substr(kind, 1, length(kind) - 1))) ORDER BY id LIMIT 1");
	const char *text = NULL;

	db_bind(q, "is", s->id, kind);
	if (sqlite3_step(q) == SQLITE_ROW)
		text = arena_strndup(&j->arena, db_text(q, 0).p, db_text(q, 0).n);
	sqlite3_reset(q);
	return text;
}

static bool has_lost(struct judge *j, const struct scope *s, const char *kind)
{
	return db_int(j->db, 0, "SELECT EXISTS (SELECT 1 FROM expected WHERE lost AND (scope = ?1 OR scope IS NULL) AND (kind = ?2 OR (kind LIKE '%/*' AND "
				"substr(?2, 1, length(kind) - 1) = substr(kind, 1, length(kind) - 1))))", "is", s->id, kind) > 0;
}

/* What lacks of one need is written behind `missing` and `reason`. False: it is not met at all. */
static bool judge_need(struct judge *j, struct scope *s, const struct knowledge_need *need, struct buf *missing, struct buf *reason)
{
	const char *why = NULL;
	bool met = false;

	for (size_t k = 0; k < need->n; k++) {
		met |= has(j, s, need->any[k]);
		why = why ? why : told(j, s, need->any[k]);
		s->doubtful |= (j->c->needs_n + j->c->to_pass_n > 1 || j->c->across) && has_lost(j, s, need->any[k]);
	}
	if (met && !why)
		return true;
	buf_add_str(missing, missing->n ? "," : "");
	text_add_json(missing, span_of(need->any[0]));
	buf_printf(reason, "%s%s %s collected%s%s%s", reason->n ? "; " : "", need->any[0], met ? "was only partly" : "was not", why ? " (" : "", why ? why : "",
		   why ? ")" : "");
	return met;
}

/* Judges the needs in one scope: what is missing, and which verdicts that forbids. */
static void judge_needs(struct judge *j, struct scope *s)
{
	auto_buf missing = BUF_INIT, reason = BUF_INIT;

	for (size_t i = 0; i < j->c->needs_n; i++)
		s->lacks |= !judge_need(j, s, &j->c->needs[i], &missing, &reason);
	for (size_t i = 0; i < j->c->to_pass_n; i++)
		s->only_found |= !judge_need(j, s, &j->c->to_pass[i], &missing, &reason);
	if (!missing.n)
		return;
	s->missing = arena_printf(&j->arena, "[%s]", buf_str(&missing));
	s->reason = arena_printf(&j->arena, "Not assessed: %s.", buf_str(&reason));
}

static int read_scopes(struct judge *j, struct err *e)
{
	sqlite3_stmt *q = db_stmt(j->db, "SELECT id, name, state FROM scope WHERE kind = ? ORDER BY name");
	size_t count = (size_t)db_int(j->db, 0, "SELECT count(*) FROM scope WHERE kind = ?", "s", j->c->scope);
	int rc;

	j->scopes = arena_array(&j->arena, count + 1, sizeof(*j->scopes));
	db_bind(q, "s", j->c->scope);
	while ((rc = db_step(j->db, q, e)) == 1 && j->n < count) {
		struct scope *s = &j->scopes[j->n++];

		s->id = sqlite3_column_int64(q, 0);
		s->name = arena_strndup(&j->arena, db_text(q, 1).p, db_text(q, 1).n);
		s->present = span_eq(db_text(q, 2), "in-scope");
	}
	sqlite3_reset(q);
	if (rc < 0)
		return -1;
	if (!count && strcmp(j->c->scope, "site") == 0)
		j->scopes[j->n++] = (struct scope){.name = "site", .present = true};
	for (size_t i = 0; i < j->n; i++)
		if (j->scopes[i].present)
			judge_needs(j, &j->scopes[i]);
	return 0;
}

static int emit_scope(struct judge *j, const struct scope *s, const char *verdict, const char *detail, const char *missing, struct err *e)
{
	struct span name = span_of(s ? s->name : j->c->scope);
	struct check_row row = {.scope = s ? s->id : 0, .subject = name, .verdict = verdict, .detail = span_of(detail), .facts = "{}",
				.missing = missing ? missing : "[]"};

	if (s && strcmp(j->c->scope, "cluster") == 0)
		row.cluster = name;
	return j->each(j->ctx, j->c, &row, e);
}

/* Columns of the view that the condition names: they are kept with each finding, so that it can be seen why it failed. */
static bool names_column(const char *sql, const char *column)
{
	size_t n = strlen(column);

	for (const char *p = strstr(sql, column); p; p = strstr(p + 1, column)) {
		bool before = p > sql && (p[-1] == '_' || p[-1] == '.' || (p[-1] | 32) >= 'a') && ((p[-1] | 32) <= 'z' || p[-1] == '_' || p[-1] == '.');
		bool after = p[n] == '_' || ((p[n] | 32) >= 'a' && (p[n] | 32) <= 'z') || (p[n] >= '0' && p[n] <= '9') || p[n] == '(';

		if (!before && !after)
			return true;
	}
	return false;
}

static bool listed(const char **names, const char *column)
{
	while (*names && strcmp(*names, column) != 0)
		names++;
	return *names != NULL;
}

static int add_facts(struct judge *j, struct buf *sql, struct err *e)
{
	const struct check *c = j->c;
	auto_stmt *s = NULL;
	const char *probe = arena_printf(&j->arena, "SELECT * FROM %s LIMIT 0", c->from ? c->from : c->over);

	if (sandbox_prepare(j->db, probe, &s, e))
		return -1;
	for (int i = 0; i < sqlite3_column_count(s); i++) {
		const char *column = sqlite3_column_name(s, i);

		if (strcmp(column, "subject") != 0 && (c->facts ? listed(c->facts, column) : names_column(c->fails, column)))
			buf_printf(sql, ", \"%s\"", column);
	}
	return 0;
}

/* The query of an `over` check. Line ends close comments that an expression may end with. */
static int write_query(struct judge *j, struct buf *sql, struct err *e)
{
	const struct check *c = j->c;

	buf_add_str(sql, "SELECT q.*, t.ref, t.scope, t.cluster, t.namespace FROM (");
	if (c->query) {
		buf_add_str(sql, c->query);
	} else {
		buf_printf(sql, "SELECT subject, CASE WHEN (%s\n) THEN 'fail' WHEN NOT (%s\n) THEN 'pass' ELSE 'not-assessed' END AS verdict,\n"
				"CASE WHEN (%s\n) THEN (%s\n) END AS detail, %s\n AS key", c->fails, c->fails, c->fails, c->detail, c->key ? c->key : "NULL");
		if (add_facts(j, sql, e))
			return -1;
		buf_printf(sql, "\nFROM %s%s%s%s%s%s", c->from ? c->from : "", c->from ? " AS " : "", c->over, c->where ? " WHERE (" : "", c->where ? c->where : "", c->where ? "\n)" : "");
	}
	buf_add_str(sql, "\n) q LEFT JOIN thing t ON t.id = q.subject");
	return 0;
}

/* Where a query's own columns are; facts are all others. */
struct columns {
	int subject, verdict, detail, key, n;
};

static int find_columns(sqlite3_stmt *s, struct columns *at, struct err *e)
{
	*at = (struct columns){-1, -1, -1, -1, sqlite3_column_count(s) - 4};
	for (int i = 0; i < at->n; i++) {
		const char *name = sqlite3_column_name(s, i);

		if (strcmp(name, "subject") == 0)
			at->subject = i;
		else if (strcmp(name, "verdict") == 0)
			at->verdict = i;
		else if (strcmp(name, "detail") == 0)
			at->detail = i;
		else if (strcmp(name, "key") == 0)
			at->key = i;
	}
	if (at->subject < 0 || at->verdict < 0 || at->detail < 0)
		return err_set(e, ERR_INPUT, "the query must give subject, verdict and detail");
	return 0;
}

static void add_value(struct buf *b, sqlite3_stmt *s, int i)
{
	switch (sqlite3_column_type(s, i)) {
	case SQLITE_NULL:
		buf_add_str(b, "null");
		return;
	case SQLITE_INTEGER:
		buf_printf(b, "%" PRId64, (int64_t)sqlite3_column_int64(s, i));
		return;
	case SQLITE_FLOAT:
		buf_printf(b, "%.15g", sqlite3_column_double(s, i));
		return;
	default:
		text_add_json(b, db_text(s, i));
	}
}

static const char *read_facts(struct judge *j, sqlite3_stmt *s, const struct columns *at)
{
	buf_reset(&j->facts);
	buf_add_char(&j->facts, '{');
	for (int i = 0; i < at->n; i++) {
		if (i == at->subject || i == at->verdict || i == at->detail || i == at->key)
			continue;
		buf_add_str(&j->facts, j->facts.n > 1 ? "," : "");
		text_add_json(&j->facts, span_of(sqlite3_column_name(s, i)));
		buf_add_char(&j->facts, ':');
		add_value(&j->facts, s, i);
	}
	buf_add_char(&j->facts, '}');
	return buf_str(&j->facts);
}

/* What to say where the condition came out unknown. */
static struct span unknown_detail(struct judge *j, sqlite3_stmt *s, const struct columns *at, struct buf *b)
{
	for (int i = 0; i < at->n; i++)
		if (i != at->subject && i != at->verdict && i != at->detail && i != at->key && sqlite3_column_type(s, i) == SQLITE_NULL)
			buf_printf(b, "%s%s", b->n ? ", " : "Not assessed: the evidence does not tell ", sqlite3_column_name(s, i));
	if (!b->n)
		buf_printf(b, "Not assessed: the evidence does not tell whether this holds");
	buf_add_char(b, '.');
	(void)j;
	return buf_span(b);
}

static struct scope *scope_by_id(struct judge *j, int64_t id)
{
	for (size_t i = 0; id && i < j->n; i++)
		if (j->scopes[i].id == id)
			return &j->scopes[i];
	return NULL;
}

static const char *row_verdict(sqlite3_stmt *s, const struct columns *at)
{
	struct span v = db_text(s, at->verdict);

	return !v.p ? "not-assessed" : verdict_known(v) ? v.p : NULL;
}

/* One row of the query. 1: the check itself is wrong, `why` says how. */
static int one_row(struct judge *j, sqlite3_stmt *s, const struct columns *at, struct err *why, struct err *e)
{
	struct check_row row = {.thing = sqlite3_column_int64(s, at->subject), .subject = db_text(s, at->n), .verdict = row_verdict(s, at),
				.scope = sqlite3_column_int64(s, at->n + 1), .cluster = db_text(s, at->n + 2), .namespace = db_text(s, at->n + 3),
				.facts = "{}", .missing = "[]"};
	struct scope *scope = scope_by_id(j, row.scope);
	auto_buf unknown = BUF_INIT;

	if (!row.verdict) {
		err_set(why, ERR_INPUT, "gives the verdict '%.*s'", SPAN_ARG(db_text(s, at->verdict)));
		return 1;
	}
	if (!row.subject.p) {
		err_set(why, ERR_INPUT, "gives a subject that is no thing");
		return 1;
	}
	if (scope && (scope->lacks || !scope->present))
		return 0;
	if (scope && scope->doubtful && strcmp(row.verdict, "pass") == 0)
		return 0;
	if (scope && scope->only_found && strcmp(row.verdict, "fail") != 0)
		return 0;
	if (scope)
		scope->rows++;
	if (strcmp(row.verdict, "pass") != 0 && strcmp(row.verdict, "not-applicable") != 0) {
		row.detail = db_text(s, at->detail);
		if (at->key >= 0)
			row.key = db_text(s, at->key);
		row.facts = read_facts(j, s, at);
		if (!row.detail.p)
			row.detail = strcmp(row.verdict, "not-assessed") == 0 ? unknown_detail(j, s, at, &unknown) : span_of(j->c->title);
	}
	return j->each(j->ctx, j->c, &row, e);
}

/* Runs the query. 1: the check itself is wrong or was stopped. */
static int run_query(struct judge *j, struct err *why, struct err *e)
{
	auto_buf sql = BUF_INIT;
	auto_stmt *s = NULL;
	struct columns at;
	struct sandbox box;
	int rc = 0, step = 0;

	if (write_query(j, &sql, why) || sandbox_prepare(j->db, buf_str(&sql), &s, why) || find_columns(s, &at, why))
		return 1;
	sandbox_start(j->db, &box);
	while (rc == 0 && (step = sqlite3_step(s)) == SQLITE_ROW)
		rc = one_row(j, s, &at, why, e);
	if (rc == 0 && step != SQLITE_DONE) {
		err_set(why, ERR_INPUT, "%s", box.stopped ? "stopped: it took too many steps" : sqlite3_errmsg(j->db->h));
		rc = 1;
	}
	sandbox_stop(j->db, &box);
	return rc;
}

/* Scopes that got no row: not-assessed where evidence lacks, else nothing of the kind is there. */
static int emit_scopes(struct judge *j, struct err *e)
{
	if (!j->n)
		return emit_scope(j, NULL, "not-assessed", arena_printf(&j->arena, "Not assessed: no evidence of any %s was given.", j->c->scope),
				  arena_printf(&j->arena, "[\"%s\"]", j->c->needs[0].any[0]), e);
	for (size_t i = 0; i < j->n; i++) {
		const struct scope *s = &j->scopes[i];
		int rc = 0;

		if (s->present && s->missing)
			rc = emit_scope(j, s, "not-assessed", s->reason, s->missing, e);
		else if (!s->present || !s->rows)
			rc = emit_scope(j, s, "not-applicable", NULL, NULL, e);
		if (rc)
			return -1;
	}
	return 0;
}

int check_run(struct db *db, const struct check *c, check_each *each, void *ctx, struct err *e)
{
	struct judge j = {.db = db, .c = c, .each = each, .ctx = ctx};
	struct err why = {0};
	bool any = false;
	int rc = read_scopes(&j, e);

	for (size_t i = 0; i < j.n; i++)
		any |= j.scopes[i].present && !j.scopes[i].lacks;
	if (rc == 0 && any)
		rc = run_query(&j, &why, e);
	if (rc == 1)
		rc = emit_scope(&j, NULL, "error", arena_printf(&j.arena, "The check could not be run: %s.", why.msg), NULL, e);
	else if (rc == 0)
		rc = emit_scopes(&j, e);
	buf_fini(&j.facts);
	arena_fini(&j.arena);
	return rc;
}
