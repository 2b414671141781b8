/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_CHART_H
#define REPORT_CHART_H
/*
 * Vector charts from a small table of text. Columns and options of each kind: docs/templates.md, "Blocks".
 * A chart stays inside its width, its height is the same whenever it is asked, and an empty table draws nothing.
 */
#include "pdf.h"
#include "theme.h"
#include "common/arena.h"

enum chart_kind {
	CHART_DONUT,
	CHART_BARS,
	CHART_RADAR,
	CHART_HEATMAP,
	CHART_MATRIX,
	CHART_ROADMAP,
	CHART_PATH,
	CHART_MAP,
	CHART_CARDS,
	CHART_NETWORK,
	CHARTS
};
struct chart {
	enum chart_kind kind;
	size_t rows, columns;
	const struct span *heads; /* column names */
	const struct span *cells; /* row after row; an absent span is NULL, which means not assessed */
	/* Options; absent or 0: the default of the kind. */
	struct span centre, label, unit;
	double max;
	bool stacked;
	size_t top;
	float size;
	int days;
};
/* What was drawn, told to a test: text with its ink's box and the box that it had to stay in. */
struct chart_mark {
	struct span text; /* absent: a shape */
	float x, y, w, h; /* of the ink */
	float box_x, box_w; /* of text: what it had to fit */
};
struct chart_place {
	struct pdf *pdf; /* NULL: nothing is drawn */
	const struct fonts *fonts;
	const struct theme *theme;
	float x, y, width;  /* the upper left corner, and how wide it may be */
	float em;	    /* size of its text; 8.5 for a document, 12 for a slide */
	float max_height;   /* rows are left out, and that is said, to stay below; 0: no limit */
	void (*link)(void *user, struct span anchor, float x, float y, float w, float h); /* may be NULL */
	void (*mark)(void *user, const struct chart_mark *m);				  /* may be NULL */
	void *user;
};

/* The kind of a block's name; false when it is none. */
bool chart_find(struct span name, enum chart_kind *kind);
/* Height in points; 0 for nothing to show: no rows, too few columns, or a width of less than 8 to 14 em (chart.c, kinds). */
float chart_height(const struct chart *d, const struct chart_place *at);
/* Draws it and returns the height used, the same as chart_height's. */
float chart_draw(const struct chart *d, const struct chart_place *at);
#endif
