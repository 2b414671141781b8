// SPDX-License-Identifier: Apache-2.0
// The security tracker's data/DSA/list, DLA/list and DTSA/list (security-tracker.debian.org, doc/soriano.txt). Each entry
// is a head line and indented lines: {CVE ids}, "[release] - package version" or "<state>", NOTE.
#include "feed.h"

#include "common/limits.h"

struct advisory {
	struct span id, cves; /* cves: blank-separated; absent: the advisory itself is the vulnerability */
	int64_t date;
};

static bool blank(char c)
{
	return c == ' ' || c == '\t';
}

/* "[29 Mar 2023] DSA-5380-1 xorg-server - security update"; early DTSA: "[August 26th, 2005] DTSA-1-1 …" */
static bool read_head(struct span line, struct advisory *a)
{
	if (line.n == 0 || line.p[0] != '[')
		return false;

	struct span rest = {line.p + 1, line.n - 1}, date = span_cut(&rest, ']'), text;

	if (!rest.p)
		return false;
	rest = span_trim(rest);
	*a = (struct advisory){.id = span_cut(&rest, ' ')};
	if (!span_starts(a->id, "DSA-") && !span_starts(a->id, "DLA-") && !span_starts(a->id, "DTSA-"))
		return false;
	text = date;

	struct span first = span_cut(&text, ' '), second = span_cut(&text, ' '), year = span_trim(text.p ? text : SPAN(""));

	a->date = feed_date(first, second, year);
	while (!a->date && second.n > 0 && !version_is_digit(second.p[second.n - 1]))
		second.n--; /* "26th," */
	if (!a->date)
		a->date = feed_date(second, first, year);
	return true;
}

struct note {
	struct span release, package, version, state;
};

/* "[bullseye] - xen 4.14.5-1" · "[woody] - mantis <not-affected> (reason)" · "[etch] - gaim 1:1.4 (high)" */
static bool read_note(struct span line, struct note *n)
{
	if (line.n == 0 || line.p[0] != '[')
		return false;

	struct span rest = {line.p + 1, line.n - 1};

	*n = (struct note){.release = span_cut(&rest, ']')};
	rest = span_trim(rest.p ? rest : SPAN(""));
	if (!span_starts(rest, "- "))
		return false;
	rest = span_trim((struct span){rest.p + 2, rest.n - 2});
	n->package = span_cut(&rest, ' ');
	rest = span_trim(rest.p ? rest : SPAN(""));

	struct span word = span_cut(&rest, ' ');

	if (span_starts(word, "<"))
		n->state = word;
	else
		n->version = word;
	return n->package.n > 0 && word.n > 0 && word.n <= LIMIT_VERSION_BYTES;
}

struct state {
	const char *tag, *status;
};

static const struct state states[] = {
	{"<not-affected>", "not-affected"}, {"<unfixed>", "unfixed"},	  {"<end-of-life>", "end-of-life"},
	{"<undetermined>", "undetermined"}, {"<no-dsa>", "will-not-fix"}, {"<ignored>", "will-not-fix"},
	{"<postponed>", "unfixed"},	    {"<removed>", "unfixed"},
};

static const char *status_of(struct span state)
{
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		if (span_eq(state, states[i].tag))
			return states[i].status;
	return state.n > 0 ? NULL : "affected";
}

static int store_note(struct store *s, const struct advisory *adv, const struct note *n, struct err *e)
{
	struct span release = debian_release(n->release), ids = adv->cves.p ? adv->cves : adv->id;
	struct affected_row a = {.package = n->package, .fixed = n->version, .advisory = adv->id, .status = status_of(n->state), .since = adv->date};

	if (!release.p || !a.status)
		return err_set(e, ERR_INPUT, "%.*s: unknown release or state '%.*s' '%.*s'", SPAN_ARG(adv->id), SPAN_ARG(n->release),
			       SPAN_ARG(n->state));
	a.scope = store_covered(s, SPAN("Debian"), release, e);
	if (a.scope < 0)
		return -1;
	while (ids.p) {
		struct vuln_row v = {.name = span_trim(span_cut(&ids, ' ')), .score = -1, .published = adv->date};
		int64_t vuln = v.name.n > 0 ? store_vuln(s, &v, e) : 0;

		if (vuln < 0 || (vuln > 0 && store_affected(s, vuln, &a, e)))
			return -1;
	}
	return 0;
}

static bool is_advisories(struct span name, struct span head)
{
	struct advisory a;
	struct span rest = head, line = span_cut(&rest, '\n');

	(void)name;
	return read_head(line, &a);
}

/* One line; what it is about is kept in `adv`. */
static int read_line(struct store *s, struct advisory *adv, struct span line, struct err *e)
{
	struct note n;
	struct span text = span_trim(line);

	if (text.n == 0 || span_starts(text, "NOTE") || text.p[0] == '#')
		return 0;
	if (!blank(line.p[0]))
		return read_head(line, adv) ? 0 : err_set(e, ERR_INPUT, "expected '[date] DSA-… package', found '%.*s'", SPAN_ARG(text));
	if (text.p[0] == '{') {
		text = (struct span){text.p + 1, text.n - 1};
		adv->cves = span_trim(span_cut(&text, '}'));
		if (adv->cves.n == 0)
			adv->cves = SPAN_NONE;
		return 0;
	}
	if (!adv->id.p || !read_note(text, &n))
		return err_set(e, ERR_INPUT, "expected '[release] - package version', found '%.*s'", SPAN_ARG(text));
	return store_note(s, adv, &n, e);
}

static int load(struct store *s, struct span rest, struct err *e)
{
	struct advisory adv = {0};

	for (int number = 1; rest.p; number++) {
		struct span line = span_cut(&rest, '\n');

		if (read_line(s, &adv, line, e) == 0)
			continue;
		if (e->kind != ERR_INPUT || store_problem(s, arena_printf(&s->arena, "%s: line %d", s->file, number), e))
			return -1;
	}
	return 0;
}

static int64_t newest_head(struct span rest)
{
	int64_t newest = 0;
	struct advisory a;

	while (rest.p)
		if (read_head(span_cut(&rest, '\n'), &a) && a.date > newest)
			newest = a.date;
	return newest;
}

static int import(struct store *s, struct span name, struct source *in, struct err *e)
{
	auto_buf text = BUF_INIT;
	struct advisory first = {0};

	(void)name;
	if (source_slurp(in, &text, LIMIT_DOCUMENT_BYTES, e))
		return -1;

	struct span rest = buf_span(&text), all = rest;

	while (rest.p && !read_head(span_cut(&rest, '\n'), &first))
		; /* empty lines before the first */
	if (!first.id.p)
		return err_set(e, ERR_INPUT, "%s: expected lines such as '[29 Mar 2023] DSA-5380-1 xorg-server - security update'", s->file);

	int64_t newest = newest_head(all);
	const char *feed = span_starts(first.id, "DSA-") ? "debian-dsa" : span_starts(first.id, "DLA-") ? "debian-dla" : "debian-dtsa";
	int fresh = store_snapshot(s, "debian-advisories", feed, true, all, newest, e);

	return fresh <= 0 ? fresh : load(s, all, e);
}

const struct feed_format feed_debian_advisories = {"debian-advisories", is_advisories, import};
