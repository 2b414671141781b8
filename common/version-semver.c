// SPDX-License-Identifier: Apache-2.0
// Semantic version order, also for npm and Go modules. Leaves limits to version.c.
#include "version-semver.h"

#include "version.h"

struct semver {
	struct span core, pre; /* pre: absent for a release */
};

static struct semver split(struct span s)
{
	struct semver v;

	s = span_trim(s);
	if (span_starts(s, "go"))
		s = (struct span){s.p + 2, s.n - 2};
	while (s.n > 0 && (s.p[0] == 'v' || s.p[0] == '=' || s.p[0] == ' '))
		s = (struct span){s.p + 1, s.n - 1};
	s = span_cut(&s, '+');
	v.core = span_cut(&s, '-');
	v.pre = s;
	return v;
}

static int identifier_cmp(struct span a, struct span b)
{
	bool da = version_all_digits(a), db = version_all_digits(b);

	if (da && db)
		return version_digits_cmp(a, b);
	if (da != db)
		return da ? -1 : 1; /* numbers are lower than text */
	return version_sign(span_cmp(a, b));
}

/* Missing parts are 0: "1.2" is "1.2.0". */
static int core_cmp(struct span a, struct span b)
{
	while (a.p || b.p) {
		struct span x = span_cut(&a, '.'), y = span_cut(&b, '.');
		int d = identifier_cmp(x.n > 0 ? x : SPAN("0"), y.n > 0 ? y : SPAN("0"));

		if (d != 0)
			return d;
	}
	return 0;
}

static int pre_cmp(struct span a, struct span b)
{
	if (!a.p || !b.p)
		return (a.p == NULL) - (b.p == NULL); /* a release is higher than its pre-releases */
	while (a.p && b.p) {
		int d = identifier_cmp(span_cut(&a, '.'), span_cut(&b, '.'));

		if (d != 0)
			return d;
	}
	return (a.p != NULL) - (b.p != NULL);
}

int version_semver_cmp(struct span a, struct span b)
{
	struct semver x = split(a), y = split(b);
	int d = core_cmp(x.core, y.core);

	return d != 0 ? d : pre_cmp(x.pre, y.pre);
}

bool version_semver_valid(struct span v)
{
	struct semver x = split(v);
	struct span core = x.core;

	do {
		if (!version_all_digits(span_cut(&core, '.')))
			return false;
	} while (core.p);
	return true;
}
