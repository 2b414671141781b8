// SPDX-License-Identifier: Apache-2.0
// RustSec advisories (github.com/rustsec/advisory-db): Markdown that begins with a block of TOML, or that TOML alone. How their
// requirements become intervals: rust-range.c.
#include "advisory.h"

#include "common/limits.h"
#include "rust-range.h"

enum { VALUES_MAX = 256 };

/* The few forms of TOML that advisories have: sections, and keys with a string, a list of strings, or a word. */
struct toml {
	struct span rest, section;
};

static struct span next_line(struct span *rest)
{
	return span_cut(rest, '\n');
}

/* One string or word off the front; absent when there is none. */
static struct span take_value(struct span *s)
{
	struct span v = span_trim(*s);

	if (span_starts(v, "\"") || span_starts(v, "'")) {
		char quote = v.p[0];

		v = (struct span){v.p + 1, v.n - 1};
		*s = v;
		return span_cut(s, quote);
	}
	*s = SPAN_NONE;
	v = span_cut(&v, '#');
	return v.n ? span_trim(v) : SPAN_NONE;
}

/* A list, over as many lines as it takes. */
static size_t take_list(struct toml *t, struct span s, struct span *out)
{
	size_t n = 0;

	for (;;) {
		s = span_trim(s);
		while (span_starts(s, ",") || span_starts(s, "["))
			s = span_trim((struct span){s.p + 1, s.n - 1});
		if (span_starts(s, "]"))
			return n;
		if (s.n == 0 || span_starts(s, "#")) {
			if (!t->rest.p)
				return n;
			s = next_line(&t->rest);
			continue;
		}
		if (!span_starts(s, "\"") && !span_starts(s, "'"))
			return n;
		if (n < VALUES_MAX)
			out[n++] = take_value(&s);
		else
			take_value(&s);
	}
}

struct reader {
	struct advisory a;
	struct span package, informational, patched[VALUES_MAX], unaffected[VALUES_MAX];
	size_t patched_n, unaffected_n;
};

static void take_key(struct store *s, struct toml *t, struct span key, struct span value, struct reader *r)
{
	struct span list[VALUES_MAX];
	size_t n;

	if (span_eq(t->section, "versions") && span_eq(key, "patched")) {
		r->patched_n = take_list(t, value, r->patched);
	} else if (span_eq(t->section, "versions") && span_eq(key, "unaffected")) {
		r->unaffected_n = take_list(t, value, r->unaffected);
	} else if (span_starts(value, "[")) {
		n = take_list(t, value, list);
		for (size_t i = 0; i < n && span_eq(t->section, "advisory"); i++)
			if (span_eq(key, "aliases") || span_eq(key, "related"))
				advisory_alias(s, &r->a, list[i], span_eq(key, "aliases") ? "alias" : "related");
	} else if (span_eq(t->section, "advisory")) {
		value = take_value(&value);
		if (span_eq(key, "id"))
			r->a.v.name = value;
		else if (span_eq(key, "package"))
			r->package = value;
		else if (span_eq(key, "date"))
			r->a.v.published = feed_time(value);
		else if (span_eq(key, "withdrawn"))
			r->a.v.withdrawn = feed_time(value);
		else if (span_eq(key, "informational"))
			r->informational = value;
		else if (span_eq(key, "cvss"))
			r->a.v.vector = value;
		else if (span_eq(key, "title"))
			r->a.v.summary = value;
	}
}

static bool is_rustsec(struct span name, struct span head)
{
	(void)name;
	return (span_starts(head, "```toml") || span_starts(head, "[advisory]")) && span_has(head, "[advisory]") && span_has(head, "package");
}

/* The first heading behind the block. */
static struct span heading(struct span text)
{
	while (text.p) {
		struct span line = next_line(&text);

		if (span_starts(line, "# "))
			return span_trim((struct span){line.p + 2, line.n - 2});
	}
	return SPAN_NONE;
}

static int load(struct store *s, struct span text, struct err *e)
{
	struct reader r = {.a = {.v = {.score = -1}}};
	struct toml t = {.rest = text};
	struct affected_row row = {.status = "affected"};
	struct place place = {.ecosystem = SPAN("crates.io"), .scheme = VERSION_SEMVER};

	if (span_starts(t.rest, "```"))
		next_line(&t.rest);
	while (t.rest.p) {
		struct span line = span_trim(next_line(&t.rest)), value = line, key;

		if (span_starts(line, "```"))
			break;
		if (span_starts(line, "[")) {
			t.section = (struct span){line.p + 1, line.n > 1 ? line.n - 2 : 0};
			continue;
		}
		key = span_trim(span_cut(&value, '='));
		if (value.p)
			take_key(s, &t, key, span_trim(value), &r);
	}
	if (!span_starts(r.a.v.name, "RUSTSEC-") && !span_starts(r.a.v.name, "CVE-"))
		return err_set(e, ERR_INPUT, "expected an id RUSTSEC-…, found '%.*s'", SPAN_ARG(r.a.v.name));
	if (r.package.n == 0 || r.package.n > LIMIT_VERSION_BYTES)
		return err_set(e, ERR_INPUT, "%.*s: no package", SPAN_ARG(r.a.v.name));
	if (!r.a.v.summary.p)
		r.a.v.summary = heading(t.rest.p ? t.rest : SPAN(""));
	r.a.v.score = r.a.v.vector.p ? cvss_score(r.a.v.vector) : -1;
	r.a.v.severity = r.a.v.score >= 0 ? span_of(store_severity_of_score(r.a.v.score)) : SPAN_NONE;
	row.package = r.package;
	/* "unmaintained", "unsound" and "notice" are no vulnerabilities: kept, never matched. */
	if (!r.informational.p && rust_affected(s, &r.a, &place, row, r.patched, r.patched_n, r.unaffected, r.unaffected_n, e))
		return err_wrap(e, "%.*s", SPAN_ARG(r.a.v.name));
	return store_records(s, "rustsec", "rustsec", false, e) ? -1 : advisory_store(s, &r.a, e);
}

static int import(struct store *s, struct span name, struct source *in, struct err *e)
{
	auto_buf text = BUF_INIT;

	(void)name;
	if (source_slurp(in, &text, LIMIT_ITEM_BYTES, e))
		return -1;
	return load(s, buf_span(&text), e) ? feed_problem(s, "", e) : 0;
}

const struct feed_format feed_rustsec = {"rustsec", is_rustsec, import};
