/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PEEK_H
#define PEEK_H
/* Looking at the first bytes of a stream to tell what it is, without taking them. */
#include "source.h"

enum { PEEK_BYTES = 16384 };

struct peeked {
	struct source source; /* gives all of it, the first bytes too; valid as long as this struct and the stream */
	struct source *rest;
	struct span head;     /* up to PEEK_BYTES: fewer when the stream is shorter */
	struct span left;
	char bytes[PEEK_BYTES];
};
/* -1 with `e` set when the stream cannot be read. */
int source_peek(struct peeked *k, struct source *in, struct err *e);
#endif
