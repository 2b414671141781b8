/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VERSION_GEM_H
#define VERSION_GEM_H
#include "span.h"
/* RubyGems, Gem::Version#<=>: '-' means '.pre.'. */
int version_gem_cmp(struct span a, struct span b);
bool version_gem_valid(struct span v);
#endif
