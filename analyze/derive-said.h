/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DERIVE_SAID_H
#define DERIVE_SAID_H
/* What the feeds say of a package, read once for all of its versions. */
#include "common/arena.h"
#include "common/db.h"
#include "common/map.h"

/* One interval of one record: a row of `affected` with what its record and its feed add. */
struct said {
	struct span primary; /* the CVE that the record is about, else its own name */
	struct span status, introduced, fixed, last, versions, advisory, module, feed_name;
	struct span release; /* of said_beside(): the product */
	int64_t feed, date;  /* 0: the feed states no date */
};

struct said_list {
	struct said *at;
	size_t n;
};

struct said_store {
	struct db *feeds;
	struct arena arena;
	struct map lists;     /* scope, binary and name: struct said_list */
	struct map scopes;    /* ecosystem and release: the scope's id */
	struct map primaries; /* row of vuln: its primary name */
	bool scopes_read;
	size_t rows;
};

/* All that stands of a package, in the order of feeds and names; empty where nothing does. The list lives until said_fini(). NULL on error. */
const struct said_list *said_of(struct said_store *s, struct span ecosystem, struct span release, struct span name, bool binary, struct err *e);
/* The same of an rpm in Red Hat's products beside Enterprise Linux (common/red-hat.h), in the order of the products. */
const struct said_list *said_beside(struct said_store *s, struct span name, bool binary, struct err *e);
void said_fini(struct said_store *s);
#endif
