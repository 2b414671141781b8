/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LICENSE_H
#define LICENSE_H
/* Names of licences as SPDX identifiers (SPDX licence list 3.x), where what was written leaves no doubt. */
#include "common/arena.h"
#include "common/span.h"

/* The SPDX form of a licence as written ("Apache License, Version 2.0" gives "Apache-2.0"), or what was written, trimmed to one line of at
 * most 200 bytes; absent when nothing was. In the arena. */
struct span license_normal(struct arena *a, struct span written);
/* True when it is an SPDX identifier that is known here, or an expression of such ones. */
bool license_is_spdx(struct span s);
#endif
