/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PEP440_H
#define PEP440_H
/* The parts of a Python version (PEP 440, appendix B), for the order and for specifiers. Spans point into the text. */
#include "span.h"

struct pep440 {
	struct span epoch, release;  /* "0" when not given; "1.2.3" */
	int pre;		     /* 0 none, 1 a, 2 b, 3 rc */
	struct span pre_number;
	struct span post, dev, local; /* absent: none; without a number "0" */
};

/* False when it is no version. */
bool pep440_parse(struct span text, struct pep440 *out);
int pep440_cmp(const struct pep440 *a, const struct pep440 *b);
/* As pep440_cmp, local versions left out. */
int pep440_public_cmp(const struct pep440 *a, const struct pep440 *b);
#endif
