/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_LAYOUT_H
#define REPORT_LAYOUT_H
/*
 * A document set on pages. Blocks become a flow of items (lines, table rows, charts, side-by-side parts) with heights and glue; the
 * flow is cut into pages; the page contract changes what is shown and sets it again. draw.c draws the result.
 */
#include "document.h"

struct sizes {
	float text, table, small, code, chart, heading[3], leading;
	float air; /* of spaces between things: 1 as designed */
};

/* A table measured for a width. */
struct grid {
	const struct table *table;
	float x[TABLE_COLUMNS_MAX + 1]; /* edges of columns, from the left of the item */
	float size, leading, pad;
	struct grid_row {
		struct line **lines; /* of each column */
		size_t *counts;
		bool *cut;
		float height;
	} *rows, head;
};

enum item_kind { ITEM_LINE, ITEM_ROW, ITEM_HEAD, ITEM_CHART, ITEM_SIDES, ITEM_TOC, ITEM_GAP };
enum ground { GROUND_NONE, GROUND_CALLOUT, GROUND_CODE };

struct flow {
	struct item *at;
	size_t n, cap;
};
struct item {
	enum item_kind kind;
	enum ground ground;
	bool glue;   /* no page break behind it */
	bool page;   /* begins a page */
	bool rule;   /* a line of the theme below it */
	float hang; /* how much of x is because the line goes on from the one above */
	float x, width, height, before; /* before: space above, not at the top of a page */
	const struct block *block; /* of headings, tables, contents */
	const struct text *text, *bullet;
	struct line line;
	float size;
	const struct grid *grid;
	size_t row;
	const struct item *repeat; /* set again when the page breaks before this one */
	const struct chart *chart;
	float chart_height;
	struct flow *sides;
	float side_x[SIDE_BY_SIDE_MAX];
	size_t side_count;
};

struct place {
	const struct item *item;
	size_t page;
	float x, y, drop; /* drop: how much of item->before lies above it */
};
struct anchor {
	struct span name;
	size_t page;
	float y;
};
struct target { /* of a block */
	bool placed;
	size_t page;
	float y;
};
/* Chapters that are set by themselves: they begin a page and have a number of pages of their own. */
struct segment {
	size_t from, to; /* blocks */
	int budget;	 /* pages; 0: any */
	float air;	 /* 0: the document's */
	size_t pages;	 /* that it takes without fill sections */
	float height, filled; /* when that is one page: without and with them */
};
struct layout {
	struct document *d;
	struct arena arena; /* of one setting */
	struct sizes sizes;
	float left, top, width, bottom; /* where text stands on a page */
	bool fresh_chapters; /* chapters begin pages */
	bool *fill_on; /* of each fill section, from 1 */
	struct segment *segments;
	size_t segment_count;
	bool *shown; /* of each block */
	struct flow flow;
	struct place *places;
	size_t place_count, place_cap;
	struct anchor *anchors;
	size_t anchor_count, anchor_cap;
	struct target *targets; /* of each block */
	size_t pages;
	struct err warning; /* what the contract could not hold */
};

/* Sets the document under its page contract. */
void layout_set(struct layout *l, struct document *d);
void layout_fini(struct layout *l);
#define auto_layout __attribute__((cleanup(layout_fini))) struct layout
/* Draws it. */
void layout_draw(const struct layout *l, struct pdf *pdf);

/* Within: blocks [from, to) into a flow `width` wide. */
void flow_blocks(struct layout *l, struct flow *f, size_t from, size_t to, float width);
struct item *flow_item(struct layout *l, struct flow *f, enum item_kind kind);
float flow_height(const struct flow *f);
/* A table's rows [0, n) measured. */
struct grid *grid_measure(struct layout *l, const struct table *t, size_t n, float width);
/* How many rows are shown, with the "top 3 of 312" line that says so; absent when all are. */
size_t group_shown(const struct group *g);
bool group_note(struct arena *a, const struct fonts *fonts, const struct group *g, struct text *out);
/* Finds the document's segments and gives those with a number of pages what fits them: rows, details, fill sections. */
void segments_find(struct layout *l);
void segments_fit(struct layout *l);
/* Cuts the flow into pages and counts them. */
void layout_pages(struct layout *l);
/* What is shown under the current settings. */
void layout_shown(struct layout *l);
#endif
