// SPDX-License-Identifier: Apache-2.0
// `plimsoll network flows`: what was observed, added up by workload, against what the policies say.
#include "network.h"
#include "common/text.h"

#include <stdio.h>

static void put_end(struct buf *b, sqlite3_stmt *s, int workload, int raw, bool json)
{
	if (json && db_text(s, workload).p) {
		static const char *const names[] = {"namespace", "kind", "name"};

		for (int i = 0; i < 3; i++) {
			buf_printf(b, "%s\"%s\":", i ? "," : "{", names[i]);
			text_add_json(b, db_text(s, workload + i));
		}
		buf_add_char(b, '}');
	} else if (json) {
		buf_add_str(b, "{\"address\":");
		text_add_json(b, db_text(s, raw));
		buf_add_char(b, '}');
	} else if (db_text(s, workload).p) {
		for (int i = 0; i < 3; i++) {
			buf_add_str(b, i ? "/" : "");
			text_add_clean(b, db_text(s, workload + i), false);
		}
	} else {
		text_add_clean(b, db_text(s, raw), false);
	}
}

static const char *word(sqlite3_stmt *s, int column, const char *yes, const char *no, const char *unknown)
{
	return sqlite3_column_type(s, column) == SQLITE_NULL ? unknown : sqlite3_column_int(s, column) ? yes : no;
}

static void put_row(struct buf *b, sqlite3_stmt *s, bool json)
{
	buf_add_str(b, json ? "{\"source\":" : "");
	put_end(b, s, 0, 6, json);
	buf_add_str(b, json ? ",\"target\":" : " -> ");
	put_end(b, s, 3, 7, json);
	if (json)
		buf_printf(b, ",\"protocol\":\"%s\",\"port\":%d,\"flows\":%lld,\"way\":\"%s\",\"passed\":%s,\"permitted\":%s}", db_text(s, 8).p, sqlite3_column_int(s, 9),
			   (long long)sqlite3_column_int64(s, 10), db_text(s, 11).p, word(s, 12, "true", "false", "null"), word(s, 13, "true", "false", "null"));
	else
		buf_printf(b, " %s %d  %lld flows, %s, %s; policies %s", db_text(s, 8).p, sqlite3_column_int(s, 9), (long long)sqlite3_column_int64(s, 10), db_text(s, 11).p,
			   word(s, 12, "passed", "dropped", "outcome not told"), word(s, 13, "permit it", "do not permit it", "cannot be asked"));
}

int network_flows(const struct network_options *o, struct err *e)
{
	sqlite3_stmt *s = db_stmt(o->db,
				  "SELECT source_namespace, source_kind, source_name, target_namespace, target_kind, target_name, min(iif(source_name IS NULL, source, NULL)) AS a, "
				  "min(iif(target_name IS NULL, target, NULL)) AS b, protocol, port, sum(count), way, allowed, permitted FROM v_flow "
				  "WHERE ?1 IS NULL OR cluster = ?1 GROUP BY cluster, 1, 2, 3, 4, 5, 6, iif(source_name IS NULL, source, NULL), "
				  "iif(target_name IS NULL, target, NULL), protocol, port, way, allowed, permitted ORDER BY 1, 2, 3, a, 4, 5, 6, b, protocol, port, allowed, permitted");
	bool json = o->format && strcmp(o->format, "json") == 0;
	int rc;

	if (o->rest->n)
		return err_set(e, ERR_USAGE, "network flows takes SITE.db");
	db_bind(s, "s", o->cluster);
	while ((rc = db_step(o->db, s, e)) == 1) {
		auto_buf b = BUF_INIT;

		put_row(&b, s, json);
		puts(buf_str(&b));
	}
	sqlite3_reset(s);
	return rc;
}
