// SPDX-License-Identifier: Apache-2.0
// Kubernetes resource quantities to whole numbers, without floating point.
#include "quantity.h"

static const struct {
	const char *suffix;
	int ten, two; /* the number is multiplied by 10^ten or 2^two */
} suffixes[] = {
	{"", 0, 0},   {"n", -9, 0}, {"u", -6, 0}, {"m", -3, 0},	 {"k", 3, 0},	{"M", 6, 0},   {"G", 9, 0},   {"T", 12, 0},
	{"P", 15, 0}, {"E", 18, 0}, {"Ki", 0, 10}, {"Mi", 0, 20}, {"Gi", 0, 30}, {"Ti", 0, 40}, {"Pi", 0, 50}, {"Ei", 0, 60},
};

struct decimal {
	unsigned __int128 digits;
	int ten, two;
	bool minus;
};

enum { DIGITS_MAX = 27, TEN_MAX = 60 };

/* Digits with one point at most; trailing zeros behind the point do not count against the limit. */
static bool read_digits(struct span *s, struct decimal *d)
{
	bool point = false, any = false;
	int seen = 0;

	for (; s->n; s->p++, s->n--) {
		char c = s->p[0];

		if (c == '.' && !point) {
			point = true;
			continue;
		}
		if (c < '0' || c > '9')
			break;
		any = true;
		if (d->digits || c != '0')
			seen++;
		if (seen > DIGITS_MAX)
			return false;
		d->digits = d->digits * 10 + (unsigned)(c - '0');
		d->ten -= point;
	}
	return any;
}

static bool read_suffix(struct span s, struct decimal *d)
{
	int64_t exponent;

	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++)
		if (span_eq(s, suffixes[i].suffix)) {
			d->ten += suffixes[i].ten;
			d->two = suffixes[i].two;
			return true;
		}
	if (s.n < 2 || (s.p[0] != 'e' && s.p[0] != 'E'))
		return false;
	s.p++, s.n--;
	if (!span_int(s, &exponent) || exponent < -TEN_MAX || exponent > TEN_MAX)
		return false;
	d->ten += (int)exponent;
	return true;
}

static bool to_whole(struct decimal d, int64_t *out)
{
	unsigned __int128 v = d.digits, rest = 0;

	/* Divisions first are wrong, multiplications first can overflow: the powers of two come before the tens. */
	if (v && __builtin_mul_overflow(v, (unsigned __int128)1 << d.two, &v))
		return false;
	for (; d.ten > 0 && v; d.ten--)
		if (__builtin_mul_overflow(v, (unsigned __int128)10, &v))
			return false;
	for (; d.ten < 0 && v; d.ten++) {
		rest |= v % 10;
		v /= 10;
	}
	if (rest)
		v++;
	if (v > (unsigned __int128)INT64_MAX)
		return false;
	*out = d.minus ? -(int64_t)v : (int64_t)v;
	return true;
}

static bool quantity(struct span s, int shift, int64_t *out)
{
	struct decimal d = {.ten = shift};

	if (s.n && (s.p[0] == '+' || s.p[0] == '-')) {
		d.minus = s.p[0] == '-';
		s.p++, s.n--;
	}
	return read_digits(&s, &d) && read_suffix(s, &d) && to_whole(d, out);
}

bool quantity_milli(struct span s, int64_t *out)
{
	return quantity(s, 3, out);
}

bool quantity_units(struct span s, int64_t *out)
{
	return quantity(s, 0, out);
}
