/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DERIVE_INSPECTION_H
#define DERIVE_INSPECTION_H
#include "common/db.h"
/* Table inspection: which ways in from outside pass an inspection point of the engagement file. After exposures and scopes. */
int derive_inspection(struct db *db, struct err *e);
#endif
