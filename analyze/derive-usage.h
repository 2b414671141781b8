/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DERIVE_USAGE_H
#define DERIVE_USAGE_H
#include "common/db.h"
/* Fills rule_use: for each request that audit logs counted as allowed, every rule of every binding that allows it. */
int derive_usage(struct db *db, struct err *e);
#endif
