// SPDX-License-Identifier: Apache-2.0
// Packages that are the same to feeds, told by all that feeds judge them by. Judging is derive-match.c's.
#include "distinct.h"

#include "common/arena.h"
#include "common/buf.h"
#include "common/limits.h"
#include "common/map.h"
#include "common/version.h"

#include <stdlib.h>

struct distinct {
	struct map ids; /* all of a component's columns as one text: its id as a pointer */
	struct arena arena;
	struct buf key;
	bool forgot; /* components are in the database that are not here */
};

/* A component as its row has it. */
struct row {
	struct span type, ecosystem, release, name, version, source, source_version, module;
	bool kernel, pro;
	int64_t repositories;
};

/* Ecosystems of package URL types, as OSV names them. */
static const struct {
	const char *type, *ecosystem;
} ecosystems[] = {
	{"npm", "npm"}, {"pypi", "PyPI"}, {"maven", "Maven"}, {"golang", "Go"}, {"gem", "RubyGems"}, {"cargo", "crates.io"}, {"composer", "Packagist"},
	{"nuget", "NuGet"}, {"hex", "Hex"}, {"pub", "Pub"}, {"swift", "SwiftURL"}, {"conan", "ConanCenter"}, {"cran", "CRAN"}, {"hackage", "Hackage"},
	{"bitnami", "Bitnami"}, {"k8s", "Kubernetes"},
};

static struct span language(const char *type)
{
	for (size_t i = 0; i < sizeof(ecosystems) / sizeof(ecosystems[0]); i++)
		if (strcmp(type, ecosystems[i].type) == 0)
			return span_of(ecosystems[i].ecosystem);
	return span_of(type);
}

static bool is_rolling(struct span ecosystem)
{
	return span_eq(ecosystem, "Wolfi") || span_eq(ecosystem, "Chainguard") || span_eq(ecosystem, "MinimOS");
}

/* A kernel, or its headers, which are in many images. */
static bool is_kernel(const struct row *r)
{
	static const char *const built[] = {"linux-headers-", "linux-image-", "linux-modules-", "linux-tools-", "linux-buildinfo-", "linux-libc-dev"};
	struct span rest;

	if (span_eq(r->type, "rpm")) { /* "kernel-headers", "kernel6.12" */
		rest = span_starts(r->name, "kernel") ? (struct span){r->name.p + 6, r->name.n - 6} : SPAN_NONE;
		return rest.p && (rest.n == 0 || rest.p[0] == '-' || version_is_digit(rest.p[0]));
	}
	if (!span_eq(r->type, "deb") || !span_starts(r->source, "linux"))
		return false;
	for (size_t i = 0; i < sizeof(built) / sizeof(built[0]); i++) /* of any flavour: "linux-aws", "linux-hwe-6.8" */
		if (span_starts(r->name, built[i]))
			return true;
	rest = (struct span){r->source.p + 5, r->source.n - 5};
	return rest.n == 0 || span_starts(rest, "-signed") || (rest.n > 1 && rest.p[0] == '-' && version_is_digit(rest.p[1]));
}

static bool is_of(const char *type, struct span ecosystem)
{
	enum version_scheme scheme = version_scheme_of_ecosystem(ecosystem);

	return scheme == VERSION_NONE || scheme == version_scheme_named(span_of(type));
}

static struct row row_of(const struct package *p, const struct distinct_place *at)
{
	struct row r = {.type = span_of(p->type), .name = p->name, .version = p->version, .module = p->module};

	if (!package_is_os(p->type)) {
		r.ecosystem = language(p->type);
		r.release = SPAN("");
		return r;
	}
	r.source = p->source.p ? p->source : p->name;
	r.source_version = p->source_version.p ? p->source_version : p->version;
	r.ecosystem = span_of(at->ecosystem);
	if (!is_of(p->type, r.ecosystem)) /* of another system's package manager: no feed of this one is about it */
		r.ecosystem = SPAN_NONE;
	r.release = is_rolling(r.ecosystem) ? SPAN("") : at->release;
	/* "2018.03": the first was numbered by year and month, until the second came */
	if (span_eq(r.ecosystem, "Amazon Linux") && span_starts(r.release, "201"))
		r.release = SPAN("1");
	r.kernel = at->image && is_kernel(&r);
	r.pro = at->pro && span_eq(r.ecosystem, "Ubuntu");
	r.repositories = at->repositories;
	return r;
}

static void key_of(struct buf *key, const struct row *r)
{
	const struct span parts[] = {r->type, r->ecosystem, r->release, r->name, r->version, r->source, r->source_version, r->module};

	buf_reset(key);
	buf_add_char(key, (char)(r->kernel | r->pro << 1));
	buf_add(key, &r->repositories, sizeof(r->repositories));
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		buf_add_char(key, parts[i].p ? 1 : 0);
		buf_add_span(key, parts[i]);
		buf_add_char(key, 0);
	}
}

static int64_t look_up(struct db *db, const struct row *r)
{
	return db_int(db, 0,
		      "SELECT id FROM component WHERE name = ? AND version = ? AND type = ? AND ecosystem IS ? AND release IS ? AND source IS ?"
		      " AND source_version IS ? AND module IS ? AND kernel = ? AND pro = ? AND repositories IS ?",
		      "ttttttttbbr", r->name, r->version, r->type, r->ecosystem, r->release, r->source, r->source_version, r->module, r->kernel, r->pro, r->repositories);
}

static int insert(struct db *db, const struct row *r, int64_t *id, struct err *e)
{
	if (db_run(db, e,
		   "INSERT INTO component(name, version, type, ecosystem, release, source, source_version, module, kernel, pro, repositories) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		   "ttttttttbbr", r->name, r->version, r->type, r->ecosystem, r->release, r->source, r->source_version, r->module, r->kernel, r->pro, r->repositories))
		return -1;
	*id = sqlite3_last_insert_rowid(db->h);
	return 0;
}

static struct distinct *ready(struct distinct **set, struct db *db)
{
	struct distinct *s = *set;

	if (!s) {
		*set = s = calloc(1, sizeof(*s));
		if (!s)
			die("out of memory");
		s->forgot = db_int(db, 0, "SELECT 1 FROM component LIMIT 1", "");
	}
	if (s->ids.n > LIMIT_COMPONENTS_REMEMBERED) {
		map_fini(&s->ids);
		arena_fini(&s->arena);
		s->forgot = true;
	}
	return s;
}

int distinct_component(struct db *db, struct distinct **set, const struct package *p, const struct distinct_place *at, int64_t *id, struct err *e)
{
	struct distinct *s = ready(set, db);
	struct row r = row_of(p, at);
	struct map_slot *slot;

	key_of(&s->key, &r);
	slot = map_at(&s->ids, buf_span(&s->key));
	*id = (intptr_t)slot->value;
	if (*id)
		return 0;
	slot->key.p = arena_strndup(&s->arena, slot->key.p, slot->key.n);
	*id = s->forgot ? look_up(db, &r) : 0;
	if (!*id && insert(db, &r, id, e))
		return -1;
	slot->value = (void *)(intptr_t)*id;
	return 0;
}

int distinct_index(struct db *db, struct err *e)
{
	return db_exec(db,
		       "CREATE INDEX IF NOT EXISTS package_name ON package(name, version);"
		       "CREATE INDEX IF NOT EXISTS package_component ON package(component, thing);",
		       e);
}

struct pending {
	struct pending *next;
	int64_t package, component;
};

static int take_pending(struct db *db, struct distinct **set, sqlite3_stmt *q, struct pending *out, struct err *e)
{
	auto_arena a = ARENA_INIT;
	struct package p = {.type = arena_strndup(&a, db_text(q, 1).p, db_text(q, 1).n), .name = db_text(q, 2), .version = db_text(q, 3), .source = db_text(q, 4),
			    .source_version = db_text(q, 5), .module = db_text(q, 6)};
	struct distinct_place at = {.release = db_text(q, 8), .image = sqlite3_column_int(q, 9), .pro = sqlite3_column_int(q, 10)};
	struct span ecosystem = db_text(q, 7);

	at.ecosystem = ecosystem.p ? arena_strndup(&a, ecosystem.p, ecosystem.n) : NULL;
	out->package = sqlite3_column_int64(q, 0);
	return distinct_component(db, set, &p, &at, &out->component, e);
}

/* Gathered first: what is written would change what is read. */
static int list_pending(struct db *db, struct arena *a, struct pending **list, struct err *e)
{
	sqlite3_stmt *q = db_stmt(db, "SELECT p.id, p.type, p.name, p.version, p.source, p.source_version, p.module, v.ecosystem, v.release, t.kind = 'image', v.streams IS 'esm'"
				      " FROM package p JOIN thing t ON t.id = p.thing LEFT JOIN inventory v ON v.thing = p.thing WHERE p.component IS NULL"
				      " AND p.removed_in IS NULL AND NOT p.declared AND NOT p.owned AND (v.thing IS NOT NULL OR p.type = 'k8s') ORDER BY p.id");
	struct distinct *set = NULL;
	int r;

	while ((r = db_step(db, q, e)) == 1) {
		*list = arena_alloc(a, sizeof(**list));
		if (take_pending(db, &set, q, *list, e)) {
			r = -1;
			break;
		}
		list = &(*list)->next;
	}
	sqlite3_reset(q);
	distinct_free(set);
	return r;
}

int distinct_fill(struct db *db, struct err *e)
{
	auto_arena a = ARENA_INIT;
	struct pending *list = NULL;

	if (list_pending(db, &a, &list, e))
		return -1;
	for (struct pending *p = list; p; p = p->next)
		if (db_run(db, e, "UPDATE package SET component = ? WHERE id = ?", "ii", p->component, p->package))
			return -1;
	return 0;
}

void distinct_free(struct distinct *set)
{
	if (!set)
		return;
	map_fini(&set->ids);
	arena_fini(&set->arena);
	buf_fini(&set->key);
	free(set);
}
