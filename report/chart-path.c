// SPDX-License-Identifier: Apache-2.0
// Attack paths as strips of boxes joined by arrows, and maps: boxes of groups.
#include "chart-shape.h"

#include <math.h>

/* Columns: path, thing, how, colour; what proves the step (object, field, member); what ends the path. */
enum { COLUMN_PROOF = 4, COLUMN_CUT = 7, PROOFS = 3 };
enum { PATHS_TOP = 3, STEPS_MAX = 24, GROUPS_MAX = 24, THINGS_MAX = 8 };

struct strip {
	struct canvas *c;
	size_t across; /* boxes in a line */
	float box_w, box_h, gap, badge;
	float proof_h; /* of the box below each box; 0: nothing is told. With proofs the words of a step stand in its box, so that a path takes one line */
};

static bool same_group(const struct chart *d, size_t a, size_t b)
{
	return span_is(cell(d, a, 0), cell(d, b, 0));
}

static size_t group_end(const struct chart *d, size_t from)
{
	size_t to = from + 1;

	while (to < d->rows && same_group(d, from, to))
		to++;
	return to;
}

static void box_draw(const struct strip *s, size_t row, float x, float y)
{
	const struct canvas *c = s->c;
	int32_t own = tint_named(c, cell(c->d, row, 3), -1), line = own >= 0 ? own : tint(c, TINT_MUTED);
	struct pdf_paint paint = {.fill = own >= 0 ? colour_lighter(own, 0.86f) : 0xffffff, .stroke = line, .width = own >= 0 ? 1.2f : 0.7f};
	struct span text = cell(c->d, row, 1);
	struct style t = own >= 0 ? style_bold(c) : style_text(c);
	float w = s->box_w - c->em, h;

	if (!text.n)
		text = SPAN("unknown");
	if (s->proof_h > 0)
		t.size = style_small(c).size;
	h = text_height(c, w, s->proof_h > 0 ? 2 : 3, t, text);
	draw_rect(c, x + 0.6f, y + 0.6f, s->box_w - 1.2f, s->box_h - 1.2f, paint);
	if (sign_letter(cell(c->d, row, 3)))
		draw_sign(c, x - c->em * 0.5f, y - c->em * 0.2f, c->em, cell(c->d, row, 3), own);
	if (s->proof_h > 0) {
		struct style small = style_in(style_small(c), tint(c, TINT_INK));
		struct span how = cell(c->d, row, 2);
		float how_h = how.n ? text_height(c, w, 2, small, how) : 0;

		y += (s->box_h - h - how_h) / 2;
		if (how.n)
			text_block(c, x + c->em * 0.5f, y, w, 2, small, ALIGN_CENTRE, how);
		text_block(c, x + c->em * 0.5f, y + how_h, w, 2, t, ALIGN_CENTRE, text);
		return;
	}
	text_block(c, x + c->em * 0.5f, y + (s->box_h - h) / 2, w, 3, t, ALIGN_CENTRE, text);
}

/* What proves the step, hung below its box: object, field, member. */
static void proof_draw(const struct strip *s, size_t row, float x, float y)
{
	const struct canvas *c = s->c;
	struct style t = style_small(c);

	if (!cell(c->d, row, COLUMN_PROOF).n)
		return;
	draw_rect(c, x + 0.6f, y, s->box_w - 1.2f, s->proof_h, paint_line(tint(c, TINT_LINE), 0.6f));
	for (size_t i = 0; i < PROOFS; i++)
		text_line(c, x + c->em * 0.35f, y + c->em * 0.15f + (float)i * line_height(t) + line_ascent(t), s->box_w - c->em * 0.7f, i ? t : style_in(t, tint(c, TINT_INK)), ALIGN_LEFT,
			  cell(c->d, row, COLUMN_PROOF + i));
}

enum { CUT_LINES = 2 };

/* What ends the path, below its strip. Returns the height. */
static float cut_draw(const struct strip *s, size_t row, float y, bool draw)
{
	const struct canvas *c = s->c;
	struct span cut = cell(c->d, row, COLUMN_CUT);
	struct style t = style_in(style_small(c), tint(c, TINT_INK));
	float x = c->x + s->badge, w = c->w - s->badge;

	if (!cut.n)
		return 0;
	cut = span_of(arena_printf(c->arena, "Ends it: %.*s", SPAN_ARG(cut)));
	if (draw)
		text_block(c, x, y + c->em * 0.2f, w, CUT_LINES, t, ALIGN_LEFT, cut);
	return text_height(c, w, CUT_LINES, t, cut) + c->em * 0.2f;
}

/* The arrow that leads to a box, with its words above it, and below when there are many. */
static void step_arrow(const struct strip *s, size_t row, float x, float y)
{
	const struct canvas *c = s->c;
	struct style t = style_in(style_small(c), tint(c, TINT_INK));
	float w = s->gap - c->em * 0.6f, left = x + c->em * 0.3f, mid = y + s->box_h / 2;
	struct span below, above = text_first(c, w, 2, t, cell(c->d, row, 2), &below);

	if (s->proof_h <= 0) {
		text_block(c, left, mid - text_height(c, w, 2, t, above) - 1.5f, w, 2, t, ALIGN_CENTRE, above);
		text_block(c, left, mid + 1, w, 2, t, ALIGN_CENTRE, below);
	}
	draw_arrow(c, x + c->em * 0.15f, x + s->gap - c->em * 0.1f, mid, tint(c, TINT_INK));
}

static void badge_draw(const struct strip *s, struct span number, float y)
{
	const struct canvas *c = s->c;
	struct style t = style_in(style_bold(c), 0xffffff);
	float r = c->em * 0.85f, w = text_span_width(c, t, number);

	t.size *= fminf(1, 1.5f * r / fmaxf(w, 1)); /* a path's number is never cut */

	draw_circle(c, c->x + r, y + s->box_h / 2, r, paint_fill(tint(c, TINT_INK)));
	text_line(c, c->x, y + s->box_h / 2 + c->em * 0.34f, 2 * r, t, ALIGN_CENTRE, number);
}

/* Boxes of [from, to); further lines begin with the arrow that comes from the line above. Returns the height. */
static float strip_draw(const struct strip *s, size_t from, size_t to, float y, bool draw)
{
	const struct canvas *c = s->c;
	float line_h = s->box_h + s->proof_h + c->em * 0.7f, left = c->x + s->badge;
	size_t lines, all = to - from, first = from;

	to = all > STEPS_MAX ? from + STEPS_MAX : to;
	lines = (to - from + s->across - 1) / s->across;
	if (!draw)
		return (float)lines * line_h - c->em * 0.7f + cut_draw(s, first, 0, false) + (all > STEPS_MAX ? line_height(style_small(c)) : 0);
	if (s->badge > 0)
		badge_draw(s, cell(c->d, from, 0), y);
	for (size_t i = from; i < to; i++) {
		size_t line = (i - from) / s->across, column = (i - from) % s->across;
		float x = left + (float)column * (s->box_w + s->gap) + (line && s->proof_h <= 0 ? s->gap : 0), top = y + (float)line * line_h;

		if (i > from)
			step_arrow(s, i, x - s->gap, top);
		box_draw(s, i, x, top);
		proof_draw(s, i, x, top + s->box_h);
	}
	y += (float)lines * line_h - c->em * 0.7f;
	y += cut_draw(s, first, y, true);
	return rows_note(c, y, to - from, all);
}

/* Lines after the first begin with an arrow, so they hold the boxes one gap further right: all lines leave that room. */
static void strip_layout(struct strip *s, size_t longest)
{
	const struct canvas *c = s->c;
	float room = c->w - s->badge, least = c->em * 7.8f;
	size_t most;

	if (s->proof_h > 0) {
		s->gap = c->em * 1.4f;
		most = (size_t)((room + s->gap) / (c->em * 7 + s->gap));
		s->across = most < 1 ? 1 : most < longest ? most : longest;
		s->box_w = fminf((room - (float)(s->across - 1) * s->gap) / (float)s->across, c->em * 10);
		return;
	}
	s->gap = c->em * 6.8f;
	most = (size_t)((room + s->gap) / (least + s->gap));
	if (longest > most)
		most = room - s->gap > least ? (size_t)(room / (least + s->gap)) : 1;
	s->across = most < 1 ? 1 : most < longest ? most : longest;
	if (longest <= s->across)
		s->box_w = (room - (float)(s->across - 1) * s->gap) / (float)s->across;
	else
		s->box_w = (room - (float)s->across * s->gap) / (float)s->across;
	if (s->across == 1 && longest > 1) {
		s->gap = fmaxf(s->gap, room * 0.34f);
		s->box_w = room - s->gap;
	}
	if (s->box_w < c->em * 4) { /* very narrow: arrows give way first */
		s->gap = c->em * 2.5f;
		s->across = 1;
		s->box_w = room - s->gap;
	}
	s->box_w = fminf(s->box_w, c->em * 15);
}

float chart_path(struct canvas *c)
{
	struct strip s = {.c = c, .badge = cell(c->d, 0, 0).n ? c->em * 2.5f : 0, .box_h = c->em * 4.6f};
	const struct chart *d = c->d;
	size_t top = d->top ? d->top : PATHS_TOP, longest = 0, shown = 0, all = 0;
	float y = c->y + c->em * 0.2f;

	for (size_t i = 0; i < d->rows; i++)
		if (cell(d, i, COLUMN_PROOF).n)
			s.proof_h = PROOFS * line_height(style_small(c)) + c->em * 0.3f;
	if (s.proof_h > 0) /* two lines of how, two of what */
		s.box_h = 4 * line_height(style_small(c)) + c->em * 0.8f;
	for (size_t from = 0, to; from < d->rows; from = to, all++) {
		to = group_end(d, from);
		longest = all < top && to - from > longest ? to - from : longest;
	}
	strip_layout(&s, longest);
	for (size_t from = 0, to; from < d->rows && shown < top; from = to, shown++) {
		float h;

		to = group_end(d, from);
		h = strip_draw(&s, from, to, y, false);
		if (c->at->max_height > 0 && shown && y + h + 2 * c->em - c->y > c->at->max_height)
			break;
		y += shown ? c->em * 0.5f : 0;
		strip_draw(&s, from, to, y, true);
		y += h;
	}
	return y - c->y + rows_note(c, y, shown, all);
}

struct group {
	size_t from, to;
};

/* A group's box; returns its height. Without `draw`, only that. */
static float group_draw(const struct canvas *c, const struct group *g, float x, float y, float w, float h, bool draw)
{
	size_t n = g->to - g->from, shown = n <= THINGS_MAX ? n : THINGS_MAX - 1;
	float pad = c->em * 0.6f, in = w - 2 * pad, top = y, line = line_height(style_text(c));
	struct span count = number_text(c, (double)n, SPAN_NONE);
	float count_w = text_span_width(c, style_bold(c), count) + 0.1f;

	if (!draw)
		return 2 * pad + c->em * 0.4f + line * (float)(1 + shown + (shown < n));
	draw_rect(c, x + 0.4f, y + 0.4f, w - 0.8f, h - 0.8f, paint_line(tint(c, TINT_LINE), 0.8f));
	y += pad;
	text_line(c, x + pad, y + line_ascent(style_text(c)), in - count_w - pad, style_bold(c), ALIGN_LEFT, cell(c->d, g->from, 0));
	text_line(c, x + pad + in - count_w, y + line_ascent(style_text(c)), count_w, style_bold(c), ALIGN_RIGHT, count);
	y += line + c->em * 0.4f;
	draw_line(c, x + pad, y - c->em * 0.25f, x + pad + in, y - c->em * 0.25f, tint(c, TINT_LINE), 0.5f);
	for (size_t r = g->from; r < g->from + shown; r++, y += line) {
		struct span note = cell(c->d, r, 2);
		float note_w = note.n ? fminf(text_span_width(c, style_small(c), note) + 0.1f, in * 0.45f) : 0;

		text_line(c, x + pad, y + line_ascent(style_text(c)), in - note_w - (note_w > 0 ? pad : 0), style_text(c), ALIGN_LEFT,
			  cell(c->d, r, 1));
		text_line(c, x + pad + in - note_w, y + line_ascent(style_text(c)), note_w, style_small(c), ALIGN_RIGHT, note);
	}
	if (shown < n)
		text_line(c, x + pad, y + line_ascent(style_text(c)), in, style_small(c), ALIGN_LEFT,
			  span_of(arena_printf(c->arena, "and %zu more", n - shown)));
	return y - top;
}

float chart_map(struct canvas *c)
{
	struct group g[GROUPS_MAX];
	size_t n = 0, all = 0, across = (size_t)((c->w + c->em) / (c->em * 18)), i;
	float gap = c->em, w, y = c->y;

	for (size_t from = 0, to; from < c->d->rows; from = to, all++) {
		to = group_end(c->d, from);
		if (n < GROUPS_MAX)
			g[n++] = (struct group){from, to};
	}
	across = across < 1 ? 1 : across > 4 ? 4 : across;
	across = across > n ? n : across;
	w = (c->w - (float)(across - 1) * gap) / (float)across;
	for (i = 0; i < n; i += across) {
		float h = 0;

		for (size_t j = i; j < i + across && j < n; j++)
			h = fmaxf(h, group_draw(c, &g[j], 0, 0, w, 0, false));
		if (c->at->max_height > 0 && i && y + gap + h + 2 * c->em - c->y > c->at->max_height)
			break;
		y += i ? gap : 0;
		for (size_t j = i; j < i + across && j < n; j++)
			group_draw(c, &g[j], c->x + (float)(j - i) * (w + gap), y, w, h, true);
		y += h;
	}
	return y - c->y + rows_note(c, y, i < n ? i : n, all);
}
