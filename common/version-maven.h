/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VERSION_MAVEN_H
#define VERSION_MAVEN_H
#include "span.h"
/* Maven 3.9, org.apache.maven.artifact.versioning.ComparableVersion. Every text is a version. */
int version_maven_cmp(struct span a, struct span b);
#endif
