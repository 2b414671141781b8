/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BUNDLE_WRITE_H
#define BUNDLE_WRITE_H
/*
 * Writes a bundle (docs/bundle.md) in one pass: a member's header is put in its place when its content is whole, so that whoever ends the
 * program leaves all members before it. common/bundle.c reads it.
 */
#include "common/buf.h"
#include "common/err.h"
#include "common/redact.h"

struct member_spec {
	const char *path;    /* logical path, without ".." and leading "/"; "again-2/" goes before it where it was used already */
	const char *kind;    /* kind of evidence */
	const char *cluster; /* NULL: none, or for the analyzer to tell */
	const char *source;  /* command, API path or file */
	const char *type;    /* "json", "csv", "tar", ...: the end of the member's name */
	int64_t time;	     /* what the evidence is of, Unix seconds */
	bool unredacted;     /* enters as it is: the manifest marks it */
	bool as_is;	     /* not packed */
};

/* What the size field of ustar holds. */
#define MEMBER_MAX (1ull << 33)

struct bundle_writer;
/* Starts PATH.part; it becomes PATH in bundle_write_end(). `redact` counts what was hidden; it stays the caller's. */
int bundle_write_begin(struct bundle_writer **out, const char *path, struct redact *redact, struct err *e);
/* Gives all memory back. What was written so far stays as PATH.part. */
void bundle_write_free(struct bundle_writer *w);

/* One member at a time. A failure here is one of the environment: the run ends. */
int member_begin(struct bundle_writer *w, const struct member_spec *spec, struct err *e);
int member_write(struct bundle_writer *w, const void *p, size_t n, struct err *e);
/* Plain bytes of the member so far. */
uint64_t member_bytes(const struct bundle_writer *w);
/* What was left out of the member at hand and why. */
void member_problem(struct bundle_writer *w, const char *pointer, const char *message);
int member_end(struct bundle_writer *w, uint64_t items, struct err *e);
/* Ends it under the path PREFIX + SHA-256 of its bytes, or takes it back when that one is there already. `path` of the spec is NULL. */
int member_end_once(struct bundle_writer *w, const char *prefix, char sha256[static 65], struct err *e);
/* Takes back what was written of the member. */
int member_drop(struct bundle_writer *w, struct err *e);

/* What was asked for and did not come, and why. */
void bundle_expected(struct bundle_writer *w, const char *cluster, const char *kind, const char *source, const char *reason);
/* A file that was given and is in no member. */
void bundle_left_out(struct bundle_writer *w, const char *path, const char *reason);
/* A source of evidence: a JSON object for the manifest (what, which server, its clock). */
void bundle_source(struct bundle_writer *w, struct span object);
/* Members, and what failed (expected, left out, partial members). */
uint64_t bundle_members(const struct bundle_writer *w);
uint64_t bundle_failures(const struct bundle_writer *w);
/* The first of them, in words; "" when there is none. */
const char *bundle_first_failure(const struct bundle_writer *w);
/* Seals it: manifest, end mark, final name, receipt beside it. */
int bundle_write_end(struct bundle_writer *w, struct err *e);

/* Now, or SOURCE_DATE_EPOCH. */
int64_t collect_now(void);
/* RFC 3339 in UTC. */
void collect_time(int64_t when, char out[static 32]);
#endif
