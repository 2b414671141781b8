/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LAYER_CACHE_H
#define LAYER_CACHE_H
/*
 * Layers that were read before, between runs: what was kept of each by the digest of its bytes, and for archives that lie on disk what they
 * hold, as long as the file is the same (device, inode, size, times of change). Every entry is bound to this build of the program and
 * carries its own sum; one that does not fit is as if it were not there. Nothing of a configuration and no secret's value is in it.
 * Never fails: without a folder that can be written it does nothing.
 */
#include "image.h"

#include <sys/stat.h>

struct layer_cache;
/* `folder` NULL: $XDG_CACHE_HOME/plimsoll, else $HOME/.cache/plimsoll. NULL when there can be none. Must come before the first path is
 * hashed: the entries hold hashes of paths. */
struct layer_cache *layer_cache_open(const char *folder);
void layer_cache_close(struct layer_cache *c);

/* True when there may be an entry for this digest (64 hex digits): the bytes must still be hashed to use it. */
bool layer_cache_has(const struct layer_cache *c, const char *digest);
/* The layer with this digest, to be freed with layer_free(); NULL: not known. */
struct layer *layer_cache_load(struct layer_cache *c, const char *digest);
/* Keeps a layer that was read to its end; not one whose paths were too many for memory. */
void layer_cache_store(struct layer_cache *c, const struct layer *l);

/* What an archive on disk was found to hold. */
struct archive_layer {
	uint64_t offset; /* of the member's content in the file */
	char digest[HASH_HEX];
};
struct archive_known {
	char sha256[HASH_HEX]; /* of the whole file; "" when nobody asked for it */
	struct archive_layer *layers;
	size_t n, cap;
};
/* False: not known, or not the same file any more. */
bool layer_cache_archive(struct layer_cache *c, const struct stat *st, struct archive_known *out);
/* Nothing is kept of a file that changed just now: it may change again within the clock's step. */
void layer_cache_keep_archive(struct layer_cache *c, const struct stat *st, const struct archive_known *k);
/* The digest of a layer that is no file of its own: `identity` (64 hex digits) tells the files that it is made of, `changed` when the last of them was changed (nanoseconds since 1970). */
bool layer_cache_named(struct layer_cache *c, const char *identity, char digest[static HASH_HEX]);
void layer_cache_keep_named(struct layer_cache *c, const char *identity, int64_t changed, const char *digest);
void archive_known_add(struct archive_known *k, uint64_t offset, const char *digest);
void archive_known_fini(struct archive_known *k);
#endif
