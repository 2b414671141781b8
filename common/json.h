/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JSON_H
#define JSON_H
/*
 * JSON (RFC 8259) and YAML documents as one read-only tree in an arena. Strings are decoded UTF-8 and
 * NUL-terminated, but may hold NUL bytes: `n` counts. Numbers keep their text. Lookups accept NULL.
 */
#include "arena.h"
#include "buf.h"
#include "err.h"

enum json_type { JSON_NULL, JSON_FALSE, JSON_TRUE, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

struct json {
	uint32_t type : 8;  /* enum json_type */
	uint32_t line : 24; /* where it begins, from 1; 0: not told (only YAML readers tell) */
	uint32_t n;   /* bytes of text, or number of items or members */
	union {
		const char *text;	    /* JSON_STRING, JSON_NUMBER */
		struct json *items;	    /* JSON_ARRAY */
		struct json_member *members; /* JSON_OBJECT */
	};
};

struct json_member {
	struct json key; /* always JSON_STRING */
	struct json value;
};

/* Parses one whole document. Refuses (ERR_INPUT, with the byte offset): syntax errors, invalid UTF-8,
 * lone surrogates, depth over LIMIT_JSON_DEPTH, more than LIMIT_JSON_VALUES values, duplicate keys,
 * anything behind the document. A leading byte-order mark is skipped. The result lives in `a`. */
int json_parse(struct arena *a, struct span text, struct json **out, struct err *e);

/* Member `key` of an object; NULL when there is none or `v` is not an object. A JSON null is returned as is. */
const struct json *json_get(const struct json *v, const char *key);
/* Follows "a.b.c" through objects. */
const struct json *json_path(const struct json *v, const char *dotted);
/* Text of a string, absent span otherwise. */
struct span json_str(const struct json *v);
/* Text of a string or a number, absent span otherwise. */
struct span json_scalar(const struct json *v);
/* 1, 0, or -1 when absent or not a boolean: as db_bind's 'b' takes it. */
int json_bool(const struct json *v);
/* Whole number; false when absent, not a number, a fraction or out of range. */
bool json_int(const struct json *v, int64_t *out);
/* Number of items or members, 0 for all else. */
static inline uint32_t json_count(const struct json *v)
{
	return v && (v->type == JSON_ARRAY || v->type == JSON_OBJECT) ? v->n : 0;
}
static inline bool json_is(const struct json *v, enum json_type t)
{
	return v && v->type == t;
}
/* Short forms for what loaders do most: json_str(json_path(v, dotted)). */
struct span json_text_at(const struct json *v, const char *dotted);
int json_bool_at(const struct json *v, const char *dotted);

/* Iterates the items of an array (nothing when it is not one): JSON_EACH(item, array) { ... } */
#define JSON_EACH(it, v)                                                                                                \
	for (const struct json *it##_v = (v), *it = json_is(it##_v, JSON_ARRAY) ? it##_v->items : NULL,                 \
			       *it##_end = it ? it + it##_v->n : NULL;                                                  \
	     it < it##_end; it++)
/* Iterates the members of an object: JSON_MEMBERS(m, object) { m->key, m->value } */
#define JSON_MEMBERS(m, v)                                                                                              \
	for (const struct json_member *m = json_is(v, JSON_OBJECT) ? (v)->members : NULL,                               \
				      *m##_end = m ? m + (v)->n : NULL;                                                 \
	     m < m##_end; m++)

/* Appends the value as minified JSON, members in their order. */
void json_write(struct buf *b, const struct json *v);
/* As json_write with sorted keys: the canonical form that is hashed. */
void json_write_sorted(struct buf *b, const struct json *v);
/* Appends "/token" with ~ and / escaped (RFC 6901). */
void json_pointer_add(struct buf *b, struct span token);
/* The value at a JSON pointer, NULL when there is none. */
const struct json *json_at_pointer(const struct json *v, struct span pointer);

/* Making values (in an arena), for redaction and for writers. */
struct json json_make_str(struct arena *a, struct span s);
struct json json_make_int(struct arena *a, int64_t value);
struct json json_make_bool(bool value);
/* Adds or replaces a member. The object grows by copying; meant for few additions. */
void json_set(struct arena *a, struct json *object, const char *key, struct json value);
void json_push(struct arena *a, struct json *array, struct json value);
#endif
