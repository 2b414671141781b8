/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STREAMS_H
#define STREAMS_H
/*
 * Which of a distribution's streams of updates an image takes its packages from: Ubuntu Pro (ESM), and Red Hat's extended streams (EUS, AUS, E4S,
 * TUS, ELS), whose fixes have versions of their own. Sources: apt's lists of sources, versions of installed packages, and the content manifests that
 * Red Hat's builds leave in each layer (root/buildinfo/content_manifests/NAME.json: "content_sets").
 */
#include "image.h"
#include "common/packages.h"

struct streams {
	bool esm;    /* Ubuntu Pro is in use */
	bool told;   /* a content manifest names repositories */
	struct layer_stream {
		bool main;
		struct span name; /* "rhel_eus:9.2"; absent: none */
	} *layers;
	bool *layer_told; /* of each layer: its manifest names repositories */
	int n;
};

/* Reads all layers; what it keeps lives in `a`. */
void streams_read(struct arena *a, const struct image_layers *layers, const struct os_release *os, struct streams *out);
/* The release that judges an rpm of Red Hat's brought by `layer`: "9", or the stream's name. A layer without a manifest goes by the nearest below that has
 * one, else the nearest above; where there are repositories of both, the package's own release tells ("el9_2"). */
struct span streams_release(const struct streams *s, int layer, struct span version, struct span major);
/* In words for inventory.streams: "esm", "rhel_eus:9.2", "" for none; NULL: not told. */
const char *streams_text(struct arena *a, const struct streams *s);
/* "1.0-1ubuntu1+esm2": only Ubuntu Pro has such builds. */
bool streams_is_esm(struct span version);
/* The stream of one content set ("rhel-9-for-x86_64-baseos-eus-rpms__9_DOT_2"); absent: of the main one. `release`: VERSION_ID. `*known` false: an extended
 * stream whose minor release is not told. */
struct span streams_of_set(struct arena *a, struct span set, struct span release, bool *known);
#endif
