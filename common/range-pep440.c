// SPDX-License-Identifier: Apache-2.0
// Python version specifiers (PEP 440) as packaging's SpecifierSet judges a single candidate: a pre-release is in where
// nothing but its being one speaks against it, as no other version is there to be preferred.
#include "buf.h"
#include "pep440.h"
#include "range.h"

static int release_parts(struct span release)
{
	int n = 0;

	for (; release.p; n++)
		span_cut(&release, '.');
	return n;
}

/* The first `n` parts are the same; missing ones are 0. */
static bool same_prefix(const struct pep440 *v, const struct pep440 *prefix)
{
	struct span a = v->release, b = prefix->release;

	if (version_digits_cmp(v->epoch, prefix->epoch) != 0)
		return false;
	while (b.p)
		if (version_digits_cmp(span_cut(&a, '.'), span_cut(&b, '.')) != 0)
			return false;
	return true;
}

static struct pep440 release_only(const struct pep440 *v)
{
	return (struct pep440){.epoch = v->epoch, .release = v->release};
}

static bool compatible(const struct pep440 *v, const struct pep440 *spec)
{
	struct pep440 prefix = release_only(spec);

	prefix.release.n -= span_after_last(prefix.release, '.').n + 1;
	return pep440_public_cmp(v, spec) >= 0 && same_prefix(v, &prefix);
}

static bool same_release(const struct pep440 *a, const struct pep440 *b)
{
	struct pep440 x = release_only(a), y = release_only(b);

	return pep440_cmp(&x, &y) == 0;
}

/* ">1.0" leaves out 1.0.post1 and 1.0+local, "<1.0" leaves out 1.0a1, unless the specifier is of that kind itself. */
static bool greater(const struct pep440 *v, const struct pep440 *spec)
{
	if (pep440_cmp(v, spec) <= 0)
		return false;
	if (v->post.p && !spec->post.p && same_release(v, spec))
		return false;
	return !v->local.p || pep440_public_cmp(v, spec) != 0;
}

static bool less(const struct pep440 *v, const struct pep440 *spec)
{
	bool pre = v->pre || v->dev.p, spec_pre = spec->pre || spec->dev.p;

	return pep440_cmp(v, spec) < 0 && !(pre && !spec_pre && same_release(v, spec));
}

static bool equal(const struct pep440 *v, const struct pep440 *spec)
{
	return spec->local.p ? pep440_cmp(v, spec) == 0 : pep440_public_cmp(v, spec) == 0;
}

/* 1, 0, or -1 when it is no specifier. */
static int holds(const struct pep440 *v, struct span op, struct span text)
{
	bool wild = span_ends(text, ".*"), equality = span_eq(op, "==") || span_eq(op, "!=");
	struct pep440 spec;

	if (wild)
		text.n -= 2;
	if (!pep440_parse(text, &spec) || (wild && (!equality || spec.local.p || spec.dev.p)))
		return -1;
	if (wild) {
		/* "==1.0a1.*" and such are no specifiers; numbers only. */
		bool in = !spec.pre && !spec.post.p ? same_prefix(v, &spec) : equal(v, &spec);

		return spec.pre || spec.post.p ? -1 : in == span_eq(op, "==");
	}
	if (equality)
		return equal(v, &spec) == span_eq(op, "==");
	if (spec.local.p)
		return -1;
	if (span_eq(op, "~="))
		return release_parts(spec.release) < 2 ? -1 : compatible(v, &spec);
	if (span_eq(op, ">="))
		return pep440_public_cmp(v, &spec) >= 0;
	if (span_eq(op, "<="))
		return pep440_public_cmp(v, &spec) <= 0;
	if (span_eq(op, ">"))
		return greater(v, &spec);
	return span_eq(op, "<") ? less(v, &spec) : -1;
}

static bool same_text(struct span a, struct span b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (version_lower(a.p[i]) != version_lower(b.p[i]))
			return false;
	return true;
}

int range_pep440(struct span version, struct span range, struct err *e)
{
	struct pep440 v;
	bool all = true, valid = pep440_parse(version, &v);

	while (range.p) {
		struct span text = span_trim(span_cut(&range, ',')), whole = text, op;
		int r;

		if (text.n == 0)
			continue;
		op = range_take_op(&text);
		r = span_eq(op, "===") ? same_text(span_trim(version), text) : valid ? holds(&v, op, text) : 0;
		if (r < 0)
			return err_set(e, ERR_INPUT, "'%.*s' is no version specifier", SPAN_ARG(whole));
		all &= r;
	}
	return valid || all ? all : err_set(e, ERR_INPUT, "'%.*s' is no Python version", SPAN_ARG(version));
}
