// SPDX-License-Identifier: Apache-2.0
// Where attackers start and what they want, from analyze/targets/*.yaml. The ways between them are derive-paths.c's.
#include "path-ends.h"
#include "knowledge.h"
#include "common/sandbox.h"
#include "common/yaml-read.h"

#include <stddef.h>

struct target {
	const char *id, *side, *rank, *why, *query;
};

static const struct knowledge_text texts[] = {
	{"id", offsetof(struct target, id), true},	   {"side", offsetof(struct target, side), true}, {"rank", offsetof(struct target, rank), true},
	{"why", offsetof(struct target, why), true}, {"query", offsetof(struct target, query), true},
};
enum { TEXTS = sizeof(texts) / sizeof(texts[0]) };

static int parse(struct arena *a, struct span text, struct target *t, struct err *e)
{
	struct json *doc;

	if (yaml_parse(a, text, &doc, e))
		return -1;
	JSON_MEMBERS(m, doc) {
		int rc = knowledge_read_text(texts, TEXTS, t, m->key.text, &m->value, e);

		if (rc <= 0)
			return rc ? -1 : err_set(e, ERR_INPUT, "unknown key '%s'", m->key.text);
	}
	if (knowledge_texts_there(texts, TEXTS, t, e))
		return -1;
	if (strcmp(t->side, "entry") != 0 && strcmp(t->side, "jewel") != 0)
		return err_set(e, ERR_INPUT, "side '%s' is not entry or jewel", t->side);
	return 0;
}

static int keep_rows(struct db *db, const struct target *t, struct err *e)
{
	auto_stmt *s = NULL;
	struct sandbox box;
	int64_t rank;
	int rc = 0;

	if (!span_int(span_of(t->rank), &rank))
		return err_set(e, ERR_INPUT, "rank '%s' is no number", t->rank);
	if (sandbox_prepare(db, t->query, &s, e))
		return -1;
	if (sqlite3_column_count(s) != 2)
		return err_set(e, ERR_INPUT, "the query must give thing and title");
	sandbox_start(db, &box);
	while (rc == 0 && (rc = db_step(db, s, e)) == 1)
		rc = db_run(db, e,
			    "INSERT INTO path_end(thing, side, class, rank, title) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET class = excluded.class, rank = excluded.rank, "
			    "title = excluded.title WHERE excluded.rank < path_end.rank",
			    "issit", sqlite3_column_int64(s, 0), t->side, t->id, rank, db_text(s, 1));
	sandbox_stop(db, &box);
	return rc;
}

static int one_file(void *ctx, const char *file, struct span text, struct err *e)
{
	struct db *db = ctx;
	struct target t = {0};
	auto_arena a = ARENA_INIT;

	return parse(&a, text, &t, e) || keep_rows(db, &t, e) ? err_wrap(e, "%s", file) : 0;
}

int path_ends_fill(struct db *db, struct err *e)
{
	return knowledge_walk("analyze/targets/", NULL, one_file, db, e);
}
