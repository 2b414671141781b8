/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BUNDLE_IMAGE_H
#define BUNDLE_IMAGE_H
/*
 * Images in bundles: each file of an image archive is a member of its own ("image/blob"), once however many images have it; the archive is a
 * list of them (docs/bundle.md, "Images"). Here the list becomes a tar stream again, as loaders read images.
 */
#include "bundle.h"

#define BUNDLE_BLOB_KIND "image/blob"
#define BUNDLE_BLOB_PATH "images/blobs/sha256/"
/* True when member `i` is such a list. */
bool bundle_is_image(const struct bundle *b, size_t i);
/* The archive as a tar, to be closed before the bundle. ERR_INPUT when the list cannot be read. */
int bundle_image(struct bundle *b, size_t i, struct source *out, struct err *e);
#endif
