// SPDX-License-Identifier: Apache-2.0
// OSV records (ossf.github.io/osv-schema, 1.6), JSON or YAML, one or many in a file. The database is told by the
// ids' prefix: GHSA-, GO-, PYSEC-, ALSA-, … Each is a feed of its own whose records are merged by id.
#include "feed.h"

#include "common/hash.h"
#include "common/limits.h"
#include "osv-range.h"
#include "place.h"

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

/* What one record affects, in the arena: all of it is read before any of it is written. */
struct rows {
	struct affected_row *at;
	struct place *places; /* beside `at` */
	size_t n, cap;
};

static void add_row(struct arena *a, struct rows *r, const struct place *p, const struct affected_row *row)
{
	if (r->n == r->cap) {
		size_t cap = r->cap ? r->cap * 2 : 8;
		struct affected_row *rows = arena_array(a, cap, sizeof(*rows));
		struct place *places = arena_array(a, cap, sizeof(*places));

		if (r->n) {
			memcpy(rows, r->at, r->n * sizeof(*rows));
			memcpy(places, r->places, r->n * sizeof(*places));
		}
		*r = (struct rows){rows, places, r->n, cap};
	}
	r->at[r->n] = *row;
	r->places[r->n++] = *p;
}

static bool inside(const struct place *p, const struct rows *rows, size_t from, struct span v)
{
	for (size_t i = from; p->scheme != VERSION_NONE && i < rows->n; i++) {
		const struct affected_row *r = &rows->at[i];

		if (r->introduced.p && version_compare(p->scheme, v, r->introduced) < 0)
			continue;
		if (r->fixed.p ? version_compare(p->scheme, v, r->fixed) < 0
			       : !r->last_affected.p || version_compare(p->scheme, v, r->last_affected) <= 0)
			return true;
	}
	return false;
}

/* GHSA states an upper bound for ranges without a fix in database_specific: "< 7.23.2" or "<= 2.0". */
static void bound(struct affected_row *row, const struct json *affected)
{
	struct span last = json_text_at(affected, "database_specific.last_known_affected_version_range");

	if (row->fixed.p || row->last_affected.p || !span_starts(last, "<"))
		return;
	last = (struct span){last.p + 1, last.n - 1};
	if (span_starts(last, "="))
		row->last_affected = span_trim((struct span){last.p + 1, last.n - 1});
	else
		row->fixed = span_trim(last);
}

/* An rpm is rebuilt for each point release, and each rebuild is a fix: the lowest one counts. */
static bool is_rebuild(struct rows *out, const struct place *p, const struct affected_row *row)
{
	if (p->scheme != VERSION_RPM || !row->fixed.p || row->introduced.p)
		return false;
	for (size_t i = 0; i < out->n; i++) {
		struct affected_row *r = &out->at[i];

		if (!r->fixed.p || r->introduced.p || !span_is(r->package, row->package) || !span_is(out->places[i].release, p->release))
			continue;
		if (version_compare(p->scheme, row->fixed, r->fixed) < 0)
			r->fixed = row->fixed;
		return true;
	}
	return false;
}

static int add_ranges(struct arena *a, const struct place *p, struct span title, const struct json *ranges, const struct json *affected,
		      struct affected_row row, struct rows *out, struct err *e)
{
	JSON_EACH(range, ranges)
	{
		struct interval *iv;
		int n;

		if (span_eq(json_text_at(range, "type"), "GIT")) /* commits: no image says which one it holds */
			continue;
		n = osv_intervals(a, p->scheme, json_get(range, "events"), &iv, e);
		if (n < 0)
			return -1;
		for (int i = 0; i < n; i++) {
			row.introduced = iv[i].introduced;
			row.fixed = iv[i].fixed;
			row.last_affected = iv[i].last_affected;
			bound(&row, affected);
			if (p->scheme == VERSION_RPM)
				row.module = place_module(a, title, row.fixed);
			if (!is_rebuild(out, p, &row))
				add_row(a, out, p, &row);
		}
	}
	return 0;
}

/* Versions that none of the rows from `from` on holds, one per line. */
static struct span other_versions(struct arena *a, const struct place *p, const struct json *list, const struct rows *r,
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

static int read_affected(struct arena *a, const struct json *rec, const struct json *affected, struct rows *out, struct err *e)
{
	struct span ecosystem = json_text_at(affected, "package.ecosystem"), name = json_text_at(affected, "package.name");
	struct place p = place_of_osv(a, ecosystem);
	struct affected_row row = {.status = "affected", .binary = p.binary};
	size_t from = out->n;

	if (ecosystem.n == 0 || name.n == 0) /* told by commits only */
		return 0;
	if (name.n > LIMIT_NAME_BYTES)
		return err_set(e, ERR_INPUT, "a package's name of %zu bytes", name.n);
	if (span_eq(p.ecosystem, "Go") && !on_linux(affected))
		return 0;
	row.package = place_name(a, p.ecosystem, name);
	if (add_ranges(a, &p, json_text_at(rec, "summary"), json_get(affected, "ranges"), affected, row, out, e))
		return -1;
	if (out->n == from && add_ranges(a, &p, SPAN_NONE, json_path(affected, "ecosystem_specific.custom_ranges"), affected, row, out, e))
		return -1;
	row.versions = other_versions(a, &p, json_get(affected, "versions"), out, from);
	if (row.versions.p) {
		row.fixed = SPAN(""); /* nothing lies before the empty version: only the listed versions count */
		add_row(a, out, &p, &row);
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
	v->score = v->vector.p ? cvss3_score(v->vector) : -1;
	if (!word && v->score >= 0)
		word = store_severity_of_score(v->score);
	v->severity = span_of(word);
}

static int load_aliases(struct store *s, int64_t vuln, const struct json *rec, struct err *e)
{
	static const struct {
		const char *key, *kind;
	} lists[] = {{"aliases", "alias"}, {"upstream", "upstream"}, {"related", "related"}};

	for (int i = 0; i < 3; i++)
		JSON_EACH(id, json_get(rec, lists[i].key))
		{
			struct span other = json_str(id);

			if (other.n > 0 && other.n <= LIMIT_VERSION_BYTES && store_alias(s, vuln, other, lists[i].kind, e))
				return -1;
		}
	return 0;
}

static int store_rows(struct store *s, int64_t vuln, struct rows *r, struct err *e)
{
	for (size_t i = 0; i < r->n; i++) {
		r->at[i].scope = store_covered(s, r->places[i].ecosystem, r->places[i].release, e);
		if (r->at[i].scope < 0 || store_affected(s, vuln, &r->at[i], e))
			return -1;
	}
	return 0;
}

static int load_record(struct store *s, const struct json *rec, struct err *e)
{
	auto_buf text = BUF_INIT;
	char hash[HASH_HEX];
	struct vuln_row v = {.name = json_text_at(rec, "id"), .summary = json_text_at(rec, "summary")};
	struct rows rows = {0};
	int64_t vuln;

	if (v.name.n < 3 || v.name.n > LIMIT_VERSION_BYTES || !memchr(v.name.p, '-', v.name.n))
		return err_set(e, ERR_INPUT, "expected an OSV record with an id such as GHSA-…, found '%.*s'",
			       (int)(v.name.n > 80 ? 80 : v.name.n), v.name.p ? v.name.p : "");
	JSON_EACH(a, json_get(rec, "affected"))
	{
		if (read_affected(&s->arena, rec, a, &rows, e))
			return err_wrap(e, "%.*s", SPAN_ARG(v.name));
	}
	if (store_records(s, "osv", arena_printf(&s->arena, "osv %.*s", SPAN_ARG(database_of(v.name))), false, e))
		return -1;
	v.modified = feed_time(json_scalar(json_get(rec, "modified")));
	v.published = feed_time(json_scalar(json_get(rec, "published")));
	v.withdrawn = feed_time(json_scalar(json_get(rec, "withdrawn")));
	read_severity(rec, &v);
	json_write_sorted(&text, rec);
	hash_span(buf_span(&text), hash);
	hash[32] = 0;

	int fresh = store_record(s, &v, hash, &vuln, e);

	if (fresh <= 0)
		return fresh;
	return load_aliases(s, vuln, rec, e) || store_rows(s, vuln, &rows, e) ? -1 : 0;
}

static int problem(struct store *s, const char *pointer, struct err *e)
{
	if (e->kind != ERR_INPUT)
		return -1;
	return store_problem(s, *pointer ? arena_printf(&s->arena, "%s: %s", s->file, pointer) : s->file, e);
}

static int import(struct store *s, struct span name, struct source *in, struct err *e)
{
	struct items *items = items_open(in, NULL);
	struct item item;
	uint64_t count = 0;
	int r;

	(void)name;
	while ((r = items_next(items, &s->arena, &item, e)) > 0) {
		count++;
		if ((r == 2 || load_record(s, item.value, e)) && problem(s, r == 2 ? "" : item.pointer, e))
			break;
		arena_reset(&s->arena);
	}
	items_close(items);
	/* A file of one record that is cut short costs that record; a long list that ends too early is not the feed it was. */
	if (r < 0 && count == 0)
		return problem(s, "", e);
	return r != 0 ? err_wrap(e, "%s", s->file) : 0;
}

const struct feed_format feed_osv = {"osv", is_osv, import};
