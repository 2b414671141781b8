// SPDX-License-Identifier: Apache-2.0
// Gathers findings and writes them in the order of their ids.
#include "finding-buffer.h"
#include "common/hash.h"
#include "common/limits.h"

struct kept_finding {
	char id[17];
	size_t ordinal; /* among all that are held */
	const struct check *check;
	int64_t thing, scope;
	struct span subject, cluster, namespace, detail;
	const char *verdict, *facts, *missing;
};

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

static int by_id(const void *x, const void *y)
{
	const struct kept_finding *a = x, *b = y;
	int c = memcmp(a->id, b->id, 16);

	return c ? c : (a->ordinal > b->ordinal) - (a->ordinal < b->ordinal);
}

static int insert(struct finding_buffer *b, const struct kept_finding *f, struct err *e)
{
	return db_run(b->db, e, "INSERT OR IGNORE INTO finding(id, check_id, thing, scope, subject, cluster, namespace, verdict, severity, domain, detail, facts, missing, owner) "
				"VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		      "ssrrtttssstsss", f->id, f->check->id, f->thing, f->scope, f->subject, f->cluster, f->namespace, f->verdict, f->check->severity, f->check->domain, f->detail,
		      f->facts, f->missing, f->check->owner);
}

static void note_twice(struct finding_buffer *b, const struct kept_finding *f)
{
	b->twice = true;
	snprintf(b->subject, sizeof(b->subject), "%.*s", SPAN_ARG(f->subject));
}

int finding_buffer_flush(struct finding_buffer *b, struct err *e)
{
	if (b->n)
		qsort(b->rows, b->n, sizeof(*b->rows), by_id);
	for (size_t i = 0; i < b->n; i++) {
		if (insert(b, &b->rows[i], e))
			return -1;
		if (!sqlite3_changes(b->db->h) && !b->twice)
			note_twice(b, &b->rows[i]);
	}
	b->written |= b->n > b->first;
	b->n = b->first = b->bytes = 0;
	arena_reset(&b->arena);
	return 0;
}

void finding_buffer_begin(struct finding_buffer *b)
{
	b->first = b->n;
	b->written = b->twice = false;
}

static struct span copy(struct finding_buffer *b, struct span s)
{
	b->bytes += s.n + 1;
	return s.p ? (struct span){arena_strndup(&b->arena, s.p, s.n), s.n} : s;
}

/* Most facts and missing kinds are empty, and literals. */
static const char *copy_text(struct finding_buffer *b, const char *s)
{
	if (strcmp(s, "{}") == 0)
		return "{}";
	return strcmp(s, "[]") == 0 ? "[]" : copy(b, span_of(s)).p;
}

int finding_buffer_add(struct finding_buffer *b, const struct check *c, const struct check_row *row, struct err *e)
{
	struct kept_finding *f;

	if (b->bytes > LIMIT_FINDING_BUFFER && finding_buffer_flush(b, e))
		return -1;
	if (b->n == b->cap) {
		b->cap = b->cap ? 2 * b->cap : 4096;
		b->rows = realloc(b->rows, b->cap * sizeof(*b->rows));
		if (!b->rows)
			die("out of memory");
	}
	f = &b->rows[b->n];
	*f = (struct kept_finding){.ordinal = b->n++, .check = c, .thing = row->thing, .scope = row->scope, .subject = copy(b, row->subject), .cluster = copy(b, row->cluster),
				   .namespace = copy(b, row->namespace), .detail = copy(b, row->detail), .verdict = copy_text(b, row->verdict), .facts = copy_text(b, row->facts),
				   .missing = copy_text(b, row->missing)};
	finding_id(c, row, f->id);
	b->bytes += sizeof(*f);
	return 0;
}

/* Rows of one check that are all held are compared here; where some are written already, the table tells. */
int finding_buffer_end(struct finding_buffer *b, struct err *e)
{
	struct kept_finding *rows = b->rows + b->first;
	const struct kept_finding *second = NULL;
	size_t n = b->n - b->first;

	if (b->written)
		return finding_buffer_flush(b, e);
	if (n)
		qsort(rows, n, sizeof(*rows), by_id);
	for (size_t i = 1; i < n; i++)
		if (memcmp(rows[i].id, rows[i - 1].id, 16) == 0 && (!second || rows[i].ordinal < second->ordinal))
			second = &rows[i];
	if (second)
		note_twice(b, second);
	return 0;
}

int finding_buffer_forget(struct finding_buffer *b, const struct check *c, struct err *e)
{
	b->n = b->first;
	return b->written ? db_run(b->db, e, "DELETE FROM finding WHERE check_id = ?", "s", c->id) : 0;
}

void finding_buffer_fini(struct finding_buffer *b)
{
	free(b->rows);
	arena_fini(&b->arena);
}
