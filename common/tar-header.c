// SPDX-License-Identifier: Apache-2.0
// Writing tar headers. Reading tars is tar.c's and archive.c's.
#include "tar-header.h"

enum { NAME = 100 };

/* Octal digits, or from there on base 256 (GNU). `n`: bytes of the field. */
static void put_number(char *field, size_t n, uint64_t value)
{
	if (value < 1ull << 3 * (n - 1)) {
		snprintf(field, n, "%0*llo", (int)n - 1, (unsigned long long)value);
		return;
	}
	field[0] = (char)0x80;
	for (size_t i = 0; i < 8 && i < n - 1; i++)
		field[n - 1 - i] = (char)(value >> 8 * i & 0xff);
}

static void fill(char h[static TAR_HEADER_BLOCK], const struct tar_head *head)
{
	struct span name = head->name, link = head->link;
	unsigned sum = 0;

	memset(h, 0, TAR_HEADER_BLOCK);
	memcpy(h, name.p, name.n < NAME ? name.n : NAME - 1);
	put_number(h + 100, 8, head->mode);
	put_number(h + 108, 8, head->uid);
	put_number(h + 116, 8, head->gid);
	put_number(h + 124, 12, head->size);
	snprintf(h + 136, 12, "%011o", 0u);
	memset(h + 148, ' ', 8);
	h[156] = head->type;
	if (link.n)
		memcpy(h + 157, link.p, link.n < NAME ? link.n : NAME - 1);
	memcpy(h + 257, "ustar\00000", 8);
	for (int i = 0; i < TAR_HEADER_BLOCK; i++)
		sum += (unsigned char)h[i];
	snprintf(h + 148, 8, "%06o", sum);
}

void tar_header(const char *name, uint64_t size, char h[static TAR_HEADER_BLOCK])
{
	fill(h, &(struct tar_head){.name = span_of(name), .type = '0', .mode = 0644, .size = size});
}

static void add_long(struct buf *b, char type, struct span text)
{
	size_t padding = (TAR_HEADER_BLOCK - (text.n + 1) % TAR_HEADER_BLOCK) % TAR_HEADER_BLOCK + 1;

	fill(buf_room(b, TAR_HEADER_BLOCK), &(struct tar_head){.name = SPAN("././@LongLink"), .type = type, .mode = 0644, .size = text.n + 1});
	b->n += TAR_HEADER_BLOCK;
	buf_add_span(b, text);
	memset(buf_room(b, padding), 0, padding);
	b->n += padding;
}

void tar_header_put(struct buf *b, const struct tar_head *head)
{
	if (head->name.n >= NAME)
		add_long(b, 'L', head->name);
	if (head->link.n >= NAME)
		add_long(b, 'K', head->link);
	fill(buf_room(b, TAR_HEADER_BLOCK), head);
	b->n += TAR_HEADER_BLOCK;
}

void tar_header_add(struct buf *b, struct span name, char type, struct span link, uint64_t size)
{
	tar_header_put(b, &(struct tar_head){.name = name, .link = link, .type = type, .mode = 0644, .size = size});
}
