// SPDX-License-Identifier: Apache-2.0
// A source that gives back the bytes that were looked at first.
#include "peek.h"

static ssize_t peeked_read(struct source *s, void *p, size_t n, struct err *e)
{
	struct peeked *k = s->ctx;

	if (k->left.n == 0)
		return source_read(k->rest, p, n, e);
	if (n > k->left.n)
		n = k->left.n;
	memcpy(p, k->left.p, n);
	k->left = (struct span){k->left.p + n, k->left.n - n};
	return (ssize_t)n;
}

int source_peek(struct peeked *k, struct source *in, struct err *e)
{
	size_t n = 0;
	ssize_t got = 1;

	while (n < PEEK_BYTES && got > 0) {
		got = source_read(in, k->bytes + n, PEEK_BYTES - n, e);
		if (got < 0)
			return -1;
		n += (size_t)got;
	}
	k->rest = in;
	k->head = k->left = (struct span){k->bytes, n};
	k->source = (struct source){.read = peeked_read, .ctx = k, .name = in->name};
	return 0;
}
