/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VERSION_SQL_H
#define VERSION_SQL_H
#include "db.h"

/*
 * SQL functions for checks and queries:
 *   plim_version_compare(scheme, a, b)           -1, 0 or 1; NULL when an argument is NULL or the scheme refuses one
 *   plim_version_max(scheme, v)                  aggregate: the highest of those that the scheme reads; NULL: none is; an unknown scheme reads none
 *   plim_version_satisfies(scheme, version, range)  1 or 0; NULL when one cannot be read
 * Schemes are those of `plimsoll feeds compare` and `satisfies`; an unknown one is an error.
 */
int version_sql_register(struct db *db, struct err *e);
#endif
