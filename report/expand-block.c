// SPDX-License-Identifier: Apache-2.0
// Fenced blocks of templates: their options, their queries, and the tables, charts, lists and bodies they become.
#include "expand.h"

#include <math.h>
#include <stdlib.h>

enum { OPTIONS_MAX = 16, DEPTH_MAX = 6, CHART_ROWS_MAX = 400, CELL_BYTES_MAX = 2000 };

struct options {
	struct span keys[OPTIONS_MAX], values[OPTIONS_MAX];
	size_t n;
};
struct fence {
	struct expander *x;
	struct options options;
	struct span word, body;
	int line;
	struct span title, note, empty, more; /* with values put in; absent when not given */
	int64_t top, priority; /* 0: not given */
};

static struct span option(const struct fence *f, const char *key)
{
	for (size_t i = 0; i < f->options.n; i++)
		if (span_eq(f->options.keys[i], key))
			return f->options.values[i];
	return SPAN_NONE;
}

static int at_line(struct fence *f, struct err *e)
{
	return err_wrap(e, "%s:%d: %.*s", f->x->t->name, f->line, SPAN_ARG(f->word));
}

/* key=value, key="value with spaces", key */
static int options_read(struct fence *f, struct span s, struct err *e)
{
	size_t i = 0;

	while (i < s.n) {
		size_t start = i, n = f->options.n;

		if (s.p[i] == ' ' || s.p[i] == '\t') {
			i++;
			continue;
		}
		if (n == OPTIONS_MAX)
			return err_set(e, ERR_INPUT, "%s:%d: more than %d options", f->x->t->name, f->line, OPTIONS_MAX);
		while (i < s.n && s.p[i] != '=' && s.p[i] != ' ')
			i++;
		f->options.keys[n] = (struct span){s.p + start, i - start};
		f->options.values[n] = SPAN("");
		if (i < s.n && s.p[i] == '=') {
			bool quoted = ++i < s.n && s.p[i] == '"';

			start = i += quoted;
			while (i < s.n && s.p[i] != (quoted ? '"' : ' '))
				i++;
			if (quoted && i == s.n)
				return err_set(e, ERR_INPUT, "%s:%d: a quoted option without its end", f->x->t->name, f->line);
			f->options.values[n] = (struct span){s.p + start, i - start};
			i += quoted;
		}
		f->options.n++;
	}
	return 0;
}

static const struct block_kind_row {
	const char *name, *options;
	bool chart;
} kinds[] = {
	{"table", " title empty note top more priority widths align code bar anchor ref signs ", false},
	{"list", " title empty note top more priority numbered ", false},
	{"each", " title empty note top more priority quiet ", false},
	{"if", " ", false},
	{"notes", " ", false},
	{"donut", " title empty note centre label ", true},
	{"bars", " title empty note max unit stacked top ", true},
	{"radar", " title empty note size ", true},
	{"heatmap", " title empty note top ", true},
	{"matrix", " title empty note ", true},
	{"roadmap", " title empty note days ", true},
	{"path", " title empty note top ", true},
	{"map", " title empty note ", true},
	{"cards", " title empty note ", true},
	{"network", " title empty note top ", true},
};

static int options_check(struct fence *f, const char *known, struct err *e)
{
	for (size_t i = 0; i < f->options.n; i++) {
		char key[40];

		snprintf(key, sizeof(key), " %.*s ", (int)(f->options.keys[i].n < 30 ? f->options.keys[i].n : 30), f->options.keys[i].p);
		if (!strstr(known, key))
			return err_set(e, ERR_INPUT, "%s:%d: %.*s has no option '%.*s'; it has:%s", f->x->t->name, f->line, SPAN_ARG(f->word),
				       SPAN_ARG(f->options.keys[i]), known);
	}
	return 0;
}

static int text_option(struct fence *f, const char *key, struct span *out, struct err *e)
{
	struct span raw = option(f, key);

	*out = SPAN_NONE;
	return raw.p ? expand_plain(f->x, raw, out, e) : 0;
}

static int common_options(struct fence *f, struct err *e)
{
	struct span top = option(f, "top"), priority = option(f, "priority");

	if (top.p && (!span_int(top, &f->top) || f->top < 1))
		return err_set(e, ERR_INPUT, "%s:%d: top=%.*s is no number of rows", f->x->t->name, f->line, SPAN_ARG(top));
	if (priority.p && (!span_int(priority, &f->priority) || f->priority < 1 || f->priority > 5))
		return err_set(e, ERR_INPUT, "%s:%d: priority=%.*s is not 1 to 5", f->x->t->name, f->line, SPAN_ARG(priority));
	return text_option(f, "title", &f->title, e) || text_option(f, "note", &f->note, e) || text_option(f, "empty", &f->empty, e) ||
			       text_option(f, "more", &f->more, e)
		       ? -1
		       : 0;
}

static struct text words_of(struct fence *f, struct span s, struct look look)
{
	struct words w = {.fonts = f->x->d->fonts, .arena = f->x->d->arena};

	words_data(&w, s, look);
	return words_end(&w);
}

static void dress(struct fence *f, struct block *b)
{
	if (f->title.n)
		b->title = words_of(f, f->title, (struct look){.face = FACE_BOLD, .tint = TINT_INK});
	if (f->note.n)
		b->note = words_of(f, f->note, (struct look){.tint = TINT_MUTED});
}

static int run(struct fence *f, struct span sql, size_t most, struct rows *r, struct err *e)
{
	if (memchr(sql.p, TOKEN_OPEN, sql.n))
		return err_set(e, ERR_INPUT, "%s:%d: values in SQL are parameters: :name, not {{ name }}", f->x->t->name, f->line);
	return rows_query(f->x->db, f->x->d->arena, sql, f->x->scope, most, r, e) ? at_line(f, e) : 0;
}

/* What stands for a block without rows. */
static void say_empty(struct fence *f)
{
	struct block *b;

	if (!f->empty.n)
		return;
	b = expand_block(f->x, BLOCK_TEXT, f->line);
	dress(f, b);
	b->note = (struct text){0};
	b->text = words_of(f, f->empty, (struct look){.tint = TINT_INK});
}

static struct group *group_of(struct fence *f, const struct rows *r)
{
	struct group *g = document_group(f->x->d);

	*g = (struct group){.up = f->x->in, .up_row = f->x->row, .rows = r->n, .keep = r->n, .most = r->n, .least = span_eq(f->word, "each") ? 1 : 3, .total = r->total, .priority = f->priority ? (int)f->priority : g->priority, .more = f->more,
			      .quiet = option(f, "quiet").p != NULL};
	return g;
}

/* Marks the columns of a list of numbers as in code=1,3. */
static int column_list(struct fence *f, const char *key, size_t columns, bool *marked, struct err *e)
{
	struct span rest = option(f, key);
	int64_t n;

	while (rest.p) {
		if (!span_int(span_trim(span_cut(&rest, ',')), &n) || n < 1 || (size_t)n > columns)
			return err_set(e, ERR_INPUT, "%s:%d: %s= names a column that the query does not give", f->x->t->name, f->line, key);
		marked[n - 1] = true;
	}
	return 0;
}

static int column_widths(struct fence *f, struct table *t, struct err *e)
{
	struct span rest = option(f, "widths"), align = option(f, "align");
	size_t n = 0;

	while (rest.p) {
		struct span one = span_trim(span_cut(&rest, ','));
		double v = strtod(arena_strndup(f->x->d->arena, one.p, one.n), NULL);

		if (n >= t->columns || !(v > 0 && v < 1000))
			return err_set(e, ERR_INPUT, "%s:%d: widths= wants %zu numbers", f->x->t->name, f->line, t->columns);
		t->widths[n++] = (float)v;
	}
	if (n && n != t->columns)
		return err_set(e, ERR_INPUT, "%s:%d: widths= wants %zu numbers", f->x->t->name, f->line, t->columns);
	if (align.p && align.n != t->columns)
		return err_set(e, ERR_INPUT, "%s:%d: align= wants %zu letters of l r c", f->x->t->name, f->line, t->columns);
	for (size_t i = 0; align.p && i < t->columns; i++)
		t->align[i] = align.p[i] == 'r' || align.p[i] == 'c' ? align.p[i] : 'l';
	return 0;
}

struct cell_style {
	bool code[TABLE_COLUMNS_MAX], bar[TABLE_COLUMNS_MAX], anchor[TABLE_COLUMNS_MAX], ref[TABLE_COLUMNS_MAX], badge[TABLE_COLUMNS_MAX], signs;
};

/* "G1, G7": each of them a link. */
static void cell_links(struct fence *f, struct words *w, struct span rest, struct look plain)
{
	while (rest.p) {
		struct span one = span_trim(span_cut(&rest, ','));
		struct look look = plain;

		look.link = document_link(f->x->d, (struct span){arena_strndup(f->x->d->arena, one.p, one.n), one.n}, false);
		look.tint = TINT_ACCENT;
		words_data(w, one, look);
		if (rest.p)
			words_add(w, SPAN(", "), plain);
	}
}

static struct text cell_text(struct fence *f, const struct cell_style *s, size_t column, const struct value *v)
{
	struct words w = {.fonts = f->x->d->fonts, .arena = f->x->d->arena};
	struct look look = {.tint = TINT_INK, .lines = true};
	auto_buf b = BUF_INIT;

	value_print(&b, v);
	if (v->type == VALUE_NULL)
		look.tint = TINT_MUTED;
	if (b.n > CELL_BYTES_MAX) {
		b.n = CELL_BYTES_MAX;
		while (b.n && ((unsigned char)b.p[b.n] & 0xc0) == 0x80)
			b.n--;
		buf_add_str(&b, " …");
	}
	if (s->ref[column] && v->type != VALUE_NULL) {
		cell_links(f, &w, buf_span(&b), look);
	} else if (s->code[column]) {
		look.face = FACE_MONO;
		look.scale = 90;
		words_add(&w, buf_span(&b), look);
	} else if (s->badge[column]) {
		words_badge(&w, buf_span(&b), look, s->signs);
	} else {
		words_data(&w, buf_span(&b), look);
	}
	return words_end(&w);
}

static void default_align(struct table *t, const struct rows *r)
{
	for (size_t c = 0; c < t->columns; c++) {
		bool number = false, other = false;

		for (size_t i = 0; i < r->n; i++) {
			enum value_type type = r->cells[i * r->columns + c].type;

			number |= type == VALUE_INT || type == VALUE_REAL;
			other |= type == VALUE_TEXT;
		}
		t->align[c] = number && !other ? 'r' : 'l';
	}
}

static void table_fill(struct fence *f, struct table *t, const struct rows *r, const struct cell_style *s)
{
	struct arena *a = f->x->d->arena;

	t->rows = r->n;
	t->heads = arena_array(a, t->columns, sizeof(*t->heads));
	t->cells = arena_array(a, t->rows * t->columns, sizeof(*t->cells));
	for (size_t c = 0; c < t->columns; c++)
		t->heads[c] = words_of(f, r->heads[c], (struct look){.face = FACE_BOLD, .tint = TINT_INK});
	for (size_t i = 0; i < r->n * r->columns; i++) {
		const struct value *v = &r->cells[i];
		size_t column = i % r->columns, row = i / r->columns;

		t->cells[i] = cell_text(f, s, column, v);
		if (s->anchor[column] && v->type != VALUE_NULL) {
			t->anchors = t->anchors ? t->anchors : arena_array(a, t->rows, sizeof(*t->anchors));
			t->anchors[row] = value_plain(a, v);
		}
		if (s->bar[column]) {
			t->bars = t->bars ? t->bars : arena_array(a, t->rows, sizeof(*t->bars));
			t->bars[row] = v->type == VALUE_INT ? (float)v->i : v->type == VALUE_REAL ? (float)v->d : -1;
			t->bar_column = column;
		}
	}
}

static int expand_table_block(struct fence *f, struct err *e)
{
	struct table *t = arena_alloc(f->x->d->arena, sizeof(*t));
	struct cell_style s = {0};
	struct group *g;
	struct block *b;
	struct rows r;

	if (run(f, f->body, (size_t)f->top, &r, e))
		return -1;
	t->columns = r.columns;
	for (size_t c = 0; c < r.columns; c++)
		s.badge[c] = span_eq(r.heads[c], "Severity") || span_eq(r.heads[c], "Grade");
	s.signs = option(f, "signs").p != NULL;
	default_align(t, &r);
	if (column_widths(f, t, e) || column_list(f, "code", r.columns, s.code, e) || column_list(f, "bar", r.columns, s.bar, e) ||
	    column_list(f, "anchor", r.columns, s.anchor, e) || column_list(f, "ref", r.columns, s.ref, e))
		return -1;
	if (!r.n) {
		say_empty(f);
		return 0;
	}
	table_fill(f, t, &r, &s);
	g = group_of(f, &r);
	b = expand_block(f->x, BLOCK_TABLE, f->line);
	b->table = t;
	b->rows = g;
	dress(f, b);
	return 0;
}

static int number_option(struct fence *f, const char *key, double *out, struct err *e)
{
	struct span s = option(f, key);
	char *end;

	if (!s.p)
		return 0;
	*out = strtod(arena_strndup(f->x->d->arena, s.p, s.n), &end);
	if (*end || !isfinite(*out) || *out <= 0 || *out > 1e12)
		return err_set(e, ERR_INPUT, "%s:%d: %s=%.*s is no number above 0", f->x->t->name, f->line, key, SPAN_ARG(s));
	return 0;
}

static int chart_options(struct fence *f, struct chart *c, struct err *e)
{
	double max = 0, size = 0, days = 0;

	if (number_option(f, "max", &max, e) || number_option(f, "size", &size, e) || number_option(f, "days", &days, e) ||
	    text_option(f, "centre", &c->centre, e) || text_option(f, "label", &c->label, e) || text_option(f, "unit", &c->unit, e))
		return -1;
	c->max = max;
	c->size = (float)size;
	c->days = days > 100000 ? 100000 : (int)days;
	c->top = (size_t)f->top;
	c->stacked = option(f, "stacked").p != NULL;
	return 0;
}

static int expand_chart(struct fence *f, struct err *e)
{
	struct arena *a = f->x->d->arena;
	struct chart *c = arena_alloc(a, sizeof(*c));
	struct span *cells;
	struct block *b;
	struct rows r;

	chart_find(f->word, &c->kind);
	if (chart_options(f, c, e) || run(f, f->body, CHART_ROWS_MAX, &r, e))
		return -1;
	if (!r.n) {
		say_empty(f);
		return 0;
	}
	cells = arena_array(a, r.n * r.columns, sizeof(*cells));
	for (size_t i = 0; i < r.n * r.columns; i++)
		cells[i] = value_plain(a, &r.cells[i]);
	c->rows = r.n;
	c->columns = r.columns;
	c->heads = r.heads;
	c->cells = cells;
	b = expand_block(f->x, BLOCK_CHART, f->line);
	b->chart = c;
	dress(f, b);
	return 0;
}

/* A block that only carries a title, kept with what follows. */
static void say_title(struct fence *f)
{
	struct block *b;

	if (!f->title.n)
		return;
	b = expand_block(f->x, BLOCK_TEXT, f->line);
	dress(f, b);
	b->note = (struct text){0};
}

static void say_more(struct fence *f, struct group *g)
{
	struct block *b = expand_block(f->x, BLOCK_MORE, f->line);

	b->rows = g;
	if (f->note.n)
		b->note = words_of(f, f->note, (struct look){.tint = TINT_MUTED});
}

static int expand_list_block(struct fence *f, struct err *e)
{
	struct expander *x = f->x;
	struct group *outer = x->in, *g;
	size_t outer_row = x->row;
	struct rows r;

	if (run(f, f->body, (size_t)f->top, &r, e))
		return -1;
	if (!r.n) {
		say_empty(f);
		return 0;
	}
	say_title(f);
	g = group_of(f, &r);
	x->in = g;
	x->indent++;
	for (size_t i = 0; i < r.n; i++) {
		const struct value *v = &r.cells[i * r.columns];
		struct look look = {.tint = TINT_INK};
		auto_buf text = BUF_INIT;
		struct block *b;

		if (r.columns > 1 && v[1].type == VALUE_TEXT) {
			look.link = document_link(x->d, v[1].text, false);
			look.tint = TINT_ACCENT;
		}
		value_print(&text, v);
		x->row = i;
		b = expand_block(x, BLOCK_TEXT, f->line);
		b->text = words_of(f, buf_span(&text), look);
		b->tight = i > 0;
		b->bullet = words_of(f, option(f, "numbered").p ? span_of(arena_printf(x->d->arena, "%zu.", i + 1)) : SPAN("•"), (struct look){.tint = TINT_INK});
	}
	x->indent--;
	x->in = outer;
	x->row = outer_row;
	say_more(f, g);
	return 0;
}

/* Cuts the body at lines that are "---" and not in a fence within. */
static size_t body_parts(struct span body, struct span parts[3], int lines[3])
{
	size_t n = 0, fence = 0;
	struct span rest = body;
	const char *start = body.p;
	int line = 0, begin = 0;

	while (rest.p && rest.n) {
		struct span one = span_cut(&rest, '\n');

		line++;
		fence = fence_step(fence, one);
		if (fence || !span_eq(span_trim(one), "---") || n == 2)
			continue;
		parts[n] = (struct span){start, (size_t)(one.p - start)};
		lines[n++] = begin;
		start = one.p + one.n + 1;
		begin = line;
	}
	parts[n] = (struct span){start, start < body.p + body.n ? (size_t)(body.p + body.n - start) : 0};
	lines[n++] = begin;
	return n;
}

/* A body, with the sections it opens closed again when it is dropped. */
static int expand_body(struct fence *f, struct span body, int line, struct err *e)
{
	struct expander *x = f->x;
	int skip = x->skip, rc;

	if (x->depth >= DEPTH_MAX)
		return err_set(e, ERR_INPUT, "%s:%d: each and if nest deeper than %d", x->t->name, f->line, DEPTH_MAX);
	x->depth++;
	x->skip = 0;
	rc = expand_markdown(x, body, f->line + 1 + line, e);
	x->skip = skip;
	x->depth--;
	return rc;
}

static int expand_each(struct fence *f, struct err *e)
{
	struct expander *x = f->x;
	struct group *outer = x->in, *g;
	const struct scope *scope = x->scope;
	size_t outer_row = x->row, n;
	struct span parts[3];
	int lines[3];
	struct rows r;

	n = body_parts(f->body, parts, lines);
	if (n < 2)
		return err_set(e, ERR_INPUT, "%s:%d: each wants SQL, a line ---, and a body", x->t->name, f->line);
	if (run(f, parts[0], (size_t)f->top, &r, e))
		return -1;
	if (!r.n && n == 3)
		return expand_body(f, parts[2], lines[2], e);
	if (!r.n) {
		say_empty(f);
		return 0;
	}
	say_title(f);
	g = group_of(f, &r);
	for (size_t i = 0; i < r.n; i++) {
		struct scope row = {r.heads, r.cells + i * r.columns, r.columns, scope};
		int rc;

		x->in = g;
		x->row = i;
		x->scope = &row;
		rc = expand_body(f, parts[1], lines[1], e);
		x->in = outer;
		x->row = outer_row;
		x->scope = scope;
		if (rc)
			return -1;
	}
	say_more(f, g);
	return 0;
}

static int expand_if(struct fence *f, struct err *e)
{
	struct span parts[3];
	int lines[3];
	struct rows r;
	size_t n = body_parts(f->body, parts, lines);

	if (n < 2)
		return err_set(e, ERR_INPUT, "%s:%d: if wants SQL, a line ---, and a body", f->x->t->name, f->line);
	if (run(f, parts[0], 1, &r, e))
		return -1;
	if (r.n && r.columns && value_true(&r.cells[0]))
		return expand_body(f, parts[1], lines[1], e);
	return n == 3 ? expand_body(f, parts[2], lines[2], e) : 0;
}

/* What the speaker says: text with values, kept beside the document. */
static int expand_notes(struct fence *f, struct err *e)
{
	struct span text;

	if (expand_plain(f->x, f->body, &text, e))
		return -1;
	document_speech(f->x->d, span_trim(text));
	return 0;
}

int expand_fence(struct expander *x, struct span info, struct span body, int line, struct err *e)
{
	struct fence f = {.x = x, .line = line};
	const struct block_kind_row *k = NULL;
	size_t n = 0;

	while (n < info.n && info.p[n] != ' ')
		n++;
	f.word = (struct span){arena_strndup(x->d->arena, info.p, n), n};
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (span_eq(f.word, kinds[i].name))
			k = &kinds[i];
	if (!k)
		return 1;
	/* The Markdown tree goes when a body is read. */
	f.body = (struct span){arena_strndup(x->d->arena, body.p, body.n), body.n};
	info = (struct span){arena_strndup(x->d->arena, info.p + n, info.n - n), info.n - n};
	if (options_read(&f, info, e) || options_check(&f, k->options, e) || common_options(&f, e))
		return -1;
	if (k->chart)
		return expand_chart(&f, e);
	switch (*k->name) {
	case 't':
		return expand_table_block(&f, e);
	case 'l':
		return expand_list_block(&f, e);
	case 'e':
		return expand_each(&f, e);
	case 'n':
		return expand_notes(&f, e);
	default:
		return expand_if(&f, e);
	}
}
