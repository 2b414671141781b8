// SPDX-License-Identifier: Apache-2.0
// Cuts a stream of JSON into single objects, so that a damaged one costs only itself and memory is bounded
// by the largest. YAML streams are handed to yaml-read.c.
#include "json-read.h"
#include "limits.h"
#include "source.h"
#include "yaml-read.h"

enum { CHUNK = 256 * 1024 };

struct items {
	struct source *source;
	struct yaml_reader *yaml;
	struct json_reader *json;
	const char *const *split;
	struct buf in;	/* bytes read and not yet given up */
	size_t at;	/* scanning position in `in` */
	uint64_t base;	/* offset in the stream of in.p[0] */
	bool started, ended, eof, truncated;
	enum { BETWEEN, IN_ARRAY, IN_SPLIT, IN_ROOT } state;
	size_t document, index;
	char name[64], kind[128], api_version[128];
};

struct items *items_open(struct source *s, const char *const *split)
{
	static const char *const none[] = {NULL};
	struct items *i = calloc(1, sizeof(*i));

	if (!i)
		die("out of memory");
	i->source = s;
	i->split = split ? split : none;
	return i;
}

struct span items_list_kind(const struct items *i)
{
	const char *kind = i->yaml ? yaml_reader_kind(i->yaml) : i->kind;

	return kind[0] ? span_of(kind) : SPAN_NONE;
}

bool items_truncated(const struct items *i)
{
	return i->truncated;
}

void items_close(struct items *i)
{
	if (!i)
		return;
	yaml_reader_free(i->yaml);
	json_reader_free(i->json);
	buf_fini(&i->in);
	free(i);
}

/* Reads another chunk behind what is held: 1 more came, 0 the end, -1 error. */
static int more(struct items *i, struct err *e)
{
	ssize_t got;

	if (i->eof)
		return 0;
	got = source_read(i->source, buf_room(&i->in, CHUNK), CHUNK, e);
	if (got < 0)
		return -1;
	i->eof = got == 0;
	i->in.n += (size_t)got;
	return got > 0;
}

/* Gives up what stands before position `keep`. */
static void forget(struct items *i, size_t keep)
{
	if (keep < CHUNK && keep < i->in.n)
		return;
	memmove(i->in.p, i->in.p + keep, i->in.n - keep);
	i->in.n -= keep;
	i->at -= keep;
	i->base += keep;
}

/* The next byte that is not white space, without taking it: 1, 0 at the end, -1 error. */
static int peek(struct items *i, char *c, struct err *e)
{
	for (;;) {
		while (i->at < i->in.n) {
			*c = i->in.p[i->at];
			if (*c != ' ' && *c != '\n' && *c != '\t' && *c != '\r')
				return 1;
			i->at++;
		}
		if (i->state != IN_ROOT)
			forget(i, i->at);
		int rc = more(i, e);
		if (rc <= 0)
			return rc;
	}
}

static int cut_short(struct items *i, struct err *e)
{
	return err_set(e, ERR_INPUT, "byte %llu: the text ends inside a document", (unsigned long long)(i->base + i->at));
}

enum { PLAIN, QUOTE, OPEN, CLOSE, STOP, ESCAPE };
static const unsigned char outside[256] = {['"'] = QUOTE, ['{'] = OPEN, ['['] = OPEN, ['}'] = CLOSE, [']'] = CLOSE, [','] = STOP,
					   [' '] = STOP,  ['\n'] = STOP, ['\t'] = STOP, ['\r'] = STOP, [':'] = STOP};

struct scan {
	size_t depth;
	bool string, escaped;
};

static bool has_byte(uint64_t word, char c)
{
	const uint64_t ones = 0x0101010101010101u;
	uint64_t x = word ^ ones * (unsigned char)c;

	return (x - ones) & ~x & ones << 7;
}

/* Over what is neither the end of a string nor an escape. */
static const char *in_string(const char *p, const char *end)
{
	uint64_t word;

	for (; end - p >= (ptrdiff_t)sizeof(word); p += sizeof(word)) {
		memcpy(&word, p, sizeof(word));
		if (has_byte(word, '"') || has_byte(word, '\\'))
			break;
	}
	while (p < end && *p != '"' && *p != '\\')
		p++;
	return p;
}

/* Advances i->at over held bytes until the value that began with `s` zero ends: true when it ended. */
static bool scan_held(struct items *i, struct scan *s, bool scalar)
{
	const char *p = i->in.p + i->at, *end = i->in.p + i->in.n;

	while (p < end) {
		if (s->string) {
			if (s->escaped) {
				s->escaped = false;
				p++;
				continue;
			}
			p = in_string(p, end);
			if (p == end)
				break;
			s->escaped = *p == '\\';
			s->string = s->escaped;
			p++;
			if (!s->string && s->depth == 0)
				goto ended;
			continue;
		}
		switch (outside[(unsigned char)*p]) {
		case QUOTE:
			s->string = true;
			break;
		case OPEN:
			s->depth++;
			break;
		case CLOSE:
			if (s->depth == 0)
				goto ended;
			if (--s->depth == 0) {
				p++;
				goto ended;
			}
			break;
		case STOP:
			if (scalar && s->depth == 0)
				goto ended;
			break;
		default:
			break;
		}
		p++;
	}
	i->at = (size_t)(p - i->in.p);
	return false;
ended:
	i->at = (size_t)(p - i->in.p);
	return true;
}

/* Scans one value that starts at i->at. With `hold` all bytes from *start on stay held (unless it grows past
 * the limit, which sets *too_large and lets go). 0 ended, -1 error or end of stream. */
static int scan_value(struct items *i, bool hold, size_t *start, bool *too_large, struct err *e)
{
	struct scan s = {0};
	char c = i->in.p[i->at];
	bool scalar = c != '{' && c != '[' && c != '"';
	int rc;

	while (!scan_held(i, &s, scalar)) {
		if (hold && i->at - *start > LIMIT_ITEM_BYTES) {
			*too_large = true;
			hold = false;
		}
		if (!hold) {
			forget(i, i->at);
			*start = i->at;
		} else if (*start >= CHUNK) {
			forget(i, *start);
			*start = 0;
		}
		rc = more(i, e);
		if (rc < 0)
			return -1;
		if (rc == 0)
			return scalar && !s.string && s.depth == 0 ? 0 : cut_short(i, e);
	}
	return 0;
}

static void describe(struct items *i, struct arena *a, struct item *out, bool whole)
{
	const char *doc = i->document > 1 ? arena_printf(a, "#%zu", i->document) : "";

	if (whole)
		out->pointer = doc;
	else if (i->name[0])
		out->pointer = arena_printf(a, "%s/%s/%zu", doc, i->name, i->index++);
	else
		out->pointer = arena_printf(a, "%s/%zu", doc, i->index++);
	out->in = i->name[0] && !whole ? span_of(i->name) : SPAN_NONE;
	out->kind = i->kind[0] ? span_of(i->kind) : SPAN_NONE;
	out->api_version = i->api_version[0] ? span_of(i->api_version) : SPAN_NONE;
}

/* Turns the held bytes [start, i->at) into an item: 1, or 2 when they don't parse. */
static int parse_item(struct items *i, size_t start, struct arena *a, struct item *out, struct err *e)
{
	struct span text = {i->in.p + start, i->at - start};

	if (json_reader_parse(i->json, a, text, &out->value, e) == 0)
		return 1;
	err_wrap(e, "%s at byte %llu", out->pointer[0] ? out->pointer : "document", (unsigned long long)(i->base + start));
	return 2;
}

static int element(struct items *i, struct arena *a, struct item *out, struct err *e)
{
	bool too_large = false;
	size_t start = i->at, n = json_reader_begin(i->json, a, (struct span){i->in.p + i->at, i->in.n - i->at}, &out->value);

	/* Nearly all; what is not whole yet, or wrong, goes the long way. */
	if (n && n <= LIMIT_ITEM_BYTES) {
		i->at += n;
		describe(i, a, out, false);
		return 1;
	}
	if (scan_value(i, true, &start, &too_large, e))
		return -1;
	if (i->at == start)
		return err_set(e, ERR_INPUT, "byte %llu: a value was expected", (unsigned long long)(i->base + i->at));
	describe(i, a, out, false);
	if (too_large) {
		err_set(e, ERR_INPUT, "%s: larger than %u bytes", out->pointer, LIMIT_ITEM_BYTES);
		return 2;
	}
	return parse_item(i, start, a, out, e);
}

/* In an array: the next element, or 0 when it is over. */
static int next_element(struct items *i, struct arena *a, struct item *out, struct err *e)
{
	for (;;) {
		char c;
		int rc = peek(i, &c, e);

		if (rc <= 0)
			return rc ? -1 : cut_short(i, e);
		if (c == ']') {
			i->at++;
			i->state = i->name[0] ? IN_SPLIT : BETWEEN;
			return 0;
		}
		if (c != ',')
			return element(i, a, out, e);
		i->at++;
	}
}

static bool splits(const struct items *i, struct span key)
{
	if (span_eq(key, "items"))
		return true;
	for (const char *const *s = i->split; *s; s++)
		if (span_eq(key, *s))
			return true;
	return false;
}

static void note(char *out, size_t cap, struct span quoted)
{
	if (quoted.n >= 2 && quoted.n < cap && quoted.p[0] == '"')
		snprintf(out, cap, "%.*s", (int)quoted.n - 2, quoted.p + 1);
}

/* How AWS says that further pages were not fetched: "IsTruncated": true, or a token for the next page. */
static bool says_more(const char *key, struct span value)
{
	if (strcmp(key, "IsTruncated") == 0)
		return span_eq(value, "true");
	return (strcmp(key, "NextToken") == 0 || strcmp(key, "nextToken") == 0) && value.n > 2 && value.p[0] == '"';
}

/*
 * Walks the members of a root object from i->at on. `start` is where the object's bytes are held from, or
 * (size_t)-1 behind a split array, where nothing needs holding. Returns 3 at the root's end, 0 when a split
 * array begins, -1 on error, 2 when the object is too large to hold.
 */
static int members(struct items *i, size_t *start, struct err *e)
{
	bool hold = *start != (size_t)-1;

	for (;;) {
		bool too_large = false;
		size_t key_at, value_at, from;
		char c, key[64] = "";
		int rc = peek(i, &c, e);

		if (rc <= 0)
			return rc ? -1 : cut_short(i, e);
		if (c == '}') {
			i->at++;
			return 3;
		}
		if (c == ',') {
			i->at++;
			continue;
		}
		if (c != '"')
			return err_set(e, ERR_INPUT, "byte %llu: a key was expected", (unsigned long long)(i->base + i->at));
		key_at = from = hold ? *start : i->at;
		key_at = i->at - from;
		if (scan_value(i, true, &from, &too_large, e))
			return -1;
		note(key, sizeof(key), (struct span){i->in.p + from + key_at, i->at - from - key_at});
		if (hold)
			*start = from;
		rc = peek(i, &c, e);
		if (rc <= 0 || c != ':')
			return rc < 0 ? -1 : err_set(e, ERR_INPUT, "byte %llu: ':' was expected", (unsigned long long)(i->base + i->at));
		i->at++;
		rc = peek(i, &c, e);
		if (rc <= 0)
			return rc ? -1 : cut_short(i, e);
		if (c == '[' && splits(i, span_of(key))) {
			i->at++;
			snprintf(i->name, sizeof(i->name), "%s", key);
			i->index = 0;
			return 0;
		}
		from = hold ? *start : i->at;
		value_at = i->at - from;
		if (scan_value(i, true, &from, &too_large, e))
			return -1;
		if (too_large)
			return 2;
		i->truncated |= says_more(key, (struct span){i->in.p + from + value_at, i->at - from - value_at});
		if (strcmp(key, "kind") == 0)
			note(i->kind, sizeof(i->kind), (struct span){i->in.p + from + value_at, i->at - from - value_at});
		if (strcmp(key, "apiVersion") == 0)
			note(i->api_version, sizeof(i->api_version), (struct span){i->in.p + from + value_at, i->at - from - value_at});
		if (hold)
			*start = from;
		else
			forget(i, i->at);
	}
}

static int root(struct items *i, struct arena *a, struct item *out, struct err *e)
{
	size_t start = i->at;
	int rc;

	i->state = IN_ROOT;
	i->name[0] = i->kind[0] = i->api_version[0] = 0;
	i->at++;
	rc = members(i, &start, e);
	if (rc == 0) {
		i->state = IN_ARRAY;
		return 0;
	}
	i->state = BETWEEN;
	if (rc == 2) {
		err_set(e, ERR_INPUT, "byte %llu: an object larger than %u bytes", (unsigned long long)(i->base + i->at), LIMIT_ITEM_BYTES);
		return -1;
	}
	if (rc < 0)
		return -1;
	describe(i, a, out, true);
	return parse_item(i, start, a, out, e);
}

/* Behind a split array: on to the next one, or to the end of the root. */
static int rest(struct items *i, struct err *e)
{
	size_t start = (size_t)-1;
	int rc = members(i, &start, e);

	if (rc == 0)
		i->state = IN_ARRAY;
	if (rc == 3)
		i->state = BETWEEN;
	return rc == 0 || rc == 3 ? 0 : -1;
}

/* The first bytes tell JSON from YAML. */
static int start(struct items *i, struct err *e)
{
	char c;
	int rc;

	i->started = true;
	while (i->in.n < 3 && (rc = more(i, e)))
		if (rc < 0)
			return -1;
	if (i->in.n >= 3 && memcmp(i->in.p, "\xef\xbb\xbf", 3) == 0)
		i->at = 3;
	rc = peek(i, &c, e);
	if (rc <= 0)
		return rc < 0 ? -1 : err_set(e, ERR_INPUT, "empty");
	if (c == '{' || c == '[')
		i->json = json_reader_new();
	else
		i->yaml = yaml_reader_new(i->source, i->split, (struct span){i->in.p + i->at, i->in.n - i->at});
	return 0;
}

static int next_json(struct items *i, struct arena *a, struct item *out, struct err *e)
{
	char c;
	int rc;

	for (;;) {
		switch (i->state) {
		case IN_ARRAY:
			rc = next_element(i, a, out, e);
			break;
		case IN_SPLIT:
			rc = rest(i, e);
			break;
		default:
			rc = peek(i, &c, e);
			if (rc <= 0)
				return rc;
			i->document++;
			rc = 0;
			if (c == '[') {
				i->at++;
				i->state = IN_ARRAY;
				i->name[0] = i->kind[0] = i->api_version[0] = 0;
				i->index = 0;
			} else if (c == '{') {
				rc = root(i, a, out, e);
			} else {
				rc = err_set(e, ERR_INPUT, "byte %llu: neither an object nor an array", (unsigned long long)(i->base + i->at));
			}
		}
		if (rc)
			return rc;
	}
}

int items_next(struct items *i, struct arena *a, struct item *out, struct err *e)
{
	int rc;

	*out = (struct item){.pointer = ""};
	if (i->ended)
		return 0;
	if (!i->started && start(i, e)) {
		i->ended = true;
		return -1;
	}
	rc = i->yaml ? yaml_reader_next(i->yaml, a, out, e) : next_json(i, a, out, e);
	i->ended = rc <= 0;
	return rc;
}
