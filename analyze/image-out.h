/* SPDX-License-Identifier: Apache-2.0 */
#ifndef IMAGE_OUT_H
#define IMAGE_OUT_H
/* What `plimsoll image` and `plimsoll sbom` print of an assessment database. Each writes to stdout; -1 when the database cannot be read. */
#include "common/db.h"

struct image_out {
	struct db *db;
	bool feeds;	 /* vulnerabilities are wanted */
	bool only_fixed; /* of those, the ones that have a fix */
	/* Bills of materials: only images whose name or ref this pattern (SQLite's GLOB) fits, only nodes whose name or 'cluster/name' fits; NULL: all, but none where the other one is given. */
	const char *image, *node;
};

/* JSON Lines: one "image" line per image, then its components, then vulnerabilities and what could not be assessed. */
int image_out_json(const struct image_out *o, struct err *e);
int image_out_table(const struct image_out *o, struct err *e);
/* Chooses what a bill of materials is about, into temp.sbom: images, and nodes of which packages are known. */
int image_out_choose(const struct image_out *o, int64_t *n, struct err *e);
/* CycloneDX 1.6 (ECMA-424) and SPDX 2.3 (ISO/IEC 5962), as one JSON document. */
int image_out_cyclonedx(const struct image_out *o, struct err *e);
int image_out_spdx(const struct image_out *o, struct err *e);
/* Of vulnerabilities alone, which need feeds: SARIF 2.1.0, OpenVEX 0.2.0 and CSAF 2.0 (profile VEX). */
int image_out_sarif(const struct image_out *o, struct err *e);
int image_out_openvex(const struct image_out *o, struct err *e);
int image_out_csaf(const struct image_out *o, struct err *e);
#endif
