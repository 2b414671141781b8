/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DERIVE_COVERAGE_H
#define DERIVE_COVERAGE_H
#include "common/db.h"

/* A subquery: installed packages with the ecosystem, release and name that feeds know them by. Packages of distributions come
 * twice: by their source package, and (binary) by themselves. Language packages that an operating system package owns are not in
 * it. kernel: a kernel's source in an image, which the node decides about. */
#define MATCHED_PACKAGES                                                                                                      \
	"(SELECT p.id AS package, p.thing, o.os, b.binary, p.module,"                                                          \
	" CASE WHEN o.os THEN v.ecosystem ELSE coalesce(e.ecosystem, p.type) END AS ecosystem,"                                \
	" CASE WHEN NOT o.os OR v.ecosystem IN ('Wolfi', 'Chainguard', 'MinimOS') THEN ''"                                     \
	" WHEN v.ecosystem = 'Amazon Linux' AND v.release = '2018' THEN '1' ELSE v.release END AS release,"                    \
	" CASE WHEN b.binary THEN p.name WHEN p.type IN ('nuget', 'composer') THEN lower(p.name)"                              \
	/* PEP 503: runs of '-', '_' and '.' are one '-'. */                                                                   \
	" WHEN p.type = 'pypi' THEN replace(replace(replace(replace(lower(p.name), '_', '-'), '.', '-'), '---', '-'), '--', '-')" \
	" ELSE coalesce(p.source, p.name) END AS name,"                                                                        \
	" CASE WHEN b.binary THEN p.version ELSE coalesce(p.source_version, p.version) END AS version,"                        \
	" t.kind = 'image' AND ((p.type = 'deb' AND (coalesce(p.source, p.name) = 'linux'" \
	" OR coalesce(p.source, p.name) GLOB 'linux-signed*' OR coalesce(p.source, p.name) GLOB 'linux-[0-9]*'))" \
	" OR (p.type = 'rpm' AND (p.name = 'kernel' OR p.name GLOB 'kernel-*'))) AS kernel"                                    \
	" FROM package p LEFT JOIN inventory v ON v.thing = p.thing JOIN thing t ON t.id = p.thing"                                \
	" JOIN (SELECT 0 AS os UNION ALL SELECT 1) o ON o.os = (p.type IN ('deb', 'apk', 'rpm'))"                              \
	" JOIN (SELECT 0 AS binary UNION ALL SELECT 1) b ON p.type = 'rpm' OR NOT b.binary"                                         \
	" LEFT JOIN (SELECT 'npm' AS type, 'npm' AS ecosystem UNION ALL SELECT 'pypi', 'PyPI' UNION ALL SELECT 'maven', 'Maven'"  \
	" UNION ALL SELECT 'golang', 'Go' UNION ALL SELECT 'gem', 'RubyGems' UNION ALL SELECT 'cargo', 'crates.io'"            \
	" UNION ALL SELECT 'composer', 'Packagist' UNION ALL SELECT 'nuget', 'NuGet' UNION ALL SELECT 'hex', 'Hex'"            \
	" UNION ALL SELECT 'pub', 'Pub' UNION ALL SELECT 'swift', 'SwiftURL' UNION ALL SELECT 'conan', 'ConanCenter'"          \
	" UNION ALL SELECT 'cran', 'CRAN' UNION ALL SELECT 'hackage', 'Hackage' UNION ALL SELECT 'bitnami', 'Bitnami'"         \
	" UNION ALL SELECT 'k8s', 'Kubernetes') e ON e.type = p.type"                                                          \
	" WHERE p.removed_in IS NULL AND NOT p.declared AND NOT p.owned AND (v.thing IS NOT NULL OR p.type = 'k8s'))"

/* Copies what the feeds are, for reports on their age. */
int coverage_copy_feeds(struct db *site, struct db *feeds, struct err *e);
/* Writes feed_coverage for all images and nodes; `feeds` NULL: none were given. */
int coverage_write(struct db *site, struct db *feeds, struct err *e);
#endif
