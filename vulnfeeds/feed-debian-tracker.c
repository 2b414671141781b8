// SPDX-License-Identifier: Apache-2.0
// Debian's security tracker as JSON (security-tracker.debian.org/tracker/data/json): source package, vulnerability, releases.
#include "advisory.h"

#include "common/json-read.h"
#include "common/limits.h"

static bool is_tracker(struct span name, struct span head)
{
	(void)name;
	return span_starts(head, "{") && span_has(head, "\"releases\"") && span_has(head, "\"urgency\"") && span_has(head, "\"repositories\"");
}

/* Unfixed ones say in nodsa_reason what is meant to happen. */
static const char *open_status(const struct json *rel)
{
	struct span urgency = json_text_at(rel, "urgency"), reason = json_text_at(rel, "nodsa_reason");

	if (span_starts(urgency, "end-of-life"))
		return "end-of-life";
	if (span_eq(reason, "ignored"))
		return "will-not-fix";
	return span_eq(reason, "postponed") ? "deferred" : "unfixed";
}

/* A fix that is newer than all that the release has is none yet. */
static bool is_released(const struct json *rel, struct span fixed)
{
	const struct json *suites = json_get(rel, "repositories");
	bool released = json_count(suites) == 0;

	JSON_MEMBERS(suite, suites)
	{
		released |= version_compare(VERSION_DEB, json_str(&suite->value), fixed) >= 0;
	}
	return released;
}

static int load_release(struct store *s, int64_t vuln, struct span package, struct span codename, const struct json *rel, struct err *e)
{
	struct span release = debian_release(codename), status = json_text_at(rel, "status"), fixed = json_text_at(rel, "fixed_version");
	struct affected_row row = {.package = package, .status = "undetermined"};

	if (!release.p) /* sid and experimental have no number */
		return 0;
	if (span_eq(status, "resolved") && span_eq(fixed, "0"))
		row.status = "not-affected";
	else if (span_eq(status, "resolved") && fixed.n > 0 && fixed.n <= LIMIT_VERSION_BYTES)
		row = (struct affected_row){.package = package, .status = is_released(rel, fixed) ? "affected" : "unfixed", .fixed = fixed};
	else if (span_eq(status, "open"))
		row.status = open_status(rel);
	row.scope = store_covered(s, SPAN("Debian"), release, e);
	return row.scope < 0 ? -1 : store_affected(s, vuln, &row, e);
}

static int load_vulnerability(struct store *s, struct span package, struct span id, const struct json *v, struct err *e)
{
	struct vuln_row row = {.name = id, .summary = json_text_at(v, "description"), .score = -1};
	int64_t vuln;

	if (id.n < 3 || id.n > LIMIT_VERSION_BYTES)
		return err_set(e, ERR_INPUT, "expected a CVE id, found '%.*s'", SPAN_ARG(id));
	JSON_MEMBERS(rel, json_get(v, "releases"))
	{
		struct span urgency = json_text_at(&rel->value, "urgency");

		while (urgency.n > 0 && urgency.p[urgency.n - 1] == '*')
			urgency.n--;
		if (!row.severity.p)
			row.severity = span_of(store_severity(urgency));
	}
	vuln = store_vuln(s, &row, e);
	if (vuln < 0)
		return -1;
	JSON_MEMBERS(rel, json_get(v, "releases"))
	{
		if (load_release(s, vuln, package, json_str(&rel->key), &rel->value, e))
			return -1;
	}
	return 0;
}

static int load_package(struct store *s, struct span package, const struct json *vulns, struct err *e)
{
	if (package.n == 0 || package.n > LIMIT_VERSION_BYTES)
		return err_set(e, ERR_INPUT, "no name of a package: '%.*s'", SPAN_ARG(package));
	JSON_MEMBERS(v, vulns)
	{
		if (load_vulnerability(s, package, json_str(&v->key), &v->value, e) && feed_problem(s, arena_printf(&s->arena, "%.*s", SPAN_ARG(package)), e))
			return -1;
	}
	return 0;
}

/* Where the value that begins at `at` ends: strings and brackets are counted, all else is left to the parser. */
static size_t value_end(struct span s, size_t at)
{
	size_t depth = 0;
	bool string = false;

	for (; at < s.n; at++) {
		char c = s.p[at];

		if (string) {
			at += c == '\\';
			string = c != '"';
		} else if (c == '"') {
			string = true;
		} else if (c == '{' || c == '[') {
			depth++;
		} else if ((c == '}' || c == ']') && (depth == 0 || --depth == 0)) {
			return at + 1;
		}
	}
	return s.n;
}

static size_t skip_to(struct span s, size_t at, char c)
{
	while (at < s.n && s.p[at] != c)
		at++;
	return at;
}

/* One source package after the other, so that memory is bounded by the largest. */
static int load(struct store *s, struct span text, struct err *e)
{
	struct json_reader *reader = json_reader_new();
	size_t at = skip_to(text, 0, '{') + 1;
	int r = 0;

	while (r == 0 && (at = skip_to(text, at, '"')) < text.n) {
		size_t key = at + 1, key_end = skip_to(text, key, '"'), from = skip_to(text, key_end, '{'), to = value_end(text, from);
		struct json *vulns;
		struct span name = {text.p + key, key_end - key};

		if (from >= text.n || text.p[to - 1] != '}') {
			r = err_set(e, ERR_INPUT, "%s: byte %zu: the text ends inside a document", s->file, at);
			break;
		}
		if (json_reader_parse(reader, &s->arena, (struct span){text.p + from, to - from}, &vulns, e) || load_package(s, name, vulns, e))
			r = feed_problem(s, arena_printf(&s->arena, "%.*s", SPAN_ARG(name)), e);
		arena_reset(&s->arena);
		at = to;
	}
	json_reader_free(reader);
	return r;
}

static int import(struct store *s, struct span name, struct source *in, struct err *e)
{
	auto_buf text = BUF_INIT;

	(void)name;
	if (source_slurp(in, &text, LIMIT_DOCUMENT_BYTES, e))
		return -1;

	int fresh = store_snapshot(s, "debian-tracker", "debian-tracker", false, buf_span(&text), 0, e);

	return fresh <= 0 ? fresh : load(s, buf_span(&text), e);
}

const struct feed_format feed_debian_tracker = {"debian-tracker", is_tracker, import};
