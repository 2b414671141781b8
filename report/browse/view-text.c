// SPDX-License-Identifier: Apache-2.0
// Wrapping and scrolling of text in the browser.
#include "view-text.h"
#include "common/text.h"

void text_start(struct text *t, int width)
{
	arena_reset(&t->arena);
	t->n = 0;
	t->width = width;
}

static void add(struct text *t, enum style s, int indent, struct span line)
{
	if (t->n == t->cap) {
		t->cap = t->cap ? t->cap * 2 : 128;
		t->lines = realloc(t->lines, t->cap * sizeof(*t->lines));
		if (!t->lines)
			die("out of memory");
	}
	t->lines[t->n++] = (struct text_line){s, indent, arena_strndup(&t->arena, line.p, line.n)};
}

/* How many bytes of `s` fit `width` columns, broken behind a space or one of /:-._@ where there is one. */
static size_t line_bytes(struct span s, int width)
{
	size_t i = 0, good = 0;
	int used = 0;

	while (i < s.n) {
		uint32_t cp = '?';
		size_t n = utf8_decode(s.p + i, s.n - i, &cp);

		used += text_width(cp);
		if (used > width)
			return good ? good : i ? i : 1;
		i += n ? n : 1;
		if (strchr(" /:-._@,", (int)cp) && cp < 0x80)
			good = i;
	}
	return i;
}

void text_para(struct text *t, enum style s, int indent, struct span words)
{
	int width = t->width - indent - 2 > 10 ? t->width - indent - 2 : 10;

	while (words.p) {
		auto_buf clean = BUF_INIT;
		struct span rest;

		text_add_clean(&clean, span_cut(&words, '\n'), false);
		rest = buf_span(&clean);
		if (!rest.n)
			add(t, s, indent, SPAN(""));
		while (rest.n) {
			size_t n = line_bytes(rest, width);

			add(t, s, indent, (struct span){rest.p, n});
			rest.p += n;
			rest.n -= n;
		}
	}
}

void text_head(struct text *t, const char *label)
{
	if (t->n)
		add(t, STYLE_PLAIN, 0, SPAN(""));
	add(t, STYLE_DIM, 0, span_of(label));
}

void text_draw(struct text *t, int top, int rows)
{
	int64_t last = (int64_t)t->n - rows;

	if (t->cursor.at > last)
		t->cursor.at = last;
	if (t->cursor.at < 0)
		t->cursor.at = 0;
	for (int y = 0; y < rows && (size_t)(t->cursor.at + y) < t->n; y++) {
		const struct text_line *l = &t->lines[t->cursor.at + y];

		term_put(top + y, 1 + l->indent, term_columns() - l->indent - 1, l->style, false, span_of(l->text));
	}
}

static void find(struct text *t, struct browser *b, int64_t from)
{
	for (size_t i = 0; t->n && i < t->n; i++) {
		size_t at = ((size_t)from + i) % t->n;

		if (span_has(span_of(t->lines[at].text), t->search)) {
			t->cursor.at = (int64_t)at;
			return;
		}
	}
	snprintf(b->message, sizeof(b->message), "not found: %.120s", t->search);
}

bool text_act(struct text *t, struct browser *b, enum action a, struct span words)
{
	int page = term_rows() - 3;

	switch (a) {
	case ACT_UP:
		t->cursor.at--;
		return true;
	case ACT_DOWN:
		t->cursor.at++;
		return true;
	case ACT_PAGE_UP:
		t->cursor.at -= page;
		return true;
	case ACT_PAGE_DOWN:
		t->cursor.at += page;
		return true;
	case ACT_TOP:
		t->cursor.at = 0;
		return true;
	case ACT_BOTTOM:
		t->cursor.at = (int64_t)t->n;
		return true;
	case ACT_SEARCH:
		snprintf(t->search, sizeof(t->search), "%.*s", SPAN_ARG(words));
		find(t, b, t->cursor.at);
		return true;
	case ACT_NEXT:
		if (t->search[0])
			find(t, b, t->cursor.at + 1);
		return true;
	default:
		return false;
	}
}

void text_fini(struct text *t)
{
	arena_fini(&t->arena);
	free(t->lines);
}
