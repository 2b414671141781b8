// SPDX-License-Identifier: Apache-2.0
// Bills of materials (CycloneDX 1.x, SPDX 2.x) and SARIF 2.1.0 as scanners write them.
#include "load-scanner.h"
#include "common/map.h"

#include <ctype.h>
#include <stdlib.h>

static struct span digest_behind(struct span reference, char mark)
{
	struct span rest = reference;

	span_cut(&rest, mark);
	return rest;
}

/* A name and the version beside it as one image reference; a name that has a tag already stays. */
static struct span image_reference(struct arena *a, struct span name, struct span version)
{
	struct span last = span_after_last(name, '/');

	if (!name.n || !version.n || memchr(last.p, ':', last.n))
		return name;
	return span_of(arena_printf(a, "%.*s:%.*s", SPAN_ARG(name), SPAN_ARG(version)));
}

/* ---- CycloneDX (ECMA-424) */

struct bom {
	struct load *l;
	int64_t scan;
	struct map by_ref; /* bom-ref: its component */
	struct err *e;
};

/* The tool: "tools" was a list until 1.4 and is an object with components since. */
static const struct json *cyclonedx_tool(const struct json *doc)
{
	const struct json *tools = json_path(doc, "metadata.tools"), *list = json_is(tools, JSON_OBJECT) ? json_get(tools, "components") : tools;

	return json_is(list, JSON_ARRAY) && list->n ? &list->items[0] : NULL;
}

static struct span cyclonedx_property(const struct json *component, const char *name)
{
	JSON_EACH(p, json_get(component, "properties"))
		if (span_eq(json_text_at(p, "name"), name))
			return json_text_at(p, "value");
	return SPAN_NONE;
}

static int cyclonedx_component(struct bom *b, const struct json *c)
{
	struct scan_row r = {.component = json_text_at(c, "name"), .version = json_text_at(c, "version")};
	struct span ref = json_text_at(c, "bom-ref"), type = json_text_at(c, "type"), group = json_text_at(c, "group");

	if (ref.n)
		map_at(&b->by_ref, ref)->value = (void *)(uintptr_t)c;
	if (!scan_purl(&b->l->item, json_text_at(c, "purl"), &r) && group.n)
		r.component = span_of(arena_printf(&b->l->item, "%.*s/%.*s", SPAN_ARG(group), SPAN_ARG(r.component)));
	if (!span_eq(type, "file") && !span_eq(type, "operating-system") && scan_component_add(b->l, b->scan, r.type, r.component, r.version, b->e))
		return -1;
	/* The parser bounds how deep they nest. */
	JSON_EACH(inner, json_get(c, "components"))
		if (cyclonedx_component(b, inner))
			return -1;
	return 0;
}

static const char *cyclonedx_state(const struct json *v)
{
	struct span s = json_text_at(v, "analysis.state");

	return span_eq(s, "not_affected") || span_eq(s, "false_positive") ? "not-affected" : span_starts(s, "resolved") ? "fixed" : NULL;
}

/* The worst that anybody rates it. */
static struct span cyclonedx_severity(const struct json *v)
{
	static const char *const order[] = {"critical", "high", "medium", "low"};

	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		JSON_EACH(r, json_get(v, "ratings"))
			if (span_eq(json_text_at(r, "severity"), order[i]))
				return span_of(order[i]);
	return SPAN("unknown");
}

/* Each thing it affects is a result. */
static int cyclonedx_vulnerability(struct bom *b, const struct json *v, const char *pointer)
{
	struct arena *a = &b->l->item;
	struct scan_row r = {.vulnerability = json_text_at(v, "id"), .severity = cyclonedx_severity(v), .state = cyclonedx_state(v), .pointer = pointer};

	r.aliases = scan_aliases(a, json_get(v, "references"), r.vulnerability);
	JSON_EACH(on, json_get(v, "affects"))
	{
		struct span ref = json_text_at(on, "ref");
		const struct map_slot *slot = ref.n ? map_at(&b->by_ref, ref) : NULL;
		const struct json *c = slot ? slot->value : NULL;

		r.component = json_text_at(c, "name");
		r.version = json_text_at(c, "version");
		r.type = SPAN_NONE;
		if (!scan_purl(a, json_text_at(c, "purl"), &r))
			scan_purl(a, ref, &r); /* refs of other documents are often package URLs */
		if (scan_result_add(b->l, b->scan, &r, b->e))
			return -1;
	}
	return json_count(json_get(v, "affects")) ? 0 : load_problem(b->l, pointer, b->e, "a vulnerability that affects nothing");
}

static int cyclonedx_all(struct bom *b, const struct json *doc, const char *pointer)
{
	const struct json *found = json_get(doc, "vulnerabilities");

	JSON_EACH(c, json_get(doc, "components"))
		if (cyclonedx_component(b, c))
			return -1;
	JSON_EACH(v, found)
		if (cyclonedx_vulnerability(b, v, arena_printf(&b->l->item, "%s/vulnerabilities/%zu", pointer, (size_t)(v - found->items))))
			return -1;
	return 0;
}

int scan_cyclonedx(struct load *l, const struct json *doc, const char *pointer, struct err *e)
{
	const struct json *subject = json_path(doc, "metadata.component"), *tool = cyclonedx_tool(doc);
	struct span tag = cyclonedx_property(subject, "aquasecurity:trivy:RepoTag"), name = json_text_at(subject, "name"), version = json_text_at(subject, "version");
	struct scan_about a = {.scanner = json_text_at(tool, "name"), .version = json_text_at(tool, "version"), .target = tag.n ? tag : name,
			       .config_digest = cyclonedx_property(subject, "aquasecurity:trivy:ImageID"),
			       .digest = digest_behind(cyclonedx_property(subject, "aquasecurity:trivy:RepoDigest"), '@'), .scanned = load_time(json_text_at(doc, "metadata.timestamp")),
			       .components = json_is(json_get(doc, "components"), JSON_ARRAY), .vulnerabilities = json_is(json_get(doc, "vulnerabilities"), JSON_ARRAY), .pointer = pointer};
	struct bom b = {.l = l, .e = e};
	int rc;

	if (!span_eq(json_text_at(doc, "bomFormat"), "CycloneDX"))
		return err_set(e, ERR_INPUT, "no bill of materials of CycloneDX: bomFormat is expected");
	if (!a.digest.n && span_starts(version, "sha256:"))
		a.digest = version;
	else if (!tag.n)
		a.target = image_reference(&l->item, name, version);
	if (scan_add(l, &a, &b.scan, e))
		return -1;
	rc = cyclonedx_all(&b, doc, pointer);
	map_fini(&b.by_ref);
	return rc;
}

/* ---- SPDX 2.x (ISO/IEC 5962) */

static struct span spdx_purl(const struct json *package)
{
	JSON_EACH(x, json_get(package, "externalRefs"))
		if (span_eq(json_text_at(x, "referenceType"), "purl"))
			return json_text_at(x, "referenceLocator");
	return SPAN_NONE;
}

/* "Tool: syft-1.2.3" */
static void spdx_tool(const struct json *doc, struct scan_about *a)
{
	JSON_EACH(c, json_path(doc, "creationInfo.creators"))
	{
		struct span s = json_str(c);
		const char *dash;

		if (!span_starts(s, "Tool:"))
			continue;
		s = span_trim((struct span){s.p + 5, s.n - 5});
		dash = s.n ? memrchr(s.p, '-', s.n) : NULL;
		a->scanner = s;
		if (dash && isdigit((unsigned char)dash[1])) {
			a->scanner.n = (size_t)(dash - s.p);
			a->version = (struct span){dash + 1, s.n - a->scanner.n - 1};
		}
		return;
	}
}

static bool spdx_image(const struct json *package)
{
	return span_eq(json_text_at(package, "primaryPackagePurpose"), "CONTAINER") || span_starts(spdx_purl(package), "pkg:oci/");
}

int scan_spdx(struct load *l, const struct json *doc, const char *pointer, struct err *e)
{
	const struct json *packages = json_get(doc, "packages");
	struct scan_about a = {.target = json_text_at(doc, "name"), .scanned = load_time(json_text_at(doc, "creationInfo.created")), .components = true, .pointer = pointer};
	int64_t scan;

	if (!span_starts(json_text_at(doc, "spdxVersion"), "SPDX-2") || !json_is(packages, JSON_ARRAY))
		return err_set(e, ERR_INPUT, "no document of SPDX 2: spdxVersion and packages are expected");
	spdx_tool(doc, &a);
	JSON_EACH(p, packages)
	{
		struct span version = json_text_at(p, "versionInfo"), name = json_text_at(p, "name");

		if (!spdx_image(p))
			continue;
		a.digest = span_starts(version, "sha256:") ? version : SPAN_NONE;
		a.target = a.digest.n ? name : image_reference(&l->item, name, version);
		break;
	}
	if (scan_add(l, &a, &scan, e))
		return -1;
	JSON_EACH(p, packages)
	{
		struct scan_row r = {.component = json_text_at(p, "name"), .version = json_text_at(p, "versionInfo")};

		scan_purl(&l->item, spdx_purl(p), &r);
		if (!spdx_image(p) && scan_component_add(l, scan, r.type, r.component, r.version, e))
			return -1;
	}
	return 0;
}

/* ---- SARIF 2.1.0 */

/* "CVE-2021-3449" of "CVE-2021-3449-libssl1.1", "GHSA-…" likewise; absent for a rule that names no vulnerability. */
static struct span sarif_name(struct span rule)
{
	size_t n = 4;

	if (span_starts(rule, "CVE-")) {
		while (n < rule.n && isdigit((unsigned char)rule.p[n]))
			n++;
		for (n += n < rule.n; n < rule.n && isdigit((unsigned char)rule.p[n]);)
			n++;
		return (struct span){rule.p, n};
	}
	if (span_starts(rule, "GHSA-") && rule.n >= 19)
		return (struct span){rule.p, 19};
	return span_starts(rule, "SNYK-") || span_starts(rule, "RUSTSEC-") || span_starts(rule, "PYSEC-") || span_starts(rule, "DLA-") || span_starts(rule, "DSA-") ||
			       span_starts(rule, "TEMP-") ?
		       rule :
		       SPAN_NONE;
}

/* The rest of the line of a message that begins with `key`. */
static struct span line_of(struct span text, const char *key)
{
	struct span rest = text;

	while (rest.p) {
		struct span line = span_cut(&rest, '\n');

		if (span_starts(line, key))
			return span_trim((struct span){line.p + strlen(key), line.n - strlen(key)});
	}
	return SPAN_NONE;
}

static const struct json *sarif_rule(const struct json *run, const struct json *result)
{
	const struct json *rules = json_path(run, "tool.driver.rules");
	int64_t at = -1;

	if (!json_int(json_get(result, "ruleIndex"), &at))
		json_int(json_path(result, "rule.index"), &at);
	return json_is(rules, JSON_ARRAY) && at >= 0 && at < rules->n ? &rules->items[at] : NULL;
}

static struct span sarif_severity(const struct json *rule, const struct json *result)
{
	struct span score = json_scalar(json_path(rule, "properties.security-severity")), level = json_text_at(result, "level");
	char text[16];
	double s;

	if (score.n && score.n < sizeof(text)) {
		memcpy(text, score.p, score.n);
		text[score.n] = 0;
		s = strtod(text, NULL);
		return s >= 9 ? SPAN("critical") : s >= 7 ? SPAN("high") : s >= 4 ? SPAN("medium") : s > 0 ? SPAN("low") : SPAN("unknown");
	}
	return span_eq(level, "error") ? SPAN("high") : span_eq(level, "warning") ? SPAN("medium") : span_eq(level, "note") ? SPAN("low") : SPAN("unknown");
}

static int sarif_result(struct load *l, int64_t scan, const struct json *run, const struct json *v, struct span name, const char *pointer, struct err *e)
{
	const struct json *rule = sarif_rule(run, v), *purls = json_path(rule, "properties.purls");
	struct span text = json_text_at(v, "message.text");
	struct scan_row r = {.vulnerability = name, .component = line_of(text, "Package:"), .version = line_of(text, "Installed Version:"), .fixed = line_of(text, "Fixed Version:"),
			     .severity = sarif_severity(rule, v), .pointer = pointer};

	if (!r.component.n)
		scan_purl(&l->item, json_text_at(v, "properties.purl"), &r);
	if (!r.component.n && json_is(purls, JSON_ARRAY) && purls->n)
		scan_purl(&l->item, json_str(&purls->items[0]), &r);
	if (json_count(json_get(v, "suppressions")))
		r.state = "ignored";
	return scan_result_add(l, scan, &r, e);
}

static struct span result_name(const struct json *run, const struct json *v)
{
	struct span id = json_text_at(v, "ruleId");

	return sarif_name(id.n ? id : json_text_at(sarif_rule(run, v), "id"));
}

/* A run of another kind of tool is no scan for vulnerabilities, and is not taken for one. */
static bool names_vulnerabilities(const struct json *run, const struct json *results)
{
	JSON_EACH(v, results)
		if (result_name(run, v).n)
			return true;
	return !results->n && json_text_at(run, "properties.imageName").n;
}

static int sarif_run(struct load *l, const struct json *run, const char *at, struct err *e)
{
	const struct json *results = json_get(run, "results"), *digests = json_path(run, "properties.repoDigests");
	const struct json *calls = json_get(run, "invocations");
	struct scan_about a = {.scanner = json_text_at(run, "tool.driver.name"), .version = json_text_at(run, "tool.driver.version"), .target = json_text_at(run, "properties.imageName"),
			       .config_digest = json_text_at(run, "properties.imageID"), .vulnerabilities = true, .pointer = at};
	int64_t scan;

	if (!json_is(results, JSON_ARRAY) || !names_vulnerabilities(run, results))
		return load_problem(l, at, e, "a run without results that name vulnerabilities");
	if (json_is(digests, JSON_ARRAY) && digests->n)
		a.digest = digest_behind(json_str(&digests->items[0]), '@');
	if (json_is(calls, JSON_ARRAY) && calls->n)
		a.scanned = load_time(json_text_at(&calls->items[0], "endTimeUtc"));
	if (scan_add(l, &a, &scan, e))
		return -1;
	JSON_EACH(v, results)
	{
		struct span name = result_name(run, v);

		if (name.n && sarif_result(l, scan, run, v, name, arena_printf(&l->item, "%s/results/%zu", at, (size_t)(v - results->items)), e))
			return -1;
	}
	return 0;
}

int scan_sarif(struct load *l, const struct json *doc, const char *pointer, struct err *e)
{
	const struct json *runs = json_get(doc, "runs");

	if (!json_is(runs, JSON_ARRAY))
		return err_set(e, ERR_INPUT, "no SARIF: a list of runs is expected");
	JSON_EACH(run, runs)
		if (sarif_run(l, run, arena_printf(&l->item, "%s/runs/%zu", pointer, (size_t)(run - runs->items)), e))
			return -1;
	return 0;
}
