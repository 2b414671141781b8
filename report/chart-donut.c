// SPDX-License-Identifier: Apache-2.0
// Donut: at most five slices with their labels beside them, joined by a line. More slices become "other".
#include "chart-shape.h"

#include <math.h>

enum { SLICES = 5 };

struct slice {
	struct span label, colour_name;
	double value;
	int32_t colour;
	bool missing;
	float from, to; /* angles, clockwise from the top */
	float y;	/* of its label's middle */
};
struct donut {
	struct canvas *c;
	struct slice at[SLICES];
	size_t n, unknown; /* unknown: rows without a number */
	double total;
	float cx, cy, r, hole, side; /* side: width of the labels */
	float label_h;
};

static void slice_add(struct donut *d, size_t row, double v)
{
	const struct chart *t = d->c->d;
	struct slice *s;

	if (d->n < SLICES) {
		s = &d->at[d->n++];
		*s = (struct slice){.label = cell(t, row, 0), .colour_name = cell(t, row, 2)};
	} else {
		s = &d->at[SLICES - 1];
		s->label = SPAN("other");
		s->colour_name = SPAN_NONE;
	}
	s->value += v;
	d->total += v;
}

static void slices_read(struct donut *d)
{
	double v;

	for (size_t r = 0; r < d->c->d->rows; r++) {
		if (!cell_number(d->c->d, r, 1, &v))
			d->unknown++;
		else if (v > 0)
			slice_add(d, r, v);
	}
}

static void slices_place(struct donut *d)
{
	double before = 0;

	for (size_t i = 0; i < d->n; i++) {
		struct slice *s = &d->at[i];
		struct span name = s->colour_name.n ? s->colour_name : s->label;
		int32_t own = colour_lighter(tint(d->c, TINT_ACCENT), 0.2f * (float)i);

		s->from = (float)(before / d->total * 2 * M_PI);
		before += s->value;
		s->to = (float)(before / d->total * 2 * M_PI);
		s->colour = tint_named(d->c, name, own);
		s->missing = span_ieq(name, "missing") || span_ieq(name, "not assessed");
	}
}

/* The arc from angle a to b as curves of at most a quarter, appended to p. */
static size_t arc(struct pdf_point *p, const struct donut *d, float r, float a, float b, enum pdf_step first)
{
	int steps = (int)ceilf(fabsf(b - a) / ((float)M_PI / 2) - 0.001f);
	size_t n = 0;
	float step, k;

	steps = steps < 1 ? 1 : steps > 4 ? 4 : steps;
	step = (b - a) / (float)steps;
	k = 4.0f / 3 * tanf(step / 4) * r;
	p[n++] = (struct pdf_point){.step = first, .x = d->cx + r * sinf(a), .y = d->cy - r * cosf(a)};
	for (int i = 0; i < steps; i++) {
		float s = a + step * (float)i, e = s + step;
		struct pdf_point q = {.step = PDF_CURVE, .x = d->cx + r * sinf(e), .y = d->cy - r * cosf(e)};

		q.x1 = d->cx + r * sinf(s) + k * cosf(s);
		q.y1 = d->cy - r * cosf(s) + k * sinf(s);
		q.x2 = q.x - k * cosf(e);
		q.y2 = q.y - k * sinf(e);
		p[n++] = q;
	}
	return n;
}

static void slice_draw(const struct donut *d, const struct slice *s)
{
	struct pdf_paint paint = {.fill = s->colour, .stroke = 0xffffff, .width = 1.2f};
	struct pdf_point p[16];
	size_t n = arc(p, d, d->r, s->from, s->to, PDF_MOVE);

	if (s->missing)
		paint = (struct pdf_paint){.fill = 0xffffff, .stroke = tint(d->c, TINT_MISSING), .width = 0.8f, .dash = 2};
	if (d->n == 1) { /* a whole ring has no seam */
		draw_circle(d->c, d->cx, d->cy, d->r, paint);
		draw_circle(d->c, d->cx, d->cy, d->hole, (struct pdf_paint){.fill = 0xffffff, .stroke = paint.stroke, .width = 0.8f, .dash = paint.dash});
		return;
	}
	n += arc(p + n, d, d->hole, s->to, s->from, PDF_LINE);
	p[n++] = (struct pdf_point){.step = PDF_CLOSE};
	draw_path(d->c, p, n, paint);
}

/* The angle that a slice's label belongs to. */
static float middle(const struct donut *d, const struct slice *s)
{
	return d->n == 1 ? (float)M_PI / 2 : (s->from + s->to) / 2;
}

static bool on_right(const struct slice *s)
{
	return (s->from + s->to) / 2 <= (float)M_PI * 1.001f;
}

static size_t most_on_a_side(const struct donut *d)
{
	size_t right = 0;

	for (size_t i = 0; i < d->n; i++)
		right += on_right(&d->at[i]);
	return right > d->n - right ? right : d->n - right;
}

/* Labels of one side are moved apart so that none covers another: down from the top, then back up from the bottom. */
static void labels_spread(struct donut *d, bool right)
{
	struct slice *side[SLICES];
	size_t n = 0;
	float top = d->c->y + d->label_h / 2, bottom = 2 * d->cy - top;

	for (size_t i = 0; i < d->n; i++) {
		struct slice *s = &d->at[right ? i : d->n - 1 - i];

		if (on_right(s) == right)
			side[n++] = s;
	}
	for (size_t i = 0; i < n; i++)
		side[i]->y = fmaxf(d->cy - d->r * cosf(middle(d, side[i])), i ? side[i - 1]->y + d->label_h : top);
	for (size_t i = n; i-- > 0;)
		side[i]->y = fminf(side[i]->y, i + 1 < n ? side[i + 1]->y - d->label_h : bottom);
}

static struct span share_text(const struct donut *d, const struct slice *s)
{
	double percent = s->value / d->total * 100;
	struct span value = number_text(d->c, s->value, d->c->d->unit);
	const char *form = percent > 0 && percent < 1 ? "%.*s · < 1 %%" : percent < 100 && percent > 99 ? "%.*s · > 99 %%" : "%.*s · %.0f %%";

	return span_of(arena_printf(d->c->arena, form, SPAN_ARG(value), percent));
}

/* The number and its share, or the number alone where both have no room. */
static void share_line(const struct donut *d, const struct slice *s, float x, float base, float w, enum align align)
{
	const struct canvas *c = d->c;
	struct span both = share_text(d, s);

	if (text_span_width(c, style_bold(c), both) <= w)
		text_line(c, x, base, w, style_bold(c), align, both);
	else
		number_line(c, x, base, w, style_bold(c), align, s->value, c->d->unit);
}

static void label_draw(const struct donut *d, const struct slice *s)
{
	const struct canvas *c = d->c;
	bool right = on_right(s);
	float mid = middle(d, s), dir = right ? 1 : -1, x0 = d->cx + d->r * sinf(mid), y0 = d->cy - d->r * cosf(mid);
	float x1 = d->cx + dir * (d->r + c->em * 1.1f), x2 = x1 + dir * c->em * 0.5f, text = x2 + dir * c->em * 0.4f;
	float left = right ? text : c->x, w = right ? c->x + c->w - text : text - c->x, y = s->y - d->label_h / 2;
	enum align align = right ? ALIGN_LEFT : ALIGN_RIGHT;

	draw_line(c, x0, y0, x1, s->y, tint(c, TINT_MUTED), 0.5f);
	draw_line(c, x1, s->y, x2, s->y, tint(c, TINT_MUTED), 0.5f);
	share_line(d, s, left, y + line_ascent(style_bold(c)) + c->em * 0.1f, w, align);
	text_line(c, left, y + c->em * 1.3f + line_ascent(style_text(c)), w, style_text(c), align, s->label);
}

static void centre_draw(const struct donut *d)
{
	const struct canvas *c = d->c;
	struct span big = c->d->centre.n ? c->d->centre : number_text(c, d->total, SPAN_NONE);
	struct style s = style_sized(style_bold(c), c->em * 2.2f);
	float w = d->hole * 1.7f, wide = text_span_width(c, s, big), up = c->d->label.n ? 0 : c->em * 0.7f;

	if (wide > w)
		s.size = fmaxf(s.size * w / wide * 0.99f, c->em);
	if (c->d->centre.n)
		text_line(c, d->cx - w / 2, d->cy + c->em * 0.25f + up, w, s, ALIGN_CENTRE, big);
	else
		number_line(c, d->cx - w / 2, d->cy + c->em * 0.25f + up, w, s, ALIGN_CENTRE, d->total, SPAN_NONE);
	text_line(c, d->cx - w / 2, d->cy + c->em * 1.45f, w, style_small(c), ALIGN_CENTRE, c->d->label);
}

/* Narrow columns have no room at the sides: the labels stand below, each with its colour. */
static float labels_below(const struct donut *d, float y)
{
	const struct canvas *c = d->c;
	float h = c->em * 1.6f, value_w = 0;

	for (size_t i = 0; i < d->n; i++)
		value_w = fmaxf(value_w, text_span_width(c, style_bold(c), share_text(d, &d->at[i])) + 1);
	value_w = fminf(value_w, c->w * 0.5f);
	for (size_t i = 0; i < d->n; i++) {
		const struct slice *s = &d->at[i];
		float base = y + h * (float)i + c->em * 1.1f, x = c->x + c->em * 1.5f;

		if (s->missing)
			draw_hatched(c, c->x, base - c->em * 0.85f, c->em, c->em);
		else
			draw_sign(c, c->x, base - c->em * 0.85f, c->em, s->colour_name.n ? s->colour_name : s->label, s->colour);
		text_line(c, x, base, c->w - value_w - c->em * 2, style_text(c), ALIGN_LEFT, s->label);
		share_line(d, s, c->x + c->w - value_w, base, value_w, ALIGN_RIGHT);
	}
	return h * (float)d->n;
}

float chart_donut(struct canvas *c)
{
	struct donut d = {.c = c, .r = c->em * 6.2f, .label_h = c->em * 2.75f};
	bool narrow = c->w < 36 * c->em;
	float h;

	slices_read(&d);
	if (!d.n && !d.unknown)
		return 0;
	if (c->d->size > 0)
		d.r = fmaxf(c->em * 4, fminf(c->d->size / 2, 14 * c->em));
	d.r = fminf(d.r, c->w / 2 - 1);
	d.hole = d.r * 0.64f;
	d.cx = c->x + c->w / 2;
	if (d.n)
		slices_place(&d);
	d.cy = c->y + (narrow ? d.r + 1 : fmaxf(d.r + c->em, (float)most_on_a_side(&d) * d.label_h / 2));
	h = 2 * (d.cy - c->y);
	if (!d.n)
		draw_circle(c, d.cx, d.cy, d.r, (struct pdf_paint){.fill = -1, .stroke = tint(c, TINT_MISSING), .width = 0.8f, .dash = 2});
	for (size_t i = 0; i < d.n; i++)
		slice_draw(&d, &d.at[i]);
	if (d.n)
		centre_draw(&d);
	else
		text_block(c, d.cx - d.hole * 0.8f, d.cy - c->em * 1.3f, d.hole * 1.6f, 2, style_text(c), ALIGN_CENTRE, SPAN("not assessed"));
	if (narrow)
		h += c->em * 0.6f + labels_below(&d, c->y + h + c->em * 0.6f);
	labels_spread(&d, true);
	labels_spread(&d, false);
	for (size_t i = 0; i < d.n && !narrow; i++)
		label_draw(&d, &d.at[i]);
	if (d.n && d.unknown) {
		struct style s = style_small(c);

		text_line(c, c->x, c->y + h + line_ascent(s), c->w, s, ALIGN_CENTRE, span_of(arena_printf(c->arena, "%zu not assessed", d.unknown)));
		h += line_height(s);
	}
	return h;
}
