// SPDX-License-Identifier: Apache-2.0
// Which products of Red Hat's a repository or a build of an image belongs to: Red Hat's repository-to-cpe.json ({"data":{NAME:{"cpes":[…]}}}), and the plain
// form {NAME:[…]} in which others keep that and nvr-to-cpe.json (names of builds). What follows from it for packages is derive-products.c's.
#include "feed.h"

#include "common/limits.h"
#include "common/red-hat.h"

static struct span without_space(struct span s)
{
	while (s.n > 0 && strchr(" \t\r\n", s.p[0]))
		s = (struct span){s.p + 1, s.n - 1};
	return s;
}

/* Takes `sign` from the front of `*s`. */
static bool take(struct span *s, const char *sign)
{
	*s = without_space(*s);
	if (!span_starts(*s, sign))
		return false;
	*s = (struct span){s->p + strlen(sign), s->n - strlen(sign)};
	return true;
}

static bool take_key(struct span *s)
{
	if (!take(s, "\""))
		return false;
	span_cut(s, '"');
	return take(s, ":");
}

/* {"data": {"name": {"cpes"  or  {"name": ["cpe:/ */
static bool is_mapping(struct span name, struct span head)
{
	struct span s = head, base = span_after_last(name, '/');

	if (!take(&s, "{"))
		return false;
	if (span_eq(base, "repository-to-cpe.json") || span_eq(base, "nvr-to-cpe.json"))
		return true;
	if (!take_key(&s))
		return false;
	if (take(&s, "["))
		return take(&s, "\"cpe:");
	return take(&s, "{") && take_key(&s) && take(&s, "{") && take(&s, "\"cpes\"");
}

static int load_cpe(struct store *s, struct span name, const struct json *v, struct err *e)
{
	struct span cpe = span_trim(json_str(v));

	if (!red_hat_release(&s->arena, cpe).p)
		return err_set(e, ERR_INPUT, "expected a CPE of Red Hat's, found '%.*s'", SPAN_ARG(cpe));
	return db_run(&s->db, e, "INSERT OR IGNORE INTO repository_cpe (name, cpe, feed) VALUES (?, ?, ?)", "tti", name, cpe, s->feed);
}

/* A CPE that is none costs itself only: the first is told. A repository may have none. */
static int load_one(struct store *s, struct span name, const struct json *v, struct err *e)
{
	const struct json *cpes = json_is(v, JSON_OBJECT) ? json_get(v, "cpes") : v;
	struct err first = {0};

	if (name.n == 0 || name.n > LIMIT_VERSION_BYTES)
		return err_set(e, ERR_INPUT, "a repository's name of %zu bytes; expected 1 to %d", name.n, LIMIT_VERSION_BYTES);
	if (!json_is(cpes, JSON_ARRAY))
		return err_set(e, ERR_INPUT, "expected a list of CPEs");
	JSON_EACH(cpe, cpes)
	{
		struct err bad = {0};

		if (load_cpe(s, name, cpe, &bad) && bad.kind != ERR_INPUT)
			return err_set(e, bad.kind, "%s", bad.msg);
		if (bad.kind && !first.kind)
			first = bad;
	}
	s->records++;
	return first.kind ? err_set(e, first.kind, "%s", first.msg) : 0;
}

static int load(struct store *s, const struct json *map, struct err *e)
{
	JSON_MEMBERS(m, map)
	{
		struct span name = json_str(&m->key);

		if (load_one(s, name, &m->value, e) == 0)
			continue;
		if (e->kind != ERR_INPUT || store_problem(s, arena_printf(&s->arena, "%s: %.*s", s->file, SPAN_ARG(name)), e))
			return -1;
	}
	return 0;
}

static int import(struct store *s, struct span name, struct source *in, struct err *e)
{
	const char *kind = span_has(span_after_last(name, '/'), "nvr") ? "red-hat-builds" : "red-hat-repositories";
	auto_buf text = BUF_INIT;
	const struct json *map;
	struct json *doc;
	int fresh;

	if (source_slurp(in, &text, LIMIT_DOCUMENT_BYTES, e))
		return -1;
	if (json_parse(&s->arena, buf_span(&text), &doc, e))
		return err_wrap(e, "%s", s->file);
	map = json_get(doc, "data") ? json_get(doc, "data") : doc;
	if (!json_is(map, JSON_OBJECT))
		return err_set(e, ERR_INPUT, "%s: expected an object of repositories", s->file);
	fresh = store_snapshot(s, kind, kind, false, buf_span(&text), 0, e);
	return fresh <= 0 ? fresh : load(s, map, e);
}

const struct feed_format feed_repository_cpe = {"red-hat-repositories", is_mapping, import};
