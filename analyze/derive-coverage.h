/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DERIVE_COVERAGE_H
#define DERIVE_COVERAGE_H
#include "common/db.h"

/* A subquery: installed packages with the ecosystem, release and name that feeds know them by. Language packages that an
 * operating system package owns are not in it. kernel: a kernel's source in an image, which the node decides about. */
#define MATCHED_PACKAGES                                                                                                      \
	"(SELECT p.id AS package, p.thing, p.type IN ('deb', 'apk', 'rpm') AS os,"                                            \
	" CASE WHEN p.type IN ('deb', 'apk', 'rpm') THEN v.ecosystem WHEN p.type = 'npm' THEN 'npm' ELSE p.type END AS ecosystem," \
	" CASE WHEN p.type IN ('deb', 'apk', 'rpm') THEN v.release ELSE '' END AS release,"                                   \
	" coalesce(p.source, p.name) AS name, coalesce(p.source_version, p.version) AS version,"                             \
	" t.kind = 'image' AND p.type = 'deb' AND (p.source = 'linux' OR p.source GLOB 'linux-signed*' OR p.source GLOB 'linux-[0-9]*') AS kernel" \
	" FROM package p JOIN inventory v ON v.thing = p.thing JOIN thing t ON t.id = p.thing"                               \
	" WHERE p.removed_in IS NULL AND NOT p.declared AND NOT p.owned)"

/* Copies what the feeds are, for reports on their age. */
int coverage_copy_feeds(struct db *site, struct db *feeds, struct err *e);
/* Writes feed_coverage for all images and nodes; `feeds` NULL: none were given. */
int coverage_write(struct db *site, struct db *feeds, struct err *e);
#endif
