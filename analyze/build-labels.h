/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BUILD_LABELS_H
#define BUILD_LABELS_H
/* What a build of Red Hat's says of itself: its name, version and release, and the product that it is part of. */
#include "common/arena.h"
#include "common/json.h"

struct build_labels {
	struct span component, version, release, architecture; /* "ubi8-container" "8.3" "227" "x86_64"; absent: not told */
	struct span cpe;				       /* of the product */
};

/* Labels as an image's configuration and labels.json have them: an object of texts. What is not told stays as it is. */
void build_labels_json(const struct json *labels, struct build_labels *out);
/* LABEL instructions of the Dockerfile that older builds leave behind as root/buildinfo/Dockerfile-NAME-VERSION-RELEASE, with the variables that ENV and ARG
 * set; version and release are the file name's. Source: Dockerfile reference (labels, escape, environment replacement). */
void build_labels_dockerfile(struct arena *a, struct span path, struct span text, struct build_labels *out);
/* "ubi8-container-8.3-227-x86_64", as lists of builds name it; absent when a part is not told. */
struct span build_labels_name(struct arena *a, const struct build_labels *b);
#endif
