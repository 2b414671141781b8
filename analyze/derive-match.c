// SPDX-License-Identifier: Apache-2.0
// Packages against feeds. Version order is common/version.c's, what feeds say vulnfeeds/'s; what could not be judged is
// derive-coverage.c's.
#include "derive-match.h"

#include "common/arena.h"
#include "common/text.h"
#include "common/version.h"
#include "derive-coverage.h"

/* What one package version has, before it is written for each package row that is the same. */
struct hit {
	struct hit *next;
	struct span name;      /* primary id */
	int64_t id;	       /* row of vulnerability; 0: not yet written */
	const char *status;
	struct span fixed, advisory;
	int64_t feed, date;    /* that decided, and its newest date */
	struct feed_name {
		struct feed_name *next;
		struct span name;
	} *feeds;
};

struct group {
	struct span ecosystem, release, name, version;
	enum version_scheme scheme;
	struct hit *hits;
};

struct match_state {
	struct db *site, *feeds;
	struct arena arena; /* of the group at hand */
	struct group g;
};

/* ---- is this version affected? */

static bool in_versions(enum version_scheme scheme, struct span list, struct span version)
{
	while (list.p) {
		struct span v = span_cut(&list, '\n');

		if (span_is(v, version) || (scheme != VERSION_NONE && version_compare(scheme, v, version) == 0))
			return true;
	}
	return false;
}

struct interval_row {
	struct span introduced, fixed, last, versions;
};

static bool contains(enum version_scheme scheme, const struct interval_row *r, struct span version)
{
	if (r->versions.p && in_versions(scheme, r->versions, version))
		return true;
	if (r->introduced.p && version_compare(scheme, version, r->introduced) < 0)
		return false;
	if (r->fixed.p)
		return version_compare(scheme, version, r->fixed) < 0;
	return !r->last.p || version_compare(scheme, version, r->last) <= 0;
}

/* ---- one row per primary id */

static struct span keep(struct match_state *st, struct span s)
{
	return s.p ? (struct span){arena_strndup(&st->arena, s.p, s.n), s.n} : s;
}

/* The CVE that a record is about; an advisory over several (its CVEs are only "related") keeps its own name. */
static struct span primary_name(struct match_state *st, int64_t vuln, struct span name)
{
	sqlite3_stmt *q;
	struct span cve = SPAN_NONE;

	if (span_starts(name, "CVE-"))
		return keep(st, name);
	q = db_stmt(st->feeds, "SELECT min(other) FROM alias WHERE vuln = ? AND kind IN ('alias', 'upstream') AND other GLOB 'CVE-*'");
	db_bind(q, "i", vuln);
	if (db_step(st->feeds, q, NULL) == 1)
		cve = keep(st, db_text(q, 0));
	sqlite3_reset(q);
	return cve.p ? cve : keep(st, name);
}

static struct hit *hit_named(struct match_state *st, struct span name)
{
	struct hit **at = &st->g.hits;
	struct hit *h;

	for (; *at && span_cmp((*at)->name, name) < 0; at = &(*at)->next)
		;
	if (*at && span_is((*at)->name, name))
		return *at;
	h = arena_alloc(&st->arena, sizeof(*h));
	*h = (struct hit){.name = name, .next = *at};
	*at = h;
	return h;
}

static void add_feed_name(struct match_state *st, struct hit *h, struct span name)
{
	struct feed_name **at = &h->feeds, *f;

	for (; *at && span_cmp((*at)->name, name) < 0; at = &(*at)->next)
		;
	if (*at && span_is((*at)->name, name))
		return;
	f = arena_alloc(&st->arena, sizeof(*f));
	*f = (struct feed_name){*at, keep(st, name)};
	*at = f;
}

/* A statement with a fix counts before one without; of several fixes the highest (several advisories for one CVE: the
 * last one completes the fix); of equal ones the newer feed. */
static bool stronger(const struct match_state *st, const struct hit *h, struct span fixed, int64_t date)
{
	int d;

	if (!h->feed || !h->fixed.p || !fixed.p)
		return !h->feed || fixed.p || (!h->fixed.p && date > h->date);
	d = version_compare(st->g.scheme, fixed, h->fixed);
	return d > 0 || (d == 0 && date > h->date);
}

enum { A_VULN, A_NAME, A_STATUS, A_INTRODUCED, A_FIXED, A_LAST, A_VERSIONS, A_ADVISORY, A_FEED, A_FEED_NAME, A_DATE };

static void take_row(struct match_state *st, sqlite3_stmt *q)
{
	struct interval_row r = {db_text(q, A_INTRODUCED), db_text(q, A_FIXED), db_text(q, A_LAST), db_text(q, A_VERSIONS)};
	struct span fixed = r.fixed.n > 0 ? r.fixed : SPAN_NONE, status = db_text(q, A_STATUS);
	int64_t date = sqlite3_column_int64(q, A_DATE);
	struct hit *h;

	if (!contains(st->g.scheme, &r, st->g.version))
		return;
	h = hit_named(st, primary_name(st, sqlite3_column_int64(q, A_VULN), db_text(q, A_NAME)));
	add_feed_name(st, h, db_text(q, A_FEED_NAME));
	if (!stronger(st, h, fixed, date))
		return;
	h->fixed = keep(st, fixed);
	h->advisory = keep(st, db_text(q, A_ADVISORY));
	h->status = fixed.p		       ? "affected"
		    : span_eq(status, "affected") ? "unfixed"
						  : keep(st, status).p;
	h->feed = sqlite3_column_int64(q, A_FEED);
	h->date = date;
}

static int find_hits(struct match_state *st, struct err *e)
{
	sqlite3_stmt *q = db_stmt(st->feeds,
		"SELECT v.id, v.name, a.status, a.introduced, a.fixed, a.last_affected, a.versions, a.advisory, f.id, f.name, coalesce(f.date, 0)"
		" FROM scope s JOIN affected a ON a.scope = s.id AND a.package = ? JOIN vuln v ON v.id = a.vuln JOIN feed f ON f.id = v.feed"
		" WHERE s.ecosystem = ? AND s.release = ? AND v.withdrawn IS NULL AND a.status NOT IN ('not-affected', 'undetermined')"
		" ORDER BY f.name, v.name, a.n");
	int r;

	st->g.hits = NULL;
	db_bind(q, "ttt", st->g.name, st->g.ecosystem, st->g.release);
	while ((r = db_step(st->feeds, q, e)) == 1)
		take_row(st, q);
	sqlite3_reset(q);
	return r;
}

/* ---- writing */

/* All other names of a vulnerability, as sorted JSON. */
static int add_aliases(struct match_state *st, struct span name, struct buf *out, struct err *e)
{
	sqlite3_stmt *q = db_stmt(st->feeds,
		"WITH same(id) AS (SELECT id FROM vuln WHERE name = ?1 UNION SELECT vuln FROM alias WHERE other = ?1 AND kind IN ('alias', 'upstream'))"
		" SELECT name FROM vuln WHERE id IN same AND name <> ?1 UNION SELECT other FROM alias WHERE vuln IN same AND other <> ?1"
		" AND kind IN ('alias', 'upstream') UNION SELECT other FROM alias WHERE vuln IN (SELECT id FROM vuln WHERE name = ?1)"
		" AND other <> ?1 AND other GLOB 'CVE-*' ORDER BY 1");
	int r;

	db_bind(q, "t", name);
	buf_add_char(out, '[');
	while ((r = db_step(st->feeds, q, e)) == 1) {
		if (out->n > 1)
			buf_add_char(out, ',');
		text_add_json(out, db_text(q, 0));
	}
	buf_add_char(out, ']');
	sqlite3_reset(q);
	return r;
}

/* Severity, score, vector, summary and date: of the feed that decided, else of the newest feed that knows. */
static const char facts_sql[] =
	"WITH same AS (SELECT v.*, f.date, v.feed = ?2 AS own FROM vuln v JOIN feed f ON f.id = v.feed WHERE withdrawn IS NULL AND (v.name = ?1"
	" OR v.id IN (SELECT vuln FROM alias WHERE other = ?1 AND kind IN ('alias', 'upstream'))))"
	" SELECT (SELECT severity FROM same WHERE severity IS NOT NULL ORDER BY own DESC, date DESC, name LIMIT 1),"
	" (SELECT score FROM same WHERE score IS NOT NULL ORDER BY own DESC, date DESC, name LIMIT 1),"
	" (SELECT vector FROM same WHERE vector IS NOT NULL ORDER BY score IS NULL, own DESC, date DESC, name LIMIT 1),"
	" (SELECT published FROM same WHERE published > 0 ORDER BY published LIMIT 1),"
	" (SELECT summary FROM same WHERE summary <> '' ORDER BY own DESC, date DESC, name LIMIT 1),"
	" k.cve IS NOT NULL, k.added, k.due, k.ransomware FROM (SELECT 1) LEFT JOIN kev k ON k.cve = ?1";
enum { FACTS = 9 };

static int write_vulnerability(struct match_state *st, struct hit *h, struct err *e)
{
	auto_buf aliases = BUF_INIT;
	sqlite3_stmt *q = db_stmt(st->feeds, facts_sql);
	sqlite3_stmt *in = db_stmt(st->site, "INSERT INTO vulnerability(severity, score, vector, published, summary, kev, kev_added, kev_due,"
					     " kev_ransomware, name, aliases) VALUES (coalesce(?, 'unknown'), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
	int r;

	if (add_aliases(st, h->name, &aliases, e) < 0)
		return -1;
	db_bind(q, "ti", h->name, h->feed);
	r = db_step(st->feeds, q, e);
	for (int i = 0; r == 1 && i < FACTS; i++)
		sqlite3_bind_value(in, i + 1, sqlite3_column_value(q, i));
	sqlite3_reset(q);
	if (r != 1)
		return -1;
	sqlite3_bind_text(in, FACTS + 1, h->name.p, (int)h->name.n, SQLITE_STATIC);
	sqlite3_bind_text(in, FACTS + 2, buf_str(&aliases), -1, SQLITE_STATIC);
	r = db_step(st->site, in, e);
	sqlite3_reset(in);
	sqlite3_clear_bindings(in);
	h->id = sqlite3_last_insert_rowid(st->site->h);
	return r < 0 ? -1 : 0;
}

static int write_match(struct match_state *st, int64_t package, struct hit *h, struct err *e)
{
	auto_buf names = BUF_INIT;

	if (!h->id)
		h->id = db_int(st->site, 0, "SELECT id FROM vulnerability WHERE name = ?", "t", h->name);
	if (!h->id && write_vulnerability(st, h, e))
		return -1;
	for (const struct feed_name *f = h->feeds; f; f = f->next) {
		buf_add_span(&names, f->name);
		if (f->next)
			buf_add_str(&names, ", ");
	}
	return db_run(st->site, e,
		      "INSERT INTO match(package, vulnerability, status, fixed, feed, feeds, advisory) VALUES (?, ?, ?, ?, ?, ?, ?)", "iistitt",
		      package, h->id, h->status, h->fixed, h->feed, buf_span(&names), h->advisory);
}

/* ---- all packages, those that are the same behind each other */

static bool same_group(const struct group *g, struct span ecosystem, struct span release, struct span name, struct span version)
{
	return span_is(g->ecosystem, ecosystem) && span_is(g->release, release) && span_is(g->name, name) && span_is(g->version, version);
}

static int match_row(struct match_state *st, sqlite3_stmt *q, struct err *e)
{
	struct span ecosystem = db_text(q, 1), release = db_text(q, 2), name = db_text(q, 3), version = db_text(q, 4);

	if (!same_group(&st->g, ecosystem, release, name, version)) {
		arena_reset(&st->arena);
		st->g = (struct group){keep(st, ecosystem), keep(st, release), keep(st, name), keep(st, version),
				       version_scheme_of_ecosystem(ecosystem), NULL};
		if (st->g.scheme != VERSION_NONE && find_hits(st, e) < 0)
			return -1;
	}
	for (struct hit *h = st->g.hits; h; h = h->next)
		if (write_match(st, sqlite3_column_int64(q, 0), h, e))
			return -1;
	return 0;
}

static int match_all(struct match_state *st, struct err *e)
{
	sqlite3_stmt *q = db_stmt(st->site, "SELECT package, ecosystem, release, name, version FROM " MATCHED_PACKAGES
					    " WHERE NOT kernel AND release IS NOT NULL ORDER BY ecosystem, release, name, version, package");
	int r;

	while ((r = db_step(st->site, q, e)) == 1)
		if (match_row(st, q, e)) {
			r = -1;
			break;
		}
	sqlite3_reset(q);
	return r;
}

int derive_match(struct db *site, struct db *feeds, struct err *e)
{
	struct match_state st = {.site = site, .feeds = feeds};
	int r = 0;

	if (feeds)
		r = coverage_copy_feeds(site, feeds, e) || match_all(&st, e) ? -1 : 0;
	arena_fini(&st.arena);
	return r || coverage_write(site, feeds, e) ? -1 : 0;
}
