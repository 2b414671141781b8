// SPDX-License-Identifier: Apache-2.0
// Lock files of ecosystems that have one format each: Cargo, Gradle, Elixir, Dart, Swift, CocoaPods, Conan, Haskell; and R's installed
// packages.
#include "inventory-parse.h"

#include "common/json.h"

int parse_cargo_lock(struct parse *p, struct err *e)
{
	(void)e;
	/* Members of the workspace have no source. */
	parse_toml_packages(p, "cargo", true);
	return 0;
}

/* "org.slf4j:slf4j-api:1.7.36=compileClasspath,runtimeClasspath" */
int parse_gradle_lock(struct parse *p, struct err *e)
{
	struct span rest = p->text;

	(void)e;
	while (rest.p) {
		struct span line = span_trim(parse_line(&rest)), id = span_cut(&line, '='), version = span_after_last(id, ':');
		struct package pkg = {.type = "maven", .version = version, .declared = true};

		if (!line.p || id.n == 0 || id.p[0] == '#' || version.n == id.n)
			continue;
		pkg.name = (struct span){id.p, id.n - version.n - 1};
		if (memchr(pkg.name.p, ':', pkg.name.n))
			parse_emit(p, &pkg);
	}
	return 0;
}

static struct span next_quoted(struct span *rest)
{
	if (!rest->p)
		return SPAN_NONE;
	span_cut(rest, '"');
	return rest->p ? span_cut(rest, '"') : SPAN_NONE;
}

/* `"jason": {:hex, :jason, "1.4.0", "hash", …},` */
int parse_mix_lock(struct parse *p, struct err *e)
{
	struct span rest = p->text;

	(void)e;
	while (rest.p) {
		struct span line = span_trim(parse_line(&rest)), tail = line;
		struct package pkg = {.type = "hex", .declared = true};

		if (!span_starts(line, "\"") || !span_has(line, "{:hex,"))
			continue;
		pkg.name = next_quoted(&tail);
		/* The package may have another name than the application. */
		span_cut(&tail, ',');
		if (tail.p) {
			struct span atom = span_trim(span_cut(&tail, ','));

			if (span_starts(atom, ":"))
				pkg.name = span_from(atom, 1);
		}
		pkg.version = next_quoted(&tail);
		parse_emit(p, &pkg);
	}
	return 0;
}

int parse_pubspec_lock(struct parse *p, struct err *e)
{
	struct json *doc;

	if (parse_yaml(p, &doc, e))
		return -1;
	JSON_MEMBERS(m, json_get(doc, "packages"))
	{
		struct span source = json_text_at(&m->value, "source");
		struct package pkg = {.type = "pub", .name = json_str(&m->key), .version = json_scalar(json_get(&m->value, "version")), .declared = true};

		if (!span_eq(source, "sdk") && !span_eq(source, "path"))
			parse_emit(p, &pkg);
	}
	return 0;
}

/* "https://github.com/apple/swift-nio.git" is known as "github.com/apple/swift-nio". */
static struct span repository_name(struct span url)
{
	static const char *const schemes[] = {"https://", "http://", "ssh://git@", "git@"};

	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++)
		if (span_starts(url, schemes[i])) {
			url = span_from(url, strlen(schemes[i]));
			break;
		}
	if (span_ends(url, "/"))
		url.n--;
	if (span_ends(url, ".git"))
		url.n -= 4;
	return url;
}

/* Versions 1 (object.pins, repositoryURL) and 2-3 (pins, location). */
int parse_swift_resolved(struct parse *p, struct err *e)
{
	struct json *doc;
	const struct json *pins;

	if (parse_json(p, &doc, e))
		return -1;
	pins = json_get(doc, "pins") ? json_get(doc, "pins") : json_path(doc, "object.pins");
	JSON_EACH(pin, pins)
	{
		struct span url = json_text_at(pin, "location").p ? json_text_at(pin, "location") : json_text_at(pin, "repositoryURL");
		struct package pkg = {.type = "swift", .name = repository_name(url), .version = json_text_at(pin, "state.version"), .declared = true};

		if (pkg.version.n > 0)
			parse_emit(p, &pkg);
	}
	return 0;
}

/* "PODS: [Alamofire (5.4.3), {Firebase/Core (8.0): [...]}]" */
int parse_podfile_lock(struct parse *p, struct err *e)
{
	struct json *doc;

	if (parse_yaml(p, &doc, e))
		return -1;
	JSON_EACH(v, json_get(doc, "PODS"))
	{
		struct span version = json_is(v, JSON_OBJECT) && v->n == 1 ? json_str(&v->members[0].key) : json_str(v), name;
		struct package pkg = {.type = "cocoapods", .declared = true};

		if (!version.p)
			continue;
		name = span_trim(span_cut(&version, '('));
		if (!version.p)
			continue;
		pkg.name = name;
		pkg.version = span_cut(&version, ')');
		parse_emit(p, &pkg);
	}
	return 0;
}

/* "zlib/1.2.11@user/channel#revision%time" */
static void emit_conan(struct parse *p, struct span ref)
{
	struct package pkg = {.type = "conan", .declared = true};

	pkg.version = span_cut(&ref, '#');
	pkg.version = span_cut(&pkg.version, '@');
	pkg.name = span_cut(&pkg.version, '/');
	if (pkg.version.n > 0)
		parse_emit(p, &pkg);
}

/* Version 1: graph_lock.nodes.N.ref; version 2: lists of references. */
int parse_conan_lock(struct parse *p, struct err *e)
{
	static const char *const lists[] = {"requires", "build_requires", "python_requires"};
	struct json *doc;

	if (parse_json(p, &doc, e))
		return -1;
	for (int i = 0; i < 3; i++)
		JSON_EACH(v, json_get(doc, lists[i]))
		{
			emit_conan(p, json_str(v));
		}
	JSON_MEMBERS(m, json_path(doc, "graph_lock.nodes"))
	{
		/* Node 0 is the project itself. */
		if (!span_eq(json_str(&m->key), "0"))
			emit_conan(p, json_text_at(&m->value, "ref"));
	}
	return 0;
}

/* …/library/NAME/DESCRIPTION and …/site-library/NAME/DESCRIPTION: R's own "translations" has no "Built". */
static bool in_r_library(struct span path)
{
	for (int i = 0; i < 2; i++) {
		struct span last = span_after_last(path, '/');

		if (last.n == path.n)
			return false;
		path.n -= last.n + 1;
	}
	return span_ends(path, "/R/library") || span_ends(path, "/site-library");
}

/* An installed R package's DESCRIPTION has "Package", "Version" and "Built"; other files of the name do not. */
int parse_r_description(struct parse *p, struct err *e)
{
	struct package pkg = {.type = "cran"};
	struct span rest = p->text;
	bool built = false;

	(void)e;
	while (rest.p) {
		struct span value = parse_line(&rest), key = span_cut(&value, ':');

		if (!value.p)
			continue;
		value = span_trim(value);
		if (span_eq(key, "Package"))
			pkg.name = value;
		else if (span_eq(key, "Version"))
			pkg.version = value;
		else if (span_eq(key, "License"))
			pkg.license = value;
		else if (span_eq(key, "Built"))
			built = true;
	}
	if ((built || in_r_library(span_of(p->path))) && pkg.name.n > 0)
		parse_emit(p, &pkg);
	return 0;
}

/* "fuzzyset-0.2.4@sha256:…,1234" */
static void emit_hackage(struct parse *p, struct span id)
{
	struct package pkg = {.type = "hackage", .declared = true};

	id = span_cut(&id, '@');
	pkg.version = span_after_last(id, '-');
	if (pkg.version.n == id.n)
		return;
	pkg.name = (struct span){id.p, id.n - pkg.version.n - 1};
	parse_emit(p, &pkg);
}

int parse_stack_lock(struct parse *p, struct err *e)
{
	struct json *doc;

	if (parse_yaml(p, &doc, e))
		return -1;
	JSON_EACH(v, json_get(doc, "packages"))
	{
		emit_hackage(p, json_text_at(v, "completed.hackage").p ? json_text_at(v, "completed.hackage") : json_text_at(v, "original.hackage"));
	}
	return 0;
}

/* "constraints: any.aeson ==2.1.0.0," and further lines like it. */
int parse_cabal_freeze(struct parse *p, struct err *e)
{
	struct span rest = p->text;

	(void)e;
	while (rest.p) {
		struct span line = span_trim(parse_line(&rest)), name;
		struct package pkg = {.type = "hackage", .declared = true};

		if (span_starts(line, "constraints:"))
			line = span_trim(span_from(line, strlen("constraints:")));
		if (!span_starts(line, "any."))
			continue;
		name = span_trim(span_cut(&line, '='));
		if (!span_starts(line, "="))
			continue;
		pkg.name = span_from(name, strlen("any."));
		line = span_from(line, 1);
		pkg.version = span_cut(&line, ',');
		parse_emit(p, &pkg);
	}
	return 0;
}
