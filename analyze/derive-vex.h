/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DERIVE_VEX_H
#define DERIVE_VEX_H
#include "common/db.h"

/*
 * Applies the VEX statements of a vulns.db to what was matched, as rows of package_vex. A statement holds for a package when its component (or its product,
 * where it names none) is the package: the same package URL type, namespace and name, the same version where it names one, and the
 * same qualifiers where both have them. A product beside a component must be the image: by digest, or by registry and repository and, where it names one,
 * tag. Of several statements the newest counts.
 */
int vex_apply(struct db *site, struct db *feeds, struct err *e);
#endif
