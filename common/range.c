// SPDX-License-Identifier: Apache-2.0
// The table of range languages and what they share. The languages themselves are in range-*.c.
#include "range.h"

#include "buf.h"
#include "limits.h"

struct language {
	const char *name;
	enum range_scheme scheme;
	int (*holds)(struct span version, struct span range, struct err *e);
};

static const struct language languages[] = {
	{"npm", RANGE_NPM, range_npm},		{"semver", RANGE_NPM, range_npm},
	{"cargo", RANGE_CARGO, range_cargo},	{"pep440", RANGE_PEP440, range_pep440},
	{"pypi", RANGE_PEP440, range_pep440},	{"rubygems", RANGE_GEM, range_gem},
	{"gem", RANGE_GEM, range_gem},		{"composer", RANGE_COMPOSER, range_composer},
	{"maven", RANGE_MAVEN, range_maven},
};

enum { LANGUAGES = sizeof(languages) / sizeof(languages[0]) };

enum range_scheme range_scheme_named(struct span name)
{
	for (int i = 0; i < LANGUAGES; i++)
		if (span_eq(name, languages[i].name))
			return languages[i].scheme;
	return RANGE_NONE;
}

const char *range_scheme_names(void)
{
	return "npm cargo pep440 rubygems composer maven";
}

int range_holds(enum range_scheme scheme, struct span version, struct span range, struct err *e)
{
	if (version.n > LIMIT_VERSION_BYTES)
		return err_set(e, ERR_INPUT, "a version of %zu bytes", version.n);
	if (range.n > LIMIT_NAME_BYTES)
		return err_set(e, ERR_INPUT, "a range of %zu bytes", range.n);
	for (int i = 0; i < LANGUAGES; i++)
		if (languages[i].scheme == scheme)
			return languages[i].holds(version, range, e);
	return err_set(e, ERR_USAGE, "no such language of ranges");
}

bool range_op(struct span op, int d)
{
	if (span_eq(op, "!=") || span_eq(op, "<>"))
		return d != 0;
	if (span_starts(op, "<"))
		return d < 0 || (op.n > 1 && d == 0);
	if (span_starts(op, ">"))
		return d > 0 || (op.n > 1 && d == 0);
	return d == 0;
}

struct span range_take_op(struct span *s)
{
	struct span op = {s->p, 0};

	while (op.n < s->n && strchr("<>=!~^", s->p[op.n]))
		op.n++;
	*s = span_trim((struct span){s->p + op.n, s->n - op.n});
	return op;
}

void range_add_plus_one(struct buf *b, struct span digits)
{
	size_t at = b->n, i;

	while (digits.n > 1 && digits.p[0] == '0')
		digits = (struct span){digits.p + 1, digits.n - 1};
	buf_add_span(b, digits);
	for (i = b->n; i > at && b->p[i - 1] == '9'; i--)
		b->p[i - 1] = '0';
	if (i > at) {
		b->p[i - 1]++;
	} else { /* all nines */
		buf_add_char(b, '0');
		b->p[at] = '1';
	}
}
