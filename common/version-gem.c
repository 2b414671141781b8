// SPDX-License-Identifier: Apache-2.0
// RubyGems version order. Leaves limits to version.c.
#include "version-gem.h"

#include "version.h"

enum { SEGMENTS_MAX = 264 };

struct segments {
	struct span at[SEGMENTS_MAX];
	int n;
};

static bool is_number(struct span s)
{
	return version_is_digit(s.p[0]);
}

static bool is_zero(struct span s)
{
	return is_number(s) && version_digits_cmp(s, SPAN("0")) == 0;
}

/* Zeros at the end of the numbers in front of the first letters, and at the very end, do not count. */
static void drop_zeros(struct segments *s, int from)
{
	while (s->n > from && is_zero(s->at[s->n - 1]))
		s->n--;
}

static void split(struct segments *s, struct span v)
{
	int text_from = -1;

	s->n = 0;
	while (v.n > 0 && s->n < SEGMENTS_MAX) {
		struct span part = version_is_digit(v.p[0]) ? version_take_digits(&v) : version_take_alpha(&v);

		if (part.n == 0) {
			bool dash = v.p[0] == '-';

			v = (struct span){v.p + 1, v.n - 1};
			if (!dash)
				continue;
			part = SPAN("pre");
		}
		if (text_from < 0 && !is_number(part)) {
			drop_zeros(s, 0);
			text_from = s->n;
		}
		s->at[s->n++] = part;
	}
	drop_zeros(s, text_from < 0 ? 0 : text_from);
}

int version_gem_cmp(struct span a, struct span b)
{
	struct segments x, y;

	split(&x, a);
	split(&y, b);
	for (int i = 0; i < x.n || i < y.n; i++) {
		struct span l = i < x.n ? x.at[i] : SPAN("0"), r = i < y.n ? y.at[i] : SPAN("0");
		int d = is_number(l) - is_number(r);

		if (d == 0)
			d = is_number(l) ? version_digits_cmp(l, r) : version_sign(span_cmp(l, r));
		if (d != 0)
			return d;
	}
	return 0;
}

static bool is_part(struct span s, bool dash)
{
	for (size_t i = 0; i < s.n; i++)
		if (!version_is_digit(s.p[i]) && !version_is_alpha(s.p[i]) && !(dash && s.p[i] == '-'))
			return false;
	return s.n > 0;
}

/* Gem::Version::VERSION_PATTERN */
bool version_gem_valid(struct span v)
{
	struct span rest = span_trim(v), main = span_cut(&rest, '-');

	if (main.n == 0)
		return !rest.p;
	if (!version_all_digits(span_cut(&main, '.')))
		return false;
	while (main.p)
		if (!is_part(span_cut(&main, '.'), false))
			return false;
	while (rest.p)
		if (!is_part(span_cut(&rest, '.'), true))
			return false;
	return true;
}
