// SPDX-License-Identifier: Apache-2.0
// Matches programs with the rules of analyze/binaries/*.yaml. A rule names paths, a text that stands near the version, and a regular
// expression (POSIX extended) whose first group is the version; it is tried on runs of printable characters, or on what stands around the text.
#include "inventory-binary.h"

#include "common/embed.h"
#include "common/json.h"
#include "common/yaml-read.h"

#include <fnmatch.h>
#include <regex.h>

enum { RULES_MAX = 128, PATHS_MAX = 12, PATTERNS_MAX = 6, RUN_MAX = 512, RUN_MIN = 3, TRIES_MAX = 200000, AROUND = 128 };

struct pattern {
	struct span near; /* empty: any run of characters */
	bool around;	  /* tried on the bytes on both sides of it, what is not printable there being one blank */
	regex_t regex;
};

struct rule {
	struct span name;
	const char *paths[PATHS_MAX];
	int n_paths, n_patterns;
	struct pattern patterns[PATTERNS_MAX];
	bool from_name;   /* the version starts with the number in the file's name */
	bool names_itself; /* the file's name up to the first '.' is the package's, behind the rule's */
};

/* Made once and kept: the rules are part of the program. */
static struct {
	struct arena arena;
	struct rule *at;
	int n;
	bool loaded;
} rules;

static int read_rule(struct rule *r, const struct json *doc, const char *file, struct err *e)
{
	r->name = json_text_at(doc, "name");
	r->from_name = json_bool_at(doc, "version-from-name") == 1;
	r->names_itself = json_bool_at(doc, "name-from-file") == 1;
	JSON_EACH(path, json_get(doc, "paths"))
	{
		if (r->n_paths == PATHS_MAX || !span_starts(json_str(path), "*/"))
			return err_set(e, ERR_INPUT, "%s: at most %d paths, each with */ before it", file, PATHS_MAX);
		r->paths[r->n_paths++] = json_str(path).p;
	}
	JSON_EACH(v, json_get(doc, "patterns"))
	{
		struct span regex = json_text_at(v, "regex");
		struct pattern *p = &r->patterns[r->n_patterns];

		if (r->n_patterns == PATTERNS_MAX || !regex.p || regcomp(&p->regex, regex.p, REG_EXTENDED))
			return err_set(e, ERR_INPUT, "%s: not a regular expression: '%.*s'", file, SPAN_ARG(regex));
		p->near = json_text_at(v, "near");
		p->around = json_bool_at(v, "around") == 1;
		r->n_patterns++;
	}
	return r->name.p && r->n_paths && r->n_patterns ? 0 : err_set(e, ERR_INPUT, "%s: name, paths and patterns are needed", file);
}

int binary_rules_load(struct err *e)
{
	const struct embed *f;

	if (rules.loaded)
		return 0;
	rules.at = arena_array(&rules.arena, RULES_MAX, sizeof(*rules.at));
	rules.n = 0;
	for (size_t i = 0; (f = embed_at("analyze/binaries/", i)); i++) {
		struct json *doc;

		if (rules.n == RULES_MAX)
			return err_set(e, ERR_INPUT, "more than %d rules for programs", RULES_MAX);
		if (yaml_parse(&rules.arena, embed_span(f), &doc, e) || read_rule(&rules.at[rules.n], doc, f->path, e))
			return -1;
		rules.n++;
	}
	rules.loaded = true;
	return 0;
}

/* Patterns name the end of a path, part by part: "lib/python3.12/x.so" is not a Python of that number. */
static bool fits(const struct rule *r, const char *path)
{
	for (int i = 0; i < r->n_paths; i++) {
		const char *pattern = r->paths[i] + strlen("*/"), *tail = path + strlen(path);
		int parts = 1;

		for (const char *c = pattern; *c; c++)
			parts += *c == '/';
		while (tail > path && parts > 0)
			parts -= *--tail == '/';
		if (parts == 0 && fnmatch(pattern, tail + 1, FNM_PATHNAME) == 0)
			return true;
	}
	return false;
}

/* "libpython3.11.so.1.0": the first number with its parts, "3.11". */
static struct span number_in(struct span name)
{
	size_t i = 0, n = 0;

	while (i < name.n && (name.p[i] < '0' || name.p[i] > '9'))
		i++;
	while (i + n < name.n && ((name.p[i + n] >= '0' && name.p[i + n] <= '9') || (name.p[i + n] == '.' && i + n + 1 < name.n && name.p[i + n + 1] >= '0' && name.p[i + n + 1] <= '9')))
		n++;
	return (struct span){name.p + i, n};
}

static bool continues(struct span version, struct span start)
{
	return start.n > 0 && version.n > start.n && memcmp(version.p, start.p, start.n) == 0 && version.p[start.n] == '.';
}

/* The version in one run of at most 2 * RUN_MAX characters; absent when there is none. In the arena. */
static struct span in_run(struct parse *p, const struct rule *r, const struct pattern *pattern, struct span run)
{
	char text[2 * RUN_MAX + 1];
	regmatch_t m[2];
	struct span version;

	memcpy(text, run.p, run.n);
	text[run.n] = 0;
	if (regexec(&pattern->regex, text, 2, m, 0) || m[1].rm_so < 0)
		return SPAN_NONE;
	version = (struct span){text + m[1].rm_so, (size_t)(m[1].rm_eo - m[1].rm_so)};
	if (r->from_name && !continues(version, number_in(span_after_last(span_of(p->path), '/'))))
		return SPAN_NONE;
	return (struct span){arena_strndup(&p->arena, version.p, version.n), version.n};
}

static bool printable(char c)
{
	return c >= 32 && c < 127;
}

/* The run of printable characters that `hit` stands in. */
static struct span run_at(struct span text, const char *hit)
{
	const char *from, *to;

	for (from = hit; from > text.p && hit - from < RUN_MAX && printable(from[-1]); from--)
		;
	for (to = hit; to < text.p + text.n && to - hit < RUN_MAX && printable(*to); to++)
		;
	return (struct span){from, (size_t)(to - from)};
}

/* What stands on both sides of `hit`: texts that follow each other in the program, with a blank between them. */
static struct span around(struct span text, const char *hit, char out[2 * AROUND])
{
	size_t before = (size_t)(hit - text.p), after = text.n - before, n = 0;

	before = before < AROUND ? before : AROUND;
	after = after < AROUND ? after : AROUND;
	for (const char *c = hit - before; c < hit + after; c++)
		if (printable(*c))
			out[n++] = *c;
		else if (n == 0 || out[n - 1] != ' ')
			out[n++] = ' ';
	return (struct span){out, n};
}

static struct span near_text(struct parse *p, const struct rule *r, const struct pattern *pattern)
{
	struct span rest = p->text, found = SPAN_NONE;
	char window[2 * AROUND];
	int tries = 0;

	while (!found.p && rest.n > 0 && tries++ < 2000) {
		const char *hit = memmem(rest.p, rest.n, pattern->near.p, pattern->near.n);

		if (!hit)
			break;
		found = in_run(p, r, pattern, pattern->around ? around(p->text, hit, window) : run_at(p->text, hit));
		rest = span_from(rest, (size_t)(hit - rest.p) + pattern->near.n);
	}
	return found;
}

static struct span any_text(struct parse *p, const struct rule *r, const struct pattern *pattern)
{
	struct span found = SPAN_NONE;
	int tries = 0;

	for (size_t i = 0; i < p->text.n && !found.p && tries < TRIES_MAX;) {
		size_t from = i;
		bool digit = false;

		while (i < p->text.n && printable(p->text.p[i])) {
			digit = digit || (p->text.p[i] >= '0' && p->text.p[i] <= '9');
			i++;
		}
		if (digit && i - from >= RUN_MIN && i - from <= RUN_MAX) {
			found = in_run(p, r, pattern, (struct span){p->text.p + from, i - from});
			tries++;
		}
		i++;
	}
	return found;
}

/* "php/extensions/…/redis.so" is php-redis. */
static struct span file_name(struct parse *p, const struct rule *r)
{
	struct span base = span_after_last(span_of(p->path), '/'), stem = span_cut(&base, '.');

	return span_of(arena_printf(&p->arena, "%.*s-%.*s", SPAN_ARG(r->name), SPAN_ARG(stem)));
}

int parse_script(struct parse *p, struct err *e)
{
	(void)e;
	binary_match(p);
	return 0;
}

void binary_match(struct parse *p)
{
	struct err bad = {0};
	char *path;

	if (binary_rules_load(&bad))
		die("%s", bad.msg);
	path = arena_printf(&p->arena, "/%s", p->path);
	for (int i = 0; i < rules.n; i++) {
		const struct rule *r = &rules.at[i];

		for (int k = 0; k < r->n_patterns && fits(r, path); k++) {
			const struct pattern *pattern = &r->patterns[k];
			struct span version = pattern->near.n > 0 ? near_text(p, r, pattern) : any_text(p, r, pattern);
			struct package pkg = {.type = "generic", .name = r->name, .version = version, .found_by = "binary"};

			if (version.n == 0)
				continue;
			if (r->names_itself)
				pkg.name = file_name(p, r);
			parse_emit(p, &pkg);
			return;
		}
	}
}
