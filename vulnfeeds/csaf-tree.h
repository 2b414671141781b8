/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CSAF_TREE_H
#define CSAF_TREE_H
/* The product tree of a CSAF 2.0 document: what its product ids stand for (section 3.2.2). */
#include "common/json.h"

struct csaf_product {
	struct span id, name, cpe, purl;      /* absent: not told */
	struct span component, parent;	      /* of a relationship: the ids that it joins */
};

struct csaf_tree {
	struct csaf_product *at; /* sorted by id */
	size_t n, cap;
};

/* Reads all products; the arrays live in `a`. -1: branches nested too deep. */
int csaf_tree_read(struct arena *a, const struct json *product_tree, struct csaf_tree *out, struct err *e);
const struct csaf_product *csaf_find(const struct csaf_tree *t, struct span id);
#endif
