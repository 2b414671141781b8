// SPDX-License-Identifier: Apache-2.0
// Real images against real feeds, where ../shared/data is there: every row of truth.json comes out and nothing beside it.
#include "analyze/derive-match.h"
#include "analyze/load-image.h"
#include "analyze/schema.h"
#include "common/json.h"
#include "test.h"
#include "vulnfeeds/import.h"

#include <unistd.h>

#define DATA "../shared/data/"

static struct db feeds;

static int analyze(struct db *db, const char *path, struct err *e)
{
	struct load l = {.db = db, .kind = "image/archive", .path = path};
	struct source s;

	if (db_create(db, NULL, DB_APPLICATION_ID, e) || schema_create(db, e) || db_begin(db, e) ||
	    load_scope(db, "images", SPAN("images"), &l.scope, e) || source_from_file(&s, path, e))
		return -1;
	int r = load_member(&l, &s, e) || derive_match(db, &feeds, e) || db_commit(db, e) ? -1 : 0;

	source_close(&s);
	load_fini(&l);
	return r;
}

static bool has_row(struct db *db, const struct json *row)
{
	int64_t layer = -1;

	json_int(json_get(row, "layer"), &layer);
	return db_int(db, 0,
		      "SELECT count(*) FROM v_vulnerability WHERE component = ?1 AND version = ?2 AND type = ?3 AND layer = ?4 AND fixed = ?5"
		      " AND (name = ?6 OR EXISTS (SELECT 1 FROM json_each(aliases) WHERE value = ?6)) AND status = 'affected'",
		      "tttitt", json_text_at(row, "component"), json_text_at(row, "version"), json_text_at(row, "type"), layer,
		      json_text_at(row, "fixed"), json_text_at(row, "id")) == 1;
}

static void show_extra(struct db *db)
{
	sqlite3_stmt *q = db_stmt(db, "SELECT component, version, name, fixed, layer, feeds FROM v_vulnerability ORDER BY 1, 3");

	while (db_step(db, q, NULL) == 1)
		printf("  %.*s %.*s %.*s %.*s layer %d %.*s\n", SPAN_ARG(db_text(q, 0)), SPAN_ARG(db_text(q, 1)), SPAN_ARG(db_text(q, 2)),
		       SPAN_ARG(db_text(q, 3)), sqlite3_column_int(q, 4), SPAN_ARG(db_text(q, 5)));
	sqlite3_reset(q);
}

static void check_image(const char *file, const struct json *rows)
{
	struct err e = {0};
	struct db db = {0};
	char path[256];

	snprintf(path, sizeof(path), DATA "images/%s", file);
	if (analyze(&db, path, &e))
		printf("  %s: %s\n", file, e.msg);
	CHECK_INT(e.kind, ERR_NONE);
	JSON_EACH(row, rows)
	{
		bool found = has_row(&db, row);

		if (!found)
			printf("  %s: missing %.*s %.*s\n", file, SPAN_ARG(json_text_at(row, "component")), SPAN_ARG(json_text_at(row, "id")));
		CHECK(found);
	}
	int64_t count = db_int(&db, -1, "SELECT count(*) FROM v_vulnerability", "");

	if (count != json_count(rows))
		show_extra(&db);
	CHECK_INT(count, json_count(rows));
	CHECK_INT(db_int(&db, -1, "SELECT count(*) FROM problem", ""), 0);
	CHECK_INT(db_int(&db, -1, "SELECT min(verified AND readable) FROM image", ""), 1);
	db_close(&db);
}

static int64_t assessed(const char *file, const char *ecosystem)
{
	struct err e = {0};
	struct db db = {0};
	char path[256];
	int64_t r;

	snprintf(path, sizeof(path), DATA "images/%s", file);
	if (analyze(&db, path, &e))
		return -1;
	r = db_int(&db, -1, "SELECT state = 'assessed' FROM feed_coverage WHERE ecosystem IS ? AND package IS NULL", "s", ecosystem);
	db_close(&db);
	return r;
}

static void truth(void)
{
	auto_arena a = ARENA_INIT;
	auto_buf text = BUF_INIT;
	struct err e = {0};
	struct source s;
	struct json *doc = NULL;

	CHECK_INT(source_from_file(&s, DATA "images/truth.json", &e) || source_slurp(&s, &text, 1 << 20, &e) ||
			  json_parse(&a, buf_span(&text), &doc, &e), 0);
	source_close(&s);
	check_image("debian-12.15-slim.oci.tar", json_get(doc, "debian-12.15-slim"));
	check_image("real-distroless.docker.tar", json_get(doc, "real-distroless"));
	check_image("app-node.docker.tar", json_get(doc, "app-node"));
	check_image("app-node.oci.tar", json_get(doc, "app-node"));
	check_image("alpine-3.14.10.docker.tar", json_get(doc, "alpine-3.14.10"));
	check_image("alpine-3.14.10.oci.tar", json_get(doc, "alpine-3.14.10"));
	check_image("real-alpine-310.docker.tar", json_get(doc, "real-alpine-310"));
	CHECK_INT(assessed("real-alpine-310.docker.tar", "Alpine"), 1);
	CHECK_INT(assessed("alpine-3.14.10.docker.tar", "Alpine"), 0);
	CHECK_INT(assessed("app-node.oci.tar", "Alpine"), 0);
	CHECK_INT(assessed("app-node.oci.tar", "npm"), 1);
	CHECK_INT(assessed("rpm-centos7-bdb.docker.tar", "CentOS"), 0);
}

int main(void)
{
	const char *inputs[] = {DATA "feeds/debian-derived", DATA "feeds/debian-dsa-dla-2023", DATA "feeds/ghsa-subset",
				DATA "feeds/alpine-secdb-2020"};
	char path[256];
	struct store store = {0};
	struct err e = {0};

	if (access(DATA "images/truth.json", R_OK) == 0) {
		snprintf(path, sizeof(path), "%s/truth-%ld.db", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp", (long)getpid());
		CHECK_INT(import_feeds(&store, path, inputs, 4, &e), 0);
		CHECK_INT(db_open(&feeds, path, DB_FEEDS_APPLICATION_ID, &e), 0);
		TEST(truth);
		db_close(&feeds);
		unlink(path);
	}
	return test_end();
}
