// SPDX-License-Identifier: Apache-2.0
// Wordings of distributions' OVAL definitions.
#include "oval-comment.h"

/* Where `words` begin in `s`, NULL when they don't stand there. */
static const char *find(struct span s, const char *words)
{
	return s.n >= strlen(words) ? memmem(s.p, s.n, words, strlen(words)) : NULL;
}

static struct span before(struct span s, const char *at)
{
	return span_trim((struct span){s.p, (size_t)(at - s.p)});
}

static struct span after(struct span s, const char *at, const char *words)
{
	const char *from = at + strlen(words);

	return span_trim((struct span){from, (size_t)(s.p + s.n - from)});
}

/* "foo package in jammy was vulnerable but has been fixed (note: '1.2-3')." */
static bool ubuntu(struct span s, struct oval_comment *out)
{
	const char *at = find(s, " package in "), *note;
	struct span tail;

	if (!at)
		return false;
	out->package = before(s, at);
	while (out->package.n > 0 && strchr("('\"", out->package.p[0]))
		out->package = (struct span){out->package.p + 1, out->package.n - 1};
	tail = after(s, at, " package in ");
	note = find(tail, "(note: '");
	if (find(tail, "has been fixed") && note) {
		tail = after(tail, note, "(note: '");
		out->fixed = span_cut(&tail, '\'');
	} else if (find(tail, "not affected") || find(tail, "is not vulnerable")) {
		out->status = "not-affected";
	} else if (find(tail, "defer")) {
		out->status = "deferred";
	} else if (find(tail, "end of life") || find(tail, "out of standard support")) {
		out->status = "end-of-life";
	} else if (find(tail, "ignore") || find(tail, "not to fix")) {
		out->status = "will-not-fix";
	} else {
		out->status = "unfixed";
	}
	return out->package.n > 0;
}

static bool version_like(struct span s)
{
	return s.n > 0 && version_is_digit(s.p[0]) && memchr(s.p, '-', s.n) && !memchr(s.p, ' ', s.n);
}

/* "libxml2-2.9.4-46.20.1 is installed" */
static bool with_version(struct span s, struct oval_comment *out)
{
	for (size_t i = 1; i + 1 < s.n; i++) {
		struct span version = {s.p + i + 1, s.n - i - 1}, release = version;

		if (s.p[i] != '-' || !version_like(version))
			continue;
		span_cut(&release, '-');
		if (memchr(release.p, '-', release.n))
			continue;
		out->package = (struct span){s.p, i};
		out->fixed = version;
		return true;
	}
	return false;
}

static bool is_distribution(struct span s)
{
	return find(s, "Linux") || find(s, "SUSE") || find(s, "openSUSE") || find(s, "-release") || span_starts(s, "sle") || memchr(s.p, ' ', s.n) ||
	       find(s, "CoreOS") || find(s, "Photon");
}

bool oval_comment_read(struct span comment, bool vulnerability, struct oval_comment *out)
{
	struct span s = span_trim(comment), rest;
	const char *at;

	*out = (struct oval_comment){0};
	if (s.n == 0)
		return false;
	if (span_starts(s, "Module ") && (at = find(s, " is enabled"))) {
		out->module = before((struct span){s.p + 7, s.n - 7}, at);
		return out->module.n > 0;
	}
	if (ubuntu(s, out))
		return true;
	if (span_starts(s, "Package "))
		s = (struct span){s.p + 8, s.n - 8};
	if ((at = find(s, " is earlier than "))) {
		rest = after(s, at, " is earlier than ");
		out->fixed = span_cut(&rest, ' ');
		while (out->fixed.n > 0 && out->fixed.p[out->fixed.n - 1] == ',')
			out->fixed.n--;
	} else if ((at = find(s, " is greater than "))) {
		rest = after(s, at, " is greater than ");
		out->introduced = span_cut(&rest, ',');
	} else if ((at = find(s, " less than "))) {
		out->fixed = after(s, at, " less than ");
	} else if ((at = find(s, " is not affected"))) {
		out->status = "not-affected";
	} else if ((at = find(s, " is affected"))) {
		out->status = "unfixed";
	} else if (vulnerability && (at = find(s, " is installed with version "))) {
		rest = after(s, at, " is installed with version ");
		out->last = span_cut(&rest, ' '); /* "2.35-4 or earlier" */
	} else if (vulnerability && (at = find(s, " is installed"))) {
		if (is_distribution(before(s, at)))
			return false;
		if (with_version(before(s, at), out))
			return true;
	} else {
		return false;
	}
	out->package = before(s, at);
	return out->package.n > 0 && !is_distribution(out->package);
}

static struct span first_number(struct span s)
{
	while (s.p) {
		struct span word = span_cut(&s, ' ');

		if (word.n > 0 && version_is_digit(word.p[0]))
			return word;
	}
	return SPAN_NONE;
}

/* "3.0" of "azurelinux-3.0-oval.xml" */
static struct span number_in_name(struct span name)
{
	for (size_t i = 0; i + 2 < name.n; i++) {
		struct span rest = {name.p + i, name.n - i}, n = version_take_digits(&rest);

		if (n.n > 0 && rest.n > 1 && rest.p[0] == '.' && version_is_digit(rest.p[1])) {
			rest = (struct span){rest.p + 1, rest.n - 1};
			return (struct span){n.p, n.n + 1 + version_take_digits(&rest).n};
		}
		i += n.n;
	}
	return SPAN_NONE;
}

bool oval_platform(struct arena *a, struct span platform, struct span file, struct place *out)
{
	static const struct {
		const char *starts, *ecosystem;
	} names[] = {{"Red Hat Enterprise Linux", "Red Hat"}, {"Oracle Linux", "Oracle Linux"}, {"Photon", "Photon OS"}, {"openSUSE", "openSUSE"}, {"SUSE", "SUSE"},
		     {"Ubuntu", "Ubuntu"}, {"Amazon Linux", "Amazon Linux"}, {"Debian", "Debian"}, {"Azure Linux", "Azure Linux"}, {"CBL-Mariner", "CBL-Mariner"},
		     {"Rocky Linux", "Rocky Linux"}, {"AlmaLinux", "AlmaLinux"}};
	struct span release = first_number(platform), old = platform;
	size_t i = 0;

	if (span_starts(platform, "sle") && platform.n > 5) { /* "sled10-sp4" */
		struct span major;

		old = (struct span){platform.p + 4, platform.n - 4};
		major = version_take_digits(&old);
		if (span_starts(old, "-sp"))
			old = (struct span){old.p + 3, old.n - 3};
		*out = (struct place){SPAN("SUSE"), SPAN_NONE, VERSION_RPM, true};
		out->release = span_of(old.n > 0 ? arena_printf(a, "%.*s.%.*s", SPAN_ARG(major), SPAN_ARG(version_take_digits(&old)))
						 : arena_printf(a, "%.*s", SPAN_ARG(major)));
		return major.n > 0;
	}

	while (i < sizeof(names) / sizeof(names[0]) && !span_starts(platform, names[i].starts))
		i++;
	if (i == sizeof(names) / sizeof(names[0]))
		return false;
	*out = (struct place){.ecosystem = span_of(names[i].ecosystem)};
	out->scheme = version_scheme_of_ecosystem(out->ecosystem);
	/* Those of Microsoft's distributions name sources. */
	out->binary = out->scheme == VERSION_RPM && !span_eq(out->ecosystem, "Azure Linux") && !span_eq(out->ecosystem, "CBL-Mariner");
	if (span_has(out->ecosystem, "suse"))
		release = place_suse_release(a, platform);
	else if (!release.p)
		release = number_in_name(file);
	if (span_eq(out->ecosystem, "Photon OS") && !memchr(release.p ? release.p : "", '.', release.n))
		release = span_of(arena_printf(a, "%.*s.0", SPAN_ARG(release)));
	if (span_eq(out->ecosystem, "Azure Linux"))
		release = span_cut(&release, '.');
	out->release = (struct span){arena_strndup(a, release.p ? release.p : "", release.n), release.n};
	return true;
}
