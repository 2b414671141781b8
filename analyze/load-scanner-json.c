// SPDX-License-Identifier: Apache-2.0
// What Trivy, Grype, Clair and Snyk report as JSON, one document an image. Sources: their own models (trivy pkg/types/report.go, grype presenter/models, claircore
// VulnerabilityReport, snyk container test --json).
#include "load-scanner.h"

/* The digest behind "name@". */
static struct span digest_of(struct span reference)
{
	struct span rest = reference;

	span_cut(&rest, '@');
	return rest;
}

static struct span first_text(const struct json *list)
{
	return json_count(list) && json_is(list, JSON_ARRAY) ? json_str(&list->items[0]) : SPAN_NONE;
}

static int not_a_report(const char *what, struct err *e)
{
	return err_set(e, ERR_INPUT, "no report of %s", what);
}

static const char *place(struct load *l, const char *base, const char *list, const struct json *array, const struct json *v)
{
	return arena_printf(&l->item, "%s/%s/%zu", base, list, (size_t)(v - array->items));
}

/* ---- Trivy, SchemaVersion 2 */

static int trivy_finding(struct load *l, int64_t scan, const struct json *result, const struct json *v, const char *state, const char *pointer, struct err *e)
{
	struct span path = json_text_at(v, "PkgPath"), severity = json_text_at(v, "Severity");
	struct scan_row r = {.vulnerability = json_text_at(v, "VulnerabilityID"), .component = json_text_at(v, "PkgName"), .version = json_text_at(v, "InstalledVersion"),
			     .type = scan_type(json_text_at(result, "Type")), .severity = severity, .fixed = json_text_at(v, "FixedVersion"), .state = state, .pointer = pointer};

	if (!state && span_eq(json_text_at(v, "Status"), "not_affected"))
		r.state = "not-affected";
	r.path = path.n || span_eq(json_text_at(result, "Class"), "os-pkgs") ? path : json_text_at(result, "Target");
	r.aliases = scan_aliases(&l->item, json_get(v, "VendorIDs"), r.vulnerability);
	return scan_result_add(l, scan, &r, e);
}

static int trivy_package(struct load *l, int64_t scan, const struct json *result, const struct json *v, struct err *e)
{
	struct scan_row r = {.component = json_text_at(v, "Name"), .version = json_text_at(v, "Version"), .type = scan_type(json_text_at(result, "Type"))};

	scan_purl(&l->item, json_text_at(v, "Identifier.PURL"), &r);
	return scan_component_add(l, scan, r.type, json_text_at(v, "Name"), r.version, e);
}

static int trivy_result(struct load *l, int64_t scan, const struct json *result, const char *at, struct err *e)
{
	const struct json *found = json_get(result, "Vulnerabilities"), *ignored = json_get(result, "ExperimentalModifiedFindings");

	JSON_EACH(v, found)
		if (trivy_finding(l, scan, result, v, NULL, place(l, at, "Vulnerabilities", found, v), e))
			return -1;
	JSON_EACH(m, ignored)
	{
		struct span status = json_text_at(m, "Status");
		const char *state = span_eq(status, "not_affected") ? "not-affected" : span_eq(status, "fixed") ? "fixed" : "ignored";

		if (span_eq(json_text_at(m, "Type"), "vulnerability") &&
		    trivy_finding(l, scan, result, json_get(m, "Finding"), state, place(l, at, "ExperimentalModifiedFindings", ignored, m), e))
			return -1;
	}
	JSON_EACH(p, json_get(result, "Packages"))
		if (trivy_package(l, scan, result, p, e))
			return -1;
	return 0;
}

/* "alpine:3.10 (alpine 3.10.2)": what stands before the system's name. */
static struct span before_system(struct span target)
{
	const char *p = target.n ? memmem(target.p, target.n, " (", 2) : NULL;

	return p ? (struct span){target.p, (size_t)(p - target.p)} : target;
}

/* A workload of `trivy k8s`: its image is told by its metadata, else by what its first result is about. */
static int trivy_resource(struct load *l, const struct json *r, const char *pointer, struct err *e)
{
	const struct json *results = json_get(r, "Results"), *meta = json_get(r, "Metadata");
	struct scan_about a = {.scanner = SPAN("trivy"), .vulnerabilities = true, .pointer = pointer};
	int64_t scan;

	if (json_is(meta, JSON_ARRAY) && meta->n)
		meta = &meta->items[0];
	if (!json_is(results, JSON_ARRAY) || !results->n)
		return 0;
	a.target = first_text(json_get(meta, "RepoTags"));
	a.digest = digest_of(first_text(json_get(meta, "RepoDigests")));
	a.config_digest = json_text_at(meta, "ImageID");
	if (!a.target.n)
		a.target = before_system(json_text_at(&results->items[0], "Target"));
	if (scan_add(l, &a, &scan, e))
		return -1;
	JSON_EACH(x, results)
		if (trivy_result(l, scan, x, place(l, pointer, "Results", results, x), e))
			return -1;
	return 0;
}

static int trivy_cluster(struct load *l, const struct json *doc, const char *pointer, struct err *e)
{
	static const char *const lists[] = {"Resources", "Vulnerabilities"};

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		const struct json *list = json_get(doc, lists[i]);

		JSON_EACH(r, list)
			if (trivy_resource(l, r, place(l, pointer, lists[i], list, r), e))
				return -1;
	}
	return 0;
}

int scan_trivy(struct load *l, const struct json *doc, const char *pointer, struct err *e)
{
	const struct json *results = json_get(doc, "Results");
	struct scan_about a = {.scanner = SPAN("trivy"), .version = json_text_at(doc, "Trivy.Version"), .target = json_text_at(doc, "ArtifactName"),
			       .config_digest = json_text_at(doc, "Metadata.ImageID"), .digest = digest_of(first_text(json_path(doc, "Metadata.RepoDigests"))),
			       .scanned = load_time(json_text_at(doc, "CreatedAt")), .vulnerabilities = true, .pointer = pointer};
	struct span name = first_text(json_path(doc, "Metadata.RepoTags"));
	int64_t scan;

	if (json_get(doc, "ClusterName"))
		return trivy_cluster(l, doc, pointer, e);
	if (!json_get(doc, "ArtifactName") || (results && !json_is(results, JSON_ARRAY) && !json_is(results, JSON_NULL)))
		return not_a_report("Trivy: ArtifactName and a list of Results are expected", e);
	if (name.n)
		a.target = name; /* of an archive the ArtifactName is a file */
	JSON_EACH(r, results)
		a.components |= json_count(json_get(r, "Packages")) > 0;
	if (scan_add(l, &a, &scan, e))
		return -1;
	JSON_EACH(r, results)
		if (trivy_result(l, scan, r, place(l, pointer, "Results", results, r), e))
			return -1;
	return 0;
}

/* ---- Grype */

static int grype_match(struct load *l, int64_t scan, const struct json *m, const char *state, const char *pointer, struct err *e)
{
	const struct json *places = json_path(m, "artifact.locations");
	struct scan_row r = {.vulnerability = json_text_at(m, "vulnerability.id"), .component = json_text_at(m, "artifact.name"), .version = json_text_at(m, "artifact.version"),
			     .type = scan_type(json_text_at(m, "artifact.type")), .severity = json_text_at(m, "vulnerability.severity"),
			     .fixed = first_text(json_path(m, "vulnerability.fix.versions")), .state = state, .pointer = pointer};
	struct scan_row purl = {0};

	if (scan_purl(&l->item, json_text_at(m, "artifact.purl"), &purl) && span_eq(purl.type, "maven"))
		r.component = purl.component; /* the artifact's name lacks the group */
	if (json_count(places) && !span_eq(r.type, "deb") && !span_eq(r.type, "rpm") && !span_eq(r.type, "apk"))
		r.path = json_text_at(&places->items[0], "path");
	r.aliases = scan_aliases(&l->item, json_get(m, "relatedVulnerabilities"), r.vulnerability);
	return scan_result_add(l, scan, &r, e);
}

static const char *grype_ignored(const struct json *m)
{
	JSON_EACH(rule, json_get(m, "appliedIgnoreRules"))
	{
		struct span vex = json_text_at(rule, "vex-status");

		if (vex.n)
			return span_eq(vex, "fixed") ? "fixed" : "not-affected";
	}
	return "ignored";
}

int scan_grype(struct load *l, const struct json *doc, const char *pointer, struct err *e)
{
	const struct json *matches = json_get(doc, "matches"), *ignored = json_get(doc, "ignoredMatches"), *target = json_path(doc, "source.target");
	struct scan_about a = {.scanner = SPAN("grype"), .version = json_text_at(doc, "descriptor.version"), .target = json_text_at(target, "userInput"),
			       .config_digest = json_text_at(target, "imageID"), .digest = digest_of(first_text(json_get(target, "repoDigests"))),
			       .scanned = load_time(json_text_at(doc, "descriptor.timestamp")), .vulnerabilities = true, .pointer = pointer};
	struct span built = json_text_at(doc, "descriptor.db.status.built"), tag = first_text(json_get(target, "tags"));
	int64_t scan;

	if (!json_is(matches, JSON_ARRAY))
		return not_a_report("Grype: a list of matches is expected", e);
	a.feeds = load_time(built.n ? built : json_text_at(doc, "descriptor.db.built"));
	if (!a.digest.n)
		a.digest = json_text_at(target, "manifestDigest");
	if (tag.n || !a.target.n)
		a.target = tag.n ? tag : json_str(target);
	if (scan_add(l, &a, &scan, e))
		return -1;
	JSON_EACH(m, matches)
		if (grype_match(l, scan, m, NULL, place(l, pointer, "matches", matches, m), e))
			return -1;
	JSON_EACH(m, ignored)
		if (grype_match(l, scan, m, grype_ignored(m), place(l, pointer, "ignoredMatches", ignored, m), e))
			return -1;
	return 0;
}

/* ---- Clair v4 (claircore VulnerabilityReport) */

/* Claircore's names are titles at times: "CVE-2016-1585 on Ubuntu 18.04 LTS (bionic) - low.", "RHSA-2021:1234: glibc security update". */
static struct span first_word(struct span title)
{
	struct span rest = title, word = span_cut(&rest, ' ');

	while (word.n && strchr(":,.;", word.p[word.n - 1]))
		word.n--;
	return word;
}

static int clair_package(struct load *l, int64_t scan, const struct json *doc, const struct json_member *m, const char *pointer, struct err *e)
{
	const struct json *package = json_get(json_get(doc, "packages"), m->key.text);

	JSON_EACH(id, &m->value)
	{
		const struct json *v = json_is(id, JSON_STRING) ? json_get(json_get(doc, "vulnerabilities"), id->text) : NULL;
		struct span severity = json_text_at(v, "normalized_severity");
		struct scan_row r = {.vulnerability = first_word(json_text_at(v, "name")), .component = json_text_at(package, "name"), .version = json_text_at(package, "version"),
				     .severity = severity.n ? severity : json_text_at(v, "severity"), .fixed = json_text_at(v, "fixed_in_version"), .pointer = pointer};

		if (span_eq(r.fixed, "0"))
			r.fixed = SPAN_NONE;
		if (scan_result_add(l, scan, &r, e))
			return -1;
	}
	return 0;
}

int scan_clair(struct load *l, const struct json *doc, const char *pointer, struct err *e)
{
	const struct json *packages = json_get(doc, "packages"), *found = json_get(doc, "package_vulnerabilities");
	struct scan_about a = {.scanner = SPAN("clair"), .digest = json_text_at(doc, "manifest_hash"), .components = true, .vulnerabilities = true, .pointer = pointer};
	int64_t scan;

	if (!a.digest.n || !json_is(packages, JSON_OBJECT))
		return not_a_report("Clair: manifest_hash and packages are expected", e);
	if (scan_add(l, &a, &scan, e))
		return -1;
	JSON_MEMBERS(m, packages)
		if (scan_component_add(l, scan, SPAN_NONE, json_text_at(&m->value, "name"), json_text_at(&m->value, "version"), e))
			return -1;
	JSON_MEMBERS(m, found)
		if (clair_package(l, scan, doc, m, arena_printf(&l->item, "%s/package_vulnerabilities/%.*s", pointer, SPAN_ARG(json_str(&m->key))), e))
			return -1;
	return 0;
}

/* ---- Snyk */

static int snyk_finding(struct load *l, int64_t scan, struct span manager, struct span path, const struct json *v, const char *pointer, struct err *e)
{
	const struct json *cves = json_path(v, "identifiers.CVE"), *ghsas = json_path(v, "identifiers.GHSA");
	struct span id = json_text_at(v, "id"), cve = first_text(cves), own = json_text_at(v, "packageManager");
	struct scan_row r = {.vulnerability = cve.n ? cve : first_text(ghsas), .component = json_text_at(v, "packageName"), .version = json_text_at(v, "version"), .path = path,
			     .severity = json_text_at(v, "severity"), .fixed = json_text_at(v, "nearestFixedInVersion"), .pointer = pointer};
	struct json others = {.type = JSON_ARRAY};

	if (!r.vulnerability.n)
		r.vulnerability = id;
	json_push(&l->item, &others, json_make_str(&l->item, id));
	JSON_EACH(x, cves)
		json_push(&l->item, &others, *x);
	JSON_EACH(x, ghsas)
		json_push(&l->item, &others, *x);
	r.aliases = scan_aliases(&l->item, &others, r.vulnerability);
	/* "deb" of the image, "debian:12" of the finding */
	r.type = scan_type(span_cut(&(struct span){own.p, own.n}, ':'));
	if (!r.type.n)
		r.type = scan_type(manager);
	if (span_eq(r.type, "deb") || span_eq(r.type, "rpm") || span_eq(r.type, "apk")) /* "source/binary" */
		r.component = span_after_last(r.component, '/');
	if (json_bool_at(v, "isIgnored") == 1)
		r.state = "ignored";
	return scan_result_add(l, scan, &r, e);
}

static int snyk_list(struct load *l, int64_t scan, const struct json *of, const char *at, struct err *e)
{
	const struct json *found = json_get(of, "vulnerabilities");

	JSON_EACH(v, found)
		if (snyk_finding(l, scan, json_text_at(of, "packageManager"), json_text_at(of, "targetFile"), v, place(l, at, "vulnerabilities", found, v), e))
			return -1;
	return 0;
}

int scan_snyk(struct load *l, const struct json *doc, const char *pointer, struct err *e)
{
	const struct json *applications = json_get(doc, "applications");
	struct span project = json_text_at(doc, "projectName");
	struct scan_about a = {.scanner = SPAN("snyk"), .target = json_text_at(doc, "path"), .config_digest = json_text_at(doc, "docker.image.id"), .vulnerabilities = true, .pointer = pointer};
	int64_t scan;

	if (!json_is(json_get(doc, "vulnerabilities"), JSON_ARRAY))
		return not_a_report("Snyk: a list of vulnerabilities is expected", e);
	if (!a.target.n)
		a.target = span_after_last(project, '|');
	if (scan_add(l, &a, &scan, e) || snyk_list(l, scan, doc, pointer, e))
		return -1;
	JSON_EACH(app, applications)
		if (snyk_list(l, scan, app, place(l, pointer, "applications", applications, app), e))
			return -1;
	return 0;
}
