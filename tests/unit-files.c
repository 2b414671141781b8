// SPDX-License-Identifier: Apache-2.0
// The rules of analyze/secrets.yaml over its cases, and the rules of analyze/files over the cases of analyze/files.test.yaml; every kind that has rules stands in a case.
#include "test.h"
#include "analyze/file-rules.h"
#include "analyze/image-secret.h"
#include "common/arena.h"
#include "common/buf.h"
#include "common/embed.h"
#include "common/json.h"
#include "common/yaml-read.h"

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void kinds_of(const char *path, struct buf *out)
{
	unsigned bits = file_rules_kinds(path);
	const char *names[32];
	const struct file_kind *k;
	size_t n = 0;

	for (size_t i = 0; (k = file_kind_at(i)); i++)
		if (bits & k->bit)
			names[n++] = k->name;
	if (n > 1)
		qsort(names, n, sizeof(*names), by_name);
	for (size_t i = 0; i < n; i++)
		buf_printf(out, "%s%s", i ? " " : "", names[i]);
}

static void cases(void)
{
	auto_arena a = ARENA_INIT;
	auto_buf seen = BUF_INIT;
	struct json *doc;
	const struct embed *f;

	CHECK(yaml_parse(&a, embed_find("analyze/files.test.yaml"), &doc, NULL) == 0);
	JSON_EACH(c, doc)
	{
		auto_buf got = BUF_INIT;

		kinds_of(json_str(&c->items[0]).p, &got);
		if (strcmp(buf_str(&got), json_str(&c->items[1]).p))
			printf("  %s\n", json_str(&c->items[0]).p);
		CHECK_STR(buf_str(&got), json_str(&c->items[1]).p);
		buf_printf(&seen, " %s ", json_str(&c->items[1]).p);
	}
	for (size_t i = 0; (f = embed_at("analyze/files/", i)); i++) {
		struct span name = span_after_last(span_of(f->path), '/');

		name.n -= strlen(".yaml");
		if (!memmem(seen.p, seen.n, name.p, name.n))
			printf("  no case for %.*s\n", SPAN_ARG(name));
		CHECK(memmem(seen.p, seen.n, name.p, name.n) != NULL);
	}
}

/* Files as a layer's walk meets them: by path and first bytes, then by what they hold. */
static void secrets(void)
{
	auto_arena a = ARENA_INIT;
	struct json *doc;

	CHECK(yaml_parse(&a, embed_find("analyze/secrets.test.yaml"), &doc, NULL) == 0);
	JSON_EACH(c, doc)
	{
		struct span text = json_str(&c->items[1]);
		char detail[256] = "";

		if (image_secret_candidate(json_str(&c->items[0]).p, text, text.n))
			image_secret_classes(text, detail, sizeof(detail));
		if (strcmp(detail, json_str(&c->items[2]).p))
			printf("  %s: %.*s\n", json_str(&c->items[0]).p, SPAN_ARG(text));
		CHECK_STR(detail, json_str(&c->items[2]).p);
	}
}

int main(void)
{
	TEST(cases);
	TEST(secrets);
	return test_end();
}
