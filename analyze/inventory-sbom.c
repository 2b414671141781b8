// SPDX-License-Identifier: Apache-2.0
// Bills of materials that lie in an image: SPDX 2.x and CycloneDX JSON. What they name is declared, but for Bitnami's, which
// install programs by unpacking and leave an SPDX file (.spdx-NAME.spdx) as their only trace.
#include "inventory-parse.h"

#include "common/json.h"

/* Percent-decoding; text that is not well-formed stays. */
static struct span decoded(struct arena *a, struct span s)
{
	char *out = arena_alloc(a, s.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		char hex[3] = "", *end;
		long v = -1;

		if (s.p[i] == '%' && i + 2 < s.n + 0 && s.n - i > 2) {
			memcpy(hex, s.p + i + 1, 2);
			v = strtol(hex, &end, 16);
			if (*end || hex[0] == '+' || hex[0] == '-' || hex[0] == ' ')
				v = -1;
		}
		out[n++] = v > 0 ? (char)v : s.p[i];
		i += v > 0 ? 2 : 0;
	}
	return (struct span){out, n};
}

static const char *const types[] = {"deb",    "rpm", "apk",	"npm",	 "pypi",      "gem",   "golang", "cargo",	  "maven",   "composer", "nuget",
				    "hex",    "pub", "swift",	"conan", "cocoapods", "cran",  "hackage", "bitnami", "generic", "nix", "conda", "luarocks", "pear", "alpm"};

static const char *known_type(struct span type)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (span_ieq(type, types[i]))
			return types[i];
	return NULL;
}

/* "pkg:maven/org.x/y@1.2?arch=z" into the package; false when it is not a purl of a known type. */
static bool read_purl(struct parse *p, struct span purl, struct package *out)
{
	struct span rest = purl, type, name, space = SPAN_NONE;
	const char *slash, *at;

	if (!span_starts(purl, "pkg:"))
		return false;
	rest = span_from(purl, 4);
	while (span_starts(rest, "/"))
		rest = span_from(rest, 1);
	rest = span_cut(&rest, '#');
	rest = span_cut(&rest, '?');
	type = span_cut(&rest, '/');
	out->type = known_type(type);
	if (!out->type || rest.n == 0)
		return false;
	name = rest;
	at = memrchr(rest.p, '@', rest.n);
	if (at && at > rest.p && !memchr(at, '/', (size_t)(rest.p + rest.n - at))) {
		name.n = (size_t)(at - rest.p);
		out->version = decoded(&p->arena, (struct span){at + 1, rest.n - name.n - 1});
	}
	slash = memrchr(name.p, '/', name.n);
	if (slash) {
		space = decoded(&p->arena, (struct span){name.p, (size_t)(slash - name.p)});
		name = (struct span){slash + 1, name.n - (size_t)(slash + 1 - name.p)};
	}
	name = decoded(&p->arena, name);
	if (space.n > 0 && !package_is_os(out->type) && strcmp(out->type, "bitnami") != 0) {
		char *full = arena_printf(&p->arena, "%.*s%c%.*s", SPAN_ARG(space), strcmp(out->type, "maven") == 0 ? ':' : '/', SPAN_ARG(name));

		name = span_of(full);
	}
	out->name = name;
	return true;
}

static struct span spdx_purl(const struct json *package)
{
	JSON_EACH(ref, json_get(package, "externalRefs"))
	{
		if (span_eq(json_text_at(ref, "referenceType"), "purl"))
			return json_text_at(ref, "referenceLocator");
	}
	return SPAN_NONE;
}

static struct span spdx_license(const struct json *package)
{
	struct span v = json_text_at(package, "licenseConcluded");

	if (v.n == 0 || span_eq(v, "NOASSERTION") || span_eq(v, "NONE"))
		v = json_text_at(package, "licenseDeclared");
	return span_eq(v, "NOASSERTION") || span_eq(v, "NONE") ? SPAN_NONE : v;
}

int parse_spdx_json(struct parse *p, struct err *e)
{
	struct span path = span_of(p->path), text = span_trim(p->text);
	bool bitnami = span_starts(span_after_last(path, '/'), ".spdx-");
	struct json *doc;

	if (!span_starts(text, "{")) /* the tag-value form is not read */
		return 0;
	if (parse_json(p, &doc, e))
		return -1;
	JSON_EACH(v, json_get(doc, "packages"))
	{
		struct package pkg = {.declared = !bitnami, .license = spdx_license(v), .found_by = bitnami ? "bitnami" : NULL};

		if (!read_purl(p, spdx_purl(v), &pkg))
			continue;
		if (pkg.version.n == 0)
			pkg.version = json_text_at(v, "versionInfo");
		if (pkg.version.n > 0)
			parse_emit(p, &pkg);
	}
	return 0;
}

static void cyclonedx_components(struct parse *p, const struct json *list, int depth)
{
	JSON_EACH(v, list)
	{
		struct package pkg = {.declared = true};
		const struct json *licenses = json_get(v, "licenses");

		if (read_purl(p, json_text_at(v, "purl"), &pkg)) {
			if (pkg.version.n == 0)
				pkg.version = json_text_at(v, "version");
			if (json_is(licenses, JSON_ARRAY) && licenses->n > 0) {
				const struct json *l = &licenses->items[0];

				pkg.license = json_text_at(l, "expression").p	? json_text_at(l, "expression")
					      : json_text_at(l, "license.id").p ? json_text_at(l, "license.id")
										: json_text_at(l, "license.name");
			}
			if (pkg.version.n > 0)
				parse_emit(p, &pkg);
		}
		if (depth < 16)
			cyclonedx_components(p, json_get(v, "components"), depth + 1);
	}
}

int parse_cyclonedx_json(struct parse *p, struct err *e)
{
	struct json *doc;

	if (parse_json(p, &doc, e))
		return -1;
	if (span_eq(json_text_at(doc, "bomFormat"), "CycloneDX"))
		cyclonedx_components(p, json_get(doc, "components"), 0);
	return 0;
}
