// SPDX-License-Identifier: Apache-2.0
// What Harbor's API and twistcli (Prisma Cloud) report of one image, and clair-scanner for Clair v2, as JSON.
#include "load-scanner.h"

/* {"application/vnd.security.vulnerability.report; version=1.1": {generated_at, scanner, vulnerabilities: [{id, package, version, fix_version, severity}]}}: Harbor's
 * pluggable scanner specification 1.1. Which image it is of, only the digests in it tell, where the scanner gives them. */
static int harbor_report(struct load *l, const struct json *r, const char *pointer, struct err *e)
{
	const struct json *found = json_get(r, "vulnerabilities"), *first = json_is(found, JSON_ARRAY) && found->n ? &found->items[0] : NULL;
	const struct json *digests = json_get(first, "artifact_digests");
	struct scan_about a = {.scanner = json_text_at(r, "scanner.name"), .version = json_text_at(r, "scanner.version"), .scanned = load_time(json_text_at(r, "generated_at")),
			       .digest = json_is(digests, JSON_ARRAY) && digests->n ? json_str(&digests->items[0]) : SPAN_NONE, .vulnerabilities = true, .pointer = pointer};
	int64_t scan;

	if (scan_add(l, &a, &scan, e))
		return -1;
	JSON_EACH(v, found)
	{
		struct scan_row row = {.vulnerability = json_text_at(v, "id"), .component = json_text_at(v, "package"), .version = json_text_at(v, "version"), .severity = json_text_at(v, "severity"),
				       .fixed = json_text_at(v, "fix_version")};

		row.pointer = arena_printf(&l->item, "%s/vulnerabilities/%zu", pointer, (size_t)(v - found->items));
		if (scan_result_add(l, scan, &row, e))
			return -1;
	}
	return 0;
}

int scan_harbor_report(struct load *l, const struct json *doc, const char *pointer, struct err *e)
{
	JSON_MEMBERS(m, doc)
		if (json_is(json_get(&m->value, "vulnerabilities"), JSON_ARRAY))
			return harbor_report(l, &m->value, pointer, e);
	return err_set(e, ERR_INPUT, "no report of Harbor: a list of vulnerabilities is expected");
}

/* ---- twistcli images scan --output-file */

/* "fixed in 1.2.3, 1.1.9": the first. */
struct span scan_prisma_fix(struct span status)
{
	struct span rest;

	if (!span_starts(status, "fixed in "))
		return SPAN_NONE;
	rest = (struct span){status.p + 9, status.n - 9};
	return span_trim(span_cut(&rest, ','));
}

static int twistcli_image(struct load *l, const struct json *r, const char *pointer, struct err *e)
{
	const struct json *found = json_get(r, "vulnerabilities");
	struct scan_about a = {.scanner = SPAN("prisma"), .target = json_text_at(r, "name"), .digest = json_text_at(r, "digest"), .config_digest = json_text_at(r, "id"),
			       .scanned = load_time(json_text_at(r, "scanTime")), .components = json_count(json_get(r, "packages")) > 0, .vulnerabilities = true, .pointer = pointer};
	int64_t scan;

	if (scan_add(l, &a, &scan, e))
		return -1;
	JSON_EACH(p, json_get(r, "packages"))
		if (scan_component_add(l, scan, scan_type(json_text_at(p, "type")), json_text_at(p, "name"), json_text_at(p, "version"), e))
			return -1;
	JSON_EACH(v, found)
	{
		struct scan_row row = {.vulnerability = json_text_at(v, "id"), .component = json_text_at(v, "packageName"), .version = json_text_at(v, "packageVersion"),
				       .path = json_text_at(v, "packagePath"), .severity = json_text_at(v, "severity"), .fixed = scan_prisma_fix(json_text_at(v, "status"))};

		row.pointer = arena_printf(&l->item, "%s/vulnerabilities/%zu", pointer, (size_t)(v - found->items));
		if (scan_result_add(l, scan, &row, e))
			return -1;
	}
	return 0;
}

int scan_twistcli(struct load *l, const struct json *doc, const char *pointer, struct err *e)
{
	const struct json *results = json_get(doc, "results");

	if (!json_is(results, JSON_ARRAY))
		return err_set(e, ERR_INPUT, "no report of twistcli: a list of results is expected");
	JSON_EACH(r, results)
		if (twistcli_image(l, r, arena_printf(&l->item, "%s/results/%zu", pointer, (size_t)(r - results->items)), e))
			return -1;
	return 0;
}

/* ---- clair-scanner: {image, unapproved, vulnerabilities: [{featurename, featureversion, vulnerability, severity, fixedby}]} */

int scan_clair_scanner(struct load *l, const struct json *doc, const char *pointer, struct err *e)
{
	const struct json *found = json_get(doc, "vulnerabilities");
	struct scan_about a = {.scanner = SPAN("clair"), .target = json_text_at(doc, "image"), .vulnerabilities = true, .pointer = pointer};
	int64_t scan;

	if (!a.target.n || !json_is(found, JSON_ARRAY))
		return err_set(e, ERR_INPUT, "no report of clair-scanner: image and a list of vulnerabilities are expected");
	if (scan_add(l, &a, &scan, e))
		return -1;
	JSON_EACH(v, found)
	{
		struct scan_row row = {.vulnerability = json_text_at(v, "vulnerability"), .component = json_text_at(v, "featurename"), .version = json_text_at(v, "featureversion"),
				       .severity = json_text_at(v, "severity"), .fixed = json_text_at(v, "fixedby")};

		row.pointer = arena_printf(&l->item, "%s/vulnerabilities/%zu", pointer, (size_t)(v - found->items));
		if (scan_result_add(l, scan, &row, e))
			return -1;
	}
	return 0;
}
