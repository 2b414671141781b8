// SPDX-License-Identifier: Apache-2.0
// What a CVE is, without packages: NVD's API 2.0 and data feeds 2.0 (nvd.nist.gov/developers), and CVE records 5 of cve.org.
#include "advisory.h"

#include "common/limits.h"

static bool is_nvd(struct span name, struct span head)
{
	(void)name;
	return span_starts(head, "{") && (span_has(head, "\"NVD_CVE\"") || (span_has(head, "\"cve\"") && span_has(head, "\"sourceIdentifier\"")) ||
					  (span_has(head, "\"sourceIdentifier\"") && span_has(head, "\"vulnStatus\"")));
}

static bool is_cve5(struct span name, struct span head)
{
	(void)name;
	return span_starts(head, "{") && span_has(head, "\"CVE_RECORD\"");
}

static struct span english(const struct json *list)
{
	JSON_EACH(d, list)
	{
		if (span_starts(json_text_at(d, "lang"), "en"))
			return json_text_at(d, "value");
	}
	return SPAN_NONE;
}

/* The newest version's vector; of several the primary one's. */
static void nvd_vector(const struct json *metrics, struct vuln_row *v)
{
	static const char *const keys[] = {"cvssMetricV31", "cvssMetricV30", "cvssMetricV40", "cvssMetricV2"};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]) && !v->vector.p; i++)
		JSON_EACH(m, json_get(metrics, keys[i]))
		{
			if (!v->vector.p || span_eq(json_text_at(m, "type"), "Primary"))
				v->vector = json_text_at(m, "cvssData.vectorString");
		}
}

static int store_facts(struct store *s, struct advisory *a, const char *kind, struct err *e)
{
	if (!span_starts(a->v.name, "CVE-") || a->v.name.n > LIMIT_VERSION_BYTES)
		return err_set(e, ERR_INPUT, "expected a CVE id, found '%.*s'", (int)(a->v.name.n > 80 ? 80 : a->v.name.n), a->v.name.p ? a->v.name.p : "");
	a->v.score = a->v.vector.p ? cvss_score(a->v.vector) : -1;
	a->v.severity = a->v.score >= 0 ? span_of(store_severity_of_score(a->v.score)) : SPAN_NONE;
	return store_records(s, kind, kind, false, e) ? -1 : advisory_store(s, a, e);
}

static int nvd_record(struct store *s, const struct json *item, void *ctx, struct err *e)
{
	const struct json *cve = json_get(item, "cve") ? json_get(item, "cve") : item;
	struct advisory a = {.v = {.name = json_text_at(cve, "id"), .summary = english(json_get(cve, "descriptions"))}};

	(void)ctx;
	a.v.modified = feed_time(json_text_at(cve, "lastModified"));
	a.v.published = feed_time(json_text_at(cve, "published"));
	if (span_eq(json_text_at(cve, "vulnStatus"), "Rejected"))
		a.v.withdrawn = a.v.modified ? a.v.modified : 1;
	nvd_vector(json_get(cve, "metrics"), &a.v);
	return store_facts(s, &a, "nvd", e);
}

static void cve5_vector(const struct json *container, struct vuln_row *v)
{
	static const char *const keys[] = {"cvssV3_1.vectorString", "cvssV3_0.vectorString", "cvssV4_0.vectorString", "cvssV2_0.vectorString"};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]) && !v->vector.p; i++)
		JSON_EACH(m, json_get(container, "metrics"))
		{
			if (!v->vector.p)
				v->vector = json_text_at(m, keys[i]);
		}
}

static int cve5_record(struct store *s, const struct json *rec, void *ctx, struct err *e)
{
	const struct json *cna = json_path(rec, "containers.cna");
	struct advisory a = {.v = {.name = json_text_at(rec, "cveMetadata.cveId"), .summary = json_text_at(cna, "title")}};

	(void)ctx;
	if (!a.v.summary.p)
		a.v.summary = english(json_get(cna, "descriptions"));
	a.v.modified = feed_time(json_text_at(rec, "cveMetadata.dateUpdated"));
	a.v.published = feed_time(json_text_at(rec, "cveMetadata.datePublished"));
	if (span_eq(json_text_at(rec, "cveMetadata.state"), "REJECTED"))
		a.v.withdrawn = a.v.modified ? a.v.modified : 1;
	cve5_vector(cna, &a.v);
	JSON_EACH(adp, json_path(rec, "containers.adp"))
	{
		cve5_vector(adp, &a.v);
	}
	return store_facts(s, &a, "cve", e);
}

static int import_nvd(struct store *s, struct span name, struct source *in, struct err *e)
{
	static const char *const split[] = {"vulnerabilities", NULL};

	(void)name;
	return feed_items(s, in, split, nvd_record, NULL, e);
}

static int import_cve5(struct store *s, struct span name, struct source *in, struct err *e)
{
	(void)name;
	return feed_items(s, in, NULL, cve5_record, NULL, e);
}

const struct feed_format feed_nvd = {"nvd", is_nvd, import_nvd};
const struct feed_format feed_cve5 = {"cve", is_cve5, import_cve5};
