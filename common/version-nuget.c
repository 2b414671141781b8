// SPDX-License-Identifier: Apache-2.0
// NuGet version order. Leaves limits to version.c.
#include "version-nuget.h"

#include "version.h"

struct nuget {
	struct span number[4], labels; /* labels: absent for a release */
	bool valid;
};

static struct nuget parse(struct span s)
{
	struct nuget v = {.number = {SPAN("0"), SPAN("0"), SPAN("0"), SPAN("0")}, .valid = true};
	struct span front;

	s = span_trim(s);
	if (s.n > 0 && (s.p[0] == 'v' || s.p[0] == 'V'))
		s = (struct span){s.p + 1, s.n - 1};
	v.labels = span_cut(&s, '+');
	front = span_cut(&v.labels, '-');
	for (int i = 0; front.p; i++) {
		struct span number = span_cut(&front, '.');

		if (i == 4 || !version_all_digits(number)) {
			v.valid = false;
			break;
		}
		v.number[i] = number;
	}
	return v;
}

static int label_cmp(struct span a, struct span b)
{
	bool da = version_all_digits(a), db = version_all_digits(b);

	if (da != db)
		return da ? -1 : 1;
	return da ? version_digits_cmp(a, b) : version_text_cmp(a, b);
}

int version_nuget_cmp(struct span a, struct span b)
{
	struct nuget x = parse(a), y = parse(b);

	if (!x.valid || !y.valid)
		return x.valid != y.valid ? x.valid - y.valid : version_text_cmp(a, b);
	for (int i = 0; i < 4; i++) {
		int d = version_digits_cmp(x.number[i], y.number[i]);

		if (d != 0)
			return d;
	}
	if (!x.labels.p || !y.labels.p)
		return (x.labels.p == NULL) - (y.labels.p == NULL);
	while (x.labels.p && y.labels.p) {
		int d = label_cmp(span_cut(&x.labels, '.'), span_cut(&y.labels, '.'));

		if (d != 0)
			return d;
	}
	return (x.labels.p != NULL) - (y.labels.p != NULL);
}

static bool are_labels(struct span s)
{
	while (s.p) {
		struct span label = span_cut(&s, '.');

		for (size_t i = 0; i < label.n; i++)
			if (!version_is_digit(label.p[i]) && !version_is_alpha(label.p[i]) && label.p[i] != '-')
				return false;
		if (label.n == 0)
			return false;
	}
	return true;
}

bool version_nuget_valid(struct span v)
{
	struct nuget x = parse(v);

	return x.valid && are_labels(x.labels);
}
