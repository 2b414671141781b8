// SPDX-License-Identifier: Apache-2.0
// Glyphs with widths, line breaking, order of right-to-left text. Where lines stand on pages is layout's.
#include "words.h"
#include "chart-shape.h"
#include "common/text.h"

#include <fribidi/fribidi.h>

enum { LINE_GLYPHS_MAX = 4000, SIGN_ADVANCE = 1150 };

static struct glyph *glyph_new(struct words *w)
{
	w->at = arena_room(w->arena, w->at, w->n, &w->cap, sizeof(*w->at));
	return &w->at[w->n++];
}

/* Digits of U+XXXX at 60 % of the size in mono (600 wide), two signs before them, a little air. */
static uint16_t box_advance(uint32_t cp, uint32_t scale)
{
	uint32_t digits = cp > 0xfffff ? 6 : cp > 0xffff ? 5 : 4;

	return (uint16_t)(((digits + 2) * 360 + 200) * scale / 100);
}

static void add_glyph(struct words *w, uint32_t cp, struct look look)
{
	uint8_t scale = look.scale ? look.scale : 100;
	enum face face = text_is_hostile(cp) ? FACES : font_pick(w->fonts, look.face, cp);
	struct glyph *g = glyph_new(w);

	*g = (struct glyph){.cp = cp, .link = look.link, .face = (uint8_t)face, .tint = (uint8_t)look.tint, .scale = scale};
	if (face == FACES) {
		g->kind = GLYPH_BOX;
		g->face = FACE_MONO;
		g->advance = box_advance(cp, scale);
		return;
	}
	g->advance = (uint16_t)((uint32_t)w->fonts->at[face].advance[cp] * scale / 100);
}

void words_add(struct words *w, struct span s, struct look look)
{
	uint32_t cp;

	for (size_t i = 0, used; i < s.n; i += used) {
		used = utf8_decode(s.p + i, s.n - i, &cp);
		if (!used) {
			used = 1;
			cp = 0xfffd;
		}
		if (cp == '\r')
			continue;
		if (cp == '\n' && look.lines)
			*glyph_new(w) = (struct glyph){.cp = ' ', .kind = GLYPH_BREAK};
		else if (cp == ' ' && i + 1 < s.n && s.p[i + 1] == '%')
			add_glyph(w, 0xa0, look); /* a number keeps its sign */
		else
			add_glyph(w, cp == '\n' || cp == '\t' ? ' ' : cp, look);
	}
}

void words_data(struct words *w, struct span s, struct look look)
{
	struct look code = look;

	code.face = FACE_MONO;
	code.scale = (uint8_t)((look.scale ? look.scale : 100) * 92 / 100);
	while (s.n) {
		const char *open = memchr(s.p, '`', s.n);
		const char *close = open ? memchr(open + 1, '`', s.n - (size_t)(open + 1 - s.p)) : NULL;

		if (!close) {
			words_add(w, s, look);
			return;
		}
		words_add(w, (struct span){s.p, (size_t)(open - s.p)}, look);
		words_add(w, (struct span){open + 1, (size_t)(close - open - 1)}, code);
		s = (struct span){close + 1, s.n - (size_t)(close + 1 - s.p)};
	}
}

void words_badge(struct words *w, struct span word, struct look look, bool bare)
{
	char letter = sign_letter(word);

	if (!letter) {
		words_data(w, word, look);
		return;
	}
	*glyph_new(w) = (struct glyph){.cp = (uint32_t)letter, .kind = GLYPH_SIGN, .advance = SIGN_ADVANCE, .scale = 100, .face = word.n == 1};
	if (bare || word.n == 1)
		return;
	words_add(w, SPAN("\xc2\xa0"), look);
	words_add(w, word, look);
}

struct text words_end(struct words *w)
{
	struct text t = {w->at, w->n};

	while (t.n && t.at[t.n - 1].cp == ' ')
		t.n--;
	while (t.n && t.at[0].cp == ' ') {
		t.at++;
		t.n--;
	}
	w->at = NULL;
	w->n = w->cap = 0;
	return t;
}

static float advance(const struct text *t, size_t i, float size)
{
	return (float)t->at[i].advance * size / 1000;
}

static bool is_digit(uint32_t cp)
{
	return cp >= '0' && cp <= '9';
}

/* A name breaks behind these, but not in "e.g." or "1.5 %": only when something other than a space follows. */
static bool break_behind(const struct text *t, size_t i)
{
	uint32_t cp = t->at[i].cp;

	if (t->at[i].kind != GLYPH_TEXT || i + 1 >= t->n || t->at[i + 1].cp == ' ')
		return t->at[i].kind != GLYPH_TEXT;
	if ((cp == '.' || cp == ',') && is_digit(t->at[i + 1].cp) && i && is_digit(t->at[i - 1].cp))
		return false;
	return cp < 128 && strchr("/:-.@_,;|=&?", (int)cp) && cp;
}

static bool is_space(const struct text *t, size_t i)
{
	return t->at[i].cp == ' ';
}

/* The end of the word that begins at `from`, spaces not included. */
static size_t word_end(const struct text *t, size_t from, float size, float *width)
{
	size_t i = from;

	*width = 0;
	while (i < t->n && !is_space(t, i))
		*width += advance(t, i++, size);
	return i;
}

/* Where a word that begins at `from` is broken so that its first part fits into `room`: behind a sign of names, else (`anywhere`)
 * behind any glyph; `from` when it is not. */
static size_t word_cut(const struct text *t, size_t from, size_t end, float room, float size, bool anywhere)
{
	size_t i = from, best = from, last = from;
	float w = 0;

	for (; i < end && i - from < LINE_GLYPHS_MAX; i++) {
		w += advance(t, i, size);
		if (w > room)
			break;
		last = i + 1;
		if (break_behind(t, i))
			best = i + 1;
	}
	if (!anywhere)
		return best;
	/* A sign near the beginning of a long hash leaves an ugly gap: then anywhere is better. */
	if (best > from && (best - from) * 2 >= last - from)
		return best;
	return last > from ? last : from + 1;
}

struct breaker {
	const struct text *t;
	float size, width;
	struct arena *a;
	struct line *at;
	size_t n, cap;
};

static void line_add(struct breaker *b, size_t start, size_t end, float width)
{
	b->at = arena_room(b->a, b->at, b->n, &b->cap, sizeof(*b->at));
	b->at[b->n++] = (struct line){(uint32_t)start, (uint32_t)end, width};
}

/* One line from `i`; returns where the next begins. */
static size_t line_fill(struct breaker *b, size_t i)
{
	const struct text *t = b->t;
	size_t start = i, end = i;
	float width = 0, space = 0, word;

	while (i < t->n) {
		size_t stop = word_end(t, i, b->size, &word), cut = i;
		float room = b->width - width - space;

		if (word > room + 0.01f) {
			if (end == start || word > b->width)
				cut = word_cut(t, i, stop, room, b->size, end == start);
			else if (room > b->width * 0.3f)
				cut = word_cut(t, i, stop, room, b->size, false);
			if (cut > i) {
				end = cut;
				width += space;
				for (size_t k = i; k < cut; k++)
					width += advance(t, k, b->size);
				i = cut;
			}
			break;
		}
		width += space + word;
		end = i = stop;
		for (space = 0; i < t->n && is_space(t, i); i++) {
			if (t->at[i].kind == GLYPH_BREAK) {
				line_add(b, start, end, width);
				return i + 1;
			}
			space += advance(t, i, b->size);
		}
	}
	line_add(b, start, end, width);
	while (i < t->n && is_space(t, i) && t->at[i].kind != GLYPH_BREAK)
		i++;
	return i;
}

/* A last line of one short word takes a companion from the line above. */
static void last_mend(struct breaker *b)
{
	struct line *last = &b->at[b->n - 1], *above = last - 1;
	size_t spaces = 0, at = 0, end;
	float tail = 0;

	if (b->n < 2 || last->width > b->width * 0.12f || above->end >= last->start)
		return;
	for (size_t i = last->start; i < last->end; i++)
		if (is_space(b->t, i))
			return;
	for (size_t i = above->start; i < above->end; i++)
		if (is_space(b->t, i)) {
			spaces++;
			at = i;
		}
	if (spaces < 2)
		return;
	for (size_t i = at + 1; i < last->start; i++)
		tail += advance(b->t, i, b->size);
	if (tail + last->width > b->width)
		return;
	for (end = at; end > above->start && is_space(b->t, end - 1);)
		end--;
	above->width = 0;
	for (size_t i = above->start; i < end; i++)
		above->width += advance(b->t, i, b->size);
	above->end = (uint32_t)end;
	last->start = (uint32_t)at + 1;
	last->width += tail;
}

size_t text_break(const struct text *t, float size, float width, size_t most, struct arena *a, struct line **lines, bool *cut)
{
	struct breaker b = {.t = t, .size = size, .width = width, .a = a};
	size_t i = 0;

	while (i < t->n && (!most || b.n < most))
		i = line_fill(&b, i);
	if (cut)
		*cut = i < t->n;
	if (b.n && i >= t->n && (t->n < 2 || t->at[t->n - 1].kind != GLYPH_BREAK))
		last_mend(&b);
	*lines = b.at;
	return b.n;
}

float text_least(const struct text *t, float size)
{
	float most = 0, now = 0;

	for (size_t i = 0; i < t->n; i++) {
		if (is_space(t, i)) {
			now = 0;
			continue;
		}
		now += advance(t, i, size);
		most = now > most ? now : most;
		if (break_behind(t, i))
			now = 0;
	}
	return most;
}

float text_whole(const struct text *t, float size)
{
	float most = 0, now = 0;

	for (size_t i = 0; i < t->n; i++) {
		now = t->at[i].kind == GLYPH_BREAK ? 0 : now + advance(t, i, size);
		most = now > most ? now : most;
	}
	return most;
}

static bool right_to_left(uint32_t cp)
{
	return (cp >= 0x590 && cp < 0x900) || (cp >= 0xfb1d && cp < 0xfe00) || (cp >= 0xfe70 && cp < 0xff00);
}

/* The order in which the glyphs of a line are shown; the line as it is when nothing in it runs from the right. */
static void line_order(struct glyph *g, size_t n, uint32_t *order)
{
	FriBidiChar chars[LINE_GLYPHS_MAX];
	FriBidiCharType types[LINE_GLYPHS_MAX];
	FriBidiLevel levels[LINE_GLYPHS_MAX];
	FriBidiStrIndex map[LINE_GLYPHS_MAX];
	FriBidiParType base = FRIBIDI_PAR_LTR;
	bool any = false;

	for (size_t i = 0; i < n; i++) {
		order[i] = (uint32_t)i;
		chars[i] = g[i].kind == GLYPH_TEXT ? g[i].cp : 0xfffc;
		map[i] = (FriBidiStrIndex)i;
		any |= right_to_left(chars[i]);
	}
	if (!any)
		return;
	fribidi_get_bidi_types(chars, (FriBidiStrIndex)n, types);
	if (!fribidi_get_par_embedding_levels_ex(types, NULL, (FriBidiStrIndex)n, &base, levels))
		return;
	for (size_t i = 0; i < n; i++) {
		FriBidiChar other;

		if (levels[i] % 2 && g[i].kind == GLYPH_TEXT && fribidi_get_mirror_char(chars[i], &other))
			g[i].cp = other;
	}
	if (!fribidi_reorder_line(FRIBIDI_FLAGS_DEFAULT, types, (FriBidiStrIndex)n, 0, base, levels, NULL, map))
		return;
	for (size_t i = 0; i < n; i++)
		order[i] = (uint32_t)map[i];
}

static void draw_box(const struct pen *p, const struct glyph *g, float size, float x, float y)
{
	float em = size * (float)g->scale / 100, w = (float)g->advance * size / 1000;
	char text[16];

	snprintf(text, sizeof(text), "U+%04X", g->cp);
	pdf_rect(p->pdf, x + em * 0.04f, y - em * 0.68f, w - em * 0.08f, em * 0.86f,
		 (struct pdf_paint){.fill = -1, .stroke = p->theme->tint[TINT_MUTED], .width = 0.4f});
	pdf_text(p->pdf, x + em * 0.1f, y - em * 0.06f, FACE_MONO, em * 0.6f, p->theme->tint[g->tint], span_of(text));
}

static void draw_badge(const struct pen *p, const struct glyph *g, float size, float x, float y)
{
	static const char *const words[] = {"critical", "high", "medium", "low", "info"};
	struct chart_place at = {.pdf = p->pdf, .fonts = p->fonts, .theme = p->theme, .x = x, .y = y - size * 0.86f, .em = size};
	auto_arena arena = ARENA_INIT;
	struct canvas c = {&at, &arena, NULL, 0, 0, size, size};
	char grade[] = {(char)g->cp, '\0'};
	struct span name = span_of(grade);

	for (size_t i = 0; !g->face && i < sizeof(words) / sizeof(words[0]); i++)
		if (sign_letter(span_of(words[i])) == (char)g->cp)
			name = span_of(words[i]);
	draw_sign(&c, 0, 0, size * 1.08f, name, tint_named(&c, name, p->theme->tint[TINT_MUTED]));
}

static bool same(const struct glyph *a, const struct glyph *b)
{
	return a->kind == GLYPH_TEXT && b->kind == GLYPH_TEXT && a->face == b->face && a->tint == b->tint && a->scale == b->scale && a->link == b->link;
}

/* A stretch of one look; returns its width. */
static float draw_run(const struct pen *p, const struct glyph *g, const uint32_t *order, size_t from, size_t to, float size, float x, float y)
{
	const struct glyph *first = &g[order[from]];
	auto_buf b = BUF_INIT;
	float w = 0;
	char utf8[4];

	for (size_t i = from; i < to; i++) {
		w += (float)g[order[i]].advance * size / 1000;
		buf_add(&b, utf8, utf8_encode(g[order[i]].cp, utf8));
	}
	if (first->kind == GLYPH_BOX)
		draw_box(p, first, size, x, y);
	else if (first->kind == GLYPH_SIGN)
		draw_badge(p, first, size, x, y);
	else if (first->kind == GLYPH_TEXT)
		pdf_text(p->pdf, x, y, (enum face)first->face, size * (float)first->scale / 100, p->theme->tint[first->tint], buf_span(&b));
	if (first->link && p->link)
		p->link(p->user, first->link, x, y - size * 0.95f, w, size * 1.25f);
	return w;
}

void words_draw(const struct pen *p, const struct text *t, const struct line *l, float size, float x, float y)
{
	struct glyph g[LINE_GLYPHS_MAX];
	uint32_t order[LINE_GLYPHS_MAX];
	size_t n = l->end - l->start;

	n = n < LINE_GLYPHS_MAX ? n : LINE_GLYPHS_MAX;
	if (!n)
		return;
	memcpy(g, t->at + l->start, n * sizeof(*g));
	line_order(g, n, order);
	for (size_t i = 0, to; i < n; i = to) {
		for (to = i + 1; to < n && same(&g[order[i]], &g[order[to]]);)
			to++;
		x += draw_run(p, g, order, i, to, size, x, y);
	}
}
