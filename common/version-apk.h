/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VERSION_APK_H
#define VERSION_APK_H
#include "span.h"
/* Alpine version order: apk-tools 3, src/version.c: a component with a leading zero behind the first compares as text. */
int version_apk_cmp(struct span a, struct span b);
#endif
