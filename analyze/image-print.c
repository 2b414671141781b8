// SPDX-License-Identifier: Apache-2.0
// What the JSON documents of images share: text, time, identity, lists. Which documents there are, image-out.h says.
#include "image-print.h"

#include "common/hash.h"
#include "common/text.h"

void image_print(struct buf *b)
{
	fwrite(b->p ? b->p : "", 1, b->n, stdout);
	buf_reset(b);
}

void image_print_time(struct buf *b, struct db *db)
{
	time_t when = (time_t)db_int(db, 0, "SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'as-of'", "");
	struct tm tm = {0};
	char text[32] = "1970-01-01T00:00:00Z";

	if (gmtime_r(&when, &tm))
		strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm);
	text_add_json(b, span_of(text));
}

void image_print_id(struct db *db, const char *sql, char out[37])
{
	sqlite3_stmt *q = db_stmt(db, sql);
	char hex[HASH_HEX];
	struct hash h;

	hash_init(&h);
	while (db_step(db, q, NULL) == 1) {
		struct span s = db_text(q, 0);

		hash_add(&h, s.p, s.n);
		hash_add(&h, "\n", 1);
	}
	sqlite3_reset(q);
	hash_hex(&h, hex);
	snprintf(out, 37, "%.8s-%.4s-8%.3s-a%.3s-%.12s", hex, hex + 8, hex + 12, hex + 15, hex + 18);
}

void image_print_pair(struct buf *b, const char *key, struct span value)
{
	text_add_json(b, span_of(key));
	buf_add_char(b, ':');
	text_add_json(b, value);
}

int image_print_list(struct db *db, const char *sql, int parameter, void (*what)(struct buf *b, sqlite3_stmt *q), bool comma, struct err *e)
{
	auto_buf b = BUF_INIT;
	auto_stmt *q = NULL;
	int r;

	if (db_prepare(db, sql, &q, e))
		return -1;
	if (sqlite3_bind_parameter_count(q) > 0)
		sqlite3_bind_int(q, 1, parameter);
	while ((r = db_step(db, q, e)) == 1) {
		if (comma)
			buf_add_str(&b, ",\n");
		what(&b, q);
		image_print(&b);
		comma = true;
	}
	return r;
}
