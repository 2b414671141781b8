// SPDX-License-Identifier: Apache-2.0
// Reads package URLs.
#include "purl-read.h"

#include "percent.h"

bool purl_read(struct arena *a, struct span text, struct purl_parts *out)
{
	struct span rest = text, path;
	const char *at;

	*out = (struct purl_parts){0};
	if (!span_starts(text, "pkg:"))
		return false;
	rest = (struct span){text.p + 4, text.n - 4};
	while (span_starts(rest, "/"))
		rest = (struct span){rest.p + 1, rest.n - 1};
	rest = span_cut(&rest, '#');
	out->qualifiers = rest;
	path = span_cut(&out->qualifiers, '?');
	out->type = span_cut(&path, '/');
	if (!path.p)
		return false;
	at = memrchr(path.p, '@', path.n);
	if (at && at > path.p) {
		out->version = percent_decode(a, (struct span){at + 1, (size_t)(path.p + path.n - at - 1)});
		path.n = (size_t)(at - path.p);
	}
	out->name = span_after_last(path, '/');
	if (out->name.n < path.n)
		out->namespace = percent_decode(a, (struct span){path.p, path.n - out->name.n - 1});
	out->name = percent_decode(a, out->name);
	return out->type.n > 0 && out->name.n > 0;
}

struct span purl_qualifier(struct arena *a, const struct purl_parts *p, const char *name)
{
	struct span rest = p->qualifiers;

	while (rest.p) {
		struct span value = span_cut(&rest, '&'), key = span_cut(&value, '=');

		if (value.p && span_eq(key, name))
			return percent_decode(a, value);
	}
	return SPAN_NONE;
}
