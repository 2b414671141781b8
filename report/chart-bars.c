// SPDX-License-Identifier: Apache-2.0
// Bars: one value with a target mark, or parts stacked. The numbers stand right of the bars, aligned.
#include "chart-shape.h"

#include <math.h>

enum { PARTS_MAX = 8, TOP = 12 };

struct bars {
	struct canvas *c;
	size_t rows, parts;
	double max;
	bool target;
	float label_w, bar_x, bar_w, value_x, value_w, target_w; /* columns, from the left */
	float row_h, thick;
	int32_t colour[PARTS_MAX];
};

static bool named_missing(struct span name)
{
	return span_ieq(name, "missing") || span_ieq(name, "not assessed");
}

/* Column `part` + 1; the last part is the sum of all columns from there on. False when it holds no number. */
static bool part_value(const struct bars *b, size_t row, size_t part, double *value)
{
	const struct chart *d = b->c->d;
	size_t end = part + 1 == b->parts && b->parts > 1 ? d->columns : part + 2;
	bool any = false;
	double v;

	*value = 0;
	for (size_t i = part + 1; i < end; i++) {
		if (!cell_number(d, row, i, &v))
			continue;
		any = true;
		*value += b->parts > 1 && v < 0 ? 0 : v;
	}
	return any;
}

/* Sum of the parts that are numbers above 0; false when none was assessed. */
static bool row_total(const struct bars *b, size_t row, double *total)
{
	bool any = false;
	double v;

	*total = 0;
	for (size_t i = 0; i < b->parts; i++) {
		any = part_value(b, row, i, &v) || any;
		*total += v;
	}
	return any;
}

static struct span value_text(const struct bars *b, size_t row)
{
	double v;

	if (!row_total(b, row, &v))
		return SPAN("not assessed");
	return number_text(b->c, v, b->c->d->unit);
}

static struct span target_text(const struct bars *b, size_t row)
{
	double v;

	return cell_number(b->c->d, row, 2, &v) ? number_text(b->c, v, b->c->d->unit) : SPAN("–");
}

static struct span head(const struct canvas *c, size_t column)
{
	if (c->d->stacked && column == PARTS_MAX && c->d->columns > PARTS_MAX + 1)
		return SPAN("other");
	return c->d->heads && column < c->d->columns ? c->d->heads[column] : SPAN_NONE;
}

static void parts_colour(struct bars *b)
{
	const struct canvas *c = b->c;

	for (size_t i = 0; i < b->parts; i++) {
		float light = b->parts > 1 ? 0.75f * (float)i / (float)(b->parts - 1) : 0;

		b->colour[i] = tint_named(c, head(c, i + 1), colour_lighter(tint(c, TINT_ACCENT), light));
	}
}

static void scale_set(struct bars *b)
{
	double v, most = 0;

	for (size_t r = 0; r < b->rows; r++) {
		if (row_total(b, r, &v))
			most = fmax(most, v);
		if (b->target && cell_number(b->c->d, r, 2, &v))
			most = fmax(most, v);
	}
	b->max = b->c->d->max > 0 && isfinite(b->c->d->max) ? b->c->d->max : most > 0 ? most : 1;
}

static float widest(const struct bars *b, struct style s, struct span (*text)(const struct bars *, size_t), struct span top)
{
	float w = top.n ? text_span_width(b->c, style_small(b->c), top) : 0;

	for (size_t r = 0; r < b->rows; r++)
		w = fmaxf(w, text_span_width(b->c, s, text(b, r)));
	return w;
}

static struct span label_text(const struct bars *b, size_t row)
{
	return cell(b->c->d, row, 0);
}

static bool label_signed(const struct bars *b, size_t row)
{
	return tint_named(b->c, cell(b->c->d, row, 0), -1) >= 0;
}

static void columns_set(struct bars *b)
{
	const struct canvas *c = b->c;
	float gap = c->em * 0.8f, sign = 0;

	for (size_t r = 0; r < b->rows; r++)
		sign = label_signed(b, r) ? 1.5f * c->em : sign;
	b->label_w = fminf(widest(b, style_text(c), label_text, SPAN_NONE) + sign + 1, c->w * (c->w < 20 * c->em ? 0.34f : 0.46f));
	b->value_w = fminf(widest(b, style_bold(c), value_text, b->target ? head(c, 1) : SPAN_NONE) + 1, c->w * (c->w < 30 * c->em ? 0.4f : 0.25f));
	b->target_w = b->target ? fminf(widest(b, style_text(c), target_text, head(c, 2)) + 1, c->w * 0.18f) : 0;
	b->bar_x = c->x + b->label_w + gap;
	b->value_x = c->x + c->w - b->value_w - (b->target ? b->target_w + gap : 0);
	b->bar_w = b->value_x - gap - b->bar_x;
}

/* What the columns mean, above them; for stacked bars each part's colour and name. Returns the height. */
static float heads_draw(const struct bars *b, float y)
{
	const struct canvas *c = b->c;
	struct style s = style_small(c);
	float x = b->bar_x, h = line_height(s), base = y + line_ascent(s), size = c->em * 0.8f;

	if (b->target) {
		text_line(c, b->value_x, base, b->value_w, s, ALIGN_RIGHT, head(c, 1));
		text_line(c, c->x + c->w - b->target_w, base, b->target_w, s, ALIGN_RIGHT, head(c, 2));
		return h + 0.2f * c->em;
	}
	if (b->parts < 2)
		return 0;
	for (size_t i = 0; i < b->parts; i++) {
		float w = size * 1.5f + fminf(text_span_width(c, s, head(c, i + 1)), c->em * 11) + c->em * 1.2f;

		if (x + w - c->em * 1.2f > c->x + c->w && x > b->bar_x) {
			x = b->bar_x;
			y += h;
			base += h;
		}
		if (named_missing(head(c, i + 1)))
			draw_hatched(c, x, base - size * 0.85f, size, size);
		else
			draw_sign(c, x, base - size * 0.85f, size, head(c, i + 1), b->colour[i]);
		text_line(c, x + size * 1.4f, base, fminf(w - size * 1.4f, c->x + c->w - x - size * 1.4f), s, ALIGN_LEFT, head(c, i + 1));
		x += w;
	}
	return base - line_ascent(s) + h + 0.2f * c->em - (b->c->y);
}

static void bar_plain(const struct bars *b, size_t row, float y)
{
	const struct canvas *c = b->c;
	int32_t colour = tint_named(c, cell(c->d, row, 0), tint(c, TINT_ACCENT));
	double v;

	if (c->d->max > 0)
		draw_rect(c, b->bar_x, y, b->bar_w, b->thick, paint_fill(colour_lighter(tint(c, TINT_LINE), 0.45f)));
	if (cell_number(c->d, row, 1, &v))
		draw_rect(c, b->bar_x, y, b->bar_w * (float)fmin(fmax(v / b->max, 0), 1), b->thick, paint_fill(colour));
	else
		draw_hatched(c, b->bar_x, y, b->bar_w, b->thick);
	if (b->target && cell_number(c->d, row, 2, &v)) {
		float x = b->bar_x + b->bar_w * (float)fmin(fmax(v / b->max, 0), 1), over = b->thick * 0.22f;

		x = fminf(x, b->bar_x + b->bar_w - 1.2f);
		draw_rect(c, x - 0.6f, y - over, 2.8f, b->thick + 2 * over, paint_fill(0xffffff));
		draw_rect(c, x, y - over, 1.6f, b->thick + 2 * over, paint_fill(tint(c, TINT_INK)));
	}
}

/* The part's number, with its severity's letter when both have room; absent when even the number has none. */
static struct span part_text(const struct bars *b, size_t part, double v, struct style s, float room)
{
	const struct canvas *c = b->c;
	struct span number = number_text(c, v, SPAN_NONE), both;
	char letter = sign_letter(head(c, part + 1));

	both = letter ? span_of(arena_printf(c->arena, "%c %.*s", letter, SPAN_ARG(number))) : number;
	if (text_span_width(c, s, both) <= room)
		return both;
	return text_span_width(c, s, number) <= room ? number : SPAN_NONE;
}

static void number_ground(const struct canvas *c, float middle, float y, float w, float thick)
{
	draw_rect(c, middle - w / 2, y + 0.12f * thick, w, 0.76f * thick, paint_fill(0xffffff));
}

static void bar_stacked(const struct bars *b, size_t row, float y)
{
	const struct canvas *c = b->c;
	float x = b->bar_x, end = b->bar_x + b->bar_w;
	double v;

	if (!row_total(b, row, &v)) {
		draw_hatched(c, x, y, b->bar_w, b->thick);
		return;
	}
	for (size_t i = 0; i < b->parts; i++) {
		struct style s = style_sized(style_bold(c), c->em * 0.86f);
		struct span text;
		float w;

		if (!part_value(b, row, i, &v) || v <= 0)
			continue;
		w = fminf(b->bar_w * (float)fmin(v / b->max, 1), end - x);
		if (named_missing(head(c, i + 1))) {
			draw_hatched(c, x, y, w - 0.8f, b->thick);
			s.colour = tint(c, TINT_INK);
		} else {
			draw_rect(c, x, y, fmaxf(w - 0.8f, fminf(w, 0.4f)), b->thick, paint_fill(b->colour[i]));
			s.colour = colour_on(b->colour[i]);
		}
		text = part_text(b, i, v, s, w - 4);
		if (text.n && named_missing(head(c, i + 1)))
			number_ground(c, x + (w - 0.8f) / 2, y, text_span_width(c, s, text) + 3, b->thick);
		if (text.n)
			text_line(c, x, y + b->thick * 0.5f + s.size * 0.36f, w - 0.8f, s, ALIGN_CENTRE, text);
		x += w;
	}
}

static void row_draw(const struct bars *b, size_t row, float y)
{
	const struct canvas *c = b->c;
	float base = y + b->row_h * 0.5f + c->em * 0.36f, bar_y = y + (b->row_h - b->thick) / 2, sign = 0;
	double v;

	if (label_signed(b, row)) {
		draw_sign(c, c->x, base - c->em * 0.86f, c->em, cell(c->d, row, 0), tint_named(c, cell(c->d, row, 0), 0));
		sign = 1.5f * c->em;
	}
	text_line(c, c->x + sign, base, b->label_w - sign, style_text(c), ALIGN_LEFT, cell(c->d, row, 0));
	if (b->parts > 1)
		bar_stacked(b, row, bar_y);
	else
		bar_plain(b, row, bar_y);
	if (row_total(b, row, &v))
		number_line(c, b->value_x, base, b->value_w, style_bold(c), ALIGN_RIGHT, v, c->d->unit);
	else
		text_line(c, b->value_x, base, b->value_w, style_in(style_text(c), tint(c, TINT_MUTED)), ALIGN_RIGHT, value_text(b, row));
	if (b->target && cell_number(c->d, row, 2, &v))
		number_line(c, c->x + c->w - b->target_w, base, b->target_w, style_text(c), ALIGN_RIGHT, v, c->d->unit);
	else if (b->target)
		text_line(c, c->x + c->w - b->target_w, base, b->target_w, style_text(c), ALIGN_RIGHT, target_text(b, row));
}

float chart_bars(struct canvas *c)
{
	struct bars b = {.c = c, .parts = 1, .target = !c->d->stacked && c->d->columns > 2};
	size_t top = c->d->top ? c->d->top : TOP;
	float y = c->y;

	b.rows = c->d->rows < top ? c->d->rows : top;
	if (c->d->stacked)
		b.parts = c->d->columns - 1 < PARTS_MAX ? c->d->columns - 1 : PARTS_MAX;
	b.row_h = c->em * 1.85f;
	b.thick = c->em * (b.parts > 1 ? 1.3f : 1.0f);
	b.rows = rows_fit(c, b.rows, b.row_h, b.target || b.parts > 1 ? c->em * 1.5f : 0);
	parts_colour(&b);
	scale_set(&b);
	columns_set(&b);
	y += heads_draw(&b, y);
	if (c->d->max <= 0)
		draw_line(c, b.bar_x - 0.5f, y, b.bar_x - 0.5f, y + (float)b.rows * b.row_h, tint(c, TINT_MUTED), 0.6f);
	for (size_t r = 0; r < b.rows; r++, y += b.row_h)
		row_draw(&b, r, y);
	return y - c->y + rows_note(c, y, b.rows, c->d->rows);
}
