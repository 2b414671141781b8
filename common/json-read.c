// SPDX-License-Identifier: Apache-2.0
// JSON text to tree: plain JSON by json-fast.c, all else by yajl's events, which say what is wrong.
#include "json-read.h"
#include "json-fast.h"
#include "limits.h"
#include "text.h"

#include <yajl/yajl_parse.h>

struct json_reader {
	struct tree tree;
	struct err err;
};

static int said(struct json_reader *r, int rc)
{
	(void)r;
	return rc == 0;
}

static int on_null(void *ctx)
{
	struct json_reader *r = ctx;

	return said(r, tree_value(&r->tree, (struct json){.type = JSON_NULL}, &r->err));
}

static int on_bool(void *ctx, int value)
{
	struct json_reader *r = ctx;

	return said(r, tree_value(&r->tree, json_make_bool(value != 0), &r->err));
}

static int on_number(void *ctx, const char *text, size_t n)
{
	struct json_reader *r = ctx;
	struct json v = json_make_str(r->tree.arena, (struct span){text, n});

	v.type = JSON_NUMBER;
	return said(r, tree_value(&r->tree, v, &r->err));
}

static int on_string(void *ctx, const unsigned char *text, size_t n)
{
	struct json_reader *r = ctx;

	return said(r, tree_value(&r->tree, json_make_str(r->tree.arena, (struct span){(const char *)text, n}), &r->err));
}

static int on_key(void *ctx, const unsigned char *text, size_t n)
{
	struct json_reader *r = ctx;

	return said(r, tree_key(&r->tree, (struct span){(const char *)text, n}, &r->err));
}

static int on_open_object(void *ctx)
{
	struct json_reader *r = ctx;

	return said(r, tree_open(&r->tree, true, &r->err));
}

static int on_close_object(void *ctx)
{
	struct json_reader *r = ctx;

	return said(r, tree_close(&r->tree, true, &r->err));
}

static int on_open_array(void *ctx)
{
	struct json_reader *r = ctx;

	return said(r, tree_open(&r->tree, false, &r->err));
}

static int on_close_array(void *ctx)
{
	struct json_reader *r = ctx;

	return said(r, tree_close(&r->tree, false, &r->err));
}

static const yajl_callbacks callbacks = {
	.yajl_null = on_null,
	.yajl_boolean = on_bool,
	.yajl_number = on_number,
	.yajl_string = on_string,
	.yajl_start_map = on_open_object,
	.yajl_map_key = on_key,
	.yajl_end_map = on_close_object,
	.yajl_start_array = on_open_array,
	.yajl_end_array = on_close_array,
};

struct json_reader *json_reader_new(void)
{
	struct json_reader *r = calloc(1, sizeof(*r));

	if (!r)
		die("out of memory");
	return r;
}

void json_reader_free(struct json_reader *r)
{
	if (!r)
		return;
	tree_fini(&r->tree);
	free(r);
}

/* The code unit of a \uXXXX escape at `p`; -1 when there is none. */
static long code_unit(const char *p, const char *end)
{
	long value = 0;

	if (end - p < 6 || p[0] != '\\' || p[1] != 'u')
		return -1;
	for (int i = 2; i < 6; i++) {
		int digit = hex_digit(p[i]);

		if (digit < 0)
			return -1;
		value = value * 16 + digit;
	}
	return value;
}

/* yajl turns a lone surrogate into '?' without a word, so they are looked for first: position or -1. */
static ssize_t lone_surrogate(struct span text)
{
	const char *p = text.p, *end = text.p + text.n;

	while ((p = memchr(p, '\\', (size_t)(end - p))) && end - p > 1) {
		long unit = code_unit(p, end), low;

		if (unit < 0xd800 || unit > 0xdfff) {
			p += 2;
			continue;
		}
		low = unit < 0xdc00 ? code_unit(p + 6, end) : -1;
		if (low < 0xdc00 || low > 0xdfff)
			return p - text.p;
		p += 12;
	}
	return -1;
}

size_t json_reader_begin(struct json_reader *r, struct arena *a, struct span text, struct json **out)
{
	size_t n = json_fast(&r->tree, a, text);

	if (n) {
		*out = arena_alloc(a, sizeof(**out));
		**out = r->tree.root;
	}
	return n;
}

/* yajl lets form feeds and vertical tabs pass, too. */
static bool only_space(struct span s)
{
	while (s.n && *s.p && strchr(" \n\r\t\f\v", *s.p))
		s.p++, s.n--;
	return !s.n;
}

static int syntax_error(struct json_reader *r, yajl_handle h, struct err *e)
{
	unsigned char *text;
	size_t at = yajl_get_bytes_consumed(h);

	if (r->err.kind)
		return err_set(e, ERR_INPUT, "byte %zu: %s", at, r->err.msg);
	text = yajl_get_error(h, 0, NULL, 0);
	for (char *end = (char *)text + strlen((char *)text); end > (char *)text && end[-1] == '\n';)
		*--end = 0;
	err_set(e, ERR_INPUT, "byte %zu: %s", at, (char *)text);
	yajl_free_error(h, text);
	return -1;
}

int json_reader_parse(struct json_reader *r, struct arena *a, struct span text, struct json **out, struct err *e)
{
	yajl_handle h;
	int rc = 0;
	ssize_t bad;
	size_t n;

	if (span_starts(text, "\xef\xbb\xbf"))
		text.p += 3, text.n -= 3;
	n = json_reader_begin(r, a, text, out);
	if (n && only_space((struct span){text.p + n, text.n - n}))
		return 0;
	if (n) /* yajl would let half a string pass there */
		return err_set(e, ERR_INPUT, "byte %zu: something stands behind the document", n);
	bad = text.n ? lone_surrogate(text) : -1;
	if (bad >= 0)
		return err_set(e, ERR_INPUT, "byte %zd: half of a surrogate pair", bad);
	r->err = (struct err){0};
	tree_start(&r->tree, a, LIMIT_JSON_DEPTH);
	h = yajl_alloc(&callbacks, NULL, r);
	if (!h)
		die("out of memory");
	if (yajl_parse(h, (const unsigned char *)text.p, text.n) != yajl_status_ok || yajl_complete_parse(h) != yajl_status_ok)
		rc = syntax_error(r, h, e);
	else if (!r->tree.done)
		rc = err_set(e, ERR_INPUT, "byte %zu: the text ends before the document does", text.n);
	yajl_free(h);
	if (rc)
		return -1;
	*out = arena_alloc(a, sizeof(**out));
	**out = r->tree.root;
	return 0;
}

int json_parse(struct arena *a, struct span text, struct json **out, struct err *e)
{
	struct json_reader *r = json_reader_new();
	int rc = json_reader_parse(r, a, text, out, e);

	json_reader_free(r);
	return rc;
}
