// SPDX-License-Identifier: Apache-2.0
// Node.js: installed packages (node_modules/**/package.json) and lock files (npm 1-3, Yarn 1 and Berry, pnpm 5-9, Bun).
#include "inventory-parse.h"

#include "common/json.h"

enum { TREE_DEPTH = 64 };

/* …/node_modules/NAME/package.json or …/node_modules/@SCOPE/NAME/package.json: deeper ones are parts of a package. Elsewhere each is a
 * package of its own: a tool unpacked by hand ("opt/yarn-v1.22.22"), the application itself, the members of its workspace. */
static bool is_installed(struct span path)
{
	struct span part;

	if (!span_has(path, "node_modules/"))
		return !span_starts(path, "usr/share/doc/");
	if (path.n < strlen("/package.json"))
		return false;
	path.n -= strlen("/package.json");
	part = span_after_last(path, '/');
	if (part.n == path.n)
		return false;
	path.n -= part.n + 1;
	part = span_after_last(path, '/');
	if (span_starts(part, "@") && part.n < path.n)
		path.n -= part.n + 1;
	return span_eq(path, "node_modules") || span_ends(path, "/node_modules");
}

static struct span license_of(const struct json *doc)
{
	const struct json *v = json_get(doc, "license"), *list = json_get(doc, "licenses");

	if (json_str(v).p)
		return json_str(v);
	if (json_is(v, JSON_OBJECT))
		return json_text_at(v, "type");
	if (json_is(list, JSON_ARRAY) && list->n == 1)
		return json_is(&list->items[0], JSON_OBJECT) ? json_text_at(&list->items[0], "type") : json_str(&list->items[0]);
	return SPAN_NONE;
}

int parse_package_json(struct parse *p, struct err *e)
{
	struct json *doc;
	struct package pkg = {.type = "npm"};

	if (!is_installed(span_of(p->path)))
		return 0;
	if (parse_json(p, &doc, e))
		return -1;
	pkg.name = json_text_at(doc, "name");
	pkg.version = json_text_at(doc, "version");
	pkg.license = license_of(doc);
	/* Never published: what feeds say of the name is about somebody else's. What lies in node_modules came from there, whatever it says. */
	if (json_bool_at(doc, "private") == 1 && !span_has(span_of(p->path), "node_modules/"))
		pkg.module = SPAN("main");
	if (pkg.name.n > 0 && pkg.version.n > 0)
		parse_emit(p, &pkg);
	return 0;
}

static void emit(struct parse *p, struct span name, struct span version)
{
	struct package pkg = {.type = "npm", .name = name, .version = version, .declared = true};

	parse_emit(p, &pkg);
}

/* Lock file version 1: a tree of dependencies. */
static void lock_tree(struct parse *p, const struct json *dependencies, int depth)
{
	JSON_MEMBERS(m, dependencies)
	{
		struct span version = json_text_at(&m->value, "version");

		/* Versions may be addresses: "git+ssh://…", "file:../x". */
		if (version.n > 0 && !memchr(version.p, ':', version.n))
			emit(p, json_str(&m->key), version);
		if (depth < TREE_DEPTH)
			lock_tree(p, json_get(&m->value, "dependencies"), depth + 1);
	}
}

/* Versions 2 and 3: "packages" by their place; the name is what follows the last "node_modules/". */
static void lock_packages(struct parse *p, const struct json *packages)
{
	static const char mark[] = "node_modules/";

	JSON_MEMBERS(m, packages)
	{
		struct span place = json_str(&m->key), name = json_text_at(&m->value, "name"), at = SPAN_NONE;

		for (size_t i = 0; i + sizeof(mark) - 1 <= place.n; i++)
			if (memcmp(place.p + i, mark, sizeof(mark) - 1) == 0)
				at = span_from(place, i + sizeof(mark) - 1);
		if (at.n > 0 && json_bool_at(&m->value, "link") != 1)
			emit(p, name.n > 0 ? name : at, json_text_at(&m->value, "version"));
	}
}

int parse_package_lock(struct parse *p, struct err *e)
{
	struct json *doc;

	if (parse_json(p, &doc, e))
		return -1;
	if (json_get(doc, "packages"))
		lock_packages(p, json_get(doc, "packages"));
	else
		lock_tree(p, json_get(doc, "dependencies"), 0);
	return 0;
}

/* "name@range" or "@scope/name@range": the name. */
static struct span before_at(struct span s)
{
	const char *at = s.n > 1 ? memchr(s.p + 1, '@', s.n - 1) : NULL;

	return at ? (struct span){s.p, (size_t)(at - s.p)} : s;
}

static struct span unquoted(struct span s)
{
	s = span_trim(s);
	if (s.n >= 2 && s.p[0] == '"' && s.p[s.n - 1] == '"')
		s = (struct span){s.p + 1, s.n - 2};
	return s;
}

/* Yarn 1: `"a@^1", "a@~1":` then `  version "1.2.3"`. Berry is YAML with the same shape and `  version: 1.2.3`, and tells
 * the real name in `  resolution: "a@npm:1.2.3"`. */
int parse_yarn_lock(struct parse *p, struct err *e)
{
	struct span rest = p->text, name = SPAN_NONE, version = SPAN_NONE;
	bool done = true;

	(void)e;
	while (rest.p) {
		struct span line = parse_line(&rest), text = span_trim(line);

		if (line.n > 0 && line.p[0] != ' ' && line.p[0] != '#') {
			if (!done && name.n > 0)
				emit(p, name, version);
			name = before_at(unquoted(span_cut(&text, ',')));
			if (name.n > 0 && name.p[0] == '"')
				name = span_from(name, 1);
			version = SPAN_NONE;
			done = span_starts(line, "__metadata");
		} else if (span_starts(line, "  version") && !done) {
			text = span_from(text, strlen("version"));
			if (span_starts(text, ":"))
				text = span_from(text, 1);
			version = unquoted(text);
		} else if (span_starts(line, "  resolution: ") && !done) {
			struct span r = unquoted(span_from(text, strlen("resolution: ")));

			name = before_at(r);
			/* The project's own workspaces. */
			done = span_has(r, "@workspace:");
		}
	}
	if (!done && name.n > 0)
		emit(p, name, version);
	return 0;
}

/* The '/' in front of a version. */
static const char *last_slash(struct span s)
{
	for (size_t i = 0; i + 1 < s.n; i++)
		if (s.p[i] == '/' && s.p[i + 1] >= '0' && s.p[i + 1] <= '9')
			return s.p + i;
	return NULL;
}

/* "/a/1.2.3_peer", "/@s/a@1.2.3(peer)", "a@1.2.3": formats 5, 6 and 9. */
int parse_pnpm_lock(struct parse *p, struct err *e)
{
	struct json *doc;
	bool slashes;

	if (parse_yaml(p, &doc, e))
		return -1;
	slashes = span_starts(json_scalar(json_get(doc, "lockfileVersion")), "5");
	JSON_MEMBERS(m, json_get(doc, "packages"))
	{
		struct span key = json_str(&m->key), version, name, plain = key;
		const char *at;

		plain = span_cut(&key, '(');
		if (span_starts(plain, "/"))
			plain = span_from(plain, 1);
		/* In format 5 peers follow a '_', and may hold a '@'. */
		at = plain.n > 1 ? slashes ? last_slash(plain) : memrchr(plain.p + 1, '@', plain.n - 1) : NULL;
		if (!at)
			continue;
		name = (struct span){plain.p, (size_t)(at - plain.p)};
		version = (struct span){at + 1, plain.n - name.n - 1};
		version = span_cut(&version, '_');
		if (json_text_at(&m->value, "version").n > 0)
			version = json_text_at(&m->value, "version");
		if (version.n > 0 && version.p[0] >= '0' && version.p[0] <= '9')
			emit(p, json_text_at(&m->value, "name").n > 0 ? json_text_at(&m->value, "name") : name, version);
	}
	return 0;
}

/* JSON with comments and commas before closing brackets, as Bun writes it: both become blanks. */
static struct span plain_json(struct parse *p)
{
	char *out = arena_strndup(&p->arena, p->text.p ? p->text.p : "", p->text.n);
	size_t comma = SIZE_MAX;
	bool in = false;

	for (size_t i = 0; i < p->text.n; i++) {
		char c = out[i];

		if (in) {
			if (c == '\\')
				i++;
			else if (c == '"')
				in = false;
			continue;
		}
		if (c == '/' && i + 1 < p->text.n && out[i + 1] == '/') {
			while (i < p->text.n && out[i] != '\n')
				out[i++] = ' ';
			continue;
		}
		if ((c == '}' || c == ']') && comma != SIZE_MAX)
			out[comma] = ' ';
		if (c != ' ' && c != '\t' && c != '\n' && c != '\r')
			comma = c == ',' ? i : SIZE_MAX;
		in = c == '"';
	}
	return (struct span){out, p->text.n};
}

int parse_bun_lock(struct parse *p, struct err *e)
{
	struct json *doc;

	if (json_parse(&p->arena, plain_json(p), &doc, e))
		return -1;
	JSON_MEMBERS(m, json_get(doc, "packages"))
	{
		struct span id = json_is(&m->value, JSON_ARRAY) && m->value.n > 0 ? json_str(&m->value.items[0]) : SPAN_NONE;
		struct span name = before_at(id), version = id.n > name.n ? span_from(id, name.n + 1) : SPAN_NONE;

		if (version.n > 0 && version.p[0] >= '0' && version.p[0] <= '9')
			emit(p, name, version);
	}
	return 0;
}
