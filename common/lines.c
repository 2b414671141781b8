// SPDX-License-Identifier: Apache-2.0
// Text line by line, whatever its size.
#include "lines.h"
#include "limits.h"

enum { BLOCK = 65536 };

static int more(struct lines *l, struct err *e)
{
	ssize_t n;

	if (l->from) {
		memmove(l->text.p, l->text.p + l->from, l->text.n - l->from);
		l->text.n -= l->from;
		l->from = 0;
	}
	n = source_read(l->source, buf_room(&l->text, BLOCK), BLOCK, e);
	if (n < 0)
		return -1;
	l->text.n += (size_t)n;
	if (n == 0) {
		l->ended = true;
		if (l->text.n)
			buf_add_char(&l->text, '\n');
	}
	return 0;
}

int lines_next(struct lines *l, struct span *line, struct err *e)
{
	for (;;) {
		char *at = l->text.n > l->from ? l->text.p + l->from : NULL, *end = at ? memchr(at, '\n', l->text.n - l->from) : NULL;

		if (end) {
			bool whole = !l->skipping;

			*line = span_trim((struct span){at, (size_t)(end - at)});
			l->from = (size_t)(end - l->text.p) + 1;
			l->skipping = false;
			if (!whole)
				continue;
			l->number++;
			return 1;
		}
		if (l->ended)
			return 0;
		if (l->text.n - l->from > LIMIT_LINE_BYTES) {
			bool first = !l->skipping;

			l->from = l->text.n;
			l->skipping = true;
			if (first) {
				l->number++;
				return 2;
			}
		}
		if (more(l, e))
			return -1;
	}
}

void lines_fini(struct lines *l)
{
	buf_fini(&l->text);
}
