/* SPDX-License-Identifier: Apache-2.0 */
#ifndef IMAGE_NOTE_H
#define IMAGE_NOTE_H
/* Entries of a layer that matter: telling them, and reading them into notes. */
#include "image.h"

#include "common/tar.h"

/* Kinds that name and mode tell. */
unsigned note_name_kinds(const char *path);
unsigned note_mode_kinds(const struct tar_entry *t);
/* Looks at a regular file: `head` are its first bytes, `in` gives the rest. Adds a note when it matters. -1 only when the source failed. */
int note_read(struct layer *l, const char *path, const struct tar_entry *t, unsigned kinds, struct source *in, struct span head, struct err *e);
/* A note without content. */
struct note *note_add(struct layer *l, const char *path, const struct tar_entry *t, unsigned kinds);
/* A package when the folder is one of the Nix store. */
void note_nix(struct layer *l, const char *path, const struct tar_entry *t);
/* False, with the layer's problem set, when it has too many notes and links. */
bool note_may_keep(struct layer *l);
/* A copy whose texts lie in the arena. */
struct package package_copy(struct arena *a, const struct package *p);
#endif
