// SPDX-License-Identifier: Apache-2.0
// The front matter of a template becomes values, cover, header and footer.
#include "expand.h"

enum { VALUES_MAX = 400, FACTS_MAX = 20, COVER_ROWS_MAX = 5 };

static int front_words(struct expander *x, const struct json *v, struct look look, struct text *out, struct err *e)
{
	struct words w = {.fonts = x->d->fonts, .arena = x->d->arena};
	struct span text = json_scalar(v), tokens;

	if (!text.n)
		return 0;
	if (template_tokens(x->t, x->d->arena, text, v->line ? (int)v->line + 1 : 1, &tokens, e) || expand_words(x, &w, tokens, look, e))
		return -1;
	*out = words_end(&w);
	return 0;
}

static int run_values(struct expander *x, struct scope *scope, const struct scope *built_in, struct err *e)
{
	size_t n = json_count(x->t->values);
	struct span *names = arena_array(x->d->arena, n, sizeof(*names));
	struct value *values = arena_array(x->d->arena, n, sizeof(*values));

	if (n > VALUES_MAX)
		return err_set(e, ERR_INPUT, "%s: more than %d values", x->t->name, VALUES_MAX);
	*scope = (struct scope){.names = names, .values = values, .up = built_in};
	x->scope = scope;
	JSON_MEMBERS(m, x->t->values) {
		struct span sql = json_scalar(&m->value);
		struct rows r;

		names[scope->n] = json_str(&m->key);
		if (!sql.n || rows_query(x->db, x->d->arena, sql, scope, 1, &r, e))
			return sql.n ? err_wrap(e, "%s: value %.*s", x->t->name, SPAN_ARG(names[scope->n]))
				     : err_set(e, ERR_INPUT, "%s: value %.*s has no query", x->t->name, SPAN_ARG(names[scope->n]));
		if (r.n && r.columns)
			values[scope->n] = r.cells[0];
		scope->n++;
	}
	return 0;
}

static struct text data_words(struct expander *x, struct span s, struct look look)
{
	struct words w = {.fonts = x->d->fonts, .arena = x->d->arena};

	words_data(&w, s, look);
	return words_end(&w);
}

/* The cells of a table of the cover; those without a value are left to be written by hand. */
static struct table *cover_table(struct expander *x, const struct rows *r)
{
	struct table *t = arena_alloc(x->d->arena, sizeof(*t));

	t->columns = r->columns < TABLE_COLUMNS_MAX ? r->columns : TABLE_COLUMNS_MAX;
	t->rows = r->n;
	t->heads = arena_array(x->d->arena, t->columns, sizeof(*t->heads));
	t->cells = arena_array(x->d->arena, t->columns * t->rows, sizeof(*t->cells));
	for (size_t c = 0; c < t->columns; c++) {
		t->heads[c] = data_words(x, r->heads[c], (struct look){.face = FACE_BOLD, .tint = TINT_INK});
		t->align[c] = 'l';
		t->widths[c] = c == 0 ? 1 : c + 1 == t->columns ? 3 : 2;
	}
	for (size_t i = 0; i < t->rows * t->columns; i++) {
		const struct value *v = &r->cells[i / t->columns * r->columns + i % t->columns];

		t->cells[i] = data_words(x, v->type == VALUE_NULL ? SPAN("") : value_plain(x->d->arena, v), (struct look){.tint = TINT_INK});
	}
	return t;
}

/* What a query of the cover gives, as label and value or as a table. */
static int cover_query(struct expander *x, struct span key, struct span sql, struct err *e)
{
	struct cover *c = &x->d->cover;
	struct rows r;

	if (rows_query(x->db, x->d->arena, sql, x->scope, span_eq(key, "facts") ? FACTS_MAX : COVER_ROWS_MAX, &r, e))
		return err_wrap(e, "%s: %.*s of the cover", x->t->name, SPAN_ARG(key));
	if (!span_eq(key, "facts")) {
		*(span_eq(key, "versions") ? &c->versions : &c->signoff) = r.n ? cover_table(x, &r) : NULL;
		return 0;
	}
	if (r.columns != 2)
		return err_set(e, ERR_INPUT, "%s: the cover's facts want two columns, label and value", x->t->name);
	c->fact_count = r.n;
	c->facts = arena_array(x->d->arena, r.n * 2, sizeof(*c->facts));
	for (size_t i = 0; i < r.n * 2; i++)
		c->facts[i] = data_words(x, value_plain(x->d->arena, &r.cells[i]), (struct look){.tint = i % 2 ? TINT_INK : TINT_MUTED});
	return 0;
}

static int expand_cover(struct expander *x, struct err *e)
{
	struct cover *c = &x->d->cover;
	struct look plain = {.tint = TINT_INK}, muted = {.tint = TINT_MUTED}, bold = {.face = FACE_BOLD, .tint = TINT_INK};

	c->any = true;
	JSON_MEMBERS(m, x->t->cover) {
		struct span key = json_str(&m->key);
		int rc;

		if (span_eq(key, "label"))
			rc = front_words(x, &m->value, (struct look){.face = FACE_BOLD, .tint = TINT_ACCENT}, &c->label, e);
		else if (span_eq(key, "title"))
			rc = front_words(x, &m->value, bold, &c->title, e);
		else if (span_eq(key, "subtitle"))
			rc = front_words(x, &m->value, plain, &c->subtitle, e);
		else if (span_eq(key, "text"))
			rc = front_words(x, &m->value, plain, &c->text, e);
		else if (span_eq(key, "note"))
			rc = front_words(x, &m->value, muted, &c->note, e);
		else if (span_eq(key, "facts") || span_eq(key, "versions") || span_eq(key, "signoff"))
			rc = cover_query(x, key, json_scalar(&m->value), e);
		else
			rc = err_set(e, ERR_INPUT, "%s: the cover has no '%.*s'", x->t->name, SPAN_ARG(key));
		if (rc)
			return -1;
	}
	if (!c->title.n) {
		struct words w = {.fonts = x->d->fonts, .arena = x->d->arena};

		words_add(&w, x->d->title, bold);
		c->title = words_end(&w);
	}
	return 0;
}

static int expand_lines(struct expander *x, const struct json *list, struct text *out, struct err *e)
{
	size_t i = 0;

	JSON_EACH(it, list)
		if (front_words(x, it, (struct look){.tint = TINT_MUTED}, &out[i++], e))
			return -1;
	return 0;
}

static int expand_title(struct expander *x, struct span title, struct span *out, struct err *e)
{
	struct span tokens;

	return template_tokens(x->t, x->d->arena, title, 1, &tokens, e) || expand_plain(x, tokens, out, e) ? -1 : 0;
}

static int expand_front(struct expander *x, struct scope *scope, const struct scope *built_in, struct err *e)
{
	struct template *t = x->t;

	if (run_values(x, scope, built_in, e) || expand_title(x, t->title, &x->d->title, e) || expand_title(x, t->short_title, &x->d->short_title, e))
		return -1;
	x->d->slides = t->slides;
	x->d->numbered = t->numbered;
	x->d->pages_min = t->pages_min;
	x->d->pages_max = t->pages_max;
	if (t->cover && expand_cover(x, e))
		return -1;
	return expand_lines(x, t->header, x->d->header, e) || expand_lines(x, t->footer, x->d->footer, e) ? -1 : 0;
}

int document_expand(struct document *d, struct template *t, struct db *db, struct err *e)
{
	struct expander x = {.d = d, .t = t, .db = db};
	const struct span names[] = {SPAN("title"), SPAN("findings_sha256")};
	const struct value values[] = {{.type = VALUE_TEXT, .text = t->title}, {.type = d->findings_sha256.p ? VALUE_TEXT : VALUE_NULL, .text = d->findings_sha256}};
	const struct scope built_in = {names, values, 2, NULL};
	struct scope scope;

	d->name = t->name;
	for (int i = 0; i < 7; i++)
		d->section[i] = (struct section){.priority = 3};
	return expand_front(&x, &scope, &built_in, e) || expand_markdown(&x, t->body, t->body_line, e) ? -1 : 0;
}
