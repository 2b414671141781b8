// SPDX-License-Identifier: Apache-2.0
// Streams of JSON and YAML cut into items: what comes out, and what a damaged item costs.
#include "test.h"
#include "common/limits.h"
#include "common/source.h"
#include "common/yaml-read.h"

/* Reads all items and writes "pointer=json;" for each, "!;" for a refused one, and "end" or "broken" last. */
static const char *cut(struct buf *out, const char *text, size_t n, const char *const *split)
{
	auto_arena a = ARENA_INIT;
	struct err e = {0};
	struct source s;
	struct items *it;
	struct item item;
	int rc;

	buf_reset(out);
	source_from_span(&s, (struct span){text, n}, "test");
	it = items_open(&s, split);
	while ((rc = items_next(it, &a, &item, &e)) > 0) {
		if (rc == 2) {
			buf_printf(out, "%s!;", item.pointer);
			continue;
		}
		buf_printf(out, "%s=", item.pointer);
		json_write(out, item.value);
		buf_add_char(out, ';');
	}
	buf_add_str(out, rc ? "broken" : "end");
	items_close(it);
	source_close(&s);
	return buf_str(out);
}

#define CUT(text, want) CHECK_STR(cut(&out, text, sizeof(text) - 1, NULL), want)

static void json_lists(void)
{
	static const char *const aws[] = {"UserDetailList", "Policies", NULL};
	auto_buf out = BUF_INIT;

	CUT("{\"kind\":\"List\",\"items\":[{\"a\":1},{\"b\":[2]}],\"x\":3}", "/items/0={\"a\":1};/items/1={\"b\":[2]};end");
	CUT("{\"items\":[]}", "end");
	CUT("[{\"a\":1}, 2]", "/0={\"a\":1};/1=2;end");
	CUT("{\"kind\":\"Role\",\"rules\":[{}]}", "={\"kind\":\"Role\",\"rules\":[{}]};end");
	CUT("{\"a\":1}\n{\"b\":2}\n", "={\"a\":1};#2={\"b\":2};end");
	CUT("\xef\xbb\xbf{\"a\":\"}\\\"]\"}", "={\"a\":\"}\\\"]\"};end");
	static const char text[] = "{\"UserDetailList\":[{\"u\":1}],\"z\":{\"q\":[1]},\"Policies\":[{\"p\":2}]}";

	CHECK_STR(cut(&out, text, sizeof(text) - 1, aws),
		  "/UserDetailList/0={\"u\":1};/Policies/0={\"p\":2};end");
}

static void json_damage(void)
{
	auto_buf out = BUF_INIT;

	/* One bad object costs that object (issue 3: NUL, surrogate, UTF-8, duplicate key, number). */
	CUT("{\"items\":[{\"a\":\"\\ud800\"},{\"b\":2}]}", "/items/0!;/items/1={\"b\":2};end");
	CUT("{\"items\":[{\"a\":\"\xff\"},{\"b\":2}]}", "/items/0!;/items/1={\"b\":2};end");
	CUT("{\"items\":[{\"a\":1,\"a\":2},{\"b\":2}]}", "/items/0!;/items/1={\"b\":2};end");
	CUT("{\"items\":[{\"a\":tru},{\"b\":2}]}", "/items/0!;/items/1={\"b\":2};end");
	CUT("{\"items\":[{\"a\":\"x\\u0000y\"}]}", "/items/0={\"a\":\"x\\u0000y\"};end");
	CUT("{\"items\":[{\"a\":1e999}]}", "/items/0={\"a\":1e999};end");
	CUT("{\"items\":[{\"a\":\"\\\\ud800\"}]}", "/items/0={\"a\":\"\\\\ud800\"};end");
	/* What came before a cut is good. */
	CUT("{\"items\":[{\"a\":1},{\"b\":", "/items/0={\"a\":1};broken");
	CUT("", "broken");
	CUT("  \n", "broken");
	CUT("{\"a\"", "broken");
	CUT("[[[", "broken");
}

static void json_depth(void)
{
	auto_buf text = BUF_INIT;
	auto_buf out = BUF_INIT;

	buf_add_str(&text, "{\"items\":[{\"ok\":1},");
	for (int i = 0; i < 10000; i++)
		buf_add_char(&text, '[');
	for (int i = 0; i < 10000; i++)
		buf_add_char(&text, ']');
	buf_add_str(&text, ",{\"ok\":2}]}");
	CHECK_STR(cut(&out, text.p, text.n, NULL), "/items/0={\"ok\":1};/items/1!;/items/2={\"ok\":2};end");
}

static void yaml_streams(void)
{
	auto_buf out = BUF_INIT;

	CUT("a: 1\nb: [x, 'y', true, no, null, 0644, 1.5]\n",
	    "={\"a\":1,\"b\":[\"x\",\"y\",true,\"no\",null,\"0644\",1.5]};end");
	CUT("---\na: 1\n---\nb: 2\n---\n", "={\"a\":1};#2={\"b\":2};end");
	CUT("apiVersion: v1\nkind: List\nitems:\n- kind: Pod\n- kind: Service\nmetadata: {}\n",
	    "/items/0={\"kind\":\"Pod\"};/items/1={\"kind\":\"Service\"};end");
	CUT("a: &x {k: 1}\nb: *x\n", "={\"a\":{\"k\":1},\"b\":{\"k\":1}};end");
	CUT("a: &x [*x]\n", "!;end");
	CUT("a: 1\na: 2\n", "!;end");
	CUT("items:\n- {a: 1, a: 2}\n- b: 1\n", "/items/0!;/items/1={\"b\":1};end");
	CUT("a: [1\n", "broken");
}

static void yaml_bombs(void)
{
	auto_buf text = BUF_INIT;
	auto_buf out = BUF_INIT;

	for (int i = 0; i < 40000; i++)
		buf_add_char(&text, '[');
	buf_reset(&out);
	text.p[0] = '-'; /* so that it is read as YAML */
	text.p[1] = ' ';
	CHECK_STR(cut(&out, text.p, text.n, NULL), "broken");
	/* Nine levels of ten aliases: a thousand million values when expanded. */
	buf_reset(&text);
	buf_add_str(&text, "a0: &a0 x\n");
	for (int i = 1; i < 10; i++) {
		buf_printf(&text, "a%d: &a%d [", i, i);
		for (int j = 0; j < 10; j++)
			buf_printf(&text, "*a%d,", i - 1);
		buf_add_str(&text, "]\n");
	}
	CHECK_STR(cut(&out, text.p, text.n, NULL), "!;end");
}

static void lookups(void)
{
	auto_arena a = ARENA_INIT;
	struct json *v;
	struct err e = {0};
	int64_t n = 0;

	CHECK(json_parse(&a, SPAN("{\"a\":{\"b\":[1,{\"c/d\":\"x\"}],\"t\":true}}"), &v, &e) == 0);
	CHECK_INT(json_count(json_path(v, "a.b")), 2);
	CHECK_SPAN(json_str(json_at_pointer(v, SPAN("/a/b/1/c~1d"))), "x");
	CHECK(json_at_pointer(v, SPAN("/a/b/2")) == NULL);
	CHECK_INT(json_bool_at(v, "a.t"), 1);
	CHECK_INT(json_bool_at(v, "a.none"), -1);
	CHECK(json_int(json_at_pointer(v, SPAN("/a/b/0")), &n) && n == 1);
	json_set(&a, v, "a", json_make_int(&a, 7));
	json_set(&a, v, "z", json_make_bool(false));
	auto_buf b = BUF_INIT;
	json_write_sorted(&b, v);
	CHECK_STR(buf_str(&b), "{\"a\":7,\"z\":false}");
	CHECK(json_parse(&a, SPAN("{} x"), &v, &e) == -1);
	CHECK(json_parse(&a, SPAN(""), &v, &e) == -1);
}

int main(void)
{
	TEST(json_lists);
	TEST(json_damage);
	TEST(json_depth);
	TEST(yaml_streams);
	TEST(yaml_bombs);
	TEST(lookups);
	return test_end();
}
