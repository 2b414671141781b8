// SPDX-License-Identifier: Apache-2.0
// Reads analyze/secrets.yaml and looks for what it describes. Formats that redaction knows are common/redact-detect.c's.
#include "secret-rules.h"

#include "common/embed.h"
#include "common/err.h"
#include "common/json.h"
#include "common/redact-detect.h"
#include "common/yaml-read.h"

#include <regex.h>
#include <stdlib.h>

enum { RULES_MAX = 64, LINE_MAX_BYTES = 4096, LINES_MAX = 1000 };

/* Read once and kept: the rules are part of the program, and a fault in one is a fault of the program. */
static struct {
	struct arena arena;
	struct json *doc;
	struct rule {
		struct span near;
		const char *class;
		regex_t regex;
		bool random;
	} at[RULES_MAX];
	size_t n;
} rules;

static void read_rules(void)
{
	struct err e = {0};

	if (rules.doc)
		return;
	if (yaml_parse(&rules.arena, embed_find("analyze/secrets.yaml"), &rules.doc, &e))
		die("analyze/secrets.yaml: %s", e.msg);
	JSON_EACH(v, json_get(rules.doc, "rules"))
	{
		struct rule *r = &rules.at[rules.n];
		struct span regex = json_text_at(v, "regex");

		if (rules.n == RULES_MAX)
			die("analyze/secrets.yaml: more than %d rules", RULES_MAX);
		r->near = json_text_at(v, "near");
		r->class = json_text_at(v, "class").p;
		r->random = json_bool_at(v, "random") == 1;
		if (!r->near.n || !r->class || !regex.n || regcomp(&r->regex, regex.p, REG_EXTENDED | REG_NEWLINE))
			die("analyze/secrets.yaml: near, class and a regular expression are needed: '%.*s'", SPAN_ARG(regex));
		rules.n++;
	}
}

static bool ends_as_listed(struct span path, const struct json *list)
{
	JSON_EACH(v, list)
	{
		if (json_is(v, JSON_ARRAY) ? ends_as_listed(path, v) : span_ends(path, json_str(v).p))
			return true;
	}
	return false;
}

static bool has_part(struct span path, const struct json *list)
{
	while (path.p) {
		struct span part = span_cut(&path, '/');

		JSON_EACH(v, list)
		{
			if (span_is(part, json_str(v)))
				return true;
		}
	}
	return false;
}

bool secret_rules_path(struct span path)
{
	const struct json *files;

	read_rules();
	files = json_get(rules.doc, "files");
	if (!ends_as_listed(path, json_get(files, "ends")))
		return false;
	JSON_EACH(v, json_get(files, "not-under"))
	{
		if (span_starts(path, json_str(v).p))
			return false;
	}
	return !has_part(path, json_get(files, "not-in"));
}

bool secret_rules_allowed(struct span value)
{
	read_rules();
	JSON_EACH(v, json_get(rules.doc, "allow"))
	{
		if (span_has(value, json_str(v).p))
			return true;
	}
	return false;
}

static bool found_in(const struct rule *r, struct span line)
{
	char text[LINE_MAX_BYTES];
	regmatch_t m[2];
	struct span value;

	if (line.n >= sizeof(text))
		return false;
	memcpy(text, line.p, line.n);
	text[line.n] = 0;
	if (regexec(&r->regex, text, 2, m, 0))
		return false;
	value = m[1].rm_so >= 0 ? (struct span){text + m[1].rm_so, (size_t)(m[1].rm_eo - m[1].rm_so)} : (struct span){text + m[0].rm_so, (size_t)(m[0].rm_eo - m[0].rm_so)};
	return !secret_rules_allowed(value) && (!r->random || secret_strength(value) >= CLASS_HIGH);
}

/* Only lines that hold the rule's text are tried. */
static bool finds(const struct rule *r, struct span text)
{
	struct span rest = text;

	for (int tries = 0; rest.n > 0 && tries < LINES_MAX; tries++) {
		const char *hit = memmem(rest.p, rest.n, r->near.p, r->near.n), *from, *to;

		if (!hit)
			return false;
		from = memrchr(rest.p, '\n', (size_t)(hit - rest.p));
		from = from ? from + 1 : rest.p;
		to = memchr(hit, '\n', rest.n - (size_t)(hit - rest.p));
		to = to ? to : rest.p + rest.n;
		if (found_in(r, (struct span){from, (size_t)(to - from)}))
			return true;
		rest = (struct span){to, (size_t)(rest.p + rest.n - to)};
	}
	return false;
}

void secret_rules_find(struct span text, void (*found)(void *ctx, const char *class), void *ctx)
{
	read_rules();
	for (size_t i = 0; i < rules.n; i++)
		if (finds(&rules.at[i], text))
			found(ctx, rules.at[i].class);
}
