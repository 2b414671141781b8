/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAVEN_GROUP_H
#define MAVEN_GROUP_H
/* Groups of jars that do not say theirs (analyze/maven-groups.yaml, part of the program). */
#include "common/span.h"

/* The Maven group of an artifact, valid for the whole run; absent: not in the list. */
struct span maven_group(struct span artifact);
#endif
