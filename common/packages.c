// SPDX-License-Identifier: Apache-2.0
// Package databases as text, and os-release. Where they lie, and in which layer, is the loaders' business.
#include "packages.h"

#include "arena.h"

static struct span next_line(struct span *rest)
{
	struct span line = span_cut(rest, '\n');

	if (line.n > 0 && line.p[line.n - 1] == '\r')
		line.n--;
	return line;
}

/* ---- dpkg */

/* "Source: glibc (2.36-9)" */
static void read_source(struct package *p, struct span value)
{
	struct span version = value;

	p->source = span_trim(span_cut(&version, '('));
	if (version.p) {
		version = span_trim(span_cut(&version, ')'));
		p->source_version = version.n > 0 ? version : SPAN_NONE;
	}
}

/* The third word of "install ok installed": whether the package's files are there. */
static bool is_there(struct span status)
{
	static const char *const states[] = {"installed", "unpacked", "half-configured", "triggers-awaited", "triggers-pending"};
	struct span word = span_after_last(span_trim(status), ' ');

	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		if (span_eq(word, states[i]))
			return true;
	return false;
}

struct paragraph {
	struct package p;
	bool gone, any;
};

static void read_field(struct paragraph *g, struct span line)
{
	struct span value = line, name = span_cut(&value, ':');

	if (!value.p)
		return;
	value = span_trim(value);
	g->any = true;
	if (span_ieq(name, "Package"))
		g->p.name = value;
	else if (span_ieq(name, "Version"))
		g->p.version = value;
	else if (span_ieq(name, "Architecture"))
		g->p.arch = value;
	else if (span_ieq(name, "Source"))
		read_source(&g->p, value);
	else if (span_ieq(name, "Status"))
		g->gone = !is_there(value);
}

static int end_package(struct package *p, bool any, bool gone, package_fn *fn, void *ctx, size_t *broken, struct err *e)
{
	int r = 0;

	if (any && !gone) {
		if (p->name.n > 0 && p->version.n > 0)
			r = fn(ctx, p, e);
		else
			(*broken)++;
	}
	return r;
}

int packages_dpkg(struct span text, package_fn *fn, void *ctx, size_t *broken, struct err *e)
{
	struct paragraph g = {.p.type = "deb", .p.found_by = "dpkg"};

	while (text.p) {
		struct span line = next_line(&text);

		if (line.n > 0) {
			if (line.p[0] != ' ' && line.p[0] != '\t')
				read_field(&g, line);
			continue;
		}
		if (end_package(&g.p, g.any, g.gone, fn, ctx, broken, e))
			return -1;
		g = (struct paragraph){.p.type = "deb", .p.found_by = "dpkg"};
	}
	return end_package(&g.p, g.any, g.gone, fn, ctx, broken, e);
}

/* ---- apk */

int packages_apk(struct span text, package_fn *fn, void *ctx, size_t *broken, struct err *e)
{
	struct package p = {.type = "apk", .found_by = "apk"};
	bool any = false;

	while (text.p) {
		struct span line = next_line(&text), value;

		if (line.n == 0) {
			if (end_package(&p, any, false, fn, ctx, broken, e))
				return -1;
			p = (struct package){.type = "apk", .found_by = "apk"};
			any = false;
			continue;
		}
		if (line.n < 2 || line.p[1] != ':')
			continue;
		any = true;
		value = (struct span){line.p + 2, line.n - 2};
		if (line.p[0] == 'P')
			p.name = value;
		else if (line.p[0] == 'V')
			p.version = value;
		else if (line.p[0] == 'A')
			p.arch = value;
		else if (line.p[0] == 'L')
			p.license = value;
		else if (line.p[0] == 'o')
			p.source = value;
	}
	return end_package(&p, any, false, fn, ctx, broken, e);
}

int packages_apk_owned(struct span text, path_fn *fn, void *ctx, struct err *e)
{
	struct span directory = SPAN(""), owner = SPAN("");

	while (text.p) {
		struct span line = next_line(&text), value;

		if (line.n < 2 || line.p[1] != ':')
			continue;
		value = (struct span){line.p + 2, line.n - 2};
		if (line.p[0] == 'P')
			owner = value;
		else if (line.p[0] == 'F')
			directory = value;
		else if (line.p[0] == 'R' && fn(ctx, owner, directory, value, e))
			return -1;
	}
	return 0;
}

/* ---- os-release */

static struct span unquoted(struct span v)
{
	v = span_trim(v);
	if (v.n >= 2 && (v.p[0] == '"' || v.p[0] == '\'') && v.p[v.n - 1] == v.p[0])
		v = (struct span){v.p + 1, v.n - 2};
	return v;
}

/* How much of VERSION_ID feeds use: all of it, the part before the first '.', or before the second. */
enum part { ALL, MAJOR, MINOR };

static const struct distro {
	const char *id, *ecosystem;
	enum part part;
} distros[] = {
	{"debian", "Debian", MAJOR},	    {"ubuntu", "Ubuntu", ALL},	      {"alpine", "Alpine", MINOR},
	{"wolfi", "Wolfi", ALL},	    {"chainguard", "Chainguard", ALL}, {"almalinux", "AlmaLinux", MAJOR},
	{"rocky", "Rocky Linux", MAJOR},    {"rhel", "Red Hat", MAJOR},	      {"centos", "CentOS", MAJOR},
	{"fedora", "Fedora", MAJOR},	    {"ol", "Oracle Linux", MAJOR},    {"amzn", "Amazon Linux", MAJOR},
	{"opensuse-leap", "openSUSE", ALL}, {"opensuse", "openSUSE", ALL}, {"opensuse-tumbleweed", "openSUSE", ALL},
	{"sles", "SUSE", ALL},		    {"sled", "SUSE", ALL},	      {"sles_sap", "SUSE", ALL},
	{"sle_hpc", "SUSE", ALL},	    {"sle-micro", "SUSE", ALL},	      {"sl-micro", "SUSE", ALL},
	{"minimos", "MinimOS", ALL},	    {"mageia", "Mageia", MAJOR},      {"photon", "Photon OS", ALL},
	{"azurelinux", "Azure Linux", MAJOR}, {"mariner", "CBL-Mariner", ALL},
};

static struct span release_of(struct span version, enum part part)
{
	size_t dots = part == MAJOR ? 1 : 2;

	if (part == ALL)
		return version;
	for (size_t i = 0; i < version.n; i++) {
		if (version.p[i] == '_') /* 3.17_alpha20220715 is not yet 3.17; 3.19.0_rc3 is built of 3.19's repositories */
			return SPAN("edge");
		if (version.p[i] == '.' && --dots == 0)
			return (struct span){version.p, i};
	}
	return version;
}

void packages_os_release(struct span text, struct os_release *out)
{
	*out = (struct os_release){0};
	while (text.p) {
		struct span value = next_line(&text), key = span_trim(span_cut(&value, '='));

		if (!value.p)
			continue;
		value = unquoted(value);
		if (span_eq(key, "ID"))
			out->id = value;
		else if (span_eq(key, "VERSION_ID"))
			out->version = value;
		else if (span_eq(key, "PRETTY_NAME"))
			out->name = value;
		else if (span_eq(key, "VERSION_CODENAME"))
			out->codename = value;
	}
	for (size_t i = 0; i < sizeof(distros) / sizeof(distros[0]); i++)
		if (out->id.n > 0 && span_eq(out->id, distros[i].id)) {
			out->ecosystem = distros[i].ecosystem;
			if (out->version.n > 0)
				out->release = release_of(out->version, distros[i].part);
		}
	if (out->ecosystem && (strcmp(out->ecosystem, "Wolfi") == 0 || strcmp(out->ecosystem, "Chainguard") == 0 || strcmp(out->ecosystem, "MinimOS") == 0))
		out->release = SPAN(""); /* rolling */
	if (span_eq(out->id, "opensuse-tumbleweed")) /* rolling too; its number is a date */
		out->release = SPAN("Tumbleweed");
}

/* First words of redhat-release and its likes. */
static const struct {
	const char *words, *id;
} release_words[] = {
	{"CentOS", "centos"}, {"Red Hat Enterprise Linux", "rhel"}, {"AlmaLinux", "almalinux"}, {"Rocky Linux", "rocky"}, {"Fedora", "fedora"},
	{"Oracle Linux", "ol"}, {"Amazon Linux", "amzn"}, {"Scientific Linux", "scientific"},
};

/* The first word that starts with a digit: "release 7.9.2009 (Core)". */
static struct span number_word(struct span line)
{
	while (line.p) {
		struct span word = span_cut(&line, ' ');

		if (word.n > 0 && word.p[0] >= '0' && word.p[0] <= '9')
			return word;
	}
	return SPAN(""); /* of releases to come */
}

bool packages_release_file(struct arena *a, struct span path, struct span text, struct os_release *out)
{
	struct span line = span_trim(span_cut(&text, '\n')), version = number_word(line);
	const char *id = NULL;

	if (span_ends(path, "alpine-release")) {
		id = "alpine";
		version = line;
	} else if (span_ends(path, "debian_version")) {
		id = "debian"; /* "12.5", "trixie/sid": os-release has the first number */
		version = span_cut(&version, '.');
	}
	for (size_t i = 0; i < sizeof(release_words) / sizeof(release_words[0]) && !id; i++)
		if (span_starts(line, release_words[i].words))
			id = release_words[i].id;
	if (!id || line.n == 0 || line.n > 200)
		return false;
	packages_os_release(span_of(arena_printf(a, "ID=%s\n%s%.*s\n", id, version.n ? "VERSION_ID=" : "", SPAN_ARG(version))), out);
	return true;
}

bool package_is_os(const char *type)
{
	static const char *const types[] = {"deb", "apk", "rpm", "alpm", "ebuild"};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (strcmp(type, types[i]) == 0)
			return true;
	return false;
}
