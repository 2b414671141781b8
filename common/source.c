// SPDX-License-Identifier: Apache-2.0
// Byte streams. Splitting them into objects is items.c's.
#include "source.h"
#include "hash.h"
#include "limits.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

ssize_t source_read(struct source *s, void *p, size_t n, struct err *e)
{
	ssize_t got = s->read(s, p, n, e);

	if (got > 0) {
		s->offset += (uint64_t)got;
		if (s->sum)
			hash_add(s->sum, p, (size_t)got);
	}
	return got;
}

void source_close(struct source *s)
{
	if (s->close)
		s->close(s);
	*s = (struct source){0};
}

static ssize_t fd_read(struct source *s, void *p, size_t n, struct err *e)
{
	for (;;) {
		ssize_t got = read((int)(intptr_t)s->ctx, p, n);

		if (got >= 0)
			return got;
		if (errno != EINTR)
			return err_errno(e, "%s: cannot read", s->name);
	}
}

static void fd_close(struct source *s)
{
	close((int)(intptr_t)s->ctx);
}

void source_from_fd(struct source *s, int fd, const char *name)
{
	*s = (struct source){.read = fd_read, .close = fd_close, .ctx = (void *)(intptr_t)fd, .name = name};
}

int source_from_file(struct source *s, const char *path, struct err *e)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0 || fstat(fd, &st)) {
		enum err_kind kind = errno == ENOENT || errno == EACCES || errno == ENOTDIR ? ERR_INPUT : ERR_ENV;

		err_errno(e, "%s: cannot open", path);
		if (e)
			e->kind = kind;
		if (fd >= 0)
			close(fd);
		return -1;
	}
	if (!S_ISREG(st.st_mode)) {
		close(fd);
		return err_set(e, ERR_INPUT, "%s: not a regular file", path);
	}
	source_from_fd(s, fd, path);
	return 0;
}

static ssize_t span_read(struct source *s, void *p, size_t n, struct err *e)
{
	struct span *rest = s->ctx;

	(void)e;
	if (n > rest->n)
		n = rest->n;
	if (n)
		memcpy(p, rest->p, n);
	rest->p += n;
	rest->n -= n;
	return (ssize_t)n;
}

static void span_close(struct source *s)
{
	free(s->ctx);
}

void source_from_span(struct source *s, struct span text, const char *name)
{
	struct span *rest = malloc(sizeof(*rest));

	if (!rest)
		die("out of memory");
	*rest = text;
	*s = (struct source){.read = span_read, .close = span_close, .ctx = rest, .name = name};
}

int source_slurp(struct source *s, struct buf *b, size_t limit, struct err *e)
{
	for (;;) {
		ssize_t got = source_read(s, buf_room(b, 65536), 65536, e);

		if (got <= 0)
			return got ? -1 : 0;
		b->n += (size_t)got;
		b->p[b->n] = 0;
		if (b->n > limit)
			return err_set(e, ERR_INPUT, "%s: larger than %zu bytes", s->name, limit);
	}
}

int source_hash(struct source *s, char out[static 65], struct err *e)
{
	char chunk[65536];
	struct hash h;
	ssize_t got;

	hash_init(&h);
	while ((got = source_read(s, chunk, sizeof(chunk), e)) > 0)
		hash_add(&h, chunk, (size_t)got);
	hash_hex(&h, out);
	return got < 0 ? -1 : 0;
}
