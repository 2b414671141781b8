// SPDX-License-Identifier: Apache-2.0
// Findings as JUnit XML, the form that CI systems read: a suite per check, a case per finding, one case for all that passed.
#include "findings.h"
#include "common/text.h"

#include <inttypes.h>

static int64_t cases(const struct findings_check *c)
{
	return c->failed + c->errors + c->skipped + (c->passed > 0);
}

static void begin_suite(struct findings *f, const struct findings_check *c)
{
	struct buf *b = &f->out->text;

	f->suite = c;
	buf_add_str(b, "  <testsuite name=\"");
	text_add_xml(b, span_of(c->id));
	buf_printf(b, "\" tests=\"%" PRId64 "\" failures=\"%" PRId64 "\" errors=\"%" PRId64 "\" skipped=\"%" PRId64 "\">\n", cases(c), c->failed, c->errors, c->skipped);
	if (!c->passed)
		return;
	buf_add_str(b, "    <testcase classname=\"");
	text_add_xml(b, span_of(c->id));
	buf_printf(b, "\" name=\"%" PRId64 " passed\"/>\n", c->passed);
}

static void end_suite(struct findings *f)
{
	if (f->suite)
		buf_add_str(&f->out->text, "  </testsuite>\n");
	f->suite = NULL;
}

/* Suites of checks before `until` that only passed; NULL: to the last. */
static void passed_suites(struct findings *f, const struct findings_check *from, const struct findings_check *until)
{
	for (const struct findings_check *c = from; c < f->checks + f->checks_n && c != until; c++)
		if (c->passed && cases(c) == 1) {
			begin_suite(f, c);
			end_suite(f);
		}
}

static int begin(struct findings *f, struct err *e)
{
	int64_t tests = 0, failed = 0, errors = 0, skipped = 0;

	(void)e;
	for (size_t i = 0; i < f->checks_n; i++) {
		tests += cases(&f->checks[i]);
		failed += f->checks[i].failed;
		errors += f->checks[i].errors;
		skipped += f->checks[i].skipped;
	}
	buf_printf(&f->out->text, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"plimsoll\" tests=\"%" PRId64 "\" failures=\"%" PRId64 "\" errors=\"%" PRId64
		   "\" skipped=\"%" PRId64 "\">\n", tests, failed, errors, skipped);
	return 0;
}

static void element(struct buf *b, const char *name, const char *type, struct span message, const char *fix)
{
	buf_printf(b, "<%s%s%s%s message=\"", name, type ? " type=\"" : "", type ? type : "", type ? "\"" : "");
	text_add_xml(b, message);
	if (fix) {
		buf_add_str(b, "\">");
		text_add_xml(b, span_of(fix));
		buf_printf(b, "</%s>", name);
	} else {
		buf_add_str(b, "\"/>");
	}
}

static void row(struct findings *f, const struct finding *r)
{
	struct buf *b = &f->out->text;
	char type[32];

	if (f->suite != r->check) {
		const struct findings_check *from = f->suite ? f->suite + 1 : f->checks;

		end_suite(f);
		passed_suites(f, from, r->check);
		begin_suite(f, r->check);
	}
	buf_add_str(b, "    <testcase classname=\"");
	text_add_xml(b, span_of(r->check->id));
	buf_add_str(b, "\" name=\"");
	text_add_xml(b, r->subject);
	buf_add_str(b, " ");
	text_add_xml(b, r->id);
	buf_add_str(b, "\">");
	if (span_eq(r->verdict, "error"))
		element(b, "error", NULL, r->detail, NULL);
	else if (!span_eq(r->verdict, "fail"))
		element(b, "skipped", NULL, r->detail, NULL);
	else if (r->accepted.p)
		element(b, "skipped", NULL, r->accepted, NULL);
	else {
		snprintf(type, sizeof(type), "%.*s", SPAN_ARG(r->severity));
		element(b, "failure", type, r->detail, r->check->fix);
	}
	buf_add_str(b, "</testcase>\n");
}

static int end(struct findings *f, struct err *e)
{
	const struct findings_check *from = f->suite ? f->suite + 1 : f->checks;

	(void)e;
	end_suite(f);
	passed_suites(f, from, NULL);
	buf_add_str(&f->out->text, "</testsuites>\n");
	return 0;
}

const struct findings_form findings_junit = {"junit", true, begin, row, end};
