/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RED_HAT_H
#define RED_HAT_H
/*
 * Red Hat's names of products and repositories. Products are told by CPEs, which Red Hat writes as patterns: "cpe:/a:redhat:openshift:4" is about
 * "cpe:/a:redhat:openshift:4.13::el8" too. Sources: Red Hat's security data guidelines (cpe.md, scanning-vendors.md), CPE 2.2 and 2.3.
 */
#include "arena.h"
#include "span.h"

/* A CPE as feeds' releases have it: Enterprise Linux by its major number ("8"), its extended streams by their minor release ("rhel_eus:8.4"), both without
 * their channels; other products with all that the CPE says ("openshift:4.12::el8", "devtools:"). CPE 2.2 and 2.3. Absent: no CPE of Red Hat's. */
struct span red_hat_release(struct arena *a, struct span cpe);
/* "rhel_eus:8.4" and its likes: a stream whose builds have versions of their own. */
bool red_hat_is_extended(struct span release);
/* "rhel_eus:8.4", from release 10 on "enterprise_linux_eus:10.0": the stream ("eus") of a version that begins with `major`. */
struct span red_hat_stream(struct arena *a, const char *stream, struct span major, struct span version);
/* "openshift:4.12::el8": a product beside Enterprise Linux. */
bool red_hat_is_layered(struct span release);
/* Is a statement about `product` one about `repository`? Both as red_hat_release has them. What the statement leaves out is any; a version stands for all
 * that begin with its parts ("4" for "4.13", not for "45"); %01 and %02 are CPE's wild cards. */
bool red_hat_fits(struct span product, struct span repository);
/* May a statement about `product` be about packages of that major release? False where it names another one's ("openshift:4.12::el8" for "9"). */
bool red_hat_for_major(struct span product, struct span major);
/* A content set whose name alone tells that it is Enterprise Linux's own ("rhel-8-for-x86_64-baseos-rpms", "ubi-9-appstream-rpms"). */
bool red_hat_is_base_set(struct span set);
/* Who built it, as a package's release tells: "rhaos" of "5.rhaos4.12.el8", "jbcs" of "80.el8jbcs"; empty: nobody else than Enterprise Linux. */
struct span red_hat_builder(struct span version);
#endif
