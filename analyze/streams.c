// SPDX-License-Identifier: Apache-2.0
// Streams of updates. What feeds say of each is derive-match.c's.
#include "streams.h"
#include "repositories.h"

#include "common/arena.h"
#include "common/buf.h"
#include "common/json.h"
#include "common/red-hat.h"

enum { SETS_MAX = 10000 };

/* Words in the names of Red Hat's repositories, and how the products of their CPEs end. */
static const struct {
	const char *word, *product;
	bool minor; /* of one point release */
} extended[] = {{"-eus-", "eus", true}, {"-aus-", "aus", true}, {"-e4s-", "e4s", true}, {"-tus-", "tus", true}, {"-els-", "els", false}};

bool streams_is_esm(struct span version)
{
	return span_has(version, "~esm") || span_has(version, "+esm");
}

/* "9.2" of "…-rpms__9_DOT_2" */
static struct span pinned(struct arena *a, struct span set)
{
	const char *at = set.n ? memmem(set.p, set.n, "__", 2) : NULL, *dot;
	struct span tail, minor;

	if (!at)
		return SPAN_NONE;
	tail = (struct span){at + 2, (size_t)(set.p + set.n - at - 2)};
	dot = memmem(tail.p, tail.n, "_DOT_", 5);
	if (!dot)
		return tail;
	minor = (struct span){dot + 5, (size_t)(tail.p + tail.n - dot - 5)};
	return span_of(arena_printf(a, "%.*s.%.*s", (int)(dot - tail.p), tail.p, SPAN_ARG(minor)));
}

struct span streams_of_set(struct arena *a, struct span set, struct span release, bool *known)
{
	struct span version = pinned(a, set), major;

	*known = true;
	if (!version.p || !memchr(version.p, '.', version.n))
		version = release;
	for (size_t i = 0; i < sizeof(extended) / sizeof(extended[0]); i++) {
		if (!span_has(set, extended[i].word))
			continue;
		major = version;
		major = span_cut(&major, '.');
		*known = version.n > 0 && (!extended[i].minor || major.n < version.n);
		return *known ? red_hat_stream(a, extended[i].product, major, extended[i].minor ? version : major) : SPAN_NONE;
	}
	return SPAN_NONE;
}

static void take_manifest(struct arena *a, struct span text, struct span release, struct layer_stream *out, bool *told)
{
	auto_arena scratch = ARENA_INIT;
	struct json *doc = NULL;
	int count = 0;

	if (json_parse(&scratch, text, &doc, NULL))
		return;
	JSON_EACH(set, json_get(doc, "content_sets"))
	{
		struct span stream;
		bool known;

		if (json_str(set).n == 0 || ++count > SETS_MAX)
			continue;
		stream = streams_of_set(a, json_str(set), release, &known);
		if (!known)
			continue;
		*told = true;
		if (!stream.p)
			out->main = true;
		else if (!out->name.p)
			out->name = stream;
	}
}

/* A line of apt's lists, or a field of its newer form, that names the archive of Ubuntu Pro and is no comment. */
static bool names_esm(struct span text)
{
	while (text.p) {
		struct span line = span_trim(span_cut(&text, '\n'));

		if (line.n > 0 && line.p[0] != '#' && span_has(line, "esm.ubuntu.com"))
			return true;
	}
	return false;
}

void streams_read(struct arena *a, const struct image_layers *layers, const struct os_release *os, struct streams *out)
{
	*out = (struct streams){.n = layers->n, .layers = arena_array(a, (size_t)layers->n + 1, sizeof(*out->layers)), .layer_told = arena_array(a, (size_t)layers->n + 1, sizeof(bool))};
	for (int i = 0; i < layers->n; i++) {
		for (const struct note *n = layers->at[i]->notes; n; n = n->next) {
			struct span path = span_of(n->path);

			if (!(n->kinds & NOTE_REPOSITORY) || !n->text.p)
				continue;
			if (span_starts(path, "etc/apt/"))
				out->esm = out->esm || (view_hidden(layers, i, layers->n - 1, n->path) < 0 && names_esm(n->text));
			else if (span_ends(path, ".json"))
				take_manifest(a, n->text, os->version, &out->layers[i], &out->layer_told[i]);
		}
		out->told = out->told || out->layer_told[i];
	}
}

/* "1.0-3.el9_2.1" and "1.0-3.module+el9.2.0+1" are builds of "rhel_eus:9.2". */
static bool built_for(struct arena *a, struct span version, struct span stream)
{
	struct span minor = stream, major;

	span_cut(&minor, ':');
	major = span_cut(&minor, '.');
	if (!minor.p)
		return span_has(version, arena_printf(a, "el%.*s", SPAN_ARG(major)));
	for (const char *form = "_."; *form; form++) {
		const char *mark = arena_printf(a, "el%.*s%c%.*s", SPAN_ARG(major), *form, SPAN_ARG(minor));
		const char *at = version.n ? memmem(version.p, version.n, mark, strlen(mark)) : NULL;
		const char *end = at ? at + strlen(mark) : NULL;

		if (at && (end == version.p + version.n || *end < '0' || *end > '9'))
			return true;
	}
	return false;
}

struct span streams_release(const struct streams *s, int layer, struct span version, struct span major)
{
	int at = repositories_layer(s->layer_told, s->n, layer);
	const struct layer_stream *l = at >= 0 ? &s->layers[at] : NULL;
	auto_arena a = ARENA_INIT;

	if (!l || !l->name.p || (l->main && !built_for(&a, version, l->name)))
		return major;
	return l->name;
}

const char *streams_text(struct arena *a, const struct streams *s)
{
	auto_buf b = BUF_INIT;

	if (s->esm)
		return "esm";
	if (!s->told)
		return NULL;
	for (int i = 0; i < s->n; i++) {
		struct span name = s->layers[i].name, rest = buf_span(&b);
		bool there = false;

		while (rest.n > 0 && !there)
			there = span_is(span_trim(span_cut(&rest, ',')), name);
		if (!name.p || there)
			continue;
		buf_add_str(&b, b.n ? ", " : "");
		buf_add_span(&b, name);
	}
	return arena_strdup(a, buf_str(&b));
}
