/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MINISIGN_H
#define MINISIGN_H
/*
 * Signatures of files in minisign's format (jedisct1.github.io/minisign, "Signature format": Ed25519 over BLAKE2b-512), made and
 * checked by ordinary minisign too. Secret keys are those without a password (`minisign -G -W`). libsodium.
 */
#include "err.h"
#include "span.h"

#include <stdint.h>

#define MINISIGN_COMMENT_MAX 1024

struct minisign_key {
	uint8_t id[8], public_key[32], secret_key[64]; /* secret_key: zero when only the public one is known */
};

/* A fresh pair. */
int minisign_generate(struct minisign_key *k, struct err *e);
/* Writes the pair as `path` (mode 0600) and `path`.pub; none of them may exist. */
int minisign_write_key(const struct minisign_key *k, const char *path, struct err *e);
/* Reads a secret or public key file, or a public key in base64 as it stands. */
int minisign_read_key(const char *path_or_key, struct minisign_key *k, struct err *e);
/* False for a public key. */
bool minisign_can_sign(const struct minisign_key *k);
/* Writes `file`.minisig with the trusted comment (one line). */
int minisign_sign(const struct minisign_key *k, const char *file, const char *comment, struct err *e);
/* Checks `file` against `file`.minisig: 0 and its trusted comment, or -1 (ERR_INPUT) when the signature is not by this key, not of this
 * file, or damaged. */
int minisign_verify(const struct minisign_key *k, const char *file, char comment[MINISIGN_COMMENT_MAX], struct err *e);
void minisign_forget(struct minisign_key *k);
#endif
