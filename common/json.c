// SPDX-License-Identifier: Apache-2.0
// The document tree: lookups and writing. Parsing is in json-read.c and yaml.c.
#include "json.h"
#include "text.h"

#include <inttypes.h>

const struct json *json_get(const struct json *v, const char *key)
{
	size_t n = strlen(key);

	if (!json_is(v, JSON_OBJECT))
		return NULL;
	for (uint32_t i = 0; i < v->n; i++) {
		const struct json_member *m = &v->members[i];

		if (m->key.n == n && memcmp(m->key.text, key, n) == 0)
			return &m->value;
	}
	return NULL;
}

static const struct json *get_span(const struct json *v, struct span key)
{
	if (!json_is(v, JSON_OBJECT))
		return NULL;
	for (uint32_t i = 0; i < v->n; i++)
		if (span_is(json_str(&v->members[i].key), key))
			return &v->members[i].value;
	return NULL;
}

const struct json *json_path(const struct json *v, const char *dotted)
{
	struct span rest = span_of(dotted);

	while (v && rest.p)
		v = get_span(v, span_cut(&rest, '.'));
	return v;
}

struct span json_str(const struct json *v)
{
	return json_is(v, JSON_STRING) ? (struct span){v->text, v->n} : SPAN_NONE;
}

struct span json_scalar(const struct json *v)
{
	if (json_is(v, JSON_STRING) || json_is(v, JSON_NUMBER))
		return (struct span){v->text, v->n};
	return SPAN_NONE;
}

int json_bool(const struct json *v)
{
	return json_is(v, JSON_TRUE) ? 1 : json_is(v, JSON_FALSE) ? 0 : -1;
}

bool json_int(const struct json *v, int64_t *out)
{
	return json_is(v, JSON_NUMBER) && span_int((struct span){v->text, v->n}, out);
}

struct span json_text_at(const struct json *v, const char *dotted)
{
	return json_str(json_path(v, dotted));
}

int json_bool_at(const struct json *v, const char *dotted)
{
	return json_bool(json_path(v, dotted));
}

static int by_key(const void *a, const void *b)
{
	const struct json_member *const *x = a, *const *y = b;

	return span_cmp(json_str(&(*x)->key), json_str(&(*y)->key));
}

static void write_value(struct buf *b, const struct json *v, bool sorted);

static void write_object(struct buf *b, const struct json *v, bool sorted)
{
	const struct json_member **order = NULL;

	if (sorted && v->n > 1) {
		order = calloc(v->n, sizeof(*order));
		if (!order)
			die("out of memory");
		for (uint32_t i = 0; i < v->n; i++)
			order[i] = &v->members[i];
		qsort(order, v->n, sizeof(*order), by_key);
	}
	buf_add_char(b, '{');
	for (uint32_t i = 0; i < v->n; i++) {
		const struct json_member *m = order ? order[i] : &v->members[i];

		if (i)
			buf_add_char(b, ',');
		text_add_json(b, json_str(&m->key));
		buf_add_char(b, ':');
		write_value(b, &m->value, sorted);
	}
	buf_add_char(b, '}');
	free(order);
}

/* The depth is bounded: only parsed trees, at most LIMIT_JSON_DEPTH deep, get here. */
static void write_value(struct buf *b, const struct json *v, bool sorted)
{
	switch ((enum json_type)v->type) {
	case JSON_NULL:
		buf_add(b, "null", 4);
		break;
	case JSON_FALSE:
		buf_add(b, "false", 5);
		break;
	case JSON_TRUE:
		buf_add(b, "true", 4);
		break;
	case JSON_NUMBER:
		buf_add(b, v->text, v->n);
		break;
	case JSON_STRING:
		text_add_json(b, json_str(v));
		break;
	case JSON_ARRAY:
		buf_add_char(b, '[');
		for (uint32_t i = 0; i < v->n; i++) {
			if (i)
				buf_add_char(b, ',');
			write_value(b, &v->items[i], sorted);
		}
		buf_add_char(b, ']');
		break;
	case JSON_OBJECT:
		write_object(b, v, sorted);
		break;
	}
}

void json_write(struct buf *b, const struct json *v)
{
	write_value(b, v, false);
}

void json_write_sorted(struct buf *b, const struct json *v)
{
	write_value(b, v, true);
}

void json_pointer_add(struct buf *b, struct span token)
{
	buf_add_char(b, '/');
	for (size_t i = 0; i < token.n; i++) {
		if (token.p[i] == '~')
			buf_add(b, "~0", 2);
		else if (token.p[i] == '/')
			buf_add(b, "~1", 2);
		else
			buf_add_char(b, token.p[i]);
	}
}

static const struct json *step(const struct json *v, struct span token)
{
	auto_buf key = BUF_INIT;
	int64_t index;

	if (json_is(v, JSON_ARRAY))
		return span_int(token, &index) && index >= 0 && index < v->n ? &v->items[index] : NULL;
	for (size_t i = 0; i < token.n; i++) {
		bool escape = token.p[i] == '~' && i + 1 < token.n;

		buf_add_char(&key, !escape ? token.p[i] : token.p[i + 1] == '1' ? '/' : '~');
		i += escape;
	}
	return get_span(v, buf_span(&key));
}

const struct json *json_at_pointer(const struct json *v, struct span pointer)
{
	if (!pointer.n)
		return v;
	if (pointer.p[0] != '/')
		return NULL;
	pointer.p++, pointer.n--;
	while (v && pointer.p)
		v = step(v, span_cut(&pointer, '/'));
	return v;
}

struct json json_make_str(struct arena *a, struct span s)
{
	if (s.n > UINT32_MAX)
		die("string of %zu bytes", s.n);
	return (struct json){.type = JSON_STRING, .n = (uint32_t)s.n, .text = arena_strndup(a, s.p, s.n)};
}

struct json json_make_int(struct arena *a, int64_t value)
{
	const char *text = arena_printf(a, "%" PRId64, value);

	return (struct json){.type = JSON_NUMBER, .n = (uint32_t)strlen(text), .text = text};
}

struct json json_make_bool(bool value)
{
	return (struct json){.type = value ? JSON_TRUE : JSON_FALSE};
}

void json_set(struct arena *a, struct json *object, const char *key, struct json value)
{
	struct json_member *grown;

	for (uint32_t i = 0; i < object->n; i++)
		if (span_eq(json_str(&object->members[i].key), key)) {
			object->members[i].value = value;
			return;
		}
	grown = arena_array(a, object->n + (size_t)1, sizeof(*grown));
	if (object->n)
		memcpy(grown, object->members, object->n * sizeof(*grown));
	grown[object->n] = (struct json_member){json_make_str(a, span_of(key)), value};
	object->members = grown;
	object->n++;
}

void json_push(struct arena *a, struct json *array, struct json value)
{
	struct json *grown = arena_array(a, array->n + (size_t)1, sizeof(*grown));

	if (array->n)
		memcpy(grown, array->items, array->n * sizeof(*grown));
	grown[array->n++] = value;
	array->items = grown;
}
