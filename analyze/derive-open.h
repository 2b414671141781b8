/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DERIVE_OPEN_H
#define DERIVE_OPEN_H
#include "common/db.h"

/* What stands open in each image and node: gathers component_match and package_vex into open_vulnerability, open_group and open_total. Ages are
 * judged at meta's as-of. */
int open_gather(struct db *site, struct err *e);
#endif
