/* SPDX-License-Identifier: Apache-2.0 */
#ifndef IMAGE_NAME_H
#define IMAGE_NAME_H
/* Image references: [registry/]repository[:tag][@digest] (distribution/reference, normalised as Docker does). */
#include "arena.h"
#include "span.h"

struct image_name {
	struct span registry;	/* "docker.io" when none is written */
	struct span repository; /* "library/nginx" when Docker's short form is written */
	struct span tag;	/* "latest" when neither tag nor digest is written; absent with a digest only */
	struct span digest;	/* "sha256:…"; absent: none */
	bool tag_given;
};
/* False when `text` is not a valid reference. */
bool image_name_parse(struct arena *a, struct span text, struct image_name *out);
#endif
