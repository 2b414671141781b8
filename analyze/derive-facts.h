/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DERIVE_FACTS_H
#define DERIVE_FACTS_H
/* Rows of `vulnerability`: what all feeds together know of one that was matched. */
#include "common/arena.h"
#include "common/db.h"

struct facts {
	struct db *site, *feeds;
	struct arena arena; /* of the vulnerability at hand */
	int kev, epss;	    /* whether there is such a feed: 1, -1; 0: not yet asked */
};

/* Writes the vulnerability `name`, decided by `feed`: its id in `*id`. Severity, score, vector and summary are that feed's, else those of the newest feed that
 * knows; aliases are the names that records give it. */
int facts_write(struct facts *f, struct span name, int64_t feed, int64_t *id, struct err *e);
void facts_fini(struct facts *f);
#endif
