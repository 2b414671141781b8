/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RBAC_NODE_H
#define RBAC_NODE_H
/*
 * The Node authorizer (plugin/pkg/auth/authorizer/node, Kubernetes 1.34 and later; before 1.32 without its limits on nodes and
 * pods): what a user system:node:NAME in the group system:nodes may do besides RBAC. Asked unless the API server's
 * --authorization-mode is known and names no Node. What pods of the node refer to is read from the database when first asked.
 */
#include "rbac-rule.h"
#include "common/db.h"

struct rbac_node;
struct rbac_node *rbac_node_new(struct db *db, struct span cluster);
/* Sets `*reason` to which of its rules allows (a literal), NULL when it has no opinion. */
int rbac_node_ask(struct rbac_node *n, const struct rbac_question *q, const char **reason, struct err *e);
void rbac_node_free(struct rbac_node *n);
#endif
