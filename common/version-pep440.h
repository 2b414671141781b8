/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VERSION_PEP440_H
#define VERSION_PEP440_H
#include "span.h"
/* PEP 440, as pypa/packaging's Version orders it. Texts that are no versions are lower than every version. */
int version_pep440_cmp(struct span a, struct span b);
bool version_pep440_valid(struct span v);
#endif
