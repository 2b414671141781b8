/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PURL_H
#define PURL_H
/* Package URLs (purl-spec 1.0, PURL-SPECIFICATION and PURL-TYPES). */
#include "common/packages.h"

struct buf;
/* Appends the package URL of `p`. `os_namespace`, `distro`: of operating system packages ("debian", "debian-12"); NULL: none. */
void purl_add(struct buf *b, const struct package *p, const char *os_namespace, const char *distro);
/* The epoch of an rpm version "1:2-3" and the rest; absent when it has none. */
struct span purl_rpm_epoch(struct span version, struct span *rest);
#endif
