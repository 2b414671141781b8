/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RBAC_RIGHT_H
#define RBAC_RIGHT_H
/* The sensitive rights that one RBAC rule holds, as table rule_right names them. Matching follows rbac/v1 (VerbMatches,
 * APIGroupMatches, ResourceMatches): "*" stands for all, a resource "*" also for subresources, a resource "x/y" only for that one. */
#include "common/json.h"

struct rbac_rule {
	const struct json *groups, *resources, *verbs, *names; /* arrays as written; names empty: all objects */
};
struct rbac_rights {
	const char *names[64]; /* literals */
	size_t n;
};
/* True when the rule allows the verb on the resource ("pods", "pods/exec"), be it only for the objects that it names. */
bool rbac_rule_covers(const struct rbac_rule *rule, struct span group, struct span resource, struct span verb);
void rbac_rights_of(const struct rbac_rule *rule, struct rbac_rights *out);
#endif
