/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DERIVE_PLAN_H
#define DERIVE_PLAN_H
#include "common/db.h"

/* What feeds tell beyond matches: public exploits and since when fixes are there. `feeds` may be NULL; one of an earlier version tells less. Comes after derive_match(). */
int derive_fix_dates(struct db *site, struct db *feeds, struct err *e);
/* Joins vulnerabilities to workloads, exposures and paths (analyze/plan.sql). Comes after the paths. */
int derive_plan(struct db *site, struct err *e);
#endif
