/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DERIVE_LICENCE_H
#define DERIVE_LICENCE_H
/* What each licence that a package states means, and what the engagement file's policy says of it (analyze/schema/licence.sql). */
#include "derive.h"

int derive_licences(struct db *db, struct err *e);
#endif
