/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LAYER_FILES_H
#define LAYER_FILES_H
/*
 * What is kept of all regular files of a layer, for telling which of them are seen in an image: size and folder of each by its hash, the folders' chain
 * to the root, the largest by name, and what files from 4 KiB hold. Bounded by LIMIT_LAYER_* in common/limits.h.
 */
#include "image.h"

#include "common/tar.h"

enum { LAYER_CONTENT_MIN = 4096 };

/* The fact of a regular file: its size and its folder's place in the list; never 0. */
static inline uint64_t file_fact(uint64_t bytes, uint32_t dir)
{
	return bytes << 20 | (uint64_t)dir << 1 | 1;
}
static inline uint64_t fact_bytes(uint64_t fact)
{
	return fact >> 20;
}
static inline uint32_t fact_dir(uint64_t fact)
{
	return (uint32_t)(fact >> 1 & 0x7ffff);
}

/* Notes a regular file; its fact. `hash`: of its path. */
uint64_t layer_files_add(struct layer_files *f, const char *path, uint64_t hash, const struct tar_entry *t);
/* Takes the file among the largest where it is one of them. */
void layer_files_top(struct layer_files *f, const char *path, uint64_t hash, const struct tar_entry *t);
/* What a file of the layer holds: the last one of a path counts. */
void layer_files_content(struct layer_files *f, uint64_t hash, uint64_t bytes, uint64_t fold);
/* The folder with this hash below `parent`, for reading back; false when there are too many. */
bool layer_files_dir(struct layer_files *f, uint64_t hash, uint32_t parent);
void layer_files_fini(struct layer_files *f);
#endif
