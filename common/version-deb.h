/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VERSION_DEB_H
#define VERSION_DEB_H
#include "span.h"
/* Debian version order: deb-policy 5.6.12, as dpkg --compare-versions. */
int version_deb_cmp(struct span a, struct span b);
#endif
