// SPDX-License-Identifier: Apache-2.0
// What is kept of a secret: the facts of certificates and tokens, never their keys.
#include "redact-walk.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

struct span redact_base64(struct arena *a, struct span text)
{
	char *out = arena_alloc(a, text.n / 4 * 3 + 4);
	unsigned value = 0;
	size_t n = 0;
	int have = 0;

	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];
		int v = c >= 'A' && c <= 'Z' ? c - 'A' : c >= 'a' && c <= 'z' ? c - 'a' + 26 : c >= '0' && c <= '9' ? c - '0' + 52 : c == '+' || c == '-' ? 62 : c == '/' || c == '_' ? 63 : -1;

		if (c == '=' || c == '\n' || c == '\r' || c == ' ')
			continue;
		if (v < 0)
			return SPAN_NONE;
		value = (value << 6 | (unsigned)v) & 0xffffff;
		if (++have == 4) {
			out[n++] = (char)(value >> 16);
			out[n++] = (char)(value >> 8);
			out[n++] = (char)value;
			have = 0;
		}
	}
	if (have == 2)
		out[n++] = (char)(value >> 4);
	if (have == 3) {
		out[n++] = (char)(value >> 10);
		out[n++] = (char)(value >> 2);
	}
	out[n] = 0;
	return (struct span){out, n};
}

static struct span name_text(struct arena *a, X509_NAME *name)
{
	BIO *bio = BIO_new(BIO_s_mem());
	struct span s = SPAN("");
	char *p;
	long n;

	if (bio && X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) >= 0) {
		n = BIO_get_mem_data(bio, &p);
		s = (struct span){arena_strndup(a, p, (size_t)n), (size_t)n};
	}
	BIO_free(bio);
	return s;
}

static void set_time(struct arena *a, struct json *out, const char *key, const ASN1_TIME *t)
{
	struct tm tm;

	if (ASN1_TIME_to_tm(t, &tm) == 1)
		json_set(a, out, key, json_make_str(a, span_of(arena_printf(a, "%04d-%02d-%02dT%02d:%02d:%02dZ", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
									    tm.tm_hour, tm.tm_min, tm.tm_sec))));
}

bool redact_certificate(struct arena *a, struct span pem, struct json *out)
{
	BIO *bio = pem.n < 1024 * 1024 ? BIO_new_mem_buf(pem.p, (int)pem.n) : NULL;
	X509 *x = bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
	EVP_PKEY *key = x ? X509_get0_pubkey(x) : NULL;

	*out = (struct json){.type = JSON_OBJECT};
	if (x) {
		json_set(a, out, "subject", json_make_str(a, name_text(a, X509_get_subject_name(x))));
		json_set(a, out, "issuer", json_make_str(a, name_text(a, X509_get_issuer_name(x))));
		set_time(a, out, "notBefore", X509_get0_notBefore(x));
		set_time(a, out, "notAfter", X509_get0_notAfter(x));
		json_set(a, out, "isCA", json_make_bool(X509_check_ca(x) > 0));
	}
	if (key) {
		const char *type = EVP_PKEY_get0_type_name(key);

		json_set(a, out, "keyType", json_make_str(a, span_of(type ? type : "unknown")));
		json_set(a, out, "keyBits", json_make_int(a, EVP_PKEY_get_bits(key)));
	}
	X509_free(x);
	BIO_free(bio);
	return x != NULL;
}

bool redact_jwt(struct arena *a, struct span token, struct json *out)
{
	struct span rest = span_trim(token), body;
	struct json *claims;
	int64_t expires;

	*out = (struct json){.type = JSON_OBJECT};
	if (!span_starts(rest, "eyJ"))
		return false;
	span_cut(&rest, '.');
	body = span_cut(&rest, '.');
	if (!body.n || !rest.p)
		return false;
	body = redact_base64(a, body);
	if (!body.n || json_parse(a, body, &claims, NULL))
		return false;
	if (json_str(json_get(claims, "iss")).p)
		json_set(a, out, "issuer", json_make_str(a, json_str(json_get(claims, "iss"))));
	if (json_str(json_get(claims, "sub")).p)
		json_set(a, out, "subject", json_make_str(a, json_str(json_get(claims, "sub"))));
	if (json_int(json_get(claims, "exp"), &expires))
		json_set(a, out, "expires", json_make_int(a, expires));
	return true;
}
