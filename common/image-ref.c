// SPDX-License-Identifier: Apache-2.0
// Image references taken apart. Whether an image exists, or is trusted, is not asked here.
#include "image-ref.h"

enum { NAME_MAX_BYTES = 255, TAG_MAX_BYTES = 128 };

static bool lower_alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool alnum(char c)
{
	return lower_alnum(c) || (c >= 'A' && c <= 'Z');
}

/* [a-z0-9]+ ((. | _ | __ | -+) [a-z0-9]+)* */
static bool component_ok(struct span c)
{
	size_t i = 0;

	if (!c.n || !lower_alnum(c.p[0]) || !lower_alnum(c.p[c.n - 1]))
		return false;
	while (i < c.n) {
		size_t start = i;

		while (i < c.n && lower_alnum(c.p[i]))
			i++;
		if (i == c.n)
			return true;
		start = i;
		while (i < c.n && c.p[i] == c.p[start])
			i++;
		if (c.p[start] != '-' && !(c.p[start] == '.' && i - start == 1) && !(c.p[start] == '_' && i - start <= 2))
			return false;
		if (!lower_alnum(c.p[i]))
			return false;
	}
	return true;
}

static bool path_ok(struct span path)
{
	while (path.p)
		if (!component_ok(span_cut(&path, '/')))
			return false;
	return true;
}

/* A host name's labels (upper case and inner hyphens allowed), or an IPv6 address in brackets; optional :port. */
static bool domain_ok(struct span d)
{
	struct span host = d, port = SPAN_NONE;

	if (d.n && d.p[0] == '[') {
		const char *close = memchr(d.p, ']', d.n);

		if (!close || close == d.p + 1)
			return false;
		for (const char *p = d.p + 1; p < close; p++)
			if (!strchr("0123456789abcdefABCDEF:", *p))
				return false;
		port = (struct span){close + 1, d.n - (size_t)(close + 1 - d.p)};
		if (!port.n)
			return true;
		if (port.p[0] != ':')
			return false;
		port.p++, port.n--;
		host = SPAN_NONE;
	} else {
		port = d;
		host = span_cut(&port, ':');
	}
	while (host.p) {
		struct span label = span_cut(&host, '.');

		if (!label.n || !alnum(label.p[0]) || !alnum(label.p[label.n - 1]))
			return false;
		for (size_t i = 0; i < label.n; i++)
			if (!alnum(label.p[i]) && label.p[i] != '-')
				return false;
	}
	for (size_t i = 0; i < port.n; i++)
		if (port.p[i] < '0' || port.p[i] > '9')
			return false;
	return !port.p || port.n > 0;
}

static bool tag_ok(struct span t)
{
	if (!t.n || t.n > TAG_MAX_BYTES)
		return false;
	for (size_t i = 0; i < t.n; i++)
		if (!alnum(t.p[i]) && t.p[i] != '_' && (i == 0 || (t.p[i] != '.' && t.p[i] != '-')))
			return false;
	return true;
}

/* algorithm:hex; the two registered algorithms with their exact length, others at least 32 digits. */
static bool digest_ok(struct span d)
{
	struct span hex = d, algorithm = span_cut(&hex, ':');

	if (!hex.p || !algorithm.n || !alnum(algorithm.p[0]))
		return false;
	for (size_t i = 0; i < algorithm.n; i++)
		if (!alnum(algorithm.p[i]) && !strchr("+._-", algorithm.p[i]))
			return false;
	for (size_t i = 0; i < hex.n; i++)
		if (!memchr("0123456789abcdefABCDEF", hex.p[i], 22))
			return false;
	if (span_eq(algorithm, "sha256"))
		return hex.n == 64;
	if (span_eq(algorithm, "sha512"))
		return hex.n == 128;
	return hex.n >= 32;
}

/* Up to the first slash is a registry when it looks like a host: a dot, a colon, an upper-case letter, or localhost. */
static bool looks_like_host(struct span s)
{
	if (span_eq(s, "localhost"))
		return true;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '.' || s.p[i] == ':' || (s.p[i] >= 'A' && s.p[i] <= 'Z'))
			return true;
	return false;
}

static void split_domain(struct arena *a, struct span name, struct image_ref *r)
{
	struct span path = name, head = span_cut(&path, '/');

	if (!path.p || !looks_like_host(head)) {
		r->registry = SPAN("docker.io");
		r->repository = name;
	} else {
		r->registry = span_eq(head, "index.docker.io") ? SPAN("docker.io") : head;
		r->repository = path;
	}
	if (span_eq(r->registry, "docker.io") && !memchr(r->repository.p, '/', r->repository.n))
		r->repository = span_of(arena_printf(a, "library/%.*s", (int)r->repository.n, r->repository.p));
}

bool image_ref_parse(struct arena *a, struct span s, struct image_ref *out)
{
	struct image_ref r = {0};
	struct span name = s;
	const char *at, *slash, *colon;

	if (!s.n || s.n > NAME_MAX_BYTES + TAG_MAX_BYTES + 256)
		return false;
	if ((at = memchr(s.p, '@', s.n))) {
		r.digest = (struct span){at + 1, s.n - (size_t)(at + 1 - s.p)};
		if (!digest_ok(r.digest))
			return false;
		name.n = (size_t)(at - s.p);
	}
	slash = memrchr(name.p, '/', name.n);
	colon = memrchr(name.p, ':', name.n);
	if (colon && (!slash || colon > slash)) {
		r.tag = (struct span){colon + 1, name.n - (size_t)(colon + 1 - name.p)};
		if (!tag_ok(r.tag))
			return false;
		name.n = (size_t)(colon - name.p);
	}
	/* 64 hex digits alone would be taken for an image id. */
	if (!name.n || name.n > NAME_MAX_BYTES || (name.n == 64 && strspn(name.p, "0123456789abcdef") >= 64))
		return false;
	split_domain(a, name, &r);
	if (!domain_ok(r.registry) || !path_ok(r.repository))
		return false;
	*out = r;
	return true;
}
