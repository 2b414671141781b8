// SPDX-License-Identifier: Apache-2.0
// An order for versions of no known scheme: runs of digits as numbers, runs of letters as text, all else separates.
#include "version-generic.h"

#include "version.h"

static bool is_sign(char c)
{
	return !version_is_digit(c) && !version_is_alpha(c) && c != '~';
}

/* Words that come before the release they are named after; "~" too. */
static bool is_before(struct span word)
{
	static const char *const words[] = {"a", "alpha", "b", "beta", "dev", "m", "milestone", "pre", "preview", "rc", "snapshot"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (span_ieq(word, words[i]))
			return true;
	return span_eq(word, "~");
}

static struct span next(struct span *s)
{
	while (s->n > 0 && is_sign(s->p[0]))
		*s = (struct span){s->p + 1, s->n - 1};
	if (s->n == 0)
		return SPAN_NONE;
	if (s->p[0] == '~') {
		struct span tilde = {s->p, 1};

		*s = (struct span){s->p + 1, s->n - 1};
		return tilde;
	}
	return version_is_digit(s->p[0]) ? version_take_digits(s) : version_take_alpha(s);
}

/* 0 a word for a pre-release, 1 the end (or a zero), 2 other letters, 3 a number. */
static int rank(struct span s)
{
	if (s.n == 0)
		return 1;
	if (version_is_digit(s.p[0]))
		return version_digits_cmp(s, SPAN("0")) == 0 ? 1 : 3;
	return is_before(s) ? 0 : 2;
}

int version_generic_cmp(struct span a, struct span b)
{
	if (a.n > 0 && version_lower(a.p[0]) == 'v')
		a = (struct span){a.p + 1, a.n - 1};
	if (b.n > 0 && version_lower(b.p[0]) == 'v')
		b = (struct span){b.p + 1, b.n - 1};
	for (;;) {
		struct span x = next(&a), y = next(&b);
		int d = version_sign(rank(x) - rank(y));

		if (!x.p && !y.p)
			return 0;
		if (d == 0 && rank(x) == 3)
			d = version_digits_cmp(x, y);
		else if (d == 0 && rank(x) != 1)
			d = version_text_cmp(x, y);
		if (d != 0)
			return d;
	}
}
