// SPDX-License-Identifier: Apache-2.0
// Roadmap: steps by phase with their owner, and a bar from the first to the last day of each.
#include "chart-shape.h"

#include <math.h>

enum { STEPS_MAX = 60, DEFAULT_DAYS = 180 };

struct roadmap {
	struct canvas *c;
	double days;
	float title_w, owner_x, owner_w, time_x, time_w, row_h;
	float top, bottom; /* of the rows */
};

static struct span phase(const struct roadmap *m, size_t row)
{
	return cell(m->c->d, row, 0);
}

static bool phase_starts(const struct roadmap *m, size_t row)
{
	return !row || !span_is(phase(m, row), phase(m, row - 1));
}

static float day_x(const struct roadmap *m, double day)
{
	return m->time_x + m->time_w * (float)(fmin(fmax(day, 0), m->days) / m->days);
}

/* The span of days: the option, else 180, or the months that the steps need. */
static void days_set(struct roadmap *m)
{
	double end;

	m->days = m->c->d->days > 0 ? m->c->d->days : DEFAULT_DAYS;
	for (size_t r = 0; r < m->c->d->rows && m->c->d->days <= 0; r++)
		if (cell_number(m->c->d, r, 4, &end) && end > m->days)
			m->days = fmin(ceil(end / 30) * 30, 3650);
}

static void columns_set(struct roadmap *m)
{
	const struct canvas *c = m->c;
	float owner = 0, gap = c->em;

	for (size_t r = 0; r < c->d->rows && r < STEPS_MAX; r++)
		owner = fmaxf(owner, text_span_width(c, style_small(c), cell(c->d, r, 2)) + 1);
	m->title_w = c->w * 0.36f;
	owner = c->w < 30 * c->em ? 0 : owner;
	m->owner_w = fminf(owner, c->w * 0.16f);
	m->owner_x = c->x + m->title_w + gap;
	m->time_x = m->owner_x + m->owner_w + (owner > 0 ? gap : 0);
	m->time_w = c->x + c->w - m->time_x;
}

/* Text on a white ground, because lines run behind it. */
static void text_clear(const struct roadmap *m, float x, float base, float w, struct style s, struct span text)
{
	draw_rect(m->c, x - 1, base - s.size * 0.85f, w + 2, s.size * 1.1f, paint_fill(0xffffff));
	text_line(m->c, x, base, w, s, ALIGN_LEFT, text);
}

/* Lines at days 0, 30, 90, 180, ... with the day above; a label that has no room is left out. */
static void days_draw(const struct roadmap *m, float y)
{
	static const int marks[] = {0, 30, 60, 90, 120, 150, 180, 270, 365, 730, 1095, 1825, 3650};
	const struct canvas *c = m->c;
	struct style s = style_small(c);
	float free = m->time_x;

	for (size_t i = 0; i < sizeof(marks) / sizeof(*marks) && marks[i] <= m->days; i++) {
		struct span text = span_of(arena_printf(c->arena, i ? "%d" : "day %d", marks[i]));
		float x = day_x(m, marks[i]), w = text_span_width(c, s, text) + 0.1f, left = i ? x - w / 2 : x;

		left = fminf(left, c->x + c->w - w);
		draw_line(c, x, m->top, x, m->bottom, tint(c, TINT_LINE), marks[i] == 30 || marks[i] == 90 || marks[i] == 180 ? 0.8f : 0.35f);
		if (left < free)
			continue;
		text_line(c, left, y + line_ascent(s), w, s, ALIGN_LEFT, text);
		free = left + w + c->em * 0.5f;
	}
}

static void bar_draw(const struct roadmap *m, size_t row, float y)
{
	const struct canvas *c = m->c;
	int32_t colour = tint_named(c, cell(c->d, row, 5), tint(c, TINT_ACCENT));
	struct style s = style_small(c);
	float mid = y + m->row_h / 2, x0, x1, w, base = mid + s.size * 0.36f;
	double start, end;
	struct span text;

	if (!cell_number(c->d, row, 3, &start) || !cell_number(c->d, row, 4, &end)) {
		text = SPAN("not scheduled");
		text_clear(m, m->time_x + 3, base, fminf(text_span_width(c, s, text) + 0.1f, m->time_w - 5), s, text);
		return;
	}
	x0 = day_x(m, fmin(start, end));
	x1 = fmaxf(day_x(m, fmax(start, end)), x0 + 2.5f);
	x0 = fminf(x0, m->time_x + m->time_w - 2.5f);
	x1 = fminf(x1, m->time_x + m->time_w);
	draw_rect(c, x0, mid - c->em * 0.5f, x1 - x0, c->em, paint_fill(colour));
	if (sign_letter(cell(c->d, row, 5)) && x0 + c->em <= m->time_x + m->time_w) {
		draw_sign(c, x0, mid - c->em * 0.5f, c->em, cell(c->d, row, 5), colour);
		x1 = fmaxf(x1, x0 + c->em);
	}
	text = span_of(arena_printf(c->arena, "%.*s–%.*s", SPAN_ARG(number_text(c, start, SPAN_NONE)), SPAN_ARG(number_text(c, end, SPAN_NONE))));
	w = text_span_width(c, s, text) + 0.1f;
	if (x1 + 4 + w <= m->time_x + m->time_w)
		text_clear(m, x1 + 3, base, w, style_in(s, tint(c, TINT_INK)), text);
	else if (x1 - x0 >= w + 6)
		text_line(c, x0 + 3, base, x1 - x0 - 6, style_in(s, colour_on(colour)), ALIGN_RIGHT, text);
	else if (x0 - 4 - w >= m->time_x)
		text_clear(m, x0 - 3 - w, base, w, style_in(s, tint(c, TINT_INK)), text);
}

/* One step, and its phase's heading before the first; returns the height. Without `draw`, only that. */
static float step_draw(const struct roadmap *m, size_t row, float y, bool draw)
{
	const struct canvas *c = m->c;
	struct style s = style_text(c);
	float head = phase_starts(m, row) && phase(m, row).n ? c->em * 1.9f : 0, h, pad = (m->row_h - line_height(s)) / 2;

	h = fmaxf(m->row_h, text_height(c, m->title_w, 2, s, cell(c->d, row, 1)) + 2 * pad);
	if (!draw)
		return head + h;
	if (head > 0) {
		text_line(c, c->x, y + c->em * 1.35f, c->w * 0.5f, style_bold(c), ALIGN_LEFT, phase(m, row));
		draw_line(c, c->x, y + head - 1, c->x + c->w, y + head - 1, tint(c, TINT_LINE), 0.6f);
	}
	y += head;
	text_block(c, c->x, y + pad, m->title_w, 2, s, ALIGN_LEFT, cell(c->d, row, 1));
	if (m->owner_w > 0)
		text_line(c, m->owner_x, y + pad + line_ascent(s), m->owner_w, style_small(c), ALIGN_LEFT, cell(c->d, row, 2));
	bar_draw(m, row, y);
	return head + h;
}

/* How many steps stay below the height that is allowed. */
static size_t steps_fit(const struct roadmap *m)
{
	size_t n = m->c->d->rows < STEPS_MAX ? m->c->d->rows : STEPS_MAX;
	float room = m->c->at->max_height - 3.5f * m->c->em, used = 0;

	if (m->c->at->max_height <= 0)
		return n;
	for (size_t r = 0; r < n; r++) {
		used += step_draw(m, r, 0, false);
		if (used > room)
			return r ? r : 1;
	}
	return n;
}

float chart_roadmap(struct canvas *c)
{
	struct roadmap m = {.c = c, .row_h = c->em * 1.7f};
	size_t n;
	float y;

	days_set(&m);
	columns_set(&m);
	n = steps_fit(&m);
	m.top = c->y + line_height(style_small(c));
	m.bottom = m.top;
	for (size_t r = 0; r < n; r++)
		m.bottom += step_draw(&m, r, 0, false);
	days_draw(&m, c->y);
	y = m.top;
	for (size_t r = 0; r < n; r++)
		y += step_draw(&m, r, y, true);
	return y - c->y + rows_note(c, y, n, c->d->rows);
}
