/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VIEW_TEXT_H
#define VIEW_TEXT_H
/* Wrapped, scrolling lines with styles: what the detail, coverage and help views are made of. */
#include "view.h"

struct text_line {
	enum style style;
	int indent;
	const char *text; /* in the arena */
};

struct text {
	struct arena arena;
	struct text_line *lines;
	size_t n, cap;
	int width;	/* columns that it was wrapped for; 0: to be filled again */
	struct cursor cursor;
	char search[200];
};

/* Forgets all lines, to be filled for this width. */
void text_start(struct text *t, int width);
/* Adds a paragraph, wrapped; newlines in it break. */
void text_para(struct text *t, enum style s, int indent, struct span words);
void text_head(struct text *t, const char *label);
void text_draw(struct text *t, int top, int rows);
/* Scrolling and searching: true when the action was of that kind. */
bool text_act(struct text *t, struct browser *b, enum action a, struct span words);
void text_fini(struct text *t);
/* Adds the raw object of a thing, or of what it is a part of, indented (view-object.c). */
int view_object_text(struct text *t, struct browser *b, int64_t thing, struct err *e);
#endif
