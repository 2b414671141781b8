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

static const char *path_of(const void *entry, bool note)
{
	return note ? ((const struct note *)entry)->path : ((const struct link *)entry)->path;
}

static const void **slot_of(const struct index *x, struct span path, bool note)
{
	size_t i = (path_hash(path) >> 4) & (x->cap - 1);

	while (x->at[i] && !span_eq(path, path_of(x->at[i], note)))
		i = (i + 1) & (x->cap - 1);
	return &x->at[i];
}

static void size_index(struct index *x, size_t n)
{
	for (x->cap = 16; x->cap < 2 * n; x->cap *= 2)
		;
	x->at = calloc(x->cap, sizeof(*x->at));
	if (!x->at)
		die("out of memory");
}

static const struct note *find_note(struct layer *l, struct span path)
{
	struct index *x = &l->note_index;
	size_t n = 0;

	if (!x->cap) {
		for (const struct note *note = l->notes; note; note = note->next)
			n++;
		size_index(x, n);
		for (const struct note *note = l->notes; note; note = note->next)
			*slot_of(x, span_of(note->path), true) = note;
	}
	return *slot_of(x, path, true);
}

static const struct link *find_link(struct index *x, const struct link *links, struct span path)
{
	size_t n = 0;

	if (!x->cap) {
		for (const struct link *k = links; k; k = k->next)
			n++;
		size_index(x, n);
		for (const struct link *k = links; k; k = k->next)
			*slot_of(x, span_of(k->path), false) = k;
	}
	return *slot_of(x, path, false);
}

/* What the layer has at a path in the end: a note or a hard link, whichever came last; both NULL when neither. */
static void find_last(struct layer *l, struct span path, const struct note **n, const struct link **k)
{
	*n = find_note(l, path);
	*k = find_link(&l->hard_index, l->hard_links, path);
	if (*n && *k && (*n)->order > (*k)->order)
		*k = NULL;
	else if (*k)
		*n = NULL;
}

/* The symbolic link at `path` itself, NULL when there is none. */
static const struct link *link_at(const struct image_layers *im, int top, struct span path)
{
	for (int i = top; i >= 0; i--) {
		const struct link *k;

		if (!(paths_flags(&im->at[i]->paths, path) & PATH_OTHER))
			continue;
		k = find_link(&im->at[i]->link_index, im->at[i]->links, path);
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
		to = path_canonical(a, base, link_target(k));
		return to ? path_canonical(a, to, i < n ? path + i + 1 : "") : NULL;
	}
	return NULL;
}

static const struct note *note_in(struct layer *l, const char *path, int depth)
{
	const struct note *found;
	const struct link *hard;

	if (!paths_flags(&l->paths, span_of(path)))
		return NULL;
	find_last(l, span_of(path), &found, &hard);
	if (hard)
		return depth < LINKS_MAX ? note_in(l, link_target(hard), depth + 1) : NULL;
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
	const struct note *last;
	const struct link *hard;

	find_last(l, span_of(n->path), &last, &hard);
	return last == n;
}

bool layer_hard_link_counts(struct layer *l, const struct link *k)
{
	const struct note *last;
	const struct link *hard;

	find_last(l, span_of(k->path), &last, &hard);
	return hard == k;
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
