/* SPDX-License-Identifier: Apache-2.0 */
#ifndef IMAGE_STORE_H
#define IMAGE_STORE_H
/*
 * The store of a container engine whose layers lie unpacked, given as the files of a docker-save archive, so that whoever reads or collects
 * those reads stores too: that of CRI-O, Podman and Buildah (overlay-images, overlay-layers, overlay; containers/storage images.go, layers.go)
 * and that of Docker (image/overlay2, overlay2; moby layer/filestore.go, image/fs.go, reference/store.go). Nothing outside of the folder is
 * read, whatever links and names in it say.
 */
#include "source.h"

/* Layers whose archive could be put together again lie in "layers/", those that are told by their folder alone, and can be compared with no
 * digest, in "unpacked/", those that are not there are named "missing/…". */
#define IMAGE_STORE_UNPACKED "unpacked/"

struct image_store_sink {
	/* A file of the archive, its list "manifest.json" last; the source is closed by the caller. -1 with `e` to stop. */
	int (*file)(void *ctx, const char *name, struct source *content, struct err *e);
	/* What could not be read; the rest counts. `at`: the file in the store. */
	int (*problem)(void *ctx, const char *at, const char *message, struct err *e);
	void *ctx;
};
/* True for the folder of such a store. */
bool image_store_is(const char *folder);
int image_store_read(const char *folder, const struct image_store_sink *sink, struct err *e);
#endif
