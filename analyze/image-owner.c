// SPDX-License-Identifier: Apache-2.0
// A hash table from paths to owners.
#include "image-owner.h"

static struct owner_slot *slot_of(const struct owners *o, uint64_t hash)
{
	size_t i = (hash >> 4) & (o->cap - 1);

	while (o->slots[i].hash && o->slots[i].hash != hash)
		i = (i + 1) & (o->cap - 1);
	return &o->slots[i];
}

/* Makes room for `more` paths, half of the slots staying empty. */
static void grow(struct owners *o, size_t more)
{
	struct owners bigger = {.cap = o->cap ? o->cap : 1024, .n = o->n};

	while (bigger.cap <= 2 * (o->n + more))
		bigger.cap *= 2;
	if (bigger.cap == o->cap)
		return;

	bigger.slots = calloc(bigger.cap, sizeof(*bigger.slots));
	if (!bigger.slots)
		die("out of memory");
	for (size_t i = 0; i < o->cap; i++)
		if (o->slots[i].hash)
			*slot_of(&bigger, o->slots[i].hash) = o->slots[i];
	free(o->slots);
	*o = bigger;
}

void owners_add(struct owners *o, uint64_t hash, struct span owner)
{
	struct owner_slot *s;

	if (hash == 0)
		return;
	grow(o, 1);
	s = slot_of(o, hash);
	if (s->hash)
		return;
	*s = (struct owner_slot){hash, owner};
	o->n++;
}

void owners_add_list(struct owners *o, const struct owned *list)
{
	size_t n = 0;

	for (const struct owned *one = list; one; one = one->next)
		n += one->n;
	grow(o, n);
	for (; list; list = list->next)
		for (size_t i = 0; i < list->n; i++)
			owners_add(o, list->paths[i], list->owner);
}

static struct span find(const struct owners *o, struct span path)
{
	const struct owner_slot *s = o->cap ? slot_of(o, path_hash(path)) : NULL;

	return s && s->hash ? s->owner : SPAN_NONE;
}

struct span owners_find(const struct owners *o, const char *path)
{
	static const char *const merged[] = {"bin/", "sbin/", "lib/", "lib64/", "lib32/", "libx32/"};
	auto_arena a = ARENA_INIT;
	struct span p = span_of(path), found = find(o, p);

	if (found.p)
		return found;
	if (span_starts(p, "usr/"))
		return find(o, (struct span){path + 4, p.n - 4});
	for (size_t i = 0; i < sizeof(merged) / sizeof(merged[0]); i++)
		if (span_starts(p, merged[i]))
			return find(o, span_of(arena_printf(&a, "usr/%s", path)));
	return SPAN_NONE;
}

void owners_fini(struct owners *o)
{
	free(o->slots);
}
