/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TEST_H
#define TEST_H
/*
 * A unit test program: static functions, run by TEST(name) from main(), which ends with `return test_end();`.
 * Each CHECK counts; the last line of a program is "N passed, N failed".
 */
#include "common/span.h"

#include <stdio.h>
#include <stdlib.h>

static int test_passed, test_failed;
static const char *test_name = "";

static inline void test_check(bool ok, const char *what, const char *file, int line)
{
	if (ok) {
		test_passed++;
		return;
	}
	test_failed++;
	printf("not ok - %s: %s:%d: %s\n", test_name, file, line, what);
}

static inline void test_check_str(struct span got, struct span want, const char *file, int line)
{
	if (span_is(got, want)) {
		test_passed++;
		return;
	}
	test_failed++;
	printf("not ok - %s: %s:%d:\n  got  '%.*s'\n  want '%.*s'\n", test_name, file, line, SPAN_ARG(got), SPAN_ARG(want));
}

#define CHECK(cond) test_check(cond, #cond, __FILE__, __LINE__)
#define CHECK_INT(got, want)                                                                                            \
	do {                                                                                                            \
		long long got_ = (long long)(got), want_ = (long long)(want);                                            \
		if (got_ != want_)                                                                                      \
			printf("  got %lld, want %lld\n", got_, want_);                                                 \
		test_check(got_ == want_, #got " == " #want, __FILE__, __LINE__);                                       \
	} while (0)
#define CHECK_STR(got, want) test_check_str(span_of(got), span_of(want), __FILE__, __LINE__)
#define CHECK_SPAN(got, want) test_check_str(got, span_of(want), __FILE__, __LINE__)
#define TEST(fn) (test_name = #fn, fn())

static inline int test_end(void)
{
	printf("%d passed, %d failed\n", test_passed, test_failed);
	return test_failed ? 1 : 0;
}
#endif
