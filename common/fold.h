/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FOLD_H
#define FOLD_H
/*
 * A fast 64-bit sum of a stream, for telling whether files of one size are the same. It is no protection: who wants to can make two contents with
 * one sum. What must not be forged is hash.h's.
 */
#include "span.h"

struct fold {
	uint64_t lane[4];
	unsigned char tail[64];
	size_t n;	/* bytes in tail */
	uint64_t bytes; /* in all */
};

void fold_init(struct fold *f);
void fold_add(struct fold *f, const void *p, size_t n);
uint64_t fold_end(struct fold *f);
#endif
