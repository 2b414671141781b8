// SPDX-License-Identifier: Apache-2.0
// Looks for secrets in an image's own text files. How they look is common/redact-detect.c's.
#include "image-secret.h"
#include "secret-rules.h"

#include "common/redact-detect.h"
#include "common/text.h"

bool image_secret_candidate(const char *path, struct span head, uint64_t bytes)
{
	return bytes >= 8 && bytes <= IMAGE_SECRET_BYTES_MAX && !memchr(head.p ? head.p : "", 0, head.n) && secret_rules_path(span_of(path));
}

static bool counts(enum secret_class c)
{
	return c == CLASS_PEM_KEY || c == CLASS_JWT || c == CLASS_CLOUD_KEY || c == CLASS_API_TOKEN || c == CLASS_URL_PASSWORD;
}

/* "DB_PASSWORD=…", "password: …": a value under a secret name that looks random. */
static bool named_secret(struct span line)
{
	size_t at = 0;
	struct span name, value;

	while (at < line.n && line.p[at] != '=' && line.p[at] != ':')
		at++;
	if (at == line.n || at > 80)
		return false;
	name = span_trim((struct span){line.p, at});
	value = span_trim((struct span){line.p + at + 1, line.n - at - 1});
	if (span_starts(name, "export "))
		name = span_trim((struct span){name.p + 7, name.n - 7});
	if (name.n > 1 && (name.p[0] == '"' || name.p[0] == '\'' || name.p[0] == '-'))
		name = span_trim((struct span){name.p + 1, name.n - 1});
	if (name.n > 1 && (name.p[name.n - 1] == '"' || name.p[name.n - 1] == '\''))
		name.n--;
	if (value.n > 0 && value.p[value.n - 1] == ',')
		value.n--;
	if (value.n > 1 && (value.p[0] == '"' || value.p[0] == '\'') && value.p[value.n - 1] == value.p[0])
		value = (struct span){value.p + 1, value.n - 2};
	/* Calls, paths and expressions are no values. */
	if (value.n < 8 || value.n > 256 || memchr(value.p, '(', value.n) || memchr(value.p, ' ', value.n) || value.p[0] == '/' || value.p[0] == '$')
		return false;
	return secret_name(name) && secret_strength(value) == CLASS_HIGH && !secret_rules_allowed(value);
}

/* Names once each, in order of the alphabet. */
struct names {
	const char *at[32];
	size_t n;
};

static void add_name(void *ctx, const char *name)
{
	struct names *l = ctx;
	size_t i = 0;

	while (i < l->n && strcmp(l->at[i], name) < 0)
		i++;
	if (l->n == sizeof(l->at) / sizeof(l->at[0]) || (i < l->n && strcmp(l->at[i], name) == 0))
		return;
	memmove(&l->at[i + 1], &l->at[i], (l->n - i) * sizeof(l->at[0]));
	l->at[i] = name;
	l->n++;
}

bool image_secret_classes(struct span text, char *out, size_t cap)
{
	struct names names = {.n = 0};
	struct secret_hit hit;
	struct span rest = text;
	bool high = false;
	size_t n = 0;

	for (size_t from = 0; secret_find(text, from, &hit); from = hit.to > from ? hit.to : from + 1)
		if (counts(hit.class))
			add_name(&names, secret_class_name(hit.class));
	while (rest.p && !high)
		high = named_secret(span_cut(&rest, '\n'));
	if (high)
		add_name(&names, secret_class_name(CLASS_HIGH));
	secret_rules_find(text, add_name, &names);
	out[0] = 0;
	for (size_t i = 0; i < names.n && n < cap; i++)
		n += (size_t)snprintf(out + n, cap - n, "%s%s", n ? ", " : "", names.at[i]);
	return n > 0;
}

bool image_secret_passwordless(struct span text, char *out, size_t cap)
{
	size_t n = 0;

	out[0] = 0;
	while (text.p) {
		struct span line = span_cut(&text, '\n'), name = span_cut(&line, ':'), password = span_cut(&line, ':');
		char shown[64];

		if (name.n == 0 || !password.p || password.n > 0 || !line.p || n >= cap)
			continue;
		text_clean(shown, sizeof(shown), name.p, name.n);
		n += (size_t)snprintf(out + n, cap - n, "%s%s", n ? ", " : "", shown);
	}
	return n > 0;
}
