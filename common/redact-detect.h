/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REDACT_DETECT_H
#define REDACT_DETECT_H
/* What looks like a secret, and how strong it is. No regular expressions: one pass over the text with cheap first tests. */
#include "span.h"

enum secret_class {
	CLASS_PLAIN, CLASS_EMPTY, CLASS_REFERENCE, CLASS_PLACEHOLDER, CLASS_KNOWN_WEAK, CLASS_LOW, CLASS_MID, CLASS_HIGH, CLASS_PEM_KEY, CLASS_CERTIFICATE,
	CLASS_JWT, CLASS_CLOUD_KEY, CLASS_API_TOKEN, CLASS_URL_PASSWORD, CLASSES
};

const char *secret_class_name(enum secret_class c);

/* A secret inside text: where it starts and ends. */
struct secret_hit {
	size_t from, to;
	enum secret_class class;
};
/* The next secret in `s` at or behind `from`, by its form alone (private keys, JWTs, cloud keys, API tokens of known form, passwords in
 * URLs and connection strings, long random text). */
bool secret_find(struct span s, size_t from, struct secret_hit *out);
/* True when a name (environment variable, key, flag, column) says that its value is secret: "DB_PASSWORD", "apiKey", "--token"; not
 * "TOKEN_FILE", "secretName", "passwordPolicy". */
bool secret_name(struct span name);
/* True when a value says nothing, whatever it is named: a switch, a number, a path; not so a number under a password's name. */
bool secret_harmless(struct span name, struct span value);
/* How strong a value is that is taken for a secret: empty, reference ("$(X)", "vault:..."), placeholder, known-weak, low/mid/high by estimated
 * entropy, or its form. */
enum secret_class secret_strength(struct span value);
#endif
