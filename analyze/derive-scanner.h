/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DERIVE_SCANNER_H
#define DERIVE_SCANNER_H
#include "common/db.h"

/*
 * Compares what other scanners reported with what this assessment matched: finds the image of each scan (by digest, else by registry, repository and tag), then fills
 * agreement. Two results are the same when they name the same vulnerability (by any of its names) and the same component, by its own name or its source package's.
 * `feeds` may be NULL. Comes after derive_match().
 */
int derive_scanner(struct db *site, struct db *feeds, struct err *e);
#endif
