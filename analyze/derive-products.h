/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DERIVE_PRODUCTS_H
#define DERIVE_PRODUCTS_H
/* Which of Red Hat's products beside Enterprise Linux the rpms of an image come from: its repositories by the feeds' list of what belongs to what. */
#include "common/arena.h"
#include "common/db.h"
#include "common/map.h"

struct product_list {
	struct span *at; /* "openshift:4.12::el8" */
	size_t n;
	bool complete;	 /* every repository is known */
};

struct products {
	struct db *site, *feeds;
	struct arena arena;
	struct map lists; /* row of repository_list: struct product_list */
};

/* Of a row of repository_list, whose columns products and unknown it fills; 0: nothing is told. The list lives until products_fini(). NULL on error. */
const struct product_list *products_of(struct products *p, int64_t repositories, struct err *e);

enum product_fit { PRODUCT_NO, PRODUCT_MAYBE, PRODUCT_YES };
/* Is a statement about the product `said` one about packages of these repositories, in Enterprise Linux `major`? Maybe: repositories are unknown, and
 * those that are known bring no version of the same product. */
enum product_fit products_fit(const struct product_list *list, struct span said, struct span major);
/* feed_coverage of images with a product that no imported feed covers. */
int products_coverage(struct db *site, struct db *feeds, struct err *e);
void products_fini(struct products *p);
#endif
