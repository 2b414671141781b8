// SPDX-License-Identifier: Apache-2.0
// Open addressing with linear steps, at most half full.
#include "map.h"

#include "err.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum { FIRST = 1024 };

/* Multiplies 8 bytes at a time with a secret (the order of a table is seen by nobody, so that chance does no harm). */
static uint64_t hash_of(struct span s)
{
	static uint64_t seed;
	uint64_t h, word;

	if (!seed && getrandom(&seed, sizeof(seed), 0) != sizeof(seed))
		die("no random numbers");
	seed |= 1;
	h = seed ^ s.n;
	for (; s.n > 0; s = (struct span){s.p + sizeof(word), s.n - sizeof(word)}) {
		word = 0;
		memcpy(&word, s.p, s.n < sizeof(word) ? s.n : sizeof(word));
		h = (h ^ word) * 0x9e3779b97f4a7c15u;
		h ^= h >> 32;
		h *= seed;
		if (s.n <= sizeof(word))
			break;
	}
	return h ^ h >> 29;
}

static struct map_slot *place(const struct map *m, struct span key, uint64_t hash)
{
	for (size_t i = hash & (m->cap - 1);; i = (i + 1) & (m->cap - 1)) {
		struct map_slot *s = &m->slots[i];

		if (!s->key.p || (s->hash == hash && span_is(s->key, key)))
			return s;
	}
}

static void grow(struct map *m)
{
	struct map bigger = {.cap = m->cap ? m->cap * 2 : FIRST, .n = m->n};

	bigger.slots = calloc(bigger.cap, sizeof(*bigger.slots));
	if (!bigger.slots)
		die("out of memory");
	for (size_t i = 0; i < m->cap; i++)
		if (m->slots[i].key.p)
			*place(&bigger, m->slots[i].key, m->slots[i].hash) = m->slots[i];
	free(m->slots);
	*m = bigger;
}

struct map_slot *map_at(struct map *m, struct span key)
{
	uint64_t hash = hash_of(key);
	struct map_slot *s;

	if (m->n * 2 >= m->cap)
		grow(m);
	s = place(m, key, hash);
	if (!s->key.p) {
		*s = (struct map_slot){.key = key, .hash = hash};
		m->n++;
	}
	return s;
}

void *map_find(const struct map *m, struct span key)
{
	return m->cap ? place(m, key, hash_of(key))->value : NULL;
}

void map_fini(struct map *m)
{
	free(m->slots);
	*m = (struct map){0};
}
