/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DERIVE_ENGAGEMENT_H
#define DERIVE_ENGAGEMENT_H
/* What the engagement file says, put onto the things it speaks of: environments, owners, trust, data classes, people, scope. */
#include "common/db.h"

/* After loading and owners: namespace.environment, .data_class, .owner; workload.environment, .owner; container.image_trusted; registry.trusted;
 * principal.person, .job_role; scope.state. What the file does not say stays NULL. */
int derive_engagement(struct db *db, struct err *e);
#endif
