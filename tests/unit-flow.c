// SPDX-License-Identifier: Apache-2.0
// Lines of observed connections, each as its reader takes it. The cases (tests/fixtures/flows/cases.tsv: format, expectation, line) are written from
// the documentation and sources that analyze/flow.h names; the expectations are worked out by hand.
#include "test.h"
#include "analyze/flow.h"
#include "common/buf.h"
#include "common/source.h"

static void describe(const struct flow *f, struct buf *b)
{
	static const char *const outcomes[] = {"not-told", "dropped", "passed", "sent"};

	buf_printf(b, "%.*s > %.*s %.*s %lld %s x%lld", SPAN_ARG(f->source), SPAN_ARG(f->target), SPAN_ARG(f->protocol), (long long)f->port, outcomes[f->outcome + 1], (long long)f->count);
	if (f->first || f->last)
		buf_printf(b, " at %lld-%lld", (long long)f->first, (long long)f->last);
	if (f->name.n)
		buf_printf(b, " (%.*s)", SPAN_ARG(f->name));
	if (f->tls >= 0)
		buf_add_str(b, f->tls ? " tls" : " clear");
	if (f->reply)
		buf_add_str(b, " reply");
}

static void lines(void)
{
	auto_arena a = ARENA_INIT;
	auto_buf all = BUF_INIT;
	struct source s;
	struct err e = {0};
	struct flow_reader r = {.item = &a};
	int64_t number = 0;

	if (source_from_file(&s, "tests/fixtures/flows/cases.tsv", &e) || source_slurp(&s, &all, 1 << 20, &e)) {
		test_check(false, e.msg, __FILE__, __LINE__);
		return;
	}
	source_close(&s);
	for (struct span rest = buf_span(&all); rest.p;) {
		struct span line = span_cut(&rest, '\n'), format = span_cut(&line, '\t'), want = span_cut(&line, '\t');
		auto_buf got = BUF_INIT;
		struct err why = {0};
		struct flow f;
		int rc;

		number++;
		if (!format.n || format.p[0] == '#')
			continue;
		if (r.format != flow_format(format))
			r = (struct flow_reader){.item = &a, .format = flow_format(format)};
		rc = flow_parse(&r, line, &f, &why);
		if (rc > 0)
			describe(&f, &got);
		else
			buf_printf(&got, rc ? "error %s" : "nothing%s", rc ? why.msg : "");
		if (!span_is(buf_span(&got), want))
			printf("cases.tsv:%lld:\n", (long long)number);
		test_check_str(buf_span(&got), want, __FILE__, __LINE__);
		arena_reset(&a);
	}
}

int main(void)
{
	TEST(lines);
	return test_end();
}
