/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RANGE_H
#define RANGE_H
/* Ranges of versions as the package systems write them. */
#include "version.h"

#include "err.h"

enum range_scheme {
	RANGE_NONE,
	RANGE_NPM,	/* node-semver: ^ ~ x-ranges, hyphens, ||; pre-releases only within the same triple */
	RANGE_CARGO,	/* comma-separated; a bare version is ^ */
	RANGE_PEP440,	/* packaging's SpecifierSet, for a single candidate */
	RANGE_GEM,	/* Gem::Requirement */
	RANGE_COMPOSER, /* composer/semver constraints */
	RANGE_MAVEN	/* Maven's version ranges; a bare version is a wish that every version fulfils */
};

enum range_scheme range_scheme_named(struct span name);
const char *range_scheme_names(void);
/* 1: the version lies in the range, 0: it does not, -1: one of both cannot be read (ERR_INPUT tells which). */
int range_holds(enum range_scheme scheme, struct span version, struct span range, struct err *e);

/* One per scheme, as range_holds. */
int range_npm(struct span version, struct span range, struct err *e);
int range_cargo(struct span version, struct span range, struct err *e);
int range_pep440(struct span version, struct span range, struct err *e);
int range_gem(struct span version, struct span range, struct err *e);
int range_composer(struct span version, struct span range, struct err *e);
int range_maven(struct span version, struct span range, struct err *e);

/* For them: whether `d`, a comparison's result, fulfils "=", "==", "", "!=", "<>", "<", "<=", ">" or ">=". */
bool range_op(struct span op, int d);
/* Cuts an operator made of the characters `<>=!~^` off `s`, and the white space behind it. */
struct span range_take_op(struct span *s);
/* Appends a decimal number plus one, of any length. */
struct buf;
void range_add_plus_one(struct buf *b, struct span digits);
#endif
