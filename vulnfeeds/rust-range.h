/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUST_RANGE_H
#define RUST_RANGE_H
#include "advisory.h"

/* Adds a row for each interval of versions that is in none of the requirements (RustSec: affected is what is neither patched nor
 * unaffected). `row` has all but the interval. -1: a requirement cannot be read. */
int rust_affected(struct store *s, struct advisory *a, const struct place *p, struct affected_row row, const struct span *patched, size_t patched_n,
		  const struct span *unaffected, size_t unaffected_n, struct err *e);
#endif
