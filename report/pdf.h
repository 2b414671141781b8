/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_PDF_H
#define REPORT_PDF_H
/*
 * A PDF file through libharu 2.3, the only place that knows it. Points; x from the left, y from the top.
 * Drawing functions return nothing: the first failure is kept and told by pdf_save().
 */
#include "font.h"

struct pdf;
struct pdf_info {
	const char *title, *author, *subject; /* UTF-8, may be NULL */
	int64_t created;		      /* Unix seconds, UTC */
};
/* One step of a path: a move, a line or a Bezier curve with two control points. */
enum pdf_step { PDF_MOVE, PDF_LINE, PDF_CURVE, PDF_CLOSE };
struct pdf_point {
	enum pdf_step step;
	float x, y, x1, y1, x2, y2; /* x, y is the end */
};
struct pdf_paint {
	int32_t fill, stroke; /* 0xrrggbb, -1: none */
	float width;	      /* of the stroke */
	float dash;	      /* length of dashes, 0: solid */
};

/* `fonts` must live as long as the document. NULL with `e` set on failure. */
struct pdf *pdf_new(const struct pdf_info *info, const struct fonts *fonts, struct err *e);
void pdf_free(struct pdf *p);
/* Makes `n` pages of one size; they are then drawn in any order. */
void pdf_pages(struct pdf *p, size_t n, float width, float height);
/* The page that is drawn on from now on, counted from 0. */
void pdf_page(struct pdf *p, size_t number);
/* Shows UTF-8 text that `face` holds (see font_pick) with its baseline at y. Anything else in it is left out. */
void pdf_text(struct pdf *p, float x, float y, enum face face, float size, int32_t colour, struct span text);
void pdf_path(struct pdf *p, const struct pdf_point *at, size_t n, struct pdf_paint paint);
void pdf_rect(struct pdf *p, float x, float y, float w, float h, struct pdf_paint paint);
/* A PNG in memory, fitted into w × h at its own proportions, from the left. */
void pdf_png(struct pdf *p, float x, float y, float w, float h, struct span png);
/* Links; a URI that is not plain http or https is left out. */
void pdf_link_uri(struct pdf *p, float x, float y, float w, float h, const char *uri);
void pdf_link_page(struct pdf *p, float x, float y, float w, float h, size_t page, float top);
/* A bookmark at `level` 1, 2, ... under the last one of the level above. */
void pdf_outline(struct pdf *p, int level, const char *title, size_t page, float top);
/* Writes the file at `path`; the first failure since pdf_new is told here. */
int pdf_save(struct pdf *p, const char *path, struct err *e);
#endif
