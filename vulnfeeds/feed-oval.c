// SPDX-License-Identifier: Apache-2.0
// OVAL definitions of distributions (oval.mitre.org, 5.x): Red Hat (v1, v2), Oracle, SUSE, Photon, Azure, Ubuntu. What a
// criterion demands is read from its comment, so that one pass over the stream is enough. How comments are worded: oval-comment.c.
#include "advisory.h"

#include "common/limits.h"
#include "common/red-hat.h"
#include "common/xml.h"
#include "oval-comment.h"

enum { PLATFORMS_MAX = 256, DEPTH_MAX = 64 };

struct reader {
	struct store *s;
	struct advisory a;
	struct place platform[PLATFORMS_MAX];
	size_t platforms;
	struct span cpes[PLATFORMS_MAX]; /* releases that Red Hat's list of CPEs names */
	size_t cpe_count;
	bool beside;  /* one of them is not Enterprise Linux's main stream */
	bool in_definition, skip, vulnerability;
	bool never; /* it says itself that it applies to nothing: kept, without packages */
	struct span severity, state, file;
	/* Open criteria: the module and the release that they ask for, and the first row that they gave. */
	struct criteria {
		struct span module;
		struct place place; /* ecosystem absent: any platform of the definition */
		size_t first;
	} open[DEPTH_MAX];
	int depth;
	struct buf title;
};

static bool is_oval(struct span name, struct span head)
{
	(void)name;
	return span_starts(head, "<") && span_has(head, "oval_definitions");
}

static void begin(struct reader *r, const char *const *attributes)
{
	struct span id = xml_attribute(attributes, "id"), class = xml_attribute(attributes, "class");

	arena_reset(&r->s->arena);
	r->a = (struct advisory){.v = {.score = -1}};
	r->platforms = r->cpe_count = 0;
	r->beside = false;
	r->severity = r->state = SPAN_NONE;
	r->depth = 0;
	r->in_definition = true;
	r->never = false;
	r->vulnerability = span_eq(class, "vulnerability");
	r->skip = span_has(id, "unaffected") || !(r->vulnerability || span_eq(class, "patch"));
	r->a.v.name = feed_keep(r->s, span_after_last(id, ':')); /* until a reference tells a better one */
}

static void reference(struct reader *r, struct span source, struct span id)
{
	/* Photon: "CVE:00001:CVE-2019-16168", "PHSA:00001:3.0:0036" */
	if (span_ieq(source, "CVE") || span_starts(id, "CVE-"))
		advisory_alias(r->s, &r->a, span_after_last(id, ':'), "upstream");
}

static struct span module_of(const struct reader *r)
{
	for (int i = r->depth - 1; i >= 0; i--)
		if (r->open[i].module.p)
			return r->open[i].module;
	return SPAN_NONE;
}

/* "Module nodejs:12 is enabled" holds for all that its criteria ask for, also for what came before. */
static void enable_module(struct reader *r, struct span module)
{
	struct criteria *c = r->depth ? &r->open[r->depth - 1] : NULL;

	if (!c)
		return;
	c->module = feed_keep(r->s, module);
	for (size_t i = c->first; i < r->a.n; i++)
		if (!r->a.rows[i].module.p)
			r->a.rows[i].module = c->module;
}

static const char *status_of(const struct reader *r, const struct oval_comment *c)
{
	static const struct {
		const char *state, *status;
	} states[] = {{"Will not fix", "will-not-fix"}, {"Fix deferred", "deferred"}, {"Under investigation", "under-investigation"}, {"Out of support scope", "end-of-life"}};

	if (c->status)
		return c->status;
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		if (span_ieq(r->state, states[i].state))
			return states[i].status;
	return "unfixed";
}

static const struct place *place_asked(const struct reader *r)
{
	for (int i = r->depth - 1; i >= 0; i--)
		if (r->open[i].place.ecosystem.p)
			return &r->open[i].place;
	return NULL;
}

/* "Red Hat Enterprise Linux 8 is installed": what stands in the same criteria is about this release only. */
static bool asks_platform(struct reader *r, struct span comment)
{
	struct criteria *c = r->depth ? &r->open[r->depth - 1] : NULL;
	struct place p;
	size_t kept;

	if (!c || !span_ends(comment, " is installed") ||
	    !oval_platform(&r->s->arena, (struct span){comment.p, comment.n - sizeof(" is installed") + 1}, r->file, &p) || p.release.n == 0)
		return false;
	if (r->beside && span_eq(p.ecosystem, "Red Hat")) /* of which product and stream the list of CPEs has told */
		return true;
	c->place = p;
	kept = c->first;
	for (size_t i = c->first; i < r->a.n; i++) {
		if (!span_is(r->a.places[i].release, p.release))
			continue;
		r->a.rows[kept] = r->a.rows[i];
		r->a.places[kept++] = r->a.places[i];
	}
	r->a.n = kept;
	return true;
}

/* Comments of Microsoft's leave out what their tests ask for: "2.35-4" is "0:2.35-4.cm2". */
static struct span whole_version(struct reader *r, const struct place *p, struct span v)
{
	const char *tag = !v.p || p->release.n == 0 ? NULL : span_eq(p->ecosystem, "CBL-Mariner") ? "cm" : span_eq(p->ecosystem, "Azure Linux") ? "azl" : NULL;

	return tag ? span_of(arena_printf(&r->s->arena, "0:%.*s.%s%c", SPAN_ARG(v), tag, p->release.p[0])) : feed_keep(r->s, v);
}

/* "is greater than 1.19.0", behind what the same criteria say of the package. */
static void begin_at(struct reader *r, const struct oval_comment *c)
{
	for (size_t i = r->depth ? r->open[r->depth - 1].first : 0; i < r->a.n; i++)
		if (span_is(r->a.rows[i].package, c->package))
			r->a.rows[i].introduced = whole_version(r, &r->a.places[i], c->introduced);
}

static void criterion(struct reader *r, struct span comment)
{
	const struct place *only = place_asked(r);
	struct oval_comment c;
	struct affected_row row = {0};
	struct span module;

	if (r->never || asks_platform(r, comment) || !oval_comment_read(comment, r->vulnerability, &c))
		return;
	if (c.introduced.p) {
		begin_at(r, &c);
		return;
	}
	if (c.module.p) {
		enable_module(r, c.module);
		return;
	}
	row.package = feed_keep(r->s, c.package);
	row.module = module = module_of(r);
	row.status = c.fixed.p ? "affected" : status_of(r, &c);
	for (size_t i = 0; i < (only ? 1 : r->platforms); i++) {
		const struct place *p = only ? only : &r->platform[i];

		row.binary = p->binary;
		row.fixed = whole_version(r, p, c.fixed);
		row.last_affected = whole_version(r, p, c.last);
		if (!module.p)
			row.module = place_module(&r->s->arena, SPAN_NONE, row.fixed);
		advisory_add_lowest(r->s, &r->a, p, &row);
	}
}

/* The list of CPEs stands behind the platforms and before the criteria. */
static void settle_platforms(struct reader *r)
{
	if (!r->beside && r->platforms > 0)
		return;
	if (r->cpe_count > 0)
		r->platforms = r->cpe_count;
	for (size_t i = 0; i < r->cpe_count; i++)
		r->platform[i] = (struct place){SPAN("Red Hat"), r->cpes[i], VERSION_RPM, true};
}

static int start(void *ctx, const char *name, const char *const *attributes, struct err *e)
{
	struct reader *r = ctx;

	if (strcmp(name, "definition") == 0) {
		begin(r, attributes);
	} else if (!r->in_definition || r->skip) {
		return 0;
	} else if (strcmp(name, "reference") == 0) {
		reference(r, xml_attribute(attributes, "source"), xml_attribute(attributes, "ref_id"));
	} else if (strcmp(name, "issued") == 0) {
		r->a.v.published = feed_time(xml_attribute(attributes, "date"));
	} else if (strcmp(name, "updated") == 0) {
		r->a.v.modified = feed_time(xml_attribute(attributes, "date"));
	} else if (strcmp(name, "resolution") == 0) {
		r->state = feed_keep(r->s, xml_attribute(attributes, "state"));
	} else if (strcmp(name, "cve") == 0 && !r->a.v.vector.p) {
		struct span vector = xml_attribute(attributes, "cvss3");

		if (vector.p && memchr(vector.p, '/', vector.n)) {
			span_cut(&vector, '/'); /* "6.3/CVSS:3.1/AV:…" */
			r->a.v.vector = feed_keep(r->s, vector);
		}
	} else if (strcmp(name, "criteria") == 0) {
		if (r->depth == 0 && r->a.n == 0)
			settle_platforms(r);
		if (r->depth == DEPTH_MAX)
			return err_set(e, ERR_INPUT, "%.*s: criteria nested more than %d deep", SPAN_ARG(r->a.v.name), DEPTH_MAX);
		r->open[r->depth++] = (struct criteria){.first = r->a.n};
	} else if (strcmp(name, "criterion") == 0) {
		criterion(r, xml_attribute(attributes, "comment"));
	}
	return 0;
}

/* "RHSA-2019:0966: firefox security update (Critical)" */
static void title(struct reader *r, struct span text)
{
	struct span id = text, rest = span_trim(text);

	id = span_cut(&rest, ' ');
	while (id.n > 0 && id.p[id.n - 1] == ':')
		id.n--;
	if (id.n > 3 && id.n < LIMIT_VERSION_BYTES && memchr(id.p, '-', id.n)) {
		struct span name = feed_keep(r->s, id);

		r->a.v.name = name;
	}
	r->a.v.summary = feed_keep(r->s, rest.p ? span_trim(rest) : text);
	if (!r->severity.p && r->a.v.summary.n > 2 && r->a.v.summary.p[r->a.v.summary.n - 1] == ')') {
		struct span word = span_after_last(r->a.v.summary, '(');

		r->severity = (struct span){word.p, word.n - 1};
	}
}

static int finish(struct reader *r, struct err *e)
{
	struct store *s = r->s;
	struct span ecosystem = r->platforms ? r->platform[0].ecosystem : SPAN_NONE;

	r->in_definition = false;
	if (r->skip)
		return 0;
	if (!ecosystem.p) {
		err_set(e, ERR_INPUT, "definition %.*s: for no platform that is known", SPAN_ARG(r->a.v.name));
		return feed_problem(s, "", e);
	}
	r->a.v.severity = span_of(store_severity(r->severity));
	r->a.v.score = r->a.v.vector.p ? cvss_score(r->a.v.vector) : -1;
	/* Two files of one distribution (patches, unpatched) and its releases are feeds of their own: both may tell of one CVE. */
	if (store_records(s, "oval", arena_printf(&s->arena, "oval %.*s %.*s%s", SPAN_ARG(ecosystem), SPAN_ARG(r->platform[0].release),
						  r->vulnerability ? " vulnerabilities" : ""), !r->vulnerability, e))
		return -1;
	return advisory_store(s, &r->a, e);
}

/* Red Hat's unpatched definitions name no platform but "cpe:/o:redhat:enterprise_linux:8"; those of extended streams and of other products name the
 * platform of the main stream, and "cpe:/o:redhat:rhel_eus:8.4::baseos", "cpe:/a:redhat:openshift:4.6::el8". */
static void affected_cpe(struct reader *r, struct span cpe)
{
	struct span release = red_hat_release(&r->s->arena, cpe);

	for (size_t i = 0; i < r->cpe_count; i++)
		if (span_is(r->cpes[i], release))
			return;
	if (release.n == 0 || r->cpe_count == PLATFORMS_MAX)
		return;
	r->beside = r->beside || memchr(release.p, ':', release.n);
	r->cpes[r->cpe_count++] = release;
}

static int end(void *ctx, const char *name, struct span text, struct err *e)
{
	struct reader *r = ctx;

	if (!r->in_definition)
		return 0;
	if (strcmp(name, "definition") == 0)
		return finish(r, e);
	if (r->skip)
		return 0;
	if (strcmp(name, "title") == 0) {
		title(r, text);
	} else if (strcmp(name, "platform") == 0) {
		if (r->platforms < PLATFORMS_MAX && oval_platform(&r->s->arena, text, r->file, &r->platform[r->platforms]) &&
		    !(r->platforms > 0 && span_is(r->platform[r->platforms].release, r->platform[r->platforms - 1].release)))
			r->platforms++;
	} else if (strcmp(name, "cpe") == 0) {
		affected_cpe(r, span_trim(text));
	} else if (strcmp(name, "patchable") == 0) {
		r->never = span_eq(span_trim(text), "Not Applicable"); /* Azure: "either no longer is or was never applicable" */
	} else if (strcmp(name, "severity") == 0) {
		r->severity = feed_keep(r->s, text);
	} else if (strcmp(name, "advisory_date") == 0 || strcmp(name, "public_date") == 0) {
		r->a.v.published = feed_time(text);
	} else if (strcmp(name, "criteria") == 0 && r->depth > 0) {
		r->depth--;
	}
	return 0;
}

static int import(struct store *s, struct span name, struct source *in, struct err *e)
{
	static const struct xml_handlers handlers = {start, end};
	struct reader r = {.s = s, .file = name};

	return xml_parse(in, &handlers, &r, e) ? err_wrap(e, "%s", s->file) : 0;
}

const struct feed_format feed_oval = {"oval", is_oval, import};
