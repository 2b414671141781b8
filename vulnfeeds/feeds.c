// SPDX-License-Identifier: Apache-2.0
// plimsoll feeds: import, status, compare. Importing itself is import.c's.
#include "commands.h"
#include "common/opts.h"
#include "common/text.h"
#include "feeds-version.h"
#include "import.h"

#include <unistd.h>

static void print_counts(const struct store *s)
{
	fprintf(stderr, "plimsoll: %llu files of known formats, %llu not; %llu records new or changed, %llu files or records the same, "
			"%llu older, %llu broken\n",
		(unsigned long long)s->files, (unsigned long long)s->skipped, (unsigned long long)s->records,
		(unsigned long long)s->same, (unsigned long long)s->older, (unsigned long long)s->broken);
}

static int cmd_import(int argc, char **argv)
{
	const char *out = NULL;
	const struct opt table[] = {{"output", 'o', OPT_TEXT, &out, "vulns.db", "The database to make or to add to."}, {0}};
	const struct opts o = {
		.command = "feeds import",
		.synopsis = "-o vulns.db FILE|DIR|ARCHIVE...",
		.summary = "Read vulnerability feeds into vulns.db; formats are told by content. All of it is read or nothing changes.",
		.table = table,
		.more = "Formats: OSV (JSON, YAML), Debian changelog fixes (TSV), Debian DSA/DLA/DTSA lists, Alpine secdb, CISA KEV.\n"
			"Exit codes: 0 done, 3 no feed in it or one cut short, 4 some records could not be read (the rest counts).",
		.min = 1,
		.max = -1,
	};
	auto_list inputs = {0};
	struct store s = {0};
	struct err e = {0};
	int r = opts_parse(&o, argc, argv, &inputs, &e);

	if (r != 0)
		return r > 0 ? 0 : err_report(&e);
	if (!out) {
		err_set(&e, ERR_USAGE, "feeds import: -o vulns.db is missing");
		return err_report(&e);
	}
	if (import_feeds(&s, out, inputs.at, inputs.n, &e))
		return err_report(&e);
	print_counts(&s);
	return s.broken > 0 ? 4 : 0;
}

static void print_date(struct buf *b, int64_t t)
{
	struct tm tm;
	time_t when = (time_t)t;

	if (t > 0 && gmtime_r(&when, &tm))
		buf_printf(b, "%04d-%02d-%02d", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
	else
		buf_add_str(b, "not told");
}

/* What age is counted from: SOURCE_DATE_EPOCH, else now. */
static int64_t today(void)
{
	const char *epoch = getenv("SOURCE_DATE_EPOCH");
	int64_t t;

	return epoch && span_int(span_of(epoch), &t) && t > 0 ? t : (int64_t)time(NULL);
}

static int status(struct db *db, struct err *e)
{
	sqlite3_stmt *q = db_stmt(db,
		"SELECT f.name, f.date, f.date_from, f.records, f.broken, f.fixes_only, (SELECT group_concat(c, ', ') FROM"
		" (SELECT s.ecosystem || CASE s.release WHEN '' THEN '' ELSE ' ' || s.release END AS c FROM feed_scope x"
		" JOIN scope s ON s.id = x.scope WHERE x.feed = f.id ORDER BY s.ecosystem, cast(s.release AS REAL), s.release)),"
		" (SELECT count(*) FROM gap WHERE feed = f.id)"
		" FROM feed f ORDER BY f.name");
	int64_t now = today();
	int r;

	printf("%-36s %-10s %8s %9s %7s  %s\n", "FEED", "NEWEST", "AGE DAYS", "RECORDS", "BROKEN", "COVERS");
	while ((r = db_step(db, q, e)) == 1) {
		auto_buf name = BUF_INIT, date = BUF_INIT, covers = BUF_INIT;
		int64_t when = sqlite3_column_int64(q, 1);
		char age[24] = "-";

		text_add_clean(&name, db_text(q, 0), false);
		print_date(&date, when);
		text_add_clean(&covers, db_text(q, 6), false);
		if (when > 0)
			snprintf(age, sizeof(age), "%lld", (long long)((now - when) / 86400));
		if (sqlite3_column_int64(q, 7) > 0)
			buf_printf(&covers, "does not cover %lld packages", (long long)sqlite3_column_int64(q, 7));
		printf("%-36s %-10s %8s %9lld %7lld  %s%s\n", buf_str(&name), buf_str(&date), age, (long long)sqlite3_column_int64(q, 3),
		       (long long)sqlite3_column_int64(q, 4), buf_str(&covers),
		       sqlite3_column_int(q, 5) && covers.n > 0 ? " (fixes only)" : "");
	}
	sqlite3_reset(q);
	return r;
}

static int cmd_status(int argc, char **argv)
{
	const struct opt table[] = {{0}};
	const struct opts o = {
		.command = "feeds status",
		.synopsis = "vulns.db",
		.summary = "List the feeds in vulns.db: newest date, age, records, and what they cover.",
		.table = table,
		.min = 1,
		.max = 1,
	};
	auto_list inputs = {0};
	struct err e = {0};
	struct db db;
	int r = opts_parse(&o, argc, argv, &inputs, &e);

	if (r != 0)
		return r > 0 ? 0 : err_report(&e);
	if (db_open(&db, inputs.at[0], DB_FEEDS_APPLICATION_ID, &e))
		return err_report(&e);
	r = status(&db, &e);
	db_close(&db);
	return r < 0 ? err_report(&e) : 0;
}

struct verb {
	const char *name;
	int (*run)(int argc, char **argv);
};

static const struct verb verbs[] = {{"import", cmd_import}, {"status", cmd_status}, {"compare", feeds_compare}, {"satisfies", feeds_satisfies}};

static void usage(FILE *out)
{
	fputs("usage: plimsoll feeds import|status|compare|satisfies [ARGUMENTS]\n\n"
	      "Vulnerability feeds: read them into vulns.db, list what is in it, compare versions.\n"
	      "plimsoll feeds VERB --help tells more.\n",
	      out);
}

int cmd_feeds(int argc, char **argv)
{
	if (argc > 1 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
		usage(stdout);
		return 0;
	}
	for (size_t i = 0; argc > 1 && i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (strcmp(argv[1], verbs[i].name) == 0)
			return verbs[i].run(argc - 1, argv + 1);
	usage(stderr);
	return ERR_USAGE;
}
