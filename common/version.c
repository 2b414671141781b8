// SPDX-License-Identifier: Apache-2.0
// The table of version schemes, and digits of any length. The orders themselves are in version-*.c.
#include "version.h"

#include "limits.h"
#include "version-apk.h"
#include "version-deb.h"
#include "version-rpm.h"
#include "version-semver.h"

struct named_scheme {
	const char *name;
	enum version_scheme scheme;
};

static const struct named_scheme names[] = {
	{"deb", VERSION_DEB},	    {"rpm", VERSION_RPM},    {"apk", VERSION_APK},
	{"semver", VERSION_SEMVER}, {"npm", VERSION_SEMVER}, {"go", VERSION_SEMVER},
};

/* OSV schema, "defined ecosystems". Those not here have no comparator yet. */
static const struct named_scheme ecosystems[] = {
	{"Debian", VERSION_DEB},   {"Ubuntu", VERSION_DEB},	 {"Alpine", VERSION_APK},
	{"Wolfi", VERSION_APK},	   {"Chainguard", VERSION_APK},	 {"AlmaLinux", VERSION_RPM},
	{"Rocky Linux", VERSION_RPM}, {"Red Hat", VERSION_RPM},	 {"SUSE", VERSION_RPM},
	{"openSUSE", VERSION_RPM}, {"npm", VERSION_SEMVER},	 {"Go", VERSION_SEMVER},
	{"crates.io", VERSION_SEMVER}, {"Kubernetes", VERSION_SEMVER}, {"Bitnami", VERSION_SEMVER},
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
	return "deb rpm apk semver npm go";
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
	switch (scheme) {
	case VERSION_DEB:
		return version_deb_cmp(a, b);
	case VERSION_RPM:
		return version_rpm_cmp(a, b);
	case VERSION_APK:
		return version_apk_cmp(a, b);
	case VERSION_SEMVER:
		return version_semver_cmp(a, b);
	case VERSION_NONE:
		break;
	}
	return version_sign(span_cmp(a, b));
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
