// SPDX-License-Identifier: Apache-2.0
// Who is in which group of a cluster beside what the API server itself says: audit logs show the groups that requests came with, the engagement file
// says where people are. Groups that every account is in are derive-rbac.c's.
#include "derive-rbac.h"
#include "common/limits.h"

/* Only groups that something is bound to matter; those that the API server gives to everybody are known without logs. */
static const char find[] =
	"INSERT OR IGNORE INTO told_member SELECT * FROM ("
	"SELECT g.cluster, a.user, g.thing AS grp, 'audit' AS told FROM audit_group a JOIN (SELECT thing, account AS cluster, name FROM principal WHERE system = 'kubernetes' AND kind = 'group') g "
	"ON g.cluster = a.cluster AND g.name = a.member_of WHERE a.user NOT GLOB 'system:*' AND (a.member_of NOT GLOB 'system:*' OR a.member_of = 'system:masters') "
	"UNION ALL SELECT g.account, iif(k.value GLOB '*/-/User/*', substr(k.value, instr(k.value, '/-/User/') + 8), k.value), g.thing, 'engagement' "
	"FROM person h JOIN json_each(h.groups) j JOIN principal g ON g.system = 'kubernetes' AND g.kind = 'group' AND g.name = j.value JOIN json_each(h.accounts) k "
	"ON k.value NOT GLOB '*[*?]*' AND (k.value NOT GLOB '*/*' AND k.value NOT GLOB 'aws:*' AND k.value NOT GLOB 'system:*' OR k.value GLOB '*/-/User/*' "
	"AND substr(k.value, 1, instr(k.value, '/-/User/') - 1) = g.account)) ORDER BY told, cluster, user, grp LIMIT ?";

static const char *const keep[] = {
	"INSERT OR IGNORE INTO thing(kind, ref, scope, cluster, type, name, evidence) SELECT DISTINCT 'principal', m.cluster || '/-/User/' || m.user, t.scope, m.cluster, 'User', m.user, "
	"(SELECT min(v.id) FROM evidence v WHERE v.kind = 'kubernetes/audit' AND v.scope = t.scope AND m.told = 'audit') FROM told_member m JOIN thing t ON t.id = m.grp ORDER BY 2",
	"INSERT INTO principal(thing, system, account, kind, name, human) SELECT DISTINCT t.id, 'kubernetes', t.cluster, 'user', t.name, iif(t.name GLOB '?*@?*.?*' AND t.name NOT GLOB '*.gserviceaccount.com', 1, NULL) "
	"FROM told_member m JOIN thing t ON t.ref = m.cluster || '/-/User/' || m.user WHERE t.id NOT IN (SELECT thing FROM principal) ORDER BY t.id",
	"INSERT OR IGNORE INTO principal_group(principal, member_of, told) SELECT t.id, m.grp, min(m.told) FROM told_member m JOIN thing t ON t.ref = m.cluster || '/-/User/' || m.user GROUP BY t.id, m.grp ORDER BY 1, 2",
	"DROP TABLE told_member",
	NULL,
};

int derive_members(struct db *db, struct err *e)
{
	if (db_exec(db, "CREATE TEMP TABLE told_member(cluster TEXT, user TEXT, grp INTEGER, told TEXT, PRIMARY KEY (cluster, user, grp, told)) WITHOUT ROWID", e) ||
	    db_run(db, e, find, "i", (int64_t)LIMIT_GROUP_MEMBERS + 1))
		return -1;
	if (db_int(db, 0, "SELECT count(*) FROM told_member", "") > LIMIT_GROUP_MEMBERS &&
	    db_run(db, e, "INSERT INTO problem(message) VALUES ('more than ' || ? || ' memberships of groups in audit logs and the engagement file: the first count')", "i", (int64_t)LIMIT_GROUP_MEMBERS))
		return -1;
	return db_exec_all(db, keep, e);
}
