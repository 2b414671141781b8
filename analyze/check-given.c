// SPDX-License-Identifier: Apache-2.0
// Turns the `given` of a check's case into members for the loaders and rows for what has no text form. Verdicts are check-test.c's.
#include "check-given.h"
#include "analyze.h"
#include "check.h"
#include "distinct.h"
#include "load.h"
#include "common/buf.h"
#include "common/recognise.h"

#include <inttypes.h>

struct given {
	struct arena *arena;
	const struct json *cas;
	struct db *db;
};

static bool is_list(const struct json *v)
{
	return json_is(json_get(v, "items"), JSON_ARRAY);
}

static int give_text(const char *name, struct span text, input_each *each, void *ctx, struct err *e)
{
	char kind[160];
	struct source s;
	int rc;
	struct member m = {.path = name, .content = &s};

	source_from_span(&s, text, name);
	if (recognise(span_of(name), text, kind, sizeof(kind)) == RECOGNISED)
		m.kind = kind;
	rc = each(ctx, &m, e);
	source_close(&s);
	return rc;
}

/* All single objects stand in one list, as `kubectl get all -o json` gives them. */
static int give_objects(const struct json *given, input_each *each, void *ctx, struct err *e)
{
	auto_buf b = BUF_INIT;
	size_t n = 0;

	buf_add_str(&b, "{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[");
	JSON_EACH(v, given) {
		if (!json_get(v, "apiVersion") || is_list(v))
			continue;
		buf_add_str(&b, n++ ? "," : "");
		json_write(&b, v);
	}
	buf_add_str(&b, "]}");
	return n ? give_text("given.json", buf_span(&b), each, ctx, e) : 0;
}

static int give_one(struct given *g, const struct json *v, size_t ordinal, input_each *each, void *ctx, struct err *e)
{
	struct span file = json_text_at(v, "file"), text = json_text_at(v, "text");
	auto_buf b = BUF_INIT;

	if (!file.p && !is_list(v))
		return 0;
	if (text.p)
		buf_add_span(&b, text);
	else
		json_write(&b, file.p ? json_get(v, "json") : v);
	return give_text(file.p ? file.p : arena_printf(g->arena, "given-%zu.json", ordinal), buf_span(&b), each, ctx, e);
}

static bool is_name(const char *s)
{
	return *s && !s[strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_")];
}

static void bind_value(sqlite3_stmt *s, int i, const struct json *v)
{
	int64_t n;

	if (json_int(v, &n))
		sqlite3_bind_int64(s, i, n);
	else if (json_bool(v) >= 0)
		sqlite3_bind_int(s, i, json_bool(v));
	else if (v->type == JSON_NUMBER)
		sqlite3_bind_double(s, i, strtod(v->text, NULL));
	else if (v->type == JSON_STRING)
		sqlite3_bind_text(s, i, v->text, (int)v->n, SQLITE_STATIC);
}

/* The text '@thing' stands for the id of the thing itself. */
static int add_row(struct db *db, const char *table, const struct json *row, int64_t thing, struct err *e)
{
	auto_buf sql = BUF_INIT, marks = BUF_INIT;
	auto_stmt *s = NULL;
	int i = 1;

	if (!is_name(table))
		return err_set(e, ERR_INPUT, "'%s' is no table", table);
	buf_printf(&sql, "INSERT INTO %s(", table);
	JSON_MEMBERS(m, row) {
		if (!is_name(m->key.text))
			return err_set(e, ERR_INPUT, "'%s' is no column", m->key.text);
		buf_printf(&sql, "%s\"%s\"", marks.n ? ", " : "", m->key.text);
		buf_add_str(&marks, marks.n ? ", ?" : "?");
	}
	buf_printf(&sql, ") VALUES (%s)", buf_str(&marks));
	if (db_prepare(db, buf_str(&sql), &s, e))
		return -1;
	JSON_MEMBERS(m, row) {
		if (span_eq(json_str(&m->value), "@thing"))
			sqlite3_bind_int64(s, i++, thing);
		else
			bind_value(s, i++, &m->value);
	}
	return db_step(db, s, e) < 0 ? err_wrap(e, "table %s", table) : 0;
}

static int add_thing(struct db *db, const struct json *v, struct err *e)
{
	struct span evidence = json_text_at(v, "evidence");
	const char *scope_kind = evidence.p ? check_scope_of(evidence.p) : "site";
	struct load l = {.db = db};
	struct thing_spec spec = {.kind = json_text_at(v, "kind").p, .type = json_text_at(v, "type").p, .ref = json_text_at(v, "thing"), .name = json_text_at(v, "name")};
	int64_t thing;

	if (!spec.kind || !spec.type || !spec.name.p)
		return err_set(e, ERR_INPUT, "thing %s: kind, type and name are needed", spec.ref.p);
	if (strcmp(scope_kind, "cluster") == 0)
		l.cluster = "cluster";
	if (load_scope(db, scope_kind, span_of(l.cluster ? l.cluster : scope_kind), &l.scope, e) || (evidence.p && load_kind(&l, evidence.p, 1, e)) ||
	    load_thing(&l, &spec, &thing, NULL, e))
		return -1;
	JSON_MEMBERS(m, json_get(v, "tables")) {
		if (m->value.type == JSON_OBJECT && add_row(db, m->key.text, &m->value, thing, e))
			return -1;
		JSON_EACH(row, &m->value)
			if (add_row(db, m->key.text, row, thing, e))
				return -1;
	}
	return 0;
}

static int walk(void *ctx, input_each *each, void *each_ctx, struct err *e)
{
	struct given *g = ctx;
	const struct json *given = json_get(g->cas, "given");
	size_t ordinal = 0;

	JSON_EACH(v, given)
		if (give_one(g, v, ++ordinal, each, each_ctx, e) || (json_get(v, "thing") && add_thing(g->db, v, e)))
			return -1;
	return give_objects(given, each, each_ctx, e);
}

/* 22 November 2026: cases don't age. */
enum { AS_OF = 1795305600 };

int check_given_open(struct db *db, struct err *e)
{
	/* Cases tell of single packages; what is matched is components. */
	static const char match[] =
		"CREATE TEMP TRIGGER given_match INSTEAD OF INSERT ON match BEGIN"
		" INSERT INTO component(type, ecosystem, release, name, version, source, source_version, module, kernel, pro)"
		"  SELECT type, type, '', name, version, source, source_version, module, 0, 0 FROM package WHERE id = NEW.package AND component IS NULL;"
		" UPDATE package SET component = last_insert_rowid() WHERE id = NEW.package AND component IS NULL;"
		" INSERT INTO component_match(component, vulnerability, status, fixed, feed, feeds, advisory)"
		"  SELECT component, NEW.vulnerability, NEW.status, NEW.fixed, NEW.feed, NEW.feeds, NEW.advisory FROM package WHERE id = NEW.package;"
		" INSERT INTO package_vex(package, vulnerability, vex, justification, author, note)"
		"  SELECT NEW.package, NEW.vulnerability, NEW.vex, NEW.vex_justification, NEW.vex_author, NEW.vex_note WHERE NEW.vex IS NOT NULL;"
		" END";

	/* In memory: a case is undone by rolling back, which costs a twentieth of making the tables anew. */
	return analyze_create(db, NULL, e) || distinct_index(db, e) || db_exec(db, match, e) || db_undoable(db, e) ? -1 : 0;
}

int check_given(struct arena *a, const struct json *cas, const char *edge, struct db *db, struct err *e)
{
	struct given g = {a, cas, db};
	struct analyze_options o = {.no_checks = true, .edge = edge, .walk = walk, .walk_ctx = &g, .as_of = AS_OF};
	const struct json *engagement = json_get(cas, "engagement");
	auto_buf told = BUF_INIT;
	int64_t unread = 0;

	if (engagement) {
		json_write(&told, engagement);
		o.engagement_text = buf_span(&told);
	}
	if (analyze_fill(&o, db, &unread, e))
		return -1;
	if (unread)
		return err_set(e, ERR_INPUT, "`given` could not be read wholly (%d problems)", (int)unread);
	return 0;
}

static void test_file(struct db *db, const struct check_cases *files, const void *element, int64_t *passed, int64_t *failed)
{
	const char *id = *(const char *const *)element, *file = *(const char *const *)((const char *)element + files->file), *lacks = NULL;
	auto_arena a = ARENA_INIT;
	struct err why = {0};
	struct json *cases;

	if (knowledge_cases(&a, file, &cases, &why) || (lacks = files->lacks(&a, cases))) {
		printf("not ok - %s: %s\n", id, lacks ? lacks : why.msg);
		(*failed)++;
		return;
	}
	JSON_EACH(cas, cases) {
		int rc = files->run(&a, db, element, cas, &why);

		if (rc < 0)
			printf("not ok - %s: %.*s: %s\n", id, SPAN_ARG(json_text_at(cas, "case")), why.msg);
		*(rc ? failed : passed) += 1;
	}
}

int64_t check_given_test(const char *what, struct check_cases files, const char *only, struct err *e)
{
	int64_t passed = 0, failed = 0;
	auto_db db = {0};

	if (check_given_open(&db, e))
		return -1;
	for (size_t i = 0; i < files.n; i++) {
		const void *element = (const char *)files.at + i * files.size;

		if (!only || strncmp(*(const char *const *)element, only, strlen(only)) == 0)
			test_file(&db, &files, element, &passed, &failed);
	}
	printf("%" PRId64 " passed, %" PRId64 " failed\n", passed, failed);
	return passed + failed ? failed : err_set(e, ERR_USAGE, "no %s starts with '%s'", what, only ? only : "");
}
