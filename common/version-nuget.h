/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VERSION_NUGET_H
#define VERSION_NUGET_H
#include "span.h"
/* NuGet.Versioning, VersionComparer.VersionRelease: four numbers, labels without case, metadata ignored. */
int version_nuget_cmp(struct span a, struct span b);
bool version_nuget_valid(struct span v);
#endif
