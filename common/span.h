/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SPAN_H
#define SPAN_H
/*
 * A span is text that somebody else owns: a pointer and a length, not NUL-terminated. A span whose
 * pointer is NULL is "absent", which is not the same as empty.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct span {
	const char *p;
	size_t n;
};

#define SPAN_NONE ((struct span){NULL, 0})
#define SPAN(literal) ((struct span){"" literal, sizeof(literal) - 1})
/* For printf("%.*s", SPAN_ARG(s)) */
#define SPAN_ARG(s) (int)((s).n > 4096 ? 4096 : (s).n), (s).p ? (s).p : ""

static inline struct span span_of(const char *s)
{
	return (struct span){s, s ? strlen(s) : 0};
}
static inline bool span_is(struct span a, struct span b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}
static inline bool span_eq(struct span a, const char *s)
{
	/* The first character rules out most, before any length is counted. */
	return !(a.n && s && *s != *a.p) && span_is(a, span_of(s));
}
/* Byte order, shorter first on a tie; as strcmp. */
int span_cmp(struct span a, struct span b);
/* Sorts a list and leaves out what stands twice: how many are left. */
size_t span_sort_once(struct span *at, size_t n);
bool span_starts(struct span a, const char *prefix);
bool span_ends(struct span a, const char *suffix);
/* ASCII letters compared without case. */
bool span_ieq(struct span a, const char *s);
/* True when `needle` occurs in `a`, ASCII letters without case. */
bool span_has(struct span a, const char *needle);
/* Without leading and trailing ASCII white space. */
struct span span_trim(struct span a);
/* Cuts `*rest` at the first `sep`: returns what is before it and leaves what is behind it in `*rest`.
 * Without a `sep`, returns all and leaves an absent span; an absent span gives an absent span. */
struct span span_cut(struct span *rest, char sep);
/* The value of a hexadecimal digit, -1 when it is none. */
static inline int hex_digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}
/* The part behind the last `sep`, or all of it. */
struct span span_after_last(struct span a, char sep);
/* What stands before the last c; all of it where there is none. */
struct span span_before_last(struct span s, char c);
/* Whole decimal number with optional sign; false when it is anything else or overflows. */
bool span_int(struct span a, int64_t *out);
#endif
