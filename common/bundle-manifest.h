/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BUNDLE_MANIFEST_H
#define BUNDLE_MANIFEST_H
/* What bundle.c and bundle-manifest.c share; callers elsewhere use bundle.h. */
#include "bundle.h"

enum { BUNDLE_FAULTS_MAX = 100 };

struct bundle_line {
	struct bundle_line *next;
	const char *text;
};

struct bundle {
	const char *file;
	int fd;
	uint64_t size;
	struct arena arena;
	struct bundle_member *at; /* by number, ascending */
	size_t n, cap;
	struct bundle_line *faults, **faults_end;
	size_t faults_n;
	bool breach; /* one of them is no damage: somebody made it */
	uint64_t manifest_at, manifest_bytes; /* 0: none */
	struct err why;			      /* why there is no manifest */
	const struct json *predicate;
	size_t missing; /* members that the manifest lists and that are not there */
};

/* Notes a fault; returns -1. */
int bundle_fail(struct bundle *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* 123 of "m/000123.json.zst". */
unsigned long bundle_number(const char *name);
int bundle_slurp(struct bundle *b, uint64_t at, uint64_t n, struct buf *out, struct err *e);
/* Reads the manifest, or the labels of the members where there is none, into the members. */
void bundle_manifest_read(struct bundle *b);
#endif
