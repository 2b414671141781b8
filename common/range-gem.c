// SPDX-License-Identifier: Apache-2.0
// RubyGems requirements (Gem::Requirement): comma-separated, all must hold.
#include "buf.h"
#include "range.h"
#include "version-gem.h"

/* "[0-9]+(\.[0-9]+)*" in front, up to the first letters. */
static struct span numbers_of(struct span v)
{
	size_t n = 0;

	v = span_trim(v);
	while (n < v.n && (version_is_digit(v.p[n]) || v.p[n] == '.'))
		n++;
	/* "1.2.b" ends at 1.2; "1.2b" is no version. */
	v.n = n;
	while (v.n > 0 && v.p[v.n - 1] == '.')
		v.n--;
	return v;
}

/* The next version that differs in the last number but one: 1.4 for 1.3.5, 2 for 1. */
static void bump(struct span v, struct buf *out)
{
	struct span numbers = numbers_of(v), last;

	if (memchr(numbers.p, '.', numbers.n))
		numbers.n = (size_t)(span_after_last(numbers, '.').p - numbers.p) - 1;
	last = span_after_last(numbers, '.');
	buf_add_span(out, (struct span){numbers.p, numbers.n - last.n});
	range_add_plus_one(out, last);
}

static bool holds(struct span version, struct span op, struct span v)
{
	auto_buf limit = BUF_INIT;

	if (!span_eq(op, "~>"))
		return range_op(op, version_gem_cmp(version, v));
	if (version_gem_cmp(version, v) < 0)
		return false;
	bump(v, &limit);
	return version_gem_cmp(numbers_of(version), buf_span(&limit)) < 0;
}

static bool known(struct span op)
{
	static const char *const ops[] = {"", "=", "!=", ">", "<", ">=", "<=", "~>"};

	for (size_t i = 0; i < sizeof(ops) / sizeof(ops[0]); i++)
		if (span_eq(op, ops[i]))
			return true;
	return false;
}

int range_gem(struct span version, struct span range, struct err *e)
{
	bool all = true;

	if (!version_gem_valid(version))
		return err_set(e, ERR_INPUT, "'%.*s' is no RubyGems version", SPAN_ARG(version));
	if (span_trim(range).n == 0)
		return version_gem_cmp(version, SPAN("0")) >= 0;
	while (range.p) {
		struct span v = span_trim(span_cut(&range, ',')), op = range_take_op(&v);

		if (!known(op) || v.n == 0 || !version_gem_valid(v))
			return err_set(e, ERR_INPUT, "'%.*s%.*s' is no RubyGems requirement", SPAN_ARG(op), SPAN_ARG(v));
		all &= holds(version, op, v);
	}
	return all;
}
