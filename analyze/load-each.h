/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LOAD_EACH_H
#define LOAD_EACH_H
/* The walk over a member's items that loaders share: redaction first, a bad item costs only itself. */
#include "load.h"

/* One item: 0, or -1 when the environment failed. */
typedef int load_item(struct load *l, const struct item *it, void *ctx, struct err *e);

struct load_walk {
	const char *const *lists; /* as items_open() takes them */
	load_item *each;
	void *ctx;
	bool nulls;		  /* null is an item like others; else it is what the collector left out */
	const char *more;	  /* the word by which an export says that further pages follow, for the problem; NULL: there are none */
};

/* Calls w->each for the items of the member at hand. 0, or -1 when the environment failed. */
int load_each(struct load *l, struct source *content, const struct load_walk *w, struct err *e);
#endif
