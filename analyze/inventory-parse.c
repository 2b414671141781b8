// SPDX-License-Identifier: Apache-2.0
// The table of files that tell of packages, and what their parsers share. Formats are inventory-<family>.c's.
#include "inventory-parse.h"

#include "common/json.h"
#include "common/limits.h"
#include "common/text.h"
#include "common/yaml-read.h"

enum { SMALL = 4 << 20, LARGE = 64 << 20, PACKAGES_MAX = 200000, NAME_MAX_BYTES = 1024 };
/* Jars and programs of the largest images: a language model's server has 800 MB. */
#define HUGE (1ull << 30)

static const struct parser parsers[] = {
	{"python-metadata", "METADATA", "*.dist-info", parse_python_metadata, SMALL, 0},
	{"python-metadata", "PKG-INFO", "*.egg-info", parse_python_metadata, SMALL, 0},
	{"python-metadata", "PKG-INFO", "EGG-INFO", parse_python_metadata, SMALL, 0},
	{"python-metadata", "*.egg-info", NULL, parse_python_metadata, SMALL, 0},
	{"python-archive", "*.egg", NULL, parse_python_archive, HUGE, 0},
	{"python-archive", "*.pex", NULL, parse_python_archive, HUGE, 0},
	{"python-archive", "*.pyz", NULL, parse_python_archive, HUGE, 0},
	{"conda", "*.json", "conda-meta", parse_conda_meta, SMALL, 0},
	{"python-requirements", "requirements.txt", NULL, parse_requirements, SMALL, PARSE_LOCK},
	{"python-poetry", "poetry.lock", NULL, parse_poetry_lock, LARGE, PARSE_LOCK},
	{"python-pdm", "pdm.lock", NULL, parse_poetry_lock, LARGE, PARSE_LOCK},
	{"python-uv", "uv.lock", NULL, parse_poetry_lock, LARGE, PARSE_LOCK},
	{"python-pipenv", "Pipfile.lock", NULL, parse_pipfile_lock, LARGE, PARSE_LOCK},
	{"npm", "package.json", NULL, parse_package_json, SMALL, 0},
	{"npm-lock", "package-lock.json", NULL, parse_package_lock, LARGE, PARSE_LOCK},
	{"npm-lock", "npm-shrinkwrap.json", NULL, parse_package_lock, LARGE, PARSE_LOCK},
	{"yarn-lock", "yarn.lock", NULL, parse_yarn_lock, LARGE, PARSE_LOCK},
	{"pnpm-lock", "pnpm-lock.yaml", NULL, parse_pnpm_lock, LARGE, PARSE_LOCK},
	{"bun-lock", "bun.lock", NULL, parse_bun_lock, LARGE, PARSE_LOCK},
	{"java-archive", "*.jar", NULL, parse_jar, HUGE, 0},
	{"java-archive", "*.war", NULL, parse_jar, HUGE, 0},
	{"java-archive", "*.ear", NULL, parse_jar, HUGE, 0},
	{"java-archive", "*.par", NULL, parse_jar, HUGE, 0},
	{"java-archive", "*.sar", NULL, parse_jar, HUGE, 0},
	{"java-archive", "*.hpi", NULL, parse_jar, HUGE, 0},
	{"java-archive", "*.jpi", NULL, parse_jar, HUGE, 0},
	{"gradle-lock", "*gradle.lockfile", NULL, parse_gradle_lock, SMALL, PARSE_LOCK},
	{"cargo-lock", "Cargo.lock", NULL, parse_cargo_lock, LARGE, PARSE_LOCK},
	{"gem", "*.gemspec", "specifications", parse_gemspec, SMALL, PARSE_NAMED},
	{"gem-lock", "Gemfile.lock", NULL, parse_gemfile_lock, SMALL, PARSE_LOCK},
	{"gem-lock", "gems.locked", NULL, parse_gemfile_lock, SMALL, PARSE_LOCK},
	{"composer", "installed.json", "composer", parse_composer_installed, LARGE, 0},
	{"composer-lock", "composer.lock", NULL, parse_composer_lock, LARGE, PARSE_LOCK},
	{"dotnet-deps", "*.deps.json", NULL, parse_dotnet_deps, LARGE, 0},
	{"nuget-lock", "packages.lock.json", NULL, parse_dotnet_lock, LARGE, PARSE_LOCK},
	{"mix-lock", "mix.lock", NULL, parse_mix_lock, SMALL, PARSE_LOCK},
	{"pub-lock", "pubspec.lock", NULL, parse_pubspec_lock, SMALL, PARSE_LOCK},
	{"swift-resolved", "Package.resolved", NULL, parse_swift_resolved, SMALL, PARSE_LOCK},
	{"cocoapods-lock", "Podfile.lock", NULL, parse_podfile_lock, SMALL, PARSE_LOCK},
	{"conan-lock", "conan.lock", NULL, parse_conan_lock, SMALL, PARSE_LOCK},
	{"r-description", "DESCRIPTION", NULL, parse_r_description, SMALL, 0},
	{"stack-lock", "stack.yaml.lock", NULL, parse_stack_lock, SMALL, PARSE_LOCK},
	{"cabal-freeze", "cabal.project.freeze", NULL, parse_cabal_freeze, SMALL, PARSE_LOCK},
	{"spdx", "*.spdx", NULL, parse_spdx_json, LARGE, 0},
	{"spdx", "*.spdx.json", NULL, parse_spdx_json, LARGE, 0},
	{"cyclonedx", "*.cdx.json", NULL, parse_cyclonedx_json, LARGE, 0},
	{"cyclonedx", "*.cyclonedx.json", NULL, parse_cyclonedx_json, LARGE, 0},
	{"cyclonedx", "bom.json", NULL, parse_cyclonedx_json, LARGE, 0},
	{"cyclonedx", "sbom.json", NULL, parse_cyclonedx_json, LARGE, 0},
	{"java-release", "release", NULL, parse_java_release, SMALL, 0},
	{"pear", "*.reg", ".registry", parse_pear, SMALL, PARSE_NAMED},
	{"luarocks", "*.rockspec", NULL, parse_rockspec, SMALL, 0},
	{"wordpress", "version.php", "wp-includes", parse_wordpress, SMALL, 0},
	{"wordpress", "*.php", "plugins", parse_wordpress_plugin, SMALL, PARSE_NAMED},
	{"pacman", "desc", "local", parse_pacman, SMALL, PARSE_NAMED},
	{"portage", "CONTENTS", "pkg", parse_portage, LARGE, PARSE_NAMED},
	/* Programs that are no ELF files, for the same rules (analyze/binaries). */
	{"binary", "composer", NULL, parse_script, LARGE, 0},
	{"binary", "composer.phar", NULL, parse_script, LARGE, 0},
	{"binary", "wp", NULL, parse_script, LARGE, 0},
	{"binary", "elixir", NULL, parse_script, SMALL, 0},
	{"binary", "elixir.app", "ebin", parse_script, SMALL, 0},
	{"binary", "VERSION", NULL, parse_script, SMALL, 0},
};

/* Told by the first bytes, wherever they lie. */
static const struct parser elf = {"elf", NULL, NULL, parse_elf, HUGE, 0};

/* Lock files in here came with packages; they say nothing of the project. */
static const char *const installed_trees[] = {"node_modules", "site-packages", "dist-packages", "gems", "vendor", "registry", "mod", "doc"};

static bool has_part(struct span path, const char *part)
{
	while (path.p)
		if (span_eq(span_cut(&path, '/'), part))
			return true;
	return false;
}

static bool in_installed_tree(struct span dir)
{
	for (size_t i = 0; i < sizeof(installed_trees) / sizeof(installed_trees[0]); i++)
		if (has_part(dir, installed_trees[i]))
			return true;
	return false;
}

/* `pattern` is the whole text, or the end of it when it starts with '*'. */
static bool matches(const char *pattern, struct span s)
{
	return pattern[0] == '*' ? span_ends(s, pattern + 1) : span_eq(s, pattern);
}

const struct parser *parser_find(const char *path, struct span head)
{
	struct span whole = span_of(path), base = span_after_last(whole, '/'), dir = {path, base.n < whole.n ? whole.n - base.n - 1 : 0};

	if (span_starts(head, "\x7f" "ELF"))
		return &elf;
	for (size_t i = 0; i < sizeof(parsers) / sizeof(parsers[0]); i++) {
		const struct parser *ps = &parsers[i];

		if (!matches(ps->end, base))
			continue;
		if (ps->in && (ps->flags & PARSE_NAMED ? !has_part(dir, ps->in) : !matches(ps->in, span_after_last(dir, '/'))))
			continue;
		if (ps->flags & PARSE_LOCK && in_installed_tree(dir))
			continue;
		return ps;
	}
	return NULL;
}

int parser_run(const struct parser *ps, struct parse *p, struct err *e)
{
	p->found_by = ps->name;
	return ps->parse(p, e);
}

static bool clean(struct span s, size_t max)
{
	if (s.n > max || !utf8_valid(s.p ? s.p : "", s.n))
		return false;
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < 32 || s.p[i] == 127)
			return false;
	return true;
}

void parse_emit(struct parse *p, const struct package *pkg)
{
	struct package out = *pkg;

	out.name = span_trim(out.name);
	out.version = span_trim(out.version);
	if (out.name.n == 0 || out.version.n == 0 || !clean(out.name, NAME_MAX_BYTES) || !clean(out.version, LIMIT_VERSION_BYTES) ||
	    !clean(out.arch, 64) || !clean(out.source, NAME_MAX_BYTES) || !clean(out.inner, LIMIT_NAME_BYTES) || p->emitted >= PACKAGES_MAX) {
		p->skipped++;
		return;
	}
	if (!utf8_valid(out.license.p ? out.license.p : "", out.license.n))
		out.license = SPAN_NONE;
	if (!out.found_by)
		out.found_by = p->found_by;
	if (!out.inner.p)
		out.inner = p->inner;
	p->emitted++;
	p->fn(p->ctx, &out, NULL);
}

struct span parse_line(struct span *rest)
{
	struct span line = span_cut(rest, '\n');

	if (line.n > 0 && line.p[line.n - 1] == '\r')
		line.n--;
	return line;
}

int parse_json(struct parse *p, struct json **doc, struct err *e)
{
	return json_parse(&p->arena, p->text, doc, e);
}

int parse_yaml(struct parse *p, struct json **doc, struct err *e)
{
	return yaml_parse(&p->arena, p->text, doc, e);
}

/* The text of `key = "value"`; absent when the line is another. */
static struct span toml_text(struct span line, const char *key)
{
	struct span value = line, name = span_trim(span_cut(&value, '='));

	if (!value.p || !span_eq(name, key))
		return SPAN_NONE;
	value = span_trim(value);
	if (value.n < 2 || (value.p[0] != '"' && value.p[0] != '\''))
		return SPAN_NONE;
	value = (struct span){value.p + 1, value.n - 1};
	return span_cut(&value, value.p[-1]);
}

void parse_toml_packages(struct parse *p, const char *type, bool local)
{
	struct package pkg = {.type = type, .declared = true};
	struct span rest = p->text;
	bool in = false, registry = false;

	while (rest.p) {
		struct span line = span_trim(parse_line(&rest)), v;

		if (line.n > 0 && line.p[0] == '[' && !(in && span_starts(line, "[package.source]"))) {
			if (in && pkg.name.p && (registry || !local))
				parse_emit(p, &pkg);
			pkg = (struct package){.type = type, .declared = true};
			in = span_eq(line, "[[package]]");
			registry = false;
			continue;
		}
		if (!in)
			continue;
		if ((v = toml_text(line, "name")).p && !pkg.name.p)
			pkg.name = v;
		else if ((v = toml_text(line, "version")).p && !pkg.version.p)
			pkg.version = v;
		else if (span_starts(line, "source = \"") || (span_starts(line, "source = {") && !span_has(line, "editable") && !span_has(line, "virtual")))
			registry = true;
	}
	if (in && pkg.name.p && (registry || !local))
		parse_emit(p, &pkg);
}
