// SPDX-License-Identifier: Apache-2.0
// Image references as Docker and Kubernetes read them.
#include "image-name.h"

enum { NAME_MAX_BYTES = 255, TAG_MAX_BYTES = 128, DIGEST_MAX_BYTES = 256 };

static bool in_set(struct span s, const char *more, bool upper)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		bool ok = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (upper && c >= 'A' && c <= 'Z') || (c && strchr(more, c));

		if (!ok)
			return false;
	}
	return s.n > 0;
}

/* Parts begin and end with a letter or digit. */
static bool valid_path(struct span path)
{
	while (path.p) {
		struct span part = span_cut(&path, '/');

		if (!in_set(part, "._-", false) || strchr("._-", part.p[0]) || strchr("._-", part.p[part.n - 1]))
			return false;
	}
	return true;
}

/* The first part is a registry when it could be a host: a dot, a port, or localhost. */
static bool is_registry(struct span first)
{
	return memchr(first.p, '.', first.n) || memchr(first.p, ':', first.n) || span_eq(first, "localhost");
}

static bool split_tag(struct span *name, struct span *tag)
{
	const char *colon = memrchr(name->p, ':', name->n), *slash = memrchr(name->p, '/', name->n);

	if (!colon || (slash && colon < slash))
		return true;
	*tag = (struct span){colon + 1, (size_t)(name->p + name->n - colon - 1)};
	name->n = (size_t)(colon - name->p);
	return tag->n <= TAG_MAX_BYTES && in_set(*tag, "._-", true) && !strchr(".-", tag->p[0]);
}

bool image_name_parse(struct arena *a, struct span text, struct image_name *out)
{
	struct span digest = text, name = span_cut(&digest, '@'), path = name, first;

	*out = (struct image_name){.registry = SPAN("docker.io"), .digest = digest};
	if (name.n == 0 || name.n > NAME_MAX_BYTES + TAG_MAX_BYTES)
		return false;
	if (digest.p && (digest.n > DIGEST_MAX_BYTES || !memchr(digest.p, ':', digest.n) || !in_set(digest, ":+._-=", true)))
		return false;
	if (!split_tag(&name, &out->tag))
		return false;
	out->tag_given = out->tag.p != NULL;
	if (!out->tag.p && !digest.p)
		out->tag = SPAN("latest");
	path = name;
	first = span_cut(&path, '/');
	if (path.p && is_registry(first)) {
		if (!in_set(first, ".-:[]", true))
			return false;
		out->registry = span_eq(first, "index.docker.io") ? SPAN("docker.io") : first;
	} else {
		path = name;
	}
	if (!valid_path(path))
		return false;
	out->repository = path;
	if (span_eq(out->registry, "docker.io") && !memchr(path.p, '/', path.n))
		out->repository = span_of(arena_printf(a, "library/%.*s", SPAN_ARG(path)));
	return true;
}
