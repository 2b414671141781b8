/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DERIVE_NETWORK_H
#define DERIVE_NETWORK_H
#include "common/db.h"
/* network_plugin, reach_class and what hangs on it, network_policy_workload, network_lint, and problems of policies. After derive_owners and scopes. */
int derive_network(struct db *db, struct err *e);
#endif
