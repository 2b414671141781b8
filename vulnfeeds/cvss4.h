/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CVSS4_H
#define CVSS4_H
#include "common/span.h"
/* The score of a CVSS 4.0 vector, with its threat and environmental metrics where it has them; -1 when it is none. */
double cvss4_score(struct span vector);
#endif
