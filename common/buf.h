/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BUF_H
#define BUF_H
/* A growing byte buffer, always NUL-terminated behind its `n` bytes. Out of memory ends the program. */
#include "span.h"

struct buf {
	char *p;
	size_t n, cap;
};
#define BUF_INIT {0}
#define auto_buf __attribute__((cleanup(buf_fini))) struct buf

void buf_add(struct buf *b, const void *p, size_t n);
void buf_add_span(struct buf *b, struct span s);
void buf_add_str(struct buf *b, const char *s);
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Room for `n` more bytes: returns where they go; the caller adds to b->n what it wrote. */
char *buf_room(struct buf *b, size_t n);
static inline void buf_add_char(struct buf *b, char c)
{
	char *at = b->cap - b->n > 1 ? b->p + b->n : buf_room(b, 1);

	at[0] = c;
	at[1] = 0;
	b->n++;
}
static inline void buf_reset(struct buf *b)
{
	b->n = 0;
}
static inline struct span buf_span(const struct buf *b)
{
	return (struct span){b->p ? b->p : "", b->n};
}
/* The text as a C string, "" when nothing was added. */
const char *buf_str(struct buf *b);
void buf_fini(struct buf *b);
#endif
