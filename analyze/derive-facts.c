// SPDX-License-Identifier: Apache-2.0
// Facts of vulnerabilities out of vulns.db, by single look-ups: a site has thousands, and one query for all of it costs ten times as much. Which
// vulnerabilities there are is derive-match.c's.
#include "derive-facts.h"

#include "common/buf.h"
#include "common/map.h"
#include "common/text.h"

#include <stdlib.h>

/* A record of a feed about the vulnerability. */
struct record {
	struct record *next;
	int64_t id, date, published;
	struct span name, severity, vector, summary;
	double score;
	bool own, withdrawn, dated, scored;
};

/* Records and names as they gather. */
struct gathered {
	struct facts *f;
	struct span name;
	int64_t feed;
	struct record *named, *aliased; /* records of that name; others that have it for an alias */
	struct name {
		struct name *next;
		struct span text;
	} *names, *cves; /* all other names; those of records of that name, for catalogues by CVE */
	size_t n;
	struct map seen; /* ids of records whose names were taken */
};

#define RECORD "v.id, v.name, v.feed, v.withdrawn IS NOT NULL, f.date, v.severity, v.score, v.vector, v.published, v.summary"

static struct span keep(struct facts *f, struct span s)
{
	return s.p ? (struct span){arena_strndup(&f->arena, s.p, s.n), s.n} : s;
}

static int read_records(struct gathered *g, const char *sql, struct record **list, struct err *e)
{
	sqlite3_stmt *q = db_stmt(g->f->feeds, sql);
	int r;

	db_bind(q, "t", g->name);
	while ((r = db_step(g->f->feeds, q, e)) == 1) {
		struct record *n = arena_alloc(&g->f->arena, sizeof(*n));

		*n = (struct record){
			.id = sqlite3_column_int64(q, 0), .name = keep(g->f, db_text(q, 1)), .own = sqlite3_column_int64(q, 2) == g->feed,
			.withdrawn = sqlite3_column_int(q, 3), .dated = sqlite3_column_type(q, 4) != SQLITE_NULL, .date = sqlite3_column_int64(q, 4),
			.severity = keep(g->f, db_text(q, 5)), .scored = sqlite3_column_type(q, 6) != SQLITE_NULL, .score = sqlite3_column_double(q, 6),
			.vector = keep(g->f, db_text(q, 7)), .published = sqlite3_column_int64(q, 8), .summary = keep(g->f, db_text(q, 9)),
		};
		*list = n;
		list = &n->next;
	}
	sqlite3_reset(q);
	return r;
}

/* ---- names */

static void add_name(struct gathered *g, struct name **list, struct span text)
{
	struct name *n = arena_alloc(&g->f->arena, sizeof(*n));

	*n = (struct name){*list, keep(g->f, text)};
	*list = n;
	g->n++;
}

/* Names that a record states. `all`: of every kind, where they are CVEs. */
static int take_names(struct gathered *g, int64_t id, struct span name, bool all, struct err *e)
{
	/* An advisory over several CVEs makes none of them another name of the others. */
	sqlite3_stmt *q = db_stmt(g->f->feeds, "SELECT other, kind = 'alias' OR (kind = 'upstream' AND (?2 OR 1 = (SELECT count(*) FROM alias u WHERE u.vuln = ?1 AND u.kind = 'upstream')))"
					       " FROM alias WHERE vuln = ?1");
	struct map_slot *slot = map_at(&g->seen, (struct span){(const char *)&id, sizeof(id)});
	int r;

	if (slot->value)
		return 0;
	slot->key.p = memcpy(arena_alloc(&g->f->arena, sizeof(id)), &id, sizeof(id));
	slot->value = g;
	if (!span_is(name, g->name))
		add_name(g, &g->names, name);
	db_bind(q, "ib", id, all);
	while ((r = db_step(g->f->feeds, q, e)) == 1) {
		struct span other = db_text(q, 0);

		if (all)
			add_name(g, &g->cves, other);
		if (!span_is(other, g->name) && (sqlite3_column_int(q, 1) || (all && span_starts(other, "CVE-"))))
			add_name(g, &g->names, other);
	}
	sqlite3_reset(q);
	return r;
}

/* Records that have a record's own name for an alias. */
static int take_joined(struct gathered *g, struct span name, struct err *e)
{
	sqlite3_stmt *q = db_stmt(g->f->feeds, "SELECT v.id, v.name FROM alias a JOIN vuln v ON v.id = a.vuln WHERE a.other = ? AND a.kind = 'alias'");
	struct record *list = NULL, **end = &list;
	int r;

	if (span_is(name, g->name))
		return 0;
	db_bind(q, "t", name);
	while ((r = db_step(g->f->feeds, q, e)) == 1) {
		*end = arena_alloc(&g->f->arena, sizeof(**end));
		**end = (struct record){.id = sqlite3_column_int64(q, 0), .name = keep(g->f, db_text(q, 1))};
		end = &(*end)->next;
	}
	sqlite3_reset(q);
	for (const struct record *n = list; n && r == 0; n = n->next)
		r = take_names(g, n->id, n->name, false, e);
	return r;
}

static int gather_names(struct gathered *g, struct err *e)
{
	for (const struct record *n = g->named; n; n = n->next)
		if (take_names(g, n->id, n->name, true, e))
			return -1;
	for (const struct record *n = g->aliased; n; n = n->next)
		if (take_names(g, n->id, n->name, false, e))
			return -1;
	for (const struct record *n = g->aliased; n; n = n->next)
		if (take_joined(g, n->name, e))
			return -1;
	return 0;
}

/* As sorted JSON, each once. */
static void write_names(struct gathered *g, struct buf *out)
{
	struct span *list = arena_array(&g->f->arena, g->n + 1, sizeof(*list));
	size_t n = 0;

	/* "CVE-2024-1/glibc" is a record for one of several packages; the id itself is an alias of it. */
	for (const struct name *s = g->names; s; s = s->next)
		if (!memchr(s->text.p, '/', s->text.n) && !span_is(s->text, g->name))
			list[n++] = s->text;
	text_add_json_list(out, list, span_sort_once(list, n));
}

/* ---- facts */

/* The feed that decided goes first, then the newest, then the first by name. */
static bool goes_before(const struct record *a, const struct record *b)
{
	int d;

	if (!b || a->own != b->own)
		return !b || a->own;
	if (a->dated != b->dated || a->date != b->date)
		return a->dated && (!b->dated || a->date > b->date);
	d = span_cmp(a->name, b->name);
	return d < 0 || (d == 0 && a->id < b->id);
}

struct picked {
	const struct record *severity, *score, *vector, *summary;
	int64_t published;
};

static void pick(struct picked *p, const struct record *list)
{
	for (const struct record *r = list; r; r = r->next) {
		if (r->withdrawn)
			continue;
		if (r->severity.p && goes_before(r, p->severity))
			p->severity = r;
		if (r->scored && goes_before(r, p->score))
			p->score = r;
		if (r->vector.p && (!p->vector || (r->scored != p->vector->scored ? r->scored : goes_before(r, p->vector))))
			p->vector = r;
		if (r->summary.n > 0 && goes_before(r, p->summary))
			p->summary = r;
		if (r->published > 0 && (!p->published || r->published < p->published))
			p->published = r->published;
	}
}

/* What catalogues of exploitation say. */
struct exploited {
	bool kev, scored;
	int64_t added, due; /* 0: not told */
	int ransomware;
	struct span cve;
	double epss;
};

static bool has_rows(struct facts *f, int *known, const char *sql)
{
	if (!*known)
		*known = db_int(f->feeds, 0, sql, "") ? 1 : -1;
	return *known > 0;
}

static int look_up(struct facts *f, struct span cve, struct exploited *x, struct err *e)
{
	sqlite3_stmt *q;
	int r = 0;

	if (has_rows(f, &f->kev, "SELECT 1 FROM kev LIMIT 1")) {
		q = db_stmt(f->feeds, "SELECT added, due, ransomware FROM kev WHERE cve = ?");
		db_bind(q, "t", cve);
		if ((r = db_step(f->feeds, q, e)) == 1) {
			int64_t added = sqlite3_column_int64(q, 0);

			if (!x->kev || added < x->added || (added == x->added && span_cmp(cve, x->cve) < 0))
				*x = (struct exploited){true, x->scored, added, sqlite3_column_int64(q, 1), sqlite3_column_int(q, 2), cve, x->epss};
		}
		sqlite3_reset(q);
	}
	if (r >= 0 && has_rows(f, &f->epss, "SELECT 1 FROM epss LIMIT 1")) {
		q = db_stmt(f->feeds, "SELECT score FROM epss WHERE cve = ?");
		db_bind(q, "t", cve);
		if ((r = db_step(f->feeds, q, e)) == 1 && (!x->scored || sqlite3_column_double(q, 0) > x->epss)) {
			x->scored = true;
			x->epss = sqlite3_column_double(q, 0);
		}
		sqlite3_reset(q);
	}
	return r < 0 ? -1 : 0;
}

static int write_row(struct gathered *g, const struct picked *p, const struct exploited *x, const char *aliases, int64_t *id, struct err *e)
{
	sqlite3_stmt *in = db_stmt(g->f->site, "INSERT INTO vulnerability(name, aliases, severity, vector, published, summary, kev, kev_added, kev_due, kev_ransomware,"
					       " score, epss) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
	int r;

	db_bind(in, "tsttrtbrrbnn", g->name, aliases, p->severity ? p->severity->severity : SPAN("unknown"), p->vector ? p->vector->vector : SPAN_NONE, p->published,
		p->summary ? p->summary->summary : SPAN_NONE, x->kev, x->added, x->due, x->kev ? x->ransomware : -1);
	if (p->score)
		sqlite3_bind_double(in, 11, p->score->score);
	if (x->scored)
		sqlite3_bind_double(in, 12, x->epss);
	r = db_step(g->f->site, in, e);
	sqlite3_reset(in);
	sqlite3_clear_bindings(in);
	*id = sqlite3_last_insert_rowid(g->f->site->h);
	return r < 0 ? -1 : 0;
}

static int gather(struct gathered *g, int64_t *id, struct err *e)
{
	struct picked p = {0};
	struct exploited x = {0};
	auto_buf aliases = BUF_INIT;

	if (read_records(g, "SELECT " RECORD " FROM vuln v JOIN feed f ON f.id = v.feed WHERE v.name = ? ORDER BY v.id", &g->named, e) ||
	    read_records(g, "SELECT " RECORD " FROM alias a CROSS JOIN vuln v ON v.id = a.vuln CROSS JOIN feed f ON f.id = v.feed WHERE a.other = ?"
			    " AND a.kind IN ('alias', 'upstream') ORDER BY v.id", &g->aliased, e) ||
	    gather_names(g, e) || look_up(g->f, g->name, &x, e))
		return -1;
	for (const struct name *n = g->cves; n; n = n->next)
		if (look_up(g->f, n->text, &x, e))
			return -1;
	pick(&p, g->named);
	pick(&p, g->aliased);
	write_names(g, &aliases);
	return write_row(g, &p, &x, buf_str(&aliases), id, e);
}

int facts_write(struct facts *f, struct span name, int64_t feed, int64_t *id, struct err *e)
{
	struct gathered g = {.f = f, .name = name, .feed = feed};
	int r = gather(&g, id, e);

	map_fini(&g.seen);
	arena_reset(&f->arena);
	return r;
}

void facts_fini(struct facts *f)
{
	arena_fini(&f->arena);
}
