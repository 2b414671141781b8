/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DERIVE_DEFAULTS_H
#define DERIVE_DEFAULTS_H
#include "common/db.h"
/* The minor version of Kubernetes whose roles and bindings analyze/rbac-defaults.yaml tells. */
enum { DEFAULTS_MINOR = 35 };

/* Fills default_change and default_compared: what differs from Kubernetes' own roles and bindings (analyze/rbac-defaults.yaml). */
int derive_defaults(struct db *db, struct err *e);
/* Fills duty_role: which roles hold a right of a side of each duty that the engagement file separates. */
int derive_duties(struct db *db, struct err *e);
#endif
