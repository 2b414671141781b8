// SPDX-License-Identifier: Apache-2.0
// Looking up the data files that the build put into the program.
#include "embed.h"

#include <string.h>

extern const struct embed embed_table[];
extern const size_t embed_count;

/* The first file whose path is not below `path`. */
static size_t lower_bound(const char *path)
{
	size_t lo = 0, hi = embed_count;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (strcmp(embed_table[mid].path, path) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

struct span embed_find(const char *path)
{
	size_t i = lower_bound(path);

	if (i < embed_count && strcmp(embed_table[i].path, path) == 0)
		return embed_span(&embed_table[i]);
	return SPAN_NONE;
}

const struct embed *embed_at(const char *prefix, size_t i)
{
	size_t at = lower_bound(prefix) + i;

	if (at < embed_count && strncmp(embed_table[at].path, prefix, strlen(prefix)) == 0)
		return &embed_table[at];
	return NULL;
}
