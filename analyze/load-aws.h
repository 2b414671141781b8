/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LOAD_AWS_H
#define LOAD_AWS_H
/*
 * AWS identities: `aws iam get-account-authorization-details`, the credential report, the password policy and the account
 * summary. Refs: aws:ACCOUNT/user/NAME, /group/NAME, /role/NAME, /root, /policy/NAME, /aws-policy/NAME (managed by AWS), and
 * OWNER#NAME for inline policies; aws:ACCOUNT/account for the account as a whole.
 * Source: IAM API Reference, IAM User Guide ("Getting credential reports", "Grammar of the IAM JSON policy language").
 */
#include "load.h"

#define AWS_ACCOUNT 13 /* twelve digits */

/* Loader of kinds "aws/...". */
int load_aws(struct load *l, struct source *content, struct err *e);

/* load-aws.c, for the other files: */
/* The account in an ARN; false when it is no ARN with one. */
bool aws_account_of(struct span arn, char account[static AWS_ACCOUNT]);
/* Makes the account the member's scope. */
int aws_scope(struct load *l, const char *account, struct err *e);
/* The principal of that kind ("user", "group", "role", "root") and name, made when it is new. */
int aws_principal(struct load *l, const char *account, const char *kind, struct span name, const char *pointer, int64_t *thing, struct err *e);

/* load-aws-policy.c: */
/* A policy document: an object, or its text, percent-encoded or not (RFC 3986). NULL when it is neither. External ids in it are hidden. */
const struct json *aws_document(struct load *l, const struct json *v);
/* Rows of policy_statement for a policy that has none yet. */
int aws_statements(struct load *l, int64_t policy, const struct json *document, const char *pointer, struct err *e);
/* Rows of role_trust. */
int aws_trust(struct load *l, int64_t role, const struct json *document, const char *pointer, struct err *e);

/* load-aws-report.c: */
int load_aws_credential_report(struct load *l, struct source *content, struct err *e);
/* load-aws-eks.c: answers of `aws eks describe-access-entry`, `list-associated-access-policies` and `describe-cluster`, one or several in a file.
 * Refs: aws:ACCOUNT/eks/CLUSTER and, of an access entry, aws:ACCOUNT/eks/CLUSTER#PRINCIPAL-ARN with the principal's account. */
int load_aws_eks(struct load *l, struct source *content, struct err *e);
/* Password policy and account summary. */
int load_aws_settings(struct load *l, struct source *content, struct err *e);
#endif
