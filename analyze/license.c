// SPDX-License-Identifier: Apache-2.0
// Licences as packages write them: identifiers, expressions, lists, words. Which licences are acceptable is the engagement file's business, what is known of
// them license-list.c's.
#include "license.h"
#include "license-list.h"

#include "common/buf.h"
#include "common/err.h"

#include <stdio.h>

enum { WRITTEN_MAX = 200, DEPTH_MAX = 32, WORDS_MAX = 64 };

const char *license_class_name(enum license_class c)
{
	static const char *const names[] = {"permissive", "weak-copyleft", "unknown", "strong-copyleft", "network-copyleft", "proprietary"};

	return names[c];
}

/* ---- expressions: OR over AND over WITH, brackets */

enum operator { OP_OR, OP_AND, OP_NONE };

struct expression {
	struct span rest;
	struct arena *arena;
	license_policy *policy;
	void *ctx;
	bool broken; /* brackets that do not match, an operator without sides, too deep */
};

/* What a part comes to. */
struct part {
	struct span text;     /* canonical; absent: not all of it is known */
	enum operator last;   /* the weakest operator in it, for brackets around it */
	enum license_class class;
	enum license_ruling ruling;
};

static struct span next_word(const struct expression *x, struct span *after)
{
	struct span s = x->rest;
	size_t n = 0;

	while (s.n > 0 && (s.p[0] == ' ' || s.p[0] == '\t' || s.p[0] == ','))
		s = (struct span){s.p + 1, s.n - 1};
	if (s.n > 0 && (s.p[0] == '(' || s.p[0] == ')'))
		n = 1;
	else
		while (n < s.n && !strchr(" \t,()", s.p[n]))
			n++;
	*after = (struct span){s.p + n, s.n - n};
	return (struct span){s.p, n};
}

static bool is_operator(struct span word)
{
	return span_ieq(word, "and") || span_ieq(word, "or") || span_ieq(word, "with");
}

static bool take(struct expression *x, const char *word)
{
	struct span after;

	if (!span_ieq(next_word(x, &after), word))
		return false;
	x->rest = after;
	return true;
}

/* Words up to an operator or a bracket: an identifier, or what a person wrote. "GPL (>= 2)" is not taken apart. */
static struct span read_words(struct expression *x)
{
	struct span after, first = next_word(x, &after), word = first;
	const char *end = first.p;

	while (word.n > 0 && word.p[0] != '(' && word.p[0] != ')' && !is_operator(word)) {
		end = word.p + word.n;
		x->rest = after;
		word = next_word(x, &after);
	}
	return (struct span){first.p, (size_t)(end - first.p)};
}

static enum license_ruling ruling_of(struct expression *x, struct span leaf, struct span id, enum license_class class)
{
	const struct span words[] = {leaf, id, span_of(license_class_name(class))};

	for (size_t i = 0; i < 3 && x->policy; i++) {
		enum license_ruling r = words[i].n ? x->policy(x->ctx, words[i]) : LICENSE_UNRULED;

		if (r != LICENSE_UNRULED)
			return r;
	}
	return LICENSE_UNRULED;
}

/* "DocumentRef-a:LicenseRef-b": an identifier of the document's own, whose text is not here. */
static bool is_reference(struct span s)
{
	if (!span_starts(s, "LicenseRef-") && !span_starts(s, "DocumentRef-"))
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == ' ')
			return false;
	return true;
}

static void read_exception(struct expression *x, const struct license_entry *known, struct part *out)
{
	struct span name = read_words(x);
	const struct license_entry *exception = license_exception(name);

	if (!exception || !known) {
		x->broken = x->broken || name.n == 0;
		out->text = SPAN_NONE;
		return;
	}
	out->text = span_of(arena_printf(x->arena, "%s WITH %s", known->id, exception->id));
	if (exception->class == LICENSE_WEAK && (out->class == LICENSE_STRONG || out->class == LICENSE_NETWORK))
		out->class = LICENSE_WEAK;
}

/* "GPL-2.0+" of old; "+" behind any other means this version or a later one. */
static const struct license_entry *find_leaf(struct span *name, bool *later)
{
	const struct license_entry *known = license_find(*name);

	*later = false;
	if (!known && name->n > 1 && name->p[name->n - 1] == '+') {
		known = license_find((struct span){name->p, name->n - 1});
		*later = known != NULL;
		/* The GNU licences have identifiers for both. */
		if (known && span_ends(span_of(known->id), "-only")) {
			char id[64];

			snprintf(id, sizeof(id), "%.*s-or-later", (int)strlen(known->id) - 5, known->id);
			known = license_find(span_of(id));
			*later = false;
		}
	}
	return known;
}

static void read_leaf(struct expression *x, struct part *out)
{
	struct span name = read_words(x);
	bool later;
	const struct license_entry *known = find_leaf(&name, &later);

	if (name.n == 0)
		x->broken = true;
	*out = (struct part){.last = OP_NONE, .class = known ? known->class : license_words(name)};
	if (known)
		out->text = later ? span_of(arena_printf(x->arena, "%s+", known->id)) : span_of(known->id);
	else if (is_reference(name))
		out->text = (struct span){arena_strndup(x->arena, name.p, name.n), name.n};
	if (take(x, "with"))
		read_exception(x, known, out);
	out->ruling = ruling_of(x, out->text.n ? out->text : name, known ? span_of(known->id) : SPAN_NONE, out->class);
}

static void read_or(struct expression *x, int depth, struct part *out);

static void read_primary(struct expression *x, int depth, struct part *out)
{
	if (!take(x, "(")) {
		read_leaf(x, out);
		return;
	}
	read_or(x, depth + 1, out);
	if (!take(x, ")"))
		x->broken = true;
}

static struct span bracketed(struct expression *x, const struct part *p, enum operator within)
{
	return p->last < within ? span_of(arena_printf(x->arena, "(%.*s)", SPAN_ARG(p->text))) : p->text;
}

static void join(struct expression *x, struct part *a, const struct part *b, enum operator op)
{
	bool strict = op == OP_AND;

	if (a->text.n && b->text.n)
		a->text = span_of(arena_printf(x->arena, "%.*s %s %.*s", SPAN_ARG(bracketed(x, a, op)), strict ? "AND" : "OR", SPAN_ARG(bracketed(x, b, op))));
	else
		a->text = SPAN_NONE;
	a->last = op;
	if (strict ? b->class > a->class : b->class < a->class)
		a->class = b->class;
	if (strict ? b->ruling > a->ruling : b->ruling < a->ruling)
		a->ruling = b->ruling;
}

static void read_and(struct expression *x, int depth, struct part *out)
{
	struct part next;

	read_primary(x, depth, out);
	for (int i = 0; !x->broken && take(x, "and"); i++) {
		read_primary(x, depth, &next);
		join(x, out, &next, OP_AND);
		x->broken = x->broken || i > WORDS_MAX;
	}
}

static void read_or(struct expression *x, int depth, struct part *out)
{
	struct part next;

	*out = (struct part){.class = LICENSE_UNKNOWN, .ruling = LICENSE_UNRULED};
	if (depth > DEPTH_MAX) {
		x->broken = true;
		return;
	}
	read_and(x, depth, out);
	for (int i = 0; !x->broken && take(x, "or"); i++) {
		read_and(x, depth, &next);
		join(x, out, &next, OP_OR);
		x->broken = x->broken || i > WORDS_MAX;
	}
}

void license_read(struct arena *a, struct span text, license_policy *policy, void *ctx, struct license_reading *out)
{
	struct expression x = {.rest = text, .arena = a, .policy = policy, .ctx = ctx};
	const struct license_entry *whole = license_find(text);
	struct part p = {.class = LICENSE_UNKNOWN};
	struct span after;

	if (whole) { /* some names have brackets and operators in them */
		*out = (struct license_reading){span_of(whole->id), whole->class, ruling_of(&x, span_of(whole->id), SPAN_NONE, whole->class)};
		return;
	}
	read_or(&x, 0, &p);
	if (!x.broken && next_word(&x, &after).n == 0) {
		*out = (struct license_reading){p.text, p.class, p.ruling};
		return;
	}
	out->expression = SPAN_NONE;
	out->class = license_words(text);
	out->ruling = ruling_of(&x, text, SPAN_NONE, out->class);
}

bool license_is_spdx(struct span s)
{
	auto_arena a = ARENA_INIT;
	struct license_reading r;

	license_read(&a, s, NULL, NULL, &r);
	return span_is(r.expression, s) && s.n > 0;
}

/* ---- what packages write */

static const char *spdx_name(struct span s)
{
	const struct license_entry *known = license_find(s);

	return known ? known->id : NULL;
}

/* "GPL-2+; MIT": a list of licences that all hold for parts of a package. */
static struct span normal_list(struct arena *a, struct span list)
{
	auto_buf b = BUF_INIT;

	while (list.p) {
		struct span one = span_trim(span_cut(&list, ';'));
		const char *id = spdx_name(one);
		bool choice = !id && span_has(one, " or ");

		if (one.n == 0)
			continue;
		buf_add_str(&b, b.n ? " AND " : "");
		buf_add_str(&b, choice ? "(" : "");
		buf_add_span(&b, id ? span_of(id) : one);
		buf_add_str(&b, choice ? ")" : "");
	}
	return (struct span){arena_strndup(a, b.p ? b.p : "", b.n), b.n};
}

struct span license_normal(struct arena *a, struct span written)
{
	struct span line = span_trim(written), rest = line;
	const char *id;
	size_t n;

	line = span_trim(span_cut(&rest, '\n'));
	if (line.n == 0)
		return SPAN_NONE;
	if (memchr(line.p, ';', line.n))
		line = normal_list(a, line);
	id = spdx_name(line);
	if (id)
		return span_of(id);
	n = line.n < WRITTEN_MAX ? line.n : WRITTEN_MAX;
	while (n > 0 && n < line.n && ((unsigned char)line.p[n] & 0xc0) == 0x80)
		n--;
	return (struct span){arena_strndup(a, line.p, n), n};
}
