/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VERSION_RPM_H
#define VERSION_RPM_H
#include "span.h"
/* RPM version order: epoch, version, release, each by rpmvercmp (rpm 4.18), with ~ and ^. A missing release on either
 * side is not compared. */
int version_rpm_cmp(struct span a, struct span b);
#endif
