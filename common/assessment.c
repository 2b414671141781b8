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
}

int assessment_exit(struct db *db)
{
	const char *file = sqlite3_db_filename(db->h, "main");
	bool temporary = !file || !*file;

	return temporary && db_int(db, 0, "SELECT count(*) FROM problem", "") ? 4 : 0;
}
