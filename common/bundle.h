/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BUNDLE_H
#define BUNDLE_H
/*
 * Reads bundles (docs/bundle.md): strict ustar, members that are packed one by one, manifest.json last. Everything in one is hostile:
 * a member that breaks a rule costs itself, what is behind a damaged header is found again. What is written is collect/bundle-write.c's.
 */
#include "json.h"
#include "source.h"

#define BUNDLE_PAYLOAD_TYPE "application/vnd.in-toto+json"
#define BUNDLE_STATEMENT_TYPE "https://in-toto.io/Statement/v1"
#define BUNDLE_PREDICATE_TYPE "urn:plimsoll:collection:1"
#define BUNDLE_MANIFEST "manifest.json"
enum { BUNDLE_BLOCK = 512, BUNDLE_FORMAT = 1 };
/* A skippable zstd frame (RFC 8878, 3.1.2) opens each packed member and says what it is, for bundles without a manifest: JSON with path, kind
 * and cluster. */
#define BUNDLE_LABEL_MAGIC 0x184D2A5Du
enum { BUNDLE_LABEL_MAX = 16384 };

enum bundle_trust { BUNDLE_REFUSED, BUNDLE_INCOMPLETE, BUNDLE_UNSIGNED, BUNDLE_INTACT, BUNDLE_VERIFIED };
const char *bundle_trust_name(enum bundle_trust t);

struct bundle_member {
	const char *name;	 /* "m/000123.json.zst" */
	const char *path;	 /* logical path; `name` when nothing tells */
	const char *kind;	 /* NULL: not told */
	const char *cluster;	 /* NULL: none, or not told */
	const char *source;	 /* command, API path or file; NULL: not told */
	const char *sha256;	 /* of the plain bytes, as the manifest says; NULL: it does not */
	uint64_t packed, bytes;	 /* size in the archive; plain size as the manifest says */
	int64_t start, end;	 /* of its collection; 0: not told */
	int64_t time;		 /* what the evidence is of; 0: not told */
	bool unredacted;	 /* entered as it is */
	const struct json *entry; /* in the manifest; NULL: not listed */
	struct err err;		 /* why it cannot be read */
	uint64_t offset;	 /* of its content in the file */
};

struct bundle;
/* True when a file begins as a bundle does. */
bool bundle_looks_like(struct span head);
/* Opens a regular file. ERR_INPUT when it is no bundle; a damaged one opens. */
int bundle_open(struct bundle **out, const char *path, struct err *e);
void bundle_close(struct bundle *b);

size_t bundle_count(const struct bundle *b);
const struct bundle_member *bundle_at(const struct bundle *b, size_t i);
/* The manifest's predicate, NULL when there is none that can be read: bundle_why() says why. */
const struct json *bundle_manifest(const struct bundle *b);
const char *bundle_why(const struct bundle *b);
/* Faults of the archive itself: damaged headers, members that break a rule. NULL behind the last. */
const char *bundle_fault(const struct bundle *b, size_t i);
/* What the structure allows: INCOMPLETE without a manifest or with members missing, else UNSIGNED. bundle_verify() may tell otherwise. */
enum bundle_trust bundle_trust(const struct bundle *b);

/* The plain bytes of a member, to be closed with source_close() before the bundle. All of it is compared with size and hash of the
 * manifest before the first byte is given: reading fails (ERR_INPUT) when they differ. */
void bundle_content(struct bundle *b, size_t i, struct source *out);
/* Reads all of a member: 0 when it is what the manifest says (or, without a manifest, when it can be unpacked). */
int bundle_check(struct bundle *b, size_t i, struct err *e);
/*
 * Compares everything with the manifest. REFUSED: a member is not what the manifest says, is not listed, or breaks a rule, or there is a
 * manifest that cannot be read. `bad` is called with one line for each fault.
 */
typedef void bundle_bad(void *ctx, const char *line);
enum bundle_trust bundle_verify(struct bundle *b, bundle_bad *bad, void *ctx);
/* A name that leads outside of where it is put, or that no file system should see. */
bool bundle_hostile_name(const char *name);
#endif
