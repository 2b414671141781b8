// SPDX-License-Identifier: Apache-2.0
// Each different licence text once: its expression, class and ruling. How texts are read is license.c's.
#include "derive-licence.h"
#include "license.h"

static enum license_ruling policy(void *ctx, struct span word)
{
	struct db *db = ctx;
	sqlite3_stmt *s = db_stmt(db, "SELECT ruling FROM licence_policy WHERE word = ? COLLATE NOCASE ORDER BY ruling DESC LIMIT 1");
	enum license_ruling r = LICENSE_UNRULED;

	db_bind(s, "t", word);
	if (db_step(db, s, NULL) == 1)
		r = span_eq(db_text(s, 0), "deny") ? LICENSE_DENY : LICENSE_ALLOW;
	sqlite3_reset(s);
	return r;
}

int derive_licences(struct db *db, struct err *e)
{
	static const char *const rulings[] = {"allow", NULL, "deny"};
	auto_arena a = ARENA_INIT;
	auto_stmt *q = NULL;
	bool ruled = db_int(db, 0, "SELECT EXISTS (SELECT 1 FROM licence_policy)", "") > 0;
	int rc;

	if (db_prepare(db, "SELECT DISTINCT license FROM package WHERE license IS NOT NULL ORDER BY license", &q, e))
		return -1;
	while ((rc = db_step(db, q, e)) == 1) {
		struct license_reading r;

		arena_reset(&a);
		license_read(&a, db_text(q, 0), ruled ? policy : NULL, db, &r);
		if (db_run(db, e, "INSERT INTO licence(text, expression, class, ruling) VALUES (?, ?, ?, ?)", "ttss", db_text(q, 0), r.expression,
			   license_class_name(r.class), rulings[r.ruling]))
			return -1;
	}
	return rc;
}
