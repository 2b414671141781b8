// SPDX-License-Identifier: Apache-2.0
// `plimsoll access tighten`: a role, or the roles of an account, cut down to what audit logs show in use.
#include "access.h"
#include "common/text.h"

struct tighten {
	struct access *x;
	struct buf out;
	struct span cluster;
	int documents;
};

/* What was used, by place: `of` selects rows of audit_use by ?1 (a role's thing, or an account) and ?2 (the cluster). */
#define USED(of)                                                                                                                             \
	"SELECT iif(is_path, '[]', json_array(api_group)), iif(is_path, '[]', json_group_array(what)), verbs, iif(is_path, json_group_array(what), '[]') " \
	"FROM (SELECT api_group, is_path, what, json_group_array(verb) AS verbs FROM (SELECT DISTINCT u.api_group, u.path <> '' AS is_path, "     \
	"CASE WHEN u.path <> '' THEN u.path WHEN u.subresource <> '' THEN u.resource || '/' || u.subresource ELSE u.resource END AS what, u.verb "  \
	"FROM audit_use u WHERE " of " AND u.allowed > 0 AND (?3 IS NULL OR u.namespace = ?3) ORDER BY 1, 2, 3, 4) "                              \
	"GROUP BY api_group, is_path, what ORDER BY 1, 2, 3) GROUP BY api_group, is_path, verbs ORDER BY is_path, api_group, min(what)"

static void add_list(struct buf *b, const char *key, struct span json, bool *first)
{
	auto_arena a = ARENA_INIT;
	struct rbac_list list = rbac_list_parse(&a, json);

	if (!list.n)
		return;
	buf_printf(b, "%s%s: [", *first ? "- " : "  ", key);
	for (size_t i = 0; i < list.n; i++) {
		buf_add_str(b, i ? ", " : "");
		text_add_json(b, list.at[i]);
	}
	buf_add_str(b, "]\n");
	*first = false;
}

static int add_rules(struct tighten *t, const char *sql, struct span what, int64_t role, struct span namespace, struct err *e)
{
	sqlite3_stmt *s = db_stmt(&t->x->db, sql);
	size_t from;
	int rc;

	if (role)
		db_bind(s, "itt", role, t->cluster, namespace);
	else
		db_bind(s, "ttt", what, t->cluster, namespace);
	buf_add_str(&t->out, "rules:");
	from = t->out.n;
	while ((rc = db_step(&t->x->db, s, e)) == 1) {
		bool first = true;

		if (t->out.n == from)
			buf_add_char(&t->out, '\n');
		add_list(&t->out, "apiGroups", db_text(s, 0), &first);
		add_list(&t->out, "resources", db_text(s, 1), &first);
		add_list(&t->out, "nonResourceURLs", db_text(s, 3), &first);
		add_list(&t->out, "verbs", db_text(s, 2), &first);
	}
	if (t->out.n == from)
		buf_add_str(&t->out, " []\n");
	sqlite3_reset(s);
	return rc;
}

static void add_head(struct tighten *t, const char *kind, struct span namespace, struct span name)
{
	buf_printf(&t->out, "%sapiVersion: rbac.authorization.k8s.io/v1\nkind: %s\nmetadata:\n  name: ", t->documents++ ? "---\n" : "", kind);
	text_add_json(&t->out, name);
	if (namespace.n) {
		buf_add_str(&t->out, "\n  namespace: ");
		text_add_json(&t->out, namespace);
	}
	buf_add_char(&t->out, '\n');
}

/* The rules of the role that nothing used, as comments. */
static int left_out(struct tighten *t, int64_t role, struct err *e)
{
	sqlite3_stmt *s = db_stmt(&t->x->db, "SELECT ordinal, verbs, groups, resources, names, urls FROM role_rule x WHERE role = ? AND NOT EXISTS "
					     "(SELECT 1 FROM rule_use u WHERE u.rule = x.id) ORDER BY ordinal");
	int rc;

	db_bind(s, "i", role);
	while ((rc = db_step(&t->x->db, s, e)) == 1) {
		buf_printf(&t->out, "# not used: rule %lld:", (long long)sqlite3_column_int64(s, 0));
		for (int i = 1; i < 6; i++)
			if (db_text(s, i).n > 2) {
				buf_add_char(&t->out, ' ');
				text_add_clean(&t->out, db_text(s, i), false);
			}
		buf_add_char(&t->out, '\n');
	}
	sqlite3_reset(s);
	return rc;
}

static int tighten_role(struct tighten *t, int64_t role, struct err *e)
{
	sqlite3_stmt *s = db_stmt(&t->x->db, "SELECT namespace, name FROM role WHERE thing = ?");
	int rc;

	db_bind(s, "i", role);
	rc = db_step(&t->x->db, s, e);
	if (rc == 1)
		add_head(t, db_text(s, 0).p ? "Role" : "ClusterRole", db_text(s, 0), db_text(s, 1));
	sqlite3_reset(s);
	if (rc < 0 || add_rules(t, USED("u.cluster = ?2 AND u.id IN (SELECT r.use FROM rule_use r JOIN role_rule x ON x.id = r.rule WHERE x.role = ?1)"), SPAN_NONE, role,
				SPAN_NONE, e))
		return -1;
	return left_out(t, role, e);
}

/* A name that Kubernetes takes everywhere, from one that it may not. */
static void plain_name(struct buf *b, struct span name)
{
	buf_add_str(b, "used-by-");
	for (size_t i = 0; i < name.n && i < 200; i++) {
		char c = name.p[i];

		buf_add_char(b, (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ? c : c >= 'A' && c <= 'Z' ? (char)(c + 32) : '-');
	}
	if (b->p[b->n - 1] == '-')
		buf_add_char(b, 'x');
}

static void add_binding(struct tighten *t, struct span namespace, struct span name, struct span user)
{
	struct span rest = user;

	add_head(t, namespace.n ? "RoleBinding" : "ClusterRoleBinding", namespace, name);
	buf_printf(&t->out, "roleRef: {apiGroup: rbac.authorization.k8s.io, kind: %s, name: ", namespace.n ? "Role" : "ClusterRole");
	text_add_json(&t->out, name);
	buf_add_str(&t->out, "}\nsubjects:\n- ");
	if (span_starts(user, "system:serviceaccount:")) {
		span_cut(&rest, ':');
		span_cut(&rest, ':');
		buf_add_str(&t->out, "{kind: ServiceAccount, namespace: ");
		text_add_json(&t->out, span_cut(&rest, ':'));
		buf_add_str(&t->out, ", name: ");
		text_add_json(&t->out, rest.p ? rest : SPAN(""));
	} else {
		buf_add_str(&t->out, "{apiGroup: rbac.authorization.k8s.io, kind: User, name: ");
		text_add_json(&t->out, user);
	}
	buf_add_str(&t->out, "}\n");
}

static int tighten_account(struct tighten *t, struct span user, struct err *e)
{
	auto_stmt *s = NULL;
	auto_buf name = BUF_INIT;
	int rc;

	plain_name(&name, user);
	if (db_prepare(&t->x->db, "SELECT DISTINCT namespace FROM audit_use WHERE cluster = ? AND user = ? AND allowed > 0 ORDER BY namespace", &s, e))
		return -1;
	db_bind(s, "tt", t->cluster, user);
	while ((rc = db_step(&t->x->db, s, e)) == 1) {
		struct span namespace = db_text(s, 0);

		add_head(t, namespace.n ? "Role" : "ClusterRole", namespace, buf_span(&name));
		if (add_rules(t, USED("u.cluster = ?2 AND u.user = ?1"), user, 0, namespace, e))
			return -1;
		add_binding(t, namespace, buf_span(&name), user);
	}
	if (rc == 0 && !t->documents)
		return err_set(e, ERR_INPUT, "no role and no account of the audit logs is called '%s'", t->x->words[0]);
	return rc;
}

/* A role by its reference or name: of the namespace given, else of the cluster, else the only one of that name. */
static int64_t role_named(struct access *x, struct span cluster, const char *name)
{
	int64_t role = db_int(&x->db, 0, "SELECT r.thing FROM role r JOIN thing t ON t.id = r.thing WHERE t.ref = ?", "s", name);

	if (!role && x->namespace)
		return db_int(&x->db, 0, "SELECT thing FROM role WHERE cluster = ? AND namespace = ? AND name = ?", "tss", cluster, x->namespace, name);
	if (!role)
		role = db_int(&x->db, 0, "SELECT thing FROM role WHERE cluster = ? AND namespace IS NULL AND name = ?", "ts", cluster, name);
	if (!role)
		role = db_int(&x->db, 0, "SELECT min(thing) FROM role WHERE cluster = ? AND name = ? HAVING count(*) = 1", "ts", cluster, name);
	return role;
}

int access_tighten(struct access *x, struct err *e)
{
	struct tighten t = {.x = x};
	auto_buf cluster = BUF_INIT, account = BUF_INIT;
	struct span user;
	int64_t role;
	int rc;

	if (x->words_n != 1)
		return err_set(e, ERR_USAGE, "access tighten: SITE.db ROLE or SUBJECT (a user, or sa:NAMESPACE/NAME)");
	if (access_cluster(x, &cluster, e))
		return -1;
	t.cluster = buf_span(&cluster);
	if (!db_int(&x->db, 0, "SELECT events FROM audit_span WHERE cluster = ?", "t", t.cluster))
		return err_set(e, ERR_INPUT, "no audit logs of cluster %s in this assessment: nothing is known about use", buf_str(&cluster));
	user = span_of(x->words[0]);
	if (span_starts(user, "sa:")) {
		struct span rest = {user.p + 3, user.n - 3}, namespace = span_cut(&rest, '/');

		buf_printf(&account, "system:serviceaccount:%.*s:%.*s", SPAN_ARG(namespace), SPAN_ARG(rest));
		user = buf_span(&account);
	}
	role = user.p == x->words[0] ? role_named(x, t.cluster, x->words[0]) : 0;
	buf_printf(&t.out, "# What audit logs show in use; rights that were not used in their time are left out. Names of objects were not counted.\n");
	rc = role ? tighten_role(&t, role, e) : tighten_account(&t, user, e);
	if (rc == 0 && (fwrite(t.out.p, 1, t.out.n, stdout) != t.out.n || fflush(stdout)))
		rc = err_errno(e, "standard output");
	buf_fini(&t.out);
	return rc;
}
