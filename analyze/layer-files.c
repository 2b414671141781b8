// SPDX-License-Identifier: Apache-2.0
// Folders, sizes and largest files of a layer. What they mean between layers is load-image-content.c's.
#include "layer-files.h"

#include "common/limits.h"

_Static_assert(LIMIT_LAYER_DIRS <= 0x7ffff, "a folder's place fits into a fact");

static void *bigger(void *p, size_t n, size_t size)
{
	p = reallocarray(p, n, size);
	if (!p)
		die("out of memory");
	return p;
}

/* ---- folders */

static uint32_t *index_of(const struct layer_files *f, uint64_t hash)
{
	uint32_t mask = 2 * f->cap_dirs - 1, i = (uint32_t)(hash >> 4) & mask;

	while (f->dir_index[i] && f->dirs[f->dir_index[i]].hash != hash)
		i = (i + 1) & mask;
	return &f->dir_index[i];
}

static void more_dirs(struct layer_files *f)
{
	f->cap_dirs = f->cap_dirs ? 2 * f->cap_dirs : 64;
	f->dirs = bigger(f->dirs, f->cap_dirs, sizeof(*f->dirs));
	free(f->dir_index);
	f->dir_index = calloc(2 * (size_t)f->cap_dirs, sizeof(*f->dir_index));
	if (!f->dir_index)
		die("out of memory");
	for (uint32_t i = 1; i < f->n_dirs; i++)
		*index_of(f, f->dirs[i].hash) = i;
}

bool layer_files_dir(struct layer_files *f, uint64_t hash, uint32_t parent)
{
	if (f->n_dirs >= LIMIT_LAYER_DIRS || parent > f->n_dirs)
		return false;
	if (f->n_dirs == f->cap_dirs)
		more_dirs(f);
	f->dirs[f->n_dirs] = (struct layer_dir){hash, parent};
	if (f->n_dirs > 0) /* the root is nobody's to be found */
		*index_of(f, hash) = f->n_dirs;
	f->n_dirs++;
	return true;
}

static uint32_t find(const struct layer_files *f, struct span dir)
{
	return dir.n == 0 ? 0 : *index_of(f, path_hash(dir));
}

/* The place of a folder, made with those above it where it is new; what is too much counts as lying in the root. */
static uint32_t place(struct layer_files *f, struct span dir)
{
	uint16_t lengths[LIMIT_NAME_BYTES / 2 + 1];
	size_t n = 0, length = dir.n;
	uint32_t at;

	if (f->n_dirs == 0)
		layer_files_dir(f, path_hash(SPAN("")), 0);
	while (!(at = find(f, (struct span){dir.p, length})) && length > 0) {
		if (n == sizeof(lengths) / sizeof(lengths[0]) || f->n_dirs + n >= LIMIT_LAYER_DIRS) {
			f->partial = true;
			return 0;
		}
		lengths[n++] = (uint16_t)length;
		while (length > 0 && dir.p[length - 1] != '/')
			length--;
		length -= length > 0;
	}
	while (n > 0) {
		layer_files_dir(f, path_hash((struct span){dir.p, lengths[--n]}), at);
		at = f->n_dirs - 1;
	}
	return at;
}

/* Archives hold the files of a folder one behind the other. */
static uint32_t folder_of(struct layer_files *f, const char *path)
{
	const char *slash = strrchr(path, '/');
	size_t n = slash ? (size_t)(slash - path) : 0;

	if (f->last_path && f->last_n == n && memcmp(f->last_path, path, n) == 0)
		return f->last;
	if (!f->last_path)
		f->last_path = bigger(NULL, LIMIT_NAME_BYTES, 1);
	f->last = place(f, (struct span){path, n});
	memcpy(f->last_path, path, n);
	f->last_n = n;
	return f->last;
}

/* ---- the largest */

static bool smaller(const struct top_file *a, const struct top_file *b)
{
	return a->bytes != b->bytes ? a->bytes < b->bytes : strcmp(a->path, b->path) > 0;
}

static void sift(struct layer_files *f, size_t at)
{
	for (size_t child; (child = 2 * at + 1) < f->n_top; at = child) {
		struct top_file moved = f->top[at];

		if (child + 1 < f->n_top && smaller(&f->top[child + 1], &f->top[child]))
			child++;
		if (!smaller(&f->top[child], &moved))
			return;
		f->top[at] = f->top[child];
		f->top[child] = moved;
	}
}

static void take_top(struct layer_files *f, const struct top_file *file, size_t n)
{
	if (!f->top)
		f->top = bigger(NULL, LIMIT_LAYER_TOP, sizeof(*f->top));
	if (f->n_top == LIMIT_LAYER_TOP) {
		if (!smaller(&f->top[0], file))
			return;
		free(f->top[0].path);
		f->top[0] = *file;
		f->top[0].path = bigger(NULL, n + 1, 1);
		memcpy(f->top[0].path, file->path, n + 1);
		sift(f, 0);
		return;
	}
	f->top[f->n_top] = *file;
	f->top[f->n_top].path = bigger(NULL, n + 1, 1);
	memcpy(f->top[f->n_top].path, file->path, n + 1);
	for (size_t at = f->n_top++; at > 0 && smaller(&f->top[at], &f->top[(at - 1) / 2]); at = (at - 1) / 2) {
		struct top_file moved = f->top[at];

		f->top[at] = f->top[(at - 1) / 2];
		f->top[(at - 1) / 2] = moved;
	}
}

void layer_files_top(struct layer_files *f, const char *path, uint64_t hash, const struct tar_entry *t)
{
	struct top_file file = {hash, t->size, t->mode, t->uid, t->gid, (char *)(uintptr_t)path};
	size_t n = strlen(path);

	if (t->size > 0 && n <= LIMIT_LAYER_TOP_NAME)
		take_top(f, &file, n);
}

uint64_t layer_files_add(struct layer_files *f, const char *path, uint64_t hash, const struct tar_entry *t)
{
	f->files++;
	layer_files_top(f, path, hash, t);
	return file_fact(t->size, folder_of(f, path));
}

void layer_files_content(struct layer_files *f, uint64_t hash, uint64_t bytes, uint64_t fold)
{
	if (f->n_contents == LIMIT_LAYER_CONTENTS) {
		f->partial = true;
		return;
	}
	if (f->n_contents == f->cap_contents) {
		f->cap_contents = f->cap_contents ? f->cap_contents + f->cap_contents / 2 : 64;
		f->contents = bigger(f->contents, f->cap_contents, sizeof(*f->contents));
	}
	f->contents[f->n_contents++] = (struct file_content){hash, bytes, fold};
}

void layer_files_fini(struct layer_files *f)
{
	for (size_t i = 0; i < f->n_top; i++)
		free(f->top[i].path);
	free(f->top);
	free(f->dirs);
	free(f->dir_index);
	free(f->last_path);
	free(f->contents);
}
