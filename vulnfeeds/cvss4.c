// SPDX-License-Identifier: Apache-2.0
// CVSS 4.0 scores (FIRST, CVSS v4.0 specification, section 8). The macro vectors' scores are the specification's table.
#include "cvss4.h"

#include "common/version.h"

#include <math.h>

enum metric { AV, AC, AT, PR, UI, VC, VI, VA, SC, SI, SA, E, CR, IR, AR, METRICS };

/* Values from the gravest on; the index is the level (section 8.3). S is of the modified SI and SA only. */
static const struct {
	const char *name, *values;
} metrics[METRICS] = {{"AV", "NALP"}, {"AC", "LH"}, {"AT", "NP"}, {"PR", "NLH"}, {"UI", "NPA"}, {"VC", "HLN"}, {"VI", "HLN"}, {"VA", "HLN"},
		      {"SC", "SHLN"}, {"SI", "SHLN"}, {"SA", "SHLN"}, {"E", "APU"}, {"CR", "HML"}, {"IR", "HML"}, {"AR", "HML"}};

/* Tenths, by equivalence classes 1 to 6; 255: no such macro vector. */
static const unsigned char table[3][2][3][3][3][2] = {
	{{{{{100, 99}, {98, 95}, {95, 92}}, {{100, 96}, {93, 87}, {91, 81}}, {{93, 90}, {89, 80}, {81, 68}}},
	  {{{98, 95}, {95, 92}, {90, 84}}, {{93, 92}, {89, 81}, {81, 65}}, {{88, 80}, {78, 70}, {69, 48}}},
	  {{{255, 92}, {255, 82}, {255, 72}}, {{255, 79}, {255, 69}, {255, 50}}, {{255, 69}, {255, 55}, {255, 27}}}},
	 {{{{99, 97}, {95, 92}, {92, 85}}, {{95, 91}, {90, 83}, {84, 71}}, {{92, 81}, {82, 71}, {72, 53}}},
	  {{{95, 93}, {92, 85}, {85, 73}}, {{92, 82}, {80, 72}, {70, 59}}, {{84, 70}, {71, 52}, {50, 30}}},
	  {{{255, 86}, {255, 75}, {255, 52}}, {{255, 71}, {255, 52}, {255, 29}}, {{255, 63}, {255, 29}, {255, 17}}}}},
	{{{{{98, 95}, {94, 87}, {91, 81}}, {{94, 89}, {86, 74}, {77, 64}}, {{87, 75}, {74, 63}, {63, 49}}},
	  {{{94, 89}, {88, 77}, {76, 67}}, {{86, 76}, {74, 58}, {59, 50}}, {{72, 57}, {57, 52}, {52, 25}}},
	  {{{255, 83}, {255, 70}, {255, 54}}, {{255, 65}, {255, 58}, {255, 26}}, {{255, 53}, {255, 21}, {255, 13}}}},
	 {{{{95, 90}, {88, 76}, {76, 70}}, {{90, 77}, {75, 62}, {61, 53}}, {{77, 66}, {68, 59}, {52, 30}}},
	  {{{89, 78}, {76, 67}, {62, 58}}, {{74, 59}, {57, 57}, {47, 23}}, {{61, 52}, {57, 29}, {24, 16}}},
	  {{{255, 71}, {255, 59}, {255, 30}}, {{255, 58}, {255, 26}, {255, 15}}, {{255, 23}, {255, 13}, {255, 6}}}}},
	{{{{{93, 87}, {86, 72}, {75, 58}}, {{86, 74}, {74, 61}, {56, 34}}, {{70, 54}, {52, 40}, {40, 22}}},
	  {{{85, 75}, {74, 55}, {62, 51}}, {{72, 57}, {55, 41}, {46, 19}}, {{53, 36}, {34, 19}, {19, 8}}},
	  {{{255, 64}, {255, 51}, {255, 20}}, {{255, 47}, {255, 21}, {255, 11}}, {{255, 24}, {255, 9}, {255, 4}}}},
	 {{{{88, 75}, {73, 53}, {60, 50}}, {{73, 55}, {59, 40}, {41, 20}}, {{54, 43}, {45, 22}, {20, 11}}},
	  {{{75, 55}, {58, 45}, {40, 21}}, {{61, 51}, {48, 18}, {20, 9}}, {{46, 18}, {17, 7}, {8, 2}}},
	  {{{255, 53}, {255, 24}, {255, 14}}, {{255, 24}, {255, 12}, {255, 5}}, {{255, 10}, {255, 3}, {255, 1}}}}},
};

/* The gravest vectors of each class (section 8.2, table 24 and following), as levels in the order of `metrics`. */
struct gravest {
	int n;
	signed char level[5][6];
};
static const struct gravest eq1_tops[] = {{1, {{0, 0, 0}}}, {3, {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}}, {2, {{3, 0, 0}, {1, 1, 1}}}}; /* AV PR UI */
static const struct gravest eq2_tops[] = {{1, {{0, 0}}}, {2, {{1, 0}, {0, 1}}}};						  /* AC AT */
static const struct gravest eq36_tops[3][2] = {
	/* VC VI VA CR IR AR */
	{{1, {{0, 0, 0, 0, 0, 0}}}, {2, {{0, 0, 1, 1, 1, 0}, {0, 0, 0, 1, 1, 1}}}},
	{{2, {{1, 0, 0, 0, 0, 0}, {0, 1, 0, 0, 0, 0}}},
	 {5, {{1, 0, 1, 0, 1, 0}, {1, 0, 0, 0, 1, 1}, {0, 1, 0, 1, 0, 1}, {0, 1, 1, 1, 0, 0}, {1, 1, 0, 0, 0, 1}}}},
	{{0, {{0}}}, {1, {{1, 1, 1, 0, 0, 0}}}},
};
static const struct gravest eq4_tops[] = {{1, {{1, 0, 0}}}, {1, {{1, 1, 1}}}, {1, {{2, 2, 2}}}}; /* SC SI SA */
static const int eq1_depth[] = {1, 4, 5}, eq2_depth[] = {1, 2}, eq36_depth[3][2] = {{7, 6}, {8, 8}, {0, 10}}, eq4_depth[] = {6, 5, 4};

static bool set(signed char *level, enum metric m, char value)
{
	const char *at = strchr(metrics[m].values, value);

	if (!at || !value)
		return false;
	*level = (signed char)(at - metrics[m].values);
	return true;
}

static bool read_metric(signed char *base, signed char *modified, struct span name, struct span value)
{
	bool m = name.n > 1 && name.p[0] == 'M';

	if (m)
		name = (struct span){name.p + 1, name.n - 1};
	for (int i = 0; i < METRICS; i++) {
		if (!span_eq(name, metrics[i].name))
			continue;
		if (value.n != 1)
			return false;
		if (value.p[0] == 'X')
			return m || i >= E;
		if (!m && i >= SC && i <= SA && value.p[0] == 'S')
			return false;
		return set(m ? &modified[i] : &base[i], (enum metric)i, value.p[0]);
	}
	return true; /* supplemental metrics have no part in the score */
}

static bool read_vector(struct span vector, signed char *level)
{
	signed char modified[METRICS];
	struct span rest = vector;

	memset(level, -1, METRICS);
	memset(modified, -1, METRICS);
	level[E] = level[CR] = level[IR] = level[AR] = 0;
	span_cut(&rest, '/');
	while (rest.p) {
		struct span value = span_cut(&rest, '/'), name = span_cut(&value, ':');

		if (!read_metric(level, modified, name, value.p ? value : SPAN("")))
			return false;
	}
	for (int i = 0; i < METRICS; i++) {
		if (modified[i] >= 0)
			level[i] = modified[i];
		if (level[i] < 0)
			return false;
	}
	return true;
}

struct macro {
	int eq[6];
};

static struct macro macro_of(const signed char *l)
{
	bool n1 = l[AV] == 0, n2 = l[PR] == 0, n3 = l[UI] == 0, high = l[SC] <= 1 || l[SI] <= 1 || l[SA] <= 1;
	struct macro m;

	m.eq[0] = n1 && n2 && n3 ? 0 : (n1 || n2 || n3) && l[AV] != 3 ? 1 : 2;
	m.eq[1] = !(l[AC] == 0 && l[AT] == 0);
	m.eq[2] = l[VC] == 0 && l[VI] == 0 ? 0 : l[VC] == 0 || l[VI] == 0 || l[VA] == 0 ? 1 : 2;
	m.eq[3] = l[SI] == 0 || l[SA] == 0 ? 0 : high ? 1 : 2;
	m.eq[4] = l[E];
	m.eq[5] = !((l[CR] == 0 && l[VC] == 0) || (l[IR] == 0 && l[VI] == 0) || (l[AR] == 0 && l[VA] == 0));
	return m;
}

/* -1: none */
static int score_of(const struct macro *m)
{
	static const int limits[] = {3, 2, 3, 3, 3, 2};
	int v;

	for (int i = 0; i < 6; i++)
		if (m->eq[i] >= limits[i])
			return -1;
	v = table[m->eq[0]][m->eq[1]][m->eq[2]][m->eq[3]][m->eq[4]][m->eq[5]];
	return v == 255 ? -1 : v;
}

static int lower(struct macro m, int eq)
{
	m.eq[eq]++;
	return score_of(&m);
}

/* Classes 3 and 6 go down together. */
static int lower36(struct macro m)
{
	if (m.eq[2] == 0 && m.eq[5] == 0) {
		int a = lower(m, 5), b = lower(m, 2);

		return a > b ? a : b;
	}
	if (m.eq[5] == 1)
		return lower(m, 2);
	return lower(m, 5);
}

/* The distance in levels from the first of the gravest vectors that is at least as grave in each metric. */
static int distance(const struct gravest *g, const signed char *l, const enum metric *which, int n)
{
	for (int i = 0; i < g->n; i++) {
		int sum = 0, k;

		for (k = 0; k < n && l[which[k]] >= g->level[i][k]; k++)
			sum += l[which[k]] - g->level[i][k];
		if (k == n)
			return sum;
	}
	return 0;
}

double cvss4_score(struct span vector)
{
	static const enum metric m1[] = {AV, PR, UI}, m2[] = {AC, AT}, m36[] = {VC, VI, VA, CR, IR, AR}, m4[] = {SC, SI, SA};
	signed char l[METRICS];
	struct macro m;
	double sum = 0, value;
	int n = 0;

	if (!span_starts(vector, "CVSS:4.0/") || !read_vector(vector, l))
		return -1;
	if (l[VC] == 2 && l[VI] == 2 && l[VA] == 2 && l[SC] == 3 && l[SI] == 3 && l[SA] == 3)
		return 0;
	m = macro_of(l);
	value = score_of(&m);

	const struct {
		int lower, distance, depth;
	} parts[] = {
		{lower(m, 0), distance(&eq1_tops[m.eq[0]], l, m1, 3), eq1_depth[m.eq[0]]},
		{lower(m, 1), distance(&eq2_tops[m.eq[1]], l, m2, 2), eq2_depth[m.eq[1]]},
		{lower36(m), distance(&eq36_tops[m.eq[2]][m.eq[5]], l, m36, 6), eq36_depth[m.eq[2]][m.eq[5]]},
		{lower(m, 3), distance(&eq4_tops[m.eq[3]], l, m4, 3), eq4_depth[m.eq[3]]},
		{lower(m, 4), 0, 1},
	};

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (parts[i].lower < 0)
			continue;
		n++;
		sum += (value - parts[i].lower) * parts[i].distance / parts[i].depth;
	}
	value = (value - (n ? sum / n : 0)) / 10;
	return floor((fmin(fmax(value, 0), 10) + 1e-6) * 10 + 0.5) / 10;
}
