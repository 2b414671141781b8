// SPDX-License-Identifier: Apache-2.0
// A hash table from the paths that matter to their owners: lists of files name a hundred times as many.
#include "image-owner.h"

static struct owner_slot *slot_of(const struct owners *o, uint64_t hash)
{
	size_t i = (hash >> 4) & (o->cap - 1);

	while (o->slots[i].hash && o->slots[i].hash != hash)
		i = (i + 1) & (o->cap - 1);
	return &o->slots[i];
}

/* Makes room for one more path, half of the slots staying empty. */
static void grow(struct owners *o)
{
	struct owners bigger = {.cap = o->cap ? 2 * o->cap : 256, .n = o->n, .told = o->told};

	if (2 * (o->n + 1) < o->cap)
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

static void want(struct owners *o, struct span path)
{
	uint64_t hash = path_hash(path);
	struct owner_slot *s;

	grow(o);
	s = slot_of(o, hash);
	if (!s->hash) {
		*s = (struct owner_slot){.hash = hash, .owner = SPAN_NONE};
		o->n++;
	}
}

/* The other name of a path on systems whose /bin leads to /usr/bin; NULL when it has none. */
static const char *other_name(struct arena *a, const char *path)
{
	static const char *const merged[] = {"bin/", "sbin/", "lib/", "lib64/", "lib32/", "libx32/"};
	struct span p = span_of(path);

	if (span_starts(p, "usr/"))
		return path + 4;
	for (size_t i = 0; i < sizeof(merged) / sizeof(merged[0]); i++)
		if (span_starts(p, merged[i]))
			return arena_printf(a, "usr/%s", path);
	return NULL;
}

void owners_want(struct owners *o, const char *path)
{
	auto_arena a = ARENA_INIT;
	const char *other = other_name(&a, path);

	want(o, span_of(path));
	if (other)
		want(o, span_of(other));
}

void owners_add(struct owners *o, uint64_t hash, struct span owner)
{
	struct owner_slot *s = hash && o->cap ? slot_of(o, hash) : NULL;

	o->told++;
	if (s && s->hash && !s->owner.p)
		s->owner = owner;
}

void owners_add_list(struct owners *o, const struct owned *list)
{
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
	auto_arena a = ARENA_INIT;
	struct span found = find(o, span_of(path));
	const char *other = found.p ? NULL : other_name(&a, path);

	return other ? find(o, span_of(other)) : found;
}

void owners_fini(struct owners *o)
{
	free(o->slots);
}
