// SPDX-License-Identifier: Apache-2.0
// Rows as a table for people or JSON for programs. Which rows, is the caller's.
#include "listing.h"
#include "common/text.h"

#include <stdarg.h>
#include <unistd.h>

enum { COLUMNS_MAX = 24, WIDEST = 60 };

struct listing {
	const char *schema;
	const char *const *columns;
	size_t n, rows, cap;
	bool json, numbers[COLUMNS_MAX];
	struct span *cells; /* n per row */
	struct arena arena;
};

struct listing *listing_new(const char *schema, const char *const *columns, bool json)
{
	struct listing *l = calloc(1, sizeof(*l));

	if (!l)
		die("out of memory");
	l->schema = schema;
	l->columns = columns;
	l->json = json;
	while (columns[l->n] && l->n < COLUMNS_MAX)
		l->n++;
	return l;
}

void listing_row(struct listing *l, const struct span *values)
{
	struct span *row;

	if (l->rows == l->cap) {
		l->cap = l->cap ? 2 * l->cap : 64;
		l->cells = realloc(l->cells, l->cap * l->n * sizeof(*l->cells));
		if (!l->cells)
			die("out of memory");
	}
	row = l->cells + l->rows++ * l->n;
	for (size_t i = 0; i < l->n; i++)
		row[i] = values[i].p ? (struct span){arena_strndup(&l->arena, values[i].p, values[i].n), values[i].n} : SPAN_NONE;
}

static bool is_json(const char *column)
{
	return span_ends(span_of(column), "_json");
}

static void add_name(struct buf *b, const char *column)
{
	buf_add(b, column, strlen(column) - (is_json(column) ? 5 : 0));
}

static void add_json(struct listing *l, struct buf *b)
{
	buf_printf(b, "{\"schema\":\"%s\",\"rows\":[", l->schema);
	for (size_t r = 0; r < l->rows; r++) {
		buf_add_str(b, r ? ",\n{" : "\n{");
		for (size_t i = 0; i < l->n; i++) {
			struct span cell = l->cells[r * l->n + i];

			buf_add_str(b, i ? ",\"" : "\"");
			add_name(b, l->columns[i]);
			buf_add_str(b, "\":");
			if (!cell.p)
				buf_add_str(b, "null");
			else if (is_json(l->columns[i]) || l->numbers[i])
				buf_add_span(b, cell);
			else
				text_add_json(b, cell);
		}
		buf_add_char(b, '}');
	}
	buf_add_str(b, "\n]}\n");
}

static size_t width_of(struct span s)
{
	size_t width = 0, used;
	uint32_t cp;

	for (size_t i = 0; i < s.n; i += used) {
		used = utf8_decode(s.p + i, s.n - i, &cp);
		width += used ? (size_t)text_width(cp) : 1;
		used = used ? used : 1;
	}
	return width;
}

/* ["a","b"] as a, b; an empty text keeps its quotes. Anything with an escape stays as it is. */
static void add_list(struct buf *b, struct span s)
{
	if (memchr(s.p, '\\', s.n)) {
		buf_add_span(b, s);
		return;
	}
	for (size_t i = 1; i + 1 < s.n; i++) {
		if (s.p[i] == '"' && s.p[i - 1] != '"' && s.p[i + 1] != '"')
			continue;
		buf_add_char(b, s.p[i]);
		if (s.p[i] == ',')
			buf_add_char(b, ' ');
	}
}

static struct span shown(struct listing *l, size_t column, struct span cell)
{
	auto_buf clean = BUF_INIT, plain = BUF_INIT;

	if (!cell.p || (is_json(l->columns[column]) && cell.n <= 2))
		return SPAN("-");
	if (is_json(l->columns[column]) && cell.p[0] == '[') {
		add_list(&plain, cell);
		cell = buf_span(&plain);
	}
	text_add_clean(&clean, cell, false);
	return (struct span){arena_strndup(&l->arena, clean.p, clean.n), clean.n};
}

static void add_table(struct listing *l, struct buf *b)
{
	size_t width[COLUMNS_MAX] = {0};

	for (size_t i = 0; i < l->n; i++)
		width[i] = strlen(l->columns[i]) - (is_json(l->columns[i]) ? 5 : 0);
	for (size_t k = 0; k < l->rows * l->n; k++) {
		size_t w;

		l->cells[k] = shown(l, k % l->n, l->cells[k]);
		w = width_of(l->cells[k]);
		if (w > width[k % l->n])
			width[k % l->n] = w > WIDEST ? WIDEST : w;
	}
	for (size_t r = 0; r <= l->rows; r++) {
		for (size_t i = 0; i < l->n; i++) {
			struct span cell = r ? l->cells[(r - 1) * l->n + i] : SPAN_NONE;
			size_t from = b->n, w;

			if (r)
				buf_add_span(b, cell);
			else
				add_name(b, l->columns[i]);
			if (i + 1 == l->n)
				break;
			w = width_of((struct span){b->p + from, b->n - from});
			buf_printf(b, "%*s", (int)(w < width[i] ? width[i] - w + 2 : 2), "");
		}
		buf_add_char(b, '\n');
	}
}

int listing_end(struct listing *l, const char *none, struct err *e)
{
	auto_buf b = BUF_INIT;
	int rc = 0;

	if (l->json)
		add_json(l, &b);
	else if (l->rows)
		add_table(l, &b);
	else
		buf_printf(&b, "%s\n", none);
	if (fwrite(b.p, 1, b.n, stdout) != b.n || fflush(stdout))
		rc = err_errno(e, "standard output");
	listing_free(l);
	return rc;
}

void listing_free(struct listing *l)
{
	if (!l)
		return;
	arena_fini(&l->arena);
	free(l->cells);
	free(l);
}

/* As db_bind, for the few formats that a listing needs. */
static void bind(sqlite3_stmt *s, const char *format, va_list ap)
{
	for (int at = 1; *format; format++, at++) {
		if (*format == 't') {
			struct span t = va_arg(ap, struct span);

			if (t.p)
				sqlite3_bind_text(s, at, t.p, (int)t.n, SQLITE_STATIC);
		} else if (*format == 's') {
			sqlite3_bind_text(s, at, va_arg(ap, const char *), -1, SQLITE_STATIC);
		} else {
			sqlite3_bind_int64(s, at, va_arg(ap, int64_t));
		}
	}
}

int listing_query(struct db *db, const char *schema, bool json, const char *none, struct err *e, const char *sql, const char *format, ...)
{
	sqlite3_stmt *s = db_stmt(db, sql);
	const char *columns[COLUMNS_MAX + 1] = {0};
	struct span values[COLUMNS_MAX];
	struct listing *l;
	va_list ap;
	int rc;

	for (int i = 0; i < sqlite3_column_count(s) && i < COLUMNS_MAX; i++)
		columns[i] = sqlite3_column_name(s, i);
	l = listing_new(schema, columns, json);
	va_start(ap, format);
	bind(s, format, ap);
	va_end(ap);
	while ((rc = db_step(db, s, e)) == 1) {
		for (size_t i = 0; i < l->n; i++) {
			int type = sqlite3_column_type(s, (int)i);

			if (!l->rows)
				l->numbers[i] = type == SQLITE_INTEGER;
			values[i] = db_text(s, (int)i);
		}
		listing_row(l, values);
	}
	if (rc < 0)
		listing_free(l);
	else
		rc = listing_end(l, none, e);
	sqlite3_reset(s);
	return rc;
}
