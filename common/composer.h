/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMPOSER_H
#define COMPOSER_H
/* Composer versions in their normal form ("1.2.0.0-beta1", "dev-main"), for the order and for constraints. */
#include "buf.h"

/* What stands behind the numbers. */
struct composer_modifier {
	const char *word;   /* "alpha", "beta", "RC", "patch", "" for stable; NULL: none */
	struct span number; /* behind the word, with its separators */
	bool dev;
};

/* True when all of `s` is a modifier (or nothing). */
bool composer_modifier(struct span s, struct composer_modifier *out);
/* Appends the normal form; false, with nothing appended, when it is no version. */
bool composer_normalize(struct span text, struct buf *out);
/* PHP's version_compare of normal forms. */
int composer_cmp(struct span a, struct span b);
#endif
