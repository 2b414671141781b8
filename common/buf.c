// SPDX-License-Identifier: Apache-2.0
// The growing buffer that writers fill.
#include "buf.h"
#include "err.h"

#include <stdarg.h>

char *buf_room(struct buf *b, size_t n)
{
	size_t need, cap = b->cap ? b->cap : 256;
	char *p;

	if (__builtin_add_overflow(b->n, n, &need) || __builtin_add_overflow(need, (size_t)1, &need))
		die("buffer of %zu bytes", n);
	if (need <= b->cap)
		return b->p + b->n;
	while (cap < need)
		if (__builtin_mul_overflow(cap, (size_t)2, &cap))
			die("buffer of %zu bytes", need);
	p = realloc(b->p, cap);
	if (!p)
		die("out of memory (%zu bytes)", cap);
	b->p = p;
	b->cap = cap;
	return b->p + b->n;
}

void buf_add(struct buf *b, const void *p, size_t n)
{
	char *at = buf_room(b, n);

	if (n)
		memcpy(at, p, n);
	b->n += n;
	b->p[b->n] = 0;
}

void buf_add_span(struct buf *b, struct span s)
{
	buf_add(b, s.p, s.n);
}

void buf_add_str(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap, again;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		die("bad format");
	vsnprintf(buf_room(b, (size_t)n), (size_t)n + 1, fmt, again);
	va_end(again);
	b->n += (size_t)n;
}

const char *buf_str(struct buf *b)
{
	return b->p ? b->p : "";
}

void buf_fini(struct buf *b)
{
	free(b->p);
	*b = (struct buf)BUF_INIT;
}
