// SPDX-License-Identifier: Apache-2.0
// Three versions, one a line: every order must be antisymmetric, reflexive and transitive.
#include "common/range.h"
#include "common/version.h"
#include "common/err.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
static int compare(int scheme, struct span a, struct span b)
{
	int d = version_compare((enum version_scheme)scheme, a, b);

	if (version_compare((enum version_scheme)scheme, b, a) != -d || d < -1 || d > 1)
		die("scheme %d: not antisymmetric: '%.*s' '%.*s'", scheme, SPAN_ARG(a), SPAN_ARG(b));
	return d;
}

/* rpm leaves a release out when one side has none; apk, Maven and Composer order what is odd as their tools do. Their orders
 * are transitive for sensible versions only. */
static bool transitive(int scheme, struct span a, struct span b, struct span c)
{
	if (scheme == VERSION_RPM || scheme == VERSION_APK || scheme == VERSION_MAVEN || scheme == VERSION_COMPOSER)
		return false;
	return compare(scheme, a, b) <= 0 && compare(scheme, b, c) <= 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span rest = {(const char *)data, n}, a = span_cut(&rest, '\n'), b = span_cut(&rest, '\n'), c = span_cut(&rest, '\n');

	if (!a.p || !b.p || !c.p)
		return 0;
	for (int range = RANGE_NPM; range <= RANGE_MAVEN; range++)
		range_holds((enum range_scheme)range, a, b, NULL);
	for (int scheme = VERSION_DEB; scheme < VERSION_SCHEMES; scheme++) {
		if (compare(scheme, a, a) != 0)
			die("scheme %d: not reflexive", scheme);
		if (transitive(scheme, a, b, c) && compare(scheme, a, c) > 0)
			die("scheme %d: not transitive: '%.*s' '%.*s' '%.*s'", scheme, SPAN_ARG(a), SPAN_ARG(b), SPAN_ARG(c));
	}
	return 0;
}
