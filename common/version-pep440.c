// SPDX-License-Identifier: Apache-2.0
// Python version order (PEP 440). Leaves limits to version.c, specifiers to range-pep440.c.
#include "version-pep440.h"

#include "pep440.h"
#include "version.h"

static bool is_separator(char c)
{
	return c == '-' || c == '_' || c == '.';
}

/* "[-_.]?WORD[-_.]?[0-9]*": the words are tried in their order. The index of the word, -1 when none stands there. */
static int take_word(struct span *s, const char *const *words, struct span *number)
{
	struct span t = *s;

	if (t.n > 0 && is_separator(t.p[0]))
		version_skip(&t, 1);
	for (int i = 0; words[i]; i++) {
		if (!version_starts(t, words[i]))
			continue;
		version_skip(&t, strlen(words[i]));
		if (t.n > 0 && is_separator(t.p[0]))
			version_skip(&t, 1);
		*number = version_take_digits(&t);
		*s = t;
		if (number->n == 0)
			*number = SPAN("0");
		return i;
	}
	return -1;
}

static bool take_release(struct span *s, struct pep440 *v)
{
	const char *start = s->p;

	for (;;) {
		struct span number = version_take_digits(s);

		if (number.n == 0)
			return false;
		v->release = (struct span){start, (size_t)(s->p - start)};
		if (s->n < 2 || s->p[0] != '.' || !version_is_digit(s->p[1]))
			return true;
		version_skip(s, 1);
	}
}

static void take_pre(struct span *s, struct pep440 *v)
{
	static const char *const words[] = {"alpha", "a", "beta", "b", "preview", "pre", "c", "rc", NULL};
	static const char ranks[] = {1, 1, 2, 2, 3, 3, 3, 3};
	int i = take_word(s, words, &v->pre_number);

	v->pre = i < 0 ? 0 : ranks[i];
}

static void take_post(struct span *s, struct pep440 *v)
{
	static const char *const words[] = {"post", "rev", "r", NULL};

	if (s->n > 1 && s->p[0] == '-' && version_is_digit(s->p[1])) {
		version_skip(s, 1);
		v->post = version_take_digits(s);
		return;
	}
	if (take_word(s, words, &v->post) < 0)
		v->post = SPAN_NONE;
}

static bool is_local(struct span s)
{
	bool letter = false;

	for (size_t i = 0; i < s.n; i++) {
		bool alnum = version_is_digit(s.p[i]) || version_is_alpha(s.p[i]);

		if (!alnum && (!is_separator(s.p[i]) || !letter))
			return false;
		letter = alnum;
	}
	return letter;
}

bool pep440_parse(struct span s, struct pep440 *v)
{
	static const char *const dev[] = {"dev", NULL};
	struct span t;

	*v = (struct pep440){.epoch = SPAN("0")};
	s = span_trim(s);
	if (s.n > 0 && version_lower(s.p[0]) == 'v')
		version_skip(&s, 1);
	t = s;
	v->epoch = version_take_digits(&t);
	if (v->epoch.n > 0 && t.n > 0 && t.p[0] == '!') {
		version_skip(&t, 1);
		s = t;
	} else {
		v->epoch = SPAN("0");
	}
	if (!take_release(&s, v))
		return false;
	take_pre(&s, v);
	take_post(&s, v);
	if (take_word(&s, dev, &v->dev) < 0)
		v->dev = SPAN_NONE;
	if (s.n > 0 && s.p[0] == '+') {
		v->local = (struct span){s.p + 1, s.n - 1};
		return is_local(v->local);
	}
	return s.n == 0;
}

/* Missing parts are 0. */
static int release_cmp(struct span a, struct span b)
{
	while (a.p || b.p) {
		struct span x = span_cut(&a, '.'), y = span_cut(&b, '.');
		int d = version_digits_cmp(x, y);

		if (d != 0)
			return d;
	}
	return 0;
}

static struct span take_local(struct span *s)
{
	struct span t = {s->p, 0};

	while (t.n < s->n && !is_separator(s->p[t.n]))
		t.n++;
	*s = t.n < s->n ? (struct span){s->p + t.n + 1, s->n - t.n - 1} : SPAN_NONE;
	return t;
}

static int local_cmp(struct span a, struct span b)
{
	while (a.p && b.p) {
		struct span x = take_local(&a), y = take_local(&b);
		bool dx = version_all_digits(x), dy = version_all_digits(y);
		int d = dx != dy ? dx - dy : dx ? version_digits_cmp(x, y) : version_text_cmp(x, y);

		if (d != 0)
			return d;
	}
	return (a.p != NULL) - (b.p != NULL);
}

/* A development release without pre- or post-release is below all pre-releases; none at all is above them. */
static int pre_rank(const struct pep440 *v)
{
	return v->pre ? v->pre : v->post.p || !v->dev.p ? 4 : 0;
}

static int optional_cmp(struct span a, struct span b, int absent)
{
	if (!a.p || !b.p)
		return a.p == b.p ? 0 : a.p ? -absent : absent;
	return version_digits_cmp(a, b);
}

int pep440_public_cmp(const struct pep440 *a, const struct pep440 *b)
{
	int d = version_digits_cmp(a->epoch, b->epoch);

	if (d == 0)
		d = release_cmp(a->release, b->release);
	if (d == 0)
		d = version_sign(pre_rank(a) - pre_rank(b));
	if (d == 0 && a->pre)
		d = version_digits_cmp(a->pre_number, b->pre_number);
	if (d == 0)
		d = optional_cmp(a->post, b->post, -1);
	return d != 0 ? d : optional_cmp(a->dev, b->dev, 1);
}

int pep440_cmp(const struct pep440 *a, const struct pep440 *b)
{
	int d = pep440_public_cmp(a, b);

	return d != 0 ? d : local_cmp(a->local, b->local);
}

int version_pep440_cmp(struct span a, struct span b)
{
	struct pep440 x, y;
	bool vx = pep440_parse(a, &x), vy = pep440_parse(b, &y);

	if (!vx || !vy)
		return vx != vy ? vx - vy : version_sign(span_cmp(a, b));
	return pep440_cmp(&x, &y);
}

bool version_pep440_valid(struct span v)
{
	struct pep440 x;

	return pep440_parse(v, &x);
}
