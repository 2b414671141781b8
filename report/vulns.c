// SPDX-License-Identifier: Apache-2.0
// `plimsoll vulns`: vulnerabilities joined to the site. What the figures mean, the views of analyze/schema/plan.sql and scanner.sql say.
#include "commands.h"
#include "common/assessment.h"
#include "common/opts.h"
#include "tabular.h"

struct wish {
	const struct verb *verb;
	struct tabular_wish form;
	const char *severity, *image, *side;
	bool running, exposed, on_path, shelf, fixable, exploited;
	int64_t limit;
};

struct verb {
	const char *name, *summary, *list;
	const struct column *columns;
	size_t n;
	const char *sql;   /* ?1 places (NULL: all), ?2 least severity, ?3 image pattern, ?4 fixable, ?5 exploited, ?6 side, ?7 limit */
};

static const struct column list_columns[] = {{.name = "vulnerability"}, {.name = "severity", .severity = true}, {.name = "place"}, {.name = "exploited"}, {.name = "fix"}, {.name = "published"},
					     {.name = "image", .weight = 2}, {.name = "images"}, {.name = "workloads"}, {.name = "clusters"}, {.name = "exposed"}, {.name = "on-path"}, {.name = "exploits"}, {.name = "epss"}};
static const char list_sql[] =
	"SELECT g.name, g.severity, CASE g.place WHEN 1 THEN 'on-path' WHEN 2 THEN 'exposed' WHEN 3 THEN 'running' ELSE 'shelf' END, CASE WHEN g.kev THEN 'known' WHEN g.exploits > 0 THEN 'public exploit' END,"
	" iif(g.fixable, 'yes', 'no'), date(g.published, 'unixepoch'), coalesce((SELECT v.image FROM v_image v WHERE v.subject = g.subject), g.ref), g.images, g.workloads, g.clusters, g.exposed, g.on_path,"
	" g.exploits, g.epss FROM (SELECT x.name, x.severity, max(x.severity_rank) AS rank, min(CASE x.place WHEN 'on-path' THEN 1 WHEN 'exposed' THEN 2 WHEN 'running' THEN 3 ELSE 4 END) AS place,"
	" max(x.kev) AS kev, max(x.exploits) AS exploits, max(x.fixable) AS fixable, min(x.published) AS published, min(x.subject) AS subject, min(x.ref) AS ref, count(DISTINCT x.subject) AS images,"
	" sum(x.workloads) AS workloads, max(x.clusters) AS clusters, sum(x.exposed) AS exposed, sum(x.on_path) AS on_path, max(x.epss) AS epss"
	" FROM v_site_vulnerability x WHERE (?1 IS NULL OR instr(?1, ',' || x.place || ',')) AND x.severity_rank >= ?2 AND (NOT ?4 OR x.fixable) AND (NOT ?5 OR x.kev OR x.exploits > 0)"
	" AND (?3 IS NULL OR x.ref GLOB ?3 OR x.subject IN (SELECT n.image FROM image_name n WHERE n.name GLOB ?3)) AND ?6 IS NULL GROUP BY x.name) g"
	" ORDER BY g.kev AND g.place < 4 DESC, g.place, g.rank DESC, g.kev DESC, g.exploits > 0 DESC, g.epss DESC, g.name LIMIT ?7";

static const struct column plan_columns[] = {{.name = "package", .weight = 1}, {.name = "installed", .weight = 1}, {.name = "upgrade-to", .weight = 1}, {.name = "in", .weight = 2}, {.name = "type"}, {.name = "fix-since"},
					     {.name = "removes"}, {.name = "critical"}, {.name = "high"}, {.name = "exploited"}, {.name = "findings"}, {.name = "images"}, {.name = "workloads"},
					     {.name = "clusters"}, {.name = "exposed"}, {.name = "on-path"}, {.name = "days"}, {.name = "owner", .weight = 1}};
static const char plan_sql[] =
	"SELECT package, version, fixed, place, type, date(since, 'unixepoch'), vulnerabilities, critical, high, kev, findings, images, workloads, clusters, exposed, on_path, days, owner FROM v_fix_step f"
	" WHERE (?1 IS NULL OR (instr(?1, ',on-path,') AND on_path > 0) OR (instr(?1, ',exposed,') AND exposed > 0) OR (instr(?1, ',running,') AND workloads > 0) OR (instr(?1, ',shelf,') AND workloads = 0))"
	" AND (?2 < 3 OR critical > 0 OR (?2 = 3 AND high > 0)) AND (?3 IS NULL OR place GLOB ?3) AND (NOT ?5 OR kev > 0 OR exploits > 0) AND ?4 IS NOT NULL AND ?6 IS NULL ORDER BY ordinal LIMIT ?7";

static const struct column rebase_columns[] = {{.name = "base", .weight = 1}, {.name = "to", .weight = 1}, {.name = "reason"}, {.name = "removes"}, {.name = "adds"}, {.name = "findings"}, {.name = "images"},
					       {.name = "workloads"}, {.name = "clusters"}, {.name = "exposed"}, {.name = "on-path"}};
static const char rebase_sql[] =
	"SELECT base_name, target_name, reason, removes, adds, findings, images, workloads, clusters, exposed, on_path FROM v_rebase"
	" WHERE (?1 IS NULL OR (instr(?1, ',on-path,') AND on_path > 0) OR (instr(?1, ',exposed,') AND exposed > 0) OR (instr(?1, ',running,') AND workloads > 0) OR (instr(?1, ',shelf,') AND workloads = 0))"
	" AND (?3 IS NULL OR base_name GLOB ?3) AND ?2 + ?4 + ?5 >= 0 AND ?6 IS NULL"
	" ORDER BY on_path DESC, findings * (workloads > 0) DESC, findings DESC, removes - adds DESC, base_name, target_name LIMIT ?7";

static const struct column age_columns[] = {{.name = "vulnerability"}, {.name = "severity", .severity = true}, {.name = "component", .weight = 1}, {.name = "version", .weight = 1}, {.name = "fixed", .weight = 1},
					    {.name = "image", .weight = 2}, {.name = "place"}, {.name = "feed", .weight = 1}, {.name = "fix-since"}, {.name = "days"}};
static const char age_sql[] =
	"SELECT a.name, a.severity, a.component, a.version, a.fixed, coalesce((SELECT v.image FROM v_image v WHERE v.subject = a.subject), a.ref), s.place, a.feed, coalesce(date(a.since, 'unixepoch'), 'unknown'), a.days"
	" FROM v_fix_age a JOIN v_site_vulnerability s ON s.subject = a.subject AND s.name = a.name AND s.status = 'affected'"
	" WHERE (?1 IS NULL OR instr(?1, ',' || s.place || ',')) AND a.severity_rank >= ?2 AND (NOT ?5 OR s.kev OR s.exploits > 0) AND ?4 IS NOT NULL AND ?6 IS NULL"
	" AND (?3 IS NULL OR a.ref GLOB ?3 OR a.subject IN (SELECT n.image FROM image_name n WHERE n.name GLOB ?3)) ORDER BY a.days IS NULL, a.days DESC, a.severity_rank DESC, a.ref, a.name, a.component LIMIT ?7";

static const struct column owner_columns[] = {{.name = "owner", .weight = 1}, {.name = "images"}, {.name = "vulnerabilities"}, {.name = "critical"}, {.name = "high"}, {.name = "exploited"}, {.name = "fixable"},
					      {.name = "exposed"}, {.name = "on-path"}};
static const char owner_sql[] =
	"SELECT coalesce(x.owners, iif(x.subject_kind = 'node', 'nodes', 'not told')), count(DISTINCT x.subject), count(DISTINCT x.vulnerability), count(DISTINCT iif(x.severity = 'critical', x.vulnerability, NULL)),"
	" count(DISTINCT iif(x.severity = 'high', x.vulnerability, NULL)), count(DISTINCT iif(x.kev, x.vulnerability, NULL)), count(DISTINCT iif(x.fixable, x.vulnerability, NULL)),"
	" count(DISTINCT iif(x.exposed > 0, x.vulnerability, NULL)), count(DISTINCT iif(x.on_path > 0, x.vulnerability, NULL)) FROM v_site_vulnerability x"
	" WHERE (?1 IS NULL OR instr(?1, ',' || x.place || ',')) AND x.severity_rank >= ?2 AND (NOT ?4 OR x.fixable) AND (NOT ?5 OR x.kev OR x.exploits > 0)"
	" AND (?3 IS NULL OR x.ref GLOB ?3 OR x.subject IN (SELECT n.image FROM image_name n WHERE n.name GLOB ?3)) AND ?6 IS NULL GROUP BY 1 ORDER BY 9 DESC, 6 DESC, 4 DESC, 5 DESC, 1 LIMIT ?7";

static const struct column base_columns[] = {{.name = "base", .weight = 1}, {.name = "vulnerabilities"}, {.name = "critical"}, {.name = "high"}, {.name = "exploited"}, {.name = "fixable"}, {.name = "images"},
					     {.name = "workloads"}, {.name = "exposed"}, {.name = "on-path"}};
static const char base_sql[] =
	"SELECT v.image, count(DISTINCT x.vulnerability), count(DISTINCT iif(x.severity = 'critical', x.vulnerability, NULL)), count(DISTINCT iif(x.severity = 'high', x.vulnerability, NULL)),"
	" count(DISTINCT iif(x.kev, x.vulnerability, NULL)), count(DISTINCT iif(x.fixable, x.vulnerability, NULL)), b.images, b.workloads, b.exposed, b.on_path"
	" FROM (SELECT y.base, count(*) AS images, coalesce(sum(p.workloads), 0) AS workloads, coalesce(sum(p.running), 0) AS running, coalesce(sum(p.exposed), 0) AS exposed, coalesce(sum(p.on_path), 0) AS on_path"
	"   FROM v_image_base y LEFT JOIN image_site p ON p.image = y.subject WHERE y.nearest GROUP BY y.base) b JOIN v_image v ON v.subject = b.base JOIN v_site_vulnerability x ON x.subject = b.base"
	" WHERE (?1 IS NULL OR (instr(?1, ',on-path,') AND b.on_path > 0) OR (instr(?1, ',exposed,') AND b.exposed > 0) OR (instr(?1, ',running,') AND b.running > 0) OR (instr(?1, ',shelf,') AND b.running = 0))"
	" AND x.severity_rank >= ?2 AND (NOT ?4 OR x.fixable) AND (NOT ?5 OR x.kev OR x.exploits > 0) AND (?3 IS NULL OR v.image GLOB ?3) AND ?6 IS NULL"
	" GROUP BY b.base ORDER BY b.on_path DESC, 5 DESC, b.workloads DESC, 3 DESC, 2 DESC, 1 LIMIT ?7";

static const struct column agree_columns[] = {{.name = "image", .weight = 2}, {.name = "scanner"}, {.name = "vulnerability"}, {.name = "component", .weight = 1}, {.name = "version", .weight = 1}, {.name = "found-by"},
					      {.name = "reason"}, {.name = "ours", .severity = true}, {.name = "theirs", .severity = true}, {.name = "our-fix", .weight = 1}, {.name = "their-fix", .weight = 1},
					      {.name = "why", .weight = 3}};
static const char agree_sql[] =
	"SELECT a.image_name, a.scanner, a.name, a.component, a.version, CASE a.side WHEN 'both' THEN 'both' WHEN 'only-they' THEN 'only they' ELSE 'only we' END, a.reason, a.severity, a.their_severity, a.fixed,"
	" a.their_fixed, a.detail FROM v_agreement a WHERE (?6 IS NULL OR a.side = ?6)"
	" AND ?2 <= max(CASE a.severity WHEN 'critical' THEN 4 WHEN 'high' THEN 3 WHEN 'medium' THEN 2 WHEN 'low' THEN 1 ELSE 0 END,"
	"   CASE a.their_severity WHEN 'critical' THEN 4 WHEN 'high' THEN 3 WHEN 'medium' THEN 2 WHEN 'low' THEN 1 ELSE 0 END)"
	" AND (?3 IS NULL OR a.image_name GLOB ?3) AND (NOT ?4 OR coalesce(a.fixed, a.their_fixed) IS NOT NULL) AND ?5 IS NOT NULL AND (?1 IS NULL OR EXISTS (SELECT 1 FROM image_site p WHERE p.image = a.image AND ((instr(?1, ',on-path,') AND p.on_path > 0)"
	" OR (instr(?1, ',exposed,') AND p.exposed > 0) OR (instr(?1, ',running,') AND p.running > 0))) OR (instr(?1, ',shelf,') AND NOT EXISTS (SELECT 1 FROM image_site p WHERE p.image = a.image)))"
	" ORDER BY a.image_name, a.scanner, a.side, a.name, a.component, a.id LIMIT ?7";

static const struct column scan_columns[] = {{.name = "image", .weight = 2}, {.name = "scanner"}, {.name = "version"}, {.name = "scanned"}, {.name = "its-feeds"}, {.name = "results"}, {.name = "both"}, {.name = "only-they"},
					     {.name = "only-we"}, {.name = "explained"}};
static const char scan_sql[] =
	"SELECT coalesce(s.image_name, s.target), s.scanner, s.version, date(s.scanned, 'unixepoch'), date(s.feeds, 'unixepoch'), s.results, iif(s.image IS NULL, NULL, count(a.id) FILTER (WHERE a.side = 'both')),"
	" iif(s.image IS NULL, NULL, count(a.id) FILTER (WHERE a.side = 'only-they')), iif(s.image IS NULL, NULL, count(a.id) FILTER (WHERE a.side = 'only-we')),"
	" iif(s.image IS NULL, NULL, count(a.id) FILTER (WHERE a.side <> 'both' AND a.reason NOT IN ('unknown-id', 'not-in-their-data')))"
	" FROM v_scan s LEFT JOIN agreement a ON a.scan = s.subject WHERE (?3 IS NULL OR coalesce(s.image_name, s.target) GLOB ?3) AND ?2 + ?4 + ?5 >= 0 AND ?1 IS NULL AND ?6 IS NULL"
	" GROUP BY s.subject ORDER BY 1, 2, 4, s.subject LIMIT ?7";

#define COLUMNS(c) c, sizeof(c) / sizeof((c)[0])
static const struct verb verbs[] = {
	{"list", "Lists the open vulnerabilities of the site, what matters first.", "vulnerabilities", COLUMNS(list_columns), list_sql},
	{"plan", "Lists upgrades in the order of what they remove.", "steps", COLUMNS(plan_columns), plan_sql},
	{"rebase", "Lists what another base image removes.", "rebases", COLUMNS(rebase_columns), rebase_sql},
	{"bases", "Counts what images of the site bring to those that stand on them.", "bases", COLUMNS(base_columns), base_sql},
	{"owners", "Counts open vulnerabilities by the owners of what runs them.", "owners", COLUMNS(owner_columns), owner_sql},
	{"ages", "Lists since when open vulnerabilities could have been fixed.", "findings", COLUMNS(age_columns), age_sql},
	{"agree", "Compares other scanners' results with ours, result by result.", "results", COLUMNS(agree_columns), agree_sql},
	{"scans", "Lists other scanners' reports, and how far they agree.", "scans", COLUMNS(scan_columns), scan_sql},
};
enum { VERBS = sizeof(verbs) / sizeof(verbs[0]) };

static void shape(const struct tabular *r, sqlite3_stmt *s, struct cell *cells)
{
	(void)r;
	for (size_t i = 0; i < r->n; i++)
		if (cells[i].type == CELL_TEXT && sqlite3_column_type(s, (int)i) != SQLITE_TEXT)
			cells[i].type = CELL_NUMBER;
}

static int severity_rank(const char *name, struct err *e)
{
	static const char *const known[] = {"unknown", "low", "medium", "high", "critical"};

	for (int i = 0; i < 5; i++)
		if (!name || strcmp(name, known[i]) == 0)
			return i;
	return err_set(e, ERR_USAGE, "vulns: --severity is critical, high, medium, low or unknown, not '%s'", name);
}

static int check(const struct wish *w, struct err *e)
{
	if (w->side && strcmp(w->side, "both") != 0 && strcmp(w->side, "only-they") != 0 && strcmp(w->side, "only-we") != 0)
		return err_set(e, ERR_USAGE, "vulns: --found-by is both, only-they or only-we, not '%s'", w->side);
	return w->limit < 0 ? err_set(e, ERR_USAGE, "vulns: --limit is a number from 0, not %lld", (long long)w->limit) : severity_rank(w->severity, e);
}

/* What is on a path runs; what is exposed runs: each word takes in those that are more. */
static const char *places(const struct wish *w)
{
	static const char *const words[] = {NULL, ",on-path,", ",exposed,on-path,", ",running,exposed,on-path,", ",shelf,", ",shelf,on-path,", ",shelf,exposed,on-path,", NULL};

	return words[(w->shelf ? 4 : 0) + (w->running ? 3 : w->exposed ? 2 : w->on_path ? 1 : 0)];
}

/* What no answer can speak of, so that a short list is not taken for a good one. */
static void warn_unknown(struct db *db)
{
	int64_t run = db_int(db, 0, "SELECT count(DISTINCT image) FROM container", "");
	int64_t known = db_int(db, 0, "SELECT count(DISTINCT c.image) FROM container c JOIN image_use u ON u.container = c.thing", "");

	if (known < run)
		warn("%lld of %lld images that workloads run were not given: what is vulnerable in them is not known", (long long)(run - known), (long long)run);
	if (db_int(db, 0, "SELECT count(*) FROM feed", "") == 0 && db_int(db, 0, "SELECT count(*) FROM image", "") > 0)
		warn("no vulnerability feeds were given (plimsoll analyze --feeds): only what other scanners say is known");
}

static int tell(void *ctx, const struct opt_list *rest, struct err *e)
{
	const struct wish *w = ctx;
	const struct verb *v = w->verb;
	char schema[64];
	auto_db db = {0};
	auto_out out = OUT_INIT;
	auto_tabular rows = {.out = &out, .columns = v->columns, .n = v->n, .list = v->list};
	int rank = check(w, e);
	sqlite3_stmt *s;

	snprintf(schema, sizeof(schema), "plimsoll.vulns.%s/1", v->name);
	rows.schema = schema;
	rows.form = rank < 0 ? NULL : tabular_form_find(w->form.format, e);
	if (!rows.form || assessment_open(&db, rest->at[0], e) || out_open(&out, w->form.output, e) || tabular_style(&rows, w->form.colour, e))
		return -1;
	warn_unknown(&db);
	s = db_stmt(&db, v->sql);
	db_bind(s, "sisbbsi", places(w), (int64_t)rank, w->image, w->fixable, w->exploited, w->side, w->limit ? w->limit : INT64_MAX);
	return tabular_query(&rows, &db, s, shape, e) || out_commit(&out, e) ? -1 : assessment_exit(&db);
}

static const char more[] =
	"VERB is list (when none is given), plan, rebase, bases, owners, ages, agree or scans. A place is the worst one of the workloads that run the image: on-path (an attack path leads over it),\n"
	"exposed (reachable from outside), running, or shelf (nothing runs it); --exposed takes in what is on a path, --running both. Workloads are counted per image.\n\n"
	"Examples: plimsoll vulns site.db --exposed --severity high\n"
	"          plimsoll vulns plan site.db --limit 10\n"
	"          plimsoll vulns agree site.db --found-by only-they --format csv\n"
	"Exit codes: 0 done, 2 usage, 3 not an assessment.\n";

static int run(const struct verb *v, bool named, int argc, char **argv)
{
	struct wish w = {.verb = v, .form = {.format = "table"}};
	const struct opt table[] = {
		{"running", 0, OPT_FLAG, &w.running, NULL, "Only of images that workloads run."},
		{"exposed", 0, OPT_FLAG, &w.exposed, NULL, "Only of workloads that are reachable from outside."},
		{"on-path", 0, OPT_FLAG, &w.on_path, NULL, "Only of workloads that attack paths lead over."},
		{"shelf", 0, OPT_FLAG, &w.shelf, NULL, "Only of images that nothing runs (with the others: these too)."},
		{"severity", 0, OPT_TEXT, &w.severity, "SEV", "This or worse: critical, high, medium, low, unknown."},
		{"fixable", 0, OPT_FLAG, &w.fixable, NULL, "Only what has a fix."},
		{"exploited", 0, OPT_FLAG, &w.exploited, NULL, "Only what is known to be exploited or has a public exploit."},
		{"image", 0, OPT_TEXT, &w.image, "PATTERN", "Only of images of this name; * stands for anything."},
		{"found-by", 0, OPT_TEXT, &w.side, "SIDE", "agree: both, only-they or only-we."},
		{"limit", 0, OPT_INT, &w.limit, "N", "At most so many rows."},
		TABULAR_OPTS(w.form),
		{0},
	};
	char command[32];
	const struct opts opts = {.command = command, .synopsis = named ? "SITE.db [--running] [--exposed] [--on-path] [--severity SEV]" : "[VERB] SITE.db [--running] [--exposed] [--on-path] [--severity SEV]",
				  .summary = v->summary, .table = table, .more = more, .min = 1, .max = 1};

	snprintf(command, sizeof(command), "vulns%s%s", named ? " " : "", named ? v->name : "");
	return opts_run(&opts, argc, argv, tell, &w);
}

int cmd_vulns(int argc, char **argv)
{
	for (int i = 0; argc > 1 && i < VERBS; i++)
		if (strcmp(argv[1], verbs[i].name) == 0)
			return run(&verbs[i], true, argc - 1, argv + 1);
	return run(&verbs[0], false, argc, argv);
}
