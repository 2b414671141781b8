// SPDX-License-Identifier: Apache-2.0
// Alpine version order, token by token as apk-tools 3 does it. Leaves limits to version.c.
#include "version-apk.h"

#include "version.h"

/* In the order of apk-tools: where the versions are equal so far, the smaller kind of token is the newer version. */
enum token_kind { INITIAL_DIGIT, DIGIT, LETTER, SUFFIX, SUFFIX_NUMBER, HASH, REVISION, END, INVALID };

struct token {
	enum token_kind kind;
	struct span text;
	int suffix; /* rank; below NO_SUFFIX is older than the plain version */
};

static const char *const suffixes[] = {"alpha", "beta", "pre", "rc", "", "cvs", "svn", "git", "hg", "p"};
enum { SUFFIXES = sizeof(suffixes) / sizeof(suffixes[0]), NO_SUFFIX = 4 };

static void skip(struct span *s, size_t n)
{
	s->p += n;
	s->n -= n;
}

static void take_while(struct token *t, struct span *s, bool (*is)(char))
{
	t->text = (struct span){s->p, 0};
	while (t->text.n < s->n && is(s->p[t->text.n]))
		t->text.n++;
	skip(s, t->text.n);
	if (t->text.n == 0)
		t->kind = INVALID;
}

static bool is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

static bool is_hex(char c)
{
	return version_is_digit(c) || (c >= 'a' && c <= 'f');
}

static void take_suffix(struct token *t, struct span *s)
{
	take_while(t, s, is_lower);
	for (int i = 0; i < SUFFIXES; i++)
		if (t->kind == SUFFIX && i != NO_SUFFIX && span_eq(t->text, suffixes[i])) {
			t->suffix = i;
			return;
		}
	t->kind = INVALID;
}

static void next_digits(struct token *t, struct span *s)
{
	if (t->kind == INITIAL_DIGIT || t->kind == DIGIT)
		t->kind = DIGIT;
	else
		t->kind = t->kind == SUFFIX ? SUFFIX_NUMBER : INVALID;
	if (t->kind != INVALID)
		take_while(t, s, version_is_digit);
}

static void next(struct token *t, struct span *s)
{
	enum token_kind before = t->kind;
	char c = s->n > 0 ? s->p[0] : 0;

	if (before == INVALID || before == END)
		return;
	if (s->n == 0) {
		t->kind = END;
	} else if (is_lower(c) && before <= DIGIT) {
		*t = (struct token){.kind = LETTER, .text = {s->p, 1}};
		skip(s, 1);
	} else if (c == '.' && before <= DIGIT) {
		skip(s, 1);
		next_digits(t, s);
	} else if (version_is_digit(c)) {
		next_digits(t, s);
	} else if (c == '_' && before <= SUFFIX_NUMBER) {
		skip(s, 1);
		t->kind = SUFFIX;
		take_suffix(t, s);
	} else if (c == '~' && before < HASH) {
		skip(s, 1);
		t->kind = HASH;
		take_while(t, s, is_hex);
	} else if (c == '-' && before < REVISION && s->n > 1 && s->p[1] == 'r') {
		skip(s, 2);
		t->kind = REVISION;
		take_while(t, s, version_is_digit);
	} else {
		t->kind = INVALID;
	}
}

static int token_cmp(const struct token *a, const struct token *b)
{
	bool zero = a->text.n > 0 && b->text.n > 0 && (a->text.p[0] == '0' || b->text.p[0] == '0');

	switch (a->kind) {
	case DIGIT:
		return zero ? version_sign(span_cmp(a->text, b->text)) : version_digits_cmp(a->text, b->text);
	case INITIAL_DIGIT:
	case SUFFIX_NUMBER:
	case REVISION:
		return version_digits_cmp(a->text, b->text);
	case SUFFIX:
		return version_sign(a->suffix - b->suffix);
	default:
		return version_sign(span_cmp(a->text, b->text));
	}
}

int version_apk_cmp(struct span a, struct span b)
{
	struct token x = {.kind = INITIAL_DIGIT}, y = x;
	struct span rest_a = a, rest_b = b;

	take_while(&x, &rest_a, version_is_digit);
	take_while(&y, &rest_b, version_is_digit);
	while (x.kind == y.kind && x.kind < END) {
		int d = token_cmp(&x, &y);

		if (d != 0)
			return d;
		next(&x, &rest_a);
		next(&y, &rest_b);
	}
	if (x.kind == y.kind) /* equal, or no apk versions from here on: apk tells no difference */
		return 0;
	if (x.kind == SUFFIX && x.suffix < NO_SUFFIX)
		return -1;
	if (y.kind == SUFFIX && y.suffix < NO_SUFFIX)
		return 1;
	return version_sign((long)y.kind - (long)x.kind);
}
