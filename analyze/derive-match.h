/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DERIVE_MATCH_H
#define DERIVE_MATCH_H
#include "common/db.h"

/*
 * Matches the packages of all images and nodes with the feeds of a vulns.db: fills feed, vulnerability, component_match,
 * package_vex, the tables of what is open, and feed_coverage. `feeds` may be NULL (no --feeds): then everything is not-assessed, and says so.
 * Rules: one ecosystem's feeds judge a package; deb and apk by source package and its version; a language package that
 * an operating system package owns is judged by that one; withdrawn records never match; several statements about one
 * vulnerability and package become one row with the highest fix; a release that no feed covers is not assessed.
 */
int derive_match(struct db *site, struct db *feeds, struct err *e);
/* Joins containers and images: by digest, else by repository and tag. */
int derive_image_use(struct db *site, struct err *e);
#endif
