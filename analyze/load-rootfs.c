// SPDX-License-Identifier: Apache-2.0
// Reads a folder as if it were a layer. What matters in it is image-note.c's.
#include "load-rootfs.h"
#include "image-note.h"

#include "common/limits.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DEPTH_MAX = 256 };

struct walk {
	struct layer *layer;
	struct arena scratch;
	dev_t device;
	uint64_t entries;
};

static void fill(struct tar_entry *t, const char *path, const struct stat *st)
{
	*t = (struct tar_entry){.name = path, .link = "", .mode = st->st_mode & 07777, .uid = st->st_uid, .gid = st->st_gid, .mtime = st->st_mtime};
	t->type = S_ISREG(st->st_mode) ? 'f' : S_ISDIR(st->st_mode) ? 'd' : S_ISLNK(st->st_mode) ? 'l' : 'o';
	t->size = t->type == 'f' ? (uint64_t)st->st_size : 0;
}

static void unreadable(struct walk *w, const struct tar_entry *t, int why)
{
	struct note *n = note_add(w->layer, t->name, t, 0);

	if (n->path)
		n->problem = arena_printf(&w->layer->arena, "cannot be read: %s", strerrordesc_np(why));
}

static int take_file(struct walk *w, int folder, const char *name, const struct tar_entry *t, struct err *e)
{
	int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	struct source s;
	struct stat now;
	int r;

	if (fd < 0) {
		unreadable(w, t, errno);
		return 0;
	}
	/* It may have become something else meanwhile. */
	if (fstat(fd, &now) || !S_ISREG(now.st_mode)) {
		close(fd);
		return 0;
	}
	source_from_fd(&s, fd, t->name);
	r = layer_entry(w->layer, t, &s, &w->scratch, e);
	source_close(&s);
	return r;
}

static int walk_folder(struct walk *w, int folder, const char *path, int depth, struct err *e);

static int take_entry(struct walk *w, int folder, const char *name, const char *path, int depth, struct err *e)
{
	char target[LIMIT_NAME_BYTES];
	struct tar_entry t;
	struct stat st;
	ssize_t n;
	int fd, r;

	if (++w->entries > LIMIT_MEMBERS)
		return err_set(e, ERR_INPUT, "more than %u files", LIMIT_MEMBERS);
	if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW))
		return 0;
	fill(&t, path, &st);
	if (t.type == 'f')
		return take_file(w, folder, name, &t, e);
	if (t.type == 'l') {
		n = readlinkat(folder, name, target, sizeof(target) - 1);
		target[n < 0 ? 0 : n] = 0;
		t.link = target;
	}
	r = layer_entry(w->layer, &t, NULL, &w->scratch, e);
	if (r || t.type != 'd' || st.st_dev != w->device)
		return r;
	fd = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0) {
		unreadable(w, &t, errno);
		return 0;
	}
	return walk_folder(w, fd, path, depth + 1, e);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Names first and sorted, so that the same tree gives the same result. Owns `folder`. */
static int walk_folder(struct walk *w, int folder, const char *path, int depth, struct err *e)
{
	auto_arena a = ARENA_INIT;
	DIR *d = fdopendir(folder);
	struct dirent *entry;
	char **names = NULL;
	size_t n = 0, cap = 0;
	bool told = false;
	int r = 0;

	if (!d) {
		close(folder);
		return 0;
	}
	while ((entry = readdir(d))) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 || n > LIMIT_MEMBERS)
			continue;
		if (n == cap) {
			char **bigger = arena_array(&a, cap ? 2 * cap : 64, sizeof(*bigger));

			if (n)
				memcpy(bigger, names, n * sizeof(*bigger));
			names = bigger;
			cap = cap ? 2 * cap : 64;
		}
		names[n++] = arena_strdup(&a, entry->d_name);
	}
	if (n > 1)
		qsort(names, n, sizeof(*names), by_name);
	for (size_t i = 0; i < n && r == 0; i++) {
		char *inner = arena_printf(&a, "%s%s%s", path, path[0] ? "/" : "", names[i]);

		if (strlen(inner) >= LIMIT_NAME_BYTES || depth >= DEPTH_MAX) { /* nothing is hidden by lying deep: told once a folder */
			if (!told)
				unreadable(w, &(struct tar_entry){.name = path, .link = "", .type = 'd'}, ENAMETOOLONG);
			told = true;
			continue;
		}
		r = take_entry(w, dirfd(d), names[i], inner, depth, e);
		arena_reset(&w->scratch);
	}
	closedir(d);
	return r;
}

int rootfs_read(struct layer *l, const char *folder, struct err *e)
{
	struct walk w = {.layer = l};
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC), r;
	struct stat st;

	layer_start(l);
	l->packing = "none";
	if (fd < 0 || fstat(fd, &st)) {
		err_errno(e, "%s: cannot open", folder);
		if (e)
			e->kind = ERR_INPUT;
		return -1;
	}
	w.device = st.st_dev;
	r = walk_folder(&w, fd, "", 0, e);
	arena_fini(&w.scratch);
	return paths_settle(&l->paths, e) ? -1 : r;
}
