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

/* Layers that were read before, so that their files need not be. `name`: as for file(). */
struct image_store_memory {
	/* A layer whose files are the ones of an earlier reading: `identity` (64 hex digits) stands for names, inodes, sizes, owners, modes and times of change of all of them, and
	 * for those of its list of entries. 1: it is taken, and not given; 0: it is to be given; -1 with `e` to stop. */
	int (*known)(void *ctx, const char *name, const char *identity, struct err *e);
	/* True: a layer whose archive has this digest (64 hex digits) is known. Then the archive is hashed, and, when it has that digest, taken instead of given. */
	bool (*has)(void *ctx, const char *digest);
	int (*take)(void *ctx, const char *name, const char *digest, struct err *e); /* as known() */
	/* After it was given or taken: its files are as before; `changed`: when the last of them was changed, in nanoseconds since 1970. */
	void (*keep)(void *ctx, const char *name, const char *identity, int64_t changed);
};

struct image_store_sink {
	/* A file of the archive, its list "manifest.json" last; the source is closed by the caller. -1 with `e` to stop. */
	int (*file)(void *ctx, const char *name, struct source *content, struct err *e);
	/* What could not be read; the rest counts. `at`: the file in the store. */
	int (*problem)(void *ctx, const char *at, const char *message, struct err *e);
	const struct image_store_memory *memory; /* NULL: each layer is given */
	void *ctx;
};
/* True for the folder of such a store. */
bool image_store_is(const char *folder);
int image_store_read(const char *folder, const struct image_store_sink *sink, struct err *e);
#endif
