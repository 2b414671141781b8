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

int assessment_exit(struct db *db)
{
	const char *file = sqlite3_db_filename(db->h, "main");
	bool temporary = !file || !*file;

	return temporary && db_int(db, 0, "SELECT count(*) FROM problem", "") ? 4 : 0;
}
