// SPDX-License-Identifier: Apache-2.0
// Markdown and values of a template become blocks; libcmark-gfm reads the Markdown. Fenced blocks are expand-block.c's.
#include "expand.h"
#include "common/text.h"

#include <cmark-gfm-core-extensions.h>

enum { NESTING_MAX = 60 };

struct block *expand_block(struct expander *x, enum block_kind kind, int line)
{
	struct block *b = document_block(x->d, kind, line);

	b->in = x->in;
	b->row = x->row;
	b->indent = x->indent;
	b->box = x->box;
	return b;
}

static void add_value(struct expander *x, struct words *w, const struct expr *expr, const struct value *v, struct look look)
{
	auto_buf b = BUF_INIT;

	if (expr->form == FORM_CODE) {
		look.face = FACE_MONO;
		look.scale = 92;
	}
	/* Code is copied: no separators there. */
	if (look.face == FACE_MONO && expr->form == FORM_PLAIN && v->type == VALUE_INT)
		buf_printf(&b, "%lld", (long long)v->i);
	else
		expr_print(&b, expr, v);
	if (expr->form == FORM_BADGE)
		words_badge(w, buf_span(&b), look, false);
	else if (look.face == FACE_MONO)
		words_add(w, buf_span(&b), look);
	else
		words_data(w, buf_span(&b), look);
	(void)x;
}

/* The value behind a token; conditions only set x->dropped. */
static int token_value(struct expander *x, const struct expr *expr, const struct value **v, struct err *e)
{
	*v = scope_find(x->scope, expr->name);
	if (!*v)
		return err_set(e, ERR_INPUT, "%s:%d: no value is named '%.*s'", x->t->name, expr->line, SPAN_ARG(expr->name));
	if (expr->form == FORM_IF && !value_true(*v))
		x->dropped = true;
	if (expr->form == FORM_UNLESS && value_true(*v))
		x->dropped = true;
	return 0;
}

int expand_words(struct expander *x, struct words *w, struct span s, struct look look, struct err *e)
{
	while (s.n) {
		size_t n = 0, used = 0;
		const struct expr *expr;
		const struct value *v;

		while (n < s.n && s.p[n] != TOKEN_OPEN && s.p[n] != TOKEN_BRACES)
			n++;
		words_add(w, (struct span){s.p, n}, look);
		s = (struct span){s.p + n, s.n - n};
		if (!s.n)
			break;
		expr = template_token(x->t, s, &used);
		if (!expr) {
			words_add(w, *s.p == TOKEN_BRACES ? SPAN("{{") : SPAN(""), look);
			used = 1;
		} else {
			if (token_value(x, expr, &v, e))
				return -1;
			add_value(x, w, expr, v, look);
		}
		s = (struct span){s.p + used, s.n - used};
	}
	return 0;
}

int expand_plain(struct expander *x, struct span s, struct span *out, struct err *e)
{
	auto_buf b = BUF_INIT;

	while (s.n) {
		size_t used = 1;
		const struct expr *expr = template_token(x->t, s, &used);
		const struct value *v;

		if (expr) {
			if (token_value(x, expr, &v, e))
				return -1;
			expr_print(&b, expr, v);
		} else if (*s.p == TOKEN_BRACES) {
			buf_add_str(&b, "{{");
		} else if (*s.p != TOKEN_OPEN) {
			buf_add_char(&b, *s.p);
		}
		s = (struct span){s.p + used, s.n - used};
	}
	*out = (struct span){arena_strndup(x->d->arena, b.n ? b.p : "", b.n), b.n};
	return 0;
}

static int line_of(cmark_node *node, int base)
{
	int line = cmark_node_get_start_line(node);

	return base + (line > 0 ? line - 1 : 0);
}

static enum face face_with(enum face face, bool bold, bool italic)
{
	bool was_bold = face == FACE_BOLD || face == FACE_BOLD_ITALIC, was_italic = face == FACE_ITALIC || face == FACE_BOLD_ITALIC;

	bold |= was_bold;
	italic |= was_italic;
	if (bold)
		return italic ? FACE_BOLD_ITALIC : FACE_BOLD;
	return italic ? FACE_ITALIC : FACE_REGULAR;
}

static int link_look(struct expander *x, cmark_node *node, struct look *look, struct err *e)
{
	struct span url = span_of(cmark_node_get_url(node)), target;

	if (expand_plain(x, url, &target, e))
		return -1;
	if (span_starts(target, "#"))
		look->link = document_link(x->d, (struct span){target.p + 1, target.n - 1}, false);
	else if (span_starts(target, "https://") || span_starts(target, "http://"))
		look->link = document_link(x->d, target, true);
	else
		return 0;
	look->tint = TINT_ACCENT;
	return 0;
}

/* Recursion has a bound. The caller counts down again; after an error nobody asks. */
static int nest(struct expander *x, int line, struct err *e)
{
	if (++x->nesting > NESTING_MAX)
		return err_set(e, ERR_INPUT, "%s:%d: nested deeper than %d", x->t->name, line, NESTING_MAX);
	return 0;
}

static int inlines(struct expander *x, cmark_node *parent, struct words *w, struct look look, int line, struct err *e);

/* True for a line break behind a paragraph's first words, all bold. */
static bool is_title(cmark_node *line_break)
{
	cmark_node *before = cmark_node_previous(line_break);

	return before && cmark_node_get_type(before) == CMARK_NODE_STRONG && !cmark_node_previous(before);
}

static int inline_one(struct expander *x, cmark_node *n, struct words *w, struct look look, int line, struct err *e)
{
	struct look inner = look;

	switch (cmark_node_get_type(n)) {
	case CMARK_NODE_TEXT:
		return expand_words(x, w, span_of(cmark_node_get_literal(n)), look, e);
	case CMARK_NODE_SOFTBREAK:
		/* The first line of a callout in bold is its title. */
		inner.lines = x->box && w->n && is_title(n);
		words_add(w, SPAN("\n"), inner);
		return 0;
	case CMARK_NODE_LINEBREAK:
		inner.lines = true;
		words_add(w, SPAN("\n"), inner);
		return 0;
	case CMARK_NODE_CODE:
		inner.face = look.face == FACE_BOLD ? FACE_MONO_BOLD : FACE_MONO;
		inner.scale = 92;
		return expand_words(x, w, span_of(cmark_node_get_literal(n)), inner, e);
	case CMARK_NODE_EMPH:
		inner.face = face_with(look.face, false, true);
		return inlines(x, n, w, inner, line, e);
	case CMARK_NODE_STRONG:
		inner.face = face_with(look.face, true, false);
		return inlines(x, n, w, inner, line, e);
	case CMARK_NODE_LINK:
		return link_look(x, n, &inner, e) ? -1 : inlines(x, n, w, inner, line, e);
	default:
		return err_set(e, ERR_INPUT, "%s:%d: HTML and pictures are not for templates (%s)", x->t->name, line, cmark_node_get_type_string(n));
	}
}

static int inlines(struct expander *x, cmark_node *parent, struct words *w, struct look look, int line, struct err *e)
{
	if (nest(x, line, e))
		return -1;
	for (cmark_node *n = cmark_node_first_child(parent); n; n = cmark_node_next(n))
		if (inline_one(x, n, w, look, line, e))
			return -1;
	x->nesting--;
	return 0;
}

static struct words words_new(const struct expander *x)
{
	return (struct words){.fonts = x->d->fonts, .arena = x->d->arena};
}

/* The words of a text as UTF-8. */
static struct span text_plain(struct arena *a, const struct text *t)
{
	auto_buf b = BUF_INIT;
	char utf8[4];

	for (size_t i = 0; i < t->n && b.n < 2000; i++)
		if (t->at[i].kind != GLYPH_SIGN)
			buf_add(&b, utf8, utf8_encode(t->at[i].cp, utf8));
	return (struct span){arena_strndup(a, b.n ? b.p : "", b.n), b.n};
}

/* "Access to data" gives access-to-data. */
static struct span slug(struct arena *a, struct span s)
{
	char *out = arena_strndup(a, s.p, s.n);
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (c >= 'A' && c <= 'Z')
			c = (char)(c + 'a' - 'A');
		if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (unsigned char)c >= 0x80)
			out[n++] = c;
		else if (n && out[n - 1] != '-')
			out[n++] = '-';
	}
	while (n && out[n - 1] == '-')
		n--;
	return (struct span){out, n};
}

struct attributes {
	struct span anchor;
	int priority, pages;
	bool detail, fill, page, notoc;
};

static int attribute(struct expander *x, struct attributes *at, struct span word, int line, struct err *e)
{
	int64_t n;

	if (*word.p == '#' && word.n > 1)
		at->anchor = (struct span){word.p + 1, word.n - 1};
	else if (span_starts(word, "priority=") && span_int((struct span){word.p + 9, word.n - 9}, &n) && n >= 1 && n <= 5)
		at->priority = (int)n;
	else if (span_starts(word, "pages=") && span_int((struct span){word.p + 6, word.n - 6}, &n) && n >= 1 && n <= 20)
		at->pages = (int)n;
	else if (span_eq(word, "detail"))
		at->detail = true;
	else if (span_eq(word, "fill"))
		at->fill = true;
	else if (span_eq(word, "page"))
		at->page = true;
	else if (span_eq(word, "notoc"))
		at->notoc = true;
	else
		return err_set(e, ERR_INPUT, "%s:%d: '%.*s' is no attribute of a heading", x->t->name, line, SPAN_ARG(word));
	return 0;
}

/* Takes `{...}` off the heading's last text. */
static int attributes_read(struct expander *x, cmark_node *heading, struct attributes *at, int line, struct err *e)
{
	cmark_node *last = cmark_node_last_child(heading);
	struct span s = last && cmark_node_get_type(last) == CMARK_NODE_TEXT ? span_trim(span_of(cmark_node_get_literal(last))) : SPAN_NONE;
	const char *open = s.n && s.p[s.n - 1] == '}' ? memrchr(s.p, '{', s.n) : NULL;
	struct span rest;

	*at = (struct attributes){0};
	if (!open)
		return 0;
	rest = (struct span){arena_strndup(x->d->arena, open + 1, s.n - (size_t)(open + 1 - s.p) - 1), s.n - (size_t)(open + 1 - s.p) - 1};
	while (rest.p) {
		struct span word = span_trim(span_cut(&rest, ' '));

		if (word.n && attribute(x, at, word, line, e))
			return -1;
	}
	cmark_node_set_literal(last, arena_strndup(x->d->arena, cmark_node_get_literal(last), (size_t)(open - cmark_node_get_literal(last))));
	return 0;
}

static int expand_heading(struct expander *x, cmark_node *n, int line, struct err *e)
{
	int level = cmark_node_get_heading_level(n);
	struct words w = words_new(x);
	struct attributes at;
	struct text text;
	struct block *b;

	if (x->skip && level > x->skip)
		return 0;
	x->skip = 0;
	x->dropped = false;
	if (attributes_read(x, n, &at, line, e) || inlines(x, n, &w, (struct look){.face = FACE_BOLD, .tint = TINT_INK}, line, e))
		return -1;
	text = words_end(&w);
	if (x->dropped) {
		x->skip = level;
		return 0;
	}
	document_section(x->d, level, at.priority, at.detail, at.fill);
	b = expand_block(x, BLOCK_HEADING, line);
	b->text = text;
	b->level = level;
	b->page = at.page || at.pages;
	b->budget = level == 1 ? at.pages : 0;
	b->notoc = at.notoc;
	b->plain = text_plain(x->d->arena, &text);
	b->anchor = at.anchor.p ? at.anchor : slug(x->d->arena, b->plain);
	return 0;
}

static int read_sides(struct expander *x, struct block *b, struct span list, int line, struct err *e)
{
	while (list.p) {
		struct span one = span_trim(span_cut(&list, ','));
		double v = strtod(arena_strndup(x->d->arena, one.p, one.n), NULL);

		if (!(v > 0 && v < 100) || b->side_count == SIDE_BY_SIDE_MAX)
			return err_set(e, ERR_INPUT, "%s:%d: [[columns]] takes up to %d widths as in 2,1", x->t->name, line, SIDE_BY_SIDE_MAX);
		b->sides[b->side_count++] = (float)v;
	}
	return 0;
}

static int directive(struct expander *x, struct span s, int line, struct err *e)
{
	static const struct {
		const char *name;
		enum block_kind kind;
	} table[] = {{"toc", BLOCK_TOC}, {"page", BLOCK_PAGE}, {"space", BLOCK_SPACE}, {"next", BLOCK_NEXT}, {"end", BLOCK_END}};
	struct span word = span_trim((struct span){s.p + 2, s.n - 4});

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (span_eq(word, table[i].name)) {
			expand_block(x, table[i].kind, line);
			return 0;
		}
	if (span_starts(word, "columns "))
		return read_sides(x, expand_block(x, BLOCK_COLUMNS, line), (struct span){word.p + 8, word.n - 8}, line, e);
	return err_set(e, ERR_INPUT, "%s:%d: '%.*s' is not known: toc, page, columns, next, end, space", x->t->name, line, SPAN_ARG(s));
}

static int expand_paragraph(struct expander *x, cmark_node *n, struct text *bullet, bool tight, int line, struct err *e)
{
	struct words w = words_new(x);
	struct block *b;
	struct text text;

	x->dropped = false;
	if (inlines(x, n, &w, (struct look){.tint = TINT_INK}, line, e))
		return -1;
	text = words_end(&w);
	if (x->dropped || !text.n)
		return 0;
	b = expand_block(x, BLOCK_TEXT, line);
	b->text = text;
	b->tight = tight;
	if (bullet) {
		b->bullet = *bullet;
		*bullet = (struct text){0};
	}
	return 0;
}

static int expand_nodes(struct expander *x, cmark_node *parent, struct text *bullet, bool tight, int base, struct err *e);

static int expand_list(struct expander *x, cmark_node *list, int base, struct err *e)
{
	bool ordered = cmark_node_get_list_type(list) == CMARK_ORDERED_LIST, tight = cmark_node_get_list_tight(list);
	int number = ordered ? cmark_node_get_list_start(list) : 0;
	bool first = true;

	for (cmark_node *item = cmark_node_first_child(list); item; item = cmark_node_next(item)) {
		struct words w = words_new(x);
		struct text bullet;
		size_t before = x->d->n;

		words_add(&w, ordered ? span_of(arena_printf(x->d->arena, "%d.", number)) : SPAN("•"), (struct look){.tint = TINT_INK});
		bullet = words_end(&w);
		x->indent++;
		if (expand_nodes(x, item, &bullet, tight && !first, base, e))
			return -1;
		x->indent--;
		if (x->d->n > before) {
			number++;
			first = false;
		}
	}
	return 0;
}

static int expand_table(struct expander *x, cmark_node *node, int line, struct err *e)
{
	struct table *t = arena_alloc(x->d->arena, sizeof(*t));
	const uint8_t *align = cmark_gfm_extensions_get_table_alignments(node);
	size_t row = 0;
	struct block *b;

	t->columns = cmark_gfm_extensions_get_table_columns(node);
	if (t->columns > TABLE_COLUMNS_MAX)
		return err_set(e, ERR_INPUT, "%s:%d: a table of more than %d columns", x->t->name, line, TABLE_COLUMNS_MAX);
	for (cmark_node *r = cmark_node_next(cmark_node_first_child(node)); r; r = cmark_node_next(r))
		t->rows++;
	t->heads = arena_array(x->d->arena, t->columns, sizeof(*t->heads));
	t->cells = arena_array(x->d->arena, t->rows * t->columns, sizeof(*t->cells));
	for (size_t i = 0; i < t->columns; i++)
		t->align[i] = align[i] ? (char)align[i] : 'l';
	x->dropped = false;
	for (cmark_node *r = cmark_node_first_child(node); r; r = cmark_node_next(r), row++) {
		size_t column = 0;

		for (cmark_node *c = cmark_node_first_child(r); c && column < t->columns; c = cmark_node_next(c), column++) {
			struct words w = words_new(x);

			if (inlines(x, c, &w, (struct look){.face = row ? FACE_REGULAR : FACE_BOLD, .tint = TINT_INK}, line, e))
				return -1;
			*(row ? &t->cells[(row - 1) * t->columns + column] : &t->heads[column]) = words_end(&w);
		}
	}
	if (x->dropped || !t->rows)
		return 0;
	b = expand_block(x, BLOCK_TABLE, line);
	b->table = t;
	return 0;
}

static int expand_code(struct expander *x, cmark_node *n, int line, struct err *e)
{
	struct span info = span_of(cmark_node_get_fence_info(n)), body = span_of(cmark_node_get_literal(n));
	struct words w = words_new(x);
	int rc = info.n ? expand_fence(x, info, body, line, e) : 1;
	struct text text;

	if (rc != 1)
		return rc;
	x->dropped = false;
	if (expand_words(x, &w, body, (struct look){.face = FACE_MONO, .tint = TINT_INK, .lines = true}, e))
		return -1;
	/* Indentation counts: only what is behind the last line goes. */
	text = (struct text){w.at, w.n};
	while (text.n && text.at[text.n - 1].cp == ' ')
		text.n--;
	if (text.n && !x->dropped)
		expand_block(x, BLOCK_CODE, line)->text = text;
	return 0;
}

static int expand_quote(struct expander *x, cmark_node *n, int base, struct err *e)
{
	int outer = x->box;
	int rc;

	x->box = outer ? outer : ++x->d->boxes;
	rc = expand_nodes(x, n, NULL, false, base, e);
	x->box = outer;
	return rc;
}

static int expand_node(struct expander *x, cmark_node *n, struct text *bullet, bool tight, int base, struct err *e)
{
	cmark_node_type type = cmark_node_get_type(n);
	int line = line_of(n, base);

	if (type == CMARK_NODE_HEADING)
		return expand_heading(x, n, line, e);
	if (x->skip)
		return 0;
	if (type == CMARK_NODE_PARAGRAPH)
		return expand_paragraph(x, n, bullet, tight, line, e);
	if (type == CMARK_NODE_LIST)
		return expand_list(x, n, base, e);
	if (type == CMARK_NODE_BLOCK_QUOTE)
		return expand_quote(x, n, base, e);
	if (type == CMARK_NODE_CODE_BLOCK)
		return expand_code(x, n, line, e);
	if (strcmp(cmark_node_get_type_string(n), "table") == 0)
		return expand_table(x, n, line, e);
	if (type == CMARK_NODE_THEMATIC_BREAK) {
		expand_block(x, BLOCK_SPACE, line);
		return 0;
	}
	return err_set(e, ERR_INPUT, "%s:%d: HTML is not for templates", x->t->name, line);
}

static int expand_nodes(struct expander *x, cmark_node *parent, struct text *bullet, bool tight, int base, struct err *e)
{
	if (nest(x, line_of(parent, base), e))
		return -1;
	for (cmark_node *n = cmark_node_first_child(parent); n; n = cmark_node_next(n)) {
		if (expand_node(x, n, bullet, tight, base, e))
			return -1;
		/* A condition at the head of a list item drops the whole item. */
		if (bullet && x->dropped && bullet->n)
			break;
	}
	x->nesting--;
	return 0;
}

static int markdown_part(struct expander *x, struct span text, int line, struct err *e)
{
	cmark_parser *parser;
	cmark_node *root;
	int rc;

	if (!span_trim(text).n)
		return 0;
	cmark_gfm_core_extensions_ensure_registered();
	parser = cmark_parser_new(CMARK_OPT_DEFAULT);
	cmark_parser_attach_syntax_extension(parser, cmark_find_syntax_extension("table"));
	cmark_parser_feed(parser, text.p, text.n);
	root = cmark_parser_finish(parser);
	cmark_parser_free(parser);
	cmark_consolidate_text_nodes(root);
	rc = expand_nodes(x, root, NULL, false, line, e);
	cmark_node_free(root);
	return rc;
}

size_t fence_step(size_t fence, struct span line)
{
	size_t ticks = 0;

	while (ticks < line.n && line.p[ticks] == '`')
		ticks++;
	if (ticks >= 3 && !fence)
		return ticks;
	return fence && ticks >= fence && span_trim(line).n == ticks ? 0 : fence;
}

/* Lines of the form [[...]] stand between parts, whatever Markdown would make of them. */
int expand_markdown(struct expander *x, struct span text, int line, struct err *e)
{
	struct span rest = text;
	const char *start = text.p;
	size_t fence = 0;
	int begin = line;

	for (; rest.p && rest.n; line++) {
		struct span one = span_cut(&rest, '\n'), word = span_trim(one);

		fence = fence_step(fence, one);
		if (fence || word.n < 5 || !span_starts(word, "[[") || !span_ends(word, "]]"))
			continue;
		if (markdown_part(x, (struct span){start, (size_t)(one.p - start)}, begin, e) || (!x->skip && directive(x, word, line, e)))
			return -1;
		start = one.p + one.n + 1;
		begin = line + 1;
	}
	if (start >= text.p + text.n)
		return 0;
	return markdown_part(x, (struct span){start, (size_t)(text.p + text.n - start)}, begin, e);
}
