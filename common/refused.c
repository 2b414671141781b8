// SPDX-License-Identifier: Apache-2.0
// Lines of kubectl's standard error. What follows from them is the analyzer's (derive-refused.c).
#include "refused.h"
#include "json.h"
#include "limits.h"
#include "recognise.h"

#include <ctype.h>

enum { REASON_BYTES = 300 };

bool refused_is_error(struct span line)
{
	static const char *const openings[] = {"Error from server", "error: ", "Unable to connect to the server: ", "Error: "};

	for (size_t i = 0; i < sizeof(openings) / sizeof(openings[0]); i++)
		if (span_starts(line, openings[i]))
			return true;
	return false;
}

static const char *find(struct span s, const char *text)
{
	return s.n ? memmem(s.p, s.n, text, strlen(text)) : NULL;
}

const char *refused_reason(struct arena *a, struct span line)
{
	static const char mark[] = " is forbidden: ";
	const char *at = find(line, mark);

	if (at) {
		line.n -= (size_t)(at + sizeof(mark) - 1 - line.p);
		line.p = at + sizeof(mark) - 1;
	}
	return arena_printf(a, "%s%.*s", at ? "forbidden: " : "", (int)(line.n > REASON_BYTES ? REASON_BYTES : line.n), line.n ? line.p : "");
}

/* "secrets", "deployments.apps": a resource as kubectl writes it, nothing else. */
static bool is_resource(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!islower((unsigned char)s.p[i]) && !isdigit((unsigned char)s.p[i]) && s.p[i] != '.' && s.p[i] != '-')
			return false;
	return s.n > 1 && s.n < 150 && islower((unsigned char)s.p[0]);
}

static const char *kind_of(struct arena *a, struct span resource)
{
	char kind[200];

	recognise_resource(resource, kind, sizeof(kind));
	return arena_strdup(a, kind);
}

/* Without what people hang on: "a/secrets.json.err" is of secrets. */
static struct span stem_of(struct span path)
{
	static const char *const ends[] = {".txt", ".log", ".err", ".stderr", ".errors", ".error", ".json", ".yaml", ".yml"};
	struct span s = span_after_last(path, '/');

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (span_ends(s, ends[i]))
			s.n -= strlen(ends[i]);
	return s;
}

bool refused_named(struct span path)
{
	static const char *const ends[] = {".err", ".stderr", ".errors", ".error"};
	static const char *const words[] = {"err", "error", "errors", "stderr", "kubectl"};
	struct span base = span_after_last(path, '/'), stem = stem_of(path), last;

	if (span_ends(base, ".txt") || span_ends(base, ".log"))
		base.n -= 4;
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (span_ends(base, ends[i]))
			return true;
	if (span_ends(base, ".json") || span_ends(base, ".yaml") || span_ends(base, ".yml"))
		return false;
	last = span_after_last(span_after_last(stem, '-'), '_');
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (span_ieq(last, words[i]))
			return true;
	return false;
}

/* The resource of "(get secrets)" or "(list secrets)" at the end; `single`: one object of it was asked for. */
static struct span asked(struct span line, bool *single)
{
	static const char *const verbs[] = {"(get ", "(list "};

	*single = false;
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		const char *at = find(line, verbs[i]);
		struct span rest, word;

		if (!at)
			continue;
		at += strlen(verbs[i]);
		rest = (struct span){at, line.n - (size_t)(at - line.p)};
		word = span_cut(&rest, ')');
		rest = word;
		word = span_cut(&rest, ' ');
		*single = rest.p != NULL;
		return word;
	}
	return SPAN_NONE;
}

/* What "Error from server (Forbidden): secrets is forbidden: …" speaks of; with a name in quotes behind it: one object. */
static struct span forbidden(struct span line, bool *single)
{
	const char *at = find(line, " is forbidden: ");
	struct span before;

	*single = false;
	if (!at)
		return SPAN_NONE;
	before = span_after_last((struct span){line.p, (size_t)(at - line.p)}, ':');
	before = span_trim(before);
	*single = before.n && before.p[before.n - 1] == '"';
	return before;
}

static bool says_nothing_is_there(struct span line)
{
	static const char *const marks[] = {"(NotFound)", "(MethodNotAllowed)", "the server doesn't have a resource type", "the server could not find the requested resource",
					    "unable to retrieve the complete list of server APIs"};

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (find(line, marks[i]))
			return true;
	return false;
}

bool refused_of_bundle(struct span path)
{
	struct span base = span_after_last(path, '/'), above = {path.p, path.n - base.n};

	return span_ends(base, "-errors.json") && span_ends(above, "cluster-resources/");
}

/* Troubleshoot's names for files; none for what is no list of objects. */
static struct span named_in_bundle(struct span path)
{
	static const struct {
		const char *file, *resource;
	} others[] = {{"custom-resource-definitions", "customresourcedefinitions"}, {"ingress", "ingresses"}, {"network-policy", "networkpolicies"},
		      {"pod-disruption-budgets", "poddisruptionbudgets"}, {"pvcs", "persistentvolumeclaims"}, {"pvs", "persistentvolumes"},
		      {"resource-quota", "resourcequotas"}, {"storage", "storageclasses"}, {"storage-classes", "storageclasses"}};
	struct span stem = span_after_last(path, '/');

	stem.n -= strlen("-errors.json");
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (span_eq(stem, others[i].file))
			return span_of(others[i].resource);
	return is_resource(stem) && !memchr(stem.p, '-', stem.n) && !span_eq(stem, "events") ? stem : SPAN_NONE;
}

/* The resource that a file of one command's words is named after. */
static struct span named_after(struct span path)
{
	static const char *const others[] = {"resources", "objects", "dumps", "errors"};
	struct span stem = stem_of(path), rest = stem, plural = span_cut(&rest, '.');

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (span_eq(stem, others[i]))
			return SPAN_NONE;
	return is_resource(stem) && !memchr(stem.p, '-', stem.n) && (rest.p || span_ends(plural, "s")) ? stem : SPAN_NONE;
}

bool refused_line(struct arena *a, struct span path, struct span line, struct refused *out)
{
	struct span resource;
	bool single;

	line = span_trim(line);
	if (!refused_is_error(line) || says_nothing_is_there(line))
		return false;
	resource = forbidden(line, &single);
	if (!resource.p)
		resource = asked(line, &single);
	if (single)
		return false;
	if (!is_resource(resource))
		resource = refused_of_bundle(path) ? named_in_bundle(path) : named_after(path);
	if (!resource.p && refused_of_bundle(path))
		return false;
	if (!resource.p && (span_starts(line, "Error: ") || (span_starts(line, "error: ") && !find(line, "(Unauthorized)"))))
		return false; /* of a command that lists nothing, for all one can tell */
	out->kind = resource.p ? kind_of(a, resource) : "kubernetes/*";
	out->reason = refused_reason(a, line);
	out->line = line;
	return true;
}

bool refused_in(struct span path, struct span text)
{
	auto_arena a = ARENA_INIT;
	struct refused r;

	while (text.p)
		if (refused_line(&a, path, span_cut(&text, '\n'), &r))
			return true;
	return false;
}

static int one_message(struct arena *a, struct span path, const struct json *v, refused_each *each, void *ctx, struct err *e)
{
	char *line = json_is(v, JSON_STRING) ? arena_printf(a, "Error from server: %.*s", SPAN_ARG(json_str(v))) : NULL;
	struct refused r;

	for (char *p = line; p && *p; p++)
		if (*p == '\n' || *p == '\r')
			*p = ' ';
	return line && refused_line(a, path, span_of(line), &r) ? each(ctx, &r, e) : 0;
}

static int read_messages(struct span text, struct span path, refused_each *each, void *ctx, struct err *why, struct err *e)
{
	auto_arena a = ARENA_INIT, line = ARENA_INIT;
	struct json *doc;

	if (json_parse(&a, text, &doc, why))
		return -1;
	JSON_EACH(v, doc)
	{
		if (one_message(&line, path, v, each, ctx, e))
			return -1;
		arena_reset(&line);
	}
	JSON_MEMBERS(m, doc)
	{
		if (one_message(&line, path, &m->value, each, ctx, e))
			return -1;
		arena_reset(&line);
	}
	return 0;
}

int refused_read(struct source *content, struct span path, refused_each *each, void *ctx, struct err *why, struct err *e)
{
	auto_arena a = ARENA_INIT;
	auto_buf text = BUF_INIT;
	struct refused r;
	struct span start;

	if (source_slurp(content, &text, LIMIT_REFUSED_BYTES, why))
		return -1;
	/* In a bundle of ours the messages are lines already. */
	start = span_trim(buf_span(&text));
	if (refused_of_bundle(path) && (span_starts(start, "{") || span_starts(start, "[")))
		return read_messages(start, path, each, ctx, why, e);
	for (struct span rest = buf_span(&text); rest.p;) {
		if (refused_line(&a, path, span_cut(&rest, '\n'), &r) && each(ctx, &r, e))
			return -1;
		arena_reset(&a);
	}
	return 0;
}
