// SPDX-License-Identifier: Apache-2.0
// CISA's catalogue of known exploited vulnerabilities, JSON (cisa.gov/known-exploited-vulnerabilities-catalog).
#include "feed.h"

#include "common/limits.h"

static bool is_kev(struct span name, struct span head)
{
	(void)name;
	return span_starts(head, "{") && span_has(head, "\"catalogVersion\"") && span_has(head, "\"vulnerabilities\"") &&
	       !span_has(head, "\"$schema\"");
}

static int load_one(struct store *s, const struct json *v, struct err *e)
{
	struct span cve = json_text_at(v, "cveID");

	if (!span_starts(cve, "CVE-"))
		return err_set(e, ERR_INPUT, "expected a CVE id in cveID, found '%.*s'", SPAN_ARG(cve));
	s->records++;
	return db_run(&s->db, e, "INSERT OR REPLACE INTO kev (cve, feed, added, due, ransomware, name) VALUES (?, ?, ?, ?, ?, ?)",
		      "tirrbt", cve, s->feed, feed_time(json_text_at(v, "dateAdded")), feed_time(json_text_at(v, "dueDate")),
		      span_eq(json_text_at(v, "knownRansomwareCampaignUse"), "Known"), json_text_at(v, "vulnerabilityName"));
}

static int load(struct store *s, const struct json *doc, struct err *e)
{
	const struct json *list = json_get(doc, "vulnerabilities");

	JSON_EACH(v, list)
	{
		if (load_one(s, v, e) == 0)
			continue;
		if (e->kind != ERR_INPUT ||
		    store_problem(s, arena_printf(&s->arena, "%s: /vulnerabilities/%d", s->file, (int)(v - list->items)), e))
			return -1;
	}
	return 0;
}

static int import(struct store *s, struct span name, struct source *in, struct err *e)
{
	auto_buf text = BUF_INIT;
	struct json *doc;

	(void)name;
	if (source_slurp(in, &text, LIMIT_DOCUMENT_BYTES, e))
		return -1;
	if (json_parse(&s->arena, buf_span(&text), &doc, e))
		return err_wrap(e, "%s", s->file);

	int fresh = store_snapshot(s, "cisa-kev", "cisa-kev", false, buf_span(&text), feed_time(json_text_at(doc, "dateReleased")), e);

	return fresh <= 0 ? fresh : load(s, doc, e);
}

const struct feed_format feed_kev = {"cisa-kev", is_kev, import};
