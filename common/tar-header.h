/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TAR_HEADER_H
#define TAR_HEADER_H
/* Headers of tar archives that we write: POSIX.1-2017 (pax, "ustar"), with fixed owner, mode and time so that the same content gives the same bytes. */
#include "buf.h"

enum { TAR_HEADER_BLOCK = 512 };
/* A regular file's header. A name of up to 99 bytes. */
void tar_header(const char *name, uint64_t size, char h[static TAR_HEADER_BLOCK]);
/* Appends the header of any entry, behind GNU's long-name entries where name or link ask for them. `type`: '0' file, '1' hard link, '2'
 * symbolic link, '5' directory. */
void tar_header_add(struct buf *b, struct span name, char type, struct span link, uint64_t size);
/* The same with owner and mode: of what is not ours (common/store-folder.c). */
struct tar_head {
	struct span name, link; /* absent link: none */
	char type;		/* '3': a device */
	uint32_t mode, uid, gid;
	uint64_t size;
};
void tar_header_put(struct buf *b, const struct tar_head *head);
#endif
