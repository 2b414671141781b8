/* SPDX-License-Identifier: Apache-2.0 */
#ifndef HASH_H
#define HASH_H
/* SHA-256 (FIPS 180-4) through libcrypto, which uses the processor's SHA instructions where there are any. */
#include "span.h"

struct hash {
	void *state;
};
#define HASH_BYTES 32
#define HASH_HEX (2 * HASH_BYTES + 1)

void hash_init(struct hash *h);
void hash_add(struct hash *h, const void *p, size_t n);
/* Ends the sum, writes 64 lower-case hex digits and NUL, and frees the state. */
void hash_hex(struct hash *h, char out[static HASH_HEX]);
void hash_fini(struct hash *h);
/* The whole in one go. */
void hash_span(struct span s, char out[static HASH_HEX]);
/* HMAC-SHA-256 (RFC 2104), first 128 bits as 32 hex digits and NUL. */
void hash_hmac128(const unsigned char key[static 32], struct span s, char out[static 33]);
#endif
