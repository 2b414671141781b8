// SPDX-License-Identifier: Apache-2.0
// Access to files below a root directory. What they mean is node-root.c's.
#include "root.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

int root_init(struct root *r, const char *folder, struct err *e)
{
	*r = (struct root){.fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
	if (r->fd >= 0)
		return 0;
	err_errno(e, "%s: cannot be opened as a host's root directory", folder);
	if (e)
		e->kind = ERR_INPUT;
	return -1;
}

void root_fini(struct root *r)
{
	if (r->fd >= 0)
		close(r->fd);
	r->fd = -1;
}

/* Without openat2 (Linux before 5.6, sandboxes) no link is followed: one component after the other. */
static int open_plainly(int root, const char *path, int flags)
{
	char part[256];
	int fd = dup(root);

	while (fd >= 0 && *path) {
		size_t n;
		int next;

		while (*path == '/')
			path++;
		n = strcspn(path, "/");
		if (n >= sizeof(part) || strncmp(path, "..", n) == 0) {
			close(fd);
			errno = ENOENT;
			return -1;
		}
		memcpy(part, path, n);
		part[n] = 0;
		path += n;
		next = openat(fd, n ? part : ".", (path[strspn(path, "/")] ? O_PATH | O_CLOEXEC : flags) | O_NOFOLLOW);
		close(fd);
		fd = next;
	}
	return fd;
}

int root_open(struct root *r, const char *path, int flags)
{
	struct open_how how = {.flags = (uint64_t)flags | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS};
	int fd = (int)syscall(SYS_openat2, r->fd, path, &how, sizeof(how));

	if (fd < 0 && (errno == ENOSYS || errno == EPERM))
		fd = open_plainly(r->fd, path, flags | O_CLOEXEC);
	return fd;
}

static int stat_below(struct root *r, const char *path, int flags, struct stat *st)
{
	int fd = root_open(r, path, O_PATH | flags), rc;

	if (fd < 0)
		return errno == ENOENT || errno == ENOTDIR || errno == ELOOP ? 0 : -1;
	rc = fstat(fd, st) ? -1 : 1;
	close(fd);
	if (rc == 1 && S_ISREG(st->st_mode) && st->st_mtime > r->newest)
		r->newest = st->st_mtime;
	return rc;
}

int root_stat(struct root *r, const char *path, struct stat *st)
{
	return stat_below(r, path, 0, st);
}

int root_lstat(struct root *r, const char *path, struct stat *st)
{
	return stat_below(r, path, O_NOFOLLOW, st);
}

int root_read(struct root *r, const char *path, size_t limit, struct buf *out)
{
	struct stat st;
	int fd = root_open(r, path, O_RDONLY | O_NONBLOCK);
	ssize_t got;

	if (fd < 0)
		return errno == ENOENT || errno == ENOTDIR || errno == ELOOP ? 0 : -1;
	if (fstat(fd, &st) || !S_ISREG(st.st_mode)) {
		close(fd);
		return 0;
	}
	if (st.st_mtime > r->newest)
		r->newest = st.st_mtime;
	buf_reset(out);
	while ((got = read(fd, buf_room(out, 65536), 65536)) > 0 || (got < 0 && errno == EINTR)) {
		out->n += got > 0 ? (size_t)got : 0;
		if (out->n > limit)
			break;
	}
	close(fd);
	if (got != 0)
		return -1;
	buf_add_char(out, 0);
	out->n--;
	return 1;
}

struct span root_line(struct root *r, struct arena *a, size_t limit, const char *path)
{
	auto_buf b = BUF_INIT;
	struct span s;

	if (root_read(r, path, limit, &b) != 1)
		return SPAN_NONE;
	s = span_trim(buf_span(&b));
	return (struct span){arena_strndup(a, s.p, s.n), s.n};
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

size_t root_list(struct root *r, struct arena *a, const char *path, size_t max, char ***names)
{
	int fd = root_open(r, path, O_RDONLY | O_DIRECTORY);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;
	size_t n = 0;

	*names = arena_array(a, max, sizeof(char *));
	if (!d && fd >= 0)
		close(fd);
	while (d && n < max && (entry = readdir(d)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			(*names)[n++] = arena_strdup(a, entry->d_name);
	if (d)
		closedir(d);
	qsort(*names, n, sizeof(char *), by_text);
	return n;
}
