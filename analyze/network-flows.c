// SPDX-License-Identifier: Apache-2.0
// `plimsoll network flows`: what was observed, added up by workload, against what the policies say; what they allow and nobody used, what is
// worth a look, and all of it in a few lines. What flows mean is derive-flow.c's.
#include "network.h"
#include "common/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

/* How a column of the query is shown. An end takes four: namespace, kind and name of the workload, and what it is called where no workload is known. */
enum form { END_OF_COLUMNS, END, TEXT, NUMBER, YES_NO, TIME };
struct column {
	const char *name;
	enum form form;
};
struct listing {
	const char *sql;
	const struct column *columns;
	void (*text)(struct buf *b, sqlite3_stmt *s);
};

static void put_end(struct buf *b, sqlite3_stmt *s, int at, bool json)
{
	static const char *const names[] = {"namespace", "kind", "name"};
	struct span raw = db_text(s, at + 3);

	if (json && db_text(s, at).p) {
		for (int i = 0; i < 3; i++) {
			buf_printf(b, "%s\"%s\":", i ? "," : "{", names[i]);
			text_add_json(b, db_text(s, at + i));
		}
		buf_add_char(b, '}');
	} else if (json && raw.p) {
		buf_add_str(b, "{\"address\":");
		text_add_json(b, raw);
		buf_add_char(b, '}');
	} else if (json) {
		buf_add_str(b, "null");
	} else if (db_text(s, at).p) {
		for (int i = 0; i < 3; i++) {
			buf_add_str(b, i ? "/" : "");
			text_add_clean(b, db_text(s, at + i), false);
		}
	} else {
		text_add_clean(b, raw.p ? raw : SPAN("every workload that no policy holds back"), false);
	}
}

static void add_time(struct buf *b, int64_t seconds)
{
	time_t t = (time_t)seconds;
	char text[32];
	struct tm tm;

	if (gmtime_r(&t, &tm) && strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm))
		buf_add_str(b, text);
}

static void put_value(struct buf *b, sqlite3_stmt *s, int at, enum form form, bool json)
{
	auto_buf plain = BUF_INIT;

	if (sqlite3_column_type(s, at) == SQLITE_NULL)
		buf_add_str(&plain, json ? "null" : "");
	else if (form == YES_NO)
		buf_add_str(&plain, sqlite3_column_int(s, at) ? "true" : "false");
	else if (form == NUMBER)
		buf_printf(&plain, "%" PRId64, (int64_t)sqlite3_column_int64(s, at));
	else if (form == TIME)
		add_time(&plain, sqlite3_column_int64(s, at));
	else
		buf_add_span(&plain, db_text(s, at));
	if (!json)
		text_add_csv(b, buf_span(&plain));
	else if (sqlite3_column_type(s, at) == SQLITE_NULL || form == YES_NO || form == NUMBER)
		buf_add_span(b, buf_span(&plain));
	else
		text_add_json(b, buf_span(&plain));
}

static void put_row(struct buf *b, sqlite3_stmt *s, const struct column *columns, bool json)
{
	int at = 0;

	for (const struct column *c = columns; c->form; c++) {
		if (json)
			buf_printf(b, "%s\"%s\":", c == columns ? "{" : ",", c->name);
		else
			buf_add_str(b, c == columns ? "" : ",");
		if (c->form == END && json) {
			put_end(b, s, at, true);
		} else if (c->form == END) {
			auto_buf end = BUF_INIT;

			put_end(&end, s, at, false);
			text_add_csv(b, buf_span(&end));
		} else {
			put_value(b, s, at, c->form, json);
		}
		at += c->form == END ? 4 : 1;
	}
	buf_add_str(b, json ? "}" : "");
}

static const char *word(sqlite3_stmt *s, int column, const char *yes, const char *no, const char *unknown)
{
	return sqlite3_column_type(s, column) == SQLITE_NULL ? unknown : sqlite3_column_int(s, column) ? yes : no;
}

/* What several observers count of one connection is not added up, and what one of them does not tell another does. */
#define ENDS "cluster, source_namespace, source_kind, source_name, a, target_namespace, target_kind, target_name, b, protocol, port"
static const char flows_sql[] =
	"WITH by_origin AS (SELECT cluster, source_namespace, source_kind, source_name, iif(source_name IS NULL, source, NULL) AS a, target_namespace, target_kind, target_name, "
	"  iif(target_name IS NULL, target, NULL) AS b, protocol, port, origin, way, allowed, permitted, sum(count) AS flows, min(name) AS name, min(first) AS first, max(last) AS last FROM v_flow "
	"  WHERE ?1 IS NULL OR cluster = ?1 GROUP BY cluster, 2, 3, 4, 5, 6, 7, 8, 9, protocol, port, origin, way, allowed, permitted), "
	"told AS (SELECT " ENDS ", way, coalesce(allowed, max(allowed) OVER (PARTITION BY " ENDS ")) AS outcome, permitted, flows, name, first, last FROM by_origin) "
	"SELECT source_namespace, source_kind, source_name, a, target_namespace, target_kind, target_name, b, protocol, port, max(flows), way, outcome, permitted, min(name), min(first), max(last) FROM told "
	"GROUP BY " ENDS ", way, outcome, permitted ORDER BY 1, 2, 3, 4, 5, 6, 7, 8, protocol, port, outcome, permitted";
#undef ENDS
static const struct column flows_columns[] = {{"source", END}, {"target", END}, {"protocol", TEXT}, {"port", NUMBER}, {"flows", NUMBER}, {"way", TEXT}, {"passed", YES_NO}, {"permitted", YES_NO},
					      {"name", TEXT}, {"first", TIME}, {"last", TIME}, {0}};

static void flows_text(struct buf *b, sqlite3_stmt *s)
{
	struct span name = db_text(s, 14);

	put_end(b, s, 0, false);
	buf_add_str(b, " -> ");
	put_end(b, s, 4, false);
	if (name.n) {
		buf_add_str(b, " (");
		text_add_clean(b, name, false);
		buf_add_str(b, ")");
	}
	buf_printf(b, " %s %d  %lld flows, %s, %s; policies %s", db_text(s, 8).p, sqlite3_column_int(s, 9), (long long)sqlite3_column_int64(s, 10), db_text(s, 11).p,
		   word(s, 12, "passed", "dropped", "outcome not told"), word(s, 13, "permit it", "do not permit it", "cannot be asked"));
}

static const char unused_sql[] =
	"SELECT source_namespace, source_kind, source_name, NULL, target_namespace, target_kind, target_name, NULL, protocol, allowed, used, unused FROM v_flow_unused "
	"WHERE ?1 IS NULL OR cluster = ?1 ORDER BY cluster, target_namespace, target_kind, target_name, source_namespace, source_kind, source_name, protocol";
static const struct column unused_columns[] = {{"source", END}, {"target", END}, {"protocol", TEXT}, {"allowed", TEXT}, {"used", TEXT}, {"unused", TEXT}, {0}};

static void unused_text(struct buf *b, sqlite3_stmt *s)
{
	put_end(b, s, 0, false);
	buf_add_str(b, " -> ");
	put_end(b, s, 4, false);
	buf_printf(b, " %s %s: ", db_text(s, 8).p, db_text(s, 9).p);
	if (db_text(s, 10).n)
		buf_printf(b, span_eq(db_text(s, 11), "all others") ? "used %s; nothing else" : "used %s; never %s", db_text(s, 10).p, db_text(s, 11).p);
	else
		buf_add_str(b, "never used");
}

static const char unexpected_sql[] =
	"SELECT code, reason, source_namespace, source_kind, source_name, iif(source_name IS NULL, source, NULL), target_namespace, target_kind, target_name, iif(target_name IS NULL, target, NULL), protocol, port, "
	"sum(count), min(name) FROM v_flow_unexpected WHERE ?1 IS NULL OR cluster = ?1 GROUP BY cluster, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 ORDER BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12";
static const struct column unexpected_columns[] = {{"code", TEXT}, {"reason", TEXT}, {"source", END}, {"target", END}, {"protocol", TEXT}, {"port", NUMBER}, {"flows", NUMBER}, {"name", TEXT}, {0}};

static void unexpected_text(struct buf *b, sqlite3_stmt *s)
{
	buf_printf(b, "%s  ", db_text(s, 0).p);
	put_end(b, s, 2, false);
	buf_add_str(b, " -> ");
	put_end(b, s, 6, false);
	buf_printf(b, " %s %d: ", db_text(s, 10).p, sqlite3_column_int(s, 11));
	text_add_clean(b, db_text(s, 1), false);
}

static const char summary_sql[] = "SELECT section, what, connections, count, workloads, first, last FROM v_flow_summary WHERE ?1 IS NULL OR cluster = ?1 ORDER BY cluster, ordinal, connections DESC, what";
static const struct column summary_columns[] = {{"section", TEXT}, {"what", TEXT}, {"connections", NUMBER}, {"flows", NUMBER}, {"workloads", NUMBER}, {"first", TIME}, {"last", TIME}, {0}};

static void summary_text(struct buf *b, sqlite3_stmt *s)
{
	buf_printf(b, "%-10s ", db_text(s, 0).p);
	text_add_clean(b, db_text(s, 1), false);
	buf_printf(b, ": %lld connections", (long long)sqlite3_column_int64(s, 2));
	if (sqlite3_column_type(s, 3) != SQLITE_NULL)
		buf_printf(b, ", %lld flows", (long long)sqlite3_column_int64(s, 3));
	if (sqlite3_column_type(s, 4) != SQLITE_NULL)
		buf_printf(b, ", %lld workloads", (long long)sqlite3_column_int64(s, 4));
	if (sqlite3_column_type(s, 5) != SQLITE_NULL) {
		buf_add_str(b, ", ");
		add_time(b, sqlite3_column_int64(s, 5));
		buf_add_str(b, " to ");
		add_time(b, sqlite3_column_int64(s, 6));
	}
}

static const struct listing listings[] = {
	{flows_sql, flows_columns, flows_text},
	{unused_sql, unused_columns, unused_text},
	{unexpected_sql, unexpected_columns, unexpected_text},
	{summary_sql, summary_columns, summary_text},
};

/* Silence of workloads that no flow covers says nothing: how many that are. */
static void warn_cover(const struct network_options *o)
{
	int64_t all = db_int(o->db, 0, "SELECT count(*) FROM workload WHERE (?1 IS NULL OR cluster = ?1) AND EXISTS (SELECT 1 FROM reach_member m WHERE m.workload = workload.thing)", "s", o->cluster);
	int64_t covered = db_int(o->db, 0, "SELECT count(*) FROM flow_cover c JOIN workload w ON w.thing = c.workload WHERE (?1 IS NULL OR w.cluster = ?1) AND c.inbound", "s", o->cluster);

	warn("of %" PRId64 " workloads the flows cover %" PRId64 ": of the others it is not known what is used (docs/network.md)", all, covered);
}

int network_flows(const struct network_options *o, struct err *e)
{
	const struct listing *l = &listings[o->unused ? 1 : o->unexpected ? 2 : o->summary ? 3 : 0];
	bool json = o->format && strcmp(o->format, "json") == 0, csv = o->format && strcmp(o->format, "csv") == 0;
	auto_stmt *s = NULL;
	int rc;

	if (o->rest->n)
		return err_set(e, ERR_USAGE, "network flows takes SITE.db");
	if (o->unused + o->unexpected + o->summary > 1)
		return err_set(e, ERR_USAGE, "network flows: one of --unused, --unexpected and --summary");
	if (o->format && !json && !csv && strcmp(o->format, "text") != 0)
		return err_set(e, ERR_USAGE, "network flows: format '%s' is none of text, json, csv", o->format);
	if (o->unused)
		warn_cover(o);
	if (db_prepare(o->db, l->sql, &s, e))
		return -1;
	for (const struct column *c = l->columns; csv && c->form; c++)
		printf("%s\"%s\"%s", c == l->columns ? "" : ",", c->name, c[1].form ? "" : "\n");
	db_bind(s, "s", o->cluster);
	while ((rc = db_step(o->db, s, e)) == 1) {
		auto_buf b = BUF_INIT;

		if (json || csv)
			put_row(&b, s, l->columns, json);
		else
			l->text(&b, s);
		puts(buf_str(&b));
	}
	return rc;
}
