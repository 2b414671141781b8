// SPDX-License-Identifier: Apache-2.0
// Maven version ranges (org.apache.maven.artifact.versioning.VersionRange): "[1.0,2.0)", "(,1.0],[1.2,)", "[1.5]".
#include "range.h"
#include "version-maven.h"

static bool inside(struct span v, struct span low, bool low_in, struct span high, bool high_in)
{
	int l = low.n ? version_maven_cmp(v, low) : 1, h = high.n ? version_maven_cmp(v, high) : -1;

	return (l > 0 || (l == 0 && low_in)) && (h < 0 || (h == 0 && high_in));
}

/* One "[a,b)" off `rest`: 1 inside, 0 outside, -1 malformed. `top` is the upper end of the one before. */
static int one(struct span *rest, struct span version, struct span *top, bool first, struct err *e)
{
	bool low_in = rest->p[0] == '[', high_in, single;
	size_t n = 1;
	struct span low, high;

	while (n < rest->n && rest->p[n] != ']' && rest->p[n] != ')')
		n++;
	if (n == rest->n)
		return err_set(e, ERR_INPUT, "a range that is not closed: '%.*s'", SPAN_ARG(*rest));
	high_in = rest->p[n] == ']';
	high = (struct span){rest->p + 1, n - 1};
	single = !memchr(high.p, ',', high.n);
	low = span_trim(span_cut(&high, ','));
	high = single ? low : span_trim(high);
	*rest = span_trim((struct span){rest->p + n + 1, rest->n - n - 1});
	if (single && (!low_in || !high_in || low.n == 0))
		return err_set(e, ERR_INPUT, "a single version stands in [ ]: '%.*s'", SPAN_ARG(low));
	if (low.n && high.n && version_maven_cmp(high, low) < (low_in && high_in ? 0 : 1))
		return err_set(e, ERR_INPUT, "a range that ends before it begins: '%.*s' '%.*s'", SPAN_ARG(low), SPAN_ARG(high));
	if (!first && top->n > 0 && (low.n == 0 || version_maven_cmp(low, *top) < 0))
		return err_set(e, ERR_INPUT, "ranges that overlap at '%.*s'", SPAN_ARG(low));
	*top = high;
	return inside(version, low, low_in, high, high_in);
}

int range_maven(struct span version, struct span range, struct err *e)
{
	struct span rest = span_trim(range), top = SPAN_NONE;
	bool any = false, first = true;

	while (rest.n > 0 && (rest.p[0] == '[' || rest.p[0] == '(')) {
		int r = one(&rest, version, &top, first, e);

		if (r < 0)
			return -1;
		any |= r;
		first = false;
		if (rest.n > 0 && rest.p[0] == ',')
			rest = span_trim((struct span){rest.p + 1, rest.n - 1});
	}
	if (rest.n > 0 && !first)
		return err_set(e, ERR_INPUT, "only ranges may stand in a set: '%.*s'", SPAN_ARG(rest));
	return first || any;
}
