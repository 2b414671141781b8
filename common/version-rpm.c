// SPDX-License-Identifier: Apache-2.0
// RPM version order. Leaves limits to version.c.
#include "version-rpm.h"

#include "version.h"

static bool is_sign(char c)
{
	return !version_is_digit(c) && !version_is_alpha(c) && c != '~' && c != '^';
}

static struct span skip_signs(struct span s)
{
	while (s.n > 0 && is_sign(s.p[0])) {
		s.p++;
		s.n--;
	}
	return s;
}

/* Compares a marker that both or one of them start with. 2: neither, or both (then it is cut off). */
static int marker_cmp(struct span *a, struct span *b)
{
	bool ta = a->n > 0 && a->p[0] == '~', tb = b->n > 0 && b->p[0] == '~';
	bool ca = a->n > 0 && a->p[0] == '^', cb = b->n > 0 && b->p[0] == '^';

	if (ta != tb)
		return ta ? -1 : 1;
	if (ca && !cb)
		return b->n == 0 ? 1 : -1;
	if (cb && !ca)
		return a->n == 0 ? -1 : 1;
	return 2;
}

static bool skip_marker(struct span *a, struct span *b)
{
	if (a->n == 0 || b->n == 0 || (a->p[0] != '~' && a->p[0] != '^') || a->p[0] != b->p[0])
		return false;
	*a = (struct span){a->p + 1, a->n - 1};
	*b = (struct span){b->p + 1, b->n - 1};
	return true;
}

static int segment_cmp(struct span *a, struct span *b)
{
	if (version_is_digit(a->p[0])) {
		if (!version_is_digit(b->p[0]))
			return 1; /* numbers are newer than letters */
		return version_digits_cmp(version_take_digits(a), version_take_digits(b));
	}
	if (version_is_digit(b->p[0]))
		return -1;

	struct span x = version_take_alpha(a), y = version_take_alpha(b);

	return version_sign(span_cmp(x, y));
}

static int part_cmp(struct span a, struct span b)
{
	for (;;) {
		a = skip_signs(a);
		b = skip_signs(b);

		int d = marker_cmp(&a, &b);

		if (d != 2)
			return d;
		if (skip_marker(&a, &b))
			continue;
		if (a.n == 0 || b.n == 0)
			return (a.n > 0) - (b.n > 0);
		d = segment_cmp(&a, &b);
		if (d != 0)
			return d;
	}
}

static struct span take_epoch(struct span *s)
{
	struct span rest = *s, epoch = version_take_digits(&rest);

	if (rest.n == 0 || rest.p[0] != ':')
		return SPAN("0");
	*s = (struct span){rest.p + 1, rest.n - 1};
	return epoch;
}

static struct span take_release(struct span *s)
{
	const char *dash = s->n > 0 ? memrchr(s->p, '-', s->n) : NULL;
	struct span release = SPAN_NONE;

	if (!dash)
		return release;
	release = (struct span){dash + 1, (size_t)(s->p + s->n - dash - 1)};
	s->n = (size_t)(dash - s->p);
	return release;
}

int version_rpm_cmp(struct span a, struct span b)
{
	int d = version_digits_cmp(take_epoch(&a), take_epoch(&b));

	if (d != 0)
		return d;

	struct span ra = take_release(&a), rb = take_release(&b);

	d = part_cmp(a, b);
	return d != 0 || !ra.p || !rb.p ? d : part_cmp(ra, rb);
}
