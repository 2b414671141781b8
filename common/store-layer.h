/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_LAYER_H
#define STORE_LAYER_H
/*
 * A layer that lies unpacked in a container store, as a tar stream again: from what tar-split kept of its archive, byte for byte as it was
 * pulled (vbatts/tar-split, tar/storage/entry.go); or, without that, from the folder alone, in our own words. The folder is never left.
 */
#include "root.h"
#include "source.h"

/* `split`: descriptor of the packed list of entries, owned from now on. */
void store_split_source(struct source *out, struct root *folder, int split, const char *name);
/* Looks whether all files are there with the sizes that the list tells, and no others: 0, or -1 with why not. Takes `split` too. */
int store_split_check(struct root *folder, int split, const char *name, struct err *e);

/* Walks the folder: overlay's own marks for what a layer removes (devices 0/0, trusted.overlay.opaque and its like) become the archive's (".wh.").
 * `*unread`: how many files cannot be read and are left out; `first` the first of them. -1: too many entries, or no memory of them. */
struct store_missed {
	unsigned unread, metadata; /* files that cannot be read; files whose content lies in another layer (overlay's metacopy), or folders that were renamed */
	char first[256];
};
struct map;
int store_folder_source(struct source *out, struct root *folder, const char *name, struct store_missed *missed, struct err *e);
/* What tells whether anything in the folder was changed since: adds all that stat() says of each entry to `sum`; `changed`: the last time of change. */
struct hash;
int store_folder_identity(struct root *folder, const char *name, struct hash *sum, int64_t *changed, struct err *e);
/* Looks for files and links that are not among `names` (canonical paths): -1 with the first of them, or why it cannot be told. */
int store_folder_stray(struct root *folder, const struct map *names, const char *name, struct err *e);
#endif
