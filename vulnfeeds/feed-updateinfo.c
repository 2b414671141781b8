// SPDX-License-Identifier: Apache-2.0
// updateinfo.xml of rpm repositories (createrepo_c): Amazon Linux, Fedora, Rocky, openSUSE. Only security updates are read.
#include "advisory.h"

#include "common/limits.h"
#include "common/xml.h"

struct reader {
	struct store *s;
	struct advisory a;
	struct place place;
	bool in_update, in_package, security;
	struct span severity, collection, feed;
};

static bool is_updateinfo(struct span name, struct span head)
{
	(void)name;
	return span_starts(head, "<") && span_has(head, "<updates") && span_has(head, "<update ");
}

/* "ALAS2023-2023-126", "ALAS2-…", "ALASKERNEL-5.4-2022-007" of an extra of the second, "ALAS-…" of the first, or of any in whose own folder it lies. */
static struct span amazon_release(struct span rest, struct span collection)
{
	static const char *const releases[] = {"2023", "2022", "2"};
	struct span number = version_take_digits(&rest);

	if (number.n > 0)
		return number;
	if (rest.n > 0 && rest.p[0] != '-')
		return SPAN("2");
	for (size_t i = 0; i < sizeof(releases) / sizeof(releases[0]); i++)
		if (span_starts(collection, "amazon-linux-") && span_starts((struct span){collection.p + 13, collection.n - 13}, releases[i]))
			return span_of(releases[i]);
	return SPAN("1");
}

/* "5.4" of "ALASKERNEL-5.4-2022-007" and of "amazon-linux-2---kernel-5.4": the stream that an extra is about; absent where none is told. */
static struct span amazon_stream(struct span id, struct span collection)
{
	const char *at = collection.n ? memmem(collection.p, collection.n, "---", 3) : NULL;
	struct span name = id, digits;

	if (at)
		name = (struct span){at + 3, (size_t)(collection.p + collection.n - at - 3)};
	for (int i = 0; i < 2 && !at; i++) {
		size_t tail = span_after_last(name, '-').n;

		name.n = tail < name.n ? name.n - tail - 1 : 0;
	}
	digits = (struct span){name.p + name.n, 0};
	while (digits.n < name.n && (version_is_digit(digits.p[-1]) || digits.p[-1] == '.'))
		digits = (struct span){digits.p - 1, digits.n + 1};
	return (at || (span_starts(id, "ALAS") && id.n > 4 && version_is_alpha(id.p[4]))) && digits.n > 0 ? digits : SPAN_NONE;
}

/* Several streams of one package are there at a time: a fix in one says nothing of the others (kernel 5.4 and 4.14, PHP 8.0 and 5.4). */
static struct span begins(struct store *s, struct span stream, struct span epoch, struct span version)
{
	if (stream.n == 0 || version.n <= stream.n || memcmp(version.p, stream.p, stream.n) != 0 || version_is_digit(version.p[stream.n]))
		return SPAN_NONE;
	return span_of(arena_printf(&s->arena, "%.*s:%.*s", SPAN_ARG(epoch), SPAN_ARG(stream)));
}

/* "Amazon Linux AMI", "amazon-linux-2---kernel-5.4", "ALAS2023-…", "FEDORA-2024-…", "Rocky Linux 8" */
static struct place place_of(struct store *s, struct span id, struct span collection)
{
	struct place p = {.scheme = VERSION_RPM, .binary = true};

	if (span_starts(id, "ALAS")) {
		p.ecosystem = SPAN("Amazon Linux");
		p.release = amazon_release((struct span){id.p + 4, id.n - 4}, collection);
	} else if (span_starts(id, "FEDORA")) {
		p.ecosystem = SPAN("Fedora");
		p.release = feed_keep(s, place_suse_release(&s->arena, collection));
	} else if (span_has(collection, "rocky")) {
		p.ecosystem = SPAN("Rocky Linux");
		p.release = feed_keep(s, place_suse_release(&s->arena, collection));
		p.release = span_cut(&p.release, '.');
	} else if (span_has(collection, "suse")) {
		p.ecosystem = span_has(collection, "opensuse") ? SPAN("openSUSE") : SPAN("SUSE");
		p.release = feed_keep(s, place_suse_release(&s->arena, collection));
	}
	return p;
}

static int start(void *ctx, const char *name, const char *const *attributes, struct err *e)
{
	struct reader *r = ctx;
	struct store *s = r->s;

	(void)e;
	if (strcmp(name, "update") == 0) {
		arena_reset(&s->arena);
		r->a = (struct advisory){.v = {.score = -1}};
		r->in_update = true;
		r->severity = r->collection = SPAN_NONE;
		r->place = (struct place){0};
		r->security = span_eq(xml_attribute(attributes, "type"), "security");
	} else if (!r->in_update) {
		return 0;
	} else if (strcmp(name, "issued") == 0) {
		r->a.v.published = feed_time(xml_attribute(attributes, "date"));
	} else if (strcmp(name, "updated") == 0) {
		r->a.v.modified = feed_time(xml_attribute(attributes, "date"));
	} else if (strcmp(name, "collection") == 0) {
		r->collection = feed_keep(s, xml_attribute(attributes, "short"));
		r->place = place_of(s, r->a.v.name, r->collection);
	} else if (strcmp(name, "reference") == 0 && span_eq(xml_attribute(attributes, "type"), "cve")) {
		advisory_alias(s, &r->a, xml_attribute(attributes, "id"), "upstream");
	} else if (strcmp(name, "package") == 0) {
		struct span epoch = xml_attribute(attributes, "epoch"), version = xml_attribute(attributes, "version");
		struct affected_row row = {.status = "affected", .binary = true};

		row.package = feed_keep(s, xml_attribute(attributes, "name"));
		epoch = epoch.n ? epoch : SPAN("0");
		row.fixed = span_of(arena_printf(&s->arena, "%.*s:%.*s-%.*s", SPAN_ARG(epoch), SPAN_ARG(version), SPAN_ARG(xml_attribute(attributes, "release"))));
		if (span_eq(r->place.ecosystem, "Amazon Linux"))
			row.introduced = begins(s, amazon_stream(r->a.v.name, r->collection), epoch, version);
		row.module = place_module(&s->arena, r->a.v.summary, row.fixed);
		/* Kernel live patches carry another kernel's version. */
		if (row.package.n > 0 && version.n > 0 && r->place.ecosystem.p && !span_starts(row.package, "kernel-livepatch"))
			advisory_add_lowest(s, &r->a, &r->place, &row);
	}
	return 0;
}

static int store_update(struct reader *r, struct err *e)
{
	struct store *s = r->s;

	r->in_update = false;
	if (!r->security)
		return 0;
	if (r->a.v.name.n == 0 || r->a.v.name.n > LIMIT_VERSION_BYTES) {
		err_set(e, ERR_INPUT, "an update without an id");
		return feed_problem(s, "", e);
	}
	if (!r->place.ecosystem.p)
		r->place = place_of(s, r->a.v.name, r->collection);
	if (!r->place.ecosystem.p) {
		err_set(e, ERR_INPUT, "%.*s: of no distribution that is known ('%.*s')", SPAN_ARG(r->a.v.name), SPAN_ARG(r->collection));
		return feed_problem(s, "", e);
	}
	r->a.v.severity = span_of(store_severity(r->severity));
	if (store_records(s, "updateinfo", arena_printf(&s->arena, "updateinfo %.*s", SPAN_ARG(r->place.ecosystem)), true, e))
		return -1;
	return advisory_store(s, &r->a, e);
}

static int end(void *ctx, const char *name, struct span text, struct err *e)
{
	struct reader *r = ctx;

	if (!r->in_update)
		return 0;
	if (strcmp(name, "id") == 0)
		r->a.v.name = feed_keep(r->s, text);
	else if (strcmp(name, "title") == 0)
		r->a.v.summary = feed_keep(r->s, text);
	else if (strcmp(name, "severity") == 0)
		r->severity = feed_keep(r->s, text);
	else if (strcmp(name, "update") == 0)
		return store_update(r, e);
	return 0;
}

static int import(struct store *s, struct span name, struct source *in, struct err *e)
{
	static const struct xml_handlers handlers = {start, end};
	struct reader r = {.s = s};

	(void)name;
	return xml_parse(in, &handlers, &r, e) ? err_wrap(e, "%s", s->file) : 0;
}

const struct feed_format feed_updateinfo = {"updateinfo", is_updateinfo, import};
