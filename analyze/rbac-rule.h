/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RBAC_RULE_H
#define RBAC_RULE_H
/*
 * One question to an authorizer, one RBAC rule, and whether the rule allows it: exactly as kube-apiserver matches
 * (pkg/apis/rbac/v1, evaluation_helpers.go; plugin/pkg/auth/authorizer/rbac, RuleAllows). All comparisons are by byte.
 */
#include "common/arena.h"
#include "common/span.h"

struct rbac_list {
	const struct span *at;
	size_t n;
};

struct policy_rule {
	int64_t ordinal;	  /* place in the role */
	struct rbac_list groups, resources, verbs, names, urls;
	struct span json[5]; /* the five lists as written, in the order above */
};

struct rbac_question {
	struct span user;
	struct rbac_list members; /* groups that the user is in: taken as given, none is added */
	struct span verb;
	bool is_path;		  /* a non-resource URL is asked for: `path` counts and nothing below it */
	struct span path;
	struct span group, resource, subresource, name, namespace; /* empty: core group, none, all names, the whole cluster */
	struct span combined;	  /* resource "/" subresource, filled by rbac_question_settle() */
};

/* Fills `combined`, in the arena where there is a subresource. */
void rbac_question_settle(struct arena *a, struct rbac_question *q);
/* Reads a JSON array of strings as the database holds it; spans in `a` or `json`. What is not a text in it is left out. */
struct rbac_list rbac_list_parse(struct arena *a, struct span json);
bool rbac_rule_allows(const struct policy_rule *rule, const struct rbac_question *q);

/* The rules of one role with an index by resource, so that a role of many rules answers as fast as a small one. */
struct rbac_rules;
struct rbac_rules *rbac_rules_new(struct arena *a, const struct policy_rule *at, size_t n);
/* The first rule that allows it, NULL when none does. */
const struct policy_rule *rbac_rules_ask(const struct rbac_rules *r, const struct rbac_question *q);
const struct policy_rule *rbac_rules_at(const struct rbac_rules *r, size_t i); /* NULL behind the last */
#endif
