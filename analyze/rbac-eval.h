/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RBAC_EVAL_H
#define RBAC_EVAL_H
/*
 * Answers of one cluster's authorizers from an assessment database, as its API server would give them: the group
 * system:masters, the Node authorizer (rbac-node.h), RBAC (plugin/pkg/auth/authorizer/rbac; pkg/registry/rbac/validation).
 * Bindings are indexed by subject in memory; a role's rules are read when they are first asked.
 */
#include "rbac-rule.h"
#include "common/buf.h"
#include "common/db.h"

struct rbac_role {
	int64_t thing;
	const char *ref;
	struct rbac_rules *rules; /* NULL until asked */
};

struct rbac_binding {
	int64_t thing;
	struct span ref, name, namespace; /* namespace empty: ClusterRoleBinding */
	struct span role_kind, role_name;
	struct rbac_role *role; /* NULL: no such role */
};

enum rbac_authorizer { RBAC_NONE, RBAC_MASTERS, RBAC_NODE, RBAC_RULE };

struct rbac_answer {
	bool allowed;
	enum rbac_authorizer by;
	const struct rbac_binding *binding; /* RBAC_RULE: the first in order: cluster-wide ones by name, then those of the namespace */
	const struct policy_rule *rule;
	const char *reason;		    /* RBAC_NODE: which of its rules, a literal */
};

struct rbac_eval;
/* The cluster to ask when the user names one (ERR_USAGE when it is not there) or none (ERR_USAGE when there are several). */
int rbac_eval_cluster(struct db *db, const char *wanted, struct buf *name, struct err *e);
/* For any question to this cluster. The database must stay open. */
int rbac_eval_open(struct db *db, struct span cluster, struct rbac_eval **out, struct err *e);
/* For questions about this user and these groups only: reads no more bindings than theirs. */
int rbac_eval_open_for(struct db *db, struct span cluster, struct span user, struct rbac_list groups, struct rbac_eval **out, struct err *e);
/* For walking over the bindings with rbac_eval_binding() alone: subjects are not read. */
int rbac_eval_open_bindings(struct db *db, struct span cluster, struct rbac_eval **out, struct err *e);
int rbac_eval_ask(struct rbac_eval *v, const struct rbac_question *q, struct rbac_answer *out, struct err *e);
/* Reads a role's rules if that was not done yet. */
int rbac_eval_rules(struct rbac_eval *v, struct rbac_role *role, struct err *e);
/* The i-th binding in order, NULL behind the last. */
const struct rbac_binding *rbac_eval_binding(const struct rbac_eval *v, size_t i);
/* Bindings that apply to a user and groups, all namespaces, without repetition; in `a`. */
size_t rbac_eval_held(struct rbac_eval *v, struct arena *a, struct span user, struct rbac_list groups, const struct rbac_binding ***out);
void rbac_eval_free(struct rbac_eval *v);
/* `{"binding":..,"role":..,"rule":{..}}` of an answer, `null` when nothing allows. */
void rbac_answer_json(struct buf *b, const struct rbac_answer *answer);
#endif
