// SPDX-License-Identifier: Apache-2.0
// Keeps the verdicts of all checks: findings for what is not in order, counts for the rest. Judging is check-run.c's.
#include "check.h"
#include "common/buf.h"
#include "common/embed.h"
#include "common/hash.h"
#include "common/limits.h"
#include "common/map.h"
#include "common/progress.h"

#include <time.h>

/* One row of table tally in the making. */
struct count {
	int64_t scope, n;
	struct span verdict, namespace;
};

struct store {
	struct db *db;
	int64_t before; /* last finding of the checks before the one at hand */
	bool twice; /* two verdicts on one thing with the same key */
	char subject[256]; /* of these */
	/* Counts of the check at hand, in the order in which they came up. */
	struct map by_place;
	struct count **counts;
	size_t counts_n, counts_cap;
	struct arena arena;
	struct buf key;
	struct count *last; /* rows come namespace by namespace */
};

static void drop_counts(struct store *s)
{
	map_fini(&s->by_place);
	s->counts_n = 0;
	s->last = NULL;
	arena_reset(&s->arena);
}

static int by_key(const void *x, const void *y)
{
	const struct count *a = *(struct count *const *)x, *b = *(struct count *const *)y;
	int place;

	if (a->scope != b->scope)
		return a->scope < b->scope ? -1 : 1;
	place = span_cmp(a->namespace, b->namespace);
	return place ? place : span_cmp(a->verdict, b->verdict);
}

/* In the order of the table's key: each row goes behind the last. */
static int flush_counts(struct store *s, const struct check *c, struct err *e)
{
	if (s->counts_n)
		qsort(s->counts, s->counts_n, sizeof(struct count *), by_key);
	for (size_t i = 0; i < s->counts_n; i++) {
		const struct count *t = s->counts[i];

		if (db_run(s->db, e, "INSERT INTO tally(check_id, scope, namespace, verdict, count) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count", "sitti",
			   c->id, t->scope, t->namespace, t->verdict, t->n))
			return -1;
	}
	drop_counts(s);
	return 0;
}

static struct count *new_count(struct store *s, const struct check_row *row)
{
	struct count *t = arena_alloc(&s->arena, sizeof(*t));

	*t = (struct count){.scope = row->scope, .verdict = span_of(arena_strdup(&s->arena, row->verdict)),
			    .namespace = {arena_strndup(&s->arena, row->namespace.p ? row->namespace.p : "", row->namespace.n), row->namespace.n}};
	if (s->counts_n == s->counts_cap) {
		s->counts_cap = s->counts_cap ? 2 * s->counts_cap : 256;
		s->counts = realloc(s->counts, s->counts_cap * sizeof(*s->counts));
		if (!s->counts)
			die("out of memory");
	}
	return s->counts[s->counts_n++] = t;
}

static bool counts_here(const struct count *t, const struct check_row *row)
{
	return t && t->scope == row->scope && span_eq(t->verdict, row->verdict) && span_is(t->namespace, row->namespace);
}

static int count_row(struct store *s, const struct check *c, const struct check_row *row, struct err *e)
{
	struct map_slot *slot;

	if (!counts_here(s->last, row)) {
		if (s->counts_n >= LIMIT_TALLY_HELD && flush_counts(s, c, e))
			return -1;
		buf_reset(&s->key);
		buf_add(&s->key, &row->scope, sizeof(row->scope));
		buf_add(&s->key, row->verdict, strlen(row->verdict) + 1);
		buf_add_span(&s->key, row->namespace);
		slot = map_at(&s->by_place, buf_span(&s->key));
		if (!slot->value) {
			slot->key = (struct span){arena_strndup(&s->arena, s->key.p, s->key.n), s->key.n};
			slot->value = new_count(s, row);
		}
		s->last = slot->value;
	}
	s->last->n++;
	return 0;
}

/* First 16 hex digits of SHA-256 over check, ref and key, with NUL bytes between: the same in every run. */
static void finding_id(const struct check *c, const struct check_row *row, char id[static 17])
{
	char hex[HASH_HEX];
	struct hash h;

	hash_init(&h);
	hash_add(&h, c->id, strlen(c->id) + 1);
	hash_add(&h, row->subject.p, row->subject.n);
	hash_add(&h, "", 1);
	hash_add(&h, row->key.p ? row->key.p : "", row->key.n);
	hash_hex(&h, hex);
	memcpy(id, hex, 16);
	id[16] = 0;
}

static int forget(struct store *s, const struct check *c, struct err *e)
{
	drop_counts(s);
	return db_run(s->db, e, "DELETE FROM finding WHERE rowid > ?", "i", s->before) || db_run(s->db, e, "DELETE FROM tally WHERE check_id = ?", "s", c->id) ? -1 : 0;
}

static int keep(void *ctx, const struct check *c, const struct check_row *row, struct err *e)
{
	struct store *s = ctx;
	char id[17];

	if (strcmp(row->verdict, "error") == 0 && forget(s, c, e))
		return -1;
	if (count_row(s, c, row, e))
		return -1;
	if (strcmp(row->verdict, "pass") == 0 || strcmp(row->verdict, "not-applicable") == 0)
		return 0;
	finding_id(c, row, id);
	if (db_run(s->db, e, "INSERT OR IGNORE INTO finding(id, check_id, thing, scope, subject, cluster, namespace, verdict, severity, domain, detail, facts, missing, owner) "
			     "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		   "ssrrtttssstsss", id, c->id, row->thing, row->scope, row->subject, row->cluster, row->namespace, row->verdict, c->severity, c->domain, row->detail,
		   row->facts, row->missing, c->owner))
		return -1;
	if (!sqlite3_changes(s->db->h) && !s->twice) {
		s->twice = true;
		snprintf(s->subject, sizeof(s->subject), "%.*s", SPAN_ARG(row->subject));
	}
	return 0;
}

static int describe(struct db *db, const struct check *c, struct err *e)
{
	auto_buf needs = BUF_INIT;

	buf_add_char(&needs, '[');
	for (size_t i = 0; i < c->needs_n; i++)
		buf_printf(&needs, "%s\"%s\"", i ? "," : "", c->needs[i].any[0]);
	buf_add_char(&needs, ']');
	return db_run(db, e, "INSERT INTO \"check\"(id, title, severity, domain, scope_kind, needs, why, fix, patch, effort, owner, false_positives, refs, content) "
			     "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		      "ssssssssssssss", c->id, c->title, c->severity, c->domain, c->scope, buf_str(&needs), c->why, c->fix, c->patch, c->effort, c->owner,
		      c->false_positives, c->references, c->content);
}

/* A check that says two things about one is wrong, and neither counts. */
static int refuse_twice(struct store *s, const struct check *c, struct err *e)
{
	char detail[400];
	struct check_row row = {.subject = span_of(c->scope), .verdict = "error", .facts = "{}", .missing = "[]"};

	snprintf(detail, sizeof(detail), "The check could not be run: it gives two verdicts on %s and no `key` to tell them apart.", s->subject);
	row.detail = span_of(detail);
	return keep(s, c, &row, e);
}

enum { SHARED_BY = 4 };

/* A view that several checks go over row by row is joined once, in a table. What cannot be made so is left to the checks, which say what is wrong. */
static void share_views(struct db *db, struct check_set *set)
{
	for (size_t i = 0; i < set->n; i++) {
		const char *over = set->at[i].over, *name;
		size_t uses = 0;

		for (size_t k = 0; over && !set->at[i].from && k < set->n; k++)
			uses += set->at[k].over && strcmp(set->at[k].over, over) == 0;
		if (uses < SHARED_BY || over[strspn(over, "abcdefghijklmnopqrstuvwxyz_")])
			continue;
		name = arena_printf(&set->arena, "shared_%s", over);
		if (db_exec(db, arena_printf(&set->arena, "CREATE TEMP TABLE %s AS SELECT * FROM main.%s", name, over), NULL))
			continue;
		for (size_t k = 0; k < set->n; k++)
			if (set->at[k].over && strcmp(set->at[k].over, over) == 0)
				set->at[k].from = name;
	}
}

static int unshare_views(struct db *db, const struct check_set *set, struct err *e)
{
	auto_arena a = ARENA_INIT;

	for (size_t i = 0; i < set->n; i++)
		if (set->at[i].from && db_exec(db, arena_printf(&a, "DROP TABLE IF EXISTS temp.%s", set->at[i].from), e))
			return -1;
	return 0;
}

static double cpu_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int store_one(struct store *s, const struct check *c, struct err *e)
{
	s->twice = false;
	s->before = db_int(s->db, 0, "SELECT max(rowid) FROM finding", "");
	if (describe(s->db, c, e) || check_run(s->db, c, keep, s, e))
		return -1;
	return (s->twice && refuse_twice(s, c, e)) || flush_counts(s, c, e) ? -1 : 0;
}

static int make_indexes(struct db *db, struct err *e)
{
	struct span indexes = embed_find("analyze/finding.sql");

	if (!indexes.p)
		die("analyze/finding.sql is not in the program");
	return db_exec(db, indexes.p, e);
}

int check_store_all(struct db *db, struct check_set *set, bool verbose, struct err *e)
{
	struct store s = {.db = db};
	int rc = 0;

	share_views(db, set);
	for (size_t i = 0; rc == 0 && i < set->n; i++) {
		const struct check *c = &set->at[i];
		double before = cpu_ms();

		progress_show("checking", i + 1, set->n, "checks");
		rc = store_one(&s, c, e);
		if (rc == 0 && verbose) {
			progress_clear();
			fprintf(stderr, "  %-40s %6.0f ms\n", c->id, cpu_ms() - before);
		}
	}
	if (rc == 0)
		rc = make_indexes(db, e) || unshare_views(db, set, e) ? -1 : 0;
	map_fini(&s.by_place);
	free(s.counts);
	arena_fini(&s.arena);
	buf_fini(&s.key);
	return rc;
}
