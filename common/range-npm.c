// SPDX-License-Identifier: Apache-2.0
// npm ranges as node-semver reads them, and Rust's requirements, which are close to them. Each part becomes one or two
// plain comparators; a pre-release is in only where a comparator names one of the same three numbers.
#include "buf.h"
#include "range.h"
#include "version-semver.h"

/* "1", "1.x", "1.2.3-beta.1+build": missing or wild parts are absent. */
struct partial {
	struct span part[3], pre;
	bool odd; /* a number stands behind a wild part: node-semver takes it in ^ ~ and hyphens only */
};

struct state {
	struct span version, core, pre; /* pre: absent for a release */
	bool all;   /* all comparators hold */
	bool named; /* a comparator names a pre-release of the version's three numbers */
};

static bool is_wild(struct span s)
{
	return s.n == 1 && (s.p[0] == 'x' || s.p[0] == 'X' || s.p[0] == '*');
}

static bool is_identifiers(struct span s, bool build)
{
	while (s.p) {
		struct span id = span_cut(&s, '.');

		if (id.n == 0 || (!build && id.n > 1 && id.p[0] == '0' && version_all_digits(id)))
			return false;
		for (size_t i = 0; i < id.n; i++)
			if (!version_is_digit(id.p[i]) && !version_is_alpha(id.p[i]) && id.p[i] != '-')
				return false;
	}
	return true;
}

static bool read_partial(struct span s, struct partial *p)
{
	struct span rest, front;
	int n = 0;

	*p = (struct partial){0};
	while (s.n > 0 && strchr("v= \t", s.p[0]))
		s = (struct span){s.p + 1, s.n - 1};
	rest = s;
	front = span_cut(&rest, '+');
	if (rest.p && !is_identifiers(rest, true))
		return false;
	p->pre = front;
	front = span_cut(&p->pre, '-');
	if (p->pre.p && !is_identifiers(p->pre, false))
		return false;
	for (; front.p; n++) {
		struct span part = span_cut(&front, '.');

		if (n == 3 || (!is_wild(part) && (!version_all_digits(part) || (part.n > 1 && part.p[0] == '0'))))
			return false;
		p->part[n] = is_wild(part) ? SPAN_NONE : part;
	}
	if ((p->pre.p || rest.p) && n < 3)
		return false;
	p->odd = (!p->part[0].p && p->part[1].p) || (!p->part[1].p && p->part[2].p);
	for (int i = 0; i < 2; i++) /* behind a wild part all are */
		if (!p->part[i].p)
			p->part[i + 1] = SPAN_NONE;
	if (!p->part[2].p)
		p->pre = SPAN_NONE;
	return true;
}

static bool same_core(struct span a, struct span b)
{
	return span_is(a, b);
}

/* One plain comparator. */
static void compare(struct state *st, const char *op, struct span version)
{
	struct span pre = version, core = span_cut(&pre, '-');

	st->all &= range_op(span_of(op), version_semver_cmp(st->version, version));
	st->named |= pre.p && same_core(core, st->core);
}

/* "M.m.p" with the parts of `p`, absent ones 0; the one at `up` plus one and those behind it 0; then the pre-release. */
static void build(struct buf *b, const struct partial *p, int up, struct span pre)
{
	b->n = 0;
	for (int i = 0; i < 3; i++) {
		struct span part = p->part[i].p ? p->part[i] : SPAN("0");

		if (i > 0)
			buf_add_char(b, '.');
		if (up >= 0 && i == up)
			range_add_plus_one(b, part);
		else
			buf_add_span(b, up >= 0 && i > up ? SPAN("0") : part);
	}
	if (pre.p)
		buf_printf(b, "-%.*s", SPAN_ARG(pre));
}

static void between(struct state *st, const struct partial *p, int up)
{
	auto_buf b = BUF_INIT;

	build(&b, p, -1, p->pre);
	compare(st, ">=", buf_span(&b));
	build(&b, p, up, SPAN("0"));
	compare(st, "<", buf_span(&b));
}

static void caret(struct state *st, const struct partial *p)
{
	int up = 0;

	if (!p->part[0].p)
		return;
	if (p->part[1].p && span_eq(p->part[0], "0")) {
		up = 1;
		if (p->part[2].p && span_eq(p->part[1], "0"))
			up = 2;
	}
	between(st, p, up);
}

static void tilde(struct state *st, const struct partial *p)
{
	if (p->part[0].p)
		between(st, p, p->part[1].p ? 1 : 0);
}

static void plain(struct state *st, struct span op, const struct partial *p)
{
	auto_buf b = BUF_INIT;
	int last = p->part[1].p ? 1 : 0; /* the last part that is given, of a wild one */

	if (p->part[2].p) {
		build(&b, p, -1, p->pre);
		compare(st, op.n == 0 ? "=" : span_eq(op, "<") ? "<" : span_eq(op, ">") ? ">" : span_eq(op, "<=") ? "<=" : span_eq(op, ">=") ? ">=" : "=",
			buf_span(&b));
		return;
	}
	if (!p->part[0].p) { /* nothing is above or below everything */
		st->all &= !span_eq(op, "<") && !span_eq(op, ">");
		return;
	}
	if (op.n == 0 || span_eq(op, "=")) {
		between(st, p, last);
	} else if (span_eq(op, ">")) {
		build(&b, p, last, SPAN_NONE);
		compare(st, ">=", buf_span(&b));
	} else if (span_eq(op, ">=")) {
		build(&b, p, -1, SPAN_NONE);
		compare(st, ">=", buf_span(&b));
	} else { /* "<1.2" ends before its pre-releases, "<=1.2" before those of the next */
		build(&b, p, op.n > 1 ? last : -1, SPAN("0"));
		compare(st, "<", buf_span(&b));
	}
}

static bool apply(struct state *st, struct span op, struct span text, bool bare_is_caret)
{
	struct partial p;

	if (!read_partial(text, &p))
		return false;
	if (span_eq(op, "^") || (bare_is_caret && op.n == 0 && p.part[0].p && !memchr(text.p, '*', text.n)))
		caret(st, &p);
	else if (span_eq(op, "~") || span_eq(op, "~>"))
		tilde(st, &p);
	else if (!p.odd && (op.n == 0 || span_eq(op, "=") || span_eq(op, "<") || span_eq(op, ">") || span_eq(op, "<=") || span_eq(op, ">=")))
		plain(st, op, &p);
	else
		return false;
	return true;
}

static bool hyphen(struct state *st, struct span from, struct span to)
{
	struct partial a, b;

	if (!read_partial(from, &a) || !read_partial(to, &b))
		return false;
	if (a.part[0].p) {
		auto_buf t = BUF_INIT;

		build(&t, &a, -1, a.pre);
		compare(st, ">=", buf_span(&t));
	}
	if (b.part[0].p)
		plain(st, SPAN("<="), &b);
	return true;
}

/* Cuts the next word off; operators stay with the version behind them. */
static struct span next_word(struct span *s)
{
	struct span w;
	size_t n = 0;

	*s = span_trim(*s);
	while (n < s->n && strchr("<>=~^", s->p[n]))
		n++;
	while (n < s->n && (s->p[n] == ' ' || s->p[n] == '\t'))
		n++;
	while (n < s->n && s->p[n] != ' ' && s->p[n] != '\t')
		n++;
	w = (struct span){s->p, n};
	*s = (struct span){s->p + n, s->n - n};
	return w;
}

static const char *find_hyphen(struct span s)
{
	for (size_t i = 1; i + 1 < s.n; i++)
		if (s.p[i] == '-' && (s.p[i - 1] == ' ' || s.p[i - 1] == '\t') && (s.p[i + 1] == ' ' || s.p[i + 1] == '\t'))
			return s.p + i;
	return NULL;
}

/* All comparators of one alternative. */
static bool set(struct state *st, struct span s)
{
	const char *dash = find_hyphen(s);

	if (dash)
		return hyphen(st, span_trim((struct span){s.p, (size_t)(dash - s.p)}),
			      span_trim((struct span){dash + 1, (size_t)(s.p + s.n - dash - 1)}));
	for (struct span w = next_word(&s); w.n > 0; w = next_word(&s)) {
		struct span op = range_take_op(&w);

		if (w.n == 0 ? op.n > 0 : !apply(st, op, w, false))
			return false;
	}
	return true;
}

static bool start(struct state *st, struct span version)
{
	struct partial p;

	version = span_trim(version);
	if (!read_partial(version, &p) || !p.part[2].p)
		return false;
	while (version.n > 0 && strchr("v= \t", version.p[0]))
		version = (struct span){version.p + 1, version.n - 1};
	version = span_cut(&version, '+');
	*st = (struct state){.version = version, .pre = version, .all = true};
	st->core = span_cut(&st->pre, '-');
	return true;
}

static bool in(const struct state *st)
{
	return st->all && (!st->pre.p || st->named);
}

/* Cuts at "||". */
static struct span alternative(struct span *rest)
{
	for (size_t i = 0; i + 1 < rest->n; i++)
		if (rest->p[i] == '|' && rest->p[i + 1] == '|') {
			struct span s = {rest->p, i};

			*rest = (struct span){rest->p + i + 2, rest->n - i - 2};
			return s;
		}

	struct span all = *rest;

	*rest = SPAN_NONE;
	return all;
}

int range_npm(struct span version, struct span range, struct err *e)
{
	struct state first, st;
	bool any = false;

	if (!start(&first, version))
		return err_set(e, ERR_INPUT, "'%.*s' is no semantic version", SPAN_ARG(version));
	if (!range.p)
		range = SPAN("");
	while (range.p) {
		struct span s = span_trim(alternative(&range));

		st = first;
		if (!set(&st, s))
			return err_set(e, ERR_INPUT, "'%.*s' is no range of versions", SPAN_ARG(s));
		any |= in(&st);
	}
	return any;
}

int range_cargo(struct span version, struct span range, struct err *e)
{
	struct state st;

	if (!start(&st, version))
		return err_set(e, ERR_INPUT, "'%.*s' is no semantic version", SPAN_ARG(version));
	while (range.p) {
		struct span w = span_trim(span_cut(&range, ',')), op = range_take_op(&w);

		if (!apply(&st, op, w, true))
			return err_set(e, ERR_INPUT, "'%.*s%.*s' is no requirement", SPAN_ARG(op), SPAN_ARG(w));
	}
	return in(&st);
}
