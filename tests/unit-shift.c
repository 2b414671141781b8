// SPDX-License-Identifier: Apache-2.0
// Numbers of hidden values, moved: by hand, and wherever the stream is cut.
#include "common/buf.h"
#include "common/redact-shift.h"
#include "common/redact.h"
#include "test.h"

/* Gives its text in pieces of `piece` bytes. */
struct pieces {
	struct span rest;
	size_t piece;
};

static ssize_t pieces_read(struct source *s, void *p, size_t n, struct err *e)
{
	struct pieces *c = s->ctx;

	(void)e;
	n = n < c->piece ? n : c->piece;
	n = n < c->rest.n ? n : c->rest.n;
	if (n)
		memcpy(p, c->rest.p, n);
	c->rest.p += n;
	c->rest.n -= n;
	return (ssize_t)n;
}

static void moved(const char *in, size_t piece, uint64_t add, struct buf *out)
{
	struct pieces c = {span_of(in), piece};
	struct source from = {.read = pieces_read, .ctx = &c, .name = "t"}, to;
	struct err e = {0};

	buf_reset(out);
	source_shift_secrets(&to, &from, add);
	CHECK_INT(source_slurp(&to, out, 1 << 20, &e), 0);
	source_close(&to);
}

static void tokens(void)
{
	static const struct {
		const char *in, *want;
	} table[] = {
		{"", ""},
		{"no token", "no token"},
		{"@plim:high:16-23:5", "@plim:high:16-23:105"},
		{"a @plim:known-weak:8-11:1\",\"@plim:jwt:64+:99\"", "a @plim:known-weak:8-11:101\",\"@plim:jwt:64+:199\""},
		{"@plim:dropped", "@plim:dropped"},
		{"@plim:dropped:held-secret-values", "@plim:dropped:held-secret-values"},
		{"@plim:@plim:low:1-7:2", "@plim:@plim:low:1-7:102"},
		{"@plim:low:1-7:", "@plim:low:1-7:"},
		{"@plim:low:1-7:x", "@plim:low:1-7:x"},
		{"@plim:LOW:1-7:3", "@plim:LOW:1-7:3"},
		{"@@plim:low:0:0", "@@plim:low:0:100"},
		{"@plim", "@plim"},
	};
	auto_buf out = BUF_INIT;

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		for (size_t piece = 1; piece < 60; piece += piece < 8 ? 1 : 13) {
			moved(table[i].in, piece, 100, &out);
			CHECK(span_eq(buf_span(&out), table[i].want));
		}
}

/* A long text with tokens at every distance from each other. */
static void long_text(void)
{
	auto_buf in = BUF_INIT, want = BUF_INIT, out = BUF_INIT;

	for (int i = 0; i < 2000; i++) {
		buf_printf(&in, "%.*s@plim:mid:12-15:%d", i % 97, "................................................................................................", i);
		buf_printf(&want, "%.*s@plim:mid:12-15:%d", i % 97, "................................................................................................", i + 7);
	}
	for (size_t piece = 17; piece < 70000; piece = piece * 3 + 1) {
		moved(buf_str(&in), piece, 7, &out);
		CHECK(span_is(buf_span(&out), buf_span(&want)));
	}
}

/* Numbers set aside are not given again. */
static void reserved(void)
{
	auto_arena a = ARENA_INIT;
	struct redact *r = redact_new();

	CHECK_INT(redact_reserve(r, 1000000000), 0);
	CHECK_INT(redact_reserve(r, 5), 1000000000);
	CHECK_STR(redact_named(r, &a, SPAN("password"), SPAN("Zq9-first-value")).p, "@plim:mid:12-15:1000000006");
	CHECK_STR(redact_named(r, &a, SPAN("password"), SPAN("Zq9-other-value")).p, "@plim:mid:12-15:1000000007");
	CHECK_STR(redact_named(r, &a, SPAN("password"), SPAN("Zq9-first-value")).p, "@plim:mid:12-15:1000000006");
	CHECK_INT((long long)redact_numbers(r), 1000000007);
	redact_free(r);
}

int main(void)
{
	tokens();
	long_text();
	reserved();
	return test_end();
}
