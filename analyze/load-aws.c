// SPDX-License-Identifier: Apache-2.0
// AWS account authorization details: users, groups, roles, policies, who holds which. Documents of policies are
// load-aws-policy.c's, the credential report and settings of the account load-aws-report.c's.
#include "load-aws.h"
#include "load-each.h"
#include "common/redact-evidence.h"

#include <ctype.h>

bool aws_account_of(struct span arn, char account[static AWS_ACCOUNT])
{
	struct span rest = arn, part = SPAN_NONE;

	if (!span_eq(span_cut(&rest, ':'), "arn"))
		return false;
	for (int i = 0; i < 4; i++) /* partition, service, region, account */
		part = span_cut(&rest, ':');
	if (!rest.p || part.n != AWS_ACCOUNT - 1)
		return false;
	for (size_t i = 0; i < part.n; i++)
		if (!isdigit((unsigned char)part.p[i]))
			return false;
	snprintf(account, AWS_ACCOUNT, "%.*s", SPAN_ARG(part));
	return true;
}

int aws_scope(struct load *l, const char *account, struct err *e)
{
	return load_scope(l->db, "aws", span_of(account), &l->scope, e);
}

int aws_principal(struct load *l, const char *account, const char *kind, struct span name, const char *pointer, int64_t *thing, struct err *e)
{
	bool root = strcmp(kind, "root") == 0;
	const char *ref = root ? arena_printf(&l->item, "aws:%s/root", account) : arena_printf(&l->item, "aws:%s/%s/%.*s", account, kind, SPAN_ARG(name));
	struct thing_spec spec = {.kind = "principal", .type = arena_printf(&l->item, root ? "AWS account %s user" : "IAM %s", kind), .ref = span_of(ref),
				  .name = name, .pointer = pointer};

	if (load_thing(l, &spec, thing, NULL, e))
		return -1;
	return db_run(l->db, e, "INSERT OR IGNORE INTO principal(thing, system, account, kind, name) VALUES (?, 'aws', ?, ?, ?)", "isst", *thing, account, kind, name);
}

/* One entry of the details: what a user, group or role has in common. */
struct entry {
	struct load *l;
	const struct json *v;
	const char *pointer;
	char account[AWS_ACCOUNT];
	int64_t thing;
};

static int policy_thing(struct entry *n, struct span arn, struct span name, const char *kind, const char *ref, int64_t *thing, struct err *e)
{
	struct thing_spec spec = {.kind = "policy", .type = "IAM policy", .ref = span_of(ref), .name = name, .pointer = n->pointer,
				  .parent = strcmp(kind, "inline") == 0 ? n->thing : 0};

	if (load_thing(n->l, &spec, thing, NULL, e))
		return -1;
	return db_run(n->l->db, e, "INSERT OR IGNORE INTO policy(thing, system, account, name, arn, kind) VALUES (?, 'aws', ?, ?, ?, ?)", "istts", *thing, n->account,
		      name, arn, kind);
}

/* A managed policy by its ARN; those of AWS itself belong to the account "aws". */
static int managed_policy(struct entry *n, struct span arn, int64_t *thing, struct err *e)
{
	struct span name = span_after_last(arn, '/');
	char owner[AWS_ACCOUNT];
	bool aws = span_has(arn, ":iam::aws:policy/");
	const char *ref;

	if (!aws && !aws_account_of(arn, owner))
		snprintf(owner, sizeof(owner), "%s", n->account);
	ref = arena_printf(&n->l->item, "aws:%s/%s/%.*s", aws ? n->account : owner, aws ? "aws-policy" : "policy", SPAN_ARG(name));
	return policy_thing(n, arn, name, aws ? "managed-aws" : "managed-customer", ref, thing, e);
}

static int holds(struct entry *n, int64_t policy, bool boundary, struct err *e)
{
	return db_run(n->l->db, e,
		      "INSERT INTO principal_policy(principal, policy, boundary) SELECT ?1, ?2, ?3 WHERE NOT EXISTS "
		      "(SELECT 1 FROM principal_policy WHERE principal = ?1 AND policy = ?2 AND via IS NULL AND boundary = ?3)",
		      "iib", n->thing, policy, boundary);
}

static int inline_policies(struct entry *n, const char *ref, const char *member, struct err *e)
{
	JSON_EACH(p, json_get(n->v, member))
	{
		struct span name = json_text_at(p, "PolicyName");
		const struct json *document = aws_document(n->l, json_get(p, "PolicyDocument"));
		int64_t policy;

		if (!name.n || policy_thing(n, SPAN_NONE, name, "inline", arena_printf(&n->l->item, "%s#%.*s", ref, SPAN_ARG(name)), &policy, e) ||
		    holds(n, policy, false, e)) {
			if (name.n || load_problem(n->l, n->pointer, e, "an inline policy without a name"))
				return -1;
			continue;
		}
		if (!document ? load_problem(n->l, n->pointer, e, "the document of the inline policy %.*s cannot be read", SPAN_ARG(name)) :
				aws_statements(n->l, policy, document, n->pointer, e))
			return -1;
	}
	return 0;
}

static int attached_policies(struct entry *n, struct err *e)
{
	struct span boundary = json_text_at(n->v, "PermissionsBoundary.PermissionsBoundaryArn");
	int64_t policy;

	JSON_EACH(p, json_get(n->v, "AttachedManagedPolicies"))
	{
		struct span arn = json_text_at(p, "PolicyArn");

		if (arn.n && (managed_policy(n, arn, &policy, e) || holds(n, policy, false, e)))
			return -1;
	}
	if (boundary.n && (managed_policy(n, boundary, &policy, e) || holds(n, policy, true, e)))
		return -1;
	return 0;
}

static int member_of(struct entry *n, struct err *e)
{
	JSON_EACH(g, json_get(n->v, "GroupList"))
	{
		int64_t group;

		if (json_str(g).n && (aws_principal(n->l, n->account, "group", json_str(g), NULL, &group, e) ||
				      db_run(n->l->db, e, "INSERT OR IGNORE INTO principal_group(principal, member_of) VALUES (?, ?)", "ii", n->thing, group)))
			return -1;
	}
	return 0;
}

/* A path is set here only: the same entry seen again is told by it. */
static bool seen(struct entry *n)
{
	return db_int(n->l->db, 0, "SELECT path IS NOT NULL FROM principal WHERE thing = ?", "i", n->thing);
}

static int one_principal(struct entry *n, const char *kind, struct span name, const char *inline_member, struct err *e)
{
	struct span path = json_text_at(n->v, "Path");

	if (aws_principal(n->l, n->account, kind, name, n->pointer, &n->thing, e))
		return -1;
	if (seen(n)) {
		n->thing = 0;
		return 0;
	}
	if (db_run(n->l->db, e, "UPDATE principal SET path = ?, created = ?, boundary = ?, service_linked = ? WHERE thing = ?", "trtii", path.n ? path : SPAN("/"),
		   load_time(json_text_at(n->v, "CreateDate")), json_text_at(n->v, "PermissionsBoundary.PermissionsBoundaryArn"),
		   (int64_t)span_starts(path, "/aws-service-role/"), n->thing))
		return -1;
	return inline_policies(n, arena_printf(&n->l->item, "aws:%s/%s/%.*s", n->account, kind, SPAN_ARG(name)), inline_member, e) || attached_policies(n, e) ? -1 : 0;
}

static int one_user(struct entry *n, struct span name, struct err *e)
{
	if (one_principal(n, "user", name, "UserPolicyList", e))
		return -1;
	return n->thing ? member_of(n, e) : 0;
}

static int one_group(struct entry *n, struct span name, struct err *e)
{
	return one_principal(n, "group", name, "GroupPolicyList", e);
}

static int one_role(struct entry *n, struct span name, struct err *e)
{
	const struct json *used = json_get(n->v, "RoleLastUsed"), *document;
	auto_buf trust = BUF_INIT;

	if (one_principal(n, "role", name, "RolePolicyList", e))
		return -1;
	if (!n->thing)
		return 0;
	document = aws_document(n->l, json_get(n->v, "AssumeRolePolicyDocument"));
	if (!document)
		return load_problem(n->l, n->pointer, e, "the trust policy of the role cannot be read");
	json_write(&trust, document);
	/* IAM Identity Center makes its roles under this name for people. */
	if (db_run(n->l->db, e, "UPDATE principal SET trust = ?, last_used = ?, last_used_known = ?, human = ? WHERE thing = ?", "trbbi", buf_span(&trust),
		   load_time(json_text_at(used, "LastUsedDate")), json_is(used, JSON_OBJECT), span_starts(name, "AWSReservedSSO_") ? 1 : -1, n->thing))
		return -1;
	return aws_trust(n->l, n->thing, document, n->pointer, e);
}

static int one_policy(struct entry *n, struct span arn, struct err *e)
{
	struct span wanted = json_text_at(n->v, "DefaultVersionId");
	int64_t policy;

	if (managed_policy(n, arn, &policy, e))
		return -1;
	JSON_EACH(version, json_get(n->v, "PolicyVersionList"))
	{
		bool fits = json_bool_at(version, "IsDefaultVersion") == 1 || (wanted.n && span_is(wanted, json_text_at(version, "VersionId")));
		const struct json *document = fits ? aws_document(n->l, json_get(version, "Document")) : NULL;

		if (document)
			return aws_statements(n->l, policy, document, n->pointer, e);
	}
	return load_problem(n->l, n->pointer, e, "the document of the policy %.*s cannot be read", SPAN_ARG(arn));
}

static int one_entry(struct load *l, const struct item *it, void *ctx, struct err *e)
{
	char *account = ctx; /* of the last entry */
	static const struct {
		const char *list, *name;
		int (*read)(struct entry *n, struct span name, struct err *e);
	} lists[] = {{"UserDetailList", "UserName", one_user}, {"GroupDetailList", "GroupName", one_group}, {"RoleDetailList", "RoleName", one_role},
		     {"Policies", "Arn", one_policy}};
	struct entry n = {.l = l, .v = it->value, .pointer = it->pointer};
	struct span arn = json_text_at(it->value, "Arn");

	if (span_has(arn, ":iam::aws:policy/"))
		snprintf(n.account, sizeof(n.account), "%s", account);
	if (!n.account[0] && !aws_account_of(arn, n.account))
		return load_problem(l, it->pointer, e, "an entry without an ARN that names an account");
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		struct span name = json_text_at(it->value, lists[i].name);

		if (!span_eq(it->in, lists[i].list))
			continue;
		if (!name.n)
			return load_problem(l, it->pointer, e, "an entry of %s without %s", lists[i].list, lists[i].name);
		snprintf(account, AWS_ACCOUNT, "%s", n.account);
		if (aws_scope(l, n.account, e) || lists[i].read(&n, name, e) || load_kind(l, l->kind, 1, e))
			return -1;
		l->items++;
		return 0;
	}
	return load_problem(l, it->pointer, e, "not a list of account authorization details");
}

/* Rights of groups reach their members; attachments are counted. */
static const char *const finish[] = {
	"INSERT OR IGNORE INTO principal_policy(principal, policy, via, boundary) SELECT m.principal, p.policy, m.member_of, 0 FROM principal_group m "
	"JOIN principal_policy p ON p.principal = m.member_of JOIN principal o ON o.thing = m.principal WHERE o.system = 'aws' AND NOT p.boundary "
	"AND NOT EXISTS (SELECT 1 FROM principal_policy x WHERE x.principal = m.principal AND x.policy = p.policy AND x.via = m.member_of) ORDER BY 1, 3, 2",
	"UPDATE policy SET attached = (SELECT count(*) FROM principal_policy p WHERE p.policy = policy.thing AND p.via IS NULL AND NOT p.boundary) WHERE system = 'aws'",
	NULL,
};

static int without_document(struct load *l, struct err *e)
{
	sqlite3_stmt *s = db_stmt(l->db, "SELECT p.arn, p.name FROM policy p JOIN thing t ON t.id = p.thing WHERE p.system = 'aws' AND t.scope = ? "
					 "AND NOT EXISTS (SELECT 1 FROM policy_statement x WHERE x.policy = p.thing) AND t.evidence = ? ORDER BY t.ref LIMIT 20");
	int rc;

	db_bind(s, "ii", l->scope, l->evidence);
	while ((rc = db_step(l->db, s, e)) == 1) {
		struct span name = db_text(s, 0).p ? db_text(s, 0) : db_text(s, 1);

		if (load_problem(l, NULL, e, "the policy %.*s is held by somebody, but what it allows is not in this file", SPAN_ARG(name))) {
			rc = -1;
			break;
		}
	}
	sqlite3_reset(s);
	return rc;
}

static int load_details(struct load *l, struct source *content, struct err *e)
{
	static const char *const lists[] = {"UserDetailList", "GroupDetailList", "RoleDetailList", "Policies", NULL};
	char account[AWS_ACCOUNT] = "";
	int failed = load_each(l, content, &(struct load_walk){.lists = lists, .each = one_entry, .ctx = account, .more = "IsTruncated"}, e);

	return failed || db_exec_all(l->db, finish, e) || without_document(l, e) ? -1 : 0;
}

int load_aws(struct load *l, struct source *content, struct err *e)
{
	if (strcmp(l->kind, "aws/account-authorization-details") == 0)
		return load_details(l, content, e);
	if (strcmp(l->kind, "aws/credential-report") == 0)
		return load_aws_credential_report(l, content, e);
	return strncmp(l->kind, "aws/eks-", 8) == 0 ? load_aws_eks(l, content, e) : load_aws_settings(l, content, e);
}
