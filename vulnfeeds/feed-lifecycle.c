// SPDX-License-Identifier: Apache-2.0
// Until when releases are supported: endoflife.date's product files (Markdown with YAML front matter) and its API (v0, v1).
#include "advisory.h"

#include "common/limits.h"
#include "common/yaml-read.h"

static bool is_lifecycle(struct span name, struct span head)
{
	if (span_ends(name, ".md"))
		return span_starts(head, "---") && (span_has(head, "releasePolicyLink:") || span_has(head, "\nreleases:") || span_has(head, "\neolColumn:") ||
						    span_has(head, "versionCommand:")) && span_has(head, "\npermalink:");
	return (span_starts(head, "[") && span_has(head, "\"cycle\"") && span_has(head, "\"eol\"")) ||
	       (span_starts(head, "{") && span_has(head, "\"schema_version\"") && span_has(head, "\"releases\"") && span_has(head, "\"isEol\""));
}

/* A date, or whether it is over: NULL (0), and `*ended` -1 unless it is told so. */
static int64_t date_or_flag(const struct json *v, int *ended)
{
	*ended = json_bool(v);
	return feed_time(json_scalar(v));
}

struct row {
	struct span product, cycle, latest;
	int64_t released, support, eol, extended, latest_date;
	int ended, lts;
};

/* Written only where it differs, so that a second import changes nothing. */
static int store_row(struct store *s, const struct row *r, struct err *e)
{
	static const char sql[] =
		"INSERT INTO lifecycle (feed, product, cycle, released, support, eol, ended, extended, lts, latest, latest_date)"
		" VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (product, cycle) DO UPDATE SET released = excluded.released,"
		" support = excluded.support, eol = excluded.eol, ended = excluded.ended, extended = excluded.extended, lts = excluded.lts,"
		" latest = excluded.latest, latest_date = excluded.latest_date WHERE (released, support, eol, ended, extended, lts, latest, latest_date)"
		" IS NOT (excluded.released, excluded.support, excluded.eol, excluded.ended, excluded.extended, excluded.lts, excluded.latest,"
		" excluded.latest_date)";

	if (db_run(&s->db, e, sql, "ittrrrbrbtr", s->feed, r->product, r->cycle, r->released, r->support, r->eol, r->ended, r->extended, r->lts, r->latest,
		   r->latest_date))
		return -1;
	if (sqlite3_changes(s->db.h) > 0) {
		s->changed = true;
		s->records++;
	} else {
		s->same++;
	}
	return 0;
}

static struct span first_text(const struct json *v, const char *a, const char *b)
{
	struct span text = json_scalar(json_get(v, a));

	return text.p ? text : json_scalar(json_get(v, b));
}

static const struct json *first_of(const struct json *v, const char *a, const char *b, const char *c)
{
	const struct json *x = json_get(v, a);

	x = x ? x : json_get(v, b);
	return x ? x : json_get(v, c);
}

static int load_release(struct store *s, struct span product, const struct json *v, struct err *e)
{
	struct row r = {.product = product, .cycle = first_text(v, "releaseCycle", "cycle")};
	int none;

	if (!r.cycle.p)
		r.cycle = json_scalar(json_get(v, "name"));
	if (!r.cycle.p || r.cycle.n > LIMIT_VERSION_BYTES)
		return err_set(e, ERR_INPUT, "%.*s: a release without a name", SPAN_ARG(product));
	r.released = feed_time(json_scalar(json_get(v, "releaseDate")));
	r.support = date_or_flag(first_of(v, "eoas", "support", "eoasFrom"), &none);
	r.eol = date_or_flag(first_of(v, "eol", "eolFrom", "isEol"), &r.ended);
	if (json_bool_at(v, "isEol") >= 0)
		r.ended = json_bool_at(v, "isEol");
	r.extended = date_or_flag(first_of(v, "eoes", "extendedSupport", "eoesFrom"), &none);
	r.lts = json_bool(first_of(v, "lts", "isLts", "lts")) == 1 || feed_time(json_scalar(json_get(v, "lts"))) > 0;
	r.latest = json_scalar(json_get(v, "latest"));
	if (!r.latest.p)
		r.latest = json_text_at(v, "latest.name");
	r.latest_date = feed_time(json_scalar(json_get(v, "latestReleaseDate")));
	if (!r.latest_date)
		r.latest_date = feed_time(json_text_at(v, "latest.date"));
	return store_row(s, &r, e);
}

/* "/debian" of the front matter, "debian" of the API, else the file's name. */
static struct span product_of(const struct json *doc, struct span name)
{
	struct span product = json_text_at(doc, "permalink"), file = span_after_last(name, '/');

	if (!product.p)
		product = json_text_at(doc, "result.name");
	if (product.n > 1)
		return span_starts(product, "/") ? (struct span){product.p + 1, product.n - 1} : product;
	return span_cut(&file, '.');
}

static int import(struct store *s, struct span name, struct source *in, struct err *e)
{
	auto_buf text = BUF_INIT;
	struct json *doc;
	struct span all;
	const struct json *releases;
	int n = 0;

	if (source_slurp(in, &text, LIMIT_DOCUMENT_BYTES, e))
		return -1;
	all = buf_span(&text);
	if (span_starts(all, "---")) {
		const char *end = memmem(all.p + 3, all.n - 3, "\n---", 4);

		if (end)
			all.n = (size_t)(end - all.p) + 1;
		if (yaml_parse(&s->arena, all, &doc, e))
			return err_wrap(e, "%s", s->file);
	} else if (json_parse(&s->arena, all, &doc, e)) {
		return err_wrap(e, "%s", s->file);
	}
	releases = json_is(doc, JSON_ARRAY) ? doc : json_get(doc, "releases");
	if (!releases)
		releases = json_path(doc, "result.releases");
	if (store_records(s, "lifecycle", "endoflife", false, e))
		return -1;
	JSON_EACH(v, releases)
	{
		n++;
		if (load_release(s, product_of(doc, name), v, e) && feed_problem(s, arena_printf(&s->arena, "release %d", n), e))
			return -1;
	}
	return 0;
}

const struct feed_format feed_lifecycle = {"lifecycle", is_lifecycle, import};
