// SPDX-License-Identifier: Apache-2.0
// minisign keys and signatures.
#include "minisign.h"

#include "buf.h"
#include "source.h"

#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <unistd.h>

/* As they lie in the files, before base64. */
struct public_file {
	uint8_t algorithm[2], id[8], key[32];
};
struct secret_file {
	uint8_t algorithm[2], kdf[2], checksum_algorithm[2], salt[32], ops[8], memory[8], id[8], key[64], checksum[32];
};
struct signature_file {
	uint8_t algorithm[2], id[8], signature[64];
};

enum { BASE64 = sodium_base64_VARIANT_ORIGINAL, CHUNK = 65536 };

static int init(struct err *e)
{
	return sodium_init() < 0 ? err_set(e, ERR_ENV, "libsodium cannot be used") : 0;
}

int minisign_generate(struct minisign_key *k, struct err *e)
{
	if (init(e))
		return -1;
	crypto_sign_keypair(k->public_key, k->secret_key);
	randombytes_buf(k->id, sizeof(k->id));
	return 0;
}

void minisign_forget(struct minisign_key *k)
{
	sodium_memzero(k, sizeof(*k));
}

static void checksum(const struct secret_file *s, uint8_t out[32])
{
	crypto_generichash_state h;

	crypto_generichash_init(&h, NULL, 0, 32);
	crypto_generichash_update(&h, s->algorithm, sizeof(s->algorithm));
	crypto_generichash_update(&h, s->id, sizeof(s->id));
	crypto_generichash_update(&h, s->key, sizeof(s->key));
	crypto_generichash_final(&h, out, 32);
}

static void key_name(const uint8_t id[8], char name[17])
{
	for (int i = 0; i < 8; i++)
		snprintf(name + 2 * i, 3, "%02X", id[7 - i]);
}

static int write_new(const char *path, mode_t mode, const char *title, const char *name, const void *bytes, size_t n, struct err *e)
{
	char text[512], base64[256];
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode), len;
	ssize_t wrote;

	if (fd < 0)
		return err_errno(e, "%s: cannot make", path);
	sodium_bin2base64(base64, sizeof(base64), bytes, n, BASE64);
	len = snprintf(text, sizeof(text), "untrusted comment: minisign %s key %s\n%s\n", title, name, base64);
	wrote = write(fd, text, (size_t)len);
	sodium_memzero(text, sizeof(text));
	sodium_memzero(base64, sizeof(base64));
	return close(fd) || wrote != len ? err_errno(e, "%s: cannot write", path) : 0;
}

int minisign_write_key(const struct minisign_key *k, const char *path, struct err *e)
{
	struct secret_file s = {.algorithm = "Ed", .checksum_algorithm = "B2"};
	struct public_file p = {.algorithm = "Ed"};
	char public_path[4096], name[17];
	int r;

	if (snprintf(public_path, sizeof(public_path), "%s.pub", path) >= (int)sizeof(public_path))
		return err_set(e, ERR_USAGE, "%s: the name is too long", path);
	memcpy(s.id, k->id, sizeof(s.id));
	memcpy(s.key, k->secret_key, sizeof(s.key));
	checksum(&s, s.checksum);
	memcpy(p.id, k->id, sizeof(p.id));
	memcpy(p.key, k->public_key, sizeof(p.key));
	key_name(k->id, name);
	r = write_new(path, 0600, "secret", name, &s, sizeof(s), e) || write_new(public_path, 0644, "public", name, &p, sizeof(p), e) ? -1 : 0;
	sodium_memzero(&s, sizeof(s));
	return r;
}

static bool decode(struct span text, void *out, size_t n)
{
	size_t got;

	return sodium_base642bin(out, n, text.p, text.n, " \r", &got, NULL, BASE64) == 0 && got == n;
}

static int read_small(const char *path, struct buf *text, struct err *e)
{
	struct source in;
	int r;

	if (source_from_file(&in, path, e))
		return -1;
	r = source_slurp(&in, text, 65536, e);
	source_close(&in);
	return r;
}

static bool take_key(struct span base64, struct minisign_key *k)
{
	struct secret_file s;
	struct public_file p;
	uint8_t sum[32];
	bool ok = false;

	*k = (struct minisign_key){0};
	if (decode(base64, &p, sizeof(p)) && memcmp(p.algorithm, "Ed", 2) == 0) {
		memcpy(k->id, p.id, sizeof(k->id));
		memcpy(k->public_key, p.key, sizeof(k->public_key));
		return true;
	}
	if (decode(base64, &s, sizeof(s)) && memcmp(s.algorithm, "Ed", 2) == 0 && s.kdf[0] == 0 && s.kdf[1] == 0) {
		checksum(&s, sum);
		ok = sodium_memcmp(sum, s.checksum, sizeof(sum)) == 0;
		memcpy(k->id, s.id, sizeof(k->id));
		memcpy(k->secret_key, s.key, sizeof(k->secret_key));
		memcpy(k->public_key, s.key + 32, sizeof(k->public_key)); /* an Ed25519 secret key ends with its public one */
	}
	sodium_memzero(&s, sizeof(s));
	return ok;
}

int minisign_read_key(const char *path, struct minisign_key *k, struct err *e)
{
	auto_buf text = BUF_INIT;
	struct span rest;
	bool ok;

	if (init(e))
		return -1;
	if (take_key(span_of(path), k))
		return 0;
	if (read_small(path, &text, e))
		return -1;
	rest = buf_span(&text);
	span_cut(&rest, '\n');
	ok = rest.p && take_key(span_trim(span_cut(&rest, '\n')), k);
	sodium_memzero(text.p, text.n);
	return ok ? 0 : err_set(e, ERR_INPUT, "%s: not a minisign key, or one with a password", path);
}

static int hash_file(const char *path, uint8_t out[64], struct err *e)
{
	crypto_generichash_state h;
	struct source in;
	char chunk[CHUNK];
	ssize_t n;

	if (source_from_file(&in, path, e))
		return -1;
	crypto_generichash_init(&h, NULL, 0, 64);
	while ((n = source_read(&in, chunk, sizeof(chunk), e)) > 0)
		crypto_generichash_update(&h, (const uint8_t *)chunk, (size_t)n);
	source_close(&in);
	crypto_generichash_final(&h, out, 64);
	return n < 0 ? -1 : 0;
}

bool minisign_can_sign(const struct minisign_key *k)
{
	return !sodium_is_zero(k->secret_key, sizeof(k->secret_key));
}

int minisign_sign(const struct minisign_key *k, const char *file, const char *comment, struct err *e)
{
	struct signature_file s = {.algorithm = "ED"};
	uint8_t hash[64], whole[64 + MINISIGN_COMMENT_MAX], global[64];
	char path[4096], base64[128], base64_global[128];
	size_t n = strlen(comment);
	FILE *out;

	if (n >= MINISIGN_COMMENT_MAX || strchr(comment, '\n') || snprintf(path, sizeof(path), "%s.minisig", file) >= (int)sizeof(path))
		return err_set(e, ERR_USAGE, "%s: the name or the comment is too long", file);
	if (init(e) || hash_file(file, hash, e))
		return -1;
	memcpy(s.id, k->id, sizeof(s.id));
	crypto_sign_detached(s.signature, NULL, hash, sizeof(hash), k->secret_key);
	memcpy(whole, s.signature, 64);
	memcpy(whole + 64, comment, n);
	crypto_sign_detached(global, NULL, whole, 64 + n, k->secret_key);
	sodium_bin2base64(base64, sizeof(base64), (const uint8_t *)&s, sizeof(s), BASE64);
	sodium_bin2base64(base64_global, sizeof(base64_global), global, sizeof(global), BASE64);
	out = fopen(path, "wxe");
	if (!out)
		return err_errno(e, "%s: cannot make", path);
	fprintf(out, "untrusted comment: signature of a feeds pack of plimsoll\n%s\ntrusted comment: %s\n%s\n", base64, comment, base64_global);
	return fclose(out) ? err_errno(e, "%s: cannot write", path) : 0;
}

static int read_signature(const char *path, struct signature_file *s, char *comment, uint8_t global[64], struct err *e)
{
	auto_buf text = BUF_INIT;
	struct span rest, line, trusted;

	if (read_small(path, &text, e))
		return -1;
	rest = buf_span(&text);
	span_cut(&rest, '\n');
	line = span_cut(&rest, '\n');
	trusted = span_cut(&rest, '\n');
	if (!decode(line, s, sizeof(*s)) || memcmp(s->algorithm, "ED", 2) != 0 || !span_starts(trusted, "trusted comment: ") ||
	    !decode(span_cut(&rest, '\n'), global, 64) || trusted.n - 17 >= MINISIGN_COMMENT_MAX)
		return err_set(e, ERR_INPUT, "%s: not a minisign signature", path);
	memcpy(comment, trusted.p + 17, trusted.n - 17);
	comment[trusted.n - 17] = 0;
	return 0;
}

int minisign_verify(const struct minisign_key *k, const char *file, char comment[MINISIGN_COMMENT_MAX], struct err *e)
{
	struct signature_file s;
	uint8_t hash[64], whole[64 + MINISIGN_COMMENT_MAX], global[64];
	char path[4096], have[17], want[17];
	size_t n;

	if (snprintf(path, sizeof(path), "%s.minisig", file) >= (int)sizeof(path))
		return err_set(e, ERR_USAGE, "%s: the name is too long", file);
	if (init(e) || read_signature(path, &s, comment, global, e) || hash_file(file, hash, e))
		return -1;
	key_name(s.id, have);
	key_name(k->id, want);
	if (memcmp(s.id, k->id, sizeof(s.id)) != 0)
		return err_set(e, ERR_INPUT, "%s: signed by key %s, expected %s", path, have, want);
	n = strlen(comment);
	memcpy(whole, s.signature, 64);
	memcpy(whole + 64, comment, n);
	if (crypto_sign_verify_detached(global, whole, 64 + n, k->public_key))
		return err_set(e, ERR_INPUT, "%s: its comment was changed", path);
	if (crypto_sign_verify_detached(s.signature, hash, sizeof(hash), k->public_key))
		return err_set(e, ERR_INPUT, "%s: not the file that was signed, or changed since", file);
	return 0;
}
