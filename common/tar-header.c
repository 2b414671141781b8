// SPDX-License-Identifier: Apache-2.0
// Writing tar headers. Reading tars is tar.c's and archive.c's.
#include "tar-header.h"

enum { NAME = 100 };

static void fill(char h[static TAR_HEADER_BLOCK], struct span name, char type, struct span link, uint64_t size)
{
	unsigned sum = 0;

	memset(h, 0, TAR_HEADER_BLOCK);
	memcpy(h, name.p, name.n < NAME ? name.n : NAME - 1);
	snprintf(h + 100, 8, "%07o", 0644u);
	snprintf(h + 108, 8, "%07o", 0u);
	snprintf(h + 116, 8, "%07o", 0u);
	if (size < 1ull << 33) {
		snprintf(h + 124, 12, "%011llo", (unsigned long long)size);
	} else { /* base 256 (GNU) */
		h[124] = (char)0x80;
		for (int i = 0; i < 8; i++)
			h[135 - i] = (char)(size >> 8 * i & 0xff);
	}
	snprintf(h + 136, 12, "%011o", 0u);
	memset(h + 148, ' ', 8);
	h[156] = type;
	if (link.n)
		memcpy(h + 157, link.p, link.n < NAME ? link.n : NAME - 1);
	memcpy(h + 257, "ustar\00000", 8);
	for (int i = 0; i < TAR_HEADER_BLOCK; i++)
		sum += (unsigned char)h[i];
	snprintf(h + 148, 8, "%06o", sum);
}

void tar_header(const char *name, uint64_t size, char h[static TAR_HEADER_BLOCK])
{
	fill(h, span_of(name), '0', SPAN_NONE, size);
}

static void add_long(struct buf *b, char type, struct span text)
{
	size_t padding = (TAR_HEADER_BLOCK - (text.n + 1) % TAR_HEADER_BLOCK) % TAR_HEADER_BLOCK + 1;

	fill(buf_room(b, TAR_HEADER_BLOCK), SPAN("././@LongLink"), type, SPAN_NONE, text.n + 1);
	b->n += TAR_HEADER_BLOCK;
	buf_add_span(b, text);
	memset(buf_room(b, padding), 0, padding);
	b->n += padding;
}

void tar_header_add(struct buf *b, struct span name, char type, struct span link, uint64_t size)
{
	if (name.n >= NAME)
		add_long(b, 'L', name);
	if (link.n >= NAME)
		add_long(b, 'K', link);
	fill(buf_room(b, TAR_HEADER_BLOCK), name, type, link, size);
	b->n += TAR_HEADER_BLOCK;
}
