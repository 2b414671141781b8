// SPDX-License-Identifier: Apache-2.0
// What installers leave beside what they installed: Java runtimes (the release file of JEP 223), PEAR and PECL, LuaRocks, WordPress and its
// plugins, and the package databases of Arch (pacman) and Gentoo (Portage), which hold one file or folder per package.
#include "inventory-parse.h"

enum { DEPTH_MAX = 16 };

/* ---- Java: KEY="value" lines */

int parse_java_release(struct parse *p, struct err *e)
{
	struct package pkg = {.type = "generic", .name = SPAN("openjdk")};
	struct span rest = p->text, version = SPAN_NONE, runtime = SPAN_NONE, vendor = SPAN_NONE, build = SPAN_NONE, image = SPAN_NONE;

	(void)e;
	while (rest.p) {
		struct span value = parse_line(&rest), key = span_cut(&value, '=');

		value = span_trim(value);
		if (value.n >= 2 && value.p[0] == '"' && value.p[value.n - 1] == '"')
			value = (struct span){value.p + 1, value.n - 2};
		if (span_eq(key, "JAVA_VERSION"))
			version = value;
		else if (span_eq(key, "JAVA_RUNTIME_VERSION"))
			runtime = value;
		else if (span_eq(key, "IMPLEMENTOR"))
			vendor = value;
		else if (span_eq(key, "BUILD_TYPE"))
			build = value;
		else if (span_eq(key, "IMAGE_TYPE"))
			image = value;
	}
	if (!version.p && !runtime.p)
		return 0;
	if (span_starts(vendor, "Azul"))
		pkg.name = SPAN("zulu");
	else if (span_starts(vendor, "Oracle") || span_eq(build, "commercial"))
		pkg.name = span_eq(image, "JRE") ? SPAN("jre") : SPAN("jdk");
	pkg.version = runtime.n > 0 ? runtime : version;
	parse_emit(p, &pkg);
	return 0;
}

/* ---- PEAR: PHP's serialize() */

struct php {
	struct span rest;
	bool bad;
};

static bool take(struct php *s, char c)
{
	if (s->rest.n == 0 || s->rest.p[0] != c)
		s->bad = true;
	else
		s->rest = span_from(s->rest, 1);
	return !s->bad;
}

static size_t php_number(struct php *s, char end)
{
	size_t v = 0;

	while (s->rest.n > 0 && s->rest.p[0] >= '0' && s->rest.p[0] <= '9' && v < SIZE_MAX / 20) {
		v = v * 10 + (size_t)(s->rest.p[0] - '0');
		s->rest = span_from(s->rest, 1);
	}
	take(s, end);
	return v;
}

/* The text of `s:4:"name";`; absent for other values, which stay unread. */
static struct span php_text(struct php *s)
{
	struct span text = SPAN_NONE;
	size_t n;

	if (!span_starts(s->rest, "s:"))
		return SPAN_NONE;
	s->rest = span_from(s->rest, 2);
	n = php_number(s, ':');
	if (!take(s, '"') || n > s->rest.n) {
		s->bad = true;
		return SPAN_NONE;
	}
	text = (struct span){s->rest.p, n};
	s->rest = span_from(s->rest, n);
	take(s, '"');
	take(s, ';');
	return text;
}

static void php_skip(struct php *s, int depth);

/* What an array says of the package. `in`: the key that the array stands under. */
static void php_array(struct php *s, struct span in, struct package *pkg, struct span *channel, int depth)
{
	size_t n;

	s->rest = span_from(s->rest, 2);
	n = php_number(s, ':');
	take(s, '{');
	while (n-- > 0 && !s->bad) {
		struct span key = php_text(s), value;

		if (!key.p)
			php_skip(s, depth + 1); /* a number */
		if (s->bad || depth > DEPTH_MAX)
			break;
		if (span_starts(s->rest, "a:")) {
			php_array(s, depth == 0 ? key : SPAN(""), pkg, channel, depth + 1);
			continue;
		}
		value = php_text(s);
		if (!value.p)
			php_skip(s, depth + 1);
		else if (depth == 0 && span_eq(key, "name"))
			pkg->name = value;
		else if (depth == 0 && span_eq(key, "channel"))
			*channel = value;
		else if (depth == 1 && span_eq(in, "version") && span_eq(key, "release"))
			pkg->version = value;
		else if (depth == 0 && span_eq(key, "version"))
			pkg->version = value;
		else if ((depth == 1 && span_eq(in, "license") && span_eq(key, "_content")) || (depth == 0 && span_eq(key, "license")))
			pkg->license = value;
	}
	take(s, '}');
	s->bad = s->bad || depth > DEPTH_MAX;
}

/* i:1;  d:0.5;  b:1;  N;  s:…  a:… */
static void php_skip(struct php *s, int depth)
{
	struct package none = {0};
	struct span channel;

	if (depth > DEPTH_MAX || s->rest.n < 2) {
		s->bad = true;
	} else if (s->rest.p[0] == 's') {
		s->bad = !php_text(s).p || s->bad; /* "sx" would stay unread for as long as the array says */
	} else if (span_starts(s->rest, "a:")) {
		php_array(s, SPAN(""), &none, &channel, depth);
	} else if (strchr("idbN", s->rest.p[0])) {
		span_cut(&s->rest, ';');
		s->bad = !s->rest.p;
	} else {
		s->bad = true;
	}
}

int parse_pear(struct parse *p, struct err *e)
{
	struct php s = {.rest = p->text};
	struct package pkg = {.type = "pear"};
	struct span channel = SPAN_NONE;

	if (span_starts(s.rest, "a:"))
		php_array(&s, SPAN(""), &pkg, &channel, 0);
	if (pkg.name.n == 0 || pkg.version.n == 0)
		return err_set(e, ERR_INPUT, "a PEAR package without a name or a version");
	if (channel.n > 0 && channel.n < 200 && !memchr(channel.p, '&', channel.n))
		pkg.qualifiers = span_of(arena_printf(&p->arena, "repository_url=%.*s", SPAN_ARG(channel)));
	parse_emit(p, &pkg);
	return 0;
}

/* ---- LuaRocks: Lua assignments */

static struct span lua_text(struct span line, const char *key)
{
	struct span value = line, name = span_trim(span_cut(&value, '='));
	char quote;

	value = span_trim(value);
	if (!span_eq(name, key) || value.n < 2 || (value.p[0] != '"' && value.p[0] != '\''))
		return SPAN_NONE;
	quote = value.p[0];
	value = span_from(value, 1);
	return span_cut(&value, quote);
}

int parse_rockspec(struct parse *p, struct err *e)
{
	struct package pkg = {.type = "luarocks"};
	struct span rest = p->text;

	(void)e;
	while (rest.p) {
		struct span line = span_trim(parse_line(&rest)), v;

		if ((v = lua_text(line, "package")).p && !pkg.name.p)
			pkg.name = v;
		else if ((v = lua_text(line, "version")).p && !pkg.version.p)
			pkg.version = v;
		else if ((v = lua_text(line, "license")).p && !pkg.license.p)
			pkg.license = v;
	}
	if (pkg.name.n > 0 && pkg.version.n > 0)
		parse_emit(p, &pkg);
	return 0;
}

/* ---- WordPress */

/* "$wp_version = '6.4.2';" */
int parse_wordpress(struct parse *p, struct err *e)
{
	struct package pkg = {.type = "generic", .name = SPAN("wordpress")};
	struct span rest = p->text;

	(void)e;
	while (rest.p && !pkg.version.p)
		pkg.version = lua_text(span_trim(parse_line(&rest)), "$wp_version");
	if (pkg.version.n > 0)
		parse_emit(p, &pkg);
	return 0;
}

/* A plugin's header, in one PHP file of its folder: " * Plugin Name: Akismet", " * Version: 5.3". Its name there is the folder's. */
int parse_wordpress_plugin(struct parse *p, struct err *e)
{
	struct package pkg = {.type = "wordpress-plugin"};
	struct span path = span_of(p->path), rest = {p->text.p, p->text.n < 8192 ? p->text.n : 8192}, base = span_after_last(path, '/'), folder;
	bool named = false;

	(void)e;
	path.n -= base.n + 1;
	folder = span_after_last(path, '/');
	path.n -= folder.n;
	if (!span_ends(path, "wp-content/plugins/"))
		return 0;
	while (rest.p) {
		struct span line = span_trim(parse_line(&rest)), key;

		while (line.n > 0 && (line.p[0] == '*' || line.p[0] == '/' || line.p[0] == ' '))
			line = span_from(line, 1);
		key = span_cut(&line, ':');
		if (!line.p)
			continue;
		named = named || span_ieq(key, "Plugin Name");
		if (span_ieq(key, "Version") && !pkg.version.p)
			pkg.version = span_trim(line);
		else if (span_ieq(key, "License") && !pkg.license.p)
			pkg.license = span_trim(line);
	}
	pkg.name = folder;
	if (named && pkg.version.n > 0)
		parse_emit(p, &pkg);
	return 0;
}

/* ---- pacman: "%NAME%", then lines up to an empty one */

int parse_pacman(struct parse *p, struct err *e)
{
	struct package pkg = {.type = "alpm", .found_by = "pacman"};
	struct span rest = p->text;

	if (!span_starts(span_of(p->path), "var/lib/pacman/local/"))
		return 0;
	while (rest.p) {
		struct span key = parse_line(&rest), value;

		if (key.n < 3 || key.p[0] != '%' || !rest.p)
			continue;
		value = parse_line(&rest);
		if (span_eq(key, "%NAME%"))
			pkg.name = value;
		else if (span_eq(key, "%VERSION%"))
			pkg.version = value;
		else if (span_eq(key, "%BASE%"))
			pkg.source = value;
		else if (span_eq(key, "%ARCH%"))
			pkg.arch = value;
		else if (span_eq(key, "%LICENSE%"))
			pkg.license = value;
	}
	if (pkg.name.n == 0 || pkg.version.n == 0)
		return err_set(e, ERR_INPUT, "a package of pacman without a name or a version");
	parse_emit(p, &pkg);
	return 0;
}

/* ---- Portage: var/db/pkg/CATEGORY/NAME-VERSION/CONTENTS */

int parse_portage(struct parse *p, struct err *e)
{
	struct package pkg = {.type = "ebuild", .found_by = "portage"};
	struct span path = span_of(p->path), folder, category;

	(void)e;
	if (!span_starts(path, "var/db/pkg/"))
		return 0;
	path.n -= strlen("/CONTENTS");
	folder = span_after_last(path, '/');
	path.n -= folder.n + 1;
	category = span_after_last(path, '/');
	/* The version begins behind the last "-" that a digit follows: "1.0.8-r1" has another one inside, which no digit follows. */
	for (size_t i = folder.n; i-- > 1;)
		if (folder.p[i - 1] == '-' && folder.p[i] >= '0' && folder.p[i] <= '9') {
			pkg.version = span_from(folder, i);
			folder.n = i - 1;
			break;
		}
	pkg.name = span_of(arena_printf(&p->arena, "%.*s/%.*s", SPAN_ARG(category), SPAN_ARG(folder)));
	if (pkg.version.n > 0)
		parse_emit(p, &pkg);
	return 0;
}
