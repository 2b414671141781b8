// SPDX-License-Identifier: Apache-2.0
// Opening what a user names as SITE.db.
#include "assessment.h"
#include "object.h"
#include "version-sql.h"
#include "source.h"

#include <sys/stat.h>

static assessment_analyze *analyzer;

void assessment_set_analyzer(assessment_analyze *analyze)
{
	analyzer = analyze;
}

static bool is_database(const char *path)
{
	static const char magic[] = "SQLite format 3";
	char head[sizeof(magic)] = "";
	struct source s;
	bool yes;

	if (source_from_file(&s, path, NULL))
		return false;
	yes = source_read(&s, head, sizeof(head), NULL) == (ssize_t)sizeof(head) && memcmp(head, magic, sizeof(magic)) == 0;
	source_close(&s);
	return yes;
}

int assessment_open(struct db *db, const char *path, struct err *e)
{
	struct stat st;
	int rc;

	if (!analyzer || stat(path, &st) || is_database(path))
		rc = db_open(db, path, DB_APPLICATION_ID, e);
	else
		rc = analyzer(db, path, e);
	if (rc)
		return -1;
	if (object_register(db, e) || version_sql_register(db, e)) {
		db_close(db);
		return -1;
	}
	return 0;
}

static bool concerns(struct span kind, const char *const *kinds)
{
	if (!kinds || span_eq(kind, "kubernetes/*"))
		return true;
	for (size_t i = 0; kinds[i]; i++)
		if (span_starts(kind, "kubernetes/") && span_eq((struct span){kind.p + strlen("kubernetes/"), kind.n - strlen("kubernetes/")}, kinds[i]))
			return true;
	return false;
}

void assessment_warn_partly(struct db *db, const char *cluster, const char *const *kinds, const char *consequence)
{
	auto_stmt *s = NULL;
	auto_buf last = BUF_INIT;

	if (db_prepare(db, "SELECT cluster, kind, reason FROM v_partly WHERE ?1 IS NULL OR cluster = ?1 ORDER BY cluster, seen IS NULL, kind", &s, NULL))
		return;
	db_bind(s, "s", cluster);
	while (db_step(db, s, NULL) == 1) {
		struct span name = db_text(s, 0);

		if (span_is(buf_span(&last), name) || !concerns(db_text(s, 1), kinds))
			continue;
		buf_reset(&last);
		buf_add_span(&last, name);
		warn("%.*s: %.*s: %s", SPAN_ARG(name), SPAN_ARG(db_text(s, 2)), consequence);
	}
}

void assessment_warn_missing(struct db *db, const char *cluster, const char *const *kinds, const char *consequence)
{
	auto_stmt *s = NULL;
	int rc = db_prepare(db, "SELECT id, name FROM scope WHERE kind = 'cluster' AND state = 'in-scope' AND (?1 IS NULL OR name = ?1) ORDER BY name", &s, NULL);

	if (rc)
		return;
	db_bind(s, "s", cluster);
	while (db_step(db, s, NULL) == 1) {
		struct span name = db_text(s, 1);
		auto_buf missing = BUF_INIT;

		for (size_t i = 0; kinds[i]; i++)
			if (db_int(db, 1, "SELECT count(*) FROM evidence_kind WHERE scope = ? AND kind = 'kubernetes/' || ?", "is", (int64_t)sqlite3_column_int64(s, 0), kinds[i]) == 0)
				buf_printf(&missing, "%s%s", missing.n ? ", " : "", kinds[i]);
		if (missing.n)
			warn("%.*s: %s were not collected: %s", SPAN_ARG(name), buf_str(&missing), consequence);
	}
	assessment_warn_partly(db, cluster, kinds, consequence);
}

int assessment_exit(struct db *db)
{
	const char *file = sqlite3_db_filename(db->h, "main");
	bool temporary = !file || !*file;

	return temporary && db_int(db, 0, "SELECT count(*) FROM problem", "") ? 4 : 0;
}
