// SPDX-License-Identifier: Apache-2.0
// Installed versions as the order of their feeds takes them. Comparing them is derive-match.c's.
#include "placed-version.h"

#include "common/version.h"

struct span placed_version(struct span ecosystem, struct span version, struct span bound)
{
	struct span revision;

	if (span_eq(ecosystem, "PyPI") && !memchr(bound.p, '+', bound.n))
		return span_cut(&version, '+');
	if (!span_eq(ecosystem, "Bitnami") || memchr(bound.p, '-', bound.n))
		return version;
	revision = span_after_last(version, '-');
	if (revision.n < version.n && version_all_digits(revision))
		version.n -= revision.n + 1;
	return version;
}

struct span placed_go_release(struct arena *a, struct span version)
{
	struct span rest = version, word;

	while (rest.n > 0 && (version_is_digit(rest.p[0]) || rest.p[0] == '.'))
		rest = (struct span){rest.p + 1, rest.n - 1};
	version.n -= rest.n;
	word = version_take_alpha(&rest);
	if (word.n == 0 || !version_all_digits(rest))
		return (struct span){version.p, version.n + word.n + rest.n};
	return span_of(arena_printf(a, "%.*s%s-%.*s.%.*s", SPAN_ARG(version), span_after_last(version, '.').n + 2 < version.n ? "" : ".0", SPAN_ARG(word), SPAN_ARG(rest)));
}
