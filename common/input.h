/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_H
#define INPUT_H
/*
 * Walks what a user gives as evidence: a folder, an archive of one, or a single file, packed or not; or a bundle. Each member comes with what it
 * is and a stream of its plain bytes. Order is by name in folders, as stored in archives. Symbolic links are not followed.
 */
#include "source.h"

struct member {
	const char *path;	/* logical path below the input */
	const char *kind;	/* kind of evidence; NULL: not recognised */
	bool ignored;		/* known, and nothing to assess in it */
	bool feed;		/* ignored because it is a vulnerability feed */
	const char *file;	/* where it lies on disk, NULL inside an archive */
	struct source *content; /* plain bytes, summed by the walk (see sha256) */
	int64_t time;		/* modification time; 0: not told */
	const char *cluster;	/* that a bundle says it is of; NULL: none, or not told */
	const char *source;	/* command, API path or file, as a bundle tells it; NULL: not told */
	const char *sha256;	/* of the stored plain bytes, as a bundle tells it; NULL: the sum of `content` */
	bool redacted;		/* of a bundle, which was redacted when it was made */
	struct err err;		/* why it cannot be read; content is NULL then */
};

/* Called for each member in turn: 0 to go on, -1 with `e` to stop. */
typedef int input_each(void *ctx, struct member *m, struct err *e);
/* 0, or -1 when the input itself cannot be read (ERR_INPUT) or `each` stopped. A damaged member reaches `each` with its error. */
int input_walk(const char *path, input_each *each, void *ctx, struct err *e);
/* True when the file at `path` begins as a bundle does. */
bool input_is_bundle(const char *path);
#endif
