/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONTENT_H
#define CONTENT_H
/* One file of a layer as a whole, for parsers that jump about in it: in memory up to LIMIT_CONTENT_MEMORY_BYTES, beyond that in an unnamed
 * temporary file that is mapped, so that memory stays bounded. */
#include "common/source.h"

struct content {
	struct span text;
	void *mapped; /* NULL: in `memory` */
	struct buf memory;
};
#define CONTENT_INIT {0}
#define auto_content __attribute__((cleanup(content_fini))) struct content

/* `head`: first bytes that were read already; `size`: how much there will be, as told. -1: the source or the disk failed. */
int content_read(struct content *c, struct source *in, struct span head, uint64_t size, struct err *e);
void content_fini(struct content *c);
#endif
