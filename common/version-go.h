/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VERSION_GO_H
#define VERSION_GO_H
#include "span.h"
/* golang.org/x/mod/semver Compare; texts that are no versions are all equal and lower than every version. */
int version_go_cmp(struct span a, struct span b);
#endif
