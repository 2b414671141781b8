/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_EXPAND_H
#define REPORT_EXPAND_H
/* From a template and a database to a document: values are put in, queries are run, nothing is placed yet. */
#include "document.h"
#include "template.h"

struct expander {
	struct document *d;
	struct template *t;
	struct db *db;
	const struct scope *scope;
	struct group *in; /* the `each` that is expanded, and its row */
	size_t row;
	int depth;	  /* of `each` and `if` */
	int nesting;	  /* of Markdown */
	int skip;	  /* a heading of this level was dropped, and so is all below it; 0: none */
	bool dropped;	  /* a condition in the last text did not hold */
	int indent, box;
};

/* Fills `d`, whose arena, fonts and theme are set. Errors tell file and line. */
int document_expand(struct document *d, struct template *t, struct db *db, struct err *e);

/* Within: Markdown between two lines of the template. */
int expand_markdown(struct expander *x, struct span text, int line, struct err *e);
/* A fenced block; 1 when its first word names none, so that it is code. */
int expand_fence(struct expander *x, struct span info, struct span body, int line, struct err *e);
/* A text with tokens into words; `x->dropped` tells when a condition in it does not hold. */
int expand_words(struct expander *x, struct words *w, struct span text, struct look look, struct err *e);
/* The same as plain text. */
int expand_plain(struct expander *x, struct span text, struct span *out, struct err *e);
/* Fences of backticks, line by line: how many ticks the open one has behind this line; 0: none is open. */
size_t fence_step(size_t fence, struct span line);
/* A new block with its place in `each`. */
struct block *expand_block(struct expander *x, enum block_kind kind, int line);
#endif
