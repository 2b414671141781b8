/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VEX_STORE_H
#define VEX_STORE_H
/* VEX statements in vulns.db. */
#include "store.h"

struct vex_row {
	struct span name, product, component, justification, note, author; /* as schema.sql's vex has them */
	const char *status;
	int64_t stated;
};

/* Writes a statement of the current feed; of several by one author about the same, the newest stays. */
int vex_store(struct store *s, const struct vex_row *r, struct err *e);
#endif
