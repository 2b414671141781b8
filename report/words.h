/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_WORDS_H
#define REPORT_WORDS_H
/*
 * Text made ready for a page: glyphs with their widths, broken into lines, and drawn. Code points that no face shows, and those
 * that would mislead a reader (controls, bidirectional marks), become a boxed U+XXXX; invalid bytes become U+FFFD.
 */
#include "chart.h"

enum glyph_kind { GLYPH_TEXT, GLYPH_BOX, GLYPH_SIGN, GLYPH_BREAK };
struct glyph {
	uint32_t cp;	  /* of a sign: its letter */
	uint16_t advance; /* 1/1000 of the text's size, scale included */
	uint16_t link;	  /* 1 + index of the document's link; 0: none */
	uint8_t face, kind, tint, scale; /* scale in percent */
};
struct text {
	const struct glyph *at;
	size_t n;
};
/* How the next words look. */
struct look {
	enum face face;
	enum tint tint;
	uint8_t scale; /* 0: 100 */
	uint16_t link;
	bool lines; /* line breaks are kept; else they are spaces */
};
struct words {
	const struct fonts *fonts;
	struct arena *arena;
	struct glyph *at;
	size_t n, cap;
};
struct line {
	uint32_t start, end;
	float width;
};

void words_add(struct words *w, struct span utf8, struct look look);
/* A value: what stands between backticks is set in mono. */
void words_data(struct words *w, struct span utf8, struct look look);
/* The sign of a severity or a grade, with its word unless `bare`; plain text for other words. */
void words_badge(struct words *w, struct span word, struct look look, bool bare);
/* What was added, without white space at its ends. The builder starts anew. */
struct text words_end(struct words *w);

/* Breaks into lines no wider than `width`; at most `most` (0: all). The last may lose its end, which `cut` tells. */
size_t text_break(const struct text *t, float size, float width, size_t most, struct arena *a, struct line **lines, bool *cut);
/* The widest piece that is better not broken, and the whole in one line. */
float text_least(const struct text *t, float size);
float text_whole(const struct text *t, float size);
/* Draws a line with its baseline at y. `link` is told of each linked stretch (may be NULL). */
struct pen {
	struct pdf *pdf;
	const struct fonts *fonts;
	const struct theme *theme;
	void (*link)(void *user, uint16_t link, float x, float y, float w, float h);
	void *user;
};
void words_draw(const struct pen *p, const struct text *t, const struct line *l, float size, float x, float y);
#endif
