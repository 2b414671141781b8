// SPDX-License-Identifier: Apache-2.0
// Any bytes as a tree of files, folders, links and marks with any names: walked as a layer of a container store, made an archive and read again, and walked as a root file
// system. What the store's walk makes is an archive that can be read to its end, whatever the names.
#include "analyze/load-rootfs.h"
#include "common/store-layer.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
enum { DEPTH = 24, ENTRIES = 64, NAME = 256, CONTENT = 64 };

struct bytes {
	const uint8_t *p;
	size_t n;
};

static uint8_t next(struct bytes *b)
{
	return b->n ? (b->n--, *b->p++) : 0;
}

/* A length and as many bytes; NUL, and slashes where they may not be, become underscores. */
static void next_text(struct bytes *b, char *out, size_t cap, bool slashes)
{
	size_t n = next(b) % cap;

	for (size_t i = 0; i < n; i++) {
		uint8_t c = next(b);

		out[i] = (char)(c == 0 || (c == '/' && !slashes) ? '_' : c);
	}
	out[n] = 0;
}

static void make_file(int folder, const char *name, struct bytes *b)
{
	char content[CONTENT];
	int fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0644);

	if (fd < 0)
		return;
	next_text(b, content, sizeof(content), true);
	if (write(fd, content, strlen(content)) < 0)
		die("cannot write");
	close(fd);
}

static void make_link(int folder, const char *name, struct bytes *b)
{
	char target[CONTENT];

	next_text(b, target, sizeof(target), true);
	if (target[0] && symlinkat(target, folder, name))
		return;
}

/* Folders are entered: `at` are the open ones. */
static int make_folder(int at[DEPTH], int depth, const char *name)
{
	if (depth + 1 == DEPTH || mkdirat(at[depth], name, 0755))
		return depth;
	at[depth + 1] = openat(at[depth], name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
	return at[depth + 1] < 0 ? depth : depth + 1;
}

static void make_tree(const char *folder, struct bytes b)
{
	int at[DEPTH] = {open(folder, O_RDONLY | O_DIRECTORY)}, depth = 0;

	for (int i = 0; i < ENTRIES && b.n; i++) {
		uint8_t kind = next(&b) % 6;
		char name[NAME];

		next_text(&b, name, sizeof(name), false);
		if (kind == 0)
			make_file(at[depth], name, &b);
		else if (kind == 1)
			depth = make_folder(at, depth, name);
		else if (kind == 2 && depth)
			close(at[depth--]);
		else if (kind == 3)
			make_link(at[depth], name, &b);
		else if (mknodat(at[depth], name, kind == 4 ? S_IFCHR | 0600 : S_IFIFO | 0600, makedev(0, 0))) /* marks need root */
			continue;
	}
	for (; depth >= 0; depth--)
		close(at[depth]);
}

/* Whole paths may be too long for a name. */
static void empty(int folder)
{
	DIR *d = fdopendir(folder);
	struct dirent *x;

	while (d && (x = readdir(d))) {
		if (strcmp(x->d_name, ".") == 0 || strcmp(x->d_name, "..") == 0 || unlinkat(dirfd(d), x->d_name, 0) == 0)
			continue;
		empty(openat(dirfd(d), x->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
		unlinkat(dirfd(d), x->d_name, AT_REMOVEDIR);
	}
	if (d)
		closedir(d);
}

static struct layer *new_layer(void)
{
	struct layer *l = calloc(1, sizeof(*l));

	if (!l)
		die("out of memory");
	return l;
}

static void walk_store(const char *folder)
{
	struct layer *l = new_layer();
	struct store_missed missed;
	struct err e = {0};
	struct source s;
	struct root r;

	if (root_init(&r, folder, &e) || store_folder_source(&s, &r, "layer", &missed, &e))
		die("%s", e.msg);
	layer_read(l, &s, NULL);
	if (l->problem[0])
		die("its own archive cannot be read: %s", l->problem);
	source_close(&s);
	root_fini(&r);
	layer_free(l);
}

static void walk_rootfs(const char *folder)
{
	struct layer *l = new_layer();
	struct err e = {0};

	if (rootfs_read(l, folder, &e))
		die("%s", e.msg);
	layer_free(l);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char folder[] = "/tmp/fuzz-folder-XXXXXX";

	if (!mkdtemp(folder))
		die("no folder");
	make_tree(folder, (struct bytes){data, n});
	walk_store(folder);
	walk_rootfs(folder);
	empty(open(folder, O_RDONLY | O_DIRECTORY));
	if (rmdir(folder))
		die("%s is left", folder);
	return 0;
}
