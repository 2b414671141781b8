/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_CHART_SHAPE_H
#define REPORT_CHART_SHAPE_H
/* Colours and shapes of the charts, and the list of their kinds. */
#include "chart-text.h"

int32_t tint(const struct canvas *c, enum tint t);
/* The colour named in a cell (severity, grade A-E, theme); `otherwise` when it names none. */
int32_t tint_named(const struct canvas *c, struct span name, int32_t otherwise);
/* The letter of a severity or grade, 0 for other names. */
char sign_letter(struct span name);
/* Towards white: 0 is the colour itself, 1 is white. */
int32_t colour_lighter(int32_t colour, float part);
/* Black or white, whichever reads better on it. */
int32_t colour_on(int32_t background);
/* As in WCAG 2.1: 1 to 21. */
float colour_contrast(int32_t a, int32_t b);

void draw_rect(const struct canvas *c, float x, float y, float w, float h, struct pdf_paint paint);
void draw_line(const struct canvas *c, float x0, float y0, float x1, float y1, int32_t colour, float width);
void draw_path(const struct canvas *c, const struct pdf_point *p, size_t n, struct pdf_paint paint);
void draw_circle(const struct canvas *c, float x, float y, float r, struct pdf_paint paint);
/* A rectangle with hatching: not assessed. */
void draw_hatched(const struct canvas *c, float x, float y, float w, float h);
/* The shape of a severity or grade (different for each, for greyscale) with its letter; other names: a plain square. */
void draw_sign(const struct canvas *c, float x, float y, float size, struct span name, int32_t colour);
void draw_arrow(const struct canvas *c, float x0, float x1, float y, int32_t colour);
struct pdf_paint paint_fill(int32_t colour);
struct pdf_paint paint_line(int32_t colour, float width);

/* Kinds, one per registry line in chart.c: each draws below c->y and returns the height that it takes. */
float chart_donut(struct canvas *c);
float chart_bars(struct canvas *c);
float chart_radar(struct canvas *c);
float chart_heatmap(struct canvas *c);
float chart_matrix(struct canvas *c);
float chart_roadmap(struct canvas *c);
float chart_path(struct canvas *c);
float chart_map(struct canvas *c);
float chart_cards(struct canvas *c);
float chart_network(struct canvas *c);
#endif
