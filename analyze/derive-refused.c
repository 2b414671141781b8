// SPDX-License-Identifier: Apache-2.0
// Which kinds of Kubernetes evidence are not what they seem: refused, broken off, or contradicted by other objects. What checks make of
// a kind that is missing is check-run.c's.
#include "derive-refused.h"
#include "kubernetes.h"
#include "common/refused.h"

/* Kinds whose list is doubted if it is empty; `kind` may end in a star. */
#define DOUBTS "CREATE TEMP TABLE IF NOT EXISTS doubt(scope INTEGER, kind TEXT)"
/* Empty lists that kubectl made up. */
#define MADE_UP "CREATE TEMP TABLE IF NOT EXISTS made_up(evidence INTEGER, scope INTEGER, kind TEXT)"

static int expect(struct load *l, const char *kind, const char *reason, struct err *e)
{
	return db_run(l->db, e,
		      "INSERT INTO expected(scope, kind, reason) SELECT ?1, ?2, ?3 WHERE NOT EXISTS (SELECT 1 FROM expected WHERE scope IS ?1 AND kind = ?2 AND reason = ?3)",
		      "rss", l->scope, kind, reason);
}

static int one_line(void *ctx, const struct refused *r, struct err *e)
{
	struct load *l = ctx;

	l->items++;
	return expect(l, r->kind, r->reason, e) || db_run(l->db, e, "INSERT INTO temp.doubt VALUES (?, ?)", "rs", l->scope, r->kind) ? -1 : 0;
}

int load_refused(struct load *l, struct source *content, struct err *e)
{
	struct err why = {0};
	int rc = db_exec(l->db, DOUBTS, e) ? -1 : refused_read(content, span_of(l->path), one_line, l, &why, e);

	if (rc == 0 || why.kind != ERR_INPUT) {
		if (why.kind)
			*e = why;
		return rc;
	}
	return load_problem(l, NULL, e, "%s", why.msg);
}

int refused_perhaps(struct load *l, const char *kind, struct err *e)
{
	return db_exec(l->db, MADE_UP, e) ? -1 : db_run(l->db, e, "INSERT INTO temp.made_up VALUES (?, ?, ?)", "iis", l->evidence, l->scope, kind);
}

#define EMPTY(kinds) "FROM temp.empty k JOIN scope s ON s.id = k.scope WHERE k.kind " kinds

/* Of a whole member, not of an item of it ("/items/1 at byte 261: …"). */
#define BROKEN "v.kind GLOB 'kubernetes/*' AND p.pointer IS NULL AND p.message NOT GLOB '/*' AND p.message NOT GLOB '#[0-9]*/*' AND p.message NOT GLOB 'and [0-9]* more problems*'"

static const char *const steps[] = {
	DOUBTS,
	MADE_UP,
	/* Where the collector ran kubectl itself, it knows that it ended well. */
	"CREATE TEMP TABLE empty AS SELECT DISTINCT k.scope, k.kind FROM evidence_kind k JOIN temp.made_up m ON m.scope = k.scope AND m.kind = k.kind JOIN evidence v ON v.id = m.evidence "
	"WHERE k.items = 0 AND coalesce(v.source, '') NOT GLOB 'kubectl get *' ORDER BY k.scope, k.kind",

	/* What came behind the break is lost; of an empty list so much as nothing is known. */
	"INSERT INTO expected(scope, kind, reason, lost) SELECT v.scope, iif(v.kind = 'kubernetes/list', 'kubernetes/*', v.kind), v.path || ' could not be read to its end: ' || p.message, 1 FROM problem p JOIN evidence v ON v.id = p.evidence "
	"JOIN scope s ON s.id = v.scope WHERE s.kind = 'cluster' AND " BROKEN " AND v.kind NOT IN ('kubernetes/refused', 'kubernetes/audit', 'kubernetes/version') "
	"AND NOT EXISTS (SELECT 1 FROM expected x WHERE x.scope IS v.scope AND x.kind = v.kind AND x.reason = v.path || ' cannot be read') GROUP BY v.id ORDER BY v.id",
	"INSERT INTO temp.doubt SELECT v.scope, v.kind FROM problem p JOIN evidence v ON v.id = p.evidence WHERE " BROKEN " AND v.scope IS NOT NULL",

	/* The API server makes these itself, before anybody else gets to: namespaces and their accounts and authorities, the roles it starts
	 * with (rbac/bootstrap-policy), its own service, its priorities and API groups. A cluster that runs something has nodes. */
	"CREATE TEMP TABLE unlikely(scope INTEGER, kind TEXT, reason TEXT)",
	"INSERT INTO unlikely SELECT k.scope, k.kind, 'the list is empty, and every cluster has some' " EMPTY(
		"IN ('kubernetes/namespaces', 'kubernetes/nodes', 'kubernetes/serviceaccounts', 'kubernetes/clusterroles', 'kubernetes/clusterrolebindings', 'kubernetes/roles', "
		"'kubernetes/rolebindings', 'kubernetes/services', 'kubernetes/configmaps', 'kubernetes/endpoints', 'kubernetes/endpointslices', 'kubernetes/priorityclasses', "
		"'kubernetes/apiservices', 'kubernetes/flowschemas', 'kubernetes/prioritylevelconfigurations')"),

	/* Contradicted by what runs. */
	"INSERT INTO unlikely SELECT k.scope, k.kind, 'the list is empty, and a running pod mounts one' " EMPTY(
		"= 'kubernetes/secrets'") " AND EXISTS (SELECT 1 FROM pod p JOIN object o ON o.thing = p.thing, json_each(object(p.thing), '$.spec.volumes') v WHERE p.cluster = s.name "
	"AND p.phase = 'Running' AND json_extract(v.value, '$.secret.secretName') IS NOT NULL AND NOT coalesce(json_extract(v.value, '$.secret.optional'), 0))",
	"INSERT INTO unlikely SELECT k.scope, k.kind, 'the list is empty, and a running pod mounts one' " EMPTY(
		"= 'kubernetes/persistentvolumeclaims'") " AND EXISTS (SELECT 1 FROM workload w JOIN volume v ON v.workload = w.thing WHERE w.cluster = s.name AND w.running > 0 "
	"AND v.type = 'persistentVolumeClaim' AND v.source IS NOT NULL)",
	"INSERT INTO unlikely SELECT k.scope, k.kind, 'the list is empty, and a claim is bound to one' " EMPTY(
		"= 'kubernetes/persistentvolumes'") " AND EXISTS (SELECT 1 FROM persistent_volume_claim c WHERE c.cluster = s.name AND c.phase = 'Bound' AND c.volume IS NOT NULL)",
	"INSERT INTO unlikely SELECT k.scope, k.kind, 'the list is empty, and workloads have pods that are ready' " EMPTY(
		"= 'kubernetes/pods'") " AND EXISTS (SELECT 1 FROM workload w JOIN object o ON o.thing = w.thing WHERE w.cluster = s.name "
	"AND coalesce(json_extract(object(w.thing), '$.status.readyReplicas'), json_extract(object(w.thing), '$.status.numberReady')) > 0)",
	NULL,
};

/* A list without an object that others name as their owner. */
static int owners(struct db *db, struct err *e)
{
	auto_arena a = ARENA_INIT;
	sqlite3_stmt *q = db_stmt(db, "SELECT DISTINCT t.scope, o.owner_kind, t.type FROM object o JOIN thing t ON t.id = o.thing WHERE o.owner_kind IS NOT NULL ORDER BY 1, 2, 3");
	int rc;

	while ((rc = db_step(db, q, e)) == 1) {
		const char *kind = kube_evidence_kind(&a, db_text(q, 1));

		if (db_run(db, e,
			   "INSERT INTO temp.unlikely SELECT scope, kind, 'the list is empty, and objects of kind ' || ?3 || ' are owned by one' FROM temp.empty "
			   "WHERE scope = ?1 AND kind = ?2",
			   "ist", sqlite3_column_int64(q, 0), kind, db_text(q, 2))) {
			rc = -1;
			break;
		}
		arena_reset(&a);
	}
	sqlite3_reset(q);
	return rc;
}

static const char *const finish[] = {
	("INSERT INTO expected(scope, kind, reason) SELECT u.scope, u.kind, min(u.reason) || ': kubectl prints an empty list of what may not be listed' FROM temp.unlikely u "
	"WHERE NOT EXISTS (SELECT 1 FROM temp.doubt d WHERE d.scope = u.scope AND d.kind = u.kind) GROUP BY u.scope, u.kind ORDER BY u.scope, u.kind"),
	"INSERT INTO temp.doubt SELECT scope, kind FROM temp.unlikely",
	"DELETE FROM evidence_kind WHERE items = 0 AND EXISTS (SELECT 1 FROM temp.doubt d WHERE d.scope = evidence_kind.scope AND evidence_kind.kind GLOB d.kind)",
	"DROP TABLE temp.doubt; DROP TABLE temp.unlikely; DROP TABLE temp.empty; DROP TABLE temp.made_up",
	NULL,
};

int derive_refused(struct db *db, struct err *e)
{
	return db_exec_all(db, steps, e) || owners(db, e) || db_exec_all(db, finish, e) ? -1 : 0;
}
