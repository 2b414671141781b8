// SPDX-License-Identifier: Apache-2.0
// plimsoll feeds status, show, sources: what is in a vulns.db, and where feeds come from.
#include "feeds-show.h"

#include "common/db.h"
#include "common/embed.h"
#include "common/json.h"
#include "common/opts.h"
#include "common/text.h"
#include "common/yaml-read.h"
#include "feeds-time.h"

#include <stdio.h>

/* One JSON object a line from a query whose columns name its members. */
static int print_rows(struct db *db, sqlite3_stmt *q, struct err *e)
{
	int r;

	while ((r = db_step(db, q, e)) == 1) {
		auto_buf b = BUF_INIT;

		buf_add_char(&b, '{');
		for (int i = 0; i < sqlite3_column_count(q); i++) {
			buf_printf(&b, "%s\"%s\":", i ? "," : "", sqlite3_column_name(q, i));
			switch (sqlite3_column_type(q, i)) {
			case SQLITE_NULL:
				buf_add_str(&b, "null");
				break;
			case SQLITE_TEXT:
				text_add_json(&b, db_text(q, i));
				break;
			default:
				buf_add_span(&b, db_text(q, i));
			}
		}
		buf_add_char(&b, '}');
		puts(buf_str(&b));
	}
	sqlite3_reset(q);
	return r;
}

static int status_json(struct db *db, struct err *e)
{
	return print_rows(db, db_stmt(db, "SELECT f.name, f.kind, date(f.date, 'unixepoch') AS newest, f.records, f.broken, f.sha256, f.fixes_only,"
					  " (SELECT group_concat(c, ', ') FROM (SELECT s.ecosystem || CASE s.release WHEN '' THEN '' ELSE ' ' || s.release END AS c"
					  " FROM feed_scope x JOIN scope s ON s.id = x.scope WHERE x.feed = f.id ORDER BY s.ecosystem, cast(s.release AS REAL),"
					  " s.release)) AS covers FROM feed f ORDER BY f.name"), e);
}

static int status(struct db *db, struct err *e)
{
	sqlite3_stmt *q = db_stmt(db,
		"SELECT f.name, f.date, f.date_from, f.records, f.broken, f.fixes_only, (SELECT group_concat(c, ', ') FROM"
		" (SELECT s.ecosystem || CASE s.release WHEN '' THEN '' ELSE ' ' || s.release END AS c FROM feed_scope x"
		" JOIN scope s ON s.id = x.scope WHERE x.feed = f.id ORDER BY s.ecosystem, cast(s.release AS REAL), s.release)),"
		" (SELECT count(*) FROM gap WHERE feed = f.id)"
		" FROM feed f ORDER BY f.name");
	int64_t now = feeds_now();
	int r;

	printf("%-36s %-10s %8s %9s %7s  %s\n", "FEED", "NEWEST", "AGE DAYS", "RECORDS", "BROKEN", "COVERS");
	while ((r = db_step(db, q, e)) == 1) {
		auto_buf name = BUF_INIT, covers = BUF_INIT;
		int64_t when = sqlite3_column_int64(q, 1);
		char age[24] = "-", date[48];

		text_add_clean(&name, db_text(q, 0), false);
		text_add_clean(&covers, db_text(q, 6), false);
		if (when > 0)
			snprintf(age, sizeof(age), "%lld", (long long)((now - when) / 86400));
		if (sqlite3_column_int64(q, 7) > 0)
			buf_printf(&covers, "does not cover %lld packages", (long long)sqlite3_column_int64(q, 7));
		printf("%-36s %-10s %8s %9lld %7lld  %s%s\n", buf_str(&name), when > 0 && feeds_day(when, date) ? date : "not told", age, (long long)sqlite3_column_int64(q, 3),
		       (long long)sqlite3_column_int64(q, 4), buf_str(&covers),
		       sqlite3_column_int(q, 5) && covers.n > 0 ? " (fixes only)" : "");
	}
	sqlite3_reset(q);
	return r;
}

struct status_wish {
	const char *format;
};

static int tell_status(void *ctx, const struct opt_list *inputs, struct err *e)
{
	const struct status_wish *w = ctx;
	auto_db db = {0};

	if (db_open(&db, inputs->at[0], DB_FEEDS_APPLICATION_ID, e))
		return -1;
	return w->format && strcmp(w->format, "json") == 0 ? status_json(&db, e) : status(&db, e);
}

int feeds_status(int argc, char **argv)
{
	struct status_wish w = {0};
	const struct opt table[] = {{"format", 'f', OPT_TEXT, &w.format, "text|json", "Text, or one JSON object a line."}, {0}};
	const struct opts o = {
		.command = "feeds status",
		.synopsis = "vulns.db",
		.summary = "List the feeds in vulns.db: newest date, age, records, and what they cover.",
		.table = table,
		.min = 1,
		.max = 1,
	};

	return opts_run(&o, argc, argv, tell_status, &w);
}

/* ---- show */

static const char *const show_sql[] = {
	"SELECT 'vulnerability' AS kind, v.name, f.name AS feed, date(f.date, 'unixepoch') AS feed_date, v.severity, v.score, v.vector,"
	" date(v.published, 'unixepoch') AS published, date(v.modified, 'unixepoch') AS modified, date(v.withdrawn, 'unixepoch') AS withdrawn, v.summary,"
	" (SELECT group_concat(other, ' ') FROM (SELECT other FROM alias WHERE vuln = v.id ORDER BY other)) AS aliases"
	" FROM shown s JOIN vuln v ON v.id = s.id JOIN feed f ON f.id = v.feed ORDER BY f.name, v.name",
	"SELECT 'affected' AS kind, v.name, f.name AS feed, c.ecosystem, c.release, a.package, a.introduced, CASE a.status WHEN 'unfixed' THEN NULL ELSE nullif(a.fixed, '') END AS fixed, CASE a.status WHEN 'unfixed' THEN a.fixed END AS below, a.last_affected, a.status, a.module,"
	" a.advisory FROM shown s JOIN vuln v ON v.id = s.id JOIN feed f ON f.id = v.feed JOIN affected a ON a.vuln = v.id JOIN scope c ON c.id = a.scope"
	" ORDER BY f.name, v.name, a.n",
	"SELECT 'exploited' AS kind, k.cve AS name, date(k.added, 'unixepoch') AS added, date(k.due, 'unixepoch') AS due, k.ransomware FROM kev k"
	" WHERE k.cve IN (SELECT name FROM names) ORDER BY 2",
	"SELECT 'epss' AS kind, cve AS name, score, percentile FROM epss WHERE cve IN (SELECT name FROM names) ORDER BY 2",
	"SELECT 'exploit' AS kind, cve AS name, source, name AS title, date(since, 'unixepoch') AS since, verified FROM exploit WHERE cve IN (SELECT name FROM names) ORDER BY 2, 3",
	"SELECT 'vex' AS kind, name, product, component, status, justification, author, date(stated, 'unixepoch') AS stated FROM vex"
	" WHERE name IN (SELECT name FROM names) ORDER BY 2, 3, 4",
};

/* Records of that name, and those that it is an alias of or that are its aliases. */
static int select_shown(struct db *db, const char *name, struct err *e)
{
	return db_exec(db, "CREATE TEMP TABLE shown(id INTEGER PRIMARY KEY); CREATE TEMP TABLE names(name TEXT PRIMARY KEY);", e) ||
			       db_run(db, e,
				      "INSERT OR IGNORE INTO temp.shown SELECT id FROM vuln WHERE name = ?1 UNION SELECT vuln FROM alias WHERE other = ?1"
				      " UNION SELECT v.id FROM alias a JOIN vuln o ON o.id = a.vuln JOIN vuln v ON v.name = a.other WHERE o.name = ?1",
				      "s", name) ||
			       db_run(db, e,
				      "INSERT OR IGNORE INTO temp.names SELECT ?1 UNION SELECT v.name FROM vuln v JOIN temp.shown s ON s.id = v.id"
				      " UNION SELECT a.other FROM alias a JOIN temp.shown s ON s.id = a.vuln WHERE a.kind <> 'related'",
				      "s", name)
		       ? -1
		       : 0;
}

/* 1: something is known of it. */
static int show(struct db *db, const char *name, struct err *e)
{
	int64_t before, any = 0;

	if (select_shown(db, name, e))
		return -1;
	for (size_t i = 0; i < sizeof(show_sql) / sizeof(show_sql[0]); i++) {
		auto_stmt *q = NULL;

		if (db_prepare(db, show_sql[i], &q, e) || print_rows(db, q, e) < 0)
			return -1;
	}
	before = db_int(db, 0, "SELECT count(*) FROM temp.shown", "");
	any = db_int(db, 0, "SELECT (SELECT count(*) FROM kev WHERE cve IN (SELECT name FROM temp.names)) + (SELECT count(*) FROM epss WHERE cve IN"
			    " (SELECT name FROM temp.names)) + (SELECT count(*) FROM exploit WHERE cve IN (SELECT name FROM temp.names)) + (SELECT count(*) FROM vex WHERE name IN (SELECT name FROM temp.names))", "");
	return before + any > 0;
}

struct show_wish {
	const struct opts *opts;
	const char *path;
};

/* Id and file in either order. */
static int tell_show(void *ctx, const struct opt_list *words, struct err *e)
{
	const struct show_wish *w = ctx;
	const char *path = w->path, *name = words->at[0];
	auto_db db = {0};
	int r;

	if (!path && words->n == 2) {
		bool first = span_ends(span_of(words->at[0]), ".db") || span_ends(span_of(words->at[0]), ".plf");

		path = words->at[first ? 0 : 1];
		name = words->at[first ? 1 : 0];
	}
	if (!path)
		return err_set(e, ERR_USAGE, "feeds show: expected %s", w->opts->synopsis);
	if (db_open(&db, path, DB_FEEDS_APPLICATION_ID, e))
		return -1;
	r = show(&db, name, e);
	if (r == 0)
		return err_set(e, ERR_INPUT, "%s: nothing is known of '%s'", path, name);
	return r < 0 ? -1 : 0;
}

int feeds_show(int argc, char **argv)
{
	struct show_wish w = {0};
	const struct opt table[] = {{"feeds", 0, OPT_TEXT, &w.path, "vulns.db", "The feeds to look in; may also stand behind the id."}, {0}};
	const struct opts o = {
		.command = "feeds show",
		.synopsis = "CVE [--feeds] vulns.db",
		.summary = "Print all that the feeds say of a vulnerability and its aliases, one JSON object a line.",
		.table = table,
		.more = "Kinds of lines: vulnerability, affected, exploited, epss, exploit, vex. Exit codes: 0 done, 3 nothing is known of it.",
		.min = 1,
		.max = 2,
	};

	w.opts = &o;
	return opts_run(&o, argc, argv, tell_show, &w);
}

/* ---- sources */

static void print_list(const struct json *sources)
{
	printf("%-18s %-40s %s\n", "NAME", "COVERS", "ADDRESS");
	JSON_EACH(s, sources)
	{
		printf("%-18.*s %-40.*s %.*s\n", SPAN_ARG(json_text_at(s, "name")), SPAN_ARG(json_text_at(s, "covers")), SPAN_ARG(json_text_at(s, "url")));
	}
}

/* A file that is there already is asked for only when the server's is newer; what fails is told at the end. */
static void print_script(const struct json *sources)
{
	puts("#!/bin/sh\n# Downloads vulnerability feeds into the current folder, on a machine with Internet. Made by plimsoll feeds sources --script.\n"
	     "set -u\nfailed=''\nget() { # get FILE ADDRESS\n"
	     "\tif [ -f \"$1\" ]; then set -- \"$1\" \"$2\" -z \"$1\"; else set -- \"$1\" \"$2\"; fi\n"
	     "\tfile=$1 address=$2\n\tshift 2\n"
	     "\tcurl --fail --location --silent --show-error --retry 3 \"$@\" -o \"$file.part\" \"$address\" || { failed=\"$failed $file\"; rm -f \"$file.part\"; return; }\n"
	     "\t[ ! -s \"$file.part\" ] && { rm -f \"$file.part\"; return; }\n\tmv \"$file.part\" \"$file\"\n}");
	JSON_EACH(s, sources)
	{
		printf("# %.*s; licence: %.*s\nget '%.*s' '%.*s'\n", SPAN_ARG(json_text_at(s, "covers")), SPAN_ARG(json_text_at(s, "licence")),
		       SPAN_ARG(json_text_at(s, "file")), SPAN_ARG(json_text_at(s, "url")));
	}
	puts("[ -z \"$failed\" ] || { echo \"not downloaded:$failed\" >&2; exit 4; }\n"
	     "# Then: plimsoll feeds import -o vulns.db .");
}

struct sources_wish {
	bool script, as_json;
};

static int tell_sources(void *ctx, const struct opt_list *words, struct err *e)
{
	const struct sources_wish *w = ctx;
	auto_arena a = ARENA_INIT;
	struct json *doc;

	(void)words;
	if (yaml_parse(&a, embed_find("vulnfeeds/sources.yaml"), &doc, e))
		return -1;
	if (w->script)
		print_script(json_get(doc, "sources"));
	else if (!w->as_json)
		print_list(json_get(doc, "sources"));
	JSON_EACH(s, w->as_json ? json_get(doc, "sources") : NULL)
	{
		auto_buf b = BUF_INIT;

		json_write(&b, s);
		puts(buf_str(&b));
	}
	return 0;
}

int feeds_sources(int argc, char **argv)
{
	struct sources_wish w = {0};
	const struct opt table[] = {{"script", 0, OPT_FLAG, &w.script, NULL, "Print a shell script that downloads them with curl."},
				    {"json", 0, OPT_FLAG, &w.as_json, NULL, "Print one JSON object a line."},
				    {0}};
	const struct opts o = {
		.command = "feeds sources",
		.synopsis = "[--script | --json]",
		.summary = "List where vulnerability feeds are published. Nothing is downloaded by plimsoll itself.",
		.table = table,
		.min = 0,
		.max = 0,
	};

	return opts_run(&o, argc, argv, tell_sources, &w);
}
