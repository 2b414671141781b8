// SPDX-License-Identifier: Apache-2.0
// Composer version order: texts are normalised as composer/semver does it, then compared as PHP's version_compare does.
// Leaves limits to version.c, constraints to range-composer.c.
#include "version-composer.h"

#include "composer.h"
#include "version.h"

static bool ends(struct span s, const char *word)
{
	size_t n = strlen(word);

	return s.n >= n && span_ieq((struct span){s.p + s.n - n, n}, word);
}

static bool is_mark(char c)
{
	return c == '.' || c == '-' || c == '_' || c == '+';
}

static bool is_separator(char c)
{
	return c == '.' || c == '-' || c == '_';
}

/* "[._-]?(stable|beta|b|RC|alpha|a|patch|pl|p)((?:[.-]?\d+)*)?)?([.-]?dev)?" to the end. */
bool composer_modifier(struct span s, struct composer_modifier *m)
{
	static const struct {
		const char *word, *full;
	} words[] = {{"stable", ""}, {"beta", "beta"}, {"b", "beta"}, {"rc", "RC"}, {"alpha", "alpha"}, {"a", "alpha"}, {"patch", "patch"}, {"pl", "patch"}, {"p", "patch"}};
	struct span t = s;

	*m = (struct composer_modifier){0};
	if (t.n > 0 && is_separator(t.p[0]))
		version_skip(&t, 1);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (version_starts(t, words[i].word)) {
			m->word = words[i].full;
			version_skip(&t, strlen(words[i].word));
			break;
		}
	if (m->word) {
		s = t;
		m->number = (struct span){s.p, 0};
		for (;;) {
			t = s;
			if (t.n > 0 && (t.p[0] == '.' || t.p[0] == '-'))
				version_skip(&t, 1);
			if (version_take_digits(&t).n == 0)
				break;
			s = t;
		}
		m->number.n = (size_t)(s.p - m->number.p);
	}
	if (!m->word && s.n > 0 && is_separator(s.p[0]))
		version_skip(&s, 1);
	t = s;
	if (t.n > 0 && (t.p[0] == '.' || t.p[0] == '-'))
		version_skip(&t, 1);
	if (version_starts(t, "dev")) {
		m->dev = true;
		version_skip(&t, 3);
		s = t;
	}
	return s.n == 0;
}

static void add_modifier(struct buf *out, const struct composer_modifier *m)
{
	struct span n = m->number;

	if (m->word && *m->word) {
		while (n.n > 0 && (n.p[0] == '.' || n.p[0] == '-'))
			version_skip(&n, 1);
		buf_printf(out, "-%s%.*s", m->word, SPAN_ARG(n));
	}
	/* "stable" ends the matter, whatever stands behind it. */
	if (m->dev && !(m->word && !*m->word))
		buf_add_str(out, "-dev");
}

/* "v?\d{1,5}(\.\d+)?(\.\d+)?(\.\d+)?" and a modifier */
static bool classical(struct span s, struct buf *out)
{
	struct composer_modifier m;
	size_t before = out->n;
	int parts = 0;

	for (;;) {
		struct span number = version_take_digits(&s);

		if (number.n == 0 || (parts == 0 && number.n > 5))
			return false;
		if (parts++ > 0)
			buf_add_char(out, '.');
		buf_add_span(out, number);
		if (parts == 4 || s.n < 2 || s.p[0] != '.' || !version_is_digit(s.p[1]))
			break;
		version_skip(&s, 1);
	}
	if (!composer_modifier(s, &m)) {
		out->n = before;
		return false;
	}
	for (; parts < 4; parts++)
		buf_add_str(out, ".0");
	add_modifier(out, &m);
	return true;
}

/* The last digits of a date stand alone: "(?:[.:-]?\d{2}){1,6}(?:[.:-]?\d{1,3})?" from `s` on, `pairs` taken. */
static bool date_rest(struct span s, int pairs, size_t *used, struct composer_modifier *m)
{
	for (int pass = 0; pass < 2; pass++) {
		struct span t = s;
		size_t n = pass == 0 ? 2 : 0;

		if (t.n > 0 && (t.p[0] == '.' || t.p[0] == ':' || t.p[0] == '-'))
			version_skip(&t, 1);
		if (pass == 0) {
			struct span more = t;

			if (pairs == 6 || t.n < n || !version_is_digit(t.p[0]) || !version_is_digit(t.p[1]))
				continue;
			version_skip(&more, 2);
			if (date_rest(more, pairs + 1, used, m)) {
				*used += (size_t)(more.p - s.p);
				return true;
			}
			continue;
		}
		for (size_t k = 3; pairs > 0 && k > 0; k--) {
			struct span digits = {t.p, k}, behind = t;

			if (k > t.n || !version_all_digits(digits))
				continue;
			version_skip(&behind, k);
			if (composer_modifier(behind, m)) {
				*used = (size_t)(behind.p - s.p);
				return true;
			}
		}
	}
	*used = 0;
	return pairs > 0 && composer_modifier(s, m);
}

static bool date_based(struct span s, struct buf *out)
{
	struct composer_modifier m;
	size_t used = 0;

	if (s.n < 6 || !version_all_digits((struct span){s.p, 4}) || !date_rest((struct span){s.p + 4, s.n - 4}, 0, &used, &m))
		return false;
	for (size_t i = 0; i < 4 + used; i++)
		buf_add_char(out, version_is_digit(s.p[i]) ? s.p[i] : '.');
	add_modifier(out, &m);
	return true;
}

/* "1.2.x-dev" and "1-dev" are branches by number. */
static bool branch(struct span s, struct buf *out)
{
	int parts = 0;

	s.n -= 3;
	if (s.n > 0 && (s.p[s.n - 1] == '.' || s.p[s.n - 1] == '-'))
		s.n--;
	s = span_trim(s);
	if (s.n > 0 && version_lower(s.p[0]) == 'v')
		version_skip(&s, 1);
	while (s.p) {
		struct span part = span_cut(&s, '.');
		bool any = part.n == 1 && strchr("xX*", part.p[0]);

		if (parts == 4 || !(version_all_digits(part) || (any && parts > 0)))
			return false;
		buf_printf(out, "%s%.*s", parts++ ? "." : "", SPAN_ARG(any ? SPAN("9999999") : part));
	}
	for (; parts < 4; parts++)
		buf_add_str(out, ".9999999");
	buf_add_str(out, "-dev");
	return true;
}

static struct span without_stability(struct span s)
{
	static const char *const words[] = {"@stable", "@RC", "@beta", "@alpha", "@dev"};

	for (int i = 0; i < 5; i++)
		if (ends(s, words[i]))
			return (struct span){s.p, s.n - strlen(words[i])};
	return s;
}

/* "1.0 as 2.0" is 1.0. */
static struct span without_alias(struct span s)
{
	struct span rest = s, first = span_cut(&rest, ' ');

	rest = rest.p ? span_trim(rest) : rest;
	if (!span_starts(rest, "as ") || memchr(first.p, ',', first.n))
		return s;
	rest = span_trim((struct span){rest.p + 3, rest.n - 3});
	return rest.n > 0 && !memchr(rest.p, ' ', rest.n) && !memchr(rest.p, ',', rest.n) ? first : s;
}

bool composer_normalize(struct span text, struct buf *out)
{
	struct span s = without_stability(without_alias(span_trim(text))), plain;
	const char *plus;
	size_t before = out->n;

	if (span_eq(s, "master") || span_eq(s, "trunk") || span_eq(s, "default")) {
		buf_printf(out, "dev-%.*s", SPAN_ARG(s));
		return true;
	}
	if (version_starts(s, "dev-")) {
		buf_printf(out, "dev-%.*s", SPAN_ARG(((struct span){s.p + 4, s.n - 4})));
		return true;
	}
	plus = s.n ? memchr(s.p, '+', s.n) : NULL;
	if (plus && plus > s.p && plus + 1 < s.p + s.n && !memchr(s.p, ' ', s.n))
		s.n = (size_t)(plus - s.p);
	plain = s;
	if (plain.n > 0 && version_lower(plain.p[0]) == 'v')
		version_skip(&plain, 1);
	if (classical(plain, out))
		return true;
	out->n = before;
	if (date_based(plain, out))
		return true;
	out->n = before;
	if (ends(s, "dev") && branch(s, out))
		return true;
	out->n = before;
	return false;
}

/* ---- PHP's version_compare */

static void canonical(struct span s, struct buf *out)
{
	buf_add_span(out, (struct span){s.p, s.n > 0});
	for (size_t i = 1; i < s.n; i++) {
		char c = s.p[i], before = s.p[i - 1];
		bool digit = version_is_digit(c), was_digit = version_is_digit(before), last_dot = out->p[out->n - 1] == '.';
		bool turn = (digit && !was_digit && !is_mark(before)) || (!digit && c != '.' && was_digit);

		if (!last_dot && (turn || (!digit && !version_is_alpha(c))))
			buf_add_char(out, '.');
		if (digit || version_is_alpha(c) || (turn && !is_mark(c)))
			buf_add_char(out, c);
	}
}

static int form_rank(struct span s)
{
	static const struct {
		const char *word;
		int rank;
	} forms[] = {{"dev", 0}, {"alpha", 1}, {"a", 1}, {"beta", 2}, {"b", 2}, {"RC", 3}, {"rc", 3}, {"#", 4}, {"pl", 5}, {"p", 5}};

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (span_starts(s, forms[i].word))
			return forms[i].rank;
	return -1;
}

static int form_cmp(struct span a, struct span b)
{
	return version_sign(form_rank(a) - form_rank(b));
}

static int php_cmp(struct span a, struct span b)
{
	static const struct span number = {"#N#", 3};

	while (a.n > 0 && b.n > 0) {
		struct span x = span_cut(&a, '.'), y = span_cut(&b, '.');
		bool dx = x.n > 0 && version_is_digit(x.p[0]), dy = y.n > 0 && version_is_digit(y.p[0]);
		int d = dx && dy ? version_digits_cmp(version_take_digits(&x), version_take_digits(&y))
				 : form_cmp(dx ? number : x, dy ? number : y);

		if (d != 0)
			return d;
	}
	if (a.p)
		return a.n > 0 && version_is_digit(a.p[0]) ? 1 : form_cmp(a, number);
	return !b.p ? 0 : b.n > 0 && version_is_digit(b.p[0]) ? -1 : form_cmp(number, b);
}

int composer_cmp(struct span a, struct span b)
{
	auto_buf x = BUF_INIT, y = BUF_INIT;

	canonical(a, &x);
	canonical(b, &y);
	return php_cmp(buf_span(&x), buf_span(&y));
}

int version_composer_cmp(struct span a, struct span b)
{
	auto_buf x = BUF_INIT, y = BUF_INIT;
	bool vx = composer_normalize(a, &x), vy = composer_normalize(b, &y);

	if (!vx || !vy)
		return vx != vy ? vx - vy : version_sign(span_cmp(a, b));

	bool bx = span_starts(buf_span(&x), "dev-"), by = span_starts(buf_span(&y), "dev-");

	return bx && by ? 0 : composer_cmp(buf_span(&x), buf_span(&y));
}

bool version_composer_valid(struct span v)
{
	auto_buf b = BUF_INIT;

	return composer_normalize(v, &b);
}
