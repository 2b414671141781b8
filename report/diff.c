// SPDX-License-Identifier: Apache-2.0
// `plimsoll diff`: what appeared and vanished between two assessments, each with its cause. Judging is done by the checks and the matching;
// here two results are laid side by side.
#include "commands.h"
#include "common/assessment.h"
#include "common/opts.h"
#include "tabular.h"

#include <inttypes.h>

static const struct column columns[] = {
	{.name = "change"}, {.name = "cause"}, {.name = "severity", .severity = true}, {.name = "kind"}, {.name = "id", .weight = 2},
	{.name = "subject", .weight = 3, .fit = TTY_TAIL}, {.name = "detail", .weight = 5},
};
enum { COLUMNS = sizeof(columns) / sizeof(columns[0]) };

/* What is laid side by side; `side` 0 is the old assessment, 1 the new one. */
static const char tables[] =
	"CREATE TABLE finding(side, id, check_id, subject, cluster, domain, severity, verdict, accepted, detail, PRIMARY KEY(id, side)) WITHOUT ROWID;"
	"CREATE INDEX finding_check ON finding(side, check_id, verdict);"
	"CREATE TABLE vulnerability(side, subject, name, component, version, severity, status, suppressed, feed, PRIMARY KEY(subject, name, component, version, side)) WITHOUT ROWID;"
	"CREATE TABLE package(side, subject, component, version, PRIMARY KEY(subject, component, version, side)) WITHOUT ROWID;"
	"CREATE TABLE thing(side, ref, PRIMARY KEY(ref, side)) WITHOUT ROWID;"
	"CREATE TABLE cluster(side, name, PRIMARY KEY(name, side)) WITHOUT ROWID;"
	"CREATE TABLE known(side, id, PRIMARY KEY(id, side)) WITHOUT ROWID;"
	"CREATE TABLE feed(side, name, date, sha256, PRIMARY KEY(name, side)) WITHOUT ROWID;";

static const struct copy {
	const char *from, *to;
	int n;
} copies[] = {
	{"SELECT id, check_id, subject, cluster, domain, severity, verdict, accepted IS NOT NULL, detail FROM finding",
	 "INSERT INTO finding VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)", 9},
	{"SELECT ref, name, component, version, min(severity), min(status), min(suppressed), (SELECT f.name || coalesce(' of ' || date(f.date, 'unixepoch'), '') FROM match m"
	 " JOIN feed f ON f.id = m.feed WHERE m.package = v.package AND m.vulnerability = v.vulnerability) FROM v_match v GROUP BY ref, name, component, version",
	 "INSERT INTO vulnerability VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)", 8},
	{"SELECT DISTINCT t.ref, p.name, p.version FROM package p JOIN thing t ON t.id = p.thing WHERE p.removed_in IS NULL", "INSERT INTO package VALUES (?1, ?2, ?3, ?4)", 3},
	{"SELECT ref FROM thing", "INSERT OR IGNORE INTO thing VALUES (?1, ?2)", 1},
	{"SELECT DISTINCT cluster FROM thing WHERE cluster IS NOT NULL", "INSERT INTO cluster VALUES (?1, ?2)", 1},
	{"SELECT id FROM \"check\"", "INSERT INTO known VALUES (?1, ?2)", 1},
	{"SELECT name, date, sha256 FROM feed", "INSERT INTO feed VALUES (?1, ?2, ?3, ?4)", 3},
};

static int copy_rows(struct db *from, struct db *to, int side, const struct copy *c, struct err *e)
{
	sqlite3_stmt *q = db_stmt(from, c->from), *in = db_stmt(to, c->to);
	int r;

	while ((r = db_step(from, q, e)) == 1) {
		sqlite3_bind_int(in, 1, side);
		for (int i = 0; i < c->n; i++)
			sqlite3_bind_value(in, i + 2, sqlite3_column_value(q, i));
		r = db_step(to, in, e);
		sqlite3_reset(in);
		if (r < 0)
			break;
	}
	sqlite3_reset(q);
	return r;
}

static int copy_side(const char *path, int side, struct db *to, int *code, struct err *e)
{
	auto_db from = {0};

	if (assessment_open(&from, path, e))
		return -1;
	for (size_t i = 0; i < sizeof(copies) / sizeof(copies[0]); i++)
		if (copy_rows(&from, to, side, &copies[i], e))
			return err_wrap(e, "%s", path);
	*code = assessment_exit(&from) ? assessment_exit(&from) : *code;
	return 0;
}

/* x: the side that has it, o: the other one. What the other side could not assess says nothing of what is there; a check of vulnerabilities
 * that judges the same object otherwise does so by its feeds when those differ. */
#define ROWS \
	"WITH moved AS (SELECT count(*) > 0 AS yes FROM (SELECT name, sha256 FROM feed GROUP BY name, sha256 HAVING count(*) = 1))," \
	" open AS (SELECT * FROM finding WHERE verdict = 'fail' AND NOT accepted)," \
	" row(change, cause, severity, kind, id, subject, detail) AS (" \
	"SELECT iif(x.side, 'appeared', 'vanished'), CASE" \
	" WHEN o.accepted THEN 'exception'" \
	" WHEN NOT EXISTS (SELECT 1 FROM known k WHERE k.id = x.check_id AND k.side = 1 - x.side) THEN 'check'" \
	" WHEN o.verdict IN ('not-assessed', 'error') OR EXISTS (SELECT 1 FROM finding n WHERE n.side = 1 - x.side AND n.check_id = x.check_id AND n.verdict = 'not-assessed'" \
	" AND (n.subject = x.subject OR n.cluster IS x.cluster AND NOT EXISTS (SELECT 1 FROM thing t WHERE t.ref = n.subject AND t.side = 1 - x.side)))" \
	" OR x.cluster IS NOT NULL AND NOT EXISTS (SELECT 1 FROM cluster c WHERE c.name = x.cluster AND c.side = 1 - x.side) THEN 'not collected'" \
	" WHEN x.domain = 'scanning' AND (SELECT yes FROM moved) AND EXISTS (SELECT 1 FROM thing t WHERE t.ref = x.subject AND t.side = 1 - x.side) THEN 'feed'" \
	" ELSE 'object' END, x.severity, 'finding', x.check_id, x.subject, x.detail" \
	" FROM open x LEFT JOIN finding o ON o.id = x.id AND o.side = 1 - x.side WHERE o.id IS NULL OR o.verdict != 'fail' OR o.accepted" \
	" UNION ALL SELECT iif(x.side, 'appeared', 'vanished'), CASE" \
	" WHEN o.suppressed THEN 'vex'" \
	" WHEN NOT EXISTS (SELECT 1 FROM package p WHERE p.subject = x.subject AND p.component = x.component AND p.version = x.version AND p.side = 1 - x.side) THEN 'object'" \
	" WHEN NOT EXISTS (SELECT 1 FROM feed f WHERE f.side = 1 - x.side) THEN 'not collected'" \
	" ELSE 'feed' END, x.severity, 'vulnerability', x.name, x.subject, x.component || ' ' || x.version || ': ' || x.status || ', ' || x.feed" \
	" FROM vulnerability x LEFT JOIN vulnerability o ON o.subject = x.subject AND o.name = x.name AND o.component = x.component AND o.version = x.version AND o.side = 1 - x.side" \
	" WHERE NOT x.suppressed AND (o.name IS NULL OR o.suppressed))" \
	" SELECT * FROM row WHERE (?1 IS NULL OR change = ?1) AND (?2 IS NULL OR cause = ?2) AND (?3 IS NULL OR kind = ?3)"

static const char select_rows[] = ROWS
	" ORDER BY change, instr('critical high medium low', severity) = 0, instr('critical high medium low', severity), kind, id, subject, detail";

/* Of what is shown, what appeared and is of this severity or a worse one. */
static const char select_grave[] = "SELECT count(*) FROM (" ROWS
	") WHERE change = 'appeared' AND (?4 = 'any' OR instr('critical high medium low', severity) BETWEEN 1 AND instr('critical high medium low', ?4))";

struct wish {
	struct tabular_wish form;
	const char *change, *cause, *kind, *fail_on;
};

static int known_word(const char *option, const char *word, const char *words, struct err *e)
{
	auto_buf wanted = BUF_INIT;

	buf_printf(&wanted, ",%s,", word ? word : "");
	if (word && (strchr(word, ',') || !strstr(words, buf_str(&wanted))))
		return err_set(e, ERR_USAGE, "diff: --%s is one of %.*s, not '%s'", option, (int)strlen(words) - 2, words + 1, word);
	return 0;
}

/* 1 when something appeared that the caller fails on, else `code`. */
static int verdict(const struct wish *w, struct db *both, int code)
{
	int64_t n;

	if (!w->fail_on)
		return code;
	n = db_int(both, 0, select_grave, "ssss", w->change, w->cause, w->kind, w->fail_on);
	if (n)
		warn("%" PRId64 " appeared at or above '%s'", n, w->fail_on);
	return n ? 1 : code;
}

/* Two names for one cluster make everything of it appear and vanish. */
static int warn_of_names(struct db *both, struct err *e)
{
	sqlite3_stmt *s = db_stmt(both, "SELECT group_concat(CASE WHEN side = 0 THEN name END, ', '), group_concat(CASE WHEN side = 1 THEN name END, ', ') FROM "
				  "(SELECT * FROM cluster c WHERE NOT EXISTS (SELECT 1 FROM cluster o WHERE o.name = c.name AND o.side = 1 - c.side) ORDER BY name)");
	int rc = db_step(both, s, e);

	if (rc == 1 && db_text(s, 0).n && db_text(s, 1).n)
		warn("%.*s is in the old assessment alone, %.*s in the new one: if that is one cluster, analyze both with one --cluster-name", SPAN_ARG(db_text(s, 0)),
		     SPAN_ARG(db_text(s, 1)));
	sqlite3_reset(s);
	return rc < 0 ? -1 : 0;
}

static int tell(void *ctx, const struct opt_list *rest, struct err *e)
{
	const struct wish *w = ctx;
	auto_db both = {0};
	auto_out out = OUT_INIT;
	auto_tabular rows = {.out = &out, .columns = columns, .n = COLUMNS, .schema = "plimsoll.diff/1", .list = "changes"};
	sqlite3_stmt *q;
	int code = 0;

	rows.form = tabular_form_find(w->form.format, e);
	if (!rows.form || known_word("change", w->change, ",appeared,vanished,", e) || known_word("kind", w->kind, ",finding,vulnerability,", e) ||
	    known_word("cause", w->cause, ",feed,object,check,exception,vex,not collected,", e) || known_word("fail-on", w->fail_on, ",low,medium,high,critical,any,", e))
		return -1;
	if (db_create(&both, NULL, DB_APPLICATION_ID, e) || db_exec(&both, tables, e) || db_begin(&both, e) || copy_side(rest->at[0], 0, &both, &code, e) ||
	    copy_side(rest->at[1], 1, &both, &code, e) || warn_of_names(&both, e) || out_open(&out, w->form.output, e) || tabular_style(&rows, w->form.colour, e))
		return -1;
	q = db_stmt(&both, select_rows);
	db_bind(q, "sss", w->change, w->cause, w->kind);
	return tabular_query(&rows, &both, q, NULL, e) || out_commit(&out, e) ? -1 : verdict(w, &both, code);
}

static const char more[] =
	"Each change has its cause: feed (the feeds tell otherwise of the same package), object (it, or its package, is new, gone or changed), check (only one\n"
	"side has it), exception, vex, or not collected (the other side lacks the evidence: it says nothing). The same evidence analyzed with the feeds of\n"
	"two days shows what the feeds changed; old evidence with today's feeds, what was known too late.\n\n"
	"Examples:\n  plimsoll diff march.db june.db --change appeared --cause feed\n  plimsoll diff main.db branch.db --fail-on high\n"
	"Exit codes: 0 done, 1 something appeared at or above --fail-on, 2 usage, 3 not an assessment.\n";

int cmd_diff(int argc, char **argv)
{
	struct wish w = {.form = {.format = "table"}};
	const struct opt table[] = {
		{"change", 0, OPT_TEXT, &w.change, "WORD", "Only what appeared, or vanished."},
		{"cause", 0, OPT_TEXT, &w.cause, "WORD", "Only what has this cause."},
		{"kind", 0, OPT_TEXT, &w.kind, "WORD", "Only findings of checks (finding), or matches of feeds (vulnerability)."},
		{"fail-on", 0, OPT_TEXT, &w.fail_on, "SEVERITY", "Exit with 1 when something of this severity or worse is shown that appeared: low, medium, high, critical, or any."},
		TABULAR_OPTS(w.form),
		{0},
	};
	const struct opts opts = {.command = "diff", .synopsis = "OLD.db NEW.db", .summary = "Tells which findings and vulnerabilities appeared and vanished, and why.",
				  .table = table, .more = more, .min = 2, .max = 2};

	return opts_run(&opts, argc, argv, tell, &w);
}
