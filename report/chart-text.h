/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_CHART_TEXT_H
#define REPORT_CHART_TEXT_H
/*
 * Text of the charts that never leaves its box: it wraps at / : - . @ _ and is shortened with an ellipsis.
 * Everything is measured the same way whether it is drawn or not.
 */
#include "chart.h"

struct canvas {
	const struct chart_place *at;
	struct arena *arena;
	const struct chart *d;
	float x, y, w, em; /* counted from the place, so that every number is the same wherever it stands */
};
enum align { ALIGN_LEFT, ALIGN_CENTRE, ALIGN_RIGHT };
struct style {
	enum face face;
	float size;
	int32_t colour;
};

/* Styles: text, its bold face, smaller text beside it. */
struct style style_text(const struct canvas *c);
struct style style_bold(const struct canvas *c);
struct style style_small(const struct canvas *c);
struct style style_in(struct style s, int32_t colour);
struct style style_sized(struct style s, float size);

/* Cell `column` of row `row`; absent when it is NULL or there is no such column. */
struct span cell(const struct chart *d, size_t row, size_t column);
/* The number in a cell; false when it is NULL, no finite number, or beyond 1e15. */
bool cell_number(const struct chart *d, size_t row, size_t column, double *out);
/* As the documents print numbers: 1,234,567, 0.6, thousands separators from 10,000. */
struct span number_text(const struct canvas *c, double v, struct span unit);

/* A number in one line, never cut: too wide, it is told in thousands (k), millions (M), ..., then set smaller. */
float number_line(const struct canvas *c, float x, float y, float w, struct style s, enum align align, double v, struct span unit);
/* Each word that is wider than w, shortened: for headings, where a break inside a word reads worse. */
struct span words_shortened(const struct canvas *c, float w, struct style s, struct span text);
/* What the first `lines` lines of a block hold; the remainder goes to `rest`. */
struct span text_first(const struct canvas *c, float w, size_t lines, struct style s, struct span text, struct span *rest);

float text_span_width(const struct canvas *c, struct style s, struct span text);
/* One line inside w, shortened when needed; `y` is the baseline. Returns the width that it took. */
float text_line(const struct canvas *c, float x, float y, float w, struct style s, enum align align, struct span text);
/* Up to `most` lines below the top `y`; the last is shortened when there is more. Returns the height taken. */
float text_block(const struct canvas *c, float x, float y, float w, size_t most, struct style s, enum align align, struct span text);
/* The height that text_block would take. */
float text_height(const struct canvas *c, float w, size_t most, struct style s, struct span text);
float line_height(struct style s);
/* From the top of a line to its baseline. */
float line_ascent(struct style s);

/* How many of `n` rows fit below `used` points; when not all, one line is kept free to say so (see rows_note). */
size_t rows_fit(const struct canvas *c, size_t n, float row_height, float used);
/* "and 14 more" below the rows, nothing when shown == n. Returns its height. */
float rows_note(const struct canvas *c, float y, size_t shown, size_t n);
#endif
