// SPDX-License-Identifier: Apache-2.0
// VEX statements against what was matched. Reading statements is vulnfeeds/'s.
#include "derive-vex.h"

#include "common/purl-read.h"

struct statement {
	struct span name, product, component, status, justification, author, note;
};

/* The same package, as far as the statement tells. */
static bool same_package(struct arena *a, struct span stated, struct span have)
{
	static const char *const qualifiers[] = {"arch", "distro", "epoch"};
	struct purl_parts x, y;

	if (!purl_read(a, stated, &x) || !purl_read(a, have, &y))
		return false;
	if (!span_is(x.type, y.type) || !span_is(x.name, y.name) || !span_is(x.namespace, y.namespace) || (x.version.p && !span_is(x.version, y.version)))
		return false;
	for (size_t i = 0; i < sizeof(qualifiers) / sizeof(qualifiers[0]); i++) {
		struct span q = purl_qualifier(a, &x, qualifiers[i]), r = purl_qualifier(a, &y, qualifiers[i]);

		if (q.p && r.p && !span_is(q, r))
			return false;
	}
	return true;
}

static bool has_image(struct db *site, int64_t thing, struct span digest, struct span repository, struct span tag)
{
	if (digest.p)
		return db_int(site, 0, "SELECT 1 FROM image WHERE thing = ?1 AND ?2 IN (digest, config_digest)", "it", thing, digest);
	/* "registry/team/app" with the registry, or the repository alone */
	return db_int(site, 0,
		      "SELECT 1 FROM image_name WHERE image = ?1 AND (registry || '/' || repository = ?2 OR repository = ?2 OR repository = 'library/' || ?2)"
		      " AND (?3 IS NULL OR tag = ?3) LIMIT 1",
		      "itt", thing, repository, tag);
}

/* "pkg:oci/app@sha256:…?repository_url=registry/team/app&tag=1", "registry/team/app:1", "registry/team/app@sha256:…", or a digest */
static bool is_image(struct arena *a, struct db *site, struct span product, int64_t thing)
{
	struct purl_parts p;
	struct span rest, repository, tag = SPAN_NONE;
	const char *colon;

	if (purl_read(a, product, &p)) {
		if (!span_eq(p.type, "oci") && !span_eq(p.type, "docker"))
			return false;
		repository = purl_qualifier(a, &p, "repository_url");
		if (!repository.p)
			repository = p.namespace.p ? (struct span){p.namespace.p, p.namespace.n + 1 + p.name.n} : p.name;
		return has_image(site, thing, span_starts(p.version, "sha256:") ? p.version : SPAN_NONE, repository,
				 span_eq(p.type, "docker") ? p.version : purl_qualifier(a, &p, "tag"));
	}
	if (span_starts(product, "sha256:"))
		return has_image(site, thing, product, SPAN_NONE, SPAN_NONE);
	rest = product;
	repository = span_cut(&rest, '@');
	if (rest.p)
		return has_image(site, thing, rest, SPAN_NONE, SPAN_NONE);
	colon = repository.n ? memrchr(repository.p, ':', repository.n) : NULL;
	if (colon && !memchr(colon, '/', (size_t)(repository.p + repository.n - colon))) {
		tag = (struct span){colon + 1, (size_t)(repository.p + repository.n - colon - 1)};
		repository.n = (size_t)(colon - repository.p);
	}
	return has_image(site, thing, SPAN_NONE, repository, tag);
}

static bool holds(struct arena *a, struct db *site, const struct statement *st, int64_t thing, struct span purl)
{
	if (!st->component.p)
		return same_package(a, st->product, purl) || is_image(a, site, st->product, thing);
	return same_package(a, st->component, purl) && is_image(a, site, st->product, thing);
}

/* All matches of the vulnerability that the statement names. */
static int apply(struct arena *a, struct db *site, const struct statement *st, struct err *e)
{
	sqlite3_stmt *q = db_stmt(site, "SELECT p.id, m.vulnerability, p.thing, p.purl FROM temp.vulnerability_id i JOIN component_match m ON m.vulnerability = i.id"
					" JOIN package p ON p.component = m.component WHERE i.name = ? ORDER BY p.id");
	int r;

	db_bind(q, "t", st->name);
	while ((r = db_step(site, q, e)) == 1) {
		if (holds(a, site, st, sqlite3_column_int64(q, 2), db_text(q, 3)) &&
		    db_run(site, e,
			   "INSERT OR REPLACE INTO package_vex(vex, justification, author, note, package, vulnerability) VALUES (?, ?, ?, ?, ?, ?)", "ttttii",
			   st->status, st->justification, st->author, st->note, sqlite3_column_int64(q, 0), sqlite3_column_int64(q, 1))) {
			r = -1;
			break;
		}
		arena_reset(a);
	}
	sqlite3_reset(q);
	return r;
}

/* Every name of every vulnerability that was matched. */
static int list_names(struct db *site, struct err *e)
{
	return db_exec(site,
		       "CREATE TEMP TABLE vulnerability_id(name TEXT NOT NULL, id INTEGER NOT NULL, PRIMARY KEY(name, id)) WITHOUT ROWID;"
		       "INSERT INTO temp.vulnerability_id SELECT name, id FROM vulnerability UNION"
		       " SELECT j.value, v.id FROM vulnerability v, json_each(v.aliases) j;",
		       e);
}

int vex_apply(struct db *site, struct db *feeds, struct err *e)
{
	auto_arena a = ARENA_INIT;
	sqlite3_stmt *q;
	int r = 0;

	if (!db_int(feeds, 0, "SELECT 1 FROM vex LIMIT 1", ""))
		return 0;
	if (list_names(site, e))
		return -1;
	q = db_stmt(feeds, "SELECT name, product, component, status, justification, author, note FROM vex ORDER BY coalesce(stated, 0), name, product, component, status");
	while (r == 0 && (r = db_step(feeds, q, e)) == 1) {
		struct statement st = {db_text(q, 0), db_text(q, 1), db_text(q, 2), db_text(q, 3), db_text(q, 4), db_text(q, 5), db_text(q, 6)};

		r = apply(&a, site, &st, e);
	}
	sqlite3_reset(q);
	return r < 0 || db_exec(site, "DROP TABLE temp.vulnerability_id", e) ? -1 : 0;
}
