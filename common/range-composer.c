// SPDX-License-Identifier: Apache-2.0
// Composer constraints (composer/semver VersionParser::parseConstraints): ^ ~ * - , || and @stability.
#include "composer.h"
#include "range.h"

/* "v?1.2.3.4", a modifier and build metadata. */
struct numbers {
	struct span part[4]; /* absent where not given */
	int n;
	bool modified; /* something stands behind the numbers */
	bool branch;   /* it is ".x-dev" */
};

static bool read_numbers(struct span s, struct numbers *v)
{
	struct composer_modifier m;
	const char *plus;

	*v = (struct numbers){0};
	if (s.n > 0 && version_lower(s.p[0]) == 'v')
		s = (struct span){s.p + 1, s.n - 1};
	plus = s.n > 0 ? memchr(s.p, '+', s.n) : NULL;
	if (plus && plus + 1 < s.p + s.n)
		s.n = (size_t)(plus - s.p);
	if (memchr(s.n ? s.p : "", ' ', s.n))
		return false;
	for (;;) {
		v->part[v->n] = version_take_digits(&s);
		if (v->part[v->n++].n == 0)
			return false;
		if (v->n == 4 || s.n < 2 || s.p[0] != '.' || !version_is_digit(s.p[1]))
			break;
		s = (struct span){s.p + 1, s.n - 1};
	}
	v->branch = s.n > 2 && s.p[0] == '.' && strchr("xX*", s.p[1]);
	if (v->branch)
		s = (struct span){s.p + 2, s.n - 2};
	if (!composer_modifier(s, &m) || (v->branch && (m.word || !m.dev)))
		return false;
	v->modified = m.word || m.dev;
	return true;
}

/* The numbers up to `position` (from 1), that one plus `up`, the others 0, as a development version. */
static void bounded(struct buf *b, const struct numbers *v, int position, bool up)
{
	for (int i = 0; i < 4; i++) {
		struct span part = i < position && v->part[i].n ? v->part[i] : SPAN("0");

		if (i > 0)
			buf_add_char(b, '.');
		if (up && i == position - 1)
			range_add_plus_one(b, part);
		else
			buf_add_span(b, part);
	}
	buf_add_str(b, "-dev");
}

static bool is_branch(struct span v)
{
	return span_starts(v, "dev-");
}

static bool compare(struct span version, const char *op, struct span with)
{
	if (is_branch(version) || is_branch(with)) {
		bool same = span_is(version, with);

		return strcmp(op, "!=") == 0 || strcmp(op, "<>") == 0 ? !same : (op[0] == '=' || !op[0]) && same;
	}
	return range_op(span_of(op), composer_cmp(version, with));
}

/* From a version on, its development versions in front of it too unless it names a stability itself. -1: no version. */
static int from(struct span version, struct span low, bool modified)
{
	auto_buf b = BUF_INIT;

	if (!composer_normalize(low, &b))
		return -1;
	if (!modified)
		buf_add_str(&b, "-dev");
	return compare(version, ">=", buf_span(&b));
}

static int between(struct span version, struct span low, const struct numbers *v, int position)
{
	auto_buf high = BUF_INIT;
	int r = from(version, low, v->modified);

	bounded(&high, v, position, true);
	return r <= 0 ? r : compare(version, "<", buf_span(&high));
}

static int tilde(struct span version, struct span low, const struct numbers *v)
{
	int position = v->n + v->branch;

	return between(version, low, v, position > 2 ? position - 1 : 1);
}

static int caret(struct span version, struct span low, const struct numbers *v)
{
	int position = 1;

	if (span_eq(v->part[0], "0") && v->n > 1)
		position = span_eq(v->part[1], "0") && v->n > 2 ? 3 : 2;
	return between(version, low, v, position);
}

static bool is_wild(struct span s)
{
	return s.n == 1 && strchr("xX*", s.p[0]);
}

/* "1.2.*", "1.x.x": the number of parts given, 0 when it is none such. */
static int wild(struct span s, struct numbers *v)
{
	bool any = false;

	*v = (struct numbers){0};
	if (s.n > 0 && s.p[0] == 'v')
		s = (struct span){s.p + 1, s.n - 1};
	while (s.p) {
		struct span part = span_cut(&s, '.');

		if (is_wild(part))
			any = true;
		else if (any || v->n == 3 || !version_all_digits(part))
			return 0;
		else
			v->part[v->n++] = part;
	}
	return any ? v->n : 0;
}

/* "*", "x.x", "v*" */
static bool everything(struct span s, bool *strict)
{
	*strict = s.n > 0 && version_lower(s.p[0]) == 'v';
	if (*strict)
		s = (struct span){s.p + 1, s.n - 1};
	*strict |= s.n > 1;
	do {
		if (!is_wild(span_cut(&s, '.')))
			return false;
	} while (s.p);
	return true;
}

static int hyphen(struct span version, struct span low, struct span high)
{
	auto_buf b = BUF_INIT;
	struct numbers l, h;
	int r;

	if (!read_numbers(low, &l) || !read_numbers(high, &h))
		return -1;
	r = from(version, low, l.modified);
	if (r <= 0)
		return r;
	if (h.n > 2 || h.modified)
		return composer_normalize(high, &b) ? compare(version, "<=", buf_span(&b)) : -1;
	bounded(&b, &h, h.n, true);
	return compare(version, "<", buf_span(&b));
}

/* Whether "-alpha1" or such ends the text; "-RC1" does not count as one here (composer looks at small letters). */
static bool names_stability(struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		struct span rest = {s.p + i + 1, s.n - i - 1};
		struct composer_modifier m;

		if (s.p[i] == '-' && composer_modifier(rest, &m) && !(m.word && strcmp(m.word, "RC") == 0))
			return true;
	}
	return false;
}

static bool is_stable(struct span normal)
{
	return !is_branch(normal) && !span_has(normal, "-dev") && !span_has(normal, "-alpha") && !span_has(normal, "-beta") && !span_has(normal, "-rc");
}

static int basic(struct span version, struct span s, struct span stability)
{
	auto_buf b = BUF_INIT;
	struct span op = {s.p, 0};
	char text[3] = "";

	while (op.n < s.n && op.n < 2 && strchr("<>=!", s.p[op.n]))
		op.n++;
	s = span_trim((struct span){s.p + op.n, s.n - op.n});
	if (op.n == 1 && op.p[0] == '!')
		return -1;
	memcpy(text, op.p, op.n);
	if (!composer_normalize(s, &b)) {
		if (!span_ends(s, "-dev"))
			return -1;
		b.n = 0;
		buf_printf(&b, "dev-%.*s", SPAN_ARG(((struct span){s.p, s.n - 4})));
	}
	if (stability.n > 0 && op.n > 0 && op.p[0] != '=' && is_stable(buf_span(&b))) {
		buf_printf(&b, "-%.*s", SPAN_ARG(stability));
	} else if ((span_eq(op, "<") || span_eq(op, ">=")) && !names_stability(s) && !span_starts(s, "dev-")) {
		buf_add_str(&b, "-dev");
	}
	return compare(version, text, buf_span(&b));
}

/* "@beta" at the end, cut off; "stable" says nothing. */
static struct span take_stability(struct span *s)
{
	static const char *const words[] = {"stable", "RC", "beta", "alpha", "dev"};
	const char *at = s->n > 0 ? memrchr(s->p, '@', s->n) : NULL;
	struct span word;

	if (!at || memchr(s->p, ' ', s->n))
		return SPAN_NONE;
	word = (struct span){at + 1, (size_t)(s->p + s->n - at - 1)};
	for (int i = 0; i < 5; i++)
		if (span_ieq(word, words[i])) {
			s->n = (size_t)(at - s->p);
			if (s->n == 0)
				*s = SPAN("*");
			return i == 0 ? SPAN_NONE : word;
		}
	return SPAN_NONE;
}

/* One constraint: 1, 0, -1 when it cannot be read. */
static int one(struct span version, struct span s)
{
	struct span stability, rest = s, front;
	struct numbers v;
	bool strict;
	int n;

	front = span_cut(&rest, ' ');
	if (rest.p && span_starts(span_trim(rest), "as "))
		s = front;
	stability = take_stability(&s);
	if (span_starts(s, "dev-") || span_has(s, ".x-dev#"))
		s = span_cut(&s, '#');
	if (s.n == 0)
		return -1;
	if (everything(s, &strict))
		return !strict || compare(version, ">=", SPAN("0.0.0.0-dev"));
	rest = (struct span){s.p + 1, s.n - 1};
	if (s.p[0] == '~' && read_numbers(rest, &v))
		return tilde(version, rest, &v);
	if (s.p[0] == '^' && read_numbers(rest, &v))
		return caret(version, rest, &v);
	n = wild(s, &v);
	if (n > 0) {
		auto_buf low = BUF_INIT, high = BUF_INIT;

		bounded(&low, &v, n, false);
		bounded(&high, &v, n, true);
		return compare(version, ">=", buf_span(&low)) && compare(version, "<", buf_span(&high));
	}
	for (size_t i = 1; i + 1 < s.n; i++)
		if (s.p[i] == '-' && s.p[i - 1] == ' ' && s.p[i + 1] == ' ')
			return hyphen(version, span_trim((struct span){s.p, i}), span_trim((struct span){s.p + i + 1, s.n - i - 1}));
	return basic(version, s, stability);
}

/* Cuts the next constraint off: at a comma or space that belongs to no operator, hyphen or "as". */
static struct span next(struct span *rest)
{
	struct span s = *rest;

	for (size_t i = 0; i < s.n; i++) {
		size_t k = i;
		struct span behind;

		if (s.p[i] != ' ' && s.p[i] != ',')
			continue;
		while (k < s.n && (s.p[k] == ' ' || s.p[k] == ','))
			k++;
		behind = (struct span){s.p + k, s.n - k};
		if (i == 0 || strchr("=<>!~^-", s.p[i - 1]) || span_starts(behind, "- ") || span_starts(behind, "as ") ||
		    (i > 1 && s.p[i - 1] == 's' && s.p[i - 2] == 'a')) {
			i = k - 1;
			continue;
		}
		*rest = behind;
		return (struct span){s.p, i};
	}
	*rest = SPAN_NONE;
	return s;
}

static int all(struct span version, struct span s, struct err *e)
{
	int in = 1;

	while (s.p) {
		struct span c = span_trim(next(&s));
		int r = one(version, c);

		if (r < 0)
			return err_set(e, ERR_INPUT, "'%.*s' is no constraint", SPAN_ARG(c));
		in &= r;
	}
	return in;
}

int range_composer(struct span version, struct span range, struct err *e)
{
	auto_buf v = BUF_INIT;
	int in = 0;

	if (!composer_normalize(version, &v))
		return err_set(e, ERR_INPUT, "'%.*s' is no Composer version", SPAN_ARG(version));
	range = span_trim(range);
	while (range.p) {
		struct span s = span_trim(span_cut(&range, '|'));
		int r;

		if (range.n > 0 && range.p[0] == '|')
			range = (struct span){range.p + 1, range.n - 1};
		r = all(buf_span(&v), s, e);
		if (r < 0)
			return -1;
		in |= r;
	}
	return in;
}
