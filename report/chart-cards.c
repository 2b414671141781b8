// SPDX-License-Identifier: Apache-2.0
// Cards: a row of big figures, each with its label and a note.
#include "chart-shape.h"

#include <math.h>

enum { CARDS_MAX = 24 };

struct cards {
	struct canvas *c;
	float width, gap, value_size;
};

static struct style value_style(const struct cards *k, struct span text, int32_t colour, float room)
{
	struct style s = {FACE_BOLD, k->value_size, colour};
	float w = text_span_width(k->c, s, text);

	if (w > room)
		s.size = fmaxf(s.size * room / w * 0.99f, k->value_size * 0.55f);
	return s;
}

static struct span value_text(const struct canvas *c, size_t row)
{
	struct span s = cell(c->d, row, 1);
	double v;

	if (!s.p)
		return SPAN("–");
	return cell_number(c->d, row, 1, &v) ? number_text(c, v, c->d->unit) : s;
}

/* Draws card `row` with its upper left corner at x, y; returns its height. */
static float card_draw(const struct cards *k, size_t row, float x, float y)
{
	const struct canvas *c = k->c;
	struct span value = value_text(c, row), note = cell(c->d, row, 2);
	int32_t colour = tint_named(c, cell(c->d, row, 3), tint(c, TINT_ACCENT));
	bool missing = !cell(c->d, row, 1).p, graded = value.n == 1 && tint_named(c, value, -1) >= 0;
	float top = y, sign = 0;
	struct style s;
	double number;

	draw_rect(c, x, y, k->width, 1.6f, paint_fill(missing ? tint(c, TINT_MISSING) : colour));
	y += 0.55f * c->em + 1.6f;
	if (graded) {
		draw_sign(c, x, y, k->value_size, value, tint_named(c, value, colour));
		sign = k->width;
	} else if (cell(c->d, row, 3).n && tint_named(c, cell(c->d, row, 3), -1) >= 0) {
		draw_sign(c, x, y + k->value_size * 0.22f, k->value_size * 0.62f, cell(c->d, row, 3), colour);
		sign = k->value_size * 0.85f;
	}
	s = value_style(k, value, tint(c, missing ? TINT_MUTED : TINT_INK), k->width - sign);
	if (cell_number(c->d, row, 1, &number))
		number_line(c, x + sign, y + k->value_size * 0.85f, k->width - sign, s, ALIGN_LEFT, number, c->d->unit);
	else if (!graded)
		text_line(c, x + sign, y + k->value_size * 0.85f, k->width - sign, s, ALIGN_LEFT, value);
	y += k->value_size * 1.25f;
	y += text_block(c, x, y, k->width, 2, style_bold(c), ALIGN_LEFT, cell(c->d, row, 0));
	if (missing && !note.n)
		note = SPAN("not assessed");
	y += text_block(c, x, y, k->width, 3, style_small(c), ALIGN_LEFT, note);
	return y - top;
}

float chart_cards(struct canvas *c)
{
	struct cards k = {.c = c, .gap = c->em * 1.8f, .value_size = c->em * 2.5f};
	size_t n = c->d->rows < CARDS_MAX ? c->d->rows : CARDS_MAX;
	size_t most = (size_t)((c->w + k.gap) / (c->em * 8.5f + k.gap)), lines, across;
	float y = c->y;
	size_t i;

	most = most < 1 ? 1 : most > 6 ? 6 : most;
	lines = (n + most - 1) / most;
	across = (n + lines - 1) / lines;
	k.width = (c->w - (float)(across - 1) * k.gap) / (float)across;
	for (i = 0; i < n; i += across) {
		float h = 0, tallest = k.value_size * 1.25f + 8 * c->em;

		if (c->at->max_height > 0 && i && y + tallest - c->y > c->at->max_height)
			break;
		y += i ? c->em * 1.2f : 0;
		for (size_t j = i; j < i + across && j < n; j++)
			h = fmaxf(h, card_draw(&k, j, c->x + (float)(j - i) * (k.width + k.gap), y));
		y += h;
	}
	return y - c->y + rows_note(c, y, i < n ? i : n, c->d->rows);
}
