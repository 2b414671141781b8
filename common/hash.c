// SPDX-License-Identifier: Apache-2.0
// SHA-256 and HMAC on libcrypto.
#include "hash.h"
#include "err.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

static void hex(const unsigned char *p, size_t n, char *out)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < n; i++) {
		out[2 * i] = digits[p[i] >> 4];
		out[2 * i + 1] = digits[p[i] & 15];
	}
	out[2 * n] = 0;
}

void hash_init(struct hash *h)
{
	/* Fetched once: in OpenSSL 3 each EVP_sha256() would look the provider up again. */
	static EVP_MD *md;

	if (!md)
		md = EVP_MD_fetch(NULL, "SHA256", NULL);
	h->state = EVP_MD_CTX_new();
	if (!md || !h->state || EVP_DigestInit_ex(h->state, md, NULL) != 1)
		die("SHA-256 is not available");
}

void hash_add(struct hash *h, const void *p, size_t n)
{
	if (n && EVP_DigestUpdate(h->state, p, n) != 1)
		die("SHA-256 failed");
}

void hash_hex(struct hash *h, char out[static HASH_HEX])
{
	unsigned char sum[HASH_BYTES];

	if (EVP_DigestFinal_ex(h->state, sum, NULL) != 1)
		die("SHA-256 failed");
	hex(sum, sizeof(sum), out);
	hash_fini(h);
}

void hash_fini(struct hash *h)
{
	EVP_MD_CTX_free(h->state);
	h->state = NULL;
}

void hash_span(struct span s, char out[static HASH_HEX])
{
	struct hash h;

	hash_init(&h);
	hash_add(&h, s.p, s.n);
	hash_hex(&h, out);
}

void hash_hmac128(const unsigned char key[static 32], struct span s, char out[static 33])
{
	unsigned char sum[EVP_MAX_MD_SIZE];
	unsigned int n = 0;

	if (!HMAC(EVP_sha256(), key, 32, (const unsigned char *)(s.p ? s.p : ""), s.n, sum, &n) || n < 16)
		die("HMAC-SHA-256 failed");
	hex(sum, 16, out);
}
