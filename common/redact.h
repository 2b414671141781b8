/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REDACT_H
#define REDACT_H
/*
 * Hides secrets in parsed evidence before anything reaches a disk or a database (docs/redaction.md). A value becomes
 * "@plim:<class>:<length>:<n>": its class (redact-detect.h), its length bucket (0, 1-7, 8-11, 12-15, 16-23, 24-31, 32-63, 64+), and a number that
 * is the same wherever the same value occurred in this run: the first secret is 1. Nothing can be computed back from the number.
 * What does not parse is not passed on by any caller.
 */
#include "json.h"

struct redact;
struct redact *redact_new(void);
void redact_free(struct redact *r);

/* One Kubernetes object of that kind ("Secret"; items of a list need not say it themselves), in place. Secrets lose all values (facts of certificates, tokens and registries go to the member "plimsollFacts"), config
 * maps all values but those of the platform's own, environment variables, arguments and annotations what looks secret; managedFields and
 * last-applied-configuration go. */
void redact_kubernetes(struct redact *r, struct arena *a, struct span kind, struct json *object);
/* Any other document: values under secret names and everything that looks secret by its form. */
void redact_document(struct redact *r, struct arena *a, struct json *v);
/* One value that is known by its name: an environment variable, a setting. The result lives in `a`. */
struct span redact_named(struct redact *r, struct arena *a, struct span name, struct span value);

/* How many values each rule hid: rule 0, 1, ...; NULL behind the last. For the manifest and the receipt. */
const char *redact_rule(size_t i);
uint64_t redact_count(const struct redact *r, size_t i);
/* How many different values were numbered. */
uint64_t redact_numbers(const struct redact *r);
/* Sets numbers aside for `n` values that were numbered elsewhere, from 1: returns what is to be added to each. */
uint64_t redact_reserve(struct redact *r, uint64_t n);

/* Takes a replaced value apart. False when it is none. */
struct redact_token {
	struct span class;  /* "high" */
	struct span length; /* "16-23" */
	struct span number; /* "17" */
};
bool redact_parse(struct span value, struct redact_token *out);
/* The class of any value after redaction: of a token its own, "empty" for "", else "plain". */
struct span redact_class(struct span value, struct redact_token *out);

/* The leak gate: true when redacted text still holds something that looks secret. */
bool redact_leaks(struct span text);
#endif
