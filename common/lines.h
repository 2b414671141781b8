/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LINES_H
#define LINES_H
#include "buf.h"
#include "source.h"

/* Reads a source line by line; the memory is one line's, at most LIMIT_LINE_BYTES and a block. */
struct lines {
	struct source *source;
	struct buf text;
	size_t from;	/* of the rest in `text` */
	int64_t number; /* of the line that was given last, from 1 */
	bool ended, skipping;
};
/* 1 with the next line, without white space at its ends; 2: that line is too long and was left out; 0 at the end; -1 when the source fails, with `e`. */
int lines_next(struct lines *l, struct span *line, struct err *e);
void lines_fini(struct lines *l);
#define auto_lines __attribute__((cleanup(lines_fini))) struct lines
#endif
