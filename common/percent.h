/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PERCENT_H
#define PERCENT_H
/* Percent-encoding (RFC 3986, 2.1). */
#include "arena.h"
#include "span.h"

/* The text decoded, in `a`; the text itself when nothing in it is encoded. A '%' without two hex digits behind it stays. */
struct span percent_decode(struct arena *a, struct span s);
#endif
