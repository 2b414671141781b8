// SPDX-License-Identifier: Apache-2.0
// Reads the feeds' statements about packages into memory, each package's once. Judging versions by them is derive-match.c's.
#include "derive-said.h"

#include "common/buf.h"
#include "common/red-hat.h"

static struct span keep(struct said_store *st, struct span s)
{
	return s.p ? (struct span){arena_strndup(&st->arena, s.p, s.n), s.n} : s;
}

static struct span one_text(struct said_store *st, const char *sql, int64_t vuln)
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
static struct span primary_name(struct said_store *st, int64_t vuln, struct span name)
{
	static const char own[] = "SELECT min(other) FROM alias WHERE vuln = ? AND kind = 'alias' AND +other GLOB 'CVE-*'";
	static const char upstream[] = "SELECT min(other) FROM alias WHERE vuln = ? AND kind = 'upstream' AND +other GLOB 'CVE-*' HAVING count(*) = 1";
	static const char next[] = "SELECT min(other) FROM alias WHERE kind = 'alias' AND +other GLOB 'CVE-*' AND vuln IN (SELECT id FROM vuln WHERE"
				   " withdrawn IS NULL AND name IN (SELECT other FROM alias WHERE vuln = ? AND kind = 'alias'))";
	struct span cve, id = name;

	/* "CVE-2024-1/glibc": a record for one of several packages. */
	id = span_cut(&id, '/');
	if (span_starts(id, "CVE-"))
		return keep(st, id);
	cve = one_text(st, own, vuln);
	if (!cve.p)
		cve = one_text(st, upstream, vuln);
	if (!cve.p)
		cve = one_text(st, next, vuln);
	return cve.p ? cve : keep(st, id);
}

static struct span primary_of(struct said_store *s, int64_t vuln, struct span name)
{
	struct map_slot *slot = map_at(&s->primaries, (struct span){(const char *)&vuln, sizeof(vuln)});
	struct span *found = slot->value;

	if (!found) {
		slot->key.p = memcpy(arena_alloc(&s->arena, sizeof(vuln)), &vuln, sizeof(vuln));
		slot->value = found = arena_alloc(&s->arena, sizeof(*found));
		*found = primary_name(s, vuln, name);
	}
	return *found;
}

/* Ecosystem and release as one text. */
static void scope_key(struct buf *key, struct span ecosystem, struct span release)
{
	buf_reset(key);
	buf_add_span(key, ecosystem);
	buf_add_char(key, 0);
	buf_add_span(key, release);
}

static int read_scopes(struct said_store *s, struct err *e)
{
	sqlite3_stmt *q = db_stmt(s->feeds, "SELECT id, ecosystem, release FROM scope");
	auto_buf key = BUF_INIT;
	int r;

	while ((r = db_step(s->feeds, q, e)) == 1) {
		int64_t *id = arena_alloc(&s->arena, sizeof(*id));

		scope_key(&key, db_text(q, 1), db_text(q, 2));
		*id = sqlite3_column_int64(q, 0);
		map_at(&s->scopes, keep(s, buf_span(&key)))->value = id;
	}
	sqlite3_reset(q);
	s->scopes_read = r == 0;
	return r;
}

static int64_t scope_of(struct said_store *s, struct span ecosystem, struct span release)
{
	auto_buf key = BUF_INIT;
	struct map_slot *slot;

	scope_key(&key, ecosystem, release);
	slot = map_at(&s->scopes, buf_span(&key));
	if (!slot->value) {
		slot->key = keep(s, slot->key);
		slot->value = arena_alloc(&s->arena, sizeof(int64_t));
	}
	return *(int64_t *)slot->value;
}

enum { A_VULN, A_NAME, A_STATUS, A_INTRODUCED, A_FIXED, A_LAST, A_VERSIONS, A_ADVISORY, A_FEED, A_FEED_NAME, A_DATE, A_MODULE, A_RELEASE };

static void take(struct said_store *s, sqlite3_stmt *q, struct said *row)
{
	*row = (struct said){
		.primary = primary_of(s, sqlite3_column_int64(q, A_VULN), db_text(q, A_NAME)),
		.status = keep(s, db_text(q, A_STATUS)),
		.introduced = keep(s, db_text(q, A_INTRODUCED)),
		.fixed = keep(s, db_text(q, A_FIXED)),
		.last = keep(s, db_text(q, A_LAST)),
		.versions = keep(s, db_text(q, A_VERSIONS)),
		.advisory = keep(s, db_text(q, A_ADVISORY)),
		.module = keep(s, db_text(q, A_MODULE)),
		.feed_name = keep(s, db_text(q, A_FEED_NAME)),
		.feed = sqlite3_column_int64(q, A_FEED),
		.date = sqlite3_column_int64(q, A_DATE),
	};
}

/* The rows of a query on `affected`, into the list. */
static int read_rows(struct said_store *s, sqlite3_stmt *q, struct said_list *list, struct err *e)
{
	size_t cap = 0;
	int r;

	while ((r = db_step(s->feeds, q, e)) == 1) {
		list->at = arena_room(&s->arena, list->at, list->n, &cap, sizeof(*list->at));
		take(s, q, &list->at[list->n]);
		if (sqlite3_column_count(q) > A_RELEASE) {
			list->at[list->n].release = keep(s, db_text(q, A_RELEASE));
			list->n += red_hat_is_layered(list->at[list->n].release);
		} else {
			list->n++;
		}
	}
	sqlite3_reset(q);
	s->rows += list->n;
	return r;
}

/* ---- advisories over several CVEs, where the CVEs have records of their own as well */

/* The CVEs that the row's record is about, when all of them are told of in the list by themselves; 0 otherwise. */
static size_t cves_told(struct said_store *s, const struct said *row, const struct map *told, struct span **out)
{
	sqlite3_stmt *q = db_stmt(s->feeds, "SELECT DISTINCT a.other FROM vuln v JOIN alias a ON a.vuln = v.id WHERE v.feed = ? AND v.name = ? AND a.other GLOB 'CVE-*' ORDER BY 1");
	size_t n = 0, cap = 0;
	bool all = true;

	db_bind(q, "it", row->feed, row->primary);
	while (all && db_step(s->feeds, q, NULL) == 1) {
		struct span cve = db_text(q, 0);

		*out = arena_room(&s->arena, *out, n, &cap, sizeof(**out));
		(*out)[n++] = keep(s, cve);
		all = map_find(told, (*out)[n - 1]) != NULL;
	}
	sqlite3_reset(q);
	return all ? n : 0;
}

/* Each row of an advisory that the CVEs of tell of by themselves becomes a row for each of them: one problem is reported once, with all sources. */
static void split_advisories(struct said_store *s, struct said_list *list)
{
	struct said_list out = {0};
	struct map told = {0};
	size_t cap = 0;

	for (size_t i = 0; i < list->n; i++)
		if (span_starts(list->at[i].primary, "CVE-"))
			map_at(&told, list->at[i].primary)->value = list;
	for (size_t i = 0; i < list->n; i++) {
		bool cve = told.n == 0 || span_starts(list->at[i].primary, "CVE-");
		struct span *cves = NULL;
		size_t n = cve ? 0 : cves_told(s, &list->at[i], &told, &cves);

		for (size_t k = 0; k < n || k == 0; k++) {
			out.at = arena_room(&s->arena, out.at, out.n, &cap, sizeof(*out.at));
			out.at[out.n] = list->at[i];
			if (n > 0) {
				out.at[out.n].advisory = list->at[i].primary;
				out.at[out.n].primary = cves[k];
			}
			out.n++;
		}
	}
	map_fini(&told);
	*list = out;
}

#define COLUMNS                                                                                                                             \
	"v.id, v.name, a.status, a.introduced, a.fixed, a.last_affected, a.versions, a.advisory, f.id, f.name, coalesce(f.date, 0), a.module"
#define STANDS "v.withdrawn IS NULL AND a.status <> 'undetermined'"

static int read_list(struct said_store *s, int64_t scope, struct span name, bool binary, struct said_list *list, struct err *e)
{
	sqlite3_stmt *q = db_stmt(s->feeds,
		"SELECT " COLUMNS " FROM affected a JOIN vuln v ON v.id = a.vuln JOIN feed f ON f.id = v.feed"
		" WHERE a.package = ? AND a.scope = ? AND a.binary = ? AND " STANDS " ORDER BY f.name, v.name, a.n");

	db_bind(q, "tib", name, scope, binary);
	return read_rows(s, q, list, e);
}

static int read_beside(struct said_store *s, struct span name, bool binary, struct said_list *list, struct err *e)
{
	sqlite3_stmt *q = db_stmt(s->feeds,
		"SELECT " COLUMNS ", c.release FROM affected a CROSS JOIN scope c ON c.id = a.scope CROSS JOIN vuln v ON v.id = a.vuln CROSS JOIN feed f ON f.id = v.feed"
		" WHERE a.package = ? AND a.binary = ? AND c.ecosystem = 'Red Hat' AND c.release GLOB '*:*' AND " STANDS " ORDER BY c.release, f.name, v.name, a.n");

	db_bind(q, "tb", name, binary);
	return read_rows(s, q, list, e);
}

/* The list of a package in one scope; 0: of all products beside Enterprise Linux. */
static const struct said_list *list_of(struct said_store *s, int64_t scope, struct span name, bool binary, struct err *e)
{
	auto_buf key = BUF_INIT;
	struct map_slot *slot;

	buf_add(&key, &scope, sizeof(scope));
	buf_add_char(&key, binary);
	buf_add_span(&key, name);
	slot = map_at(&s->lists, buf_span(&key));
	if (!slot->value) {
		slot->key = keep(s, slot->key);
		slot->value = arena_alloc(&s->arena, sizeof(struct said_list));
		if ((scope ? read_list(s, scope, name, binary, slot->value, e) : read_beside(s, name, binary, slot->value, e)) < 0)
			return NULL;
		if (scope)
			split_advisories(s, slot->value);
	}
	return slot->value;
}

const struct said_list *said_of(struct said_store *s, struct span ecosystem, struct span release, struct span name, bool binary, struct err *e)
{
	static const struct said_list none;
	int64_t scope;

	if (!s->scopes_read && read_scopes(s, e))
		return NULL;
	scope = scope_of(s, ecosystem, release);
	return scope ? list_of(s, scope, name, binary, e) : &none;
}

const struct said_list *said_beside(struct said_store *s, struct span name, bool binary, struct err *e)
{
	return list_of(s, 0, name, binary, e);
}

void said_fini(struct said_store *s)
{
	map_fini(&s->lists);
	map_fini(&s->scopes);
	map_fini(&s->primaries);
	arena_fini(&s->arena);
	*s = (struct said_store){.feeds = s->feeds};
}
