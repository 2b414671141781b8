/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ARCHIVE_READER_H
#define ARCHIVE_READER_H
/*
 * Archives as evidence and feeds come in: tar (ustar, pax, GNU), plain or packed with gzip, zstd, xz or bzip2; zip; and single
 * packed files. The one place that knows libarchive. Nothing is ever extracted: entries are read as streams in their order.
 */
#include "source.h"

struct archive_entry_info {
	const char *name; /* as stored, UTF-8 or raw bytes; valid until the next call */
	bool regular;	  /* a regular file: its content can be read */
	uint64_t size;	  /* as the header says */
	int64_t mtime;
};

struct archive_reader;
/* True when the first bytes look like a tar or a packed stream. */
bool archive_looks_like(struct span head);
/* True when they are a zip's. Evidence does not come so; feeds do. */
bool archive_is_zip(struct span head);
/* Reads an archive from `in`, which stays the caller's. */
struct archive_reader *archive_reader_new(struct source *in);
/* 1: an entry; 0: the end; -1: damaged (entries before it were good) or beyond a limit. A stream that is packed but holds no tar
 * gives one entry named "". */
int archive_reader_next(struct archive_reader *r, struct archive_entry_info *out, struct err *e);
/* The content of the entry at hand, to be closed before the next one. */
void archive_reader_content(struct archive_reader *r, struct source *out, const char *name);
void archive_reader_free(struct archive_reader *r);
#endif
