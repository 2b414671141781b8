/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCHEMA_H
#define SCHEMA_H
/* The assessment database's tables and views, made from analyze/schema/<subject>.sql by the build, which puts the empty database into the program. */
#include "common/db.h"

/* Creates all tables and views in an empty database. */
int schema_create(struct db *db, struct err *e);
#endif
