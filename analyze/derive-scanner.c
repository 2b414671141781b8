// SPDX-License-Identifier: Apache-2.0
// Other scanners' results beside ours, and why they differ: first what the evidence tells, then what the feeds say of the rest.
#include "derive-scanner.h"


/* Names of components that mean the same: letters' case, and '_' and '.' for '-', as PEP 503 has it; other ecosystems do not use them to tell packages apart. */
#define SAME(name) "replace(replace(lower(" name "), '_', '-'), '.', '-')"

/* Packages of one name in one image, and of one vulnerability, that are compared: texlive has some 200; each is tried with each of their results. */
#define ALIKE "2000"

static const char *const link_images[] = {
	"UPDATE scan SET image = (SELECT i.thing FROM image i WHERE i.config_digest = scan.config_digest OR i.digest = scan.digest OR i.config_digest = scan.digest ORDER BY i.thing LIMIT 1)"
	" WHERE digest IS NOT NULL OR config_digest IS NOT NULL",
	/* By name only where the report does not tell which image had it. */
	"UPDATE scan SET image = (SELECT n.image FROM image_name n WHERE n.registry = scan.registry AND n.repository = scan.repository AND n.tag = scan.tag ORDER BY n.image LIMIT 1)"
	" WHERE image IS NULL AND digest IS NULL AND config_digest IS NULL AND tag IS NOT NULL",
	NULL,
};

static const char *const gather[] = {
	/* All names of what was matched. */
	"CREATE TEMP TABLE scan_name(name TEXT NOT NULL, id INTEGER NOT NULL, PRIMARY KEY (name, id)) WITHOUT ROWID",
	"INSERT INTO scan_name SELECT name, id FROM vulnerability UNION SELECT j.value, v.id FROM vulnerability v, json_each(v.aliases) j",
	/* What we matched in the images that they scanned. */
	"CREATE TEMP TABLE ours AS SELECT * FROM (SELECT x.subject AS image, x.vulnerability, x.name, x.severity, x.component, x.version, x.status, x.fixed, x.suppressed, x.vex, x.vex_author, x.package,"
	" " SAME("x.component") " AS key, " SAME("coalesce(p.source, x.component)") " AS source,"
	" row_number() OVER (PARTITION BY x.subject, x.vulnerability ORDER BY x.package) AS nth FROM v_match x JOIN package p ON p.id = x.package"
	" WHERE x.subject IN (SELECT image FROM scan WHERE image IS NOT NULL)) WHERE nth <= " ALIKE,
	"CREATE INDEX temp.ours_place ON ours(image, vulnerability)",
	/* Their results, with the vulnerability they mean: a name of it, or one of the other names they give. */
	"CREATE TEMP TABLE theirs AS SELECT r.id, r.scan, s.image, r.vulnerability AS name, r.aliases, r.component, r.version, r.type, r.severity, r.fixed, r.state, " SAME("r.component") " AS key,"
	" coalesce((SELECT n.id FROM scan_name n WHERE n.name = r.vulnerability ORDER BY n.id LIMIT 1),"
	" (SELECT n.id FROM json_each(r.aliases) j JOIN scan_name n ON n.name = j.value ORDER BY n.id LIMIT 1)) AS vulnerability"
	" FROM scan_result r JOIN scan s ON s.thing = r.scan WHERE s.image IS NOT NULL ORDER BY r.id",
	"CREATE INDEX temp.theirs_place ON theirs(scan, vulnerability)",
	"CREATE TEMP TABLE seen AS SELECT * FROM (SELECT *, row_number() OVER (PARTITION BY image, key ORDER BY id) AS nth FROM (SELECT p.thing AS image, " SAME("p.name") " AS key, p.name, p.version, p.source, p.source_version, p.removed_in, p.declared, p.owned, p.owner, p.id"
	" FROM package p WHERE p.thing IN (SELECT image FROM scan WHERE image IS NOT NULL)"
	" UNION SELECT p.thing, " SAME("p.source") ", p.name, p.version, p.source, p.source_version, p.removed_in, p.declared, p.owned, p.owner, p.id"
	" FROM package p WHERE p.source IS NOT NULL AND p.thing IN (SELECT image FROM scan WHERE image IS NOT NULL))) WHERE nth <= " ALIKE,
	"CREATE INDEX temp.seen_place ON seen(image, key)",
	"CREATE TEMP TABLE judged AS SELECT p.id AS package, c.ecosystem, c.release, coalesce(c.source, c.name) AS name, coalesce(c.source_version, c.version) AS version, 0 AS binary, c.kernel"
	" FROM package p JOIN component c ON c.id = p.component WHERE p.thing IN (SELECT image FROM scan WHERE image IS NOT NULL)"
	" UNION ALL SELECT p.id, c.ecosystem, c.release, c.name, c.version, 1, c.kernel FROM package p JOIN component c ON c.id = p.component"
	" WHERE c.type = 'rpm' AND p.thing IN (SELECT image FROM scan WHERE image IS NOT NULL)",
	"CREATE INDEX temp.judged_package ON judged(package)",
	NULL,
};

/* Of one vulnerability the scanner may list a package once a binary: each is a row, as each of ours is. */
static const char both[] =
	"INSERT INTO agreement(scan, image, name, component, version, side, reason, detail, severity, fixed, their_severity, their_fixed)"
	" SELECT t.scan, t.image, o.name, t.component, t.version, iif(min(o.suppressed), 'only-they', 'both'), iif(min(o.suppressed), 'vex', NULL),"
	" iif(min(o.suppressed), coalesce(o.vex_author, 'A VEX statement') || ' says ' || o.vex || '.', NULL), o.severity, o.fixed, t.severity, t.fixed"
	" FROM theirs t JOIN ours o ON o.image = t.image AND o.vulnerability = t.vulnerability AND (o.key = t.key OR o.source = t.key)"
	" WHERE t.state = 'open' GROUP BY t.id ORDER BY t.id";

/* What the evidence tells of the others. The first reason that holds is given. */
static const char only_they[] =
	"CREATE TEMP TABLE apart AS SELECT t.*, (SELECT v.name FROM vulnerability v WHERE v.id = t.vulnerability) AS primary_name,"
	" (SELECT min(s.id) FROM seen s WHERE s.image = t.image AND s.key = t.key AND s.removed_in IS NULL AND NOT s.declared AND NOT s.owned) AS package,"
	" (SELECT s.version FROM seen s WHERE s.image = t.image AND s.key = t.key AND s.removed_in IS NULL AND NOT s.declared AND NOT s.owned ORDER BY s.id LIMIT 1) AS have"
	" FROM theirs t WHERE t.state = 'open' AND NOT EXISTS (SELECT 1 FROM ours o WHERE o.image = t.image AND o.vulnerability = t.vulnerability AND (o.key = t.key OR o.source = t.key))"
	" ORDER BY t.id";

#define IN_IMAGE "FROM seen s WHERE s.image = a.image AND s.key = a.key"
#define NOT_COVERED \
	"FROM feed_coverage c JOIN judged j ON j.package = a.package AND c.ecosystem IS j.ecosystem AND coalesce(c.package, j.name) = j.name WHERE c.thing = a.image AND c.state <> 'assessed'"
static const char reasons[] =
	"CREATE TEMP TABLE why AS SELECT a.id, CASE"
	" WHEN NOT EXISTS (SELECT 1 FROM feed) THEN 'no-feeds'"
	" WHEN EXISTS (SELECT 1 FROM ours o WHERE o.image = a.image AND o.vulnerability = a.vulnerability AND NOT o.suppressed) THEN 'other-component'"
	" WHEN a.package IS NULL AND EXISTS (SELECT 1 " IN_IMAGE " AND s.owned AND s.removed_in IS NULL) THEN 'owned-by-os'"
	" WHEN a.package IS NULL AND EXISTS (SELECT 1 " IN_IMAGE " AND s.removed_in IS NOT NULL) THEN 'removed'"
	" WHEN a.package IS NULL AND EXISTS (SELECT 1 " IN_IMAGE ") THEN 'declared-only'"
	" WHEN a.package IS NULL THEN 'component-not-seen'"
	" WHEN EXISTS (SELECT 1 FROM judged j WHERE j.package = a.package AND j.kernel) THEN 'kernel-headers'"
	" WHEN a.version <> '' AND NOT EXISTS (SELECT 1 " IN_IMAGE " AND (a.version IN (s.version, s.source_version, 'v' || s.version, '0:' || s.version)"
	"   OR s.version = 'v' || a.version)) THEN 'other-version'"
	" WHEN EXISTS (SELECT 1 " NOT_COVERED ") THEN 'not-covered' END AS reason FROM apart a ORDER BY a.id;"
	"CREATE UNIQUE INDEX temp.why_id ON why(id)";
static const char settle[] =
	"INSERT INTO agreement(scan, image, name, component, version, side, reason, detail, their_severity, their_fixed)"
	" SELECT a.scan, a.image, coalesce(a.primary_name, a.name), a.component, a.version, 'only-they', r.reason, CASE r.reason"
	" WHEN 'no-feeds' THEN 'No vulnerability feeds were given to this assessment.'"
	" WHEN 'other-component' THEN 'It was found here in ' || (SELECT min(o.component) FROM ours o WHERE o.image = a.image AND o.vulnerability = a.vulnerability AND NOT o.suppressed) || '.'"
	" WHEN 'component-not-seen' THEN 'No ' || iif(a.component = '', 'component is named', a.component || ' was seen in the image') || '.'"
	" WHEN 'removed' THEN 'Layer ' || (SELECT min(s.removed_in) " IN_IMAGE ") || ' takes it away.'"
	" WHEN 'declared-only' THEN 'A lock file or bill of materials names it; it is not installed.'"
	" WHEN 'owned-by-os' THEN 'The package ' || coalesce((SELECT min(s.owner) " IN_IMAGE " AND s.owned), 'of the operating system') || ' owns it and is judged in its place.'"
	" WHEN 'kernel-headers' THEN 'Kernel sources in an image are not run: the kernel of the node decides.'"
	" WHEN 'other-version' THEN 'The image has version ' || a.have || '.'"
	" ELSE (SELECT min(c.reason) " NOT_COVERED ") END, a.severity, a.fixed FROM apart a JOIN why r ON r.id = a.id WHERE r.reason IS NOT NULL ORDER BY a.id";

/* Ours that no result of theirs is. */
static const char only_we[] =
	"INSERT INTO agreement(scan, image, name, component, version, side, reason, detail, severity, fixed)"
	" SELECT scan, image, name, component, version, 'only-we', reason, CASE reason"
	" WHEN 'ignored-by-them' THEN 'The report lists it among what its user ignores or a VEX statement rules out.'"
	" WHEN 'other-component' THEN 'The report has it in ' || (SELECT min(t.component) FROM theirs t WHERE t.scan = x.scan AND t.vulnerability = x.vulnerability AND t.state = 'open') || '.'"
	" WHEN 'component-not-seen-by-them' THEN 'The report lists its components, and this is not among them.'"
	" WHEN 'newer-than-scan' THEN 'It was published after the scan.'"
	" WHEN 'they-list-fixed-only' THEN 'It has no fix, and the report lists only what has one.'"
	" ELSE 'The report does not name it.' END, severity, fixed"
	" FROM (SELECT s.thing AS scan, o.image, o.vulnerability, o.name, o.component, o.version, o.severity, o.fixed, CASE"
	"   WHEN EXISTS (SELECT 1 FROM theirs t WHERE t.scan = s.thing AND t.vulnerability = o.vulnerability AND t.state <> 'open') THEN 'ignored-by-them'"
	"   WHEN EXISTS (SELECT 1 FROM theirs t WHERE t.scan = s.thing AND t.vulnerability = o.vulnerability AND t.state = 'open') THEN 'other-component'"
	"   WHEN s.lists_components AND NOT EXISTS (SELECT 1 FROM temp.listed c WHERE c.scan = s.thing AND c.key IN (o.key, o.source)) THEN 'component-not-seen-by-them'"
	"   WHEN v.published > s.scanned THEN 'newer-than-scan'"
	"   WHEN o.fixed IS NULL AND EXISTS (SELECT 1 FROM theirs t WHERE t.scan = s.thing) AND NOT EXISTS (SELECT 1 FROM theirs t WHERE t.scan = s.thing AND t.fixed IS NULL)"
	"     THEN 'they-list-fixed-only'"
	"   ELSE 'not-in-their-data' END AS reason"
	"   FROM scan s JOIN ours o ON o.image = s.image JOIN vulnerability v ON v.id = o.vulnerability WHERE s.lists_vulnerabilities AND NOT o.suppressed AND NOT EXISTS"
	"   (SELECT 1 FROM theirs t WHERE t.scan = s.thing AND t.vulnerability = o.vulnerability AND t.state = 'open' AND t.key IN (o.key, o.source))"
	"   GROUP BY s.thing, o.vulnerability, o.component, o.version) x ORDER BY scan, name, component, version";

static const char listed[] = "CREATE TEMP TABLE listed AS SELECT scan, " SAME("name") " AS key FROM scan_component UNION SELECT scan, key FROM theirs;"
			     "CREATE INDEX temp.listed_key ON listed(scan, key)";
static const char clear[] = "DROP TABLE temp.scan_name; DROP TABLE temp.ours; DROP TABLE temp.theirs; DROP TABLE temp.seen; DROP TABLE temp.judged; DROP TABLE temp.apart; DROP TABLE temp.why; DROP TABLE temp.listed";

/* ---- what the feeds say */

struct said {
	const char *reason;
	char detail[512];
};

/* The vulnerability's records in vulns.db by this name: how many, and how many of them are withdrawn. */
static int records(struct db *feeds, struct span name, int64_t *all, int64_t *withdrawn, struct err *e)
{
	sqlite3_stmt *q = db_stmt(feeds, "SELECT count(*), coalesce(sum(withdrawn IS NOT NULL), 0) FROM vuln WHERE name = ?1 OR id IN (SELECT vuln FROM alias WHERE other = ?1)");
	int rc;

	db_bind(q, "t", name);
	rc = db_step(feeds, q, e);
	*all = sqlite3_column_int64(q, 0);
	*withdrawn = sqlite3_column_int64(q, 1);
	sqlite3_reset(q);
	return rc == 1 ? 0 : -1;
}

/* What feeds say of the vulnerability in one package of the release; the newest statement. `p`: ecosystem, release, name, version, binary. */
static int statement(struct db *feeds, struct span name, sqlite3_stmt *p, struct said *out, struct err *e)
{
	sqlite3_stmt *q = db_stmt(feeds,
		"SELECT a.status, CASE a.status WHEN 'unfixed' THEN NULL ELSE a.fixed END, f.name FROM affected a JOIN vuln v ON v.id = a.vuln JOIN feed f ON f.id = v.feed JOIN scope s ON s.id = a.scope"
		" WHERE s.ecosystem = ?2 AND s.release IN (?3, '') AND a.package = ?4 AND a.binary = ?5 AND v.withdrawn IS NULL"
		" AND (v.name = ?1 OR v.id IN (SELECT vuln FROM alias WHERE other = ?1)) ORDER BY f.date DESC, f.name, a.n");
	int rc;

	db_bind(q, "tttti", name, db_text(p, 0), db_text(p, 1), db_text(p, 2), sqlite3_column_int64(p, 4));
	rc = db_step(feeds, q, e);
	if (rc == 1 && span_eq(db_text(q, 0), "not-affected")) {
		out->reason = "vendor-not-affected";
		snprintf(out->detail, sizeof(out->detail), "Feed %.*s says that it is not affected in this release.", SPAN_ARG(db_text(q, 2)));
	} else if (rc == 1 && db_text(q, 1).n) {
		out->reason = "fixed-by-version";
		snprintf(out->detail, sizeof(out->detail), "Feed %.*s has it fixed in %.*s %.*s; installed is %.*s.", SPAN_ARG(db_text(q, 2)), SPAN_ARG(db_text(p, 2)), SPAN_ARG(db_text(q, 1)),
			 SPAN_ARG(db_text(p, 3)));
	} else if (rc == 1) {
		out->reason = "not-decided";
		snprintf(out->detail, sizeof(out->detail), "Feed %.*s lists it, for other versions than %.*s.", SPAN_ARG(db_text(q, 2)), SPAN_ARG(db_text(p, 3)));
	}
	sqlite3_reset(q);
	return rc < 0 ? -1 : 0;
}

/* One name of it: nothing said (reason NULL), or what the feeds say. */
static int ask(struct db *site, struct db *feeds, struct span name, int64_t package, struct said *out, struct err *e)
{
	sqlite3_stmt *p = db_stmt(site, "SELECT ecosystem, release, name, version, binary FROM judged WHERE package = ? ORDER BY binary DESC");
	int64_t all, withdrawn;
	int rc = 0;

	if (records(feeds, name, &all, &withdrawn, e))
		return -1;
	if (!all)
		return 0;
	if (all == withdrawn) {
		out->reason = "withdrawn";
		snprintf(out->detail, sizeof(out->detail), "Its records in the imported feeds are withdrawn.");
		return 0;
	}
	db_bind(p, "i", package);
	while ((!out->reason || strcmp(out->reason, "not-listed") == 0) && (rc = db_step(site, p, e)) == 1) {
		if (statement(feeds, name, p, out, e)) {
			rc = -1;
			break;
		}
		if (!out->reason) {
			out->reason = "not-listed";
			snprintf(out->detail, sizeof(out->detail), "The imported feeds know it, not for %.*s in %.*s%s%.*s.", SPAN_ARG(db_text(p, 2)), SPAN_ARG(db_text(p, 0)),
				 db_text(p, 1).n ? " " : "", SPAN_ARG(db_text(p, 1)));
		}
	}
	sqlite3_reset(p);
	return rc < 0 ? -1 : 0;
}

static int explain(struct db *site, struct db *feeds, sqlite3_stmt *q, struct err *e)
{
	sqlite3_stmt *names = db_stmt(site, "SELECT ?1 UNION ALL SELECT value FROM (SELECT value FROM json_each(?2) LIMIT 20)");
	struct said s = {0};
	int rc = 1;

	db_bind(names, "tt", db_text(q, 3), db_text(q, 4));
	while (!s.reason && (rc = db_step(site, names, e)) == 1)
		if (ask(site, feeds, db_text(names, 0), sqlite3_column_int64(q, 8), &s, e)) {
			rc = -1;
			break;
		}
	sqlite3_reset(names);
	if (rc < 0)
		return -1;
	if (!s.reason) {
		s.reason = "unknown-id";
		snprintf(s.detail, sizeof(s.detail), "No imported feed knows a vulnerability of this name.");
	}
	return db_run(site, e,
		      "INSERT INTO agreement(scan, image, name, component, version, side, reason, detail, their_severity, their_fixed)"
		      " VALUES (?, ?, ?, ?, ?, 'only-they', ?, ?, ?, ?)",
		      "iitttss" "tt", sqlite3_column_int64(q, 0), sqlite3_column_int64(q, 1), db_text(q, 2), db_text(q, 5), db_text(q, 6), s.reason, s.detail, db_text(q, 9),
		      db_text(q, 7));
}

static int explain_rest(struct db *site, struct db *feeds, struct err *e)
{
	sqlite3_stmt *q = db_stmt(site, "SELECT scan, image, coalesce(primary_name, name), name, aliases, component, version, fixed, package, severity FROM apart JOIN why USING (id) WHERE reason IS NULL ORDER BY id");
	int rc;

	while ((rc = db_step(site, q, e)) == 1)
		if (explain(site, feeds, q, e)) {
			rc = -1;
			break;
		}
	sqlite3_reset(q);
	return rc;
}

int derive_scanner(struct db *site, struct db *feeds, struct err *e)
{
	if (!db_int(site, 0, "SELECT 1 FROM scan LIMIT 1", ""))
		return 0;
	if (db_exec_all(site, link_images, e))
		return -1;
	if (!db_int(site, 0, "SELECT 1 FROM scan WHERE image IS NOT NULL LIMIT 1", ""))
		return 0;
	if (db_exec_all(site, gather, e) || db_exec(site, listed, e) || db_exec(site, both, e) || db_exec(site, only_they, e) ||
	    db_exec(site, reasons, e) || db_exec(site, settle, e) || (feeds && explain_rest(site, feeds, e)) || db_exec(site, only_we, e))
		return -1;
	return db_exec(site, clear, e);
}
