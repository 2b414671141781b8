/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLACE_H
#define PLACE_H
/* Ecosystems, releases and package names in one writing, whichever feed tells of them. */
#include "common/arena.h"
#include "common/version.h"

struct place {
	struct span ecosystem, release;	/* as schema.sql's scope has them */
	enum version_scheme scheme;
	bool binary; /* its names are those of built packages */
};

/* OSV's: "Debian:12", "Alpine:v3.18", "Ubuntu:22.04:LTS", "Ubuntu:Pro:14.04:LTS", "Red Hat:enterprise_linux:8::appstream",
 * "SUSE:Linux Enterprise Server 15 SP3", "npm", "kubernetes". */
struct place place_of_osv(struct arena *a, struct span ecosystem);
/* The place of a CPE of Red Hat's ("cpe:/o:redhat:enterprise_linux:8::baseos"); its release is red_hat_release's (common/red-hat.h) and ends with NUL.
 * False when it is none. */
bool place_of_red_hat_cpe(struct arena *a, struct span cpe, struct place *out);
/* "15.3" of "SUSE Linux Enterprise Module for Basesystem 15 SP3", "15.4" of "openSUSE Leap 15.4". Absent without a number. */
struct span place_suse_release(struct arena *a, struct span product);
/* The release of an Ubuntu code name, also "esm-infra/xenial" and "trusty/esm" (then `*pro` is set); absent when unknown. */
struct span place_ubuntu_release(struct span codename, bool *pro);
/* The name as feeds and inventories meet: PyPI per PEP 503, NuGet and Packagist in lower case. */
struct span place_name(struct arena *a, struct span ecosystem, struct span name);
/* The module of an rpm's statement: "nodejs:12" when `title` names it, "*" when only the fixed version tells that it is of
 * a module, absent when it is of none. */
struct span place_module(struct arena *a, struct span title, struct span fixed);
#endif
