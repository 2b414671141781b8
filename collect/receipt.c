// SPDX-License-Identifier: Apache-2.0
// The page that goes with a bundle.
#include "receipt.h"
#include "bundle-write.h"
#include "common/outfile.h"
#include "common/text.h"

#include <stdarg.h>

enum { FAILURES_SHOWN = 12 };

static void line(struct buf *b, const char *name, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
static void line(struct buf *b, const char *name, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	buf_printf(b, "  %-18s ", name);
	text_add_clean(b, span_of(text), false);
	buf_add_char(b, '\n');
}

static void failures(const struct receipt *r, struct buf *b)
{
	auto_arena a = ARENA_INIT;
	auto_buf list = BUF_INIT;
	struct json *v;
	int shown = 0;

	buf_printf(&list, "[%.*s]", (int)r->expected_list.n, r->expected_list.p);
	if (!r->expected || json_parse(&a, buf_span(&list), &v, NULL))
		return;
	buf_add_str(b, "\nNot collected\n");
	JSON_EACH(x, v)
	{
		if (shown++ < FAILURES_SHOWN)
			line(b, json_text_at(x, "kind").p, "%.*s", SPAN_ARG(json_text_at(x, "reason")));
	}
	if (r->expected > FAILURES_SHOWN)
		line(b, "...", "and %llu more (plimsoll inspect lists them)", (unsigned long long)r->expected - FAILURES_SHOWN);
}

static void redactions(const struct receipt *r, struct buf *b)
{
	buf_add_str(b, "\nHidden at collection\n");
	for (size_t i = 0; redact_rule(i); i++)
		if (redact_count(r->redact, i))
			line(b, redact_rule(i), "%llu", (unsigned long long)redact_count(r->redact, i));
	if (r->unredacted)
		line(b, "NOT REDACTED", "%llu image archives are in the bundle as they are", (unsigned long long)r->unredacted);
}

int receipt_write(const struct receipt *r, struct err *e)
{
	auto_buf b = BUF_INIT, path = BUF_INIT;
	const char *slash = strrchr(r->bundle, '/');
	char start[32], end[32];

	collect_time(r->start, start);
	collect_time(r->end, end);
	buf_add_str(&b, "RECEIPT\nEvidence collected by Plimsoll " PLIMSOLL_VERSION "\n\nBundle\n");
	line(&b, "file", "%s", slash ? slash + 1 : r->bundle);
	line(&b, "id", "%s", r->id);
	line(&b, "SHA-256", "%s", r->sha256);
	line(&b, "size", "%llu bytes (%llu of evidence)", (unsigned long long)r->bytes, (unsigned long long)r->plain_bytes);
	line(&b, "collected", "%s to %s", start, end);
	line(&b, "signature", "none: the bundle is UNSIGNED");
	buf_add_str(&b, "\nContent\n");
	line(&b, "members", "%llu, %llu of them partial", (unsigned long long)r->members, (unsigned long long)r->partial);
	line(&b, "not collected", "%llu", (unsigned long long)r->expected);
	line(&b, "files left out", "%llu", (unsigned long long)r->left_out);
	failures(r, &b);
	redactions(r, &b);
	buf_add_str(&b, "\nHanded over\n  date                 from                           to                             signature\n\n"
			"  ____________________ ______________________________ ______________________________ ____________________\n\n"
			"  ____________________ ______________________________ ______________________________ ____________________\n");
	buf_printf(&path, "%.*sRECEIPT.txt", slash ? (int)(slash + 1 - r->bundle) : 0, r->bundle);
	return outfile_write(buf_str(&path), b.p, b.n, e);
}
