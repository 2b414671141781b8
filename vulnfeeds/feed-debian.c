// SPDX-License-Identifier: Apache-2.0
// Debian's releases and the three text formats about them: fixes read from changelogs (TSV), the sources that these
// could not be read for, and the security tracker's DSA, DLA and DTSA lists.
#include "feed.h"

#include "common/limits.h"

struct release {
	const char *codename, *number;
};

static const struct release releases[] = {
	{"buzz", "1.1"},   {"rex", "1.2"},    {"bo", "1.3"},	  {"hamm", "2.0"},   {"slink", "2.1"},	{"potato", "2.2"},
	{"woody", "3.0"},  {"sarge", "3.1"},  {"etch", "4"},	  {"lenny", "5"},    {"squeeze", "6"},	{"wheezy", "7"},
	{"jessie", "8"},   {"stretch", "9"},  {"buster", "10"},	  {"bullseye", "11"}, {"bookworm", "12"}, {"trixie", "13"},
	{"forky", "14"},   {"duke", "15"},
};

struct span debian_release(struct span codename)
{
	for (size_t i = 0; i < sizeof(releases) / sizeof(releases[0]); i++)
		if (span_eq(codename, releases[i].codename))
			return span_of(releases[i].number);
	return SPAN_NONE;
}

/* "bookworm" of "data/bookworm.tsv". */
static struct span stem(struct span name)
{
	struct span base = span_after_last(name, '/');

	return span_cut(&base, '.');
}

static struct span next_line(struct span *rest)
{
	struct span line = span_cut(rest, '\n');

	if (line.n > 0 && line.p[line.n - 1] == '\r')
		line.n--;
	return line;
}

/* ---- changelog-derived fixes: source, cve, fixed, date, newest version of the release, newest of its security suite */

static bool is_changelogs(struct span name, struct span head)
{
	(void)name;
	return span_starts(head, "#source\tcve\tfixed_version\t");
}

struct fix {
	struct span source, cve, fixed, base, security;
	int64_t date;
};

/* "Sun, 04 Aug 2019 11:53:25 +0200" */
static int64_t changelog_date(struct span t)
{
	span_cut(&t, ' ');

	struct span day = span_cut(&t, ' '), month = span_cut(&t, ' ');

	return feed_date(day, month, span_cut(&t, ' '));
}

static bool read_fix(struct span line, struct fix *f)
{
	f->source = span_cut(&line, '\t');
	f->cve = span_cut(&line, '\t');
	f->fixed = span_cut(&line, '\t');
	f->date = changelog_date(span_cut(&line, '\t'));
	f->base = span_cut(&line, '\t');
	f->security = span_cut(&line, '\t');
	return f->source.n > 0 && f->cve.n > 0 && f->fixed.n > 0 && f->fixed.n <= LIMIT_VERSION_BYTES;
}

/* A fix that is first named in a later version than any the release has came with the release's own newest version:
 * its changelog says so (xz-utils 5.2.5-2.1~deb11u1 carries the entry of 5.2.5-2.1). */
static struct span fixed_in_release(const struct fix *f)
{
	struct span newest = f->base;

	if (f->security.n > 0 && (newest.n == 0 || version_compare(VERSION_DEB, f->security, newest) > 0))
		newest = f->security;
	return newest.n > 0 && version_compare(VERSION_DEB, f->fixed, newest) > 0 ? newest : f->fixed;
}

static int store_fix(struct store *s, int64_t scope, const struct fix *f, struct err *e)
{
	struct vuln_row v = {.name = f->cve, .score = -1};
	int64_t vuln = store_vuln(s, &v, e);
	struct affected_row a = {.scope = scope, .package = f->source, .fixed = fixed_in_release(f), .status = "affected", .since = f->date};

	return vuln < 0 ? -1 : store_affected(s, vuln, &a, e);
}

static int64_t newest_fix(struct span rest)
{
	int64_t newest = 0;
	struct fix f;

	while (rest.p) {
		struct span line = next_line(&rest);

		if (line.n > 0 && line.p[0] != '#' && read_fix(line, &f) && f.date > newest)
			newest = f.date;
	}
	return newest;
}

static int load_fixes(struct store *s, int64_t scope, struct span rest, struct err *e)
{
	char place[32];
	struct fix f;

	for (int number = 1; rest.p; number++) {
		struct span line = next_line(&rest);

		if (line.n == 0 || line.p[0] == '#')
			continue;
		if (read_fix(line, &f)) {
			if (store_fix(s, scope, &f, e))
				return -1;
			continue;
		}
		snprintf(place, sizeof(place), "line %d", number);
		err_set(e, ERR_INPUT, "expected source, CVE and fixed version, found '%.*s'", (int)(line.n > 80 ? 80 : line.n), line.p);
		if (store_problem(s, arena_printf(&s->arena, "%s: %s", s->file, place), e))
			return -1;
	}
	return 0;
}

static int import_changelogs(struct store *s, struct span name, struct source *in, struct err *e)
{
	auto_buf text = BUF_INIT;
	struct span codename = stem(name), release = debian_release(codename);

	if (!release.p)
		return err_set(e, ERR_INPUT, "%s: the file's name must be a Debian code name, for example bookworm.tsv", s->file);
	if (source_slurp(in, &text, LIMIT_DOCUMENT_BYTES, e))
		return -1;

	char *feed = arena_printf(&s->arena, "debian-changelogs %.*s", SPAN_ARG(codename));
	int fresh = store_snapshot(s, "debian-changelogs", feed, true, buf_span(&text), newest_fix(buf_span(&text)), e);

	if (fresh <= 0)
		return fresh;

	int64_t scope = store_covered(s, SPAN("Debian"), release, e);

	return scope < 0 ? -1 : load_fixes(s, scope, buf_span(&text), e);
}

const struct feed_format feed_debian_changelogs = {"debian-changelogs", is_changelogs, import_changelogs};

/* ---- sources whose changelog could not be read: one name per line, beside the TSV */

static bool is_gaps(struct span name, struct span head)
{
	(void)head;
	return span_ends(name, ".missing") && debian_release(stem(name)).p;
}

static int import_gaps(struct store *s, struct span name, struct source *in, struct err *e)
{
	auto_buf text = BUF_INIT;

	if (source_slurp(in, &text, LIMIT_DOCUMENT_BYTES, e))
		return -1;

	char *feed = arena_printf(&s->arena, "debian-changelogs-missing %.*s", SPAN_ARG(stem(name)));
	int fresh = store_snapshot(s, "debian-changelogs-missing", feed, false, buf_span(&text), 0, e);

	if (fresh <= 0)
		return fresh;

	int64_t scope = store_scope(s, SPAN("Debian"), debian_release(stem(name)), e);

	if (scope < 0)
		return -1;
	for (struct span rest = buf_span(&text); rest.p;) {
		struct span line = span_trim(next_line(&rest));

		if (line.n > 0 && line.n <= LIMIT_NAME_BYTES && store_gap(s, scope, line, e))
			return -1;
	}
	return 0;
}

const struct feed_format feed_debian_gaps = {"debian-changelogs-missing", is_gaps, import_gaps};
