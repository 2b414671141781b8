/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SOURCE_H
#define SOURCE_H
/*
 * A stream of bytes from a file, an archive member, a pipe or memory; and `items`, which reads a stream of
 * JSON or YAML one object at a time, so that memory is bounded by the largest object.
 */
#include "json.h"

#include <sys/types.h>

struct source {
	/* Reads up to n bytes (n > 0): the number read, 0 at the end, -1 with `e` set. */
	ssize_t (*read)(struct source *s, void *p, size_t n, struct err *e);
	void (*close)(struct source *s); /* may be NULL */
	/* Leaves out n bytes without reading them; NULL: they must be read. Not used while a sum is made. */
	int (*skip)(struct source *s, uint64_t n, struct err *e);
	void *ctx;
	uint64_t offset; /* bytes read so far, kept by source_read */
	const char *name; /* for messages */
	struct hash *sum; /* when set, all bytes read are added to it */
};

ssize_t source_read(struct source *s, void *p, size_t n, struct err *e);
void source_close(struct source *s);
/* Over a file descriptor that the source then owns. */
void source_from_fd(struct source *s, int fd, const char *name);
/* Opens a regular file (symlinks are followed, devices refused). */
int source_from_file(struct source *s, const char *path, struct err *e);
void source_from_span(struct source *s, struct span text, const char *name);
/* Reads all of it into `b`; more than `limit` bytes is an error. */
int source_slurp(struct source *s, struct buf *b, size_t limit, struct err *e);
/* Reads all of it for its SHA-256: 64 hex digits and NUL. */
int source_hash(struct source *s, char out[static 65], struct err *e);

/*
 * Items of a stream. JSON: a list object ({"kind":"List","items":[...]}, PodList, ...) gives each element of
 * `items`; a top-level array gives each element; anything else is one item; several documents one behind
 * the other (JSON Lines) give one item each. YAML: the same per document. Which one it is, the first
 * bytes tell. Besides "items", further depth-1 arrays can be split by naming them in `split`.
 */
struct items;
struct item {
	struct json *value;	 /* lives in the arena given to items_next */
	const char *pointer;	 /* JSON pointer in the stream: "/items/3", "/3" or ""; a further document: "#2/items/0" */
	struct span kind, api_version; /* of the enclosing list, as far as known then ("PodList", "v1"); may be absent */
	struct span in;		 /* which split array it came from ("items", "UserDetailList"), absent for a whole document */
};

/* `split`: NULL-terminated names beside "items", or NULL. The source stays the caller's. */
struct items *items_open(struct source *s, const char *const *split);
/* 1: an item. 0: the end. 2: an item that could not be read (e tells why, with its pointer and offset); go on.
 * -1: the stream is broken (cut short, not JSON or YAML at all, I/O error): what came before was good. */
int items_next(struct items *i, struct arena *a, struct item *out, struct err *e);
/* At the end: a JSON document said that it is one page of several (AWS: IsTruncated, NextToken). */
bool items_truncated(const struct items *i);
/* At the end: the kind of the last list ("List", "PodList"), also of an empty one; absent where it has none. */
struct span items_list_kind(const struct items *i);
void items_close(struct items *i);
#endif
