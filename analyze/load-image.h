/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LOAD_IMAGE_H
#define LOAD_IMAGE_H
/* Parts of the image loader. */
#include "image.h"
#include "load.h"
#include "common/packages.h"

/* A member of the image archive. */
struct blob {
	struct blob *next;
	const char *path;      /* canonical, in the archive */
	const char *link;      /* canonical target of a link; else NULL */
	char digest[HASH_HEX];
	uint64_t bytes;
	uint64_t offset;       /* of its content in the archive's file, where that is on disk */
	struct span text;      /* a JSON document's; else absent */
	struct layer *layer;   /* else NULL */
};

/* One image of an archive, ready to be written. */
struct image {
	const struct json *config; /* parsed configuration */
	char config_digest[HASH_HEX];
	char digest[HASH_HEX];	   /* of the manifest; "" when not told */
	struct image_layers layers;
	const struct json *names;  /* array of tags as docker save tells them; may be NULL */
	struct span name;	   /* one name from an OCI annotation; absent: none */
	bool verified, readable;
};

/* image, names, configuration, layers, files of note. `*thing`: its id; `*fresh`: false when it was loaded before. */
int image_write(struct load *l, struct image *im, int64_t *thing, bool *fresh, struct err *e);
/* What of the configuration may hold secrets: entry point, environment, labels, history; always redacted. After image_write's
 * own rows. */
int image_write_config(struct load *l, const struct image *im, int64_t thing, struct err *e);
/* What the image shows of its files and what it hides: image_content, layer_file, duplicate_file, sums of layers. After image_write. */
int image_write_content(struct load *l, const struct image *im, int64_t thing, struct err *e);
/* inventory and packages. */
int image_write_packages(struct load *l, const struct image *im, int64_t thing, struct err *e);
/* The loader for kind image/rootfs: the folder l->file, as one layer without an image around it. */
int load_rootfs(struct load *l, struct source *content, struct err *e);
/* The loader: a docker-save or OCI archive as one stream, packed or not; NULL: the OCI layout that is the folder l->file. */
int load_image(struct load *l, struct source *content, struct err *e);
#endif
