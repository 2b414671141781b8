// SPDX-License-Identifier: Apache-2.0
// Looks for secrets in an image's own text files. How they look is common/redact-detect.c's.
#include "image-secret.h"

#include "common/redact-detect.h"
#include "common/text.h"

/* Files that people put settings in. */
static const char *const endings[] = {".env", ".yaml", ".yml", ".json", ".properties", ".conf", ".cfg", ".ini", ".toml", ".xml", ".sh", ".py", ".js",
				      ".rb",  ".php",  ".tf",  ".tfvars", ".config",	".txt",	 ".npmrc", ".netrc", ".pgpass", "credentials", "config"};
/* Folders whose files came with packages: examples and tests in them hold made-up keys by the hundred. */
static const char *const foreign[] = {"node_modules", "site-packages", "dist-packages", "vendor", "gems", "doc", "man", "locale", "testdata", "test", "tests", "examples"};
static const char *const foreign_starts[] = {"usr/share/", "usr/lib/", "usr/include/", "lib/", "var/lib/dpkg/", "var/lib/apk/", "etc/ssl/", "nix/"};

static bool has_foreign_part(struct span path)
{
	while (path.p) {
		struct span part = span_cut(&path, '/');

		for (size_t i = 0; i < sizeof(foreign) / sizeof(foreign[0]); i++)
			if (span_eq(part, foreign[i]))
				return true;
	}
	return false;
}

bool image_secret_candidate(const char *path, struct span head, uint64_t bytes)
{
	struct span p = span_of(path);
	bool told = false;

	if (bytes < 8 || bytes > IMAGE_SECRET_BYTES_MAX || memchr(head.p ? head.p : "", 0, head.n))
		return false;
	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]) && !told; i++)
		told = span_ends(p, endings[i]);
	for (size_t i = 0; i < sizeof(foreign_starts) / sizeof(foreign_starts[0]) && told; i++)
		told = !span_starts(p, foreign_starts[i]);
	return told && !has_foreign_part(p);
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
	return secret_name(name) && secret_strength(value) == CLASS_HIGH;
}

bool image_secret_classes(struct span text, char *out, size_t cap)
{
	bool seen[CLASSES] = {false};
	struct secret_hit hit;
	struct span rest = text;
	size_t n = 0;

	for (size_t from = 0; secret_find(text, from, &hit); from = hit.to > from ? hit.to : from + 1)
		seen[hit.class] = seen[hit.class] || counts(hit.class);
	while (rest.p && !seen[CLASS_HIGH])
		seen[CLASS_HIGH] = named_secret(span_cut(&rest, '\n'));
	out[0] = 0;
	for (int c = 0; c < CLASSES; c++)
		if (seen[c] && n < cap)
			n += (size_t)snprintf(out + n, cap - n, "%s%s", n ? ", " : "", secret_class_name(c));
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
