/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VERSION_COMPOSER_H
#define VERSION_COMPOSER_H
#include "span.h"
/* composer/semver VersionParser::normalize, then PHP's version_compare; of two branches (dev-…) neither is newer. */
int version_composer_cmp(struct span a, struct span b);
bool version_composer_valid(struct span v);
#endif
