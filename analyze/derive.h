/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DERIVE_H
#define DERIVE_H
/* The derivations, in the order that analyze.c runs them. Each reads tables and writes tables in one transaction of its caller;
 * 0, or -1 when the environment failed. What a derivation means stands in its .c file. */
#include "common/db.h"

struct derive_step {
	const char *name; /* for timings and errors */
	int (*run)(struct db *db, struct err *e);
};
#endif
