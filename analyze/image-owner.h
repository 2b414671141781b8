/* SPDX-License-Identifier: Apache-2.0 */
#ifndef IMAGE_OWNER_H
#define IMAGE_OWNER_H
/* Which operating system package a file belongs to, by path_hash(). */
#include "image.h"

struct owners {
	struct owner_slot {
		uint64_t hash;	   /* 0: empty */
		struct span owner; /* must outlive the table; absent: none was told */
	} *slots;
	size_t n, cap;
	size_t told; /* files that owners were told of, wanted or not */
};

/* A path whose owner will be asked for. All of them come before the first owners_add(). */
void owners_want(struct owners *o, const char *path);
/* The first owner of a path stays. */
void owners_add(struct owners *o, uint64_t hash, struct span owner);
void owners_add_list(struct owners *o, const struct owned *list);
/* The owner of a path; absent when there is none. /usr-merged systems list "bin/x" for what lies at "usr/bin/x": both are looked for. */
struct span owners_find(const struct owners *o, const char *path);
void owners_fini(struct owners *o);
#endif
