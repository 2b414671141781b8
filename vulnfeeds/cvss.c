// SPDX-License-Identifier: Apache-2.0
// CVSS base scores: 3.0 and 3.1 (FIRST, CVSS v3.1 specification, section 7) and 2.0 (CVSS v2 guide, section 3.2.1). Version 4
// is cvss4.c's.
#include "cvss4.h"
#include "feed.h"

#include <math.h>

struct metric {
	const char *name;
	const char *values;	/* one letter each */
	double weights[4];
};

/* Section 7.4; privileges required have other weights when the scope changes. */
static const struct metric metrics[] = {
	{"AV", "NALP", {0.85, 0.62, 0.55, 0.2}}, {"AC", "LH", {0.77, 0.44}},	   {"PR", "NLH", {0.85, 0.62, 0.27}},
	{"UI", "NR", {0.85, 0.62}},		 {"S", "UC", {0, 1}},		   {"C", "HLN", {0.56, 0.22, 0}},
	{"I", "HLN", {0.56, 0.22, 0}},		 {"A", "HLN", {0.56, 0.22, 0}},
};
enum { AV, AC, PR, UI, S, C, I, A, METRICS };

static bool read_metrics(struct span rest, double w[METRICS])
{
	int found = 0;

	for (struct span part = span_cut(&rest, '/'); part.p; part = span_cut(&rest, '/')) {
		struct span value = part, name = span_cut(&value, ':');

		for (int i = 0; i < METRICS; i++) {
			const char *at = value.n == 1 ? strchr(metrics[i].values, value.p[0]) : NULL;

			if (!span_eq(name, metrics[i].name))
				continue;
			if (!at || *at == 0 || found & 1 << i)
				return false;
			w[i] = metrics[i].weights[at - metrics[i].values];
			found |= 1 << i;
		}
	}
	return found == (1 << METRICS) - 1;
}

/* Appendix A: the next tenth, free of floating-point noise. */
static double round_up(double x)
{
	long n = lround(x * 100000);

	return n % 10000 == 0 ? (double)n / 100000.0 : (double)(n / 10000 + 1) / 10.0;
}

static double cvss2_score(struct span rest)
{
	static const struct metric v2[] = {
		{"AV", "LAN", {0.395, 0.646, 1.0}}, {"AC", "HML", {0.35, 0.61, 0.71}}, {"Au", "MSN", {0.45, 0.56, 0.704}},
		{"C", "NPC", {0, 0.275, 0.660}},    {"I", "NPC", {0, 0.275, 0.660}},   {"A", "NPC", {0, 0.275, 0.660}},
	};
	double w[6], impact, exploit;
	int found = 0;

	while (rest.p) {
		struct span value = span_cut(&rest, '/'), name = span_cut(&value, ':');

		for (int i = 0; i < 6; i++) {
			const char *at = value.n == 1 ? strchr(v2[i].values, value.p[0]) : NULL;

			if (!span_eq(name, v2[i].name))
				continue;
			if (!at || *at == 0)
				return -1;
			w[i] = v2[i].weights[at - v2[i].values];
			found |= 1 << i;
		}
	}
	if (found != 63)
		return -1;
	impact = 10.41 * (1 - (1 - w[3]) * (1 - w[4]) * (1 - w[5]));
	exploit = 20 * w[0] * w[1] * w[2];
	return round(((0.6 * impact) + (0.4 * exploit) - 1.5) * (impact > 0 ? 1.176 : 0) * 10) / 10;
}

static double cvss3_score(struct span vector)
{
	double w[METRICS];
	struct span rest = vector, head = span_cut(&rest, '/');

	if ((!span_eq(head, "CVSS:3.1") && !span_eq(head, "CVSS:3.0")) || !read_metrics(rest, w))
		return -1;

	bool changed = w[S] > 0;

	if (changed && w[PR] < 0.85)
		w[PR] = w[PR] > 0.5 ? 0.68 : 0.5;

	double iss = 1 - (1 - w[C]) * (1 - w[I]) * (1 - w[A]);
	double impact = changed ? 7.52 * (iss - 0.029) - 3.25 * pow(iss - 0.02, 15) : 6.42 * iss;
	double exploit = 8.22 * w[AV] * w[AC] * w[PR] * w[UI];

	if (impact <= 0)
		return 0;
	return round_up(fmin(changed ? 1.08 * (impact + exploit) : impact + exploit, 10));
}

double cvss_score(struct span vector)
{
	if (span_starts(vector, "CVSS:4"))
		return cvss4_score(vector);
	if (span_starts(vector, "CVSS:3"))
		return cvss3_score(vector);
	if (span_starts(vector, "CVSS:2.0/"))
		vector = (struct span){vector.p + 9, vector.n - 9};
	return span_starts(vector, "AV:") ? cvss2_score(vector) : -1;
}
