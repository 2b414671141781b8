// SPDX-License-Identifier: Apache-2.0
// Grids: a heat map of rows and columns, and the 5×5 matrix of likelihood and impact.
#include "chart-shape.h"

#include <math.h>

enum { LINES_MAX = 40, COLUMNS_MAX = 12, TOP = 12, LEVELS = 5, CELL_LABELS_MAX = 60 };

struct heat {
	struct canvas *c;
	struct span row[LINES_MAX], column[COLUMNS_MAX];
	size_t rows, columns, shown, all; /* all: distinct rows, also those that are not kept */
	size_t left_out;	    /* cells in columns that are not kept */
	size_t at[LINES_MAX][COLUMNS_MAX]; /* row of the table + 1, 0: none */
	double max;
	float label_w, cell_w, row_h;
	bool missing;
};

static size_t place_find(struct span *list, size_t *n, size_t most, struct span name)
{
	for (size_t i = 0; i < *n; i++)
		if (span_is(list[i], name))
			return i;
	if (*n == most)
		return most;
	list[*n] = name;
	return (*n)++;
}

static bool row_seen(const struct chart *d, size_t row)
{
	for (size_t r = row; r-- > 0;)
		if (span_is(cell(d, r, 0), cell(d, row, 0)))
			return true;
	return false;
}

static void heat_read(struct heat *h, size_t top)
{
	const struct chart *d = h->c->d;
	double v;

	for (size_t r = 0; r < d->rows; r++) {
		size_t row = place_find(h->row, &h->rows, top, cell(d, r, 0));
		size_t column = place_find(h->column, &h->columns, COLUMNS_MAX, cell(d, r, 1));

		h->all += row == top && !row_seen(d, r);
		h->left_out += row < top && column == COLUMNS_MAX;
		if (row == top || column == COLUMNS_MAX)
			continue;
		h->at[row][column] = r + 1;
		h->missing = h->missing || !cell(d, r, 2).p;
		if (cell_number(d, r, 2, &v))
			h->max = fmax(h->max, v);
	}
	h->all += h->rows;
}

/* Most values stay light enough for black figures; the darkest carry white ones. */
static int32_t heat_colour(const struct heat *h, size_t r)
{
	const struct canvas *c = h->c;
	double v;

	if (cell_number(c->d, r, 2, &v))
		return v <= 0 ? 0xffffff : colour_lighter(tint(c, TINT_ACCENT), 0.88f - 0.88f * (float)fmin(v / h->max, 1));
	return colour_lighter(tint_named(c, cell(c->d, r, 2), tint(c, TINT_LINE)), 0);
}

static void heat_cell(const struct heat *h, size_t row, size_t column, float x, float y)
{
	const struct canvas *c = h->c;
	float w = h->cell_w - 1.5f, high = h->row_h - 1.5f;
	size_t r = h->at[row][column];
	int32_t colour;
	struct style s;
	double v;

	if (!r || !cell(c->d, r - 1, 2).p) {
		if (r)
			draw_hatched(c, x, y, w, high);
		else
			draw_rect(c, x, y, w, high, paint_line(colour_lighter(tint(c, TINT_LINE), 0.4f), 0.4f));
		return;
	}
	r--;
	colour = heat_colour(h, r);
	draw_rect(c, x, y, w, high, (struct pdf_paint){.fill = colour, .stroke = colour == 0xffffff ? tint(c, TINT_LINE) : colour, .width = 0.4f});
	s = style_in(style_text(c), colour_on(colour));
	if (cell_number(c->d, r, 2, &v))
		number_line(c, x + 1, y + high / 2 + c->em * 0.36f, w - 2, s, ALIGN_CENTRE, v, c->d->unit);
	else
		text_line(c, x + 1, y + high / 2 + c->em * 0.36f, w - 2, s, ALIGN_CENTRE, cell(c->d, r, 2));
}

static float heat_heads(const struct heat *h)
{
	const struct canvas *c = h->c;
	struct style s = style_in(style_small(c), tint(c, TINT_INK));
	float x = c->x + h->label_w, most = 0;
	struct span name[COLUMNS_MAX];

	for (size_t i = 0; i < h->columns; i++) {
		name[i] = words_shortened(c, h->cell_w - 3, s, h->column[i]);
		most = fmaxf(most, text_height(c, h->cell_w - 3, 3, s, name[i]));
	}
	for (size_t i = 0; i < h->columns; i++) {
		float own = text_height(c, h->cell_w - 3, 3, s, name[i]);

		text_block(c, x + (float)i * h->cell_w + 0.75f, c->y + most - own, h->cell_w - 3, 3, s, ALIGN_CENTRE, name[i]);
	}
	return most + c->em * 0.3f;
}

static float heat_note(const struct heat *h, float y)
{
	const struct canvas *c = h->c;
	struct style s = style_small(c);
	float size = c->em * 0.9f, x = c->x + h->label_w;

	if (!h->missing)
		return 0;
	draw_hatched(c, x, y + c->em * 0.4f, size, size);
	text_line(c, x + size * 1.5f, y + c->em * 0.3f + line_ascent(s), c->x + c->w - x - size * 1.5f, s, ALIGN_LEFT, SPAN("not assessed"));
	return line_height(s) + c->em * 0.4f;
}

float chart_heatmap(struct canvas *c)
{
	struct heat *h = arena_alloc(c->arena, sizeof(*h));
	size_t top = c->d->top && c->d->top < LINES_MAX ? c->d->top : c->d->top ? LINES_MAX : TOP;
	float y;

	h->c = c;
	heat_read(h, top);
	for (size_t i = 0; i < h->rows; i++)
		h->label_w = fmaxf(h->label_w, text_span_width(c, style_text(c), h->row[i]) + c->em * 0.8f);
	h->label_w = fminf(h->label_w, c->w * (c->w > 36 * c->em ? 0.4f : 0.32f));
	h->cell_w = fminf((c->w - h->label_w) / (float)h->columns, 11 * c->em);
	h->row_h = c->em * 2;
	y = c->y + heat_heads(h);
	h->shown = rows_fit(c, h->rows, h->row_h, y - c->y + 2 * c->em);
	for (size_t r = 0; r < h->shown; r++, y += h->row_h) {
		text_line(c, c->x, y + h->row_h / 2 + c->em * 0.3f, h->label_w - c->em * 0.6f, style_text(c), ALIGN_LEFT, h->row[r]);
		for (size_t i = 0; i < h->columns; i++)
			heat_cell(h, r, i, c->x + h->label_w + (float)i * h->cell_w + 0.75f, y + 0.75f);
	}
	y += heat_note(h, y);
	if (h->left_out) {
		struct style s = style_small(c);
		const char *text = arena_printf(c->arena, h->left_out == 1 ? "%zu cell in a further column is not shown" : "%zu cells in further columns are not shown",
						h->left_out);

		text_line(c, c->x, y + line_ascent(s), c->w, s, ALIGN_LEFT, span_of(text));
		y += line_height(s);
	}
	return y - c->y + rows_note(c, y, h->shown, h->all);
}

struct matrix {
	struct canvas *c;
	float x, y, cell_w, cell_h; /* of the grid */
	size_t unrated;
};

/* Level of a product of likelihood and impact; docs/templates.md tells it to readers. */
static struct span level_of(int score)
{
	return score >= 20 ? SPAN("critical") : score >= 10 ? SPAN("high") : score >= 5 ? SPAN("medium") : SPAN("low");
}

static int scale_value(const struct chart *d, size_t row, size_t column)
{
	double v;

	if (!cell_number(d, row, column, &v) || v < 0.5 || v >= LEVELS + 0.5)
		return 0;
	return (int)lround(v);
}

/* Lays the first `n` of a cell's labels out in lines, then `rest` where it is given; false, and nothing more drawn, when they do not fit. */
static bool cell_labels(const struct matrix *m, const size_t *row, size_t n, struct span rest, float x, float y, bool draw)
{
	const struct canvas *c = m->c;
	struct style s = style_in(style_small(c), tint(c, TINT_INK));
	float room = m->cell_w - c->em * 0.7f, left = x + c->em * 0.35f, at = left, base = y + c->em * 0.25f + line_ascent(s);
	float gap = c->em * 0.45f;

	for (size_t i = 0; i < n + (rest.n > 0); i++) {
		struct span label = i < n ? cell(c->d, row[i], 2) : rest, anchor = i < n ? cell(c->d, row[i], 3) : SPAN_NONE;
		float w = fminf(text_span_width(c, s, label) + 0.1f, room), right = left + room;

		/* The lowest line leaves its end to the sign of the cell's level. */
		if (base + line_height(s) > y + m->cell_h - c->em * 0.2f)
			right -= c->em * 1.2f;
		if (at > left && at + w > right) {
			at = left;
			base += line_height(s);
		}
		if (base + s.size * 0.3f > y + m->cell_h - c->em * 0.2f)
			return false;
		if (draw)
			text_line(c, at, base, w, s, ALIGN_LEFT, label);
		if (draw && anchor.n && c->at->link)
			c->at->link(c->at->user, anchor, c->at->x + at, c->at->y + base - s.size, w, line_height(s));
		at += w + gap;
	}
	return true;
}

/* As many labels as the cell holds; "+3" stands for those that it does not. */
static void cell_fill(const struct matrix *m, const size_t *row, size_t n, size_t all, float x, float y)
{
	struct span rest = SPAN_NONE;
	size_t shown = n;

	while (shown && !cell_labels(m, row, shown, rest = all > shown ? span_of(arena_printf(m->c->arena, "+%zu", all - shown)) : SPAN_NONE, x, y, false))
		shown--;
	if (shown)
		cell_labels(m, row, shown, rest, x, y, true);
	else if (all)
		number_line(m->c, x + 2, y + m->cell_h / 2 + m->c->em * 0.55f, m->cell_w - 4, style_sized(style_bold(m->c), m->c->em * 1.5f), ALIGN_CENTRE,
			    (double)all, SPAN_NONE);
}

static void matrix_cell(const struct matrix *m, int likelihood, int impact)
{
	const struct canvas *c = m->c;
	float x = m->x + (float)(likelihood - 1) * m->cell_w, y = m->y + (float)(LEVELS - impact) * m->cell_h, h = m->cell_h;
	struct span level = level_of(likelihood * impact);
	int32_t colour = tint_named(c, level, 0);
	size_t row[CELL_LABELS_MAX], n = 0, all = 0;

	for (size_t r = 0; r < c->d->rows; r++) {
		if (scale_value(c->d, r, 0) != likelihood || scale_value(c->d, r, 1) != impact)
			continue;
		all++;
		if (n < CELL_LABELS_MAX)
			row[n++] = r;
	}
	draw_rect(c, x + 0.75f, y + 0.75f, m->cell_w - 1.5f, h - 1.5f, paint_fill(colour_lighter(colour, all ? 0.72f : 0.86f)));
	draw_sign(c, x + m->cell_w - c->em * 1.25f, y + h - c->em * 1.25f, c->em * 0.95f, level, colour);
	cell_fill(m, row, n, all, x, y);
}

static void matrix_axes(const struct matrix *m)
{
	const struct canvas *c = m->c;
	struct style s = style_text(c), b = style_bold(c);
	float bottom = m->y + LEVELS * m->cell_h;

	text_line(c, c->x, c->y + line_ascent(b), c->w, b, ALIGN_LEFT, SPAN("Impact"));
	for (int i = 1; i <= LEVELS; i++) {
		struct span n = number_text(c, i, SPAN_NONE);

		text_line(c, c->x, m->y + ((float)(LEVELS - i) + 0.5f) * m->cell_h + c->em * 0.36f, m->x - c->x - c->em * 0.6f, s, ALIGN_RIGHT, n);
		text_line(c, m->x + (float)(i - 1) * m->cell_w, bottom + line_ascent(s) + 1, m->cell_w, s, ALIGN_CENTRE, n);
	}
	text_line(c, m->x, bottom + line_height(s) + line_ascent(b), LEVELS * m->cell_w, b, ALIGN_RIGHT, SPAN("Likelihood"));
}

float chart_matrix(struct canvas *c)
{
	struct matrix m = {.c = c, .x = c->x + c->em * 1.8f, .y = c->y + c->em * 1.6f};
	float y, frame = c->em * 5.6f;

	m.cell_w = (c->w - c->em * 1.8f) / LEVELS;
	m.cell_h = c->em * 4.4f;
	if (c->at->max_height > 0)
		m.cell_h = fmaxf(fminf(m.cell_h, (c->at->max_height - frame) / LEVELS), c->em * 2.6f);
	for (size_t r = 0; r < c->d->rows; r++)
		m.unrated += !scale_value(c->d, r, 0) || !scale_value(c->d, r, 1);
	for (int likelihood = 1; likelihood <= LEVELS; likelihood++)
		for (int impact = 1; impact <= LEVELS; impact++)
			matrix_cell(&m, likelihood, impact);
	matrix_axes(&m);
	y = m.y + LEVELS * m.cell_h + 2 * line_height(style_text(c)) + 1;
	if (m.unrated) {
		struct style s = style_small(c);

		text_line(c, c->x, y + line_ascent(s), c->w, s, ALIGN_LEFT, span_of(arena_printf(c->arena, "%zu not rated", m.unrated)));
		y += line_height(s);
	}
	return y - c->y;
}
