// SPDX-License-Identifier: Apache-2.0
// Findings as one JSON object, plimsoll.findings/1: a finding a line, then how often each check gave each verdict (docs/findings.md).
#include "findings.h"
#include "common/text.h"

#include <inttypes.h>

static void put(struct buf *b, const char *key, struct span value)
{
	buf_printf(b, ",\"%s\":", key);
	if (value.p)
		text_add_json(b, value);
	else
		buf_add_str(b, "null");
}

static int begin(struct findings *f, struct err *e)
{
	(void)e;
	buf_add_str(&f->out->text, "{\"schema\":\"plimsoll.findings/1\",\"findings\":[");
	return 0;
}

static void row(struct findings *f, const struct finding *r)
{
	struct buf *b = &f->out->text;
	const struct findings_check *c = r->check;

	buf_add_str(b, f->count ? ",\n{\"id\":" : "\n{\"id\":");
	text_add_json(b, r->id);
	put(b, "check", span_of(c->id));
	put(b, "title", span_of(c->title));
	put(b, "domain", r->domain);
	put(b, "severity", r->severity);
	put(b, "verdict", r->verdict);
	put(b, "subject", r->subject);
	put(b, "cluster", r->cluster);
	put(b, "namespace", r->namespace);
	put(b, "kind", r->kind);
	put(b, "name", r->name);
	put(b, "detail", r->detail);
	put(b, "why", span_of(c->why));
	put(b, "fix", span_of(c->fix));
	buf_add_str(b, ",\"facts\":");
	buf_add_span(b, r->facts);
	buf_add_str(b, ",\"missing\":");
	buf_add_span(b, r->missing);
	buf_add_str(b, ",\"evidence\":[");
	if (r->member.p) {
		buf_add_str(b, "{\"member\":");
		text_add_json(b, r->member);
		put(b, "pointer", r->pointer);
		put(b, "sha256", r->sha256);
		buf_add_char(b, '}');
	}
	buf_add_str(b, "],\"controls\":");
	buf_add_span(b, c->controls);
	put(b, "owner", r->owner);
	put(b, "owner_why", r->owner_why);
	put(b, "effort", span_of(c->effort));
	buf_add_str(b, ",\"accepted\":");
	if (r->accepted.p) {
		buf_add_str(b, "{\"reason\":");
		text_add_json(b, r->accepted);
		put(b, "approver", r->approver);
		buf_printf(b, r->expires ? ",\"expires\":%" PRId64 "}" : ",\"expires\":null}", r->expires);
	} else {
		buf_add_str(b, "null");
	}
	buf_add_char(b, '}');
}

static int end(struct findings *f, struct err *e)
{
	sqlite3_stmt *s = db_stmt(f->db, "SELECT check_id, verdict, sum(count) FROM tally GROUP BY check_id, verdict ORDER BY check_id, verdict");
	struct buf *b = &f->out->text;
	bool first = true;
	int rc;

	buf_add_str(b, "\n],\"tally\":[");
	for (; (rc = db_step(f->db, s, e)) == 1; first = false) {
		buf_add_str(b, first ? "\n{\"check\":" : ",\n{\"check\":");
		text_add_json(b, db_text(s, 0));
		put(b, "verdict", db_text(s, 1));
		buf_printf(b, ",\"count\":%" PRId64 "}", (int64_t)sqlite3_column_int64(s, 2));
	}
	sqlite3_reset(s);
	buf_add_str(b, "\n]}\n");
	return rc;
}

const struct findings_form findings_json = {"json", false, begin, row, end};
