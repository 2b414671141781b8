// SPDX-License-Identifier: Apache-2.0
// What the feeds could judge and what not: absence of data is not cleanliness. Matching is derive-match.c's.
#include "derive-coverage.h"

#include "common/arena.h"
#include "common/buf.h"
#include "common/version.h"
#include "derive-match.h"

/* Each row of a query on one database into the parameters of an insert on another. Both are literals. */
static int copy_rows(struct db *from, const char *select, struct db *to, const char *insert, struct err *e)
{
	sqlite3_stmt *q = db_stmt(from, select), *in = db_stmt(to, insert);
	int r;

	while ((r = db_step(from, q, e)) == 1) {
		for (int i = 0; i < sqlite3_column_count(q); i++)
			sqlite3_bind_value(in, i + 1, sqlite3_column_value(q, i));
		r = db_step(to, in, e);
		sqlite3_reset(in);
		sqlite3_clear_bindings(in);
		if (r < 0)
			break;
	}
	sqlite3_reset(q);
	return r;
}

int coverage_copy_feeds(struct db *site, struct db *feeds, struct err *e)
{
	static const char feed[] =
		"SELECT f.id, f.name, f.kind, f.date, f.records, f.sha256, f.fixes_only, coalesce((SELECT group_concat(c, ', ')"
		" FROM (SELECT s.ecosystem || CASE s.release WHEN '' THEN '' ELSE ' ' || s.release END AS c FROM feed_scope x"
		" JOIN scope s ON s.id = x.scope WHERE x.feed = f.id ORDER BY s.ecosystem, cast(s.release AS REAL), s.release)), '')"
		" FROM feed f ORDER BY f.id";

	/* Life cycles are few and small: all of them. */
	return copy_rows(feeds, feed, site,
			 "INSERT INTO feed(id, name, kind, date, records, sha256, fixes_only, covers) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", e) ||
			       copy_rows(feeds,
					 "SELECT product, cycle, released, support, eol, ended, extended, latest, latest_date FROM lifecycle ORDER BY product, cycle",
					 site,
					 "INSERT INTO lifecycle(product, cycle, released, support, eol, ended, extended, latest, latest_date)"
					 " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
					 e)
		       ? -1
		       : 0;
}

struct coverage {
	int64_t thing, packages, newest; /* newest 0: NULL */
	struct span ecosystem, release, package;
	const char *reason; /* NULL: assessed */
	const char *assumed; /* of assessed: what is not told */
};

static int add(struct db *site, const struct coverage *c, struct err *e)
{
	return db_run(site, e,
		      "INSERT INTO feed_coverage(thing, ecosystem, release, package, state, packages, newest, reason) VALUES (?,?,?,?,?,?,?,?)",
		      "itttsirs", c->thing, c->ecosystem, c->release, c->package, c->reason ? "not-assessed" : "assessed", c->packages, c->newest,
		      c->reason ? c->reason : c->assumed);
}

/* Why a thing's packages are not known at all; NULL when they are. */
static const char *unknown_reason(struct span database, bool readable)
{
	if (!readable)
		return "not all layers could be read: packages may be missing";
	if (span_eq(database, "unreadable"))
		return "the package database could not be read: its packages are not known";
	if (span_eq(database, "removed"))
		return "the package database was removed by a later layer: what is installed cannot be told";
	if (span_eq(database, "none"))
		return "no package database: what is installed cannot be told";
	return NULL;
}

static int cover_unknown(struct db *site, struct err *e)
{
	sqlite3_stmt *q = db_stmt(site, "SELECT v.thing, v.database, coalesce(i.readable, 1), v.ecosystem, v.release FROM inventory v"
					" LEFT JOIN image i ON i.thing = v.thing ORDER BY v.thing");
	int r;

	while ((r = db_step(site, q, e)) == 1) {
		struct coverage c = {.thing = sqlite3_column_int64(q, 0), .ecosystem = db_text(q, 3), .release = db_text(q, 4)};

		c.reason = unknown_reason(db_text(q, 1), sqlite3_column_int(q, 2));
		if (c.reason && add(site, &c, e)) {
			r = -1;
			break;
		}
	}
	sqlite3_reset(q);
	return r;
}

/* Newest date of the feeds for a scope: -1 no feed covers it, 0 they state no date. */
static int64_t covered(struct db *feeds, struct span ecosystem, struct span release)
{
	return db_int(feeds, -1,
		      "SELECT max(coalesce(f.date, 0)) FROM scope s JOIN feed_scope x ON x.scope = s.id JOIN feed f ON f.id = x.feed"
		      " WHERE s.ecosystem = ? AND s.release = ?",
		      "tt", ecosystem, release);
}

/* `distro`: the distribution as it names itself; `known`: by us too. */
static const char *uncovered_reason(struct arena *a, struct db *feeds, const struct coverage *c, struct span distro, bool known)
{
	if (c->ecosystem.n == 0 && known)
		return arena_printf(a, "packages of another package manager than that of %.*s: no feed can be chosen", SPAN_ARG(distro));
	if (c->ecosystem.n == 0 && distro.n > 0)
		return arena_printf(a, "%.*s is no distribution that feeds are known for: no feed can be chosen", SPAN_ARG(distro));
	if (c->ecosystem.n == 0)
		return "the distribution is not told: no feed can be chosen";
	if (!c->release.p)
		return arena_printf(a, "the release of %.*s is not told: no feed can be chosen", SPAN_ARG(c->ecosystem));
	if (!feeds)
		return "no feeds were given (--feeds vulns.db)";
	if (covered(feeds, c->ecosystem, c->release) < 0)
		return arena_printf(a, "no imported feed covers %.*s%s%.*s", SPAN_ARG(c->ecosystem), c->release.n ? " " : "", SPAN_ARG(c->release));
	if (version_scheme_of_ecosystem(c->ecosystem) == VERSION_NONE)
		return arena_printf(a, "versions of %.*s cannot be compared by this version", SPAN_ARG(c->ecosystem));
	return NULL;
}

/* How it is known where packages of Red Hat's come from; NULL where their content sets tell, and all of them are known. */
static const char *repositories_assumed(struct arena *a, struct db *site, int64_t thing)
{
	sqlite3_stmt *q = db_stmt(site, "WITH u AS (SELECT DISTINCT j.value AS name FROM component c JOIN repository_list l ON l.id = c.repositories, json_each(coalesce(l.unknown, '[]')) j"
					" WHERE c.id IN (SELECT component FROM package WHERE thing = ?1)) SELECT v.repositories, v.streams IS NULL, (SELECT count(*) FROM u), (SELECT min(name) FROM u),"
					" (SELECT count(*) FROM package p WHERE p.thing = ?1 AND p.component IN (SELECT component FROM component_match WHERE unsure)) FROM inventory v WHERE v.thing = ?1");
	auto_buf b = BUF_INIT;

	db_bind(q, "i", thing);
	if (db_step(site, q, NULL) == 1) {
		struct span told = db_text(q, 0), name = db_text(q, 3);
		int64_t unknown = sqlite3_column_int64(q, 2), unsure = sqlite3_column_int64(q, 4);

		if (!told.p && sqlite3_column_int(q, 1))
			buf_add_str(&b, "it does not tell its repositories: judged by the main stream of its release");
		else if (span_eq(told, "none"))
			buf_add_str(&b, "its manifests name no content sets: judged by the default repositories of its release");
		else if (span_eq(told, "build"))
			buf_add_str(&b, "its repositories are told by its build alone");
		if (unknown > 0)
			buf_printf(&b, "%sno imported feed knows %.*s", b.n ? "; " : "", SPAN_ARG(name));
		if (unknown > 1)
			buf_printf(&b, " and %lld more of its repositories", (long long)unknown - 1);
		if (unsure > 0)
			buf_printf(&b, "; what Red Hat says of %lld of its packages in other products is under investigation", (long long)unsure);
	}
	sqlite3_reset(q);
	return b.n ? arena_strdup(a, buf_str(&b)) : NULL;
}

static int cover_ecosystems(struct db *site, struct db *feeds, struct err *e)
{
	auto_arena a = ARENA_INIT;
	sqlite3_stmt *q = db_stmt(site, "SELECT p.thing, c.ecosystem, c.release, count(*), c.ecosystem = 'Red Hat',"
					" (SELECT v.distro || coalesce(' ' || v.distro_version, '') FROM inventory v WHERE v.thing = p.thing),"
					" (SELECT v.ecosystem IS NOT NULL FROM inventory v WHERE v.thing = p.thing) FROM component c CROSS JOIN package p ON p.component = c.id"
					" GROUP BY p.thing, c.ecosystem, c.release HAVING c.ecosystem = 'Kubernetes'"
					" OR EXISTS (SELECT 1 FROM inventory v WHERE v.thing = p.thing) ORDER BY p.thing, c.ecosystem, c.release");
	int r;

	while ((r = db_step(site, q, e)) == 1) {
		struct coverage c = {.thing = sqlite3_column_int64(q, 0), .ecosystem = db_text(q, 1), .release = db_text(q, 2),
				     .packages = sqlite3_column_int64(q, 3)};

		c.reason = uncovered_reason(&a, feeds, &c, db_text(q, 5), sqlite3_column_int(q, 6));
		if (sqlite3_column_int(q, 4))
			c.assumed = repositories_assumed(&a, site, c.thing);
		if (!c.reason)
			c.newest = covered(feeds, c.ecosystem, c.release);
		if (add(site, &c, e)) {
			r = -1;
			break;
		}
		arena_reset(&a);
	}
	sqlite3_reset(q);
	return r;
}

/* The packages that feeds leave out, with the names of those feeds. */
static int list_gaps(struct db *site, struct db *feeds, struct err *e)
{
	sqlite3_stmt *q = db_stmt(feeds, "SELECT ecosystem, release, package, group_concat(name, ', ') FROM (SELECT s.ecosystem, s.release, g.package, f.name"
					 " FROM gap g JOIN scope s ON s.id = g.scope JOIN feed f ON f.id = g.feed ORDER BY f.name) GROUP BY 1, 2, 3");
	int r;

	if (db_exec(site, "CREATE TEMP TABLE left_out(ecosystem TEXT, release TEXT, package TEXT, feeds TEXT, PRIMARY KEY(package, release, ecosystem)) WITHOUT ROWID", e))
		return -1;
	while ((r = db_step(feeds, q, e)) == 1)
		if (db_run(site, e, "INSERT INTO temp.left_out VALUES (?, ?, ?, ?)", "tttt", db_text(q, 0), db_text(q, 1), db_text(q, 2), db_text(q, 3))) {
			r = -1;
			break;
		}
	sqlite3_reset(q);
	return r;
}

/* Single packages that cannot be judged though their release is covered. */
static int cover_gaps(struct db *site, struct db *feeds, struct err *e)
{
	return list_gaps(site, feeds, e) ||
			       db_exec(site,
				       "INSERT INTO feed_coverage(thing, ecosystem, release, package, state, packages, reason)"
				       " SELECT p.thing, c.ecosystem, c.release, c.source, 'not-assessed', count(*), CASE WHEN max(c.kernel)"
				       " THEN 'kernel headers in an image: the node''s kernel is judged instead'"
				       " ELSE g.feeds || ': the feed could not read this package''s history' END"
				       " FROM component c LEFT JOIN temp.left_out g ON g.package = c.source AND g.release = c.release AND g.ecosystem = c.ecosystem"
				       " CROSS JOIN package p ON p.component = c.id"
				       " WHERE c.source IS NOT NULL AND c.release IS NOT NULL AND c.ecosystem IS NOT NULL AND (c.kernel OR g.feeds IS NOT NULL)"
				       " GROUP BY p.thing, c.source ORDER BY p.thing, c.source;"
				       "DROP TABLE temp.left_out",
				       e)
		       ? -1
		       : 0;
}

/* Packages that feeds speak of, with a version that stands nowhere in their order ("(devel)", "unknown", a commit). */
static int cover_unplaced(struct db *site, struct err *e)
{
	return db_exec(site,
		       "INSERT INTO feed_coverage(thing, ecosystem, release, package, state, packages, reason) SELECT p.thing, c.ecosystem, c.release, c.name, 'not-assessed',"
		       " count(*), c.name || ' ' || min(c.version) || CASE WHEN min(c.module = 'main' AND c.ecosystem = 'npm') THEN ': private, so that what feeds say of the name is about another package'"
		       " ELSE ': no version that ' || c.ecosystem || ' knows, so that no range can be told to hold it' END"
		       " FROM temp.unplaced u JOIN component c ON c.id = u.component JOIN package p ON p.component = c.id"
		       " GROUP BY p.thing, c.ecosystem, c.name ORDER BY p.thing, c.ecosystem, c.name;"
		       "DROP TABLE temp.unplaced",
		       e);
}

int coverage_write(struct db *site, struct db *feeds, struct err *e)
{
	return cover_unknown(site, e) || cover_ecosystems(site, feeds, e) || (feeds && (cover_gaps(site, feeds, e) || cover_unplaced(site, e))) ? -1 : 0;
}

int derive_image_use(struct db *site, struct err *e)
{
	return db_exec(site,
		       "INSERT OR IGNORE INTO image_use(container, image, matched_by) SELECT c.thing, i.thing, 'digest' FROM container c"
		       " JOIN image i ON c.image_digest IN (i.digest, i.config_digest);"
		       "INSERT OR IGNORE INTO image_use(container, image, matched_by) SELECT c.thing, min(n.image), 'tag' FROM container c"
		       " JOIN image_name n ON n.registry = c.image_registry AND n.repository = c.image_repository AND n.tag = c.image_tag"
		       " WHERE c.image_digest IS NULL AND c.thing NOT IN (SELECT container FROM image_use)"
		       " GROUP BY c.thing HAVING count(DISTINCT n.image) = 1",
		       e);
}
