// SPDX-License-Identifier: Apache-2.0
// Calico's selector language: all(), has(k), k == 'v', k != 'v', k in {'a', 'b'}, k not in {...}, k contains 'v',
// k starts with 'v', k ends with 'v', with !, &&, || and parentheses. Kubernetes' selectors are selector.c's.
#include "selector.h"

#include <ctype.h>

enum { DEPTH_MAX = 64 };

struct parser {
	struct span rest;
	struct labels labels;
	int depth;
	bool bad;
};

static bool any_of(struct parser *p);

static void skip_space(struct parser *p)
{
	while (p->rest.n && isspace((unsigned char)*p->rest.p))
		p->rest.p++, p->rest.n--;
}

static bool take(struct parser *p, const char *token)
{
	size_t n = strlen(token);

	skip_space(p);
	if (!span_starts(p->rest, token))
		return false;
	p->rest.p += n;
	p->rest.n -= n;
	return true;
}

/* A word of the language, which must not run on into a longer name. */
static bool take_word(struct parser *p, const char *word)
{
	struct span before = p->rest;

	if (take(p, word) && !(p->rest.n && (isalnum((unsigned char)*p->rest.p) || strchr("_./-", *p->rest.p))))
		return true;
	p->rest = before;
	return false;
}

static struct span name(struct parser *p)
{
	struct span s;

	skip_space(p);
	s = (struct span){p->rest.p, 0};
	while (s.n < p->rest.n && (isalnum((unsigned char)s.p[s.n]) || strchr("_./-", s.p[s.n])))
		s.n++;
	p->rest.p += s.n;
	p->rest.n -= s.n;
	p->bad |= s.n == 0;
	return s;
}

static struct span literal(struct parser *p)
{
	char quote;
	const char *end;
	struct span s = SPAN("");

	skip_space(p);
	quote = p->rest.n ? *p->rest.p : 0;
	end = quote == '\'' || quote == '"' ? memchr(p->rest.p + 1, quote, p->rest.n - 1) : NULL;
	if (!end) {
		p->bad = true;
		return s;
	}
	s = (struct span){p->rest.p + 1, (size_t)(end - p->rest.p) - 1};
	p->rest.n -= s.n + 2;
	p->rest.p = end + 1;
	return s;
}

static bool in_set(struct parser *p, struct span value)
{
	bool found = false;

	if (!take(p, "{")) {
		p->bad = true;
		return false;
	}
	if (take(p, "}"))
		return false;
	do {
		struct span s = literal(p);

		found |= value.p && span_is(s, value);
	} while (!p->bad && take(p, ","));
	p->bad |= !take(p, "}");
	return found;
}

static bool holds(struct span value, struct span part, bool at_start, bool at_end)
{
	if (!value.p || part.n > value.n)
		return false;
	for (size_t i = at_end ? value.n - part.n : 0; i <= (at_start ? 0 : value.n - part.n); i++)
		if (memcmp(value.p + i, part.p, part.n) == 0)
			return true;
	return false;
}

static bool comparison(struct parser *p)
{
	struct span value = labels_get(p->labels, name(p));

	if (p->bad)
		return false;
	if (take(p, "=="))
		return span_is(literal(p), value) && value.p;
	if (take(p, "!="))
		return !(span_is(literal(p), value) && value.p);
	if (take_word(p, "not") && (take_word(p, "in") || (p->bad = true)))
		return !in_set(p, value);
	if (take_word(p, "in"))
		return in_set(p, value);
	if (take_word(p, "contains"))
		return holds(value, literal(p), false, false);
	if (take_word(p, "starts") && (take_word(p, "with") || (p->bad = true)))
		return holds(value, literal(p), true, false);
	if (take_word(p, "ends") && (take_word(p, "with") || (p->bad = true)))
		return holds(value, literal(p), false, true);
	p->bad = true;
	return false;
}

static bool term(struct parser *p)
{
	bool value;

	if (p->bad || p->depth >= DEPTH_MAX) {
		p->bad = true;
		return false;
	}
	p->depth++;
	if (take(p, "(")) {
		value = any_of(p);
		p->bad |= !take(p, ")");
	} else if (take(p, "!")) {
		value = !term(p);
	} else if (take(p, "all()")) {
		value = true;
	} else if (take(p, "has(")) {
		value = labels_get(p->labels, name(p)).p != NULL;
		p->bad |= !take(p, ")");
	} else if (take(p, "global()")) { /* endpoints outside namespaces: no workload is one */
		value = false;
	} else {
		value = comparison(p);
	}
	p->depth--;
	return value;
}

static bool all_of(struct parser *p)
{
	bool value = term(p);

	while (!p->bad && take(p, "&&"))
		value &= term(p);
	return value;
}

static bool any_of(struct parser *p)
{
	bool value = all_of(p);

	while (!p->bad && take(p, "||"))
		value |= all_of(p);
	return value;
}

bool selector_calico_matches(struct span expression, struct labels l)
{
	struct parser p = {.rest = span_trim(expression), .labels = l};
	bool value;

	if (!p.rest.n)
		return true;
	value = any_of(&p);
	skip_space(&p);
	return value && !p.bad && p.rest.n == 0;
}
