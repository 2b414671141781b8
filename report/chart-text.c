// SPDX-License-Identifier: Apache-2.0
// Text of the charts: cleaned, measured, wrapped, shortened. What is said where is the charts' business.
#include "chart-text.h"
#include "common/text.h"

#include <fribidi/fribidi.h>
#include <math.h>

enum { GLYPHS_MAX = 600, LINES_MAX = 12 }; /* of one label; no chart shows more */

struct glyph {
	uint32_t cp;
	enum face face;
	float width;
};
struct glyphs {
	struct glyph at[GLYPHS_MAX];
	size_t n;
	float size;
};

float line_height(struct style s)
{
	return s.size * 1.3f;
}

float line_ascent(struct style s)
{
	return s.size * 1.0f;
}

static void glyph_add(const struct canvas *c, struct glyphs *g, struct style s, uint32_t cp)
{
	enum face face = font_pick(c->at->fonts, s.face, cp);
	char hex[16];

	if (g->n == GLYPHS_MAX)
		return;
	if (face != FACES) {
		g->at[g->n++] = (struct glyph){cp, face, font_width(c->at->fonts, face, cp, s.size)};
		return;
	}
	snprintf(hex, sizeof(hex), "[U+%04X]", cp);
	for (const char *p = hex; *p && g->n < GLYPHS_MAX; p++)
		g->at[g->n++] = (struct glyph){(uint32_t)*p, s.face, font_width(c->at->fonts, s.face, (uint32_t)*p, s.size)};
}

/* One line's glyphs: hostile characters are shown as \u{..}, white space is one space, what no font holds is [U+..]. */
static struct glyphs *glyphs_of(const struct canvas *c, struct style s, struct span text)
{
	struct glyphs *g = arena_alloc(c->arena, sizeof(*g));
	auto_buf clean = BUF_INIT;
	uint32_t cp;

	if (text.n > 4 * GLYPHS_MAX)
		text.n = 4 * GLYPHS_MAX;
	text_add_clean(&clean, span_trim(text), true);
	for (size_t i = 0, used; i < clean.n && g->n < GLYPHS_MAX; i += used) {
		used = utf8_decode(clean.p + i, clean.n - i, &cp);
		if (!used) {
			used = 1;
			cp = '?';
		}
		if (cp == '\n' || cp == '\t')
			cp = ' ';
		if (cp != ' ' || (g->n && g->at[g->n - 1].cp != ' '))
			glyph_add(c, g, s, cp);
	}
	g->size = s.size;
	return g;
}

static float width_of(const struct glyphs *g, size_t from, size_t to)
{
	float w = 0;

	for (size_t i = from; i < to; i++)
		w += g->at[i].width;
	return w;
}

float text_span_width(const struct canvas *c, struct style s, struct span text)
{
	const struct glyphs *g = glyphs_of(c, s, text);

	return width_of(g, 0, g->n);
}

static void mark_text(const struct canvas *c, struct span text, float x, float y, float w, float size, float box_x, float box_w)
{
	const struct chart_place *at = c->at;
	struct chart_mark m = {text, at->x + x, at->y + y - 0.78f * size, w, 1.02f * size, at->x + box_x, box_w};

	if (at->mark)
		at->mark(at->user, &m);
}

/* Shows glyphs [from, to) as runs of one face. */
static void glyphs_show(const struct canvas *c, const struct glyphs *g, size_t from, size_t to, float x, float y, int32_t colour)
{
	auto_buf run = BUF_INIT;
	float w = 0;

	for (size_t i = from; i < to; i++) {
		char utf8[4];

		buf_add(&run, utf8, utf8_encode(g->at[i].cp, utf8));
		w += g->at[i].width;
		if (i + 1 < to && g->at[i + 1].face == g->at[i].face)
			continue;
		if (c->at->pdf)
			pdf_text(c->at->pdf, c->at->x + x, c->at->y + y, g->at[i].face, g->size, colour, buf_span(&run));
		x += w;
		w = 0;
		buf_reset(&run);
	}
}

static struct span glyphs_text(const struct canvas *c, const struct glyphs *g, size_t from, size_t to)
{
	auto_buf b = BUF_INIT;

	for (size_t i = from; i < to; i++) {
		char utf8[4];

		buf_add(&b, utf8, utf8_encode(g->at[i].cp, utf8));
	}
	return (struct span){arena_strndup(c->arena, b.p ? b.p : "", b.n), b.n};
}

/* Cuts to w: at the end, or in the middle when it is one long name, whose end says most. */
static void glyphs_shorten(const struct canvas *c, struct glyphs *g, struct style s, float w)
{
	struct glyph dots = {0x2026, s.face, font_width(c->at->fonts, s.face, 0x2026, s.size)};
	size_t head = g->n, tail = 0;
	float left = w - dots.width;
	bool name = true;

	if (width_of(g, 0, g->n) <= w)
		return;
	for (size_t i = 0; i < g->n; i++)
		name = name && g->at[i].cp != ' ';
	if (name)
		for (float t = 0; tail < g->n / 2 && (t += g->at[g->n - 1 - tail].width) <= left * 0.55f; )
			tail++;
	left -= width_of(g, g->n - tail, g->n);
	while (head && (head + tail >= g->n || width_of(g, 0, head) > left))
		head--;
	while (head && g->at[head - 1].cp == ' ')
		head--;
	if (dots.width > w) {
		g->n = 0;
		return;
	}
	memmove(&g->at[head + 1], &g->at[g->n - tail], tail * sizeof(*g->at));
	g->at[head] = dots;
	g->n = head + 1 + tail;
}

/* A line with letters that run from right to left, in the order in which it is seen. */
static void line_reorder(const struct canvas *c, struct glyphs *g)
{
	FriBidiChar *logical = arena_array(c->arena, g->n + 1, sizeof(*logical)), *visual = arena_array(c->arena, g->n + 1, sizeof(*visual));
	FriBidiStrIndex *from = arena_array(c->arena, g->n + 1, sizeof(*from));
	struct glyph *seen = arena_array(c->arena, g->n, sizeof(*seen));
	FriBidiParType base = FRIBIDI_PAR_ON;
	bool any = false;

	for (size_t i = 0; i < g->n; i++) {
		logical[i] = g->at[i].cp;
		any = any || FRIBIDI_IS_RTL(fribidi_get_bidi_type(logical[i]));
	}
	if (!any || !fribidi_log2vis(logical, (FriBidiStrIndex)g->n, &base, visual, NULL, from, NULL))
		return;
	for (size_t i = 0; i < g->n; i++) {
		FriBidiChar mirror;

		seen[i] = g->at[from[i]];
		if (visual[i] != seen[i].cp && fribidi_get_mirror_char(seen[i].cp, &mirror) && mirror == visual[i])
			seen[i].cp = mirror;
	}
	memcpy(g->at, seen, g->n * sizeof(*seen));
}

static float line_show(const struct canvas *c, float x, float y, float w, struct style s, enum align align, struct glyphs *g)
{
	float used, at;

	glyphs_shorten(c, g, s, w);
	line_reorder(c, g);
	used = width_of(g, 0, g->n);
	at = align == ALIGN_LEFT ? x : align == ALIGN_RIGHT ? x + w - used : x + (w - used) / 2;
	if (!g->n)
		return 0;
	if (c->at->mark)
		mark_text(c, glyphs_text(c, g, 0, g->n), at, y, used, s.size, x, w);
	glyphs_show(c, g, 0, g->n, at, y, s.colour);
	return used;
}

float text_line(const struct canvas *c, float x, float y, float w, struct style s, enum align align, struct span text)
{
	return line_show(c, x, y, w, s, align, glyphs_of(c, s, text));
}

static bool breaks_after(uint32_t cp)
{
	return cp == ' ' || cp == '/' || cp == ':' || cp == '-' || cp == '.' || cp == '@' || cp == '_';
}

/* Where the line that begins at `from` ends: at the last place to break that fits, else wherever it is full. */
static size_t line_end(const struct glyphs *g, size_t from, float w)
{
	size_t at = from, last = from;
	float used = 0;

	for (; at < g->n; at++) {
		used += g->at[at].width;
		if (used > w && g->at[at].cp != ' ')
			break;
		if (breaks_after(g->at[at].cp))
			last = at + 1;
	}
	if (at == g->n)
		return g->n;
	return last > from ? last : at > from ? at : from + 1;
}

/* Splits into at most `most` lines; ends[i] is where line i ends. Returns how many. */
static size_t lines_split(const struct glyphs *g, float w, size_t most, size_t ends[LINES_MAX])
{
	size_t n = 0, from = 0;

	most = most < LINES_MAX ? most : LINES_MAX;
	while (n < most && from < g->n) {
		from = n + 1 == most ? g->n : line_end(g, from, w);
		ends[n++] = from;
	}
	return n;
}

float text_height(const struct canvas *c, float w, size_t most, struct style s, struct span text)
{
	size_t ends[LINES_MAX];

	return (float)lines_split(glyphs_of(c, s, text), w, most, ends) * line_height(s);
}

float text_block(const struct canvas *c, float x, float y, float w, size_t most, struct style s, enum align align, struct span text)
{
	const struct glyphs *g = glyphs_of(c, s, text);
	size_t ends[LINES_MAX], n = lines_split(g, w, most, ends), from = 0;

	for (size_t i = 0; i < n; i++) {
		struct glyphs *line = arena_alloc(c->arena, sizeof(*line));
		size_t to = ends[i];

		while (to > from && g->at[to - 1].cp == ' ')
			to--;
		line->n = to - from;
		line->size = s.size;
		memcpy(line->at, &g->at[from], line->n * sizeof(*line->at));
		line_show(c, x, y + (float)i * line_height(s) + line_ascent(s), w, s, align, line);
		from = ends[i];
	}
	return (float)n * line_height(s);
}

struct span text_first(const struct canvas *c, float w, size_t lines, struct style s, struct span text, struct span *rest)
{
	const struct glyphs *g = glyphs_of(c, s, text);
	size_t at = 0;

	for (size_t i = 0; i < lines && at < g->n; i++)
		at = line_end(g, at, w);
	*rest = glyphs_text(c, g, at, g->n);
	return glyphs_text(c, g, 0, at);
}

struct span words_shortened(const struct canvas *c, float w, struct style s, struct span text)
{
	const struct glyphs *all = glyphs_of(c, s, text);
	auto_buf b = BUF_INIT;

	for (size_t from = 0, to; from < all->n; from = to + 1) {
		struct glyphs *word = arena_alloc(c->arena, sizeof(*word));

		for (to = from; to < all->n && all->at[to].cp != ' '; to++)
			word->at[word->n++] = all->at[to];
		if (width_of(word, 0, word->n) > w) {
			size_t keep = word->n - 1;
			struct glyph dots = {0x2026, s.face, font_width(c->at->fonts, s.face, 0x2026, s.size)};

			while (keep && width_of(word, 0, keep) + dots.width > w)
				keep--;
			word->at[keep] = dots;
			word->n = keep + 1;
		}
		if (b.n)
			buf_add_char(&b, ' ');
		buf_add_span(&b, glyphs_text(c, word, 0, word->n));
	}
	return (struct span){arena_strndup(c->arena, b.p ? b.p : "", b.n), b.n};
}

struct span cell(const struct chart *d, size_t row, size_t column)
{
	return row < d->rows && column < d->columns ? d->cells[row * d->columns + column] : SPAN_NONE;
}

bool cell_number(const struct chart *d, size_t row, size_t column, double *out)
{
	struct span s = span_trim(cell(d, row, column));
	char copy[64], *end;
	double v;

	if (!s.p || !s.n || s.n >= sizeof(copy))
		return false;
	memcpy(copy, s.p, s.n);
	copy[s.n] = 0;
	v = strtod(copy, &end);
	if (*end || !isfinite(v) || fabs(v) > 1e15)
		return false;
	*out = v;
	return true;
}

static struct span thousands(const struct canvas *c, const char *digits)
{
	size_t n = strlen(digits), first = *digits == '-' ? 1 : 0;
	auto_buf b = BUF_INIT;

	for (size_t i = 0; i < n; i++) {
		if (i > first && (n - i) % 3 == 0)
			buf_add_char(&b, ',');
		buf_add_char(&b, digits[i]);
	}
	return (struct span){arena_strndup(c->arena, b.p, b.n), b.n};
}

struct span number_text(const struct canvas *c, double v, struct span unit)
{
	bool whole = fabs(v - round(v)) < 1e-9 || fabs(v) >= 10000;
	char digits[40];
	struct span s;

	if (!whole && fabs(v) < 0.05)
		snprintf(digits, sizeof(digits), "%s", v < 0 ? "> -0.1" : "< 0.1");
	else
		snprintf(digits, sizeof(digits), whole ? "%.0f" : "%.1f", whole && round(v) == 0 ? 0.0 : v);
	s = whole ? thousands(c, digits) : span_of(arena_strdup(c->arena, digits));
	if (unit.n)
		s = span_of(arena_printf(c->arena, "%.*s %.*s", SPAN_ARG(s), SPAN_ARG(unit)));
	return s;
}

static struct span number_short(const struct canvas *c, double v)
{
	static const char *const names[] = {"", " k", " M", " G", " T"};
	size_t i = 0;

	while (fabs(v) >= 999.5 && i + 1 < sizeof(names) / sizeof(*names)) {
		v /= 1000;
		i++;
	}
	return span_of(arena_printf(c->arena, fabs(v) < 9.95 && i ? "%.1f%s" : "%.0f%s", v, names[i]));
}

float number_line(const struct canvas *c, float x, float y, float w, struct style s, enum align align, double v, struct span unit)
{
	struct span text = number_text(c, v, unit);
	float wide = text_span_width(c, s, text);

	if (wide > w && fabs(v) >= 1000) {
		text = number_short(c, v);
		wide = text_span_width(c, s, text);
	} else if (wide > w) {
		text = number_text(c, v, SPAN_NONE);
		wide = text_span_width(c, s, text);
	}
	if (wide > w)
		s.size *= 0.98f * w / wide;
	return s.size >= 3 ? text_line(c, x, y, w, s, align, text) : 0;
}
