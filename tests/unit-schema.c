// SPDX-License-Identifier: Apache-2.0
// The schema: every table is STRICT, every view can be read by any sqlite3 (no function of ours), times parse.
#include "test.h"
#include "analyze/load.h"
#include "analyze/schema.h"

static int fresh(struct db *db)
{
	struct err e = {0};

	if (db_create(db, NULL, DB_APPLICATION_ID, &e) || schema_create(db, &e)) {
		printf("not ok - %s\n", e.msg);
		return -1;
	}
	return 0;
}

static void tables_are_strict(void)
{
	auto_db db = {0};

	CHECK(fresh(&db) == 0);
	CHECK_INT(db_int(&db, -1, "SELECT count(*) FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND NOT strict "
				  "AND name NOT LIKE 'sqlite_%'", ""), 0);
	CHECK(db_int(&db, -1, "SELECT count(*) FROM pragma_table_list WHERE schema = 'main' AND type = 'table'", "") > 50);
}

static void views_open(void)
{
	auto_db db = {0};
	auto_stmt *names = NULL;
	struct err e = {0};
	int views = 0;

	CHECK(fresh(&db) == 0);
	CHECK(db_prepare(&db, "SELECT name FROM sqlite_schema WHERE type = 'view' ORDER BY name", &names, &e) == 0);
	while (db_step(&db, names, &e) == 1) {
		auto_stmt *s = NULL;
		char sql[128];

		snprintf(sql, sizeof(sql), "SELECT * FROM %.*s", SPAN_ARG(db_text(names, 0)));
		views++;
		CHECK(db_prepare(&db, sql, &s, &e) == 0 && db_step(&db, s, &e) >= 0);
	}
	CHECK(views > 25);
}

static void times(void)
{
	/* Expectations from `date -u -d ... +%s`. */
	CHECK_INT(load_time(SPAN("2026-11-22T11:37:06Z")), 1795347426);
	CHECK_INT(load_time(SPAN("1970-01-01T00:00:00Z")), 0);
	CHECK_INT(load_time(SPAN("2000-02-29")), 951782400);
	CHECK_INT(load_time(SPAN("2024-03-01T01:02:03.123456+02:30")), 1709245923);
	CHECK_INT(load_time(SPAN("2024-13-01")), 0);
	CHECK_INT(load_time(SPAN("tomorrow")), 0);
	CHECK_INT(load_time(SPAN("")), 0);
}

int main(void)
{
	TEST(tables_are_strict);
	TEST(views_open);
	TEST(times);
	return test_end();
}
