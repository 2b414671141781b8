/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LOAD_ROOTFS_H
#define LOAD_ROOTFS_H
#include "image.h"

/* Walks an unpacked root file system as one layer: symbolic links are never followed, other file systems not entered (proc, sys, dev), files
 * that cannot be read become notes with a problem. -1: the folder cannot be read at all. */
int rootfs_read(struct layer *l, const char *folder, struct err *e);
#endif
