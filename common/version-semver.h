/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VERSION_SEMVER_H
#define VERSION_SEMVER_H
#include "span.h"
/* semver.org 2.0.0, clause 11; tolerant of a leading "v" or "go" and of missing parts. */
int version_semver_cmp(struct span a, struct span b);
bool version_semver_valid(struct span v);
#endif
