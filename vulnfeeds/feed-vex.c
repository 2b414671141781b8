// SPDX-License-Identifier: Apache-2.0
// What somebody says about vulnerabilities in products: OpenVEX (openvex.dev, 0.2.0) and CycloneDX VEX (1.4 to 1.6).
#include "advisory.h"

#include "common/limits.h"
#include "vex-store.h"

static bool is_openvex(struct span name, struct span head)
{
	(void)name;
	return span_starts(head, "{") && span_has(head, "openvex.dev/ns");
}

static bool is_cyclonedx(struct span name, struct span head)
{
	(void)name;
	return span_starts(head, "{") && span_has(head, "\"bomFormat\"") && !span_has(head, "\"$id\"");
}

static const char *status_of(struct span word)
{
	static const struct {
		const char *word, *status;
	} words[] = {{"not_affected", "not-affected"}, {"false_positive", "not-affected"}, {"affected", "affected"}, {"exploitable", "affected"},
		     {"fixed", "fixed"}, {"resolved", "fixed"}, {"resolved_with_pedigree", "fixed"}, {"under_investigation", "under-investigation"}, {"in_triage", "under-investigation"}};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (span_eq(word, words[i].word))
			return words[i].status;
	return NULL;
}

static struct span id_of(const struct json *v)
{
	struct span id = json_text_at(v, "@id");

	return json_is(v, JSON_STRING) ? json_str(v) : id.p ? id : json_text_at(v, "identifiers.purl");
}

/* A product as such, or each of the subcomponents that the statement is about. */
static int openvex_product(struct store *s, const struct json *product, struct vex_row *row, struct err *e)
{
	bool any = false;

	row->product = id_of(product);
	row->component = SPAN_NONE;
	JSON_EACH(c, json_get(product, "subcomponents"))
	{
		any = true;
		row->component = id_of(c);
		if (vex_store(s, row, e))
			return -1;
	}
	return any ? 0 : vex_store(s, row, e);
}

static int openvex_statement(struct store *s, const struct json *doc, const struct json *v, struct err *e)
{
	const struct json *vuln = json_get(v, "vulnerability");
	struct vex_row row = {.name = json_is(vuln, JSON_STRING) ? json_str(vuln) : json_text_at(vuln, "name"), .author = json_text_at(doc, "author")};

	row.status = status_of(json_text_at(v, "status"));
	row.justification = json_text_at(v, "justification");
	row.note = json_text_at(v, "impact_statement");
	if (!row.note.p)
		row.note = json_text_at(v, "action_statement");
	row.stated = feed_time(json_text_at(v, "timestamp"));
	if (!row.stated)
		row.stated = feed_time(json_text_at(doc, "timestamp"));
	if (!row.name.p)
		row.name = json_text_at(vuln, "@id");
	if (!row.status)
		return err_set(e, ERR_INPUT, "a status that OpenVEX does not know: '%.*s'", SPAN_ARG(json_text_at(v, "status")));
	JSON_EACH(p, json_get(v, "products"))
	{
		if (openvex_product(s, p, &row, e))
			return -1;
	}
	return 0;
}

static int load_openvex(struct store *s, const struct json *doc, void *ctx, struct err *e)
{
	const struct json *list = json_get(doc, "statements");
	struct span author = json_text_at(doc, "author");

	(void)ctx;
	if (store_records(s, "openvex", arena_printf(&s->arena, "openvex %.*s", SPAN_ARG(author.n ? author : SPAN("unknown"))), false, e))
		return -1;
	JSON_EACH(v, list)
	{
		if (openvex_statement(s, doc, v, e) &&
		    feed_problem(s, arena_printf(&s->arena, "/statements/%d", (int)(v - list->items)), e))
			return -1;
	}
	return 0;
}

/* A bom-ref as the package URL of the component that has it. */
static struct span purl_of(const struct json *doc, struct span ref)
{
	const struct json *self = json_path(doc, "metadata.component");

	if (span_is(json_text_at(self, "bom-ref"), ref) && json_text_at(self, "purl").p)
		return json_text_at(self, "purl");
	JSON_EACH(c, json_get(doc, "components"))
	{
		if (span_is(json_text_at(c, "bom-ref"), ref) && json_text_at(c, "purl").p)
			return json_text_at(c, "purl");
	}
	/* "urn:cdx:serial/1#pkg:npm/…" points into another document. */
	return span_has(ref, "#") ? span_after_last(ref, '#') : ref;
}

static int cyclonedx_statement(struct store *s, const struct json *doc, const struct json *v, struct err *e)
{
	struct vex_row row = {.name = json_text_at(v, "id"), .status = status_of(json_text_at(v, "analysis.state")),
			      .justification = json_text_at(v, "analysis.justification"), .note = json_text_at(v, "analysis.detail"),
			      .author = json_text_at(doc, "metadata.supplier.name"), .stated = feed_time(json_text_at(doc, "metadata.timestamp"))};

	if (!row.status) /* an analysis is what makes it a statement */
		return 0;
	JSON_EACH(a, json_get(v, "affects"))
	{
		row.product = purl_of(doc, json_text_at(a, "ref"));
		if (vex_store(s, &row, e))
			return -1;
	}
	return 0;
}

static int load_cyclonedx(struct store *s, const struct json *doc, void *ctx, struct err *e)
{
	const struct json *list = json_get(doc, "vulnerabilities");
	struct span author = json_text_at(doc, "metadata.supplier.name");

	(void)ctx;
	if (store_records(s, "cyclonedx-vex", arena_printf(&s->arena, "cyclonedx-vex %.*s", SPAN_ARG(author.n ? author : SPAN("unknown"))), false, e))
		return -1;
	JSON_EACH(v, list)
	{
		if (cyclonedx_statement(s, doc, v, e) &&
		    feed_problem(s, arena_printf(&s->arena, "/vulnerabilities/%d", (int)(v - list->items)), e))
			return -1;
	}
	return 0;
}

static int import_openvex(struct store *s, struct span name, struct source *in, struct err *e)
{
	(void)name;
	return feed_items(s, in, NULL, load_openvex, NULL, e);
}

static int import_cyclonedx(struct store *s, struct span name, struct source *in, struct err *e)
{
	(void)name;
	return feed_items(s, in, NULL, load_cyclonedx, NULL, e);
}

const struct feed_format feed_openvex = {"openvex", is_openvex, import_openvex};
const struct feed_format feed_cyclonedx = {"cyclonedx-vex", is_cyclonedx, import_cyclonedx};
