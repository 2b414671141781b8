/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DERIVE_RBAC_H
#define DERIVE_RBAC_H
#include "common/db.h"
/* Fills binding.role, binding_subject.thing, principals of system 'kubernetes' with their implicit groups, the rules of
 * aggregated cluster roles, and rule_right. */
int derive_rbac(struct db *db, struct err *e);
/* derive-member.c: members of groups by audit logs and engagement file, in principal_group; users that nothing is bound to become principals. */
int derive_members(struct db *db, struct err *e);
#endif
