/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ZIP_H
#define ZIP_H
/*
 * ZIP archives in memory, by their central directory (PKWARE APPNOTE 6.3.10), with zip64. Bytes before the archive (a shell
 * script in front of a jar) are allowed for. Nothing is written anywhere.
 */
#include "buf.h"
#include "err.h"

struct zip {
	struct span bytes;
	uint64_t at, end;      /* of the central directory entry that comes next, and of the directory */
	uint64_t shift;	       /* bytes before the archive */
	uint64_t entries, seen;
};

struct zip_entry {
	struct span name; /* as stored */
	uint64_t packed, size; /* as the directory says */
	uint64_t header;  /* offset of the local header */
	unsigned method;  /* 0 stored, 8 deflated; others are not read */
	bool encrypted;
};

/* -1: no central directory. */
int zip_open(struct zip *z, struct span bytes, struct err *e);
/* 1: an entry; 0: the end; -1: damaged. More than LIMIT_ZIP_ENTRIES is an error. */
int zip_next(struct zip *z, struct zip_entry *out, struct err *e);
/* The content of an entry: a part of the archive when it is stored, else inflated into `b`. More than `limit` bytes, a wrong
 * size or an unknown method is an error. */
int zip_content(const struct zip *z, const struct zip_entry *entry, uint64_t limit, struct buf *b, struct span *out, struct err *e);
#endif
