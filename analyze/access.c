// SPDX-License-Identifier: Apache-2.0
// `plimsoll access`: who may do what in a cluster. The actions are in access-*.c.
#include "access.h"
#include "commands.h"
#include "common/assessment.h"

static const struct {
	const char *name;
	access_action *run;
	int words; /* operands behind SITE.db at most; -1: the action tells */
} actions[] = {
	{"can-i", access_can_i, -1},
	{"who-can", access_who_can, 3},
	{"what-can", access_what_can, 1},
	{"matrix", access_matrix, 0},
	{"review", access_review, 0},
	{"unused", access_unused, 0},
	{"tighten", access_tighten, 1},
	{"pss", access_pss, 0},
	{"diff-defaults", access_diff_defaults, 0},
};

static const char *const rbac_kinds[] = {"roles", "clusterroles", "rolebindings", "clusterrolebindings", NULL};

enum { ACTIONS = sizeof(actions) / sizeof(actions[0]) };

/* Of what is there in part assessment_warn_missing() tells. */
static void warn_lost(struct access *x, struct span cluster)
{
	if (db_int(&x->db, 0, "SELECT count(*) FROM expected x JOIN scope s ON s.id = x.scope WHERE s.kind = 'cluster' AND s.name = ? AND NOT x.lost AND x.kind IN ('kubernetes/*', 'kubernetes/roles', "
			      "'kubernetes/clusterroles', 'kubernetes/rolebindings', 'kubernetes/clusterrolebindings')", "t", cluster))
		warn("not all roles and bindings could be read (plimsoll browse, coverage): what they allow is not among the answers");
}

int access_cluster(struct access *x, struct buf *name, struct err *e)
{
	if (rbac_eval_cluster(&x->db, x->cluster, name, e))
		return -1;
	warn_lost(x, buf_span(name));
	return 0;
}

static void add_once(struct buf *list, struct span word)
{
	struct span all = buf_span(list);

	while (all.n)
		if (span_is(span_trim(span_cut(&all, ',')), word))
			return;
	if (list->n)
		buf_add_str(list, ", ");
	buf_add_span(list, word);
}

int access_other_authorizers(struct access *x, struct span cluster, struct buf *modes, struct err *e)
{
	sqlite3_stmt *s = db_stmt(&x->db, "SELECT DISTINCT name, value FROM v_node_setting WHERE cluster = ? AND component = 'kube-apiserver' "
					  "AND name IN ('authorization-mode', 'authorization-config') AND value != '' ORDER BY name DESC, value");
	int rc;

	db_bind(s, "t", cluster);
	while ((rc = db_step(&x->db, s, e)) == 1) {
		struct span value = db_text(s, 1);

		if (span_eq(db_text(s, 0), "authorization-config"))
			add_once(modes, SPAN("those of --authorization-config"));
		while (span_eq(db_text(s, 0), "authorization-mode") && value.n) {
			struct span mode = span_trim(span_cut(&value, ','));

			if (mode.n && !span_eq(mode, "RBAC") && !span_eq(mode, "Node"))
				add_once(modes, mode);
		}
	}
	sqlite3_reset(s);
	if (rc == 0 && db_int(&x->db, 0, "SELECT EXISTS (SELECT 1 FROM v_access_policy p JOIN v_access_entry a ON a.subject = p.subject WHERE p.cluster = ? AND a.authentication_mode IS NOT 'CONFIG_MAP')", "t", cluster))
		add_once(modes, SPAN("EKS access policies"));
	return rc;
}

struct rbac_list access_groups(struct arena *a, struct span user, const struct opt_list *given)
{
	struct span *at = arena_array(a, given->n + 3, sizeof(*at)), account = user, namespace;
	struct rbac_list list = {at, 0};

	for (size_t i = 0; i < given->n; i++)
		at[list.n++] = span_of(given->at[i]);
	if (given->n || !user.n)
		return list;
	if (span_starts(account, "system:serviceaccount:")) {
		account.p += strlen("system:serviceaccount:");
		account.n -= strlen("system:serviceaccount:");
		namespace = span_cut(&account, ':');
		if (account.n && namespace.n) {
			at[list.n++] = SPAN("system:serviceaccounts");
			at[list.n++] = span_of(arena_printf(a, "system:serviceaccounts:%.*s", SPAN_ARG(namespace)));
		}
	}
	at[list.n++] = span_eq(user, "system:anonymous") ? SPAN("system:unauthenticated") : SPAN("system:authenticated");
	return list;
}

static int run(void *ctx, const struct opt_list *rest, struct err *e)
{
	struct access *x = ctx;

	if (x->format && strcmp(x->format, "table") != 0 && strcmp(x->format, "json") != 0)
		return err_set(e, ERR_USAGE, "access: --format is table or json");
	x->json = x->format && strcmp(x->format, "json") == 0;
	for (int i = 0; i < ACTIONS; i++) {
		if (strcmp(rest->at[0], actions[i].name) != 0)
			continue;
		x->words = rest->at + 2;
		x->words_n = rest->n - 2;
		if (actions[i].words >= 0 && x->words_n > (size_t)actions[i].words)
			return err_set(e, ERR_USAGE, "access %s: too many words: '%s'", actions[i].name, x->words[actions[i].words]);
		if (assessment_open(&x->db, rest->at[1], e))
			return -1;
		if (actions[i].run != access_pss)
			assessment_warn_missing(&x->db, x->cluster, rbac_kinds, "what they allow is not among the answers");
		return actions[i].run(x, e) ? -1 : x->unread ? 4 : 0;
	}
	return err_set(e, ERR_USAGE, "access: no action '%s' (plimsoll access --help)", rest->at[0]);
}

static const char more[] =
	"can-i SITE.db --as USER VERB RESOURCE[.GROUP][/SUB] [NAME]   may this user? Or VERB /path\n"
	"can-i SITE.db --batch FILE|-   questions as JSON Lines, the same objects with \"allowed\" and \"by\" out\n"
	"who-can SITE.db VERB RESOURCE[.GROUP][/SUB] [NAME]   all who may; -n NAMESPACE: there\n"
	"what-can SITE.db SUBJECT   the rules of a user, group:NAME or sa:NAMESPACE/NAME, with where they come from\n"
	"matrix SITE.db   subjects against sensitive rights\n"
	"review SITE.db   accounts of people, of Kubernetes and of applications: what they hold in words, where from, last use\n"
	"unused SITE.db   roles bound to nobody, bindings that lead nowhere, that repeat others, that no log shows in use\n"
	"diff-defaults SITE.db   what was added to the roles and bindings that Kubernetes makes itself; --all: also what is missing\n"
	"tighten SITE.db ROLE|SUBJECT   the role, or roles for the account, cut down to what audit logs show in use, as YAML\n"
	"pss SITE.db      the level of the Pod Security Standards that each workload meets, and its namespace\n\n"
	"Exit codes: 0 done, 2 usage, 3 input refused, 4 lines of a batch were no questions (the rest is answered).\n";

int cmd_access(int argc, char **argv)
{
	struct access x = {0};
	const struct opt table[] = {
		{"as", 0, OPT_TEXT, &x.as, "USER", "Who asks; a service account is system:serviceaccount:NAMESPACE:NAME."},
		{"as-group", 0, OPT_LIST, &x.groups, "GROUP", "A group of the user; without any, those that the API server would add."},
		{"namespace", 'n', OPT_TEXT, &x.namespace, "NAMESPACE", "Where; without it, the whole cluster."},
		{"cluster", 0, OPT_TEXT, &x.cluster, "NAME", "Which cluster, when there are several."},
		{"batch", 0, OPT_TEXT, &x.batch, "FILE", "Questions as JSON Lines, - for standard input."},
		{"format", 0, OPT_TEXT, &x.format, "FORMAT", "table (default) or json."},
		{"all", 'a', OPT_FLAG, &x.all, NULL, "Also what Kubernetes brings along itself."},
		{0},
	};
	const struct opts opts = {.command = "access", .synopsis = "ACTION SITE.db [ARGUMENTS]", .summary = "Tells who may do what in a cluster.",
				  .table = table, .more = more, .min = 2, .max = -1};
	int rc = opts_run(&opts, argc, argv, run, &x);

	db_close(&x.db);
	opts_fini(&x.groups);
	return rc;
}
