// SPDX-License-Identifier: Apache-2.0
// Typed reading of a hand-written mapping, with errors that name the line. What the values mean is load-engagement.c's.
#include "engagement-read.h"
#include "load.h"
#include "common/opts.h"
#include "common/text.h"

#include <stdarg.h>

static const char *const type_names[] = {"nothing", "false", "true", "a number", "text", "a list", "a mapping"};

int entry_error(const struct entry *n, const struct json *v, struct err *e, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return err_set(e, ERR_USAGE, "%s:%u: %s%s%s", n->file, v && v->line ? v->line : n->line, n->section, n->section[0] ? ": " : "", text);
}

const char *entry_nearest(const char *const *words, struct span word)
{
	char text[64];
	const char *best = NULL;
	size_t least = 4;

	if (word.n >= sizeof(text))
		return NULL;
	memcpy(text, word.p, word.n);
	text[word.n] = 0;
	for (; *words; words++) {
		size_t d = opts_distance(text, *words, 3);

		if (d < least && d < strlen(*words)) {
			least = d;
			best = *words;
		}
	}
	return best;
}

static bool is_one_of(const char *const *words, struct span word)
{
	for (; *words; words++)
		if (span_eq(word, *words))
			return true;
	return false;
}

/* Says which words would have been right: the nearest one, else all of them. */
static int unknown(const struct entry *n, const struct json *at, const char *what, struct span word, const char *const *words, struct err *e)
{
	const char *best = entry_nearest(words, word);
	auto_buf all = BUF_INIT;

	if (best)
		return entry_error(n, at, e, "%s '%.*s' (did you mean '%s'?)", what, (int)(word.n > 64 ? 64 : word.n), word.p, best);
	for (const char *const *w = words; *w; w++)
		buf_printf(&all, "%s%s", w == words ? "" : ", ", *w);
	return entry_error(n, at, e, "%s '%.*s' (known: %.300s)", what, (int)(word.n > 64 ? 64 : word.n), word.p, buf_str(&all));
}

int entry_keys(const struct entry *n, const char *const *keys, struct err *e)
{
	JSON_MEMBERS(m, n->v)
	{
		if (!is_one_of(keys, json_str(&m->key)))
			return unknown(n, &m->key, "unknown key", json_str(&m->key), keys, e);
	}
	return 0;
}

/* The value at `key`; NULL when absent or null. */
static const struct json *value_at(const struct entry *n, const char *key)
{
	const struct json *v = json_get(n->v, key);

	return json_is(v, JSON_NULL) ? NULL : v;
}

int entry_text(const struct entry *n, const char *key, bool needed, struct span *out, struct err *e)
{
	const struct json *v = value_at(n, key);

	*out = json_scalar(v);
	if (!v)
		return needed ? entry_error(n, NULL, e, "'%s' is needed", key) : 0;
	if (!out->p)
		return entry_error(n, v, e, "'%s' is %s, text was expected", key, type_names[v->type]);
	if (!span_trim(*out).n)
		return entry_error(n, v, e, "'%s' is empty", key);
	return 0;
}

int entry_word(const struct entry *n, const char *key, bool needed, const char *const *words, struct span *out, struct err *e)
{
	char what[64];

	if (entry_text(n, key, needed, out, e))
		return -1;
	if (!out->p || is_one_of(words, *out))
		return 0;
	snprintf(what, sizeof(what), "%s is", key);
	return unknown(n, value_at(n, key), what, *out, words, e);
}

int entry_bool(const struct entry *n, const char *key, bool fallback, bool *out, struct err *e)
{
	const struct json *v = value_at(n, key);

	*out = v ? v->type == JSON_TRUE : fallback;
	if (v && json_bool(v) < 0)
		return entry_error(n, v, e, "'%s' is %s, true or false was expected", key, type_names[v->type]);
	return 0;
}

int entry_int(const struct entry *n, const char *key, int64_t low, int64_t high, int64_t *out, struct err *e)
{
	const struct json *v = value_at(n, key);
	int64_t value;

	if (!v)
		return 0;
	if (!json_int(v, &value) || value < low || value > high)
		return entry_error(n, v, e, "'%s' must be a whole number from %lld to %lld", key, (long long)low, (long long)high);
	*out = value;
	return 0;
}

int entry_time(const struct entry *n, const char *key, int64_t *out, struct err *e)
{
	const struct json *v = value_at(n, key);
	struct span text = json_str(v);

	*out = 0;
	if (!v)
		return 0;
	*out = text.n >= 10 ? load_time(text) : 0;
	if (*out <= 0)
		return entry_error(n, v, e, "'%s' is not a date such as 2027-03-31", key);
	if (text.n == 10)
		*out += 86399;
	return 0;
}

static int list_item(const struct entry *n, const char *key, const struct json *item, struct buf *out, struct err *e)
{
	struct span text = json_scalar(item);

	if (!text.p || !span_trim(text).n)
		return entry_error(n, item, e, "'%s' holds %s, text was expected", key, text.p ? "an empty text" : type_names[item->type]);
	if (out->p[out->n - 1] != '[')
		buf_add_char(out, ',');
	text_add_json(out, text);
	return 0;
}

int entry_list(const struct entry *n, const char *key, struct buf *out, struct err *e)
{
	const struct json *v = value_at(n, key);

	buf_add_char(out, '[');
	if (v && v->type != JSON_ARRAY && json_scalar(v).p) {
		if (list_item(n, key, v, out, e))
			return -1;
	} else if (v && v->type != JSON_ARRAY) {
		return entry_error(n, v, e, "'%s' is %s, a list was expected", key, type_names[v->type]);
	}
	JSON_EACH(item, v)
	{
		if (list_item(n, key, item, out, e))
			return -1;
	}
	buf_add_char(out, ']');
	return 0;
}

int entry_map(const struct entry *n, const char *key, struct buf *out, struct err *e)
{
	const struct json *v = value_at(n, key);
	bool first = true;

	if (v && v->type != JSON_OBJECT)
		return entry_error(n, v, e, "'%s' is %s, a mapping was expected", key, type_names[v->type]);
	buf_add_char(out, '{');
	JSON_MEMBERS(m, v)
	{
		struct span text = json_scalar(&m->value);

		if (!text.p && json_bool(&m->value) >= 0) /* labels are text; an unquoted true is meant as "true" */
			text = m->value.type == JSON_TRUE ? SPAN("true") : SPAN("false");
		if (!text.p)
			return entry_error(n, &m->key, e, "'%s': '%.*s' is %s, text was expected", key, SPAN_ARG(json_str(&m->key)),
					   type_names[m->value.type]);
		if (!first)
			buf_add_char(out, ',');
		first = false;
		text_add_json(out, json_str(&m->key));
		buf_add_char(out, ':');
		text_add_json(out, text);
	}
	buf_add_char(out, '}');
	return 0;
}

int entry_each(const struct entry *n, const struct json *v, const char *lone, int (*each)(void *ctx, const struct entry *item, struct err *e),
	       void *ctx, struct err *e)
{
	if (!v || v->type == JSON_NULL)
		return 0;
	if (v->type != JSON_ARRAY)
		return entry_error(n, v, e, "is %s, a list was expected", type_names[v->type]);
	JSON_EACH(item, v)
	{
		struct json_member only = {.value = *item};
		struct json wrapped = {.type = JSON_OBJECT, .line = item->line, .n = 1, .members = &only};
		struct entry it = {n->file, n->section, item, item->line ? item->line : n->line};

		if (lone && json_scalar(item).p) {
			only.key = (struct json){.type = JSON_STRING, .n = (uint32_t)strlen(lone), .text = lone};
			it.v = &wrapped;
		} else if (item->type != JSON_OBJECT) {
			return entry_error(&it, item, e, "holds %s, a mapping was expected", type_names[item->type]);
		}
		if (each(ctx, &it, e))
			return -1;
	}
	return 0;
}
