/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TAR_H
#define TAR_H
/*
 * Tar streams, entry by entry in one pass: ustar, old tar, GNU long names and base-256 numbers, pax path, linkpath,
 * size, uid, gid and mtime (POSIX.1-2017, pax). Nothing is ever written to disk. Used for image layers, where the
 * plain bytes must be hashed while they are walked; other archives are archive.c's.
 */
#include "source.h"

struct tar_entry {
	const char *name, *link; /* as stored, NUL-terminated; link: target of links, else "" */
	char type;		 /* 'f' file, 'd' directory, 'l' symbolic link, 'h' hard link, 'o' all others */
	uint32_t mode;		 /* permission bits, 07777 */
	int64_t uid, gid, mtime;
	uint64_t size;		 /* bytes of content (files only) */
};

struct tar;
/* The source stays the caller's. */
struct tar *tar_open(struct source *in);
/* 1: an entry, valid until the next call; what was left of the one before is skipped. 0: the end. -1: not a tar, or
 * cut short, or beyond LIMIT_MEMBERS; entries before it were good. */
int tar_next(struct tar *t, struct tar_entry *out, struct err *e);
/* The content of the entry at hand: bytes read, 0 at its end, -1. */
ssize_t tar_read(struct tar *t, void *p, size_t n, struct err *e);
/* The same as a source, to be closed before the next entry. */
void tar_content(struct tar *t, struct source *out);
struct fold;
/* Adds the content of the entry at hand, from what is read or skipped next to its end, to a sum; call it before anything is read. */
void tar_fold(struct tar *t, struct fold *sum);
/* Skips what is left of the entry at hand, so that its sum is whole. */
int tar_finish(struct tar *t, struct err *e);
/* How many bytes of the source came before what is read next: where the content of the entry at hand starts. */
uint64_t tar_offset(const struct tar *t);
void tar_close(struct tar *t);
/* True when these 512 bytes are a header by their checksum: old archives have no other mark. */
bool tar_header_ok(const char h[512]);
#endif
