/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ARENA_H
#define ARENA_H
/*
 * Memory that lives and dies together: one member, one object, one report page. Nothing in an
 * arena is freed by itself. Out of memory ends the program.
 */
#include <stddef.h>

struct arena_block;
struct arena {
	struct arena_block *head; /* the block that is filled now; older ones behind it */
	size_t used;		  /* bytes handed out of head */
};
#define ARENA_INIT {0}

/* `n` bytes, zeroed, aligned for any type. `n` may be 0. */
void *arena_alloc(struct arena *a, size_t n);
/* `count` × `size` bytes, zeroed; dies on overflow. */
void *arena_array(struct arena *a, size_t count, size_t size);
/* An array of `n` of `*cap` elements of `size` bytes, with room for one more: `at` itself, or a copy twice as large (8 at first). */
void *arena_room(struct arena *a, void *at, size_t n, size_t *cap, size_t size);
/* A NUL-terminated copy of `n` bytes at `p`. */
char *arena_strndup(struct arena *a, const char *p, size_t n);
char *arena_strdup(struct arena *a, const char *s);
char *arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Forgets everything but keeps one block for the next use (a block over 1 MiB is given back). */
void arena_reset(struct arena *a);
/* Gives all memory back; the arena may be used again. */
void arena_fini(struct arena *a);
#define auto_arena __attribute__((cleanup(arena_fini))) struct arena
#endif
