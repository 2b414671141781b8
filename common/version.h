/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VERSION_H
#define VERSION_H
/*
 * Version order of the package systems, one comparator per scheme. All take arbitrary bytes, are linear in the text, and
 * take numbers of any length. Texts over LIMIT_VERSION_BYTES are compared by their first LIMIT_VERSION_BYTES bytes.
 */
#include "span.h"

enum version_scheme {
	VERSION_NONE,	/* no comparator: nothing can be said about such versions */
	VERSION_DEB,	/* deb-version(7): [epoch:]upstream[-revision] */
	VERSION_RPM,	/* rpm-version(7): [epoch:]version[-release], with ~ and ^ */
	VERSION_APK,	/* apk-tools 3: digits{.digits}letter{_suffix}{~hash}{-rN} */
	VERSION_SEMVER, /* semver.org 2.0.0; a leading "v" or "go" and missing parts are tolerated; npm, Rust */
	VERSION_GO,	/* golang.org/x/mod/semver; the leading "v" may be missing, "go1.21rc2" is a toolchain's */
	VERSION_PEP440, /* peps.python.org/pep-0440 as pypa/packaging orders it */
	VERSION_MAVEN,	/* Maven 3.9 ComparableVersion */
	VERSION_GEM,	/* Gem::Version */
	VERSION_NUGET,	/* NuGet.Versioning: four numbers, no case, no metadata */
	VERSION_COMPOSER, /* composer/semver: normalised, then PHP's version_compare */
	VERSION_GENERIC /* numbers as numbers, letters as text, words for pre-releases below the release */
};
#define VERSION_SCHEMES (VERSION_GENERIC + 1)

/* -1, 0 or 1. `scheme` must not be VERSION_NONE. */
int version_compare(enum version_scheme scheme, struct span a, struct span b);
/* False for what the scheme's reference implementation refuses to order. Such texts compare by some total order. */
bool version_valid(enum version_scheme scheme, struct span v);
/* By the names that `plimsoll feeds compare` takes: version_scheme_names(). */
enum version_scheme version_scheme_named(struct span name);
/* By OSV ecosystem ("Debian:12", "npm", "Alpine:v3.18", "Go"); what is behind the first ':' does not matter. */
enum version_scheme version_scheme_of_ecosystem(struct span ecosystem);
/* All names, for messages: "deb rpm apk semver …". */
const char *version_scheme_names(void);

/* For comparators: digits of any length as a number (leading zeros do not count). */
int version_digits_cmp(struct span a, struct span b);
/* The digits that `s` starts with; they are cut off `s`. */
struct span version_take_digits(struct span *s);
/* The letters that `s` starts with; they are cut off `s`. */
struct span version_take_alpha(struct span *s);
/* Cuts the first `n` bytes off; there must be as many. */
static inline void version_skip(struct span *s, size_t n)
{
	s->p += n;
	s->n -= n;
}
/* True when it starts with the word, ASCII letters without case. */
bool version_starts(struct span s, const char *word);
/* Letters without case, the shorter first on a tie. */
int version_text_cmp(struct span a, struct span b);
static inline bool version_is_digit(char c)
{
	return c >= '0' && c <= '9';
}
static inline bool version_is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
static inline char version_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}
static inline int version_sign(long d)
{
	return (d > 0) - (d < 0);
}
bool version_all_digits(struct span s); /* and at least one */
#endif
