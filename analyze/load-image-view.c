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

/* ---- indexes: hostile layers hold half a million links */

static const char *path_of(const void *entry, bool link)
{
	return link ? ((const struct link *)entry)->path : ((const struct note *)entry)->path;
}

static const void **slot_of(const struct index *x, struct span path, bool link)
{
	size_t i = (path_hash(path) >> 4) & (x->cap - 1);

	while (x->at[i] && !span_eq(path, path_of(x->at[i], link)))
		i = (i + 1) & (x->cap - 1);
	return &x->at[i];
}

static void make_index(struct index *x, const struct layer *l, bool link)
{
	size_t n = 0;

	for (const struct note *note = l->notes; note && !link; note = note->next)
		n++;
	for (const struct link *k = l->links; k && link; k = k->next)
		n++;
	for (x->cap = 16; x->cap < 2 * n; x->cap *= 2)
		;
	x->at = calloc(x->cap, sizeof(*x->at));
	if (!x->at)
		die("out of memory");
	for (const struct note *note = l->notes; note && !link; note = note->next)
		*slot_of(x, span_of(note->path), false) = note;
	for (const struct link *k = l->links; k && link; k = k->next)
		*slot_of(x, span_of(k->path), true) = k;
}

static const void *look_up(struct layer *l, struct span path, bool link)
{
	struct index *x = link ? &l->link_index : &l->note_index;

	if (!x->cap)
		make_index(x, l, link);
	return *slot_of(x, path, link);
}

/* The symbolic link at `path` itself, NULL when there is none. */
static const struct link *link_at(const struct image_layers *im, int top, struct span path)
{
	for (int i = top; i >= 0; i--) {
		const struct link *k;

		if (!(paths_flags(&im->at[i]->paths, path) & PATH_OTHER))
			continue;
		k = look_up(im->at[i], path, true);
		if (k && view_hidden(im, i, top, k->path) < 0)
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

static const struct note *note_in(struct layer *l, const char *path, int depth)
{
	const struct note *found;

	if (!paths_flags(&l->paths, span_of(path)))
		return NULL;
	found = look_up(l, span_of(path), false);
	if (found && found->link && !found->text.p && !found->items && depth < LINKS_MAX)
		return note_in(l, found->link, depth + 1);
	return found;
}

const struct note *layer_note(struct layer *l, const char *path)
{
	return note_in(l, path, 0);
}

bool layer_note_counts(struct layer *l, const struct note *n)
{
	return look_up(l, span_of(n->path), false) == n;
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
