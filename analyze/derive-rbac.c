// SPDX-License-Identifier: Apache-2.0
// Kubernetes RBAC brought together: bindings to roles, subjects to principals, aggregated cluster roles to the rules that they
// gather. Which rights a rule holds is rbac-right.c's.
#include "derive-rbac.h"
#include "rbac-right.h"
#include "aggregate.h"

static const char *const resolve[] = {
	/* A service account is also a user of this name (apiserver, serviceaccount.MakeUsername): one spelling for both. */
	"UPDATE binding_subject SET kind = 'ServiceAccount', namespace = substr(rest, 1, instr(rest, ':') - 1), name = substr(rest, instr(rest, ':') + 1) FROM "
	"(SELECT id AS subject, substr(name, length('system:serviceaccount:') + 1) AS rest FROM binding_subject "
	"WHERE kind = 'User' AND name GLOB 'system:serviceaccount:[^:]*:?*') n WHERE n.subject = binding_subject.id",

	/* In a RoleBinding an account without a namespace is the one beside it (plugin/pkg/auth/authorizer/rbac, appliesToUser). */
	"UPDATE binding_subject SET namespace = b.namespace FROM binding b WHERE b.thing = binding_subject.binding "
	"AND binding_subject.kind = 'ServiceAccount' AND binding_subject.namespace IS NULL",

	"UPDATE binding SET role = (SELECT r.thing FROM role r WHERE r.cluster = binding.cluster AND r.name = binding.role_name AND r.namespace = binding.namespace) "
	"WHERE role_kind = 'Role'",
	"UPDATE binding SET role = (SELECT r.thing FROM role r WHERE r.cluster = binding.cluster AND r.namespace IS NULL AND r.name = binding.role_name) "
	"WHERE role_kind = 'ClusterRole'",
	NULL,
};

static const char *const principals[] = {
	"INSERT OR IGNORE INTO thing(kind, ref, scope, cluster, type, name, evidence, pointer) "
	"SELECT 'principal', b.cluster || '/-/' || s.kind || '/' || s.name, t.scope, b.cluster, s.kind, s.name, t.evidence, t.pointer "
	"FROM binding_subject s JOIN binding b ON b.thing = s.binding JOIN thing t ON t.id = b.thing "
	"WHERE s.kind IN ('User', 'Group') GROUP BY b.cluster, s.kind, s.name HAVING b.thing = min(b.thing) ORDER BY b.cluster, s.kind, s.name",

	"UPDATE binding_subject SET thing = (SELECT t.id FROM binding b JOIN thing t ON t.ref = b.cluster || '/-/' || binding_subject.kind || '/' || binding_subject.name "
	"WHERE b.thing = binding_subject.binding AND t.kind = 'principal') WHERE kind IN ('User', 'Group')",
	"UPDATE binding_subject SET thing = (SELECT a.thing FROM binding b JOIN service_account a ON a.cluster = b.cluster AND a.namespace = binding_subject.namespace "
	"AND a.name = binding_subject.name WHERE b.thing = binding_subject.binding) WHERE kind = 'ServiceAccount'",

	/* Components are named system:...; an address of mail is a person's. */
	"INSERT INTO principal(thing, system, account, kind, name, human) "
	"SELECT t.id, 'kubernetes', t.cluster, lower(t.type), t.name, "
	"CASE WHEN t.type = 'Group' THEN NULL WHEN t.name GLOB 'system:*' THEN 0 WHEN t.name GLOB '?*@?*.?*' AND t.name NOT GLOB '*.gserviceaccount.com' THEN 1 END "
	"FROM thing t WHERE t.kind = 'principal' AND t.type IN ('User', 'Group') ORDER BY t.id",
	"INSERT INTO principal(thing, system, account, kind, name, human, created) "
	"SELECT a.thing, 'kubernetes', a.cluster, 'service-account', a.namespace || '/' || a.name, 0, o.created "
	"FROM service_account a JOIN object o ON o.thing = a.thing ORDER BY a.thing",
	NULL,
};

static const char *const groups[] = {
	/* Groups that every account is in without being told (apiserver, user.AllAuthenticated, serviceaccount.MakeGroupNames), as far as they are bound. */
	"INSERT OR IGNORE INTO principal_group(principal, member_of) SELECT p.thing, g.thing FROM principal g CROSS JOIN principal p ON p.account = g.account "
	"WHERE g.system = 'kubernetes' AND g.kind = 'group' AND g.name IN ('system:authenticated', 'system:unauthenticated', 'system:serviceaccounts') "
	"AND p.system = 'kubernetes' AND CASE g.name WHEN 'system:authenticated' THEN p.kind IN ('user', 'service-account') AND p.name != 'system:anonymous' "
	"WHEN 'system:unauthenticated' THEN p.kind = 'user' AND p.name = 'system:anonymous' ELSE p.kind = 'service-account' END ORDER BY 1, 2",
	"INSERT OR IGNORE INTO principal_group(principal, member_of) SELECT a.thing, g.thing FROM principal g JOIN service_account a ON a.cluster = g.account "
	"AND a.namespace = substr(g.name, length('system:serviceaccounts:') + 1) "
	"WHERE g.system = 'kubernetes' AND g.kind = 'group' AND g.name GLOB 'system:serviceaccounts:?*' ORDER BY 1, 2",
	NULL,
};

static int write_rights(struct db *db, struct err *e)
{
	sqlite3_stmt *s = db_stmt(db, "SELECT id, groups, resources, verbs, names FROM role_rule ORDER BY id");
	auto_arena a = ARENA_INIT;
	int rc;

	while ((rc = db_step(db, s, e)) == 1) {
		const struct json *part[4] = {0};
		int64_t rule = sqlite3_column_int64(s, 0);
		struct rbac_rights rights;

		for (int i = 0; i < 4; i++) {
			struct json *v;

			if (json_parse(&a, db_text(s, i + 1), &v, NULL) == 0)
				part[i] = v;
		}
		rbac_rights_of(&(struct rbac_rule){part[0], part[1], part[2], part[3]}, &rights);
		for (size_t i = 0; i < rights.n && rc == 1; i++)
			if (db_run(db, e, "INSERT OR IGNORE INTO rule_right(rule, right) VALUES (?, ?)", "is", rule, rights.names[i]))
				rc = -1;
		if (rc < 0)
			break;
		arena_reset(&a);
	}
	sqlite3_reset(s);
	return rc;
}

/* A subject that a binding names twice counts once. A service account without a namespace, in a ClusterRoleBinding, is nobody. */
static const char *const holders[] = {
	"UPDATE binding_subject SET counts = 0 WHERE kind = 'ServiceAccount' AND namespace IS NULL",
	"UPDATE binding_subject SET counts = 0 WHERE id IN (SELECT id FROM "
	"(SELECT id, row_number() OVER (PARTITION BY binding, kind, namespace, name ORDER BY id) AS nr FROM binding_subject) WHERE nr > 1)",

	"UPDATE binding_subject SET builtin = 1 FROM binding b WHERE b.thing = binding_subject.binding AND b.bootstrap "
	"AND ((b.name GLOB 'system:*' AND b.role_name GLOB 'system:*') OR (b.name = 'cluster-admin' AND b.role_name = 'cluster-admin' AND binding_subject.name = 'system:masters')) "
	"AND ((binding_subject.kind IN ('User', 'Group') AND binding_subject.name GLOB 'system:*' AND binding_subject.name NOT IN ('system:anonymous', "
	"'system:unauthenticated', 'system:authenticated') AND binding_subject.name NOT GLOB 'system:serviceaccounts*') "
	"OR (binding_subject.kind = 'ServiceAccount' AND binding_subject.namespace = 'kube-system'))",

	"INSERT INTO bound_right(right, binding) SELECT DISTINCT rt.right, b.thing FROM binding b JOIN role_rule rr ON rr.role = b.role JOIN rule_right rt ON rt.rule = rr.id "
	"WHERE EXISTS (SELECT 1 FROM binding_subject s WHERE s.binding = b.thing AND s.counts) ORDER BY 1, 2",

	"INSERT INTO binding_right(binding, right, holders, who) WITH "
	"held AS (SELECT s.binding, count(*) AS holders FROM binding_subject s WHERE s.counts AND NOT s.builtin AND s.binding IN (SELECT binding FROM bound_right) GROUP BY s.binding), "
	"worded AS MATERIALIZED (SELECT h.binding, h.holders, (SELECT group_concat(who, ', ') FROM (SELECT CASE s.kind WHEN 'ServiceAccount' THEN 'service account ' || s.namespace || '/' || s.name "
	"ELSE lower(s.kind) || ' ' || s.name END AS who FROM binding_subject s WHERE s.binding = h.binding AND s.counts AND NOT s.builtin ORDER BY who LIMIT 8)) "
	"|| CASE WHEN h.holders > 8 THEN ' and ' || (h.holders - 8) || ' more' ELSE '' END AS who FROM held h), "
	"given AS (SELECT binding, right FROM bound_right UNION SELECT binding, 'workloads' FROM bound_right WHERE right IN ('pods-create', 'workloads-write') "
	"UNION SELECT binding, 'containers' FROM bound_right WHERE right IN ('pods-exec', 'ephemeral-containers')) "
	"SELECT w.binding, g.right, w.holders, w.who FROM worded w JOIN given g ON g.binding = w.binding "
	"WHERE g.right = 'all' OR NOT EXISTS (SELECT 1 FROM bound_right a WHERE a.binding = w.binding AND a.right = 'all') ORDER BY 1, 2",
	NULL,
};

int derive_rbac(struct db *db, struct err *e)
{
	if (db_exec_all(db, resolve, e) || aggregate_roles(db, e))
		return -1;
	if (db_exec_all(db, principals, e) || derive_members(db, e) || db_exec_all(db, groups, e))
		return -1;
	return write_rights(db, e) || db_exec_all(db, holders, e) ? -1 : 0;
}
