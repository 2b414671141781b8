/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DERIVE_ADMISSION_H
#define DERIVE_ADMISSION_H
#include "derive.h"
/* Fills admission_policy.bound and, for ValidatingAdmissionPolicy, enforces. */
int derive_admission(struct db *db, struct err *e);
#endif
