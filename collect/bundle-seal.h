/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BUNDLE_SEAL_H
#define BUNDLE_SEAL_H
/* What bundle-write.c and bundle-seal.c share; callers elsewhere use bundle-write.h. */
#include "bundle-write.h"
#include "common/arena.h"
#include "common/bundle.h"
#include "common/hash.h"
#include "common/outfile.h"

#include <zstd.h>

enum { RULES_MAX = 32, PROBLEMS_MAX = 100, LEFT_OUT_MAX = 10000 };

struct bundle_writer {
	struct outfile file;
	int fd;
	uint64_t offset, header_at; /* end of the file; where the header of the entry at hand goes */
	struct redact *redact;
	ZSTD_CCtx *zstd;
	char *out;
	bool sealed;
	struct arena arena, member; /* of the run; of the member at hand */
	/* The member at hand. */
	struct member_spec spec;
	char name[64];
	uint64_t bytes, packed, problems_n, before[RULES_MAX];
	int64_t member_start;
	struct hash sum;
	struct buf problems;
	/* The manifest so far: lists without their brackets. */
	struct buf members, subjects, expected, left_out, sources;
	uint64_t members_n, expected_n, left_out_n, partial_n, unredacted_n, total_bytes;
	int64_t start;
	char first[400]; /* failure, in words */
	/* Paths in use: open addressing, a power of two. */
	const char **paths;
	size_t paths_n, paths_cap;
};

int bundle_put(struct bundle_writer *w, const void *p, size_t n, struct err *e);
int bundle_entry_begin(struct bundle_writer *w, struct err *e);
int bundle_entry_end(struct bundle_writer *w, const char *name, struct err *e);
/* Adds the member at hand to the manifest. */
void seal_member(struct bundle_writer *w, const char *sha256, uint64_t items);
#endif
