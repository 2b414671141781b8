/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VERSION_GENERIC_H
#define VERSION_GENERIC_H
#include "span.h"
/* No scheme's: numbers as numbers, letters as text, words for pre-releases below the release. */
int version_generic_cmp(struct span a, struct span b);
#endif
