// SPDX-License-Identifier: Apache-2.0
// Tables of paths by hash, in memory up to a limit, beyond it in a temporary database. Rows go there sorted and many at a time: one after the other they would
// touch a page each.
#include "path-table.h"

#include "common/err.h"
#include "common/limits.h"

#include <stdlib.h>
#include <sys/random.h>

enum { BATCH = 65536 }; /* the fewest rows that are worth a journey to the database */

/* ---- hashes: keyed, so that a hostile image cannot make paths collide */

static uint64_t key;

bool path_hash_key(uint64_t given)
{
	if (key == 0)
		key = given;
	return key == given;
}

uint64_t path_hash(struct span s)
{
	uint64_t h;

	while (key == 0)
		if (getrandom(&key, sizeof(key), 0) != (ssize_t)sizeof(key))
			die("no random numbers");
	h = key ^ s.n * 0x9e3779b97f4a7c15ull;
	for (size_t i = 0; i < s.n; i++) {
		h = (h ^ (unsigned char)s.p[i]) * 0x100000001b3ull;
		h ^= h >> 29;
	}
	h ^= key >> 7;
	h *= 0xbf58476d1ce4e5b9ull;
	h ^= h >> 32;
	return (h & ~15ull) | ((h & ~15ull) == 0 ? 16 : 0);
}

uint64_t path_hash_joined(struct span directory, struct span file)
{
	char path[LIMIT_NAME_BYTES];
	size_t n = 0;

	while (directory.n > 0 && (directory.p[0] == '/' || span_starts(directory, "./")))
		directory = (struct span){directory.p + (directory.p[0] == '/' ? 1 : 2), directory.n - (directory.p[0] == '/' ? 1 : 2)};
	while (directory.n == 0 && file.n > 0 && (file.p[0] == '/' || span_starts(file, "./")))
		file = (struct span){file.p + (file.p[0] == '/' ? 1 : 2), file.n - (file.p[0] == '/' ? 1 : 2)};
	while (directory.n > 0 && directory.p[directory.n - 1] == '/')
		directory.n--;
	if (directory.n + file.n + 1 > sizeof(path))
		return 0;
	if (directory.n > 0) {
		memcpy(path, directory.p, directory.n);
		n = directory.n;
		path[n++] = '/';
	}
	if (file.n > 0)
		memcpy(path + n, file.p, file.n);
	return path_hash((struct span){path, n + file.n});
}

/* ---- the temporary database, one for all tables that need it */

static struct {
	struct db db;
	struct err failed; /* the first failure: what the tables hold since is not whole */
	uint64_t owners;   /* ids given */
	size_t users;	   /* tables that have rows in it */
	size_t in_memory;  /* rows of all tables that are not in it */
} spill;

static int spill_open(struct err *e)
{
	if (spill.db.h)
		return 0;
	return db_create(&spill.db, NULL, DB_APPLICATION_ID, e) || db_exec(&spill.db, "PRAGMA cache_size=-8192", e) ||
			       db_exec(&spill.db, "CREATE TABLE path(owner INTEGER, hash INTEGER, flags INTEGER, fact INTEGER, PRIMARY KEY (owner, hash)) WITHOUT ROWID", e)
		       ? -1
		       : 0;
}

static int by_slot(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b; /* signed, as the database sorts them */

	return x < y ? -1 : x > y;
}

static int write_rows(const struct paths *p, const uint64_t (*rows)[2], struct err *e)
{
	if (spill_open(e) || db_begin(&spill.db, e))
		return -1;
	for (size_t i = 0; i < p->n; i++)
		if (db_run(&spill.db, e,
			   "INSERT INTO path VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET flags = flags | excluded.flags, fact = iif(excluded.fact, excluded.fact, fact)",
			   "iiii", (int64_t)p->owner, (int64_t)(rows[i][0] & ~15ull), (int64_t)(rows[i][0] & 15), (int64_t)rows[i][1]))
			return -1;
	return db_commit(&spill.db, e);
}

/* Moves what a table has in memory to the database. */
static void flush(struct paths *p)
{
	uint64_t(*rows)[2] = calloc(p->n + 1, sizeof(*rows));
	size_t n = 0;

	if (!rows)
		die("out of memory");
	if (!p->owner) {
		p->owner = ++spill.owners;
		spill.users++;
	}
	for (size_t i = 0; i < p->cap; i++)
		if (p->slots[i]) {
			rows[n][0] = p->slots[i];
			rows[n++][1] = p->facts ? p->facts[i] : 0;
			p->slots[i] = 0;
			if (p->facts)
				p->facts[i] = 0;
		}
	qsort(rows, n, sizeof(*rows), by_slot);
	if (!spill.failed.kind && write_rows(p, (const uint64_t(*)[2])rows, &spill.failed) && !spill.failed.kind)
		err_set(&spill.failed, ERR_ENV, "the temporary database cannot be written");
	free(rows);
	spill.in_memory -= p->n;
	p->n = 0;
}

/* ---- tables */

static uint64_t *slot_of(const struct paths *p, uint64_t hash)
{
	size_t i = (hash >> 4) & (p->cap - 1);

	while (p->slots[i] && (p->slots[i] & ~15ull) != hash)
		i = (i + 1) & (p->cap - 1);
	return &p->slots[i];
}

static void *zeroed(size_t n)
{
	void *p = calloc(n, sizeof(uint64_t));

	if (!p)
		die("out of memory");
	return p;
}

static void grow(struct paths *p, size_t cap)
{
	struct paths bigger = {.cap = cap, .n = p->n, .owner = p->owner};

	bigger.slots = zeroed(bigger.cap);
	bigger.facts = p->facts ? zeroed(bigger.cap) : NULL;
	for (size_t i = 0; i < p->cap; i++) {
		uint64_t *slot = p->slots[i] ? slot_of(&bigger, p->slots[i] & ~15ull) : NULL;

		if (!slot)
			continue;
		*slot = p->slots[i];
		if (p->facts)
			bigger.facts[slot - bigger.slots] = p->facts[i];
	}
	free(p->slots);
	free(p->facts);
	*p = bigger;
}

void paths_put(struct paths *p, uint64_t hash, unsigned flags, uint64_t fact)
{
	uint64_t *slot;

	if (p->n >= BATCH && spill.in_memory >= LIMIT_LAYER_PATHS)
		flush(p);
	if (2 * p->n >= p->cap)
		grow(p, p->cap ? 2 * p->cap : 256);
	slot = slot_of(p, hash);
	if (!*slot) {
		p->n++;
		spill.in_memory++;
	}
	*slot = hash | (*slot & 15) | flags;
	if (fact && !p->facts)
		p->facts = zeroed(p->cap);
	if (fact)
		p->facts[slot - p->slots] = fact;
}

void paths_reserve(struct paths *p, size_t n)
{
	size_t cap = 256;

	if (n > LIMIT_LAYER_PATHS)
		n = LIMIT_LAYER_PATHS;
	while (cap <= 2 * n)
		cap *= 2;
	if (cap > p->cap)
		grow(p, cap);
}

void paths_add(struct paths *p, struct span path, unsigned flags)
{
	paths_put(p, path_hash(path), flags, 0);
}

/* Reading may have to write first, to make room. What could not be read is not absent: paths_settle() says so. */
static bool is_row(sqlite3_stmt *s)
{
	int rc = sqlite3_step(s);

	if (rc != SQLITE_ROW && rc != SQLITE_DONE && !spill.failed.kind)
		err_set(&spill.failed, ERR_ENV, "the temporary database cannot be read: %s", sqlite3_errmsg(spill.db.h));
	return rc == SQLITE_ROW;
}

static uint64_t told(uint64_t fact)
{
	return fact == PATH_NO_FACT ? 0 : fact;
}

/* What the database has of a hash is joined to `out`, which memory has filled: that is newer. */
static bool get_spilled(const struct paths *p, uint64_t hash, struct path_row *out)
{
	sqlite3_stmt *s = db_stmt(&spill.db, "SELECT flags, fact FROM path WHERE owner = ? AND hash = ?");
	bool found;

	db_bind(s, "ii", (int64_t)p->owner, (int64_t)hash);
	found = is_row(s);
	if (found) {
		out->hash = hash;
		out->flags |= (unsigned)sqlite3_column_int(s, 0);
		out->fact = out->fact ? out->fact : (uint64_t)sqlite3_column_int64(s, 1);
	}
	sqlite3_reset(s);
	return found;
}

bool paths_get(const struct paths *p, uint64_t hash, struct path_row *out)
{
	uint64_t *slot = p->cap ? slot_of(p, hash) : NULL;
	bool found = slot && *slot;

	*out = (struct path_row){0};
	if (found)
		*out = (struct path_row){.hash = hash, .flags = (unsigned)(*slot & 15), .fact = p->facts ? p->facts[slot - p->slots] : 0};
	if (p->owner && !spill.failed.kind)
		found |= get_spilled(p, hash, out);
	out->fact = told(out->fact);
	return found;
}

unsigned paths_flags(const struct paths *p, struct span path)
{
	struct path_row row;

	return paths_get(p, path_hash(path), &row) ? row.flags : 0;
}

size_t paths_count(const struct paths *p)
{
	return p->n + (p->owner ? (size_t)db_int(&spill.db, 0, "SELECT count(*) FROM path WHERE owner = ?", "i", (int64_t)p->owner) : 0);
}

int paths_settle(struct paths *p, struct err *e)
{
	if (p->n && (p->owner || (spill.in_memory > LIMIT_LAYER_PATHS && p->n >= BATCH)))
		flush(p);
	if (p->owner) {
		free(p->slots);
		free(p->facts);
		p->slots = p->facts = NULL;
		p->cap = 0;
	}
	return spill.failed.kind ? err_set(e, spill.failed.kind, "%s", spill.failed.msg) : 0;
}

void paths_fini(struct paths *p)
{
	free(p->slots);
	free(p->facts);
	spill.in_memory -= p->n;
	if (p->owner && --spill.users == 0)
		db_close(&spill.db);
	*p = (struct paths){0};
}

/* ---- all paths */

struct paths_walk paths_walk(struct paths *p)
{
	struct paths_walk w = {.p = p};

	if (!p->owner)
		return w;
	if (p->n)
		flush(p);
	if (!spill.failed.kind && db_prepare(&spill.db, "SELECT hash, flags, fact FROM path WHERE owner = ? ORDER BY hash", &w.rows, &spill.failed) == 0)
		db_bind(w.rows, "i", (int64_t)p->owner);
	return w;
}

bool paths_next(struct paths_walk *w, struct path_row *out)
{
	const struct paths *p = w->p;

	if (p->owner) {
		if (!w->rows || !is_row(w->rows))
			return false;
		*out = (struct path_row){(uint64_t)sqlite3_column_int64(w->rows, 0), told((uint64_t)sqlite3_column_int64(w->rows, 2)), (unsigned)sqlite3_column_int(w->rows, 1)};
		return true;
	}
	while (w->at < p->cap && !p->slots[w->at])
		w->at++;
	if (w->at == p->cap)
		return false;
	*out = (struct path_row){p->slots[w->at] & ~15ull, p->facts ? told(p->facts[w->at]) : 0, (unsigned)(p->slots[w->at] & 15)};
	w->at++;
	return true;
}

void paths_walk_fini(struct paths_walk *w)
{
	db_stmt_fini(&w->rows);
}
