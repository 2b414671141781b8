// SPDX-License-Identifier: Apache-2.0
// Small formats of single distributions: Wolfi's and Chainguard's advisories (YAML, events), Photon's list of CVEs (JSON).
#include "advisory.h"

#include "common/limits.h"

static bool is_events(struct span name, struct span head)
{
	return (span_ends(name, ".yaml") || span_ends(name, ".yml")) && span_has(head, "\nadvisories:") && span_has(head, "schema-version:") &&
	       span_has(head, "package:");
}

static bool is_photon(struct span name, struct span head)
{
	(void)name;
	return span_starts(head, "[") && span_has(head, "\"cve_id\"") && span_has(head, "\"res_ver\"");
}

/* The last event counts. */
static const struct json *last_event(const struct json *events)
{
	const struct json *last = NULL;
	int64_t when = -1;

	JSON_EACH(ev, events)
	{
		int64_t t = feed_time(json_scalar(json_get(ev, "timestamp")));

		if (t >= when) {
			when = t;
			last = ev;
		}
	}
	return last;
}

static const char *event_status(struct span type)
{
	static const struct {
		const char *type, *status;
	} types[] = {{"fixed", "affected"}, {"false-positive-determination", "not-affected"}, {"pending-upstream-fix", "deferred"}, {"fix-not-planned", "will-not-fix"},
		     {"true-positive-determination", "unfixed"}, {"detection", "under-investigation"}, {"analysis-not-planned", "under-investigation"}};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (span_eq(type, types[i].type))
			return types[i].status;
	return NULL;
}

static int load_event_advisory(struct store *s, struct span package, const struct json *adv, struct err *e)
{
	const struct json *event = last_event(json_get(adv, "events"));
	struct advisory a = {.v = {.name = json_text_at(adv, "id"), .score = -1}};
	struct affected_row row = {.package = package, .status = event_status(json_text_at(event, "type"))};
	struct place place = {.ecosystem = SPAN("Wolfi"), .scheme = VERSION_APK};
	struct span id = a.v.name;

	if (id.n < 4 || id.n > LIMIT_VERSION_BYTES || !row.status)
		return err_set(e, ERR_INPUT, "%.*s: an advisory without id or event", SPAN_ARG(package));
	/* One id may stand for several packages, which each have a file. */
	a.v.name = span_of(arena_printf(&s->arena, "%.*s/%.*s", SPAN_ARG(id), SPAN_ARG(package)));
	advisory_alias(s, &a, id, "alias");
	JSON_EACH(alias, json_get(adv, "aliases"))
	{
		advisory_alias(s, &a, json_str(alias), "alias");
	}
	a.v.modified = feed_time(json_scalar(json_get(event, "timestamp")));
	if (strcmp(row.status, "affected") == 0) {
		row.fixed = json_text_at(event, "data.fixed-version");
		if (span_eq(row.fixed, "0")) {
			row.fixed = SPAN_NONE;
			row.status = "not-affected";
		}
	}
	advisory_add(s, &a, &place, &row);
	return advisory_store(s, &a, e);
}

static int load_events(struct store *s, const struct json *doc, void *ctx, struct err *e)
{
	const struct json *list = json_get(doc, "advisories");
	struct span package = json_text_at(doc, "package.name");

	(void)ctx;
	if (package.n == 0 || package.n > LIMIT_VERSION_BYTES)
		return err_set(e, ERR_INPUT, "expected the name of a package");
	if (store_records(s, "wolfi-advisories", "wolfi-advisories", false, e))
		return -1;
	JSON_EACH(adv, list)
	{
		if (load_event_advisory(s, package, adv, e) && feed_problem(s, arena_printf(&s->arena, "/advisories/%d", (int)(adv - list->items)), e))
			return -1;
	}
	return 0;
}

/* "3.0" of "cve_data_photon3.0.json" */
static struct span photon_release(struct span file)
{
	for (size_t i = 0; i + 2 < file.n; i++)
		if (version_is_digit(file.p[i]) && file.p[i + 1] == '.' && version_is_digit(file.p[i + 2]))
			return (struct span){file.p + i, 3};
	return SPAN_NONE;
}

static int load_photon(struct store *s, const struct json *v, void *ctx, struct err *e)
{
	const struct span *release = ctx;
	struct advisory a = {.v = {.score = -1}};
	struct affected_row row = {.package = json_text_at(v, "pkg"), .fixed = json_text_at(v, "res_ver"), .status = "affected"};
	struct place place = {.ecosystem = SPAN("Photon OS"), .release = *release, .scheme = VERSION_RPM};
	struct span id = json_text_at(v, "cve_id");

	if (!span_starts(id, "CVE-") || id.n > LIMIT_VERSION_BYTES || row.package.n == 0)
		return err_set(e, ERR_INPUT, "expected a CVE id and a package, found '%.*s'", (int)(id.n > 80 ? 80 : id.n), id.p ? id.p : "");
	a.v.name = span_of(arena_printf(&s->arena, "%.*s/%.*s", SPAN_ARG(id), SPAN_ARG(row.package)));
	advisory_alias(s, &a, id, "alias");
	if (span_eq(row.fixed, "NA")) {
		row.fixed = SPAN_NONE;
		row.status = "not-affected";
	}
	advisory_add(s, &a, &place, &row);
	return advisory_store(s, &a, e);
}

static int import_events(struct store *s, struct span name, struct source *in, struct err *e)
{
	(void)name;
	return feed_items(s, in, NULL, load_events, NULL, e);
}

static int import_photon(struct store *s, struct span name, struct source *in, struct err *e)
{
	struct span release = photon_release(span_after_last(name, '/'));
	char feed[64];

	if (!release.p)
		return err_set(e, ERR_INPUT, "%s: its name does not tell the release (cve_data_photon3.0.json)", s->file);
	snprintf(feed, sizeof(feed), "photon %.*s", SPAN_ARG(release));
	if (store_records(s, "photon", feed, true, e))
		return -1;
	return feed_items(s, in, NULL, load_photon, &release, e);
}

const struct feed_format feed_wolfi = {"wolfi-advisories", is_events, import_events};
const struct feed_format feed_photon = {"photon", is_photon, import_photon};
