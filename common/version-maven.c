// SPDX-License-Identifier: Apache-2.0
// Maven version order (ComparableVersion of Maven 3.9). A version is a list of items; '-' and changes between letters
// and digits open lists within it. Leaves limits to version.c.
#include "version-maven.h"

#include "limits.h"
#include "version.h"

enum item_kind { NUMBER, STRING, LIST };
enum { ITEMS_MAX = 3 * LIMIT_VERSION_BYTES + 16, RELEASE = 5, UNKNOWN = 7 };

struct item {
	enum item_kind kind;
	struct span text;
	struct item *first, *next; /* of a list; within one */
	int rank;		/* of text among the known words */
	int count;
};

struct parsed {
	char text[LIMIT_VERSION_BYTES];
	struct item items[ITEMS_MAX], *lists[ITEMS_MAX], *tails[ITEMS_MAX];
	int n, depth;
};

static int rank_of(struct span word)
{
	static const struct {
		const char *word;
		int rank;
	} words[] = {{"alpha", 0}, {"beta", 1}, {"milestone", 2}, {"rc", 3}, {"cr", 3}, {"snapshot", 4}, {"", 5}, {"ga", 5}, {"final", 5}, {"release", 5}, {"sp", 6}};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (span_eq(word, words[i].word))
			return words[i].rank;
	return UNKNOWN;
}

static struct item *add(struct parsed *p, enum item_kind kind)
{
	struct item *it = &p->items[p->n < ITEMS_MAX - 1 ? p->n++ : p->n];
	struct item *list = p->depth ? p->lists[p->depth - 1] : NULL;

	*it = (struct item){.kind = kind};
	if (list) {
		*(list->first ? &p->tails[p->depth - 1]->next : &list->first) = it;
		p->tails[p->depth - 1] = it;
		list->count++;
	}
	return it;
}

static void open_list(struct parsed *p)
{
	struct item *list = add(p, LIST);

	p->lists[p->depth++] = list;
}

static bool in_empty_list(const struct parsed *p)
{
	return p->lists[p->depth - 1]->count == 0;
}

/* A letter before digits is short for a word: a1, b2, m3. */
static struct span long_word(struct span s)
{
	if (s.n == 1 && s.p[0] == 'a')
		return SPAN("alpha");
	if (s.n == 1 && s.p[0] == 'b')
		return SPAN("beta");
	return s.n == 1 && s.p[0] == 'm' ? SPAN("milestone") : s;
}

static void add_text(struct parsed *p, bool digit, struct span s)
{
	struct item *it = add(p, digit ? NUMBER : STRING);

	it->text = s;
	if (!digit)
		it->rank = rank_of(s);
}

struct scan {
	bool digit;
	size_t start;
};

static void end_part(struct parsed *p, struct scan *s, struct span v, size_t i)
{
	if (i == s->start)
		add(p, NUMBER)->text = SPAN("0");
	else
		add_text(p, s->digit, (struct span){v.p + s->start, i - s->start});
	s->start = i + 1;
}

static void scan_char(struct parsed *p, struct scan *s, struct span v, size_t i)
{
	struct span held = {v.p + s->start, i - s->start};
	char c = v.p[i];

	if (c == '.' || c == '-') {
		end_part(p, s, v, i);
		if (c == '-')
			open_list(p);
		return;
	}
	if (version_is_digit(c) != s->digit && held.n > 0) {
		if (!s->digit && !in_empty_list(p))
			open_list(p);
		add_text(p, s->digit, s->digit ? held : long_word(held));
		s->start = i;
		open_list(p);
	}
	s->digit = version_is_digit(c);
}

static bool is_null(const struct item *it)
{
	switch (it->kind) {
	case NUMBER:
		return version_digits_cmp(it->text, SPAN("0")) == 0;
	case STRING:
		return it->rank == RELEASE;
	default:
		return it->count == 0;
	}
}

/* Zeros and words for releases at the end do not count, nor do those in front of a list at the end. */
static void normalize(struct item *list)
{
	struct item *at[ITEMS_MAX];
	int n = 0;

	for (struct item *it = list->first; it; it = it->next)
		at[n++] = it;
	for (int i = n - 1; i >= 0; i--) {
		if (is_null(at[i])) {
			memmove(&at[i], &at[i + 1], (size_t)(n - i - 1) * sizeof(at[0]));
			n--;
		} else if (at[i]->kind != LIST) {
			break;
		}
	}
	list->first = n ? at[0] : NULL;
	list->count = n;
	for (int i = 0; i < n; i++)
		at[i]->next = i + 1 < n ? at[i + 1] : NULL;
}

static void parse(struct parsed *p, struct span v)
{
	struct scan s = {0};

	p->n = p->depth = 0;
	for (size_t i = 0; i < v.n; i++)
		p->text[i] = version_lower(v.p[i]);
	v.p = p->text;
	open_list(p);
	for (size_t i = 0; i < v.n; i++)
		scan_char(p, &s, v, i);
	if (v.n > s.start) {
		if (!s.digit && !in_empty_list(p))
			open_list(p);
		add_text(p, s.digit, (struct span){v.p + s.start, v.n - s.start});
	}
	while (p->depth > 0)
		normalize(p->lists[--p->depth]);
}

/* Against nothing: a list by the first of its items that counts. Depth is bounded by LIMIT_VERSION_BYTES. */
static int null_cmp(const struct item *it)
{
	int d = 0;

	if (it->kind == NUMBER)
		return !is_null(it);
	if (it->kind != LIST)
		return version_sign(it->rank - RELEASE);
	for (const struct item *in = it->first; in && d == 0; in = in->next)
		d = null_cmp(in);
	return d;
}

static int item_cmp(const struct item *a, const struct item *b);

static int list_cmp(const struct item *a, const struct item *b)
{
	const struct item *x = a->first, *y = b->first;

	while (x || y) {
		int d = !x ? -null_cmp(y) : !y ? null_cmp(x) : item_cmp(x, y);

		if (d != 0)
			return d;
		x = x ? x->next : NULL;
		y = y ? y->next : NULL;
	}
	return 0;
}

static int item_cmp(const struct item *a, const struct item *b)
{
	/* Letters are lower than lists, lists lower than numbers. */
	static const int order[] = {[NUMBER] = 2, [STRING] = 0, [LIST] = 1};
	int d = version_sign(order[a->kind] - order[b->kind]);

	if (d != 0)
		return d;
	if (a->kind == NUMBER)
		return version_digits_cmp(a->text, b->text);
	if (a->kind == LIST)
		return list_cmp(a, b);
	d = version_sign(a->rank - b->rank);
	return d != 0 || a->rank != UNKNOWN ? d : version_sign(span_cmp(a->text, b->text));
}

int version_maven_cmp(struct span a, struct span b)
{
	struct parsed x, y;

	if (span_is(a, b))
		return 0;
	parse(&x, a);
	parse(&y, b);
	return list_cmp(&x.items[0], &y.items[0]);
}
