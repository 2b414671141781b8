/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VERSION_SEMVER_H
#define VERSION_SEMVER_H
#include "span.h"
/* Semantic version order: semver.org 2.0.0, clause 11. Build metadata does not count. */
int version_semver_cmp(struct span a, struct span b);
#endif
