// SPDX-License-Identifier: Apache-2.0
// Block allocator behind every parser and loader.
#include "arena.h"
#include "err.h"

#include <stdarg.h>
#include <stdint.h>

enum { BLOCK = 64 * 1024, KEEP = 1024 * 1024 };

struct arena_block {
	struct arena_block *next;
	size_t cap;
	_Alignas(16) char data[];
};

static struct arena_block *block_new(size_t need)
{
	size_t cap = need > BLOCK ? need : BLOCK, total;
	struct arena_block *b;

	if (__builtin_add_overflow(cap, sizeof(*b), &total))
		die("allocation of %zu bytes", need);
	b = malloc(total);
	if (!b)
		die("out of memory (%zu bytes)", total);
	b->next = NULL;
	b->cap = cap;
	return b;
}

/* As arena_alloc, with whatever bytes were there. */
static void *take(struct arena *a, size_t n)
{
	size_t size;
	void *p;

	if (__builtin_add_overflow(n, (size_t)15, &size))
		die("allocation of %zu bytes", n);
	size &= ~(size_t)15;
	if (!a->head || a->head->cap - a->used < size) {
		struct arena_block *b = block_new(size);

		b->next = a->head;
		a->head = b;
		a->used = 0;
	}
	p = a->head->data + a->used;
	a->used += size;
	return p;
}

void *arena_alloc(struct arena *a, size_t n)
{
	return memset(take(a, n), 0, n);
}

void *arena_array(struct arena *a, size_t count, size_t size)
{
	size_t total;

	if (__builtin_mul_overflow(count, size, &total))
		die("allocation of %zu x %zu bytes", count, size);
	return arena_alloc(a, total);
}

void *arena_room(struct arena *a, void *at, size_t n, size_t *cap, size_t size)
{
	void *grown;

	if (n < *cap)
		return at;
	*cap = *cap ? *cap * 2 : 8;
	grown = arena_array(a, *cap, size);
	if (n)
		memcpy(grown, at, n * size);
	return grown;
}

char *arena_strndup(struct arena *a, const char *p, size_t n)
{
	char *s = take(a, n + 1);

	if (n)
		memcpy(s, p, n);
	s[n] = 0;
	return s;
}

char *arena_strdup(struct arena *a, const char *s)
{
	return arena_strndup(a, s, strlen(s));
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap, again;
	char *s;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		die("bad format");
	s = arena_alloc(a, (size_t)n + 1);
	vsnprintf(s, (size_t)n + 1, fmt, again);
	va_end(again);
	return s;
}

void arena_reset(struct arena *a)
{
	struct arena_block *b = a->head, *next;

	if (!b)
		return;
	for (struct arena_block *old = b->next; old; old = next) {
		next = old->next;
		free(old);
	}
	b->next = NULL;
	a->used = 0;
	if (b->cap > KEEP) {
		free(b);
		a->head = NULL;
	}
}

void arena_fini(struct arena *a)
{
	arena_reset(a);
	free(a->head);
	a->head = NULL;
}
