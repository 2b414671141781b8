/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNPACK_H
#define UNPACK_H
/*
 * Compressed streams as plain ones: gzip (RFC 1952, several members) and zstd (RFC 8878, several frames), told by
 * their first bytes; all else is passed through. Growth beyond LIMIT_RATIO is taken for a bomb and ends the stream
 * with an error.
 */
#include "source.h"

/* A source over `in`, which stays the caller's and must outlive it. */
void source_unpack(struct source *out, struct source *in);
/* The first bytes of `s` without taking them: at most n, fewer at the end. The source gets a buffer of its own for
 * them, kept until source_close. -1 on error. */
ssize_t unpack_peek(struct source *unpacked, const char **head, size_t n, struct err *e);
/* Which packing it was: "gzip", "zstd" or "none"; known after the first read or peek. */
const char *unpack_kind(const struct source *unpacked);
/* Reads what is left of the packed stream, so that its hash covers all of it. */
int unpack_drain(struct source *unpacked, struct err *e);
#endif
