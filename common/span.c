// SPDX-License-Identifier: Apache-2.0
// Comparing and cutting text that is owned elsewhere.
#include "span.h"

#include <stdlib.h>

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool alike(const char *a, const char *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (lower(a[i]) != lower(b[i]))
			return false;
	return true;
}

int span_cmp(struct span a, struct span b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int order = n ? memcmp(a.p, b.p, n) : 0;

	return order ? order : (a.n > b.n) - (a.n < b.n);
}

static int in_order(const void *a, const void *b)
{
	return span_cmp(*(const struct span *)a, *(const struct span *)b);
}

size_t span_sort_once(struct span *at, size_t n)
{
	size_t kept = 0;

	if (n > 1)
		qsort(at, n, sizeof(*at), in_order);
	for (size_t i = 0; i < n; i++)
		if (!kept || !span_is(at[kept - 1], at[i]))
			at[kept++] = at[i];
	return kept;
}

bool span_starts(struct span a, const char *prefix)
{
	size_t n = strlen(prefix);

	return a.n >= n && (n == 0 || memcmp(a.p, prefix, n) == 0);
}

bool span_ends(struct span a, const char *suffix)
{
	size_t n = strlen(suffix);

	return a.n >= n && (n == 0 || memcmp(a.p + a.n - n, suffix, n) == 0);
}

bool span_ieq(struct span a, const char *s)
{
	return a.n == strlen(s) && alike(a.p, s, a.n);
}

bool span_has(struct span a, const char *needle)
{
	size_t n = strlen(needle);

	for (size_t i = 0; i + n <= a.n; i++)
		if (alike(a.p + i, needle, n))
			return true;
	return false;
}

static bool blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

struct span span_trim(struct span a)
{
	while (a.n && blank(a.p[0]))
		a.p++, a.n--;
	while (a.n && blank(a.p[a.n - 1]))
		a.n--;
	return a;
}

struct span span_cut(struct span *rest, char sep)
{
	struct span all = *rest;
	const char *at = all.n ? memchr(all.p, sep, all.n) : NULL;

	if (!at) {
		*rest = SPAN_NONE;
		return all;
	}
	*rest = (struct span){at + 1, all.n - (size_t)(at - all.p) - 1};
	return (struct span){all.p, (size_t)(at - all.p)};
}

struct span span_after_last(struct span a, char sep)
{
	for (size_t i = a.n; i > 0; i--)
		if (a.p[i - 1] == sep)
			return (struct span){a.p + i, a.n - i};
	return a;
}

struct span span_before_last(struct span s, char c)
{
	struct span last = span_after_last(s, c);

	return last.n < s.n ? (struct span){s.p, s.n - last.n - 1} : s;
}

bool span_int(struct span a, int64_t *out)
{
	bool minus = a.n && a.p[0] == '-';
	int64_t value = 0;

	if (a.n && (a.p[0] == '-' || a.p[0] == '+'))
		a.p++, a.n--;
	if (!a.n)
		return false;
	for (size_t i = 0; i < a.n; i++) {
		int digit = a.p[i] - '0';

		if (digit < 0 || digit > 9 || __builtin_mul_overflow(value, 10, &value) ||
		    __builtin_sub_overflow(value, digit, &value))
			return false;
	}
	if (!minus && __builtin_sub_overflow((int64_t)0, value, &value))
		return false;
	*out = value;
	return true;
}
