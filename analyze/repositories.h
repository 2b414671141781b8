/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPOSITORIES_H
#define REPOSITORIES_H
/*
 * Where the rpms of a Red Hat image come from, layer by layer: the content sets in root/buildinfo/content_manifests/NAME.json or usr/share/buildinfo/NAME.json;
 * in older builds, which have none, the name of the build (root/buildinfo/Dockerfile-NAME-VERSION-RELEASE, labels.json); else the image's own labels.
 */
#include "image.h"
#include "common/json.h"

struct repositories {
	struct layer_repositories {
		const char *told_by; /* content-sets, build; NULL: nothing */
		struct span names;   /* JSON array, sorted, each once: content sets; or the build's name and the CPE of its product */
	} *layers, labels;
	bool *told;	/* of each layer */
	int n;
	bool manifests; /* there are manifests, though none of them names content sets */
};

/* `labels`: of the image's configuration; may be NULL. Texts of manifests that cannot be read tell nothing. What it keeps lives in `a`. */
void repositories_read(struct arena *a, const struct image_layers *layers, const struct json *labels, struct repositories *out);
/* What tells where packages of `layer` come from: the layer itself, else the nearest below that tells, else the nearest above, else the image's labels.
 * NULL: nothing does. */
const struct layer_repositories *repositories_of(const struct repositories *r, int layer);
/* The layer that tells where packages of `layer` come from, by `told` of each of the `n` layers: itself, else the nearest below, else the nearest above; -1: none. */
int repositories_layer(const bool *told, int n, int layer);
#endif
