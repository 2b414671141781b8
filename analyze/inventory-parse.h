/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INVENTORY_PARSE_H
#define INVENTORY_PARSE_H
/*
 * Files that tell of packages by themselves: one parser per format, chosen by path or by first bytes from one table
 * (inventory-parse.c). A parser reads the whole file, calls parse_emit() for each package, and knows nothing of layers.
 */
#include "common/arena.h"
#include "common/packages.h"

struct parse {
	const char *path;	/* canonical, without leading '/' */
	struct span text;	/* the whole file */
	struct arena arena;	/* scratch of this file; spans given to parse_emit() may lie here or in `text` */
	package_fn *fn;
	void *ctx;
	const char *found_by;	/* the parser's name, put into packages that do not say */
	struct span inner;	/* place inside an archive, for packages that do not say */
	bool packed;		/* set by a parser: a program whose content is packed away */
	unsigned emitted, skipped; /* packages; entries without a name or version, or beyond a limit */
};

/* -1 with `e`: the file is damaged; what was emitted before counts. */
typedef int parser_fn(struct parse *p, struct err *e);

struct parser {
	const char *name;
	const char *end;	/* the path's last part is this, or ends with it when it starts with '*'; NULL: told by content */
	const char *in;		/* what the path before it ends with ("*.dist-info"), or a whole part that stands in it ("specifications"); NULL: anywhere */
	parser_fn *parse;
	uint64_t limit_bytes;
	unsigned flags;
};
enum {
	PARSE_LOCK = 1,		/* a lock file: what it names is declared; not looked at inside of installed trees */
	PARSE_NAMED = 2		/* `in` is a part anywhere in the path */
};

/* The parser for a path, else for the first bytes of a file; NULL: none. */
const struct parser *parser_find(const char *path, struct span head);
/* Runs it. fn is called per package, in the file's order. */
int parser_run(const struct parser *ps, struct parse *p, struct err *e);
/* Gives one package. Those without name or version, and texts that are not UTF-8 or hold control characters, are counted as skipped. */
void parse_emit(struct parse *p, const struct package *pkg);

/* The next line without its end; absent at the end of the text. */
struct span parse_line(struct span *rest);
/* Tables "[[package]]" of lock files that are TOML: calls parse_emit with type and found_by for each; `local`: packages without a
 * registry or archive as their source (the project itself) are left out. */
void parse_toml_packages(struct parse *p, const char *type, bool local);
/* Parses the text as JSON or YAML into the scratch arena. */
struct json;
int parse_json(struct parse *p, struct json **doc, struct err *e);
int parse_yaml(struct parse *p, struct json **doc, struct err *e);
/* Everything behind the first `n` bytes. */
static inline struct span span_from(struct span s, size_t n)
{
	return n < s.n ? (struct span){s.p + n, s.n - n} : (struct span){s.p ? s.p + s.n : NULL, 0};
}

/* The parsers, in inventory-<family>.c. */
parser_fn parse_conda_meta, parse_python_metadata, parse_python_archive, parse_requirements, parse_poetry_lock, parse_pipfile_lock;
parser_fn parse_package_json, parse_package_lock, parse_yarn_lock, parse_pnpm_lock, parse_bun_lock;
parser_fn parse_jar, parse_gradle_lock;
parser_fn parse_elf, parse_script;
parser_fn parse_java_release, parse_pear, parse_rockspec, parse_wordpress, parse_wordpress_plugin, parse_pacman, parse_portage;
parser_fn parse_cargo_lock;
parser_fn parse_gemspec, parse_gemfile_lock;
parser_fn parse_composer_installed, parse_composer_lock;
parser_fn parse_dotnet_deps, parse_dotnet_lock;
parser_fn parse_mix_lock, parse_pubspec_lock, parse_swift_resolved, parse_podfile_lock, parse_conan_lock;
parser_fn parse_r_description, parse_stack_lock, parse_cabal_freeze;
parser_fn parse_spdx_json, parse_cyclonedx_json;
#endif
