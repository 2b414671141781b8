// SPDX-License-Identifier: Apache-2.0
// OSV records (ossf.github.io/osv-schema, 1.6), JSON or YAML, one or many in a file. The database is told by the
// ids' prefix: GHSA-, GO-, PYSEC-, ALSA-, … Each is a feed of its own whose records are merged by id.
#include "advisory.h"

#include "common/limits.h"
#include "osv-range.h"

static bool is_osv(struct span name, struct span head)
{
	bool json = span_starts(head, "{") || span_starts(head, "[");

	if (json)
		return span_has(head, "\"id\"") && (span_has(head, "\"modified\"") || span_has(head, "\"affected\"") ||
						    span_has(head, "\"withdrawn\"")) && !span_has(head, "\"$schema\"");
	return (span_ends(name, ".yaml") || span_ends(name, ".yml")) && (span_starts(head, "id:") || span_has(head, "\nid:")) &&
	       (span_has(head, "\naffected:") || span_has(head, "\ndetails:") || span_starts(head, "affected:"));
}

/* "GHSA" of "GHSA-29mw-wpgm-hmr9". */
static struct span database_of(struct span id)
{
	return span_cut(&id, '-');
}

static bool inside(const struct place *p, const struct advisory *rows, size_t from, struct span v)
{
	for (size_t i = from; p->scheme != VERSION_NONE && i < rows->n; i++) {
		const struct affected_row *r = &rows->rows[i];

		if (r->introduced.p && version_compare(p->scheme, v, r->introduced) < 0)
			continue;
		if (r->fixed.p ? version_compare(p->scheme, v, r->fixed) < 0
			       : !r->last_affected.p || version_compare(p->scheme, v, r->last_affected) <= 0)
			return true;
	}
	return false;
}

/* GHSA states an upper bound for ranges without a fix in database_specific: "< 7.23.2" or "<= 2.0". It is no fix: there may be none to be had. */
static void bound(struct affected_row *row, const struct json *affected)
{
	struct span last = json_text_at(affected, "database_specific.last_known_affected_version_range");

	if (row->fixed.p || row->last_affected.p || !span_starts(last, "<"))
		return;
	last = (struct span){last.p + 1, last.n - 1};
	if (span_starts(last, "="))
		row->last_affected = span_trim((struct span){last.p + 1, last.n - 1});
	else {
		row->fixed = span_trim(last);
		row->status = "unfixed";
	}
}

static int add_ranges(struct store *s, const struct place *p, struct span title, const struct json *ranges, const struct json *affected,
		      struct affected_row row, struct advisory *out, struct err *e)
{
	JSON_EACH(range, ranges)
	{
		struct interval *iv;
		int n;

		if (span_eq(json_text_at(range, "type"), "GIT")) /* commits: no image says which one it holds */
			continue;
		n = osv_intervals(&s->arena, p->scheme, json_get(range, "events"), &iv, e);
		if (n < 0)
			return -1;
		for (int i = 0; i < n; i++) {
			row.status = "affected";
			row.introduced = iv[i].introduced;
			row.fixed = iv[i].fixed;
			row.last_affected = iv[i].last_affected;
			bound(&row, affected);
			if (p->scheme == VERSION_RPM)
				row.module = place_module(&s->arena, title, row.fixed);
			/* An rpm is rebuilt for each point release, and each rebuild is a fix. */
			if (p->scheme == VERSION_RPM && row.fixed.p && !row.introduced.p)
				advisory_add_lowest(s, out, p, &row);
			else
				advisory_add(s, out, p, &row);
		}
	}
	return 0;
}

/* Versions that none of the rows from `from` on holds, one per line. */
static struct span other_versions(struct arena *a, const struct place *p, const struct json *list, const struct advisory *r,
				  size_t from)
{
	auto_buf b = BUF_INIT;

	JSON_EACH(v, list)
	{
		struct span text = json_scalar(v);

		if (text.n == 0 || text.n > LIMIT_VERSION_BYTES || memchr(text.p, '\n', text.n) || inside(p, r, from, text))
			continue;
		if (b.n > 0)
			buf_add_char(&b, '\n');
		buf_add_span(&b, text);
	}
	return b.n > 0 ? (struct span){arena_strndup(a, b.p, b.n), b.n} : SPAN_NONE;
}

/* False when every import that is told of is for other systems than Linux (go.dev/security/vuln/database, "imports"). */
static bool on_linux(const struct json *affected)
{
	const struct json *imports = json_path(affected, "ecosystem_specific.imports");
	bool any = json_count(imports) == 0;

	JSON_EACH(i, imports)
	{
		const struct json *systems = json_get(i, "goos");

		any |= json_count(systems) == 0;
		JSON_EACH(os, systems)
		{
			any |= span_eq(json_str(os), "linux");
		}
	}
	return any;
}

/* A version as an author writes it, as Go's order takes it: "1.7" of "1.07"; absent when it is none ("main"). */
static struct span go_bound(struct arena *a, struct span v)
{
	char *out = arena_alloc(a, v.n + 1);
	size_t n = 0;

	if (v.p && version_compare(VERSION_GO, v, SPAN("(devel)")) > 0)
		return v;
	if (!v.p || !version_valid(VERSION_SEMVER, v))
		return SPAN_NONE;
	for (size_t i = 0; i < v.n; i++) {
		bool first = i == 0 || !version_is_digit(v.p[i - 1]);

		if (!(first && v.p[i] == '0' && i + 1 < v.n && version_is_digit(v.p[i + 1])))
			out[n++] = v.p[i];
		else
			while (i + 2 < v.n && v.p[i + 1] == '0' && version_is_digit(v.p[i + 2]))
				i++;
	}
	return (struct span){out, n};
}

/* Where Go knows no versions of a module but those it makes of commits, what its authors call them stands in custom_ranges. One that is known only by a commit
 * ("0.0.0-2024…") stays affected: it lies before all of theirs. */
static int add_custom_ranges(struct store *s, const struct place *p, const struct json *affected, struct affected_row row, struct advisory *out, size_t from,
			     struct err *e)
{
	const struct json *ranges = json_path(affected, "ecosystem_specific.custom_ranges");
	const struct affected_row *only = out->n == from + 1 ? &out->rows[from] : NULL;

	if (json_count(ranges) == 0 || (out->n > from && (!only || only->introduced.p || only->fixed.p || only->last_affected.p)))
		return 0;
	out->n = from;
	if (only) {
		row.fixed = SPAN("0.0.1-0");
		row.status = "unfixed";
		advisory_add(s, out, p, &row);
	}
	row.fixed = SPAN_NONE;
	from = out->n;
	if (add_ranges(s, p, SPAN_NONE, ranges, affected, row, out, e))
		return -1;
	for (struct affected_row *r = out->rows + from; r < out->rows + out->n; r++) {
		r->introduced = go_bound(&s->arena, r->introduced);
		r->fixed = go_bound(&s->arena, r->fixed);
		r->last_affected = go_bound(&s->arena, r->last_affected);
	}
	return 0;
}

static int read_affected(struct store *s, const struct json *rec, const struct json *affected, struct advisory *out, struct err *e)
{
	struct span ecosystem = json_text_at(affected, "package.ecosystem"), name = json_text_at(affected, "package.name");
	struct place p = place_of_osv(&s->arena, ecosystem);
	struct affected_row row = {.status = "affected", .binary = p.binary};
	size_t from = out->n;

	if (ecosystem.n == 0 || name.n == 0) /* told by commits only */
		return 0;
	if (name.n > LIMIT_NAME_BYTES || ecosystem.n > LIMIT_NAME_BYTES)
		return err_set(e, ERR_INPUT, "a package's name or ecosystem of %zu bytes", name.n > ecosystem.n ? name.n : ecosystem.n);
	if (span_eq(p.ecosystem, "Go") && !on_linux(affected))
		return 0;
	/* RustSec's "unmaintained", "unsound" and "notice" are no vulnerabilities. */
	if (json_text_at(affected, "database_specific.informational").n > 0)
		return 0;
	row.package = place_name(&s->arena, p.ecosystem, name);
	if (add_ranges(s, &p, json_text_at(rec, "summary"), json_get(affected, "ranges"), affected, row, out, e))
		return -1;
	if (add_custom_ranges(s, &p, affected, row, out, from, e))
		return -1;
	if ((uint64_t)json_count(json_get(affected, "versions")) * (out->n - from) > LIMIT_VERSION_TRIALS)
		return err_set(e, ERR_INPUT, "%u versions beside %zu ranges of one package are too many", json_count(json_get(affected, "versions")),
			       out->n - from);
	row.versions = other_versions(&s->arena, &p, json_get(affected, "versions"), out, from);
	if (row.versions.p) {
		row.fixed = SPAN(""); /* nothing lies before the empty version: only the listed versions count */
		advisory_add(s, out, &p, &row);
	}
	return 0;
}

static struct span vector_in(const struct json *severities)
{
	struct span v4 = SPAN_NONE;

	JSON_EACH(sev, severities)
	{
		struct span score = json_text_at(sev, "score");

		if (span_starts(score, "CVSS:3."))
			return score;
		if (span_starts(score, "CVSS:4"))
			v4 = score;
	}
	return v4;
}

/* A word of the vendor counts before the vector's (feeds.md 2.1: it may stand in affected[] instead of at the top). */
static void read_severity(const struct json *rec, struct vuln_row *v)
{
	const char *word = store_severity(json_text_at(rec, "database_specific.severity"));

	v->vector = vector_in(json_get(rec, "severity"));
	JSON_EACH(a, json_get(rec, "affected"))
	{
		if (!v->vector.p)
			v->vector = vector_in(json_get(a, "severity"));
		if (!word)
			word = store_severity(json_text_at(a, "database_specific.severity"));
	}
	JSON_EACH(sev, json_get(rec, "severity"))
	{
		if (!word)
			word = store_severity(json_text_at(sev, "score"));
	}
	if (!word && span_starts(json_text_at(rec, "id"), "ALSA")) { /* "Important: nodejs:12 security update" */
		struct span title = json_text_at(rec, "summary");

		word = store_severity(span_cut(&title, ':'));
	}
	v->score = v->vector.p ? cvss_score(v->vector) : -1;
	if (!word && v->score >= 0)
		word = store_severity_of_score(v->score);
	v->severity = span_of(word);
}

static void read_aliases(struct store *s, const struct json *rec, struct advisory *out)
{
	static const struct {
		const char *key, *kind;
	} lists[] = {{"aliases", "alias"}, {"upstream", "upstream"}, {"related", "related"}};

	for (int i = 0; i < 3; i++)
		JSON_EACH(id, json_get(rec, lists[i].key))
		{
			advisory_alias(s, out, json_str(id), lists[i].kind);
		}
}

static int load_record(struct store *s, const struct json *rec, void *ctx, struct err *e)
{
	struct advisory a = {.v = {.name = json_text_at(rec, "id"), .summary = json_text_at(rec, "summary")}};

	(void)ctx;
	if (a.v.name.n < 3 || a.v.name.n > LIMIT_VERSION_BYTES || !memchr(a.v.name.p, '-', a.v.name.n))
		return err_set(e, ERR_INPUT, "expected an OSV record with an id such as GHSA-…, found '%.*s'",
			       (int)(a.v.name.n > 80 ? 80 : a.v.name.n), a.v.name.p ? a.v.name.p : "");
	JSON_EACH(one, json_get(rec, "affected"))
	{
		if (read_affected(s, rec, one, &a, e))
			return err_wrap(e, "%.*s", SPAN_ARG(a.v.name));
	}
	if (store_records(s, "osv", arena_printf(&s->arena, "osv %.*s", SPAN_ARG(database_of(a.v.name))), false, e))
		return -1;
	a.v.modified = feed_time(json_scalar(json_get(rec, "modified")));
	a.v.published = feed_time(json_scalar(json_get(rec, "published")));
	a.v.withdrawn = feed_time(json_scalar(json_get(rec, "withdrawn")));
	read_severity(rec, &a.v);
	read_aliases(s, rec, &a);
	return advisory_store(s, &a, e);
}

static int import(struct store *s, struct span name, struct source *in, struct err *e)
{
	(void)name;
	return feed_items(s, in, NULL, load_record, NULL, e);
}

const struct feed_format feed_osv = {"osv", is_osv, import};
