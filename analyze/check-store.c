// SPDX-License-Identifier: Apache-2.0
// Keeps the verdicts of all checks: findings for what is not in order, counts for the rest. Judging is check-run.c's.
#include "check.h"
#include "common/buf.h"
#include "common/hash.h"
#include "common/progress.h"

#include <time.h>

/* Rows come namespace by namespace: equal neighbours are counted here and written once. */
struct run_length {
	int64_t scope, count;
	char verdict[20];
	struct buf namespace;
};

struct store {
	struct db *db;
	struct run_length last;
	bool twice; /* two verdicts on one thing with the same key */
	char subject[256]; /* of these */
};

static int flush(struct store *s, const struct check *c, struct err *e)
{
	struct run_length *l = &s->last;
	int64_t count = l->count;

	l->count = 0;
	return !count ? 0 : db_run(s->db, e, "INSERT INTO tally(check_id, scope, namespace, verdict, count) VALUES (?, ?, ?, ?, ?) "
					     "ON CONFLICT DO UPDATE SET count = count + excluded.count",
				   "sitsi", c->id, l->scope, buf_span(&l->namespace), l->verdict, count);
}

static int count_row(struct store *s, const struct check *c, const struct check_row *row, struct err *e)
{
	struct run_length *l = &s->last;

	if (l->count && (l->scope != row->scope || strcmp(l->verdict, row->verdict) != 0 || !span_is(buf_span(&l->namespace), row->namespace)) && flush(s, c, e))
		return -1;
	if (!l->count++) {
		l->scope = row->scope;
		snprintf(l->verdict, sizeof(l->verdict), "%s", row->verdict);
		buf_reset(&l->namespace);
		buf_add_span(&l->namespace, row->namespace);
	}
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
	s->last.count = 0;
	return db_run(s->db, e, "DELETE FROM finding WHERE check_id = ?", "s", c->id) || db_run(s->db, e, "DELETE FROM tally WHERE check_id = ?", "s", c->id) ? -1 : 0;
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
	return db_run(db, e, "INSERT INTO \"check\"(id, title, severity, domain, scope_kind, needs, why, fix, patch, effort, owner, false_positives, refs) "
			     "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		      "sssssssssssss", c->id, c->title, c->severity, c->domain, c->scope, buf_str(&needs), c->why, c->fix, c->patch, c->effort, c->owner,
		      c->false_positives, c->references);
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

static double cpu_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

int check_store_all(struct db *db, const struct check_set *set, bool verbose, struct err *e)
{
	struct store s = {.db = db};
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < set->n; i++) {
		const struct check *c = &set->at[i];
		double before = cpu_ms();

		progress_show("checking", i + 1, set->n, "checks");
		s.twice = false;
		rc = describe(db, c, e) || check_run(db, c, keep, &s, e) || (s.twice && refuse_twice(&s, c, e)) || flush(&s, c, e) ? -1 : 0;
		if (rc == 0 && verbose) {
			progress_clear();
			fprintf(stderr, "  %-40s %6.0f ms\n", c->id, cpu_ms() - before);
		}
	}
	buf_fini(&s.last.namespace);
	return rc;
}
