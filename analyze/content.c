// SPDX-License-Identifier: Apache-2.0
// Holds one file's bytes while a parser looks at them.
#include "content.h"

#include "common/limits.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

enum { CHUNK = 128 * 1024 };

static int read_memory(struct content *c, struct source *in, struct span head, uint64_t size, struct err *e)
{
	ssize_t got = 1;

	buf_room(&c->memory, (size_t)size + 1);
	buf_add_span(&c->memory, head);
	while (got > 0) {
		size_t want = size + 1 > c->memory.n ? (size_t)size + 1 - c->memory.n : 1;

		got = source_read(in, buf_room(&c->memory, want), want, e);
		if (got < 0)
			return -1;
		c->memory.n += (size_t)got;
	}
	c->text = buf_span(&c->memory);
	return 0;
}

static int write_all(FILE *f, const void *p, size_t n, struct err *e)
{
	return fwrite(p, 1, n, f) == n ? 0 : err_errno(e, "temporary file");
}

static int read_mapped(struct content *c, struct source *in, struct span head, struct err *e)
{
	FILE *f = tmpfile();
	char chunk[CHUNK];
	size_t n = head.n;
	ssize_t got = 1;
	int r;

	if (!f)
		return err_errno(e, "temporary file");
	r = write_all(f, head.p, head.n, e);
	while (r == 0 && got > 0) {
		got = source_read(in, chunk, sizeof(chunk), e);
		r = got < 0 ? -1 : write_all(f, chunk, (size_t)got, e);
		n += got > 0 ? (size_t)got : 0;
	}
	if (r == 0 && fflush(f))
		r = err_errno(e, "temporary file");
	if (r == 0) {
		c->mapped = mmap(NULL, n, PROT_READ, MAP_PRIVATE, fileno(f), 0);
		if (c->mapped == MAP_FAILED) {
			c->mapped = NULL;
			r = err_errno(e, "temporary file of %zu bytes", n);
		}
	}
	fclose(f);
	c->text = (struct span){c->mapped, n};
	return r;
}

int content_read(struct content *c, struct source *in, struct span head, uint64_t size, struct err *e)
{
	return size <= LIMIT_CONTENT_MEMORY_BYTES ? read_memory(c, in, head, size, e) : read_mapped(c, in, head, e);
}

void content_fini(struct content *c)
{
	if (c->mapped)
		munmap(c->mapped, c->text.n);
	buf_fini(&c->memory);
}
