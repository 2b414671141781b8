// SPDX-License-Identifier: Apache-2.0
// From events to a tree, with all limits. Knows neither JSON's nor YAML's syntax.
#include "tree.h"
#include "limits.h"

void tree_start(struct tree *t, struct arena *a, int max_depth)
{
	if (!t->frames) {
		t->frames = calloc(LIMIT_JSON_DEPTH + 1, sizeof(*t->frames));
		if (!t->frames)
			die("out of memory");
	}
	t->arena = a;
	t->n = 0;
	t->depth = 0;
	t->max_depth = max_depth;
	t->values = 0;
	t->line = 0;
	t->done = false;
}

static void push(struct tree *t, struct json v)
{
	if (t->n == t->cap) {
		size_t cap = t->cap ? t->cap * 2 : 1024;
		struct json *slots = realloc(t->slots, cap * sizeof(*slots));

		if (!slots)
			die("out of memory");
		t->slots = slots;
		t->cap = cap;
	}
	t->slots[t->n++] = v;
}

bool tree_wants_key(const struct tree *t)
{
	return t->depth > 0 && t->frames[t->depth - 1].object && !t->frames[t->depth - 1].has_key;
}

int tree_open(struct tree *t, bool object, struct err *e)
{
	if (t->depth >= t->max_depth)
		return err_set(e, ERR_INPUT, "nested deeper than %d", t->max_depth);
	t->frames[t->depth++] = (struct tree_frame){.start = t->n, .line = t->line, .object = object};
	return 0;
}

/* Small objects are compared pair by pair; larger ones through sorted keys. */
static int by_key(const void *a, const void *b)
{
	const struct json *const *x = a, *const *y = b;

	return span_cmp(json_str(*x), json_str(*y));
}

static int twice(const struct json *key, struct err *e)
{
	err_set(e, ERR_INPUT, "key '%.*s' stands twice in one object", (int)(key->n > 80 ? 80 : key->n), key->text);
	return key->line ? err_wrap(e, "line %u", key->line) : -1;
}

static int check_keys(const struct json *slots, size_t pairs, struct err *e)
{
	const struct json **order;
	int rc = 0;

	if (pairs <= 12) {
		for (size_t i = 1; i < pairs; i++)
			for (size_t j = 0; j < i; j++)
				if (span_is(json_str(&slots[2 * i]), json_str(&slots[2 * j])))
					return twice(&slots[2 * i], e);
		return 0;
	}
	order = calloc(pairs, sizeof(*order));
	if (!order)
		die("out of memory");
	for (size_t i = 0; i < pairs; i++)
		order[i] = &slots[2 * i];
	qsort(order, pairs, sizeof(*order), by_key);
	for (size_t i = 1; i < pairs && rc == 0; i++)
		if (span_is(json_str(order[i - 1]), json_str(order[i])))
			rc = twice(order[i], e);
	free(order);
	return rc;
}

static int finish(struct tree *t, struct json v, struct err *e)
{
	if (++t->values > LIMIT_JSON_VALUES)
		return err_set(e, ERR_INPUT, "more than %u values", LIMIT_JSON_VALUES);
	if (t->depth == 0) {
		if (t->done)
			return err_set(e, ERR_INPUT, "something stands behind the document");
		t->root = v;
		t->done = true;
		return 0;
	}
	t->frames[t->depth - 1].has_key = false;
	push(t, v);
	return 0;
}

int tree_close(struct tree *t, bool object, struct err *e)
{
	struct tree_frame f;
	struct json v = {.type = object ? JSON_OBJECT : JSON_ARRAY};
	size_t n;

	if (t->depth == 0 || t->frames[t->depth - 1].object != object || t->frames[t->depth - 1].has_key)
		return err_set(e, ERR_INPUT, "unbalanced brackets");
	f = t->frames[--t->depth];
	v.line = f.line & 0xffffff;
	n = t->n - f.start;
	if (!n) {
		/* Nothing to copy, and perhaps no stack yet. */
	} else if (object) {
		if (check_keys(t->slots + f.start, n / 2, e))
			return -1;
		_Static_assert(sizeof(struct json_member) == 2 * sizeof(struct json), "pairs are members");
		v.members = arena_alloc(t->arena, n * sizeof(struct json));
		memcpy(v.members, t->slots + f.start, n * sizeof(struct json));
		v.n = (uint32_t)(n / 2);
	} else {
		v.items = arena_alloc(t->arena, n * sizeof(struct json));
		memcpy(v.items, t->slots + f.start, n * sizeof(struct json));
		v.n = (uint32_t)n;
	}
	t->n = f.start;
	return finish(t, v, e);
}

int tree_key(struct tree *t, struct span key, struct err *e)
{
	if (!tree_wants_key(t))
		return err_set(e, ERR_INPUT, "a key stands where none can be");
	push(t, json_make_str(t->arena, key));
	t->slots[t->n - 1].line = t->line & 0xffffff;
	t->frames[t->depth - 1].has_key = true;
	return 0;
}

int tree_value(struct tree *t, struct json v, struct err *e)
{
	if (tree_wants_key(t))
		return err_set(e, ERR_INPUT, "a value stands where a key must be");
	v.line = t->line & 0xffffff;
	return finish(t, v, e);
}

void tree_fini(struct tree *t)
{
	free(t->slots);
	free(t->frames);
	*t = (struct tree){0};
}
