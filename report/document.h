/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_DOCUMENT_H
#define REPORT_DOCUMENT_H
/* A document between its template and its pages: one flat list of blocks. expand.c makes it, layout.c sets it. */
#include "value.h"
#include "words.h"

/* Rows that a table, list or `each` shows: the page contract lowers `keep`. */
struct group {
	struct group *up; /* the `each` it stands in */
	size_t up_row;
	size_t rows, total; /* what `top` let through, what the query gave */
	size_t keep, most; /* most: what its chapter has room for */
	size_t least; /* rows below which it is left out as a whole */
	int priority;
	struct span more; /* where the rest is */
	bool quiet;	  /* nothing is said about rows that are not shown */
};

enum block_kind {
	BLOCK_HEADING,
	BLOCK_TEXT,
	BLOCK_CODE,
	BLOCK_TABLE,
	BLOCK_CHART,
	BLOCK_MORE, /* "top 3 of 312", when rows of the group were left out */
	BLOCK_TOC,
	BLOCK_PAGE,
	BLOCK_SPACE,
	BLOCK_COLUMNS, /* up to BLOCK_END; BLOCK_NEXT between */
	BLOCK_NEXT,
	BLOCK_END
};
enum { TABLE_COLUMNS_MAX = 40, SIDE_BY_SIDE_MAX = 6 };

struct table {
	size_t columns, rows;
	struct text *heads; /* NULL: no head */
	struct text *cells; /* row after row */
	struct span *anchors; /* of each row; NULL: none */
	float *bars;	    /* of each row, 0-100 or below 0; NULL: none */
	size_t bar_column;
	float widths[TABLE_COLUMNS_MAX]; /* all 0: not told */
	char align[TABLE_COLUMNS_MAX];	 /* l r c */
};

struct block {
	enum block_kind kind;
	int line; /* of the template */
	struct group *in; /* the `each` that made it, and its row */
	size_t row;
	struct text text; /* heading, text, code */
	struct text title, note; /* of blocks that have rows */
	/* heading */
	int level;
	bool page, notoc;
	int budget; /* pages that it and the chapters up to the next with one may take; 0: any */
	struct span anchor, plain; /* plain: its words, for bookmarks */
	struct text bare; /* text without its number, when headings are numbered */
	/* text */
	struct text bullet;
	int indent;
	int box; /* of a callout, from 1 */
	bool tight; /* close to the one before: items of a list */
	/* where it stands */
	int priority;
	int detail; /* from 1: the innermost section marked so */
	int fill;   /* from 1 */
	/* what it shows */
	struct table *table;
	struct group *rows;
	struct chart *chart;
	float sides[SIDE_BY_SIDE_MAX]; /* of BLOCK_COLUMNS */
	size_t side_count;
};

struct link {
	struct span target; /* name of an anchor, or address */
	bool outside;
};
struct cover {
	bool any;
	struct text label, title, subtitle, text, note;
	struct text *facts; /* label, value */
	size_t fact_count;
	struct table *versions, *signoff; /* NULL: none */
};
struct document {
	struct arena *arena; /* everything lives here */
	const struct fonts *fonts;
	const struct theme *theme;
	const char *name;
	struct span findings_sha256; /* of findings.csv beside it; absent: no such file */
	struct span title, short_title, author;
	float width, height; /* of the page */
	bool slides, numbered;
	int pages_min, pages_max; /* 0: any */
	struct cover cover;
	struct text header[3], footer[2];
	struct block *blocks;
	size_t n, cap;
	struct group **groups;
	size_t group_count, group_cap;
	struct link *links;
	size_t link_count, link_cap;
	struct detail {
		int priority;
		bool hidden;
	} *details; /* sections marked so, in their order */
	size_t detail_count, detail_cap;
	int fills; /* sections marked so */
	int boxes;
	/* What the speaker says, by the slide's heading. */
	struct speech {
		size_t heading; /* block */
		struct span text;
	} *speeches;
	size_t speech_count, speech_cap;
	/* While it is made: what the sections around here are, by level of heading; 0 is the document. */
	struct section {
		int priority, detail, fill;
	} section[7];
	int level;
};

/* A new block at the end, of the section that is open; valid until the next is added. */
struct block *document_block(struct document *d, enum block_kind kind, int line);
struct group *document_group(struct document *d);
/* 1 + the index of a link; 0 when there are too many. */
uint16_t document_link(struct document *d, struct span target, bool outside);
/* What the speaker says on the slide that is open. */
void document_speech(struct document *d, struct span text);
/* From here on, blocks belong to a section of this level, inside that of the level above. */
void document_section(struct document *d, int level, int priority, bool detail, bool fill);
#endif
