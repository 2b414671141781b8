// SPDX-License-Identifier: Apache-2.0
// Access to EKS clusters as AWS keeps it: access entries, the access policies associated with them, how a cluster authenticates. Which cluster of
// the assessment is meant is derive-cloud.c's.
#include "load-aws.h"
#include "load-each.h"

/* One document of the AWS command line. */
struct answer {
	struct load *l;
	const struct json *v;
	const char *pointer;
};

static struct span as_json(struct arena *a, const struct json *v)
{
	auto_buf b = BUF_INIT;

	json_write(&b, v);
	return (struct span){arena_strndup(a, b.p, b.n), b.n};
}

/* Files may hold answers of all three commands: each counts as its own kind. The entry of a principal in a cluster, made when it is new: describe-access-entry and list-associated-access-policies tell of the same. */
static int entry_thing(struct answer *n, const char *kind, struct span cluster, struct span arn, int64_t *thing, struct err *e)
{
	char account[AWS_ACCOUNT];
	struct thing_spec spec = {.kind = "access-entry", .type = "EKS access entry", .name = arn, .pointer = n->pointer};

	*thing = 0;
	if (!cluster.n || !aws_account_of(arn, account))
		return load_problem(n->l, n->pointer, e, "an access entry without clusterName and an ARN of an account as principalArn");
	spec.ref = span_of(arena_printf(&n->l->item, "aws:%s/eks/%.*s#%.*s", account, SPAN_ARG(cluster), SPAN_ARG(arn)));
	if (aws_scope(n->l, account, e) || load_thing(n->l, &spec, thing, NULL, e) || load_kind(n->l, kind, 1, e))
		return -1;
	n->l->items++;
	return db_run(n->l->db, e, "INSERT OR IGNORE INTO access_entry(thing, account, eks_cluster, arn) VALUES (?, ?, ?, ?)", "istt", *thing, account, cluster, arn);
}

static int read_entry(struct answer *n, struct err *e)
{
	const struct json *v = json_get(n->v, "accessEntry");
	int64_t thing;

	if (entry_thing(n, "aws/eks-access-entries", json_text_at(v, "clusterName"), json_text_at(v, "principalArn"), &thing, e))
		return -1;
	return !thing ? 0 : db_run(n->l->db, e, "UPDATE access_entry SET user = ?, groups = ?, type = ? WHERE thing = ?", "ttti", json_text_at(v, "username"),
				   json_is(json_get(v, "kubernetesGroups"), JSON_ARRAY) ? as_json(&n->l->item, json_get(v, "kubernetesGroups")) : SPAN("[]"),
				   json_text_at(v, "type"), thing);
}

static int read_policies(struct answer *n, struct err *e)
{
	int64_t thing;

	if (entry_thing(n, "aws/eks-access-policies", json_text_at(n->v, "clusterName"), json_text_at(n->v, "principalArn"), &thing, e))
		return -1;
	if (!thing)
		return 0;
	JSON_EACH(p, json_get(n->v, "associatedAccessPolicies"))
	{
		struct span arn = json_text_at(p, "policyArn"), scope = json_text_at(p, "accessScope.type");
		const struct json *namespaces = json_path(p, "accessScope.namespaces");

		if (!arn.n || (!span_eq(scope, "cluster") && !span_eq(scope, "namespace"))) {
			if (load_problem(n->l, n->pointer, e, "an associated policy without policyArn, or whose accessScope.type is not cluster or namespace"))
				return -1;
		} else if (db_run(n->l->db, e, "INSERT OR IGNORE INTO access_policy(entry, policy, namespaces) VALUES (?, ?, ?)", "itt", thing, span_after_last(arn, '/'),
				  span_eq(scope, "cluster") ? SPAN_NONE : json_is(namespaces, JSON_ARRAY) ? as_json(&n->l->item, namespaces) : SPAN("[]"))) {
			return -1;
		}
	}
	return db_run(n->l->db, e, "UPDATE access_entry SET policies_known = 1 WHERE thing = ?", "i", thing);
}

static int read_cluster(struct answer *n, struct err *e)
{
	const struct json *v = json_get(n->v, "cluster");
	struct span arn = json_text_at(v, "arn"), name = json_text_at(v, "name");
	char account[AWS_ACCOUNT];
	struct thing_spec spec = {.kind = "eks-cluster", .type = "EKS cluster", .name = name, .pointer = n->pointer};
	int64_t thing;

	if (!name.n || !aws_account_of(arn, account))
		return load_problem(n->l, n->pointer, e, "a cluster without name and an ARN of an account");
	spec.ref = span_of(arena_printf(&n->l->item, "aws:%s/eks/%.*s", account, SPAN_ARG(name)));
	if (aws_scope(n->l, account, e) || load_thing(n->l, &spec, &thing, NULL, e) || load_kind(n->l, "aws/eks-clusters", 1, e))
		return -1;
	n->l->items++;
	return db_run(n->l->db, e, "INSERT OR IGNORE INTO eks_cluster(thing, account, name, arn, authentication_mode) VALUES (?, ?, ?, ?, ?)", "isttt", thing, account, name, arn,
		      json_text_at(v, "accessConfig.authenticationMode"));
}

static int one_answer(struct load *l, const struct item *it, void *ctx, struct err *e)
{
	struct answer n = {l, it->value, it->pointer};

	(void)ctx;
	if (json_get(n.v, "accessEntry"))
		return read_entry(&n, e);
	if (json_get(n.v, "associatedAccessPolicies"))
		return read_policies(&n, e);
	if (json_get(n.v, "cluster"))
		return read_cluster(&n, e);
	return load_problem(l, it->pointer, e, "no answer of describe-access-entry, list-associated-access-policies or describe-cluster");
}

int load_aws_eks(struct load *l, struct source *content, struct err *e)
{
	return load_each(l, content, &(struct load_walk){.each = one_answer, .more = "IsTruncated"}, e);
}
