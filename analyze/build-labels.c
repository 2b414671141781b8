// SPDX-License-Identifier: Apache-2.0
// Names of builds from labels and Dockerfiles. Which products they stand for is the feeds' matter.
#include "build-labels.h"

#include "common/limits.h"

enum { VARIABLES_MAX = 1000, WORDS_MAX_BYTES = 1024 * 1024 };

/* `name` in any case: old Dockerfiles write "Architecture". */
static void take(struct build_labels *out, struct span name, struct span value)
{
	const struct {
		const char *name;
		struct span *to;
	} labels[] = {{"com.redhat.component", &out->component}, {"bzcomponent", &out->component}, {"version", &out->version}, {"release", &out->release},
		      {"architecture", &out->architecture},	 {"cpe", &out->cpe}};

	if (value.n == 0 || value.n > LIMIT_VERSION_BYTES)
		return;
	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++)
		if (span_ieq(name, labels[i].name))
			*labels[i].to = value;
}

void build_labels_json(const struct json *labels, struct build_labels *out)
{
	JSON_MEMBERS(m, labels)
	{
		take(out, json_str(&m->key), json_str(&m->value));
	}
}

/* ---- Dockerfiles */

struct variable {
	struct variable *next;
	struct span name, value;
};

struct dockerfile {
	struct arena *arena;
	struct variable *variables;
	int count;
	size_t bytes; /* of all words, with what variables stand for: a short file can name a long one very often */
	struct build_labels *out;
};

static bool is_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* The name of the variable at the start of `*s` ("arch", "{arch}", "{arch:-x}"), which is taken; absent when there is none. */
static struct span take_name(struct span *s)
{
	struct span rest = *s, name = *s;
	bool braces = rest.n > 0 && rest.p[0] == '{';

	if (braces)
		name = rest = (struct span){rest.p + 1, rest.n - 1};
	name.n = 0;
	while (name.n < rest.n && is_name(rest.p[name.n]))
		name.n++;
	if (name.n == 0)
		return SPAN_NONE;
	*s = (struct span){rest.p + name.n, rest.n - name.n};
	if (braces)
		span_cut(s, '}');
	return name;
}

static struct span value_of(const struct dockerfile *d, struct span name)
{
	for (const struct variable *v = d->variables; v; v = v->next)
		if (span_is(v->name, name))
			return v->value;
	return SPAN("");
}

/* A word without its quotes, with variables replaced outside of '…'. `*rest`: what stands behind it. */
static struct span take_word(struct dockerfile *d, struct span *rest)
{
	auto_buf b = BUF_INIT;
	char quote = 0;

	while (rest->n > 0 && (quote || !strchr(" \t", rest->p[0]))) {
		char c = rest->p[0];
		struct span name, behind = {rest->p + 1, rest->n - 1};

		*rest = behind;
		if (quote ? c == quote : c == '"' || c == '\'') {
			quote = quote ? 0 : c;
		} else if (c == '\\' && rest->n > 0 && quote != '\'') {
			buf_add_char(&b, rest->p[0]);
			*rest = (struct span){rest->p + 1, rest->n - 1};
		} else if (c == '$' && quote != '\'' && (name = take_name(rest)).p) {
			buf_add_span(&b, value_of(d, name));
		} else {
			buf_add_char(&b, c);
		}
		if (d->bytes + b.n > WORDS_MAX_BYTES)
			break;
	}
	d->bytes += b.n;
	return (struct span){arena_strndup(d->arena, b.p ? b.p : "", b.n), b.n};
}

static void set(struct dockerfile *d, struct span name, struct span value)
{
	struct variable *v;

	if (d->count++ >= VARIABLES_MAX || value.n > LIMIT_NAME_BYTES)
		return;
	v = arena_alloc(d->arena, sizeof(*v));
	*v = (struct variable){d->variables, name, value};
	d->variables = v;
}

/* "a=1 b=2", or the old form "a 1". */
static void take_pairs(struct dockerfile *d, struct span rest, bool label)
{
	bool first = true;

	while (d->bytes < WORDS_MAX_BYTES && (rest = span_trim(rest)).n > 0) {
		struct span before = rest, word = take_word(d, &rest), value = word, name = span_cut(&value, '=');

		if (rest.n == before.n)
			return;
		if (!value.p && first)
			value = take_word(d, &(struct span){span_trim(rest).p, span_trim(rest).n});
		if (value.p && label)
			take(d->out, name, value);
		else if (value.p)
			set(d, name, value);
		if (first && !memchr(word.p, '=', word.n))
			return;
		first = false;
	}
}

static void take_instruction(struct dockerfile *d, struct span line)
{
	struct span rest = span_trim(line), word = rest;

	for (word.n = 0; word.n < rest.n && !strchr(" \t", rest.p[word.n]);)
		word.n++;
	rest = (struct span){rest.p + word.n, rest.n - word.n};
	if (span_ieq(word, "LABEL"))
		take_pairs(d, rest, true);
	else if (span_ieq(word, "ENV") || span_ieq(word, "ARG"))
		take_pairs(d, rest, false);
}

void build_labels_dockerfile(struct arena *a, struct span path, struct span text, struct build_labels *out)
{
	struct dockerfile d = {.arena = a, .out = out};
	struct span base = span_after_last(path, '/'), release = span_after_last(base, '-'), stem;
	auto_buf line = BUF_INIT;

	while (text.p) {
		struct span one = span_cut(&text, '\n'), trimmed = span_trim(one);

		if (span_starts(trimmed, "#"))
			continue;
		if (trimmed.n > 0 && trimmed.p[trimmed.n - 1] == '\\' && line.n < LIMIT_LINE_BYTES) {
			buf_add_span(&line, (struct span){trimmed.p, trimmed.n - 1});
			buf_add_char(&line, ' ');
			continue;
		}
		buf_add_span(&line, trimmed);
		take_instruction(&d, buf_span(&line));
		buf_reset(&line);
	}
	out->version = out->release = SPAN_NONE;
	stem = base;
	stem.n -= release.n < base.n ? release.n + 1 : base.n;
	if (stem.n == 0 || span_after_last(stem, '-').n == stem.n)
		return;
	out->release = release;
	out->version = span_after_last(stem, '-');
}

struct span build_labels_name(struct arena *a, const struct build_labels *b)
{
	if (!b->component.n || !b->version.n || !b->release.n || !b->architecture.n)
		return SPAN_NONE;
	return span_of(arena_printf(a, "%.*s-%.*s-%.*s-%.*s", SPAN_ARG(b->component), SPAN_ARG(b->version), SPAN_ARG(b->release), SPAN_ARG(b->architecture)));
}
