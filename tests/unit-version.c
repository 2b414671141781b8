// SPDX-License-Identifier: Apache-2.0
// Version order. Vectors: deb-policy 5.6.12, rpm's tests/rpmvercmp.at, apk-tools' test/version.data, semver.org
// clause 11, and cases worked out by hand from those texts.
#include "common/version.h"
#include "test.h"

struct pair {
	const char *a;
	char op;
	const char *b;
};

static void check_pairs(enum version_scheme scheme, const struct pair *p)
{
	for (; p->a; p++) {
		struct span a = span_of(p->a), b = span_of(p->b);
		int want = p->op == '<' ? -1 : p->op == '>';
		bool ok = version_compare(scheme, a, b) == want && version_compare(scheme, b, a) == -want;

		if (!ok)
			printf("  %s %c %s does not hold\n", p->a, p->op, p->b);
		CHECK(ok);
	}
}

static void deb(void)
{
	static const struct pair pairs[] = {
		{"1.0", '=', "1.0"}, {"1.0-0", '=', "1.0"}, {"0:1.0", '=', "1.0"}, {"1:0.1", '>', "2.0"},
		{"1.0~rc1", '<', "1.0"}, {"1.0~~", '<', "1.0~"}, {"1.0~~a", '<', "1.0~"}, {"1.0", '<', "1.0a"},
		{"1.0a", '<', "1.0+"}, {"2.36-9", '<', "2.36-9+deb12u1"}, {"2.36-9+deb12u9", '<', "2.36-9+deb12u10"},
		{"10.42-1", '<', "10.42-1+deb12u2"}, {"3.0.20-1~deb12u2", '<', "3.0.20-1"}, {"1.01", '=', "1.1"},
		{"1.18446744073709551616", '>', "1.18446744073709551615"}, {"5.2.5-2.1~deb11u1", '<', "5.2.5-2.1"},
		{"2:4.3+samba4.1-1", '>', "1:9"}, {"1.2-3-1", '>', "1.2-2-9"}, {"", '<', "1"}, {"0", '=', ""},
		{"1.0-1", '<', "1.0-1+b1"}, {NULL, 0, NULL},
	};

	check_pairs(VERSION_DEB, pairs);
}

static void rpm(void)
{
	static const struct pair pairs[] = {
		{"1.0", '=', "1.0"}, {"1.0", '<', "2.0"}, {"2.0.1a", '>', "2.0.1"}, {"5.5p1", '<', "5.5p10"},
		{"10xyz", '<', "10.1xyz"}, {"xyz10", '<', "xyz10.1"}, {"xyz.4", '<', "8"}, {"5.6", '=', "5_6"},
		{"6.0.rc1", '>', "6.0"}, {"10b2", '>', "10a1"}, {"1.0010", '>', "1.9"}, {"1.05", '=', "1.5"},
		{"4.999.9", '<', "5.0"}, {"20101121", '=', "20101121"}, {"1.0~rc1", '<', "1.0"}, {"1.0~rc1", '<', "1.0~rc2"},
		{"1.0^", '>', "1.0"}, {"1.0^git1", '<', "1.0^git2"}, {"1.0^git1", '<', "1.01"}, {"1.0^20160101", '<', "1.0.1"},
		{"1.0~rc1^git1", '>', "1.0~rc1"}, {"1.0^git1~pre", '<', "1.0^git1"}, {"a", '<', "1"}, {"2.0", '=', "2_0"},
		{"1:1.0-1", '>', "2.0-1"}, {"1.0-1.el8", '<', "1.0-1.el8_4"}, {"1.0-1", '<', "1.0-10"}, {"1.0", '=', "1.0-5"},
		{NULL, 0, NULL},
	};

	check_pairs(VERSION_RPM, pairs);
}

static void apk(void)
{
	static const struct pair pairs[] = {
		{"2.34", '>', "0.1.0_alpha"}, {"0.1.0_alpha", '=', "0.1.0_alpha"}, {"0.1.0_alpha", '<', "0.1.3_alpha"},
		{"1.0_alpha", '<', "1.0_beta"}, {"1.0_beta", '<', "1.0_pre"}, {"1.0_pre", '<', "1.0_rc"}, {"1.0_rc1", '<', "1.0"},
		{"1.0", '<', "1.0_cvs"}, {"1.0_git20200101", '<', "1.0_p1"}, {"1.0_p1", '<', "1.0_p2"}, {"1.6_rc1-r0", '<', "1.6-r0"},
		{"1.2.3-r0", '<', "1.2.3-r1"}, {"1.2.3", '<', "1.2.3-r0"}, {"1.2.3a", '>', "1.2.3"}, {"1.2.3a", '<', "1.2.3b"},
		{"1.2", '<', "1.2.1"}, {"0.12", '>', "0.1"}, {"1.1.0l", '<', "1.1.1"}, {"1.007", '<', "1.01"}, {"1.01", '<', "1.1"},
		{"1.10", '>', "1.9"}, {"01", '=', "1"}, {"1.31.1-r10", '>', "1.31.1-r9"}, {"1.2.3_p1-r3", '>', "1.2.3-r9"},
		{"99999999999999999999", '>', "99999999999999999998"}, {NULL, 0, NULL},
	};

	check_pairs(VERSION_APK, pairs);
}

static void semver(void)
{
	static const struct pair pairs[] = {
		{"1.0.0-alpha", '<', "1.0.0-alpha.1"}, {"1.0.0-alpha.1", '<', "1.0.0-alpha.beta"}, {"1.0.0-alpha.beta", '<', "1.0.0-beta"},
		{"1.0.0-beta.2", '<', "1.0.0-beta.11"}, {"1.0.0-rc.1", '<', "1.0.0"}, {"1.0.0+a", '=', "1.0.0+b"}, {"v1.2.3", '=', "1.2.3"},
		{"4.17.4", '<', "4.17.21"}, {"1.2", '=', "1.2.0"}, {"go1.21.0", '<', "1.21.4"}, {"1.21.0-0", '<', "1.21.0"},
		{"1.6.1-0.20230101000000-abcdef", '<', "1.6.1"}, {"7.22.0", '<', "7.23.2"}, {"2.0.0+incompatible", '=', "2.0.0"},
		{"1.18446744073709551616.0", '>', "1.18446744073709551615.9"}, {NULL, 0, NULL},
	};

	check_pairs(VERSION_SEMVER, pairs);
}

static void ecosystems(void)
{
	CHECK_INT(version_scheme_of_ecosystem(SPAN("Debian:12")), VERSION_DEB);
	CHECK_INT(version_scheme_of_ecosystem(SPAN("Alpine:v3.18")), VERSION_APK);
	CHECK_INT(version_scheme_of_ecosystem(SPAN("npm")), VERSION_SEMVER);
	CHECK_INT(version_scheme_of_ecosystem(SPAN("PyPI")), VERSION_PEP440);
	CHECK_INT(version_scheme_named(SPAN("rpm")), VERSION_RPM);
	CHECK_INT(version_scheme_named(SPAN("cobol")), VERSION_NONE);
}

int main(void)
{
	TEST(deb);
	TEST(rpm);
	TEST(apk);
	TEST(semver);
	TEST(ecosystems);
	return test_end();
}
