// SPDX-License-Identifier: Apache-2.0
// Radar: now and target on three to twelve axes from 0 to 100. Fewer axes are drawn as bars.
#include "chart-shape.h"

#include <math.h>

enum { AXES_MAX = 12, RINGS = 4 };

struct radar {
	struct canvas *c;
	size_t axes;
	float cx, cy, r;
	double now[AXES_MAX], target[AXES_MAX]; /* negative: not assessed */
};

static float angle(const struct radar *d, size_t i)
{
	return 2 * (float)M_PI * (float)i / (float)d->axes;
}

static struct pdf_point point(const struct radar *d, size_t i, double value, enum pdf_step step)
{
	float r = d->r * (float)fmin(fmax(value, 0), 100) / 100;

	return (struct pdf_point){.step = step, .x = d->cx + r * sinf(angle(d, i)), .y = d->cy - r * cosf(angle(d, i))};
}

static void web_draw(const struct radar *d)
{
	const struct canvas *c = d->c;
	int32_t line = tint(c, TINT_LINE);

	for (int ring = 1; ring <= RINGS; ring++) {
		struct pdf_point p[AXES_MAX + 1];

		for (size_t i = 0; i < d->axes; i++)
			p[i] = point(d, i, 100.0 * ring / RINGS, i ? PDF_LINE : PDF_MOVE);
		p[d->axes] = (struct pdf_point){.step = PDF_CLOSE};
		draw_path(c, p, d->axes + 1, paint_line(line, ring == RINGS ? 0.8f : 0.4f));
	}
	for (size_t i = 0; i < d->axes; i++) {
		struct pdf_point p = point(d, i, 100, PDF_LINE);

		draw_line(c, d->cx, d->cy, p.x, p.y, line, 0.4f);
	}
}

/* Only between neighbours that were both assessed: a gap stays a gap. */
static void area_draw(const struct radar *d)
{
	int32_t colour = tint(d->c, TINT_ACCENT);

	for (size_t i = 0; i < d->axes; i++) {
		size_t next = (i + 1) % d->axes;
		struct pdf_point p[] = {{.step = PDF_MOVE, .x = d->cx, .y = d->cy},
					point(d, i, d->now[i], PDF_LINE),
					point(d, next, d->now[next], PDF_LINE),
					{.step = PDF_CLOSE}};

		if (d->now[i] >= 0 && d->now[next] >= 0)
			draw_path(d->c, p, 4, paint_fill(colour_lighter(colour, 0.78f)));
	}
}

static void outline_draw(const struct radar *d, const double *values, struct pdf_paint paint)
{
	for (size_t i = 0; i < d->axes; i++) {
		size_t next = (i + 1) % d->axes;
		struct pdf_point p[] = {point(d, i, values[i], PDF_MOVE), point(d, next, values[next], PDF_LINE)};

		if (values[i] >= 0 && values[next] >= 0)
			draw_path(d->c, p, 2, paint);
	}
}

static void dots_draw(const struct radar *d)
{
	const struct canvas *c = d->c;

	for (size_t i = 0; i < d->axes; i++) {
		struct pdf_point p = point(d, i, d->now[i] < 0 ? 100 : d->now[i], PDF_MOVE);
		struct pdf_paint hollow = {.fill = 0xffffff, .stroke = tint(c, TINT_MISSING), .width = 1};

		draw_circle(c, p.x, p.y, c->em * 0.3f, d->now[i] < 0 ? hollow : paint_fill(tint(c, TINT_ACCENT)));
	}
}

static void scale_draw(const struct radar *d)
{
	const struct canvas *c = d->c;
	struct style s = style_sized(style_small(c), c->em * 0.7f);
	float w = c->em * 2;

	for (int ring = 2; ring <= RINGS; ring += 2) {
		struct pdf_point p = point(d, 0, 100.0 * ring / RINGS, PDF_MOVE);

		text_line(c, p.x - w - 2, p.y + s.size * (ring == RINGS ? 1.2f : 0.9f), w, s, ALIGN_RIGHT, span_of(ring == RINGS ? "100" : "50"));
	}
}

/* What stands under an axis' name; the short form where the long one has no room. */
static struct span axis_form(const struct radar *d, size_t i, bool brief)
{
	struct arena *a = d->c->arena;
	struct span now = d->now[i] < 0 ? SPAN("not assessed") : number_text(d->c, d->now[i], d->c->d->unit);

	if (d->target[i] < 0)
		return now;
	if (brief)
		return span_of(d->now[i] < 0 ? "not assessed" : arena_printf(a, "%.*s → %.*s", SPAN_ARG(now), SPAN_ARG(number_text(d->c, d->target[i], d->c->d->unit))));
	return span_of(arena_printf(a, "%.*s, target %.*s", SPAN_ARG(now), SPAN_ARG(number_text(d->c, d->target[i], d->c->d->unit))));
}

static struct span axis_value(const struct radar *d, size_t i, float w)
{
	struct span full = axis_form(d, i, false);

	return text_span_width(d->c, style_small(d->c), full) <= w ? full : axis_form(d, i, true);
}

/* The name and the numbers of an axis at its outer end, in the box that is free there. */
static void label_draw(const struct radar *d, size_t i)
{
	const struct canvas *c = d->c;
	float a = angle(d, i), out = d->r + c->em * 0.9f, x = d->cx + out * sinf(a), y = d->cy - out * cosf(a), w, left, h;
	struct span name = cell(c->d, i, 0);
	size_t most = d->axes > 8 ? 1 : 2;
	enum align align = fabsf(sinf(a)) < 0.2f ? ALIGN_CENTRE : sinf(a) > 0 ? ALIGN_LEFT : ALIGN_RIGHT;

	if (align == ALIGN_CENTRE) {
		w = fminf(c->em * 16, 2 * (out * sinf(2 * (float)M_PI / (float)(d->axes < 4 ? 4 : d->axes)) - c->em * 0.4f));
		left = x - w / 2;
	} else {
		left = align == ALIGN_LEFT ? x : c->x;
		w = align == ALIGN_LEFT ? c->x + c->w - x : x - c->x;
	}
	h = text_height(c, w, most, style_bold(c), name) + line_height(style_small(c));
	y -= h / 2 * (1 + cosf(a));
	y += text_block(c, left, y, w, most, style_bold(c), align, name);
	text_block(c, left, y, w, 1, style_in(style_small(c), tint(c, TINT_INK)), align, axis_value(d, i, w));
}

/* Which line is which, below the web. Returns its height. */
static float key_draw(const struct radar *d, float y)
{
	static const char *const otherwise[] = {"now", "target"};
	const struct canvas *c = d->c;
	struct style s = style_in(style_small(c), tint(c, TINT_INK));
	float line = c->em * 1.8f, w = fminf(c->em * 8, c->w / 2 - line - c->em), x = d->cx - line - w, base = y + line_ascent(s);

	for (size_t i = 0; i < 2; i++, x = d->cx + c->em) {
		struct span name = c->d->heads && i + 1 < c->d->columns && c->d->heads[i + 1].n ? c->d->heads[i + 1] : span_of(otherwise[i]);
		float own = fminf(text_span_width(c, s, name) + 0.1f, w), left = i ? x : d->cx - c->em - own - line - 3, mid = base - s.size * 0.3f;
		struct pdf_point p[] = {{.step = PDF_MOVE, .x = left, .y = mid}, {.step = PDF_LINE, .x = left + line, .y = mid}};
		struct pdf_paint target = {.fill = -1, .stroke = tint(c, TINT_INK), .width = 0.9f, .dash = 3};

		draw_path(c, p, 2, i ? target : paint_line(tint(c, TINT_ACCENT), 1.6f));
		text_line(c, left + line + 3, base, own, s, ALIGN_LEFT, name);
	}
	return line_height(s);
}

static double number_or(const struct chart *d, size_t row, size_t column)
{
	double v;

	return cell_number(d, row, column, &v) ? fmax(v, 0) : -1;
}

/* Too few axes for an area, or too little room for their names. */
static float as_bars(struct canvas *c)
{
	struct chart *d = arena_alloc(c->arena, sizeof(*d));

	*d = *c->d;
	d->max = 100;
	c->d = d;
	return chart_bars(c);
}

float chart_radar(struct canvas *c)
{
	struct radar d = {.c = c, .axes = c->d->rows < AXES_MAX ? c->d->rows : AXES_MAX};
	float size = c->d->size > 0 ? c->d->size : 26 * c->em, edge = c->em * 4.2f, h;

	size *= c->d->size > 0 ? c->em / 8.5f : 1;
	if (c->at->max_height > 0)
		size = fminf(size, c->at->max_height);
	size = fmaxf(fminf(size, 60 * c->em), 14 * c->em);
	d.r = fmaxf(fminf(size / 2 - edge, c->w / 2 - c->em * 6.5f), c->em * 3);
	if (c->d->rows < 3 || d.r < c->em * (d.axes > 8 ? 7 : 5))
		return as_bars(c);
	d.cx = c->x + c->w / 2;
	d.cy = c->y + edge + d.r + c->em * 0.6f;
	for (size_t i = 0; i < d.axes; i++) {
		d.now[i] = number_or(c->d, i, 1);
		d.target[i] = number_or(c->d, i, 2);
	}
	web_draw(&d);
	area_draw(&d);
	outline_draw(&d, d.target, (struct pdf_paint){.fill = -1, .stroke = tint(c, TINT_INK), .width = 0.9f, .dash = 3});
	outline_draw(&d, d.now, paint_line(tint(c, TINT_ACCENT), 1.6f));
	dots_draw(&d);
	scale_draw(&d);
	for (size_t i = 0; i < d.axes; i++)
		label_draw(&d, i);
	h = 2 * (edge + d.r + c->em * 0.6f);
	if (c->d->columns > 2)
		h += key_draw(&d, c->y + h);
	return h + rows_note(c, c->y + h, d.axes, c->d->rows);
}
