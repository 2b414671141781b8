// SPDX-License-Identifier: Apache-2.0
// Packages against feeds. Version order is common/version.c's, what feeds say vulnfeeds/'s; what could not be judged is
// derive-coverage.c's.
#include "derive-match.h"

#include "common/arena.h"
#include "common/text.h"
#include "common/version.h"
#include "derive-coverage.h"
#include "derive-kubernetes.h"
#include "derive-vex.h"

/* What one package version has, before it is written for each package row that is the same. */
struct hit {
	struct hit *next;
	struct span name;      /* primary id */
	int64_t id;	       /* row of vulnerability; 0: not yet written */
	const char *status;
	struct span fixed, advisory;
	int64_t feed, date;    /* that decided, and its newest date */
	int64_t cleared;       /* newest date of a feed that says that the package is not affected; -1: none */
	struct feed_name {
		struct feed_name *next;
		struct span name;
	} *feeds;
};

struct group {
	struct span ecosystem, release, name, version, module;
	bool binary;
	bool no_epoch; /* the version comes from a source rpm's name, which has none */
	enum version_scheme scheme;
	struct hit *hits;
};

struct match_state {
	struct db *site, *feeds;
	struct arena arena; /* of the group at hand */
	struct group g;
};

/* ---- is this version affected? */

/* "1:2.0-3" without its epoch, where that of the package is not known. */
static struct span bound_of(const struct group *g, struct span v)
{
	struct span rest = v, digits;

	if (!g->no_epoch || !v.p)
		return v;
	digits = version_take_digits(&rest);
	return digits.n > 0 && rest.n > 0 && rest.p[0] == ':' ? (struct span){rest.p + 1, rest.n - 1} : v;
}

static int version_cmp(const struct group *g, struct span bound)
{
	return version_compare(g->scheme, g->version, bound_of(g, bound));
}

static bool in_versions(const struct group *g, struct span list)
{
	while (list.p) {
		struct span v = span_cut(&list, '\n');

		if (span_is(v, g->version) || version_cmp(g, v) == 0)
			return true;
	}
	return false;
}

struct interval_row {
	struct span introduced, fixed, last, versions;
};

static bool contains(const struct group *g, const struct interval_row *r)
{
	if (r->versions.p && in_versions(g, r->versions))
		return true;
	if (r->introduced.p && version_cmp(g, r->introduced) < 0)
		return false;
	if (r->fixed.p)
		return version_cmp(g, r->fixed) < 0;
	return !r->last.p || version_cmp(g, r->last) <= 0;
}

/* "nodejs:12" of the label "nodejs:12:8020020200707:6a468ee4" */
static struct span stream_of(struct span label)
{
	struct span rest = label, name = span_cut(&rest, ':'), stream = span_cut(&rest, ':');

	return stream.p ? (struct span){label.p, name.n + 1 + stream.n} : label;
}

/* A statement about a module's package says nothing about one of the same name outside of it, and the reverse. A package
 * without a label may still tell by its release that it is a module's; of which one is then not known. */
static bool same_module(const struct group *g, struct span module)
{
	bool modular = g->module.n > 0 || span_has(g->version, ".module");

	if (!module.p)
		return !modular || g->scheme != VERSION_RPM;
	if (!modular || span_eq(module, "*"))
		return modular;
	return g->module.n == 0 || span_is(stream_of(g->module), module);
}

/* ---- one row per primary id */

static struct span keep(struct match_state *st, struct span s)
{
	return s.p ? (struct span){arena_strndup(&st->arena, s.p, s.n), s.n} : s;
}

static struct span one_text(struct match_state *st, const char *sql, int64_t vuln)
{
	sqlite3_stmt *q = db_stmt(st->feeds, sql);
	struct span text = SPAN_NONE;

	db_bind(q, "i", vuln);
	if (db_step(st->feeds, q, NULL) == 1)
		text = keep(st, db_text(q, 0));
	sqlite3_reset(q);
	return text;
}

/* The CVE that a record is about: its own alias, else that of a record which is its alias; "upstream" counts where there is one
 * only. An advisory over several (its CVEs are "related" or many) keeps its own name. */
static struct span primary_name(struct match_state *st, int64_t vuln, struct span name)
{
	static const char own[] = "SELECT min(other) FROM alias WHERE vuln = ? AND kind = 'alias' AND +other GLOB 'CVE-*'";
	static const char upstream[] = "SELECT min(other) FROM alias WHERE vuln = ? AND kind = 'upstream' AND +other GLOB 'CVE-*' HAVING count(*) = 1";
	static const char next[] = "SELECT min(other) FROM alias WHERE kind = 'alias' AND +other GLOB 'CVE-*' AND vuln IN (SELECT id FROM vuln WHERE"
				   " withdrawn IS NULL AND name IN (SELECT other FROM alias WHERE vuln = ? AND kind = 'alias'))";
	struct span cve;

	if (span_starts(name, "CVE-"))
		return keep(st, name);
	cve = one_text(st, own, vuln);
	if (!cve.p)
		cve = one_text(st, upstream, vuln);
	if (!cve.p)
		cve = one_text(st, next, vuln);
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
	*h = (struct hit){.name = name, .next = *at, .cleared = -1};
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

enum { A_VULN, A_NAME, A_STATUS, A_INTRODUCED, A_FIXED, A_LAST, A_VERSIONS, A_ADVISORY, A_FEED, A_FEED_NAME, A_DATE, A_MODULE };

static void take_row(struct match_state *st, sqlite3_stmt *q)
{
	struct interval_row r = {db_text(q, A_INTRODUCED), db_text(q, A_FIXED), db_text(q, A_LAST), db_text(q, A_VERSIONS)};
	struct span fixed = r.fixed.n > 0 ? r.fixed : SPAN_NONE, status = db_text(q, A_STATUS);
	int64_t date = sqlite3_column_int64(q, A_DATE);
	struct hit *h;

	if (!same_module(&st->g, db_text(q, A_MODULE)) || !contains(&st->g, &r))
		return;
	h = hit_named(st, primary_name(st, sqlite3_column_int64(q, A_VULN), db_text(q, A_NAME)));
	if (span_eq(status, "not-affected")) {
		h->cleared = date > h->cleared ? date : h->cleared;
		return;
	}
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

/* Takes out what a feed as new as the one that decided says the package is not affected by. */
static void drop_cleared(struct match_state *st)
{
	for (struct hit **at = &st->g.hits; *at;)
		if (!(*at)->feed || (*at)->cleared >= (*at)->date)
			*at = (*at)->next;
		else
			at = &(*at)->next;
}

static int find_hits(struct match_state *st, struct err *e)
{
	sqlite3_stmt *q = db_stmt(st->feeds,
		"SELECT v.id, v.name, a.status, a.introduced, a.fixed, a.last_affected, a.versions, a.advisory, f.id, f.name, coalesce(f.date, 0),"
		" a.module FROM scope s JOIN affected a ON a.scope = s.id AND a.package = ? JOIN vuln v ON v.id = a.vuln JOIN feed f ON f.id = v.feed"
		" WHERE s.ecosystem = ? AND s.release = ? AND a.binary = ? AND v.withdrawn IS NULL AND a.status <> 'undetermined'"
		" ORDER BY f.name, v.name, a.n");
	int r;

	st->g.hits = NULL;
	db_bind(q, "tttb", st->g.name, st->g.ecosystem, st->g.release, st->g.binary);
	while ((r = db_step(st->feeds, q, e)) == 1)
		take_row(st, q);
	sqlite3_reset(q);
	drop_cleared(st);
	return r;
}

/* ---- writing */

/* All other names of a vulnerability, as sorted JSON. */
static int add_aliases(struct match_state *st, struct span name, struct buf *out, struct err *e)
{
	sqlite3_stmt *q = db_stmt(st->feeds,
		"WITH first(id) AS (SELECT id FROM vuln WHERE name = ?1 UNION SELECT vuln FROM alias WHERE other = ?1 AND kind IN ('alias', 'upstream')),"
		" same(id) AS (SELECT id FROM first UNION SELECT vuln FROM alias WHERE kind = 'alias' AND other IN"
		" (SELECT name FROM vuln WHERE id IN first AND name <> ?1))"
		" SELECT name FROM vuln WHERE id IN same AND name <> ?1 UNION SELECT other FROM alias WHERE vuln IN same AND other <> ?1"
		" AND kind IN ('alias', 'upstream') UNION SELECT other FROM alias WHERE vuln IN (SELECT id FROM vuln WHERE name = ?1)"
		" AND other <> ?1 AND +other GLOB 'CVE-*' ORDER BY 1");
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
	" k.cve IS NOT NULL, k.added, k.due, k.ransomware,"
	" (SELECT max(score) FROM epss WHERE cve = ?1 OR cve IN (SELECT other FROM alias WHERE vuln IN (SELECT id FROM vuln WHERE name = ?1)))"
	" FROM (SELECT 1) LEFT JOIN kev k ON k.cve = (SELECT cve FROM kev WHERE cve = ?1 OR cve IN (SELECT other FROM alias WHERE vuln IN"
	" (SELECT id FROM vuln WHERE name = ?1)) ORDER BY added, cve LIMIT 1)";
enum { FACTS = 10 };

static int write_vulnerability(struct match_state *st, struct hit *h, struct err *e)
{
	auto_buf aliases = BUF_INIT;
	sqlite3_stmt *q = db_stmt(st->feeds, facts_sql);
	sqlite3_stmt *in = db_stmt(st->site, "INSERT INTO vulnerability(severity, score, vector, published, summary, kev, kev_added, kev_due,"
					     " kev_ransomware, epss, name, aliases) VALUES (coalesce(?, 'unknown'), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
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
		      "INSERT INTO match(package, vulnerability, status, fixed, feed, feeds, advisory) VALUES (?, ?, ?, ?, ?, ?, ?)"
		      " ON CONFLICT DO NOTHING", "iistitt",
		      package, h->id, h->status, h->fixed, h->feed, buf_span(&names), h->advisory);
}

/* ---- all packages, those that are the same behind each other */

static bool same_group(const struct group *a, const struct group *b)
{
	return a->binary == b->binary && span_is(a->ecosystem, b->ecosystem) && span_is(a->release, b->release) && span_is(a->name, b->name) &&
	       span_is(a->version, b->version) && span_is(a->module, b->module);
}

/* A version that is none ("(devel)", "unknown", a commit) stands nowhere in the order: nothing can be said of it. */
static bool judgeable(const struct group *g)
{
	if (g->scheme == VERSION_NONE || g->version.n == 0)
		return false;
	if (g->scheme == VERSION_GO)
		return version_compare(VERSION_GO, g->version, SPAN("(devel)")) > 0;
	return version_valid(g->scheme, g->version);
}

static int match_row(struct match_state *st, sqlite3_stmt *q, struct err *e)
{
	struct group g = {.ecosystem = db_text(q, 1), .release = db_text(q, 2), .name = db_text(q, 3), .version = db_text(q, 4),
			  .module = db_text(q, 6), .binary = sqlite3_column_int(q, 5)};

	if (!same_group(&st->g, &g)) {
		arena_reset(&st->arena);
		g.scheme = version_scheme_of_ecosystem(g.ecosystem);
		g.no_epoch = g.scheme == VERSION_RPM && !g.binary && !(g.version.n && memchr(g.version.p, ':', g.version.n));
		g.ecosystem = keep(st, g.ecosystem);
		g.release = keep(st, g.release);
		g.name = keep(st, g.name);
		g.version = keep(st, g.version);
		g.module = keep(st, g.module);
		st->g = g;
		if (judgeable(&g) && find_hits(st, e) < 0)
			return -1;
	}
	for (struct hit *h = st->g.hits; h; h = h->next)
		if (write_match(st, sqlite3_column_int64(q, 0), h, e))
			return -1;
	return 0;
}

static int match_all(struct match_state *st, struct err *e)
{
	sqlite3_stmt *q = db_stmt(st->site, "SELECT package, ecosystem, release, name, version, binary, module FROM " MATCHED_PACKAGES
					    " WHERE NOT kernel AND release IS NOT NULL ORDER BY binary DESC, ecosystem, release, name, version, module, package");
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

	/* One transaction over all reads: a lock for each of a million queries costs more than they do. */
	if (feeds)
		r = db_begin(feeds, e) || coverage_copy_feeds(site, feeds, e) || kubernetes_packages(site, e) || match_all(&st, e) || vex_apply(site, feeds, e) ? -1 : 0;
	arena_fini(&st.arena);
	r = r || coverage_write(site, feeds, e) || (feeds && kubernetes_coverage(site, e)) ? -1 : 0;
	if (feeds)
		db_rollback(feeds);
	return r;
}
