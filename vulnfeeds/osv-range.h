/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OSV_RANGE_H
#define OSV_RANGE_H
/* Events of one OSV range as intervals (OSV schema 1.6, "affected[].ranges[].events", evaluation algorithm). */
#include "common/json.h"
#include "common/version.h"

struct interval {
	struct span introduced, fixed, last_affected; /* introduced absent: from the first version on */
};
/* The most intervals that one range may have: real ones have a few hundred events. */
#define OSV_INTERVALS_MAX 20000u

/* Sorts the events by version where the scheme has an order (else they are taken as they stand) and pairs them. The
 * intervals live in `a`. Returns their number, -1 with `e` set when there are too many or an event is none. */
int osv_intervals(struct arena *a, enum version_scheme scheme, const struct json *events, struct interval **out,
		  struct err *e);
#endif
