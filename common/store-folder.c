// SPDX-License-Identifier: Apache-2.0
// From the folder of an overlay layer to a tar of it. Sources: Linux Documentation/filesystems/overlayfs.rst (whiteouts, opaque directories, metacopy,
// redirect_dir); fuse-overlayfs's names for the same.
#include "store-layer.h"
#include "file-identity.h"
#include "limits.h"
#include "map.h"
#include "tar-header.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

enum { DEPTH_MAX = 256, ENTRIES_MAX = 3000000 };

struct entry {
	struct entry *next;
	const char *path, *link;
	char type;
	bool made; /* a mark of ours in place of overlay's */
	uint32_t mode, uid, gid;
	uint64_t size;
};

struct walk {
	struct root *folder;
	struct arena arena;
	struct entry *first, **end;
	size_t n;
	struct store_missed *missed;
	struct hash *sum; /* of what tells the files apart; NULL: not wanted */
	int64_t changed;
	/* While it is given: */
	struct buf head;
	size_t at;
	uint64_t left, padding;
	int fd;
	bool ended;
	const char *name;
};

static struct entry *add(struct walk *w, const char *path, char type, const struct stat *st)
{
	struct entry *x = arena_alloc(&w->arena, sizeof(*x));

	*x = (struct entry){.path = path, .type = type, .made = !st};
	if (st) {
		x->mode = st->st_mode & 07777;
		x->uid = st->st_uid;
		x->gid = st->st_gid;
		x->size = type == '0' ? (uint64_t)st->st_size : 0;
	}
	*w->end = x;
	w->end = &x->next;
	w->n++;
	return x;
}

static void miss(struct walk *w, unsigned *count, const char *path)
{
	if (!w->missed->unread && !w->missed->metadata)
		snprintf(w->missed->first, sizeof(w->missed->first), "%.255s", path);
	++*count;
}

/* An attribute of overlay under any of the names that it has. The bytes of its value, -1: there is none. */
static ssize_t overlay_attribute(int fd, const char *what, char *value, size_t cap)
{
	static const char *const prefixes[] = {"trusted.overlay.", "user.overlay.", "user.fuseoverlayfs."};
	char name[64];
	ssize_t n = -1;

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]) && n < 0; i++) {
		snprintf(name, sizeof(name), "%s%s", prefixes[i], what);
		n = fgetxattr(fd, name, value, cap);
	}
	return n;
}

static int walk_folder(struct walk *w, int fd, const char *path, int depth, struct err *e);

static int take_folder(struct walk *w, const char *path, const struct stat *st, int depth, struct err *e)
{
	char value[8];
	int fd = root_open(w->folder, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);

	add(w, arena_printf(&w->arena, "%s/", path), '5', st);
	if (fd < 0) {
		miss(w, &w->missed->unread, path);
		return 0;
	}
	if (overlay_attribute(fd, "opaque", value, sizeof(value)) == 1 && value[0] == 'y')
		add(w, arena_printf(&w->arena, "%s/.wh..wh..opq", path), '0', NULL);
	if (overlay_attribute(fd, "redirect", value, 0) >= 0)
		miss(w, &w->missed->metadata, path);
	return walk_folder(w, fd, path, depth + 1, e);
}

static void take_file(struct walk *w, const char *path, const struct stat *st)
{
	char value[8];
	int fd = root_open(w->folder, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);

	if (fd < 0)
		miss(w, &w->missed->unread, path);
	else if (st->st_size > 0 && st->st_blocks == 0 && overlay_attribute(fd, "metacopy", value, 0) >= 0)
		miss(w, &w->missed->metadata, path);
	else
		add(w, path, '0', st);
	if (fd >= 0)
		close(fd);
}

static void take_link(struct walk *w, int folder, const char *name, const char *path, const struct stat *st)
{
	char target[LIMIT_NAME_BYTES];
	ssize_t n = readlinkat(folder, name, target, sizeof(target) - 1);

	if (n > 0)
		add(w, path, '2', st)->link = arena_strndup(&w->arena, target, (size_t)n);
}

static int take(struct walk *w, int folder, const char *name, const char *base, int depth, struct err *e)
{
	const char *path = arena_printf(&w->arena, "%s%s%s", base, base[0] ? "/" : "", name);
	struct stat st;

	if (strlen(path) >= LIMIT_NAME_BYTES || depth > DEPTH_MAX) { /* nothing is hidden by lying deep */
		miss(w, &w->missed->unread, path);
		return 0;
	}
	if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW))
		return 0;
	if (w->n > ENTRIES_MAX)
		return err_set(e, ERR_INPUT, "%s: more than %d files in a layer", w->name, ENTRIES_MAX);
	if (w->sum) {
		hash_add(w->sum, path, strlen(path) + 1);
		file_identity_add(w->sum, &st, &w->changed);
		w->n++;
		if (!S_ISDIR(st.st_mode))
			return 0;
	}
	if (S_ISDIR(st.st_mode))
		return take_folder(w, path, &st, depth, e);
	if (S_ISREG(st.st_mode))
		take_file(w, path, &st);
	else if (S_ISLNK(st.st_mode))
		take_link(w, folder, name, path, &st);
	else if (S_ISCHR(st.st_mode) && st.st_rdev == makedev(0, 0))
		add(w, arena_printf(&w->arena, "%s%s.wh.%s", base, base[0] ? "/" : "", name), '0', NULL);
	else
		add(w, path, '3', &st);
	return 0;
}

/* Owns `fd`. */
static int walk_folder(struct walk *w, int fd, const char *path, int depth, struct err *e)
{
	struct dirent **names = NULL;
	int n = scandirat(fd, ".", &names, NULL, alphasort), rc = 0;

	if (n < 0)
		miss(w, &w->missed->unread, path);
	for (int i = 0; i < n; i++) {
		if (rc == 0 && strcmp(names[i]->d_name, ".") != 0 && strcmp(names[i]->d_name, "..") != 0)
			rc = take(w, fd, names[i]->d_name, path, depth, e);
		free(names[i]);
	}
	free(names);
	close(fd);
	return rc;
}

/* ---- giving it */

static void pad(struct walk *w, size_t n)
{
	memset(buf_room(&w->head, n), 0, n);
	w->head.n += n;
}

/* The next entry's header, or what stands behind a file's content. */
static int advance(struct walk *w, struct err *e)
{
	struct entry *x = w->first;

	buf_reset(&w->head);
	w->at = 0;
	if (w->fd >= 0) {
		close(w->fd);
		w->fd = -1;
		pad(w, (size_t)w->padding);
		return 0;
	}
	if (!x) {
		w->ended = true;
		pad(w, (size_t)2 * TAR_HEADER_BLOCK);
		return 0;
	}
	w->first = x->next;
	tar_header_put(&w->head, &(struct tar_head){span_of(x->path), x->link ? span_of(x->link) : SPAN_NONE, x->type, x->mode, x->uid, x->gid, x->size});
	if (x->type != '0' || !x->size)
		return 0;
	w->fd = root_open(w->folder, x->path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
	if (w->fd < 0)
		return err_set(e, ERR_INPUT, "%s: %s cannot be read any more", w->name, x->path);
	w->left = x->size;
	w->padding = (TAR_HEADER_BLOCK - x->size % TAR_HEADER_BLOCK) % TAR_HEADER_BLOCK;
	return 0;
}

static ssize_t folder_read(struct source *s, void *p, size_t n, struct err *e)
{
	struct walk *w = s->ctx;
	ssize_t got;

	while (w->at == w->head.n && !w->left) {
		if (w->ended)
			return 0;
		if (advance(w, e))
			return -1;
	}
	if (w->at < w->head.n) {
		n = n < w->head.n - w->at ? n : w->head.n - w->at;
		memcpy(p, w->head.p + w->at, n);
		w->at += n;
		return (ssize_t)n;
	}
	got = read(w->fd, p, n < w->left ? n : (size_t)w->left);
	if (got <= 0)
		return err_set(e, ERR_INPUT, "%s: a file of the layer became shorter, or cannot be read", w->name);
	w->left -= (uint64_t)got;
	return got;
}

static void folder_close(struct source *s)
{
	struct walk *w = s->ctx;

	if (w->fd >= 0)
		close(w->fd);
	buf_fini(&w->head);
	arena_fini(&w->arena);
	free(w);
}

static int open_walk(struct source *out, struct root *folder, const char *name, struct store_missed *missed, struct hash *sum, struct err *e)
{
	struct walk *w = calloc(1, sizeof(*w));
	struct stat st;
	int fd;

	if (!w)
		die("out of memory");
	*missed = (struct store_missed){0};
	w->sum = sum;
	w->folder = folder;
	w->end = &w->first;
	w->missed = missed;
	w->fd = -1;
	w->name = name;
	*out = (struct source){.read = folder_read, .close = folder_close, .ctx = w, .name = name};
	fd = root_open(folder, ".", O_RDONLY | O_DIRECTORY);
	if (fd >= 0 && sum && fstat(fd, &st) == 0)
		file_identity_add(sum, &st, &w->changed);
	if (fd >= 0 && walk_folder(w, fd, "", 0, e) == 0)
		return 0;
	if (fd < 0)
		err_set(e, ERR_INPUT, "%s: the layer's folder cannot be read", name);
	source_close(out);
	return -1;
}

int store_folder_source(struct source *out, struct root *folder, const char *name, struct store_missed *missed, struct err *e)
{
	return open_walk(out, folder, name, missed, NULL, e);
}

int store_folder_identity(struct root *folder, const char *name, struct hash *sum, int64_t *changed, struct err *e)
{
	struct store_missed missed;
	struct source s;

	if (open_walk(&s, folder, name, &missed, sum, e))
		return -1;
	if (((const struct walk *)s.ctx)->changed > *changed)
		*changed = ((const struct walk *)s.ctx)->changed;
	source_close(&s);
	return 0;
}

int store_folder_stray(struct root *folder, const struct map *names, const char *name, struct err *e)
{
	struct store_missed missed;
	struct source s;
	const struct walk *w;
	int rc = 0;

	if (store_folder_source(&s, folder, name, &missed, e))
		return -1;
	w = s.ctx;
	for (const struct entry *x = w->first; x && rc == 0; x = x->next)
		if (!x->made && x->type != '5' && !map_find(names, span_of(x->path)))
			rc = err_set(e, ERR_INPUT, "%s: %s lies in the layer's folder and not in its archive", name, x->path);
	source_close(&s);
	return rc;
}
