// SPDX-License-Identifier: Apache-2.0
// Names of Red Hat's products and repositories. Expectations: Red Hat's security data guidelines (cpe.md, scanning-vendors.md), CPE 2.2 and 2.3, and names as
// Red Hat's content manifests and advisories have them.
#include "analyze/build-labels.h"
#include "common/buf.h"
#include "common/red-hat.h"
#include "test.h"

static void releases(void)
{
	static const struct {
		const char *cpe, *release;
	} cases[] = {
		{"cpe:/o:redhat:enterprise_linux:8::baseos", "8"}, {"cpe:/a:redhat:enterprise_linux:9::appstream", "9"}, {"cpe:/o:redhat:enterprise_linux:10.0", "10"},
		{"cpe:/o:redhat:enterprise_linux:8.1:ga", "8"}, {"cpe:/a:redhat:rhel_eus:8.4::appstream", "rhel_eus:8.4"},
		{"cpe:/o:redhat:enterprise_linux_eus:10.2", "enterprise_linux_eus:10.2"}, {"cpe:/a:redhat:openshift:4", "openshift:4"},
		{"cpe:/a:redhat:openshift:4.12::el8", "openshift:4.12::el8"}, {"cpe:/a:redhat:devtools:", "devtools:"}, {"cpe:/a:redhat:ocp_tools", "ocp_tools:"},
		{"cpe:/a:redhat:storage:3.5:nagios:el7", "storage:3.5:nagios:el7"}, {"cpe:2.3:a:redhat:openshift:4.12:*:el8:*:*:*:*:*", "openshift:4.12::el8"},
		{"cpe:2.3:o:redhat:enterprise_linux:8:*:baseos:*:*:*:*:*", "8"}, {"cpe:2.3:a:redhat:red_hat_x:4\\.12:*:*:*:*:*:*:*", "red_hat_x:4.12"},
		{"cpe:/o:redhat:enterprise_linux", NULL}, {"cpe:/o:canonical:ubuntu_linux:22.04", NULL}, {"openshift:4", NULL}, {"cpe:/a:redhat", NULL}, {"", NULL},
	};
	auto_arena a = ARENA_INIT;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct span got = red_hat_release(&a, span_of(cases[i].cpe)), want = span_of(cases[i].release);

		CHECK_INT(got.p != NULL, want.p != NULL);
		test_check_str(got, want, __FILE__, __LINE__);
	}
	CHECK(red_hat_is_extended(SPAN("rhel_eus:8.4")) && red_hat_is_extended(SPAN("enterprise_linux_e4s:10.0")) && red_hat_is_extended(SPAN("rhel_els:7")));
	CHECK(!red_hat_is_extended(SPAN("8")) && !red_hat_is_extended(SPAN("rhel_software_collections:3")) && !red_hat_is_extended(SPAN("rhel_extras:7")));
	CHECK(red_hat_is_layered(SPAN("openshift:4")) && red_hat_is_layered(SPAN("devtools:")) && !red_hat_is_layered(SPAN("8")) && !red_hat_is_layered(SPAN("rhel_eus:8.4")));
}

static void fits(void)
{
	static const struct {
		const char *product, *repository;
		bool fits;
	} cases[] = {
		{"openshift:4", "openshift:4.13::el8", true}, {"openshift:4.13::el8", "openshift:4.13::el8", true}, {"openshift:4.12::el8", "openshift:4.13::el8", false},
		{"openshift:4", "openshift:45", false}, {"openshift:4.1", "openshift:4.13::el8", false}, {"openshift:4.13::el9", "openshift:4.13::el8", false},
		{"openshift:4.13", "openshift:4.13::el8", true}, {"openshift:4.13::el8", "openshift:4", false}, {"openshift:4", "openshift_gitops:4.1", false},
		{"devtools:", "devtools:2022", true}, {"openshift:4.%02::el8", "openshift:4.13::el8", true}, {"openshift:4.%02::el8", "openshift:5.1::el8", false},
		{"openshift:4.%01::el8", "openshift:4.9::el8", true}, {"openshift:4.%012", "openshift:4.%012", true}, {"openshift:4.%01::el8", "openshift:4.13::el8", false}, {"storage:3.5:nagios:el7", "storage:3.5:server:el7", false},
		{"rhel_software_collections:3::el7", "rhel_software_collections:3::el7", true}, {"", "", true},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (red_hat_fits(span_of(cases[i].product), span_of(cases[i].repository)) != cases[i].fits) {
			printf("  %s %s\n", cases[i].product, cases[i].repository);
			CHECK(false);
		} else {
			CHECK(true);
		}
	CHECK(red_hat_for_major(SPAN("openshift:4"), SPAN("8")) && red_hat_for_major(SPAN("openshift:4.12::el8"), SPAN("8")));
	CHECK(!red_hat_for_major(SPAN("openshift:4.12::el8"), SPAN("9")) && !red_hat_for_major(SPAN("storage:3.5:nagios:el7"), SPAN("8")));
	CHECK(!red_hat_for_major(SPAN("rhel_extras:7"), SPAN("8")) && red_hat_for_major(SPAN("rhel_extras:7"), SPAN("7")) && red_hat_for_major(SPAN("x:1::element"), SPAN("8")));
}

static void sets(void)
{
	static const char *const base[] = {"rhel-8-for-x86_64-baseos-rpms", "rhel-9-for-aarch64-appstream-source-rpms", "rhel-9-for-x86_64-baseos-eus-rpms__9_DOT_2", "rhel-8-for-x86_64-appstream-rpms__8",
					   "ubi-9-appstream-rpms", "ubi-8-codeready-builder-rpms", "rhel-7-server-rpms", "rhel-7-server-optional-rpms", "rhel-7-for-system-z-rpms", "rhel-10-for-x86_64-baseos-rpms",
					   "codeready-builder-for-rhel-8-x86_64-rpms"};
	static const char *const other[] = {"rhocp-4.12-for-rhel-8-x86_64-rpms", "rhel-7-server-ose-4.2-rpms", "rhel-7-server-extras-rpms", "rhel-server-rhscl-7-rpms", "ansible-2-for-rhel-8-x86_64-rpms",
					    "openstack-16.1-for-rhel-8-x86_64-rpms", "our-own-rpms", "rhel-8", "", "rpms", "8-rpms", "rhel-rpms"};

	for (size_t i = 0; i < sizeof(base) / sizeof(base[0]); i++)
		CHECK(red_hat_is_base_set(span_of(base[i])));
	for (size_t i = 0; i < sizeof(other) / sizeof(other[0]); i++)
		CHECK(!red_hat_is_base_set(span_of(other[i])));
}

static void builders(void)
{
	static const struct {
		const char *version, *builder;
	} cases[] = {
		{"1.0-3.el8", ""}, {"1.0-3.el8_4.2", ""}, {"1:8-1.module+el8.10.0+1+aaaaaaaa", ""}, {"3:4.4.1-5.rhaos4.12.el8", "rhaos"}, {"2.4.37-80.el8jbcs", "jbcs"}, {"16-1.el8ost.1", "ost"},
		{"1.0-3.20200803git.el8", ""}, {"2.2-11.ep5.el6", "ep"}, {"1.0-3.fc34", ""}, {"1.0", ""}, {"", ""}, {"1-1.rhaos4.12", "rhaos"}, {"1-1.el8.x", ""},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		test_check_str(red_hat_builder(span_of(cases[i].version)), span_of(cases[i].builder), __FILE__, __LINE__);
}

/* A line of a Dockerfile that names a long variable very often: what stands behind it is not read, and costs nothing. */
static void dockerfile_of_one_variable(void)
{
	auto_arena a = ARENA_INIT;
	auto_buf text = BUF_INIT;
	struct build_labels b = {0};

	buf_add_str(&text, "LABEL com.redhat.component=x\nENV long=");
	for (int i = 0; i < 4000; i++)
		buf_add_char(&text, 'x');
	for (int i = 0; i < 100000; i++)
		buf_add_str(&text, i ? " y=$long" : "\nLABEL y=$long");
	buf_add_str(&text, "\nLABEL architecture=x86_64\n");
	build_labels_dockerfile(&a, SPAN("root/buildinfo/Dockerfile-x-1-2"), buf_span(&text), &b);
	test_check_str(b.component, SPAN("x"), __FILE__, __LINE__);
	CHECK(!b.architecture.p);
	test_check_str(b.release, SPAN("2"), __FILE__, __LINE__);
}

int main(void)
{
	TEST(dockerfile_of_one_variable);
	TEST(releases);
	TEST(fits);
	TEST(sets);
	TEST(builders);
	return test_end();
}
