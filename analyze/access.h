/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ACCESS_H
#define ACCESS_H
/* What the actions of `plimsoll access` share: the wishes of the command line, the database, one cluster. */
#include "common/db.h"
#include "common/opts.h"
#include "rbac-eval.h"

struct access {
	struct db db;
	const char *as, *namespace, *cluster, *batch, *format;
	struct opt_list groups; /* --as-group */
	const char *const *words; /* operands behind SITE.db */
	size_t words_n;
	bool json, all;
	int unread; /* lines of a batch that were no question: exit code 4 */
};

typedef int access_action(struct access *x, struct err *e);
/* access-can.c, access-who.c, access-review.c, access-pss.c, access-defaults.c, access-tighten.c */
access_action access_can_i, access_who_can, access_what_can, access_matrix, access_review, access_pss, access_diff_defaults, access_unused,
	access_tighten;

/* The cluster that is asked, in `name`. */
int access_cluster(struct access *x, struct buf *name, struct err *e);
/* The authorization modes of the cluster's API servers beside Node and RBAC, as text ("Webhook, ABAC"); empty: none is known of. RBAC is then not the whole
 * answer: they may allow more (or, before it, deny). Where a configuration file of authorizers is named, that. */
int access_other_authorizers(struct access *x, struct span cluster, struct buf *modes, struct err *e);
/* access-resource.c: cuts RESOURCE[.GROUP][/SUB] as kubectl writes it into the question's parts. Singular and short names, and what comes without its group,
 * are looked up ("deploy" is deployments of apps): roles name the plural only. False: no such resource in Kubernetes itself, and no group is given. */
bool access_resource(struct rbac_question *q, struct span text);
/* The same for the command line, with a warning where the resource is not known. */
void access_resource_asked(struct rbac_question *q, struct span text);
/* The groups that the API server adds to a user that is impersonated without any: those of service accounts, and
 * system:authenticated or system:unauthenticated. In the arena. */
struct rbac_list access_groups(struct arena *a, struct span user, const struct opt_list *given);
#endif
