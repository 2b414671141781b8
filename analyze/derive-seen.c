// SPDX-License-Identifier: Apache-2.0
// Of which namespaces the lists of a cluster were taken. What checks make of a kind that was collected in part is check-run.c's.
#include "derive-seen.h"
#include "kubernetes.h"
#include "common/buf.h"

enum { NAMES_MAX = 3 }; /* namespaces that a reason lists */

/* Which namespaces show objects of which kind; served: an API server gave them. */
static int fill_seen(struct db *db, struct err *e)
{
	auto_arena a = ARENA_INIT;
	sqlite3_stmt *q = db_stmt(db, "SELECT t.scope, t.type, o.api_version, t.namespace, max(o.uid IS NOT NULL) FROM object o JOIN thing t ON t.id = o.thing "
				      "WHERE t.namespace IS NOT NULL AND t.scope IS NOT NULL GROUP BY 1, 2, 3, 4");
	int rc;

	while ((rc = db_step(db, q, e)) == 1) {
		const char *kind = kube_evidence_kind(&a, kube_kind(&a, db_text(q, 2), db_text(q, 1)));

		if (db_run(db, e, "INSERT INTO temp.seen VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET served = max(served, excluded.served)", "isti",
			   (int64_t)sqlite3_column_int64(q, 0), kind, db_text(q, 3), (int64_t)sqlite3_column_int64(q, 4))) {
			rc = -1;
			break;
		}
		arena_reset(&a);
	}
	sqlite3_reset(q);
	return rc;
}

/* Kinds whose objects lie in namespaces, and that are to be judged: what is lost already needs no second doubt, and events are judged by nobody. */
static int fill_kinds(struct db *db, struct err *e)
{
	auto_arena a = ARENA_INIT;
	sqlite3_stmt *q = db_stmt(db, "SELECT k.scope, k.kind, EXISTS (SELECT 1 FROM temp.seen n WHERE n.scope = k.scope AND n.kind = k.kind) FROM evidence_kind k "
				      "WHERE k.kind GLOB 'kubernetes/*' AND k.kind NOT IN ('kubernetes/list', 'kubernetes/events') "
				      "AND EXISTS (SELECT 1 FROM temp.seen n WHERE n.scope = k.scope AND n.served) "
				      "AND NOT EXISTS (SELECT 1 FROM temp.whole w WHERE w.scope = k.scope AND w.kind = k.kind) "
				      "AND NOT EXISTS (SELECT 1 FROM expected x WHERE x.lost AND (x.scope IS NULL OR x.scope = k.scope) AND k.kind GLOB x.kind) ORDER BY 1, 2");
	int rc;

	while ((rc = db_step(db, q, e)) == 1) {
		struct span kind = db_text(q, 1);

		if ((sqlite3_column_int64(q, 2) || kube_namespaced(&a, kind.p)) &&
		    db_run(db, e, "INSERT INTO temp.judged VALUES (?, ?)", "it", (int64_t)sqlite3_column_int64(q, 0), kind)) {
			rc = -1;
			break;
		}
		arena_reset(&a);
	}
	sqlite3_reset(q);
	return rc;
}

static const char *const tables[] = {
	"CREATE TEMP TABLE seen(scope INTEGER, kind TEXT, namespace TEXT, served INTEGER, PRIMARY KEY (scope, kind, namespace)) WITHOUT ROWID",
	"CREATE TEMP TABLE judged(scope INTEGER, kind TEXT, PRIMARY KEY (scope, kind)) WITHOUT ROWID",
	/* What the collector was told to ask for stands in what it asked. */
	"UPDATE expected SET lost = 1 WHERE reason GLOB 'only of the namespaces that were asked for: *'",
	"CREATE TEMP TABLE whole AS SELECT DISTINCT scope, kind FROM evidence WHERE source GLOB 'kubectl get *' AND (source GLOB '* -A' OR source GLOB '* -A *')",
	/* Namespaces of which a whole list has something: those that were listed, and those that nobody can delete. */
	"CREATE TEMP TABLE must(scope INTEGER, namespace TEXT, PRIMARY KEY (scope, namespace)) WITHOUT ROWID",
	"INSERT OR IGNORE INTO must SELECT t.scope, t.name FROM namespace n JOIN thing t ON t.id = n.thing JOIN object o ON o.thing = t.id "
	"WHERE o.uid IS NOT NULL AND n.phase IS NOT 'Terminating' AND t.scope IS NOT NULL",
	"INSERT OR IGNORE INTO must SELECT s.id, i.namespace FROM scope s, (SELECT 'default' AS namespace UNION ALL SELECT 'kube-system' UNION ALL SELECT 'kube-public') i WHERE s.kind = 'cluster'",
	/* Objects that stand in every namespace. */
	"CREATE TEMP TABLE everywhere(scope INTEGER, kind TEXT, name TEXT, namespace TEXT, PRIMARY KEY (scope, kind, namespace)) WITHOUT ROWID",
	"INSERT OR IGNORE INTO everywhere SELECT t.scope, iif(t.type = 'ConfigMap', 'kubernetes/configmaps', 'kubernetes/serviceaccounts'), t.name, t.namespace "
	"FROM thing t JOIN object o ON o.thing = t.id WHERE t.kind = 'object' AND o.uid IS NOT NULL AND coalesce(o.api_version, 'v1') = 'v1' AND t.scope IS NOT NULL "
	"AND t.namespace IS NOT NULL AND ((t.type = 'ServiceAccount' AND t.name = 'default') OR (t.type = 'ConfigMap' AND t.name = 'kube-root-ca.crt'))",
	/* What is not in a list and must be. spreads: other lists were probably taken in the same way. */
	"CREATE TEMP TABLE lacking(scope INTEGER, kind TEXT, namespace TEXT, spreads INTEGER, why TEXT)",
	NULL,
};

#define DIRECTORY(path) "rtrim(" path ", replace(" path ", '/', ''))"
/* The folders of a dump, each of a namespace: a kind is of the dump when all of its members are. */
#define OF_FOLDERS(why)                                                                                                                                                \
	"INSERT INTO lacking SELECT j.scope, j.kind, NULL, 0, '" why "' FROM judged j WHERE EXISTS (SELECT 1 FROM evidence v JOIN folders f ON f.scope = v.scope "          \
	"AND substr(v.path, 1, length(f.prefix)) = f.prefix WHERE v.scope = j.scope AND v.kind = j.kind) AND NOT EXISTS (SELECT 1 FROM evidence v WHERE v.scope = j.scope "   \
	"AND v.kind IN (j.kind, 'kubernetes/list') AND NOT EXISTS (SELECT 1 FROM folders f WHERE f.scope = v.scope AND substr(v.path, 1, length(f.prefix)) = f.prefix))"

/* In the order of their strength: the first that speaks of a kind gives the reason. */
static const char *const signs[] = {
	"INSERT INTO lacking SELECT m.scope, j.kind, m.namespace, 1, iif(j.kind = 'kubernetes/configmaps', 'every namespace has a config map kube-root-ca.crt', "
	"'every namespace has a service account default') || ', and none is listed of %' "
	"FROM judged j JOIN must m ON m.scope = j.scope WHERE EXISTS (SELECT 1 FROM everywhere a WHERE a.scope = j.scope AND a.kind = j.kind) "
	"AND NOT EXISTS (SELECT 1 FROM everywhere a WHERE a.scope = j.scope AND a.kind = j.kind AND a.namespace = m.namespace) ORDER BY j.kind DESC, m.namespace",

	"INSERT INTO lacking SELECT j.scope, j.kind, 'kube-system', 1, 'every cluster has ' || k.word || ' in %, and none is listed' "
	"FROM judged j JOIN (SELECT 'kubernetes/serviceaccounts' AS kind, 'service accounts' AS word UNION ALL SELECT 'kubernetes/rolebindings', 'role bindings' UNION ALL SELECT 'kubernetes/roles', 'roles' "
	"UNION ALL SELECT 'kubernetes/configmaps', 'config maps') k ON k.kind = j.kind WHERE EXISTS (SELECT 1 FROM seen n WHERE n.scope = j.scope AND n.kind = j.kind AND n.served) "
	"AND NOT EXISTS (SELECT 1 FROM seen n WHERE n.scope = j.scope AND n.kind = j.kind AND n.namespace = 'kube-system') "
	"AND NOT EXISTS (SELECT 1 FROM lacking x WHERE x.scope = j.scope AND x.kind = j.kind)",

	"INSERT INTO lacking SELECT j.scope, j.kind, 'default', 1, 'every cluster has the service kubernetes in namespace %, and it is not listed' "
	"FROM judged j JOIN scope s ON s.id = j.scope WHERE j.kind = 'kubernetes/services' AND NOT EXISTS (SELECT 1 FROM thing t WHERE t.ref = s.name || '/default/Service/kubernetes')",

	/* `kubectl cluster-info dump` writes a folder for each namespace, be it empty, and asks for one and kube-system when not told otherwise (kubectl,
	 * pkg/cmd/clusterinfo). */
	"CREATE TEMP TABLE folders AS SELECT DISTINCT scope, " DIRECTORY("rtrim(d, '/')") " AS prefix, d AS folder FROM (SELECT scope, " DIRECTORY("path") " AS d FROM evidence "
	"WHERE scope IS NOT NULL AND path GLOB '*/replication-controllers.[jy]*')",
	"DELETE FROM folders WHERE EXISTS (SELECT 1 FROM folders f WHERE f.scope = folders.scope AND f.prefix = folders.prefix AND f.folder = f.prefix || 'kube-public/')",
	OF_FOLDERS("kubectl cluster-info dump takes those that it is told, or one beside kube-system"),
	"DROP TABLE folders",
	/* OpenShift's must-gather: cluster-scoped-resources/ beside namespaces/NAME/ (openshift/oc, pkg/cli/admin/inspect). */
	"CREATE TEMP TABLE folders AS SELECT DISTINCT scope, substr(path, 1, instr(path, 'cluster-scoped-resources/') - 1) || 'namespaces/' AS prefix FROM evidence "
	"WHERE scope IS NOT NULL AND (path GLOB 'cluster-scoped-resources/*' OR path GLOB '*/cluster-scoped-resources/*')",
	OF_FOLDERS("must-gather and oc adm inspect take those that they are told"),
	"DROP TABLE folders",

	/* Nothing that every cluster has elsewhere was asked for: what lies in one namespace speaks of no other. Nor does the service kubernetes, which is in the
	 * namespace that is asked for when none is named. A dump with a folder for kube-public was taken of all. */
	"CREATE TEMP TABLE unanchored AS SELECT DISTINCT j.scope FROM judged j WHERE NOT EXISTS (SELECT 1 FROM evidence_kind k WHERE k.scope = j.scope AND k.kind IN ('kubernetes/serviceaccounts', "
	"'kubernetes/configmaps', 'kubernetes/roles', 'kubernetes/rolebindings')) AND NOT EXISTS (SELECT 1 FROM seen n JOIN platform_namespace p ON n.namespace GLOB p.pattern WHERE n.scope = j.scope "
	"AND n.kind = 'kubernetes/services') AND NOT EXISTS (SELECT 1 FROM evidence v WHERE v.scope = j.scope AND '/' || v.path GLOB '*/kube-public/replication-controllers.[jy]*') "
	"AND NOT EXISTS (SELECT 1 FROM lacking x WHERE x.scope = j.scope)",
	"INSERT INTO lacking SELECT j.scope, j.kind, NULL, 0, 'all objects lie in it, and ' || iif(o.other IS NULL, 'no list of namespaces was given', 'there is also namespace ' || o.other) FROM judged j "
	"JOIN (SELECT u.scope, (SELECT min(m.namespace) FROM must m WHERE m.scope = u.scope AND NOT EXISTS (SELECT 1 FROM platform_namespace p WHERE m.namespace GLOB p.pattern) "
	"AND m.namespace != 'default' AND NOT EXISTS (SELECT 1 FROM seen n WHERE n.scope = u.scope AND n.namespace = m.namespace)) AS other FROM unanchored u) o ON o.scope = j.scope "
	"WHERE (SELECT count(DISTINCT namespace) FROM seen n WHERE n.scope = j.scope) = 1 "
	"AND (o.other IS NOT NULL OR NOT EXISTS (SELECT 1 FROM evidence_kind k WHERE k.scope = j.scope AND k.kind = 'kubernetes/namespaces'))",
	"INSERT INTO lacking SELECT j.scope, j.kind, NULL, 0, 'each file holds objects of one namespace, and there is none of kube-system' FROM judged j JOIN unanchored u ON u.scope = j.scope "
	"WHERE (SELECT count(DISTINCT namespace) FROM seen n WHERE n.scope = j.scope) > 1 AND NOT EXISTS (SELECT 1 FROM seen n WHERE n.scope = j.scope AND n.namespace = 'kube-system') "
	"AND NOT EXISTS (SELECT 1 FROM thing t WHERE t.scope = j.scope AND t.kind = 'object' AND t.namespace IS NOT NULL GROUP BY t.evidence HAVING count(DISTINCT t.namespace) > 1) "
	"AND NOT EXISTS (SELECT 1 FROM lacking x WHERE x.scope = j.scope)",
	"DROP TABLE unanchored",

	/* Contradicted by objects of the same namespace. */
	"INSERT INTO lacking SELECT DISTINCT j.scope, j.kind, w.namespace, 0, 'workloads of % have pods that are ready, and none is listed' FROM judged j JOIN scope s ON s.id = j.scope "
	"JOIN workload w ON w.cluster = s.name JOIN object o ON o.thing = w.thing WHERE j.kind = 'kubernetes/pods' AND NOT EXISTS (SELECT 1 FROM seen n WHERE n.scope = j.scope AND n.kind = j.kind AND n.namespace = w.namespace) "
	"AND o.uid IS NOT NULL AND coalesce(json_extract(object(w.thing), '$.status.readyReplicas'), json_extract(object(w.thing), '$.status.numberReady')) > 0 ORDER BY w.namespace",
	"INSERT INTO lacking SELECT DISTINCT j.scope, j.kind, p.namespace, 0, 'pods of % are owned by one, and none is listed' FROM judged j JOIN scope s ON s.id = j.scope JOIN pod p ON p.cluster = s.name "
	"AND j.kind = CASE p.owner_kind WHEN 'ReplicaSet' THEN 'kubernetes/replicasets' WHEN 'StatefulSet' THEN 'kubernetes/statefulsets' WHEN 'DaemonSet' THEN 'kubernetes/daemonsets' END "
	"WHERE NOT EXISTS (SELECT 1 FROM seen n WHERE n.scope = j.scope AND n.kind = j.kind AND n.namespace = p.namespace) "
	"AND EXISTS (SELECT 1 FROM object o WHERE o.thing = p.thing AND o.uid IS NOT NULL) ORDER BY p.namespace",
	"INSERT INTO lacking SELECT DISTINCT j.scope, j.kind, w.namespace, 0, 'running pods of % mount one, and none is listed' FROM judged j JOIN scope s ON s.id = j.scope "
	"JOIN workload w ON w.cluster = s.name AND w.running > 0 JOIN volume v ON v.workload = w.thing AND v.type = 'persistentVolumeClaim' AND v.source IS NOT NULL "
	"WHERE j.kind = 'kubernetes/persistentvolumeclaims' AND NOT EXISTS (SELECT 1 FROM seen n WHERE n.scope = j.scope AND n.kind = j.kind AND n.namespace = w.namespace) "
	"AND EXISTS (SELECT 1 FROM object o WHERE o.thing = w.thing AND o.uid IS NOT NULL) ORDER BY w.namespace",
	/* A secret may be deleted under a running pod: one namespace among many says nothing. */
	"CREATE TEMP TABLE mounted AS SELECT DISTINCT j.scope, p.namespace FROM judged j JOIN scope s ON s.id = j.scope JOIN pod p ON p.cluster = s.name "
	"JOIN object o ON o.thing = p.thing, json_each(object(p.thing), '$.spec.volumes') v WHERE j.kind = 'kubernetes/secrets' AND p.phase = 'Running' AND o.uid IS NOT NULL "
	"AND NOT EXISTS (SELECT 1 FROM seen n WHERE n.scope = j.scope AND n.kind = j.kind AND n.namespace = p.namespace) "
	"AND json_extract(v.value, '$.secret.secretName') IS NOT NULL AND NOT coalesce(json_extract(v.value, '$.secret.optional'), 0)",
	"INSERT INTO lacking SELECT m.scope, 'kubernetes/secrets', m.namespace, 0, 'running pods of % mount one, and none is listed' FROM mounted m WHERE (SELECT count(*) FROM mounted x WHERE x.scope = m.scope) "
	">= (SELECT count(*) FROM seen n WHERE n.scope = m.scope AND n.kind = 'kubernetes/secrets') ORDER BY m.namespace",
	"DROP TABLE mounted",

	/* Lists that show nothing of what another one lacks were taken like it. One that has kube-system, or half of what the other lacks, was not. */
	"CREATE TEMP TABLE blind AS SELECT DISTINCT scope, namespace FROM lacking WHERE spreads",
	"INSERT INTO lacking SELECT j.scope, j.kind, NULL, 0, (SELECT x.why FROM lacking x WHERE x.scope = j.scope AND x.spreads ORDER BY x.rowid LIMIT 1) FROM judged j "
	"WHERE EXISTS (SELECT 1 FROM blind b WHERE b.scope = j.scope) AND NOT EXISTS (SELECT 1 FROM lacking x WHERE x.scope = j.scope AND x.kind = j.kind) "
	"AND NOT EXISTS (SELECT 1 FROM blind b JOIN seen n USING (scope, namespace) WHERE b.scope = j.scope AND n.kind = j.kind AND b.namespace = 'kube-system') "
	"AND 2 * (SELECT count(*) FROM blind b JOIN seen n USING (scope, namespace) WHERE b.scope = j.scope AND n.kind = j.kind) < (SELECT count(*) FROM blind b WHERE b.scope = j.scope)",
	NULL,
};

/* Adds "shop", "kube-system and shop", "a, b, c and 4 more". The query gives one name a row. */
static size_t add_names(struct db *db, sqlite3_stmt *q, struct buf *out, struct err *e)
{
	auto_arena a = ARENA_INIT;
	struct span names[NAMES_MAX];
	size_t n = 0;

	for (; db_step(db, q, e) == 1; n++)
		if (n < NAMES_MAX)
			names[n] = (struct span){arena_strndup(&a, db_text(q, 0).p, db_text(q, 0).n), db_text(q, 0).n};
	sqlite3_reset(q);
	for (size_t i = 0; i < n && i < NAMES_MAX; i++) {
		buf_add_str(out, i == 0 ? "" : i + 1 == n ? " and " : ", ");
		buf_add_span(out, names[i]);
	}
	if (n > NAMES_MAX)
		buf_printf(out, " and %zu more", n - NAMES_MAX);
	return n;
}

/* What the lists in doubt show: "only namespace shop was collected". */
static int which(struct db *db, int64_t scope, struct buf *out, struct err *e)
{
	auto_buf names = BUF_INIT;
	struct err why = {0};
	sqlite3_stmt *q = db_stmt(db, "SELECT DISTINCT n.namespace FROM temp.seen n JOIN temp.lacking x ON x.scope = n.scope AND x.kind = n.kind WHERE n.scope = ? AND n.served ORDER BY 1");
	size_t n;

	db_bind(q, "i", scope);
	n = add_names(db, q, &names, &why);
	if (why.kind) {
		*e = why;
		return -1;
	}
	if (n && n <= NAMES_MAX)
		buf_printf(out, "only namespace%s %s %s collected", n == 1 ? "" : "s", buf_str(&names), n == 1 ? "was" : "were");
	else
		buf_add_str(out, "not all namespaces were collected");
	return 0;
}

/* The sign in words: '%' stands for the namespaces that it was found in. */
static int add_sign(struct db *db, int64_t scope, const char *kind, struct span sign, struct buf *out, struct err *e)
{
	sqlite3_stmt *q = db_stmt(db, "SELECT DISTINCT namespace FROM temp.lacking x WHERE scope = ?1 AND why = ?2 AND namespace IS NOT NULL AND (kind = ?3 OR NOT EXISTS (SELECT 1 FROM temp.lacking y "
				      "WHERE y.scope = ?1 AND y.why = ?2 AND y.kind = ?3 AND y.namespace IS NOT NULL)) ORDER BY 1");
	struct span rest = sign, before = span_cut(&rest, '%');
	struct err why = {0};

	buf_add_span(out, before);
	if (!rest.p)
		return 0;
	db_bind(q, "its", scope, sign, kind);
	add_names(db, q, out, &why);
	buf_add_span(out, rest);
	if (!why.kind)
		return 0;
	*e = why;
	return -1;
}

/* The row of `expected` for one kind: `q` gives scope, kind and sign. */
static int one_kind(struct db *db, sqlite3_stmt *q, struct err *e)
{
	int64_t scope = sqlite3_column_int64(q, 0);
	auto_buf reason = BUF_INIT;

	if (which(db, scope, &reason, e))
		return -1;
	buf_add_str(&reason, ": ");
	if (add_sign(db, scope, db_text(q, 1).p, db_text(q, 2), &reason, e))
		return -1;
	buf_add_str(&reason, "; ask with -A");
	return db_run(db, e, "INSERT INTO expected(scope, kind, reason, lost, seen) VALUES (?, ?, ?, 1, 0)", "its", scope, db_text(q, 1), buf_str(&reason));
}

static int write_reasons(struct db *db, struct err *e)
{
	sqlite3_stmt *q = db_stmt(db, "SELECT scope, kind, why, min(rowid) FROM temp.lacking GROUP BY scope, kind ORDER BY scope, kind");
	int rc;

	do {
		rc = db_step(db, q, e);
		if (rc == 1 && one_kind(db, q, e))
			rc = -1;
	} while (rc == 1);
	sqlite3_reset(q);
	return rc;
}

/* How much is missing, in namespaces. Of a cluster whose namespaces were not listed, no more is known than what was seen: half is taken for missing, at least. */
static const char *const finish[] = {
	"UPDATE expected SET seen = 0 WHERE lost AND reason GLOB 'only of the namespaces that were asked for: *'",
	"CREATE TEMP TABLE shown AS SELECT n.scope, count(DISTINCT n.namespace) AS seen FROM seen n JOIN expected x ON x.scope = n.scope AND x.kind = n.kind AND x.seen IS NOT NULL WHERE n.served GROUP BY n.scope",
	("UPDATE expected SET seen = coalesce((SELECT h.seen FROM shown h WHERE h.scope = expected.scope), 0), unseen = (SELECT count(*) FROM must m WHERE m.scope = expected.scope AND NOT EXISTS "
	"(SELECT 1 FROM seen n JOIN expected x ON x.scope = n.scope AND x.kind = n.kind AND x.seen IS NOT NULL WHERE n.scope = m.scope AND n.namespace = m.namespace)) WHERE seen IS NOT NULL"),
	"UPDATE expected SET unseen = max(unseen, seen) WHERE seen IS NOT NULL AND NOT EXISTS (SELECT 1 FROM evidence_kind k WHERE k.scope = expected.scope AND k.kind = 'kubernetes/namespaces')",
	"DROP TABLE shown",
	/* Of what was refused, or broke off at collection, and is there all the same, the rest is missing just so. */
	"UPDATE expected SET lost = 1 WHERE kind GLOB 'kubernetes/*' AND EXISTS (SELECT 1 FROM evidence_kind k WHERE k.scope = expected.scope AND k.kind GLOB expected.kind AND k.items > 0)",
	"DROP TABLE seen; DROP TABLE judged; DROP TABLE whole; DROP TABLE must; DROP TABLE everywhere; DROP TABLE lacking; DROP TABLE blind",
	NULL,
};

void seen_warn(struct db *db)
{
	sqlite3_stmt *q = db_stmt(db, "SELECT s.name, x.reason, count(DISTINCT x.kind), min(x.id) FROM expected x JOIN scope s ON s.id = x.scope WHERE x.seen IS NOT NULL "
				      "GROUP BY s.id ORDER BY s.name");

	while (db_step(db, q, NULL) == 1)
		warn("%.*s: %.*s (%lld %s)", SPAN_ARG(db_text(q, 0)), SPAN_ARG(db_text(q, 1)), sqlite3_column_int64(q, 2), sqlite3_column_int64(q, 2) == 1 ? "kind" : "kinds");
	sqlite3_reset(q);
}

int derive_seen(struct db *db, struct err *e)
{
	return db_exec_all(db, tables, e) || fill_seen(db, e) || fill_kinds(db, e) || db_exec_all(db, signs, e) || write_reasons(db, e) || db_exec_all(db, finish, e) ? -1 : 0;
}
