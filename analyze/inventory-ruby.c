// SPDX-License-Identifier: Apache-2.0
// Ruby: installed gems (specifications/*.gemspec as RubyGems writes them) and Bundler's lock files.
#include "inventory-parse.h"

/* The first quoted text of a line. */
static struct span quoted(struct span line)
{
	for (size_t i = 0; i < line.n; i++)
		if (line.p[i] == '"' || line.p[i] == '\'') {
			struct span rest = span_from(line, i + 1), text = span_cut(&rest, line.p[i]);

			return rest.p ? text : SPAN_NONE;
		}
	return SPAN_NONE;
}

/* `s.name = "rake".freeze` gives "name" and the line's right side. */
static struct span attribute(struct span line, struct span *value)
{
	struct span name = span_trim(span_cut(&line, '='));

	*value = line;
	return line.p && memchr(name.p ? name.p : "", '.', name.n) ? span_after_last(name, '.') : SPAN_NONE;
}

int parse_gemspec(struct parse *p, struct err *e)
{
	struct package pkg = {.type = "gem"};
	struct span rest = p->text;

	while (rest.p) {
		struct span value, name = attribute(span_trim(parse_line(&rest)), &value);

		if (span_eq(name, "name") && !pkg.name.p)
			pkg.name = quoted(value);
		else if (span_eq(name, "version") && !pkg.version.p)
			pkg.version = quoted(value);
		else if ((span_eq(name, "licenses") || span_eq(name, "license")) && !pkg.license.p)
			pkg.license = quoted(value);
	}
	if (pkg.name.n == 0 || pkg.version.n == 0)
		return err_set(e, ERR_INPUT, "a gemspec without a name or a version in plain text");
	parse_emit(p, &pkg);
	return 0;
}

/* Sections GEM, GIT and PATH; under "specs:" gems stand four blanks deep: "    rails (7.0.4)", "    nokogiri (1.15.0-x86_64-linux)". */
int parse_gemfile_lock(struct parse *p, struct err *e)
{
	struct span rest = p->text;
	bool gem = false;

	(void)e;
	while (rest.p) {
		struct span line = parse_line(&rest), version, name;
		struct package pkg = {.type = "gem", .declared = true};

		if (line.n > 0 && line.p[0] != ' ')
			gem = span_eq(line, "GEM") || span_eq(line, "GIT");
		if (!gem || !span_starts(line, "    ") || span_starts(line, "     "))
			continue;
		version = span_trim(line);
		name = span_trim(span_cut(&version, '('));
		if (!version.p)
			continue;
		pkg.name = name;
		pkg.version = span_cut(&version, ')');
		/* Behind the version: the platform that it was built for. */
		pkg.version = span_cut(&pkg.version, '-');
		parse_emit(p, &pkg);
	}
	return 0;
}
