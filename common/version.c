// SPDX-License-Identifier: Apache-2.0
// The table of version schemes, and digits of any length. The orders themselves are in version-*.c.
#include "version.h"

#include "limits.h"
#include "version-apk.h"
#include "version-composer.h"
#include "version-deb.h"
#include "version-gem.h"
#include "version-generic.h"
#include "version-go.h"
#include "version-maven.h"
#include "version-nuget.h"
#include "version-pep440.h"
#include "version-rpm.h"
#include "version-semver.h"

struct scheme {
	int (*compare)(struct span a, struct span b);
	bool (*valid)(struct span v); /* NULL: everything has its place */
};

static const struct scheme schemes[VERSION_SCHEMES] = {
	[VERSION_DEB] = {version_deb_cmp, NULL},
	[VERSION_RPM] = {version_rpm_cmp, NULL},
	[VERSION_APK] = {version_apk_cmp, NULL},
	[VERSION_SEMVER] = {version_semver_cmp, version_semver_valid},
	[VERSION_GO] = {version_go_cmp, NULL},
	[VERSION_PEP440] = {version_pep440_cmp, version_pep440_valid},
	[VERSION_MAVEN] = {version_maven_cmp, NULL},
	[VERSION_GEM] = {version_gem_cmp, version_gem_valid},
	[VERSION_NUGET] = {version_nuget_cmp, version_nuget_valid},
	[VERSION_COMPOSER] = {version_composer_cmp, version_composer_valid},
	[VERSION_GENERIC] = {version_generic_cmp, NULL},
};

struct named_scheme {
	const char *name;
	enum version_scheme scheme;
};

static const struct named_scheme names[] = {
	{"deb", VERSION_DEB},	    {"rpm", VERSION_RPM},	  {"apk", VERSION_APK},	    {"semver", VERSION_SEMVER},
	{"npm", VERSION_SEMVER},    {"cargo", VERSION_SEMVER},	  {"go", VERSION_GO},	    {"golang", VERSION_GO},
	{"pep440", VERSION_PEP440}, {"pypi", VERSION_PEP440},	  {"maven", VERSION_MAVEN}, {"rubygems", VERSION_GEM},
	{"gem", VERSION_GEM},	    {"nuget", VERSION_NUGET},	  {"composer", VERSION_COMPOSER},
	{"generic", VERSION_GENERIC},
};

/* OSV schema, "defined ecosystems". Those not here have no comparator. */
static const struct named_scheme ecosystems[] = {
	{"Debian", VERSION_DEB},       {"Ubuntu", VERSION_DEB},	       {"Echo", VERSION_DEB},
	{"Alpine", VERSION_APK},       {"Wolfi", VERSION_APK},	       {"Chainguard", VERSION_APK},
	{"MinimOS", VERSION_APK},      {"AlmaLinux", VERSION_RPM},     {"Rocky Linux", VERSION_RPM},
	{"Red Hat", VERSION_RPM},      {"SUSE", VERSION_RPM},	       {"openSUSE", VERSION_RPM},
	{"Oracle Linux", VERSION_RPM}, {"Amazon Linux", VERSION_RPM},  {"Photon OS", VERSION_RPM},
	{"Azure Linux", VERSION_RPM},  {"CBL-Mariner", VERSION_RPM}, {"Mageia", VERSION_RPM},	       {"openEuler", VERSION_RPM},
	{"CentOS", VERSION_RPM},       {"Fedora", VERSION_RPM},	       {"npm", VERSION_SEMVER},
	{"Go", VERSION_GO},	       {"crates.io", VERSION_SEMVER},  {"Kubernetes", VERSION_SEMVER},
	{"Bitnami", VERSION_SEMVER},   {"PyPI", VERSION_PEP440},       {"Maven", VERSION_MAVEN},
	{"RubyGems", VERSION_GEM},     {"NuGet", VERSION_NUGET},       {"Packagist", VERSION_COMPOSER},
	{"GitHub Actions", VERSION_SEMVER}, {"Hex", VERSION_SEMVER},   {"Pub", VERSION_SEMVER},
	{"SwiftURL", VERSION_SEMVER},  {"Bioconductor", VERSION_SEMVER}, {"CRAN", VERSION_GENERIC},
	{"ConanCenter", VERSION_GENERIC}, {"Hackage", VERSION_GENERIC},
};

enum { NAMES = sizeof(names) / sizeof(names[0]), ECOSYSTEMS = sizeof(ecosystems) / sizeof(ecosystems[0]) };

static enum version_scheme lookup(const struct named_scheme *table, int n, struct span name)
{
	for (int i = 0; i < n; i++)
		if (span_eq(name, table[i].name))
			return table[i].scheme;
	return VERSION_NONE;
}

enum version_scheme version_scheme_named(struct span name)
{
	return lookup(names, NAMES, name);
}

enum version_scheme version_scheme_of_ecosystem(struct span ecosystem)
{
	return lookup(ecosystems, ECOSYSTEMS, span_cut(&ecosystem, ':'));
}

const char *version_scheme_names(void)
{
	return "deb rpm apk semver npm cargo go pep440 maven rubygems nuget composer generic";
}

static struct span limited(struct span s)
{
	if (s.n > LIMIT_VERSION_BYTES)
		s.n = LIMIT_VERSION_BYTES;
	return s;
}

int version_compare(enum version_scheme scheme, struct span a, struct span b)
{
	a = limited(a);
	b = limited(b);
	return schemes[scheme].compare ? schemes[scheme].compare(a, b) : version_sign(span_cmp(a, b));
}

bool version_valid(enum version_scheme scheme, struct span v)
{
	return v.n <= LIMIT_VERSION_BYTES && (!schemes[scheme].valid || schemes[scheme].valid(v));
}

struct span version_take_digits(struct span *s)
{
	struct span d = {s->p, 0};

	while (d.n < s->n && version_is_digit(s->p[d.n]))
		d.n++;
	s->p += d.n;
	s->n -= d.n;
	return d;
}

struct span version_take_alpha(struct span *s)
{
	struct span t = {s->p, 0};

	while (t.n < s->n && version_is_alpha(s->p[t.n]))
		t.n++;
	s->p += t.n;
	s->n -= t.n;
	return t;
}

bool version_all_digits(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!version_is_digit(s.p[i]))
			return false;
	return s.n > 0;
}

static struct span without_zeros(struct span s)
{
	while (s.n > 0 && s.p[0] == '0') {
		s.p++;
		s.n--;
	}
	return s;
}

int version_digits_cmp(struct span a, struct span b)
{
	a = without_zeros(a);
	b = without_zeros(b);
	if (a.n != b.n)
		return a.n < b.n ? -1 : 1;
	return a.n == 0 ? 0 : version_sign(memcmp(a.p, b.p, a.n));
}

bool version_starts(struct span s, const char *word)
{
	size_t n = strlen(word);

	return s.n >= n && span_ieq((struct span){s.p, n}, word);
}

int version_text_cmp(struct span a, struct span b)
{
	for (size_t i = 0; i < a.n && i < b.n; i++) {
		int d = version_lower(a.p[i]) - version_lower(b.p[i]);

		if (d != 0)
			return version_sign(d);
	}
	return (a.n > b.n) - (a.n < b.n);
}
