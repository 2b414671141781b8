/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ROOT_H
#define ROOT_H
/* Files below a root directory of another host (or "/"), read without leaving it: symbolic links are followed as that host would follow them. */
#include "arena.h"
#include "buf.h"
#include "err.h"

#include <sys/stat.h>

struct root {
	int fd;
	int64_t newest; /* modification time of the newest regular file that was looked at */
};
int root_init(struct root *r, const char *folder, struct err *e);
void root_fini(struct root *r);
/* A descriptor of what is there, to be closed by the caller; -1 with errno. O_CLOEXEC is added to `flags` (of open(2)). */
int root_open(struct root *r, const char *path, int flags);
/* 1: `st` is filled. 0: there is no such thing. -1: it cannot be looked at (permission). */
int root_stat(struct root *r, const char *path, struct stat *st);
/* The same of the link itself. */
int root_lstat(struct root *r, const char *path, struct stat *st);
/* 1: the regular file's bytes are in `out`. 0: there is none. -1: it cannot be read, or has more than `limit` bytes. */
int root_read(struct root *r, const char *path, size_t limit, struct buf *out);
/* A small file's text in the arena, without the white space around it; absent: there is none, or it cannot be read. */
struct span root_line(struct root *r, struct arena *a, size_t limit, const char *path);
/* Names in a folder, sorted, as many as `max`; each newline-free. The number of names, 0 when there is no such folder. */
size_t root_list(struct root *r, struct arena *a, const char *path, size_t max, char ***names);
#endif
