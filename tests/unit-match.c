// SPDX-License-Identifier: Apache-2.0
// Packages of every ecosystem against small feeds of every kind of statement. Expectations are worked out by hand from the rules of
// the formats (docs/feeds.md) and of the package systems' version orders.
#include "analyze/derive-match.h"
#include "analyze/derive-open.h"
#include "analyze/schema.h"
#include "test.h"
#include "vulnfeeds/import.h"

#include <sys/stat.h>
#include <unistd.h>

/* Each is one file. */
static const char *const files[][2] = {
	{"a.json", "{\"id\":\"GHSA-java-0001\",\"modified\":\"2024-01-01T00:00:00Z\",\"aliases\":[\"CVE-2024-1001\"],\"affected\":[{\"package\":{\"ecosystem\":"
		   "\"Maven\",\"name\":\"org.acme:core\"},\"ranges\":[{\"type\":\"ECOSYSTEM\",\"events\":[{\"introduced\":\"2.0-beta9\"},{\"fixed\":\"2.15.0\"}]}]}]}"},
	{"b.json", "{\"id\":\"GO-2024-0001\",\"modified\":\"2024-01-01T00:00:00Z\",\"aliases\":[\"CVE-2024-1002\",\"GHSA-goxx-0001\"],\"affected\":[{\"package\":{"
		   "\"ecosystem\":\"Go\",\"name\":\"stdlib\"},\"ranges\":[{\"type\":\"SEMVER\",\"events\":[{\"introduced\":\"0\"},{\"fixed\":\"1.20.11\"},"
		   "{\"introduced\":\"1.21.0-0\"},{\"fixed\":\"1.21.4\"}]}]}]}"},
	{"c.json", "{\"id\":\"GO-2024-0002\",\"modified\":\"2024-01-01T00:00:00Z\",\"affected\":[{\"package\":{\"ecosystem\":\"Go\",\"name\":\"example.com/win\"},"
		   "\"ranges\":[{\"type\":\"SEMVER\",\"events\":[{\"introduced\":\"0\"}]}],\"ecosystem_specific\":{\"imports\":[{\"path\":\"x\",\"goos\":[\"windows\"]}]}}]}"},
	{"d.json", "{\"id\":\"GO-2024-0003\",\"modified\":\"2024-01-01T00:00:00Z\",\"affected\":[{\"package\":{\"ecosystem\":\"Go\",\"name\":\"example.com/Mod\"},"
		   "\"ranges\":[{\"type\":\"SEMVER\",\"events\":[{\"introduced\":\"0\"},{\"fixed\":\"0.0.0-20230501000000-abcdefabcdef\"}]}]}]}"},
	{"e.yaml", "id: PYSEC-2024-1\nmodified: 2024-01-01T00:00:00Z\naliases: [GHSA-pyxx-0001]\ndetails: x\naffected:\n- package: {ecosystem: PyPI, name: My.Pkg_x}\n"
		   "  ranges:\n  - type: ECOSYSTEM\n    events: [{introduced: '0'}, {fixed: 1.0.post1}]\n"},
	{"f.json", "{\"id\":\"GHSA-pyxx-0001\",\"modified\":\"2024-01-01T00:00:00Z\",\"aliases\":[\"CVE-2024-1003\"],\"affected\":[{\"package\":{\"ecosystem\":\"PyPI\","
		   "\"name\":\"my-pkg-x\"},\"ranges\":[{\"type\":\"ECOSYSTEM\",\"events\":[{\"introduced\":\"0\"},{\"fixed\":\"1.0.post1\"}]}]}]}"},
	{"g.json", "{\"id\":\"GHSA-gemx-0001\",\"modified\":\"2024-01-01T00:00:00Z\",\"affected\":[{\"package\":{\"ecosystem\":\"RubyGems\",\"name\":\"rails\"},"
		   "\"ranges\":[{\"type\":\"ECOSYSTEM\",\"events\":[{\"introduced\":\"0\"},{\"fixed\":\"7.0.0.rc2\"}]}]}]}"},
	{"h.json", "{\"id\":\"GHSA-phpx-0001\",\"modified\":\"2024-01-01T00:00:00Z\",\"affected\":[{\"package\":{\"ecosystem\":\"Packagist\",\"name\":\"Acme/Lib\"},"
		   "\"ranges\":[{\"type\":\"ECOSYSTEM\",\"events\":[{\"introduced\":\"0\"},{\"fixed\":\"2.0.0\"}]}]}]}"},
	{"i.json", "{\"id\":\"GHSA-netx-0001\",\"modified\":\"2024-01-01T00:00:00Z\",\"affected\":[{\"package\":{\"ecosystem\":\"NuGet\",\"name\":\"Newton.Json\"},"
		   "\"ranges\":[{\"type\":\"ECOSYSTEM\",\"events\":[{\"introduced\":\"0\"},{\"fixed\":\"13.0.1\"}]}]}]}"},
	{"j.json", "{\"id\":\"GHSA-withd-0001\",\"modified\":\"2024-01-01T00:00:00Z\",\"withdrawn\":\"2024-02-01T00:00:00Z\",\"affected\":[{\"package\":{\"ecosystem\":"
		   "\"RubyGems\",\"name\":\"rails\"},\"ranges\":[{\"type\":\"ECOSYSTEM\",\"events\":[{\"introduced\":\"0\"}]}]}]}"},
	{"k.json", "{\"id\":\"ALSA-2024:0001\",\"modified\":\"2024-01-01T00:00:00Z\",\"summary\":\"Important: nodejs:12 security update\",\"related\":[\"CVE-2024-1004\","
		   "\"CVE-2024-1005\"],\"affected\":[{\"package\":{\"ecosystem\":\"AlmaLinux:8\",\"name\":\"nodejs\"},\"ranges\":[{\"type\":\"ECOSYSTEM\",\"events\":["
		   "{\"introduced\":\"0\"},{\"fixed\":\"1:12.20.1-1.module_el8.4.0+2224+b07ac28e\"}]}]},{\"package\":{\"ecosystem\":\"AlmaLinux:8\",\"name\":\"nodejs\"},"
		   "\"ranges\":[{\"type\":\"ECOSYSTEM\",\"events\":[{\"introduced\":\"0\"},{\"fixed\":\"1:12.20.1-1.module_el8.3.0+2047+b07ac28e\"}]}]}]}"},
	{"l.json", "{\"id\":\"RLSA-2024:0001\",\"modified\":\"2024-01-01T00:00:00Z\",\"upstream\":[\"CVE-2024-1006\"],\"affected\":[{\"package\":{\"ecosystem\":"
		   "\"Rocky Linux:8\",\"name\":\"perl\"},\"ranges\":[{\"type\":\"ECOSYSTEM\",\"events\":[{\"introduced\":\"0\"},{\"fixed\":\"4:5.26.3-420.el8\"}]}]}]}"},
	{"m.md", "```toml\n[advisory]\nid = \"RUSTSEC-2024-0001\"\npackage = \"tokio\"\ndate = \"2024-01-01\"\naliases = [\"CVE-2024-1007\"]\n[versions]\n"
		 "patched = [\">= 1.18.4, < 1.19.0\", \">= 1.20.3\"]\nunaffected = [\"< 1.7.0\"]\n```\n# Tokio\n"},
	{"n.md", "```toml\n[advisory]\nid = \"RUSTSEC-2024-0002\"\npackage = \"tokio\"\ndate = \"2024-01-01\"\ninformational = \"unmaintained\"\n[versions]\npatched = []\n```\n"},
	{"CVE-2024-2001", "Candidate: CVE-2024-2001\nPublicDate: 2024-01-01\nDescription:\n A flaw\nPriority: medium\njammy_openssl: released (3.0.2-0ubuntu1.2)\n"
			  "jammy_bash: needed\njammy_zlib: not-affected\njammy_curl: deferred (2024-01-01)\njammy_ghost: DNE\n"},
	{"CVE-2024-2010", "Candidate: CVE-2024-2010\nPublicDate: 2024-01-01\nDescription:\n A flaw\nPriority: medium\nxenial_curl: ignored (end of standard support)\n"
			  "esm-infra/xenial_curl: released (7.47.0-1ubuntu2.19+esm1)\n"},
	{"CVE-2024-2011", "Candidate: CVE-2024-2011\nPublicDate: 2024-01-01\nDescription:\n A flaw\nPriority: medium\nxenial_openssl: released (1.0.2g-1ubuntu4.20)\n"
			  "esm-infra/xenial_openssl: released (1.0.2g-1ubuntu4.20+esm3)\n"},
	{"CVE-2024-2012", "Candidate: CVE-2024-2012\nPublicDate: 2024-01-01\nDescription:\n A flaw\nPriority: medium\nxenial_bash: needed\nesm-infra/xenial_bash: needed\n"},
	/* Of two streams: the extended one has a fix of its own, has none, and says nothing of what is fixed nowhere. */
	{"vex0.json", "{\"document\":{\"category\":\"csaf_vex\",\"csaf_version\":\"2.0\",\"publisher\":{\"category\":\"vendor\",\"name\":\"Red Hat\"},\"tracking\":{\"id\":\"CVE-2024-3001\","
		     "\"current_release_date\":\"2024-01-02T00:00:00Z\"}},\"product_tree\":{\"branches\":[{\"branches\":[{\"category\":\"product_name\",\"name\":\"BaseOS-9\",\"produ"
		     "ct\":{\"name\":\"BaseOS-9\",\"product_id\":\"BaseOS-9\",\"product_identification_helper\":{\"cpe\":\"cpe:/o:redhat:enterprise_linux:9::baseos\"}}},{\"catego"
		     "ry\":\"product_name\",\"name\":\"EUS-9.2\",\"product\":{\"name\":\"EUS-9.2\",\"product_id\":\"EUS-9.2\",\"product_identification_helper\":{\"cpe\":\"cpe:/o:redhat"
		     ":rhel_eus:9.2::baseos\"}}},{\"category\":\"product_version\",\"name\":\"2-5.el9_4\",\"product\":{\"name\":\"2-5.el9_4\",\"product_id\":\"2-5.el9_4\",\"product_i"
		     "dentification_helper\":{\"purl\":\"pkg:rpm/redhat/foo@2-5.el9_4?arch=x86_64&epoch=1\"}}},{\"category\":\"product_version\",\"name\":\"2-3.el9_2.1\",\"prod"
		     "uct\":{\"name\":\"2-3.el9_2.1\",\"product_id\":\"2-3.el9_2.1\",\"product_identification_helper\":{\"purl\":\"pkg:rpm/redhat/foo@2-3.el9_2.1?arch=x86_64&ep"
		     "och=1\"}}},{\"category\":\"product_version\",\"name\":\"src\",\"product\":{\"name\":\"src\",\"product_id\":\"foo-src\",\"product_identification_helper\":{\"purl\":"
		     "\"pkg:rpm/redhat/foo?arch=src\"}}}]}],\"relationships\":[{\"category\":\"default_component_of\",\"full_product_name\":{\"name\":\"x\",\"product_id\":\"BaseOS"
		     "-9:2-5.el9_4\"},\"product_reference\":\"2-5.el9_4\",\"relates_to_product_reference\":\"BaseOS-9\"},{\"category\":\"default_component_of\",\"full_product_n"
		     "ame\":{\"name\":\"x\",\"product_id\":\"EUS-9.2:2-3.el9_2.1\"},\"product_reference\":\"2-3.el9_2.1\",\"relates_to_product_reference\":\"EUS-9.2\"}]},\"vulnerab"
		     "ilities\":[{\"cve\":\"CVE-2024-3001\",\"product_status\":{\"fixed\":[\"BaseOS-9:2-5.el9_4\",\"EUS-9.2:2-3.el9_2.1\"],\"known_affected\":[]}}]}"},
	{"vex1.json", "{\"document\":{\"category\":\"csaf_vex\",\"csaf_version\":\"2.0\",\"publisher\":{\"category\":\"vendor\",\"name\":\"Red Hat\"},\"tracking\":{\"id\":\"CVE-2024-3002\","
		     "\"current_release_date\":\"2024-01-02T00:00:00Z\"}},\"product_tree\":{\"branches\":[{\"branches\":[{\"category\":\"product_name\",\"name\":\"BaseOS-9\",\"produ"
		     "ct\":{\"name\":\"BaseOS-9\",\"product_id\":\"BaseOS-9\",\"product_identification_helper\":{\"cpe\":\"cpe:/o:redhat:enterprise_linux:9::baseos\"}}},{\"catego"
		     "ry\":\"product_name\",\"name\":\"EUS-9.2\",\"product\":{\"name\":\"EUS-9.2\",\"product_id\":\"EUS-9.2\",\"product_identification_helper\":{\"cpe\":\"cpe:/o:redhat"
		     ":rhel_eus:9.2::baseos\"}}},{\"category\":\"product_version\",\"name\":\"2-6.el9_4\",\"product\":{\"name\":\"2-6.el9_4\",\"product_id\":\"2-6.el9_4\",\"product_i"
		     "dentification_helper\":{\"purl\":\"pkg:rpm/redhat/foo@2-6.el9_4?arch=x86_64&epoch=1\"}}},{\"category\":\"product_version\",\"name\":\"src\",\"product\":{\"n"
		     "ame\":\"src\",\"product_id\":\"foo-src\",\"product_identification_helper\":{\"purl\":\"pkg:rpm/redhat/foo?arch=src\"}}}]}],\"relationships\":[{\"category\":\""
		     "default_component_of\",\"full_product_name\":{\"name\":\"x\",\"product_id\":\"BaseOS-9:2-6.el9_4\"},\"product_reference\":\"2-6.el9_4\",\"relates_to_product"
		     "_reference\":\"BaseOS-9\"}]},\"vulnerabilities\":[{\"cve\":\"CVE-2024-3002\",\"product_status\":{\"fixed\":[\"BaseOS-9:2-6.el9_4\"],\"known_affected\":[]}}]}"},
	{"vex2.json", "{\"document\":{\"category\":\"csaf_vex\",\"csaf_version\":\"2.0\",\"publisher\":{\"category\":\"vendor\",\"name\":\"Red Hat\"},\"tracking\":{\"id\":\"CVE-2024-3003\","
		     "\"current_release_date\":\"2024-01-02T00:00:00Z\"}},\"product_tree\":{\"branches\":[{\"branches\":[{\"category\":\"product_name\",\"name\":\"BaseOS-9\",\"produ"
		     "ct\":{\"name\":\"BaseOS-9\",\"product_id\":\"BaseOS-9\",\"product_identification_helper\":{\"cpe\":\"cpe:/o:redhat:enterprise_linux:9::baseos\"}}},{\"catego"
		     "ry\":\"product_name\",\"name\":\"EUS-9.2\",\"product\":{\"name\":\"EUS-9.2\",\"product_id\":\"EUS-9.2\",\"product_identification_helper\":{\"cpe\":\"cpe:/o:redhat"
		     ":rhel_eus:9.2::baseos\"}}},{\"category\":\"product_version\",\"name\":\"src\",\"product\":{\"name\":\"src\",\"product_id\":\"foo-src\",\"product_identification_"
		     "helper\":{\"purl\":\"pkg:rpm/redhat/foo?arch=src\"}}}]}],\"relationships\":[{\"category\":\"default_component_of\",\"full_product_name\":{\"name\":\"x\",\"pro"
		     "duct_id\":\"BaseOS-9:foo\"},\"product_reference\":\"foo-src\",\"relates_to_product_reference\":\"BaseOS-9\"}]},\"vulnerabilities\":[{\"cve\":\"CVE-2024-3003"
		     "\",\"product_status\":{\"fixed\":[],\"known_affected\":[\"BaseOS-9:foo\"]}}]}"},
	{"tracker.json", "{\"glibc\":{\"CVE-2024-2002\":{\"description\":\"x\",\"scope\":\"local\",\"releases\":{\"bookworm\":{\"status\":\"open\",\"repositories\":{\"bookworm\":"
			 "\"2.36-9\"},\"urgency\":\"not yet assigned\",\"nodsa\":\"minor\",\"nodsa_reason\":\"ignored\"}}},\"CVE-2024-2003\":{\"releases\":{\"bookworm\":{\"status\":"
			 "\"resolved\",\"repositories\":{},\"fixed_version\":\"0\",\"urgency\":\"unimportant\"}}},\"CVE-2024-2004\":{\"releases\":{\"bookworm\":{\"status\":"
			 "\"resolved\",\"repositories\":{},\"fixed_version\":\"2.36-9+deb12u4\",\"urgency\":\"high**\"}}}}}"},
	{"secdb.json", "{\"distroversion\":\"v3.18\",\"reponame\":\"main\",\"packages\":[{\"pkg\":{\"name\":\"busybox\",\"secfixes\":{\"1.36.1-r2\":[\"CVE-2024-4001\"],\"0\":["
		       "\"CVE-2024-4002\"]}}},{\"pkg\":{\"name\":\"jq\",\"secfixes\":{\"1.6-r0\":[\"CVE-2024-4003 (+ regression fix)\"]}}}]}"},
	{"wolfi-security.json", "{\"apkurl\":\"{{urlprefix}}/{{reponame}}/{{arch}}/{{pkg.name}}-{{pkg.ver}}.apk\",\"archs\":[\"x86_64\"],\"reponame\":\"os\",\"urlprefix\":"
				"\"https://packages.wolfi.dev\",\"packages\":[{\"pkg\":{\"name\":\"glibc\",\"secfixes\":{\"2.39-r1\":[\"CVE-2024-4004\"],\"0\":[\"CVE-2024-4005\"]}}}]}"},
	{"updateinfo.xml", "<?xml version=\"1.0\"?><updates><update type=\"security\"><id>ALAS2-2024-1</id><title>t</title><issued date=\"2024-01-02 10:00\"/><severity>important</severity>"
			   "<references><reference id=\"CVE-2024-5001\" type=\"cve\"/></references><pkglist><collection short=\"amazon-linux-2\"><package arch=\"x86_64\" epoch=\"1\""
			   " name=\"bind\" version=\"9.11\" release=\"3.amzn2\"/></collection></pkglist></update></updates>"},
	{"elsa.xml", "<oval_definitions><definitions><definition class=\"patch\" id=\"a:1\"><metadata><title>ELSA-2024-0007: glibc (IMPORTANT)</title><affected><platform>Oracle Linux 8"
		     "</platform></affected><reference source=\"CVE\" ref_id=\"CVE-2024-5002\"/></metadata><criteria operator=\"AND\"><criterion comment=\"Oracle Linux 8 is installed\"/>"
		     "<criteria operator=\"OR\"><criterion comment=\"glibc is earlier than 0:2.28-100.el8\"/><criterion comment=\"glibc is earlier than 2:2.28-100.ksplice1.el8\"/>"
		     "</criteria></criteria></definition></definitions></oval_definitions>"},
	{"eus.xml", "<oval_definitions><definitions><definition class=\"patch\" id=\"oval:com.redhat.rhsa:def:20240009\"><metadata><title>RHSA-2024:0009: bar security update (Important)"
		    "</title><affected family=\"unix\"><platform>Red Hat Enterprise Linux 9</platform></affected><reference ref_id=\"CVE-2024-5003\" source=\"CVE\"/><advisory><severity>"
		    "Important</severity><affected_cpe_list><cpe>cpe:/o:redhat:rhel_eus:9.2::baseos</cpe></affected_cpe_list></advisory></metadata><criteria operator=\"AND\"><criterion"
		    " comment=\"Red Hat Enterprise Linux 9 is installed\"/><criterion comment=\"bar is earlier than 0:1-2.el9_2\"/></criteria></definition></definitions></oval_definitions>"},
	{"scoped.json", "{\"id\":\"GHSA-npmx-0001\",\"modified\":\"2024-01-01T00:00:00Z\",\"affected\":[{\"package\":{\"ecosystem\":\"npm\",\"name\":\"@babel/traverse\"},\"ranges\":[{"
			"\"type\":\"ECOSYSTEM\",\"events\":[{\"introduced\":\"0\"},{\"fixed\":\"7.23.2\"}]}]}]}"},
	{"last.json", "{\"id\":\"GHSA-npmx-0002\",\"modified\":\"2024-01-01T00:00:00Z\",\"affected\":[{\"package\":{\"ecosystem\":\"npm\",\"name\":\"traverse\"},\"ranges\":[{\"type\":"
		      "\"ECOSYSTEM\",\"events\":[{\"introduced\":\"0\"}]}],\"database_specific\":{\"last_known_affected_version_range\":\"<= 2.0.0\"}}]}"},
	{"dsa.txt", "[29 Mar 2023] DSA-5380-1 xorg-server - security update\n\t{CVE-2024-6001}\n\t[bookworm] - xorg-server 2:1.20.11-1+deb12u6\n"
		    "[12 Apr 2023] DSA-5390-1 xorg-server - security update\n\t{CVE-2024-6001}\n\t[bookworm] - xorg-server 2:1.20.11-1+deb12u7\n"
		    "[12 May 2023] DSA-5391-1 linux - security update\n\t{CVE-2024-6002}\n\t[bookworm] - linux 6.1.90-1\n"},
	{"vex.json", "{\"@context\":\"https://openvex.dev/ns/v0.2.0\",\"@id\":\"x\",\"author\":\"Team\",\"timestamp\":\"2024-01-01T00:00:00Z\",\"statements\":[{\"vulnerability\":"
		     "{\"name\":\"CVE-2024-1001\"},\"products\":[{\"@id\":\"pkg:oci/app?repository_url=registry.example.com/team/app\",\"subcomponents\":[{\"@id\":"
		     "\"pkg:maven/org.acme/core@2.9.0\"}]}],\"status\":\"not_affected\",\"justification\":\"vulnerable_code_not_in_execute_path\"}]}"},
	{"epss.csv", "#model_version:v2024,score_date:2024-01-01T00:00:00Z\ncve,epss,percentile\nCVE-2024-1005,0.9,0.99\nCVE-2024-1003,0.1,0.5\n"},
	{"kev.json", "{\"catalogVersion\":\"1\",\"dateReleased\":\"2024-01-01\",\"vulnerabilities\":[{\"cveID\":\"CVE-2024-1004\",\"dateAdded\":\"2024-01-02\"}]}"},
};

static const struct installed {
	const char *ecosystem, *release, *type, *name, *version, *source, *source_version, *module;
	const char *want; /* "name fixed status; …", sorted; "" for none */
} installed[] = {
	{"Debian", "12", "maven", "org.acme:core", "2.0-alpha1", NULL, NULL, NULL, ""},
	{"Debian", "12", "maven", "org.acme:core", "2.0-rc1", NULL, NULL, NULL, "CVE-2024-1001 2.15.0 affected"},
	{"Debian", "12", "maven", "org.acme:core", "2.14.1", NULL, NULL, NULL, "CVE-2024-1001 2.15.0 affected"},
	{"Debian", "12", "maven", "org.acme:core", "2.15.0", NULL, NULL, NULL, ""},
	{"Debian", "12", "golang", "stdlib", "1.21.0", NULL, NULL, NULL, "CVE-2024-1002 1.21.4 affected"},
	{"Debian", "12", "golang", "stdlib", "1.21rc2", NULL, NULL, NULL, "CVE-2024-1002 1.21.4 affected"},
	{"Debian", "12", "golang", "stdlib", "1.20.11", NULL, NULL, NULL, ""},
	{"Debian", "12", "golang", "stdlib", "1.19", NULL, NULL, NULL, "CVE-2024-1002 1.20.11 affected"},
	{"Debian", "12", "golang", "example.com/win", "v1.0.0", NULL, NULL, NULL, ""},
	{"Debian", "12", "golang", "example.com/Mod", "v0.0.0-20230401000000-abcdefabcdef", NULL, NULL, NULL,
	 "GO-2024-0003 0.0.0-20230501000000-abcdefabcdef affected"},
	{"Debian", "12", "golang", "example.com/Mod", "v0.0.0-20230601000000-abcdefabcdef", NULL, NULL, NULL, ""},
	{"Debian", "12", "golang", "example.com/Mod", "(devel)", NULL, NULL, NULL, ""},
	{"Debian", "12", "golang", "example.com/mod", "v0.0.0-20230401000000-abcdefabcdef", NULL, NULL, NULL, ""},
	{"Debian", "12", "pypi", "my-pkg-x", "1.0", NULL, NULL, NULL, "CVE-2024-1003 1.0.post1 affected"},
	{"Debian", "12", "pypi", "my-pkg-x", "1.0.post1", NULL, NULL, NULL, ""},
	{"Debian", "12", "pypi", "my-pkg-x", "not a version", NULL, NULL, NULL, ""},
	{"Debian", "12", "gem", "rails", "7.0.0.rc1", NULL, NULL, NULL, "GHSA-gemx-0001 7.0.0.rc2 affected"},
	{"Debian", "12", "gem", "rails", "7.0.0", NULL, NULL, NULL, ""},
	{"Debian", "12", "composer", "acme/lib", "2.0.0-RC1", NULL, NULL, NULL, "GHSA-phpx-0001 2.0.0 affected"},
	{"Debian", "12", "composer", "acme/lib", "2.0", NULL, NULL, NULL, ""},
	{"Debian", "12", "nuget", "Newton.JSON", "13.0.1-beta1", NULL, NULL, NULL, "GHSA-netx-0001 13.0.1 affected"},
	{"Debian", "12", "nuget", "Newton.JSON", "13.0.1.0", NULL, NULL, NULL, ""},
	{"Debian", "12", "cargo", "tokio", "1.6.9", NULL, NULL, NULL, ""},
	{"Debian", "12", "cargo", "tokio", "1.17.0", NULL, NULL, NULL, "CVE-2024-1007 1.18.4 affected"},
	{"Debian", "12", "cargo", "tokio", "1.18.5", NULL, NULL, NULL, ""},
	{"Debian", "12", "cargo", "tokio", "1.19.2", NULL, NULL, NULL, "CVE-2024-1007 1.20.3 affected"},
	{"Debian", "12", "cargo", "tokio", "1.20.3", NULL, NULL, NULL, ""},
	{"Debian", "12", "deb", "libc6", "2.36-9+deb12u3", "glibc", "2.36-9+deb12u3", NULL, "CVE-2024-2002 - will-not-fix; CVE-2024-2004 2.36-9+deb12u4 affected"},
	{"Debian", "12", "deb", "libc6", "2.36-9+deb12u4+b1", "glibc", "2.36-9+deb12u4", NULL, "CVE-2024-2002 - will-not-fix"},
	{"Ubuntu", "22.04", "deb", "libssl3", "3.0.2-0ubuntu1.1", "openssl", "3.0.2-0ubuntu1.1", NULL, "CVE-2024-2001 3.0.2-0ubuntu1.2 affected"},
	{"Ubuntu", "22.04", "deb", "bash", "5.1", NULL, NULL, NULL, "CVE-2024-2001 - unfixed"},
	{"Ubuntu", "22.04", "deb", "curl", "7.8", NULL, NULL, NULL, "CVE-2024-2001 - deferred"},
	{"Ubuntu", "22.04", "deb", "zlib1g", "1.2", "zlib", "1.2", NULL, ""},
	{"Ubuntu", "20.04", "deb", "bash", "5.0", NULL, NULL, NULL, ""},
	/* Ubuntu Pro: its fix cannot be had without it, unless it is installed. */
	{"Ubuntu", "16.04", "deb", "curl", "7.47.0-1ubuntu2.19", NULL, NULL, NULL, "CVE-2024-2010 - fix-in-ubuntu-pro"},
	{"Ubuntu Pro", "16.04", "deb", "curl", "7.47.0-1ubuntu2.19", NULL, NULL, NULL, "CVE-2024-2010 7.47.0-1ubuntu2.19+esm1 affected"},
	{"Ubuntu", "16.04", "deb", "curl", "7.47.0-1ubuntu2.19+esm1", NULL, NULL, NULL, ""},
	{"Ubuntu Pro", "16.04", "deb", "curl", "7.47.0-1ubuntu2.19+esm2", NULL, NULL, NULL, ""},
	{"Ubuntu", "16.04", "deb", "openssl", "1.0.2g-1ubuntu4.19", NULL, NULL, NULL, "CVE-2024-2011 1.0.2g-1ubuntu4.20 affected"},
	{"Ubuntu Pro", "16.04", "deb", "openssl", "1.0.2g-1ubuntu4.19", NULL, NULL, NULL, "CVE-2024-2011 1.0.2g-1ubuntu4.20 affected"},
	{"Ubuntu", "16.04", "deb", "openssl", "1.0.2g-1ubuntu4.20", NULL, NULL, NULL, ""},
	{"Ubuntu", "16.04", "deb", "bash", "4.3", NULL, NULL, NULL, "CVE-2024-2012 - unfixed"},
	{"Ubuntu Pro", "16.04", "deb", "bash", "4.3", NULL, NULL, NULL, "CVE-2024-2012 - unfixed"},
	/* An extended stream is judged by its own fixes alone, and the main one by its own. */
	{"Red Hat", "rhel_eus:9.2", "rpm", "foo", "1:2-3.el9_2", "foo", "2-3.el9_2", NULL, "CVE-2024-3001 1:2-3.el9_2.1 affected; CVE-2024-3003 - unfixed"},
	{"Red Hat", "rhel_eus:9.2", "rpm", "foo", "1:2-3.el9_2.1", "foo", "2-3.el9_2.1", NULL, "CVE-2024-3003 - unfixed"},
	{"Red Hat", "9", "rpm", "foo", "1:2-3.el9_2.1", "foo", "2-3.el9_2.1", NULL,
	 "CVE-2024-3001 1:2-5.el9_4 affected; CVE-2024-3002 1:2-6.el9_4 affected; CVE-2024-3003 - unfixed"},
	{"Red Hat", "9", "rpm", "foo", "1:2-6.el9_4", "foo", "2-6.el9_4", NULL, "CVE-2024-3003 - unfixed"},
	/* secdb: by origin, "0" is never affected, a release candidate comes before the release. */
	{"Alpine", "3.18", "apk", "ssl_client", "1.36.1-r1", "busybox", NULL, NULL, "CVE-2024-4001 1.36.1-r2 affected"},
	{"Alpine", "3.18", "apk", "ssl_client", "1.36.1-r2", "busybox", NULL, NULL, ""},
	{"Alpine", "3.18", "apk", "jq", "1.6_rc1-r0", NULL, NULL, NULL, "CVE-2024-4003 1.6-r0 affected"},
	{"Alpine", "3.18", "apk", "jq", "1.6-r0", NULL, NULL, NULL, ""},
	{"Alpine", "edge", "apk", "jq", "1.5-r0", NULL, NULL, NULL, ""},
	{"Wolfi", "20230201", "apk", "ld-linux", "2.39-r0", "glibc", NULL, NULL, "CVE-2024-4004 2.39-r1 affected"},
	{"Wolfi", "", "apk", "ld-linux", "2.39-r1", "glibc", NULL, NULL, ""},
	/* Epochs on both sides; a kernel's live patch is no fix for others; what covers the second Amazon Linux does not cover the third. */
	{"Amazon Linux", "2", "rpm", "bind", "1:9.11-2.amzn2", "bind", "9.11-2.amzn2", NULL, "CVE-2024-5001 1:9.11-3.amzn2 affected"},
	{"Amazon Linux", "2", "rpm", "bind", "2:9.10-1.amzn2", "bind", "9.10-1.amzn2", NULL, ""},
	{"Amazon Linux", "2023", "rpm", "bind", "1:9.11-2.amzn2023", "bind", "9.11-2.amzn2023", NULL, ""},
	{"Oracle Linux", "8", "rpm", "glibc", "2.28-99.el8", "glibc", "2.28-99.el8", NULL, "CVE-2024-5002 0:2.28-100.el8 affected"},
	{"Oracle Linux", "8", "rpm", "glibc", "2.28-100.el8", "glibc", "2.28-100.el8", NULL, ""},
	{"Oracle Linux", "8", "rpm", "glibc", "2:2.28-99.ksplice1.el8", "glibc", "2.28-99.ksplice1.el8", NULL, "CVE-2024-5002 2:2.28-100.ksplice1.el8 affected"},
	{"Oracle Linux", "8", "rpm", "glibc", "2:2.28-100.ksplice1.el8", "glibc", "2.28-100.ksplice1.el8", NULL, ""},
	{"Red Hat", "rhel_eus:9.2", "rpm", "bar", "1-1.el9_2", "bar", "1-1.el9_2", NULL, "CVE-2024-5003 0:1-2.el9_2 affected"},
	{"Red Hat", "9", "rpm", "bar", "1-1.el9", "bar", "1-1.el9", NULL, ""},
	{"Debian", "12", "npm", "@babel/traverse", "7.23.1", NULL, NULL, NULL, "GHSA-npmx-0001 7.23.2 affected"},
	{"Debian", "12", "npm", "traverse", "2.0.0", NULL, NULL, NULL, "GHSA-npmx-0002 - unfixed"},
	{"Debian", "12", "npm", "traverse", "2.0.1", NULL, NULL, NULL, ""},
	{"Debian", "12", "npm", "Traverse", "2.0.0", NULL, NULL, NULL, ""},
	/* Several advisories for one CVE: the last completes the fix. The headers of a kernel are not judged. */
	{"Debian", "12", "deb", "xserver-common", "2:1.20.11-1+deb12u6", "xorg-server", "2:1.20.11-1+deb12u6", NULL, "CVE-2024-6001 2:1.20.11-1+deb12u7 affected"},
	{"Debian", "12", "deb", "xserver-common", "1.99", "xorg-server", "1.99", NULL, "CVE-2024-6001 2:1.20.11-1+deb12u7 affected"},
	{"Debian", "12", "deb", "xserver-common", "2:1.20.11-1+deb12u7", "xorg-server", "2:1.20.11-1+deb12u7", NULL, ""},
	{"Debian", "12", "deb", "linux-libc-dev", "6.1.76-1", "linux", "6.1.76-1", NULL, ""},
	{"Debian", "12", "deb", "linux-base", "4.9", NULL, NULL, NULL, ""},
	{"AlmaLinux", "8", "rpm", "nodejs", "1:12.20.0-1.module_el8.3.0+2046+x", "nodejs", "12.20.0-1.module_el8.3.0+2046+x", "nodejs:12:8030:abc",
	 "ALSA-2024:0001 1:12.20.1-1.module_el8.3.0+2047+b07ac28e affected"},
	{"AlmaLinux", "8", "rpm", "nodejs", "1:12.20.1-1.module_el8.3.0+2047+b07ac28e", "nodejs", NULL, "nodejs:12:8030:abc", ""},
	{"AlmaLinux", "8", "rpm", "nodejs", "1:10.24.0-1.module_el8.3.0+2047+b07ac28e", "nodejs", NULL, "nodejs:10:8030:abc", ""},
	{"AlmaLinux", "8", "rpm", "nodejs", "1:10.0.0-1.el8", "nodejs", NULL, NULL, ""},
	{"Rocky Linux", "8", "rpm", "perl-Errno", "1.28-420.el8", "perl", "5.26.3-420.el8", NULL, ""},
	{"Rocky Linux", "8", "rpm", "perl-libs", "4:5.26.3-419.el8", "perl", "5.26.3-419.el8", NULL, "CVE-2024-1006 4:5.26.3-420.el8 affected"},
	{"Rocky Linux", "9", "rpm", "perl-libs", "4:5.26.3-419.el9", "perl", "5.26.3-419.el9", NULL, ""},
};

static int64_t add_image(struct db *db, const struct installed *p, int n)
{
	bool pro = strcmp(p->ecosystem, "Ubuntu Pro") == 0; /* an Ubuntu that uses it */
	struct err e = {0};
	char ref[32];

	snprintf(ref, sizeof(ref), "image:%d", n);
	CHECK_INT(db_run(db, &e, "INSERT INTO thing(id, kind, ref, type, name) VALUES (?, 'image', ?, 'image', ?)", "iss", (int64_t)n, ref, ref), 0);
	CHECK_INT(db_run(db, &e,
			 "INSERT INTO image(thing, config_digest, runs_as_root, healthcheck, onbuild, layers, bytes, stored_bytes, verified, readable)"
			 " VALUES (?, ?, 0, 0, 0, 1, 1, 1, 1, 1)", "is", (int64_t)n, ref), 0);
	CHECK_INT(db_run(db, &e, "INSERT INTO image_name(image, name, registry, repository, tag) VALUES (?, 'x', 'registry.example.com', 'team/app', '1')", "i",
			 (int64_t)n), 0);
	CHECK_INT(db_run(db, &e, "INSERT INTO inventory(thing, distro, distro_version, ecosystem, release, database, packages, streams) VALUES (?, 'x', 'x', ?, ?, 'deb', 1, ?)",
			 "isss", (int64_t)n, pro ? "Ubuntu" : p->ecosystem, p->release, pro ? "esm" : NULL), 0);
	return n;
}

static void add_package(struct db *db, int64_t image, const struct installed *p, const char *purl)
{
	struct err e = {0};

	if (db_run(db, &e,
		   "INSERT INTO package(thing, type, name, version, source, source_version, module, purl, path, layer, declared, owned)"
		   " VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'x', 0, 0, 0)",
		   "isssssss", image, p->type, p->name, p->version, p->source, p->source_version, p->module, purl))
		printf("  %s\n", e.msg);
	CHECK_INT(e.kind, ERR_NONE);
}

static void found_in(struct db *db, int64_t image, char *out, size_t cap)
{
	sqlite3_stmt *q = db_stmt(db, "SELECT name || ' ' || coalesce(fixed, '-') || ' ' || status FROM v_match WHERE subject = ? ORDER BY 1");
	size_t n = 0;

	db_bind(q, "i", image);
	out[0] = 0;
	while (db_step(db, q, NULL) == 1)
		n += (size_t)snprintf(out + n, cap - n, "%s%.*s", n ? "; " : "", SPAN_ARG(db_text(q, 0)));
	sqlite3_reset(q);
}

static struct db site, feeds;

static void matches(void)
{
	struct err e = {0};
	int n = (int)(sizeof(installed) / sizeof(installed[0]));

	CHECK_INT(db_create(&site, NULL, DB_APPLICATION_ID, &e) || schema_create(&site, &e) || db_begin(&site, &e), 0);
	for (int i = 0; i < n; i++)
		add_package(&site, add_image(&site, &installed[i], i + 1), &installed[i], "pkg:generic/x");
	/* For VEX: the version that the statement names, another one, and the same in an image of another name. */
	for (int i = 0; i < 3; i++) {
		struct installed java = installed[1];

		java.version = i == 1 ? "2.8.0" : "2.9.0";
		add_package(&site, add_image(&site, &java, n + 1 + i), &java, i == 1 ? "pkg:maven/org.acme/core@2.8.0" : "pkg:maven/org.acme/core@2.9.0");
	}
	CHECK_INT(db_run(&site, &e, "UPDATE image_name SET repository = 'team/other' WHERE image = ?", "i", (int64_t)n + 3), 0);
	if (derive_match(&site, &feeds, &e) || open_gather(&site, &e))
		printf("  %s\n", e.msg);
	CHECK_INT(e.kind, ERR_NONE);
	for (int i = 0; i < n; i++) {
		char got[512];

		found_in(&site, i + 1, got, sizeof(got));
		if (strcmp(got, installed[i].want) != 0)
			printf("  %s %s %s:\n", installed[i].type, installed[i].name, installed[i].version);
		test_check_str(span_of(got), span_of(installed[i].want), __FILE__, __LINE__);
	}
}

static int64_t number(const char *sql)
{
	sqlite3_stmt *q = NULL;
	int64_t v = -99;

	if (sqlite3_prepare_v2(site.h, sql, -1, &q, NULL) == SQLITE_OK && sqlite3_step(q) == SQLITE_ROW)
		v = sqlite3_column_int64(q, 0);
	sqlite3_finalize(q);
	return v;
}

static void facts(void)
{
	int n = (int)(sizeof(installed) / sizeof(installed[0]));
	char sql[256];

	/* Known exploitation and its probability also of the CVEs that an advisory is about. */
	CHECK_INT(number("SELECT kev FROM vulnerability WHERE name = 'ALSA-2024:0001'"), 1);
	CHECK_INT(number("SELECT epss * 100 FROM vulnerability WHERE name = 'ALSA-2024:0001'"), 90);
	CHECK_INT(number("SELECT epss * 100 FROM vulnerability WHERE name = 'CVE-2024-1003'"), 10);
	CHECK_INT(number("SELECT count(*) FROM vulnerability v, json_each(v.aliases) WHERE v.name = 'CVE-2024-1003' AND value IN ('PYSEC-2024-1', 'GHSA-pyxx-0001')"), 2);
	CHECK_INT(number("SELECT count(DISTINCT feeds) FROM match m JOIN vulnerability v ON v.id = m.vulnerability WHERE v.name = 'CVE-2024-1003' AND"
			 " m.feeds = 'osv GHSA, osv PYSEC'"), 1);
	CHECK_INT(number("SELECT severity = 'high' FROM vulnerability WHERE name = 'CVE-2024-2004'"), 1);
	CHECK_INT(number("SELECT severity = 'high' FROM vulnerability WHERE name = 'ALSA-2024:0001'"), 1);
	for (int i = 0; i < 3; i++) {
		snprintf(sql, sizeof(sql), "SELECT suppressed FROM v_match WHERE subject = %d", n + 1 + i);
		CHECK_INT(number(sql), i == 0);
		snprintf(sql, sizeof(sql), "SELECT count(*) FROM v_vulnerability WHERE subject = %d", n + 1 + i);
		CHECK_INT(number(sql), i != 0);
	}
	/* A fix that only a subscription brings is none, and is told. */
	CHECK_INT(number("SELECT count(*) FROM v_vulnerability WHERE status = 'fix-in-ubuntu-pro' AND NOT fixable AND subscription_fixed = '7.47.0-1ubuntu2.19+esm1'"), 1);
	CHECK_INT(number("SELECT count(*) FROM v_open_group WHERE in_pro AND unfixable AND NOT fixable"), 1);
	CHECK_INT(number("SELECT count(*) FROM feed_coverage WHERE state = 'assessed' AND release = '9' AND reason LIKE '%does not tell its repositories%'"), 3);
	CHECK_INT(number("SELECT count(*) FROM feed_coverage WHERE state = 'not-assessed' AND package = 'linux'"), 1);
	/* What no feed covers is told by name. */
	CHECK_INT(number("SELECT count(*) FROM feed_coverage WHERE state = 'not-assessed' AND ecosystem = 'Amazon Linux' AND release = '2023'"), 1);
	CHECK_INT(number("SELECT count(*) FROM feed_coverage WHERE state = 'not-assessed' AND ecosystem = 'Alpine' AND release = 'edge'"), 1);
	CHECK_INT(number("SELECT count(*) FROM feed_coverage WHERE state = 'not-assessed' AND reason = 'no imported feed covers Ubuntu 20.04'"), 1);
	CHECK_INT(number("SELECT count(*) FROM feed_coverage WHERE state = 'not-assessed' AND ecosystem = 'Rocky Linux' AND release = '9'"), 1);
	CHECK_INT(number("SELECT count(*) FROM feed_coverage WHERE state = 'not-assessed' AND ecosystem = 'Maven'"), 0);
}

static int import(const char *folder, const char *out)
{
	struct store store = {0};
	struct err e = {0};
	char path[512];
	const char *inputs[] = {folder};

	if (mkdir(folder, 0755))
		return -1;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		FILE *f;

		snprintf(path, sizeof(path), "%s/%s", folder, files[i][0]);
		f = fopen(path, "w");
		if (!f || fputs(files[i][1], f) < 0 || fclose(f))
			return -1;
	}
	if (import_feeds(&store, out, inputs, 1, &e))
		printf("  %s\n", e.msg);
	CHECK_INT(store.broken, 0);
	CHECK_INT(store.skipped, 0);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, files[i][0]);
		unlink(path);
	}
	rmdir(folder);
	return e.kind;
}

int main(void)
{
	const char *tmp = getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp";
	struct err e = {0};
	char folder[256], path[300];

	snprintf(folder, sizeof(folder), "%s/match-%ld", tmp, (long)getpid());
	snprintf(path, sizeof(path), "%s.db", folder);
	CHECK_INT(import(folder, path), 0);
	CHECK_INT(db_open(&feeds, path, DB_FEEDS_APPLICATION_ID, &e), 0);
	TEST(matches);
	TEST(facts);
	db_close(&feeds);
	db_close(&site);
	unlink(path);
	return test_end();
}
