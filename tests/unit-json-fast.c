// SPDX-License-Identifier: Apache-2.0
// The fast reader against yajl: a document that also holds an escaped surrogate pair is left to yajl as a whole (json-fast.h), so that the same text
// in such company tells what yajl makes of it. Expected values otherwise from RFC 8259.
#include "common/json-read.h"
#include "test.h"

/* The value as it is written, "" when it is refused. */
static void read_as(struct buf *out, struct span text, bool by_yajl)
{
	auto_arena a = ARENA_INIT;
	auto_buf whole = BUF_INIT;
	struct json *v;

	buf_reset(out);
	buf_add_str(&whole, by_yajl ? "[\"\\ud83d\\ude00\"," : "");
	buf_add_span(&whole, text);
	buf_add_str(&whole, by_yajl ? "]" : "");
	if (json_parse(&a, buf_span(&whole), &v, NULL) == 0 && (!by_yajl || v->n == 2))
		json_write(out, by_yajl ? &v->items[1] : v);
}

static bool agree(struct span text)
{
	auto_buf fast = BUF_INIT, slow = BUF_INIT;

	/* yajl takes half a string behind a bare number. */
	if (text.n && strchr("-0123456789", text.p[0]))
		return true;
	read_as(&fast, text, false);
	read_as(&slow, text, true);
	if (span_is(buf_span(&fast), buf_span(&slow)))
		return true;
	printf("not the same: %.*s\n  fast: %s\n  yajl: %s\n", SPAN_ARG(text), buf_str(&fast), buf_str(&slow));
	return false;
}

static const char *const texts[] = {
	"{}", "[]", "null", "true", "false", "\"\"", "[0]", "[-0]", "[1.50]", "[-1.5e10]", "[1E+2]", "[01]", "[1.]", "[.5]", "[-]", "[+1]", "[1e]", "tru", "nulls", "\"a", "\"a\x01\"", "\"a\x7f\"",
	"{\"a\": 1, \"b\": [true, false, null, \"x\\ny\", {\"c\": -12.75}]}", "{\"a\":1,}", "{\"a\":1 \"b\":2}", "{\"a\" 1}", "{,}", "{\"a\":}", "[1,]", "[,1]", "[1 2]", "[1,,2]", "[}", "{]",
	"{\"a\":1,\"a\":2}", "{\"\":{\"\":\"\"}}", "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\u20AC\"", "\"\\u0000\"", "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"\\x\"", "\"\\u12g4\"", "\"\\u12\"", "\"\xc3\xa9\"",
	"\"\xe2\x82\xac and \xf0\x9f\x98\x80\"", "\"\xc3\"", "\"\xc0\x80\"", "\"\xed\xa0\x80\"", "\"\xff\"", "  \n\t\r{ \"a\" :\n[ 1 , 2 ]\t}  ", "        [                1]", "{\"12345678\":\"1234567\\\\\"}",
	"\"1234567\\n12345678\\\"\"", "\"12345678\x1f\"", "[1]x", "[1] /* */", "// x\n[1]", "'a'", "{a:1}", "[NaN]", "[Infinity]", "[1,2]\f", "[\f1]",
};

/* Every text as it is, cut at each place, and with each byte changed to some others. */
static void test_agree(void)
{
	static const char others[] = "\"\\{}[]:, \n0-.eu\x01\x7f\x80\xc3";
	bool same = true;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		auto_buf b = BUF_INIT;
		size_t n = strlen(texts[i]);

		same &= agree(span_of(texts[i]));
		for (size_t k = 0; k < n; k++) {
			same &= agree((struct span){texts[i], k});
			for (size_t o = 0; o < sizeof(others); o++) {
				buf_reset(&b);
				buf_add_str(&b, texts[i]);
				b.p[k] = others[o];
				same &= agree(buf_span(&b));
			}
		}
	}
	CHECK(same);
}

static void test_begin(void)
{
	struct json_reader *r = json_reader_new();
	auto_arena a = ARENA_INIT;
	auto_buf b = BUF_INIT;
	struct json *v;

	CHECK(json_reader_begin(r, &a, SPAN(" {\"a\":[1,\"\\u00e9\"]} , {"), &v) == 19);
	json_write(&b, v);
	CHECK(span_eq(buf_span(&b), "{\"a\":[1,\"\xc3\xa9\"]}"));
	CHECK(json_reader_begin(r, &a, SPAN("{\"a\":[1,\"x\"]"), &v) == 0);
	CHECK(json_reader_begin(r, &a, SPAN("12"), &v) == 0);
	CHECK(json_reader_begin(r, &a, SPAN("12,"), &v) == 2);
	CHECK(json_reader_begin(r, &a, SPAN("[\"\\ud83d\\ude00\"]"), &v) == 0);
	CHECK(json_reader_begin(r, &a, SPAN(""), &v) == 0);
	json_reader_free(r);
}

/* A depth of LIMIT_JSON_DEPTH is read, one more is not, by either. */
static void test_depth(void)
{
	for (int depth = 128; depth <= 129; depth++) {
		auto_buf b = BUF_INIT;
		auto_arena a = ARENA_INIT;
		struct json *v;

		for (int i = 0; i < depth; i++)
			buf_add_char(&b, '[');
		for (int i = 0; i < depth; i++)
			buf_add_char(&b, ']');
		CHECK((json_parse(&a, buf_span(&b), &v, NULL) == 0) == (depth == 128));
	}
}

int main(void)
{
	TEST(test_agree);
	TEST(test_begin);
	TEST(test_depth);
	return test_end();
}
