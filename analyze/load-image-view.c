// SPDX-License-Identifier: Apache-2.0
// How layers lie on each other: what a higher layer hides, and where a path leads through links.
#include "image.h"

#include "common/limits.h"

enum { LINKS_MAX = 40 }; /* as Linux: MAXSYMLINKS */

static bool hides(const struct layer *l, const char *path)
{
	size_t n = strlen(path);

	if (paths_flags(&l->paths, (struct span){path, n}) & (PATH_DIRECTORY | PATH_OTHER | PATH_WHITEOUT))
		return true;
	for (; n > 0; n--)
		if (path[n - 1] == '/' && paths_flags(&l->paths, (struct span){path, n - 1}) & (PATH_OTHER | PATH_WHITEOUT | PATH_OPAQUE))
			return true;
	return paths_flags(&l->paths, SPAN("")) & PATH_OPAQUE;
}

int view_hidden(const struct image_layers *im, int from, int top, const char *path)
{
	for (int i = from + 1; i <= top; i++)
		if (hides(im->at[i], path))
			return i;
	return -1;
}

/* The symbolic link at `path` itself, NULL when there is none. */
static const struct link *link_at(const struct image_layers *im, int top, struct span path)
{
	for (int i = top; i >= 0; i--) {
		const struct layer *l = im->at[i];

		if (!(paths_flags(&l->paths, path) & PATH_OTHER))
			continue;
		for (const struct link *k = l->links; k; k = k->next)
			if (span_eq(path, k->path) && view_hidden(im, i, top, k->path) < 0)
				return k;
	}
	return NULL;
}

/* Replaces the first part of `path` that is a symbolic link by its target: NULL when none is. */
static char *follow(struct arena *a, const struct image_layers *im, int top, const char *path)
{
	size_t n = strlen(path);

	for (size_t i = 1; i <= n; i++) {
		const struct link *k = i == n || path[i] == '/' ? link_at(im, top, (struct span){path, i}) : NULL;
		const char *slash;
		char *base, *to;

		if (!k)
			continue;
		slash = strrchr(k->path, '/');
		base = arena_strndup(a, k->path, slash ? (size_t)(slash - k->path) : 0);
		to = path_canonical(a, base, k->target);
		return to ? path_canonical(a, to, i < n ? path + i + 1 : "") : NULL;
	}
	return NULL;
}

static const struct note *note_in(const struct layer *l, const char *path, int depth)
{
	const struct note *found = NULL;

	if (!paths_flags(&l->paths, span_of(path)))
		return NULL;
	for (const struct note *n = l->notes; n; n = n->next)
		if (strcmp(n->path, path) == 0)
			found = n; /* the last entry of a name counts */
	if (found && found->link && !found->text.p && !found->items && depth < LINKS_MAX)
		return note_in(l, found->link, depth + 1);
	return found;
}

const struct note *layer_note(const struct layer *l, const char *path)
{
	return note_in(l, path, 0);
}

const struct note *view_find(const struct image_layers *im, int top, const char *path, int *layer)
{
	auto_arena a = ARENA_INIT;
	const char *at = path_canonical(&a, "", path);

	for (int hops = 0; at && hops < LINKS_MAX; hops++) {
		char *next = follow(&a, im, top, at);

		if (next) {
			at = next;
			continue;
		}
		for (int i = top; i >= 0; i--) {
			if (!paths_flags(&im->at[i]->paths, span_of(at)) || view_hidden(im, i, top, at) >= 0)
				continue;
			*layer = i;
			return note_in(im->at[i], at, 0);
		}
		return NULL;
	}
	return NULL;
}
