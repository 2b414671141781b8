// SPDX-License-Identifier: Apache-2.0
// Debian version order. Leaves limits to version.c.
#include "version-deb.h"

#include "version.h"

/* '~' before everything, even the end; letters before all else. */
static int order(struct span s, size_t i)
{
	if (i >= s.n || version_is_digit(s.p[i]))
		return 0;
	if (s.p[i] == '~')
		return -1;
	return version_is_alpha(s.p[i]) ? s.p[i] : (unsigned char)s.p[i] + 256;
}

static int part_cmp(struct span a, struct span b)
{
	while (a.n > 0 || b.n > 0) {
		size_t i = 0;

		while ((i < a.n && !version_is_digit(a.p[i])) || (i < b.n && !version_is_digit(b.p[i]))) {
			int d = order(a, i) - order(b, i);

			if (d != 0)
				return version_sign(d);
			i++;
		}
		a = (struct span){a.p + i, a.n - i};
		b = (struct span){b.p + i, b.n - i};

		int d = version_digits_cmp(version_take_digits(&a), version_take_digits(&b));

		if (d != 0)
			return d;
	}
	return 0;
}

/* Cuts "epoch:" off; SPAN("0") when there is none. */
static struct span take_epoch(struct span *s)
{
	const char *colon = s->n > 0 ? memchr(s->p, ':', s->n) : NULL;
	struct span epoch = SPAN("0");

	if (!colon)
		return epoch;
	epoch = (struct span){s->p, (size_t)(colon - s->p)};
	*s = (struct span){colon + 1, s->n - epoch.n - 1};
	return epoch;
}

/* Cuts the revision behind the last '-' off; empty when there is none, which equals "0". */
static struct span take_revision(struct span *s)
{
	const char *dash = s->n > 0 ? memrchr(s->p, '-', s->n) : NULL;
	struct span revision = SPAN("");

	if (!dash)
		return revision;
	revision = (struct span){dash + 1, (size_t)(s->p + s->n - dash - 1)};
	s->n = (size_t)(dash - s->p);
	return revision;
}

int version_deb_cmp(struct span a, struct span b)
{
	int d = version_digits_cmp(take_epoch(&a), take_epoch(&b));

	if (d != 0)
		return d;

	struct span ra = take_revision(&a), rb = take_revision(&b);

	d = part_cmp(a, b);
	return d != 0 ? d : part_cmp(ra, rb);
}
