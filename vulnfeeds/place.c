// SPDX-License-Identifier: Apache-2.0
// What ecosystems, releases and packages are called. Leaves versions to common/version.c.
#include "place.h"

#include "common/buf.h"
#include "common/red-hat.h"

struct named {
	const char *from, *to;
};

static struct span without_v(struct span release)
{
	return release.n > 1 && release.p[0] == 'v' ? (struct span){release.p + 1, release.n - 1} : release;
}

bool place_of_red_hat_cpe(struct arena *a, struct span cpe, struct place *out)
{
	*out = (struct place){SPAN("Red Hat"), red_hat_release(a, cpe), VERSION_RPM, true};
	return out->release.n > 0;
}

/* OSV leaves out what all CPEs of Red Hat's begin with. */
static struct span red_hat_osv_release(struct arena *a, struct span rest)
{
	struct span release = red_hat_release(a, span_of(arena_printf(a, "cpe:/a:redhat:%.*s", SPAN_ARG(rest))));

	return release.p ? release : rest;
}

struct place place_of_osv(struct arena *a, struct span ecosystem)
{
	struct place p = {.scheme = version_scheme_of_ecosystem(ecosystem)};
	struct span rest = ecosystem;

	p.ecosystem = span_cut(&rest, ':');
	if (span_starts(rest, "Pro:")) {
		p.ecosystem = SPAN("Ubuntu:Pro");
		span_cut(&rest, ':');
	}
	if (span_ieq(p.ecosystem, "kubernetes")) {
		p.ecosystem = SPAN("Kubernetes");
		p.scheme = VERSION_SEMVER;
	}
	if (span_eq(p.ecosystem, "Red Hat"))
		p.release = red_hat_osv_release(a, rest);
	else if (span_eq(p.ecosystem, "SUSE") || span_eq(p.ecosystem, "openSUSE"))
		p.release = place_suse_release(a, rest);
	else
		p.release = without_v(span_cut(&rest, ':'));
	p.binary = span_eq(p.ecosystem, "AlmaLinux") || span_eq(p.ecosystem, "Red Hat");
	return p;
}

struct span place_suse_release(struct arena *a, struct span product)
{
	struct span number = SPAN_NONE, pack = SPAN_NONE;

	while (product.p) {
		struct span word = span_cut(&product, ' ');

		if (span_eq(word, "Tumbleweed"))
			return word;
		if (word.n > 0 && version_is_digit(word.p[0]))
			number = word;
		else if (number.p && word.n > 2 && span_starts(word, "SP") && version_is_digit(word.p[2]))
			pack = (struct span){word.p + 2, word.n - 2};
	}
	/* "15-LTSS", "15 SP3-BCL" */
	number = span_cut(&number, '-');
	pack = span_cut(&pack, '-');
	return pack.p ? span_of(arena_printf(a, "%.*s.%.*s", SPAN_ARG(number), SPAN_ARG(pack))) : number;
}

struct span place_ubuntu_release(struct span codename, bool *pro)
{
	static const struct named names[] = {
		{"precise", "12.04"}, {"trusty", "14.04"}, {"xenial", "16.04"}, {"bionic", "18.04"},  {"focal", "20.04"},
		{"jammy", "22.04"},   {"noble", "24.04"},  {"plucky", "25.04"}, {"questing", "25.10"}, {"oracular", "24.10"},
		{"mantic", "23.10"},  {"lunar", "23.04"},  {"kinetic", "22.10"}, {"impish", "21.10"},  {"hirsute", "21.04"},
		{"groovy", "20.10"},  {"eoan", "19.10"},   {"disco", "19.04"},	{"cosmic", "18.10"},  {"artful", "17.10"},
		{"zesty", "17.04"},   {"yakkety", "16.10"}, {"wily", "15.10"},	{"vivid", "15.04"},   {"utopic", "14.10"},
		{"saucy", "13.10"},   {"raring", "13.04"}, {"quantal", "12.10"}, {"oneiric", "11.10"}, {"natty", "11.04"},
		{"maverick", "10.10"}, {"lucid", "10.04"}, {"karmic", "9.10"},	{"jaunty", "9.04"},   {"intrepid", "8.10"},
		{"hardy", "8.04"},    {"gutsy", "7.10"},   {"feisty", "7.04"},	{"edgy", "6.10"},     {"dapper", "6.06"},
	};
	struct span rest = codename, first = span_cut(&rest, '/');

	*pro = rest.p && (span_eq(rest, "esm") || span_starts(first, "esm"));
	if (rest.p && !*pro)
		return SPAN_NONE; /* "snap/core", "ros-esm/…", "fips/…": not of the release itself */
	if (span_starts(first, "esm"))
		first = rest;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (span_eq(first, names[i].from))
			return span_of(names[i].to);
	return SPAN_NONE;
}

struct span place_name(struct arena *a, struct span ecosystem, struct span name)
{
	bool pypi = span_eq(ecosystem, "PyPI");
	char *out;
	size_t n = 0;

	if (!pypi && !span_eq(ecosystem, "NuGet") && !span_eq(ecosystem, "Packagist"))
		return name;
	out = arena_alloc(a, name.n + 1);
	for (size_t i = 0; i < name.n; i++) {
		bool sign = pypi && strchr("-_.", name.p[i]);

		if (!sign)
			out[n++] = version_lower(name.p[i]);
		else if (n == 0 || out[n - 1] != '-')
			out[n++] = '-';
	}
	return (struct span){out, n};
}

/* "Important: nodejs:12 security update", "httpd:2.4/mod_http2", "virt:rhel and virt-devel:rhel": the words with a ':' inside, a blank between them. */
static struct span streams_in(struct arena *a, struct span title)
{
	auto_buf streams = BUF_INIT;

	while (title.p) {
		struct span word = span_cut(&title, ' '), rest, name;

		word = span_cut(&word, '/');
		while (word.n > 0 && strchr(",;", word.p[word.n - 1]))
			word.n--;
		rest = word;
		name = span_cut(&rest, ':');
		if (name.n == 0 || rest.n == 0 || memchr(rest.p, ':', rest.n))
			continue;
		if (streams.n > 0)
			buf_add_char(&streams, ' ');
		buf_add_span(&streams, word);
	}
	return streams.n > 0 ? span_of(arena_strndup(a, streams.p, streams.n)) : SPAN_NONE;
}

struct span place_module(struct arena *a, struct span title, struct span fixed)
{
	struct span streams;

	/* Oracle's live patches are versions of their own: they are compared among themselves. */
	if (span_has(fixed, ".ksplice"))
		return SPAN("ksplice");
	if (!span_has(fixed, ".module"))
		return SPAN_NONE;
	streams = streams_in(a, title);
	return streams.p ? streams : SPAN("*");
}
