// SPDX-License-Identifier: Apache-2.0
// CSAF 2.0 (docs.oasis-open.org/csaf): Red Hat's and other vendors' advisories and VEX documents. Statements about packages of
// distributions become rows that are matched; those about other products become VEX statements.
#include "advisory.h"

#include "common/limits.h"
#include "csaf-tree.h"
#include "oval-comment.h"
#include "common/purl-read.h"
#include "vex-store.h"

struct document {
	struct csaf_tree tree;
	struct span publisher, id;
	int64_t modified, published;
	bool vex; /* else an advisory: one record for all its vulnerabilities */
};

enum status { FIXED, AFFECTED, NOT_AFFECTED, INVESTIGATED };

static const struct {
	const char *key;
	enum status status;
} lists[] = {{"fixed", FIXED},		 {"first_fixed", FIXED},	   {"recommended", FIXED},	       {"known_affected", AFFECTED},
	     {"first_affected", AFFECTED}, {"last_affected", AFFECTED}, {"known_not_affected", NOT_AFFECTED}, {"under_investigation", INVESTIGATED}};

static bool is_csaf(struct span name, struct span head)
{
	(void)name;
	return span_starts(head, "{") && span_has(head, "\"csaf_version\"") && !span_has(head, "\"$schema\": \"https://json-schema");
}

/* "nodejs:12" of the first two parts of "nodejs:12:8020020200707:6a468ee4". Absent where there is no second one. */
static struct span module_stream(struct span module)
{
	struct span rest = module, name = span_cut(&rest, ':'), stream = span_cut(&rest, ':');

	return name.n > 0 && stream.n > 0 ? (struct span){module.p, name.n + 1 + stream.n} : SPAN_NONE;
}

/* The module that a component is: "pkg:rpmmod/redhat/nodejs@12:8020020200707:6a468ee4". */
static struct span module_of(struct store *s, const struct document *d, struct span id)
{
	const struct csaf_product *c = csaf_find(&d->tree, id);
	struct purl_parts purl;

	if (!c || !c->purl.p)
		return span_has(id, "/") ? SPAN_NONE : module_stream(id);
	if (!purl_read(&s->arena, c->purl, &purl) || !span_eq(purl.type, "rpmmod") || purl.version.n == 0)
		return SPAN_NONE;
	return module_stream(span_of(arena_printf(&s->arena, "%.*s:%.*s", SPAN_ARG(purl.name), SPAN_ARG(purl.version))));
}

/* The distribution that a product is or is part of, and the module on the way to it: a module's packages are components of the module, which is one of
 * the product. */
static bool place_of(struct store *s, const struct document *d, struct span id, struct place *p, struct span *module)
{
	for (int depth = 0; depth < 4; depth++) {
		const struct csaf_product *product = csaf_find(&d->tree, id);

		if (!product)
			return false;
		if (!product->parent.p)
			return product->cpe.p && span_has(product->cpe, ":redhat:") ? place_of_red_hat_cpe(&s->arena, product->cpe, p)
										      : oval_platform(&s->arena, product->name, SPAN(""), p);
		if (!module->p)
			*module = module_of(s, d, product->component);
		id = product->parent;
	}
	return false;
}

/* "python3-idle-0:3.6.8-24.el8_2.2.x86_64" where no package URL tells. */
static bool split_nevra(struct store *s, struct span id, struct affected_row *row, struct span *arch)
{
	const char *dot = id.n ? memrchr(id.p, '.', id.n) : NULL, *dash, *before;
	struct span nevr = id;

	*arch = dot ? (struct span){dot + 1, (size_t)(id.p + id.n - dot - 1)} : SPAN_NONE;
	if (dot)
		nevr.n = (size_t)(dot - id.p);
	dash = nevr.n ? memrchr(nevr.p, '-', nevr.n) : NULL;
	before = dash ? memrchr(nevr.p, '-', (size_t)(dash - nevr.p)) : NULL;
	if (!before || !version_is_digit(before[1]))
		return false;
	row->package = (struct span){nevr.p, (size_t)(before - nevr.p)};
	row->fixed = (struct span){before + 1, (size_t)(nevr.p + nevr.n - before - 1)};
	if (!memchr(row->fixed.p, ':', row->fixed.n))
		row->fixed = span_of(arena_printf(&s->arena, "0:%.*s", SPAN_ARG(row->fixed)));
	return true;
}

/* "pkg:rpmmod/redhat/nodejs:12/npm", the source of a package in a module that has no fix. The module as a whole is no package. */
static bool read_module_component(const struct purl_parts *purl, struct affected_row *row)
{
	row->module = module_stream(span_after_last(purl->namespace, '/'));
	row->package = purl->name;
	row->binary = false;
	return row->module.p && !purl->version.n && row->package.n > 0;
}

static bool read_component(struct store *s, const struct document *d, const struct csaf_product *product, struct affected_row *row)
{
	const struct csaf_product *c = csaf_find(&d->tree, product->component);
	struct purl_parts purl;
	struct span arch = SPAN_NONE, text = c && c->purl.p ? c->purl : product->purl, epoch, module;

	if (text.p && purl_read(&s->arena, text, &purl)) {
		if (span_eq(purl.type, "rpmmod"))
			return read_module_component(&purl, row);
		if (!span_eq(purl.type, "rpm") && !span_eq(purl.type, "deb"))
			return false;
		arch = purl_qualifier(&s->arena, &purl, "arch");
		epoch = purl_qualifier(&s->arena, &purl, "epoch");
		module = purl_qualifier(&s->arena, &purl, "rpmmod");
		row->package = purl.name;
		if (purl.version.p && span_eq(purl.type, "rpm"))
			row->fixed = span_of(arena_printf(&s->arena, "%.*s:%.*s", SPAN_ARG(epoch.n ? epoch : SPAN("0")), SPAN_ARG(purl.version)));
		else
			row->fixed = purl.version;
		if (module.p)
			row->module = module_stream(module).p ? module_stream(module) : module;
	} else if (!split_nevra(s, product->component, row, &arch)) {
		row->package = span_after_last(product->component, '/');
		if (row->package.n < product->component.n)
			row->module = module_stream((struct span){product->component.p, product->component.n - row->package.n - 1});
		arch = SPAN("src");
	}
	row->binary = !span_eq(arch, "src");
	return row->package.n > 0 && !memchr(product->id.p, '@', product->id.n) && !memchr(row->package.p, '/', row->package.n);
}

static const char *remedy_status(const struct json *r)
{
	struct span category = json_text_at(r, "category"), details = json_text_at(r, "details");

	if (span_eq(category, "no_fix_planned"))
		return span_has(details, "out of support") ? "end-of-life" : "will-not-fix";
	if (span_eq(category, "none_available"))
		return span_has(details, "deferred") ? "deferred" : "unfixed";
	return NULL;
}

/* The state of a product without a fix, as the remediations tell. */
static const char *unfixed_status(const struct json *vuln, struct span id)
{
	JSON_EACH(r, json_get(vuln, "remediations"))
	{
		const char *status = remedy_status(r);

		if (!status)
			continue;
		JSON_EACH(p, json_get(r, "product_ids"))
		{
			if (span_is(json_str(p), id))
				return status;
		}
	}
	return "unfixed";
}

static int add_vex(struct store *s, const struct document *d, const struct json *vuln, const struct csaf_product *p, enum status status, struct err *e)
{
	static const char *const words[] = {"fixed", "affected", "not-affected", "under-investigation"};
	const struct csaf_product *parent = csaf_find(&d->tree, p->parent), *c = csaf_find(&d->tree, p->component);
	struct vex_row row = {.name = json_text_at(vuln, "cve"), .status = words[status], .author = d->publisher, .stated = d->modified};
	struct span own = p->purl.p ? p->purl : p->name;

	row.product = parent ? (parent->purl.p ? parent->purl : parent->name) : own;
	row.component = c ? (c->purl.p ? c->purl : c->name) : SPAN_NONE;
	JSON_EACH(flag, json_get(vuln, "flags"))
	{
		JSON_EACH(id, json_get(flag, "product_ids"))
		{
			if (span_is(json_str(id), p->id))
				row.justification = json_text_at(flag, "label");
		}
	}
	return row.name.p && row.product.p ? vex_store(s, &row, e) : 0;
}

static int add_product(struct store *s, const struct document *d, const struct json *vuln, struct span id, enum status status,
		       struct advisory *a, struct err *e)
{
	const struct csaf_product *product = csaf_find(&d->tree, id);
	struct affected_row row = {0};
	struct span module = SPAN_NONE;
	struct place place;

	if (!product || memchr(id.p, '@', id.n)) /* an image by digest */
		return 0;
	if (!product->parent.p || !place_of(s, d, product->parent, &place, &module))
		return d->vex ? add_vex(s, d, vuln, product, status, e) : 0;
	if (!read_component(s, d, product, &row) || (status == FIXED && (!row.binary || !row.fixed.p)))
		return 0;
	if (status != FIXED)
		row.fixed = SPAN_NONE;
	row.status = status == FIXED ? "affected" : status == NOT_AFFECTED ? "not-affected" : status == INVESTIGATED ? "under-investigation"
													     : unfixed_status(vuln, id);
	if (!row.module.p)
		row.module = module.p ? module : place_module(&s->arena, SPAN_NONE, row.fixed);
	advisory_add_lowest(s, a, &place, &row);
	return 0;
}

static int add_vulnerability(struct store *s, const struct document *d, const struct json *vuln, struct advisory *a, struct err *e)
{
	const struct json *status = json_get(vuln, "product_status");

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		JSON_EACH(id, json_get(status, lists[i].key))
		{
			if (json_str(id).p && add_product(s, d, vuln, json_str(id), lists[i].status, a, e))
				return -1;
		}
	JSON_EACH(score, json_get(vuln, "scores"))
	{
		if (!a->v.vector.p)
			a->v.vector = json_text_at(score, "cvss_v3.vectorString");
		if (!a->v.vector.p)
			a->v.vector = json_text_at(score, "cvss_v2.vectorString");
	}
	JSON_EACH(threat, json_get(vuln, "threats"))
	{
		if (!a->v.severity.p && span_eq(json_text_at(threat, "category"), "impact"))
			a->v.severity = span_of(store_severity(json_text_at(threat, "details")));
	}
	a->v.score = a->v.vector.p ? cvss_score(a->v.vector) : -1;
	if (!a->v.severity.p && a->v.score >= 0)
		a->v.severity = span_of(store_severity_of_score(a->v.score));
	return 0;
}

static int use_feed(struct store *s, const struct document *d, struct err *e)
{
	return store_records(s, d->vex ? "csaf-vex" : "csaf", arena_printf(&s->arena, "%s %.*s", d->vex ? "csaf-vex" : "csaf", SPAN_ARG(d->publisher)), !d->vex,
			     e);
}

static int load_advisory(struct store *s, const struct document *d, const struct json *doc, struct err *e)
{
	struct advisory a = {.v = {.name = d->id, .summary = json_text_at(doc, "document.title"), .score = -1, .modified = d->modified, .published = d->published}};

	a.v.severity = span_of(store_severity(json_text_at(doc, "document.aggregate_severity.text")));
	JSON_EACH(vuln, json_get(doc, "vulnerabilities"))
	{
		advisory_alias(s, &a, json_text_at(vuln, "cve"), "upstream");
		if (add_vulnerability(s, d, vuln, &a, e))
			return -1;
	}
	return advisory_store(s, &a, e);
}

static int load_vex(struct store *s, const struct document *d, const struct json *doc, struct err *e)
{
	JSON_EACH(vuln, json_get(doc, "vulnerabilities"))
	{
		struct advisory a = {.v = {.name = json_text_at(vuln, "cve"), .summary = json_text_at(vuln, "title"), .score = -1, .modified = d->modified,
					   .published = d->published}};

		if (!a.v.name.p)
			a.v.name = json_text_at(vuln, "title");
		if (a.v.name.n < 3 || a.v.name.n > LIMIT_VERSION_BYTES)
			return err_set(e, ERR_INPUT, "%.*s: a vulnerability without a name", SPAN_ARG(d->id));
		if (!a.v.summary.p)
			a.v.summary = json_text_at(doc, "document.title");
		if (add_vulnerability(s, d, vuln, &a, e) || advisory_store(s, &a, e))
			return -1;
	}
	return 0;
}

static int load(struct store *s, const struct json *doc, void *ctx, struct err *e)
{
	struct document d = {.publisher = json_text_at(doc, "document.publisher.name"), .id = json_text_at(doc, "document.tracking.id")};

	(void)ctx;
	d.modified = feed_time(json_text_at(doc, "document.tracking.current_release_date"));
	d.published = feed_time(json_text_at(doc, "document.tracking.initial_release_date"));
	d.vex = span_eq(json_text_at(doc, "document.category"), "csaf_vex");
	if (d.id.n == 0 || d.id.n > LIMIT_VERSION_BYTES || d.publisher.n == 0)
		return err_set(e, ERR_INPUT, "expected a CSAF document with a publisher and a tracking id");
	if (csaf_tree_read(&s->arena, json_get(doc, "product_tree"), &d.tree, e) || use_feed(s, &d, e))
		return -1;
	return d.vex ? load_vex(s, &d, doc, e) : load_advisory(s, &d, doc, e);
}

static int import(struct store *s, struct span name, struct source *in, struct err *e)
{
	(void)name;
	return feed_items(s, in, NULL, load, NULL, e);
}

const struct feed_format feed_csaf = {"csaf", is_csaf, import};
