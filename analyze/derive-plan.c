// SPDX-License-Identifier: Apache-2.0
// Exploits and dates of fixes of what was matched, out of vulns.db; then the SQL of plan.sql, which joins vulnerabilities to the site.
#include "derive-plan.h"
#include "common/embed.h"

/* All lists that have an exploit for one name of the vulnerability. */
static int exploits_of(struct db *site, struct db *feeds, int64_t vulnerability, struct span name, struct err *e)
{
	sqlite3_stmt *q = db_stmt(feeds, "SELECT source, name, since, verified FROM exploit WHERE cve = ?");
	int rc;

	db_bind(q, "t", name);
	while ((rc = db_step(feeds, q, e)) == 1)
		if (db_run(site, e,
			   "INSERT INTO known_exploit(vulnerability, source, name, since, verified) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET verified = max(verified, excluded.verified)",
			   "ittri", vulnerability, db_text(q, 0), db_text(q, 1), sqlite3_column_int64(q, 2), sqlite3_column_int64(q, 3))) {
			rc = -1;
			break;
		}
	sqlite3_reset(q);
	return rc;
}

static int copy_exploits(struct db *site, struct db *feeds, struct err *e)
{
	sqlite3_stmt *q = db_stmt(site, "SELECT id, name FROM vulnerability UNION SELECT v.id, j.value FROM vulnerability v, json_each(v.aliases) j WHERE j.value GLOB 'CVE-*' ORDER BY 1, 2");
	int rc;

	while ((rc = db_step(site, q, e)) == 1)
		if (exploits_of(site, feeds, sqlite3_column_int64(q, 0), db_text(q, 1), e)) {
			rc = -1;
			break;
		}
	sqlite3_reset(q);
	return rc;
}

/* The earliest date of that fix in the feed that decided, by any name of the vulnerability. */
static int64_t fix_date(struct db *feeds, struct span feed, struct span name, struct span aliases, struct span fixed)
{
	return db_int(feeds, 0,
		      "SELECT min(a.since) FROM (SELECT ?2 AS name UNION SELECT value FROM json_each(?3)) n JOIN vuln v ON v.name = n.name JOIN feed f ON f.id = v.feed"
		      " JOIN affected a ON a.vuln = v.id WHERE f.name = ?1 AND a.fixed = ?4 AND a.since IS NOT NULL AND v.withdrawn IS NULL",
		      "tttt", feed, name, aliases, fixed);
}

/* Feeds that tell dates of fixes at all; most do not. */
static int dated_feeds(struct db *site, struct db *feeds, struct err *e)
{
	sqlite3_stmt *q = db_stmt(feeds, "SELECT f.name FROM feed f WHERE EXISTS (SELECT 1 FROM vuln v JOIN affected a ON a.vuln = v.id WHERE v.feed = f.id AND a.since IS NOT NULL)");
	int rc = db_exec(site, "CREATE TEMP TABLE dated_feed(name TEXT PRIMARY KEY) WITHOUT ROWID", e);

	while (rc == 0 && (rc = db_step(feeds, q, e)) == 1)
		rc = db_run(site, e, "INSERT INTO temp.dated_feed(name) VALUES (?)", "t", db_text(q, 0));
	sqlite3_reset(q);
	return rc;
}

static int copy_dates(struct db *site, struct db *feeds, struct err *e)
{
	sqlite3_stmt *q = db_stmt(site, "SELECT DISTINCT v.id, v.name, v.aliases, f.id, f.name, m.fixed FROM component_match m JOIN vulnerability v ON v.id = m.vulnerability JOIN feed f ON f.id = m.feed"
					" WHERE m.fixed IS NOT NULL AND f.name IN (SELECT name FROM temp.dated_feed) ORDER BY v.id, f.id, m.fixed");
	int rc;

	while ((rc = db_step(site, q, e)) == 1) {
		int64_t since = fix_date(feeds, db_text(q, 4), db_text(q, 1), db_text(q, 2), db_text(q, 5));

		if (since > 0 && db_run(site, e, "INSERT INTO fix_date(vulnerability, feed, fixed, since) VALUES (?, ?, ?, ?)", "iiti", sqlite3_column_int64(q, 0), sqlite3_column_int64(q, 3),
					db_text(q, 5), since)) {
			rc = -1;
			break;
		}
	}
	sqlite3_reset(q);
	return rc;
}

int derive_fix_dates(struct db *site, struct db *feeds, struct err *e)
{
	if (!feeds)
		return 0;
	if (db_int(feeds, 0, "SELECT 1 FROM exploit LIMIT 1", "") && copy_exploits(site, feeds, e))
		return -1;
	if (dated_feeds(site, feeds, e) || (db_int(site, 0, "SELECT 1 FROM temp.dated_feed LIMIT 1", "") && copy_dates(site, feeds, e)))
		return -1;
	return db_exec(site, "DROP TABLE temp.dated_feed", e);
}

int derive_plan(struct db *site, struct err *e)
{
	struct span sql = embed_find("analyze/plan.sql");

	if (!sql.p)
		die("analyze/plan.sql is not in the program");
	return db_exec(site, sql.p, e) ? err_wrap(e, "analyze/plan.sql") : 0;
}
