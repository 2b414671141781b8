// SPDX-License-Identifier: Apache-2.0
// VulnerabilityReport objects (aquasecurity.github.io/v1alpha1), which Trivy's operator keeps in the cluster: one for each container of each workload.
#include "kubernetes.h"
#include "load-scanner.h"

/* "index.docker.io" as image references have it. */
static struct span registry_of(struct span server)
{
	return span_eq(server, "index.docker.io") || !server.n ? SPAN("docker.io") : server;
}

static int report_rows(struct load *l, const struct json *list, int64_t scan, const char *pointer, struct err *e)
{
	JSON_EACH(v, list)
	{
		struct scan_row r = {.vulnerability = json_text_at(v, "vulnerabilityID"), .component = json_text_at(v, "resource"), .version = json_text_at(v, "installedVersion"),
				     .type = scan_type(json_text_at(v, "packageType")), .path = json_text_at(v, "pkgPath"), .severity = json_text_at(v, "severity"),
				     .fixed = json_text_at(v, "fixedVersion")};

		r.pointer = arena_printf(&l->item, "%s/report/vulnerabilities/%zu", pointer, (size_t)(v - list->items));
		if (scan_result_add(l, scan, &r, e))
			return -1;
	}
	return 0;
}

/* An image that several workloads run is reported for each of them: once is enough. */
static int report(struct kube *k, const struct json *r, struct err *e)
{
	struct load *l = k->l;
	struct span tag = json_text_at(r, "artifact.tag"), server = registry_of(json_text_at(r, "registry.server"));
	struct scan_about a = {.scanner = SPAN("trivy"), .format = "trivy", .version = json_text_at(r, "scanner.version"), .digest = json_text_at(r, "artifact.digest"),
			       .scanned = load_time(json_text_at(r, "updateTimestamp")), .vulnerabilities = true, .pointer = k->pointer};
	int64_t scan;

	a.target = span_of(arena_printf(&l->item, "%.*s/%.*s%s%.*s", SPAN_ARG(server), SPAN_ARG(json_text_at(r, "artifact.repository")), tag.n ? ":" : "", SPAN_ARG(tag)));
	if (db_int(l->db, 0, "SELECT 1 FROM scan WHERE scanner = 'trivy' AND target = ? AND digest IS ?", "tt", a.target, a.digest))
		return 0;
	return scan_add(l, &a, &scan, e) ? -1 : report_rows(l, json_get(r, "vulnerabilities"), scan, k->pointer, e);
}

/* The report is evidence of images, wherever it was kept. */
int load_vulnerability_report(struct kube *k, struct err *e)
{
	const struct json *r = json_get(k->object, "report");
	struct load *l = k->l;
	int64_t scope = l->scope, items = l->items;
	const char *cluster = l->cluster;
	struct err bad = {0};
	int rc;

	if (!json_text_at(r, "artifact.repository").n)
		return load_problem(l, k->pointer, e, "a VulnerabilityReport without report.artifact.repository");
	if (load_scope(l->db, "images", SPAN("images"), &l->scope, e))
		return -1;
	l->cluster = NULL;
	rc = report(k, r, &bad);
	l->scope = scope;
	l->cluster = cluster;
	l->items = items;
	if (rc && bad.kind == ERR_INPUT)
		return load_problem(l, k->pointer, e, "%s", bad.msg);
	return rc ? err_set(e, bad.kind, "%s", bad.msg) : 0;
}
