// SPDX-License-Identifier: Apache-2.0
// Findings as SARIF 2.1.0 (OASIS, errata 01) with what GitHub's code scanning reads of it. Fails are results; what is manual or could not be
// assessed is told as notifications of the tool, or, where --verdict asks for it, as results of the kinds review and open.
#include "findings.h"
#include "common/text.h"

#include <inttypes.h>

#define SCHEMA "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

/* level: SARIF 3.27.10; score: what GitHub takes for critical, high, medium and low. */
static const struct severity {
	const char *name, *level, *score;
} severities[] = {{"critical", "error", "9.5"}, {"high", "error", "8.0"}, {"medium", "warning", "5.5"}, {"low", "note", "2.5"}, {"info", "note", "0.0"}};

static const struct severity *severity_of(struct span name)
{
	size_t last = sizeof(severities) / sizeof(severities[0]) - 1;

	for (size_t i = 0; i < last; i++)
		if (span_eq(name, severities[i].name))
			return &severities[i];
	return &severities[last];
}

static void put(struct buf *b, const char *before, struct span value)
{
	buf_add_str(b, before);
	text_add_json(b, value);
}

/* Message strings: "{0}" is a place-holder (SARIF 3.11.5) and "[a](b)" a link (3.11.6) unless they are escaped. */
static void put_message(struct buf *b, const char *before, struct span s)
{
	bool link = span_has(s, "](");
	auto_buf m = BUF_INIT;

	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		bool digit = i + 1 < s.n && s.p[i + 1] >= '0' && s.p[i + 1] <= '9';

		if (link && (c == '[' || c == ']' || c == '\\'))
			buf_add_char(&m, '\\');
		if (c == '{' && digit)
			buf_add_char(&m, '{');
		buf_add_char(&m, c);
		if (c == '}' && i && s.p[i - 1] >= '0' && s.p[i - 1] <= '9')
			buf_add_char(&m, '}');
	}
	put(b, before, buf_span(&m));
}

/* The first address that a check refers to; absent when it names none. */
static struct span first_reference(const char *refs)
{
	struct span s = span_of(refs), rest;
	const char *p = strchr(refs, '"');

	if (!p)
		return SPAN_NONE;
	rest = (struct span){p + 1, s.n - (size_t)(p + 1 - refs)};
	s = span_cut(&rest, '"');
	return span_starts(s, "https://") && !memchr(s.p, '\\', s.n) ? s : SPAN_NONE;
}

static void put_rule(struct buf *b, const struct findings_check *c)
{
	const struct severity *v = severity_of(span_of(c->severity));
	struct span uri = first_reference(c->refs);

	put(b, "{\"id\":", span_of(c->id));
	put(b, ",\"shortDescription\":{\"text\":", span_of(c->title));
	put(b, "},\"fullDescription\":{\"text\":", span_of(c->why));
	put(b, "},\"help\":{\"text\":", span_of(c->fix));
	buf_add_char(b, '}');
	if (uri.p)
		put(b, ",\"helpUri\":", uri);
	buf_printf(b, ",\"defaultConfiguration\":{\"level\":\"%s\"},\"properties\":{\"security-severity\":\"%s\",\"precision\":\"high\",\"tags\":[\"security\"", v->level, v->score);
	put(b, ",", span_of(c->domain));
	if (c->controls.n > 2) { /* the array's members follow */
		buf_add_char(b, ',');
		buf_add(b, c->controls.p + 1, c->controls.n - 2);
	}
	buf_add_str(b, "]}}");
}

static int begin(struct findings *f, struct err *e)
{
	struct buf *b = &f->out->text;
	int64_t n = 0;

	(void)e;
	buf_add_str(b, "{\"$schema\":\"" SCHEMA "\",\"version\":\"2.1.0\",\"runs\":[{\"tool\":{\"driver\":{\"name\":\"Plimsoll\",\"version\":\"" PLIMSOLL_VERSION "\","
		       "\"rules\":[");
	for (size_t i = 0; i < f->checks_n; i++) {
		struct findings_check *c = &f->checks[i];

		if (!(c->failed + c->errors + c->skipped))
			continue;
		buf_add_str(b, n ? ",\n" : "\n");
		put_rule(b, c);
		c->rule = n++;
	}
	buf_add_str(b, "\n]}},\"columnKind\":\"utf16CodeUnits\",\"results\":[");
	return 0;
}

/* A relative reference (RFC 3986): all but unreserved characters and slashes as %XX. */
static void put_uri(struct buf *b, struct span member)
{
	while (member.n && member.p[0] == '/')
		member = (struct span){member.p + 1, member.n - 1};
	for (size_t i = 0; i < member.n; i++) {
		unsigned char c = (unsigned char)member.p[i];
		bool plain = (c | 32) >= 'a' && (c | 32) <= 'z';

		if (plain || (c >= '0' && c <= '9') || (c && strchr("-._~/", c)))
			buf_add_char(b, (char)c);
		else
			buf_printf(b, "%%%02X", c);
	}
}

static void put_location(struct buf *b, const struct finding *r)
{
	buf_add_str(b, ",\"locations\":[{");
	if (r->member.p) {
		buf_add_str(b, "\"physicalLocation\":{\"artifactLocation\":{\"uri\":\"");
		put_uri(b, r->member);
		buf_add_str(b, "\"},\"region\":{\"startLine\":1}},");
	}
	put(b, "\"logicalLocations\":[{\"name\":", r->name.p ? r->name : r->subject);
	put(b, ",\"fullyQualifiedName\":", r->subject);
	buf_add_str(b, ",\"kind\":\"resource\"}]}]");
}

static void put_properties(struct buf *b, const struct finding *r)
{
	const struct {
		const char *key;
		struct span value;
	} texts[] = {{",\"kind\":", r->kind}, {",\"cluster\":", r->cluster}, {",\"namespace\":", r->namespace}, {",\"pointer\":", r->pointer},
		     {",\"sha256\":", r->sha256}, {",\"owner\":", r->owner}, {",\"owner_why\":", r->owner_why}};

	put(b, ",\"properties\":{\"severity\":", r->severity);
	put(b, ",\"verdict\":", r->verdict);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (texts[i].value.p)
			put(b, texts[i].key, texts[i].value);
	buf_add_str(b, ",\"facts\":");
	buf_add_span(b, r->facts);
	buf_add_char(b, '}');
}

static void row(struct findings *f, const struct finding *r)
{
	struct buf *b = &f->out->text;
	bool fail = span_eq(r->verdict, "fail");

	if (!fail && !f->filter->verdicts.n)
		return;
	buf_add_str(b, f->count ? ",\n" : "\n");
	put(b, "{\"ruleId\":", span_of(r->check->id));
	buf_printf(b, ",\"ruleIndex\":%" PRId64 ",\"kind\":\"%s\",\"level\":\"%s\"", r->check->rule, fail ? "fail" : span_eq(r->verdict, "manual") ? "review" : "open",
		   fail ? severity_of(r->severity)->level : "none");
	put_message(b, ",\"message\":{\"text\":", r->detail);
	buf_add_char(b, '}');
	put_location(b, r);
	buf_printf(b, ",\"partialFingerprints\":{\"plimsollFinding/v1\":\"%.*s\",\"primaryLocationLineHash\":\"%.*s:1\"}", SPAN_ARG(r->id), SPAN_ARG(r->id));
	if (r->accepted.p) {
		put(b, ",\"suppressions\":[{\"kind\":\"external\",\"status\":\"accepted\",\"justification\":", r->accepted);
		buf_add_str(b, "}]");
	}
	put_properties(b, r);
	buf_add_char(b, '}');
}

/* One per check and verdict: so many were not judged. */
static int put_notifications(struct findings *f, struct err *e)
{
	sqlite3_stmt *s = db_stmt(f->db, "SELECT check_id, verdict, count(*), min(detail) FROM finding WHERE verdict != 'fail' GROUP BY check_id, verdict ORDER BY check_id, verdict");
	struct buf *b = &f->out->text;
	bool first = true;
	int rc;

	while ((rc = db_step(f->db, s, e)) == 1) {
		auto_buf text = BUF_INIT;
		int64_t n = sqlite3_column_int64(s, 2);
		const struct findings_check *c = findings_check_find(f, db_text(s, 0));

		if (!c || !(c->failed + c->errors + c->skipped))
			continue;
		buf_add_span(&text, db_text(s, 3));
		if (n > 1)
			buf_printf(&text, " And %" PRId64 " more.", n - 1);
		put(b, first ? "\n{\"descriptor\":{\"id\":" : ",\n{\"descriptor\":{\"id\":", db_text(s, 1));
		put(b, "},\"associatedRule\":{\"id\":", span_of(c->id));
		buf_printf(b, ",\"index\":%" PRId64 "},\"level\":\"%s\"", c->rule, span_eq(db_text(s, 1), "error") ? "error" : "note");
		put_message(b, ",\"message\":{\"text\":", buf_span(&text));
		buf_add_str(b, "}}");
		first = false;
	}
	sqlite3_reset(s);
	return rc;
}

static int end(struct findings *f, struct err *e)
{
	struct buf *b = &f->out->text;
	int rc = 0;

	buf_add_str(b, "\n],\"invocations\":[{\"executionSuccessful\":true,\"toolExecutionNotifications\":[");
	if (!f->filter->verdicts.n)
		rc = put_notifications(f, e);
	buf_add_str(b, "\n]}]}]}\n");
	return rc;
}

const struct findings_form findings_sarif = {"sarif", false, begin, row, end};
