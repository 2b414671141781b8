/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DERIVE_SCOPE_H
#define DERIVE_SCOPE_H
#include "common/db.h"
/* Scopes of clouds and registries that the evidence hints at; rows of registries and repositories that images name. Before
 * derive_engagement. */
int derive_scopes(struct db *db, struct err *e);
/* One scope with state 'assumed-absent' for each kind of system that there is still no scope of. After derive_engagement. */
int derive_absent_scopes(struct db *db, struct err *e);
#endif
