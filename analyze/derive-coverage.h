/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DERIVE_COVERAGE_H
#define DERIVE_COVERAGE_H
#include "common/db.h"

/* Copies what the feeds are, for reports on their age. */
int coverage_copy_feeds(struct db *site, struct db *feeds, struct err *e);
/* Writes feed_coverage for all images and nodes; `feeds` NULL: none were given. */
int coverage_write(struct db *site, struct db *feeds, struct err *e);
#endif
