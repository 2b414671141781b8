/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAP_H
#define MAP_H
/* Texts to pointers: a hash table that grows, seeded by chance so that a crafted input cannot choose its collisions. */
#include "span.h"

#include <stdint.h>

struct map {
	struct map_slot {
		struct span key;
		uint64_t hash;
		void *value;
	} *slots;
	size_t cap, n;
};

/* The value's place for a key, made (NULL) where there is none. `key` must live as long as the map: where the caller's does
 * not, it sets map_slot.key to a copy of the same text when it sets the value. The pointer holds until the next call. */
struct map_slot *map_at(struct map *m, struct span key);
/* The value of a key, NULL where there is none: makes no place. */
void *map_find(const struct map *m, struct span key);
/* Forgets all; keys and values are the caller's. */
void map_fini(struct map *m);
#endif
