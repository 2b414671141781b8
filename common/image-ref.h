/* SPDX-License-Identifier: Apache-2.0 */
#ifndef IMAGE_REF_H
#define IMAGE_REF_H
/*
 * Image references as container runtimes read them: distribution/reference (reference.go, normalize.go), grammar and
 * normalisation: "nginx" is docker.io/library/nginx. No tag is added; the caller knows what none means.
 */
#include "arena.h"
#include "span.h"

struct image_ref {
	struct span registry;	/* "docker.io", "registry.example:5000", "[::1]:5000" */
	struct span repository; /* "library/nginx" */
	struct span tag;	/* absent when none is written */
	struct span digest;	/* "sha256:..."; absent when none is written */
};

/* False when `s` is not a valid reference. Spans point into `s`, literals or `a`. */
bool image_ref_parse(struct arena *a, struct span s, struct image_ref *out);
#endif
