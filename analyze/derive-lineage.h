/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DERIVE_LINEAGE_H
#define DERIVE_LINEAGE_H
/* Where each image's base ends, whether it is approved, and what its components count as (analyze/schema/lineage.sql). */
#include "derive.h"

int derive_lineage(struct db *db, struct err *e);
/* Who answers for which content of each image: when the owners of workloads are known. */
int derive_image_owners(struct db *db, struct err *e);
/* After the checks: where what they found came from. */
int derive_finding_origins(struct db *db, struct err *e);

/* The row of the chain that `diff_id` makes on top of the one called `below` ("" at the bottom); its name goes to `chain` (71 bytes and NUL). A layer that was not there to be read ("sha256:") is told by its digest as stored. */
int lineage_chain(struct db *db, const char *below, const char *diff_id, const char *digest, char chain[static 72], int64_t *id, struct err *e);
#endif
