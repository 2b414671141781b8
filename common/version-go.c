// SPDX-License-Identifier: Apache-2.0
// Go module version order (golang.org/x/mod/semver), and that of toolchains ("go1.21rc2"). Leaves limits to version.c.
#include "version-go.h"

#include "version.h"

struct go_version {
	bool valid;
	struct span number[3], pre; /* pre: absent for a release */
};

/* A number without a leading zero. */
static bool take_number(struct span *s, struct span *out)
{
	*out = version_take_digits(s);
	return out->n == 1 || (out->n > 1 && out->p[0] != '0');
}

static bool is_identifier(struct span id, bool zeros)
{
	if (id.n == 0 || (!zeros && id.n > 1 && id.p[0] == '0' && version_all_digits(id)))
		return false;
	for (size_t i = 0; i < id.n; i++)
		if (!version_is_digit(id.p[i]) && !version_is_alpha(id.p[i]) && id.p[i] != '-')
			return false;
	return true;
}

static bool are_identifiers(struct span s, bool zeros)
{
	while (s.p)
		if (!is_identifier(span_cut(&s, '.'), zeros))
			return false;
	return true;
}

/* "rc2" behind a toolchain's numbers is its pre-release. */
static bool take_toolchain(struct go_version *v, struct span rest)
{
	v->pre = rest.n > 0 ? rest : SPAN_NONE;
	return true;
}

static struct go_version parse(struct span s)
{
	struct go_version v = {.number = {SPAN("0"), SPAN("0"), SPAN("0")}};
	bool toolchain = span_starts(s, "go");
	int n = 0;

	if (toolchain)
		s = (struct span){s.p + 2, s.n - 2};
	else if (span_starts(s, "v"))
		s = (struct span){s.p + 1, s.n - 1};
	for (;;) {
		if (!take_number(&s, &v.number[n++]))
			return v;
		if (n == 3 || s.n == 0 || s.p[0] != '.')
			break;
		s = (struct span){s.p + 1, s.n - 1};
	}
	if (toolchain) {
		v.valid = take_toolchain(&v, span_cut(&s, ' '));
		return v;
	}
	if (s.n > 0 && n < 3)
		return v;

	struct span rest = s, front = span_cut(&rest, '+');

	if (rest.p && !are_identifiers(rest, true))
		return v;
	if (front.n > 0) {
		if (front.p[0] != '-' || !are_identifiers((struct span){front.p + 1, front.n - 1}, false))
			return v;
		v.pre = (struct span){front.p + 1, front.n - 1};
	}
	v.valid = true;
	return v;
}

static int identifier_cmp(struct span a, struct span b)
{
	bool da = version_all_digits(a), db = version_all_digits(b);

	if (da != db)
		return da ? -1 : 1;
	return da ? version_digits_cmp(a, b) : version_sign(span_cmp(a, b));
}

/* "rc2" of a toolchain and "rc.2" of its module version are the same: letters and digits are told apart in both. */
static struct span next_part(struct span *s)
{
	struct span head = *s, part;

	if (head.n > 0 && head.p[0] == '.')
		head = (struct span){head.p + 1, head.n - 1};
	part = version_is_digit(head.n > 0 ? head.p[0] : 0) ? version_take_digits(&head) : version_take_alpha(&head);
	*s = part.n > 0 ? head : SPAN_NONE;
	return part;
}

static int toolchain_pre_cmp(struct span a, struct span b)
{
	while (a.n > 0 && b.n > 0) {
		int d = identifier_cmp(next_part(&a), next_part(&b));

		if (d != 0)
			return d;
	}
	return (a.n > 0) - (b.n > 0);
}

static int pre_cmp(struct span a, struct span b)
{
	if (!a.p || !b.p)
		return (a.p == NULL) - (b.p == NULL);
	while (a.p && b.p) {
		int d = identifier_cmp(span_cut(&a, '.'), span_cut(&b, '.'));

		if (d != 0)
			return d;
	}
	return (a.p != NULL) - (b.p != NULL);
}

int version_go_cmp(struct span a, struct span b)
{
	struct go_version x = parse(a), y = parse(b);

	if (!x.valid || !y.valid)
		return x.valid - y.valid;
	for (int i = 0; i < 3; i++) {
		int d = version_digits_cmp(x.number[i], y.number[i]);

		if (d != 0)
			return d;
	}
	if (x.pre.p && y.pre.p && (span_starts(a, "go") || span_starts(b, "go")))
		return toolchain_pre_cmp(x.pre, y.pre);
	return pre_cmp(x.pre, y.pre);
}
