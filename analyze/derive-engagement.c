// SPDX-License-Identifier: Apache-2.0
// Patterns of the engagement file matched with namespaces, workloads, images and principals, each statement for all of them at once.
// Verdicts are not touched here: exceptions and changed severities are derive-exception.c's.
#include "derive-engagement.h"
#include "pattern.h"

/*
 * An environment takes a namespace by its name, by its labels, by its cluster; the closest rule counts: a whole name, then a name with a
 * star, then labels, then the cluster, then the cluster's own line; among equals the environment that stands first in the file. A workload's
 * labels go before all that is said of its namespace.
 */
static const char *const places[] = {
	"CREATE TEMP TABLE place AS SELECT DISTINCT cluster, name AS namespace, cluster || '/' || name AS path FROM namespace",
	"INSERT INTO temp.place SELECT DISTINCT cluster, namespace, cluster || '/' || namespace FROM workload w "
	"WHERE NOT EXISTS (SELECT 1 FROM namespace n WHERE n.cluster = w.cluster AND n.name = w.namespace)",
	"CREATE TEMP TABLE place_rule AS "
	"SELECT 'environment' AS what, e.name, e.ordinal, CASE WHEN instr(j.value, '*') THEN 2 ELSE 1 END AS strength, "
	"  CASE WHEN instr(j.value, '/') THEN j.value ELSE '*/' || j.value END AS pattern "
	"FROM environment e, json_each(e.selector, '$.namespaces') j "
	"UNION ALL SELECT 'environment', e.name, e.ordinal, 4, j.value || '/*' FROM environment e, json_each(e.selector, '$.clusters') j "
	"UNION ALL SELECT 'environment', environment, 0, 5, name || '/*' FROM cluster_name WHERE environment IS NOT NULL "
	"UNION ALL SELECT 'owner', t.name, 0, CASE WHEN instr(j.value, '*') THEN 2 ELSE 1 END, "
	"  CASE WHEN instr(j.value, '/') THEN j.value ELSE '*/' || j.value END FROM team t, json_each(t.selector, '$.namespaces') j",
	"CREATE TEMP TABLE label_rule AS "
	"SELECT 'environment' AS what, e.name, e.ordinal, j.key, j.atom AS value, (SELECT count(*) FROM json_each(e.selector, '$.labels')) AS pairs "
	"FROM environment e, json_each(e.selector, '$.labels') j "
	"UNION ALL SELECT 'owner', t.name, 0, j.key, j.atom, (SELECT count(*) FROM json_each(t.selector, '$.labels')) "
	"FROM team t, json_each(t.selector, '$.labels') j",
	"CREATE INDEX temp.label_rule_key ON label_rule(key, value)",
	/* Things whose labels hold all pairs of a rule. */
	"CREATE TEMP TABLE labelled AS SELECT what, name, ordinal, thing FROM "
	"(SELECT l.thing, l.key, l.value FROM label l WHERE l.thing IN (SELECT thing FROM namespace UNION ALL SELECT thing FROM workload) "
	" UNION SELECT workload, key, value FROM template_label) l CROSS JOIN label_rule r ON r.key = l.key AND r.value = l.value "
	"WHERE EXISTS (SELECT 1 FROM label_rule) GROUP BY what, name, ordinal, thing HAVING count(DISTINCT l.key) = max(r.pairs)",
	"CREATE INDEX temp.labelled_thing ON labelled(thing, what)",
	"INSERT INTO temp.place_rule SELECT what, l.name, l.ordinal, 3, n.cluster || '/' || n.name FROM labelled l JOIN namespace n ON n.thing = l.thing",
	"ALTER TABLE temp.place ADD COLUMN environment TEXT",
	"ALTER TABLE temp.place ADD COLUMN owner TEXT",
	"UPDATE temp.place SET environment = (SELECT r.name FROM place_rule r WHERE r.what = 'environment' AND (r.pattern = path OR path GLOB " PATTERN("r.pattern") ") "
	"ORDER BY r.strength, r.ordinal, r.name LIMIT 1), owner = (SELECT r.name FROM place_rule r WHERE r.what = 'owner' "
	"AND (r.pattern = path OR path GLOB " PATTERN("r.pattern") ") ORDER BY r.strength, r.ordinal, r.name LIMIT 1)",
	"CREATE UNIQUE INDEX temp.place_name ON place(cluster, namespace)",
	NULL,
};

/* Labels and annotations that say whose a thing is, where the file does not. */
#define OWNER_KEYS "('team', 'owner', 'squad', 'app.kubernetes.io/team', 'contact')"
static const char *const kubernetes[] = {
	"UPDATE namespace SET environment = p.environment, owner = coalesce(p.owner, "
	"(SELECT value FROM label l WHERE l.thing = namespace.thing AND l.key IN " OWNER_KEYS " AND l.value != '' ORDER BY l.key LIMIT 1), "
	"(SELECT value FROM annotation a WHERE a.thing = namespace.thing AND a.key IN " OWNER_KEYS " AND a.value != '' ORDER BY a.key LIMIT 1)) "
	"FROM temp.place p WHERE p.cluster = namespace.cluster AND p.namespace = namespace.name",
	"UPDATE namespace SET data_class = (SELECT d.name FROM data_class d, json_each(d.places) j WHERE "
	"cluster || '/' || namespace.name GLOB " PATTERN("CASE WHEN instr(j.value, '/') THEN j.value ELSE '*/' || j.value END") " ORDER BY d.rank DESC, d.name LIMIT 1)",
	"UPDATE workload SET environment = coalesce("
	"(SELECT l.name FROM labelled l WHERE l.thing = workload.thing AND l.what = 'environment' ORDER BY l.ordinal, l.name LIMIT 1), p.environment), "
	"owner = coalesce((SELECT l.name FROM labelled l WHERE l.thing = workload.thing AND l.what = 'owner' ORDER BY l.name LIMIT 1), p.owner, "
	"(SELECT value FROM label l WHERE l.thing = workload.thing AND l.key IN " OWNER_KEYS " AND l.value != '' ORDER BY l.key LIMIT 1), "
	"(SELECT value FROM template_label l WHERE l.workload = workload.thing AND l.key IN " OWNER_KEYS " AND l.value != '' ORDER BY l.key LIMIT 1), "
	"(SELECT n.owner FROM namespace n WHERE n.cluster = workload.cluster AND n.name = workload.namespace)) "
	"FROM temp.place p WHERE p.cluster = workload.cluster AND p.namespace = workload.namespace",
	"DROP TABLE temp.place", "DROP TABLE temp.place_rule", "DROP TABLE temp.label_rule", "DROP TABLE temp.labelled",
	NULL,
};

/*
 * A trusted registry is a host, or a host and the start of a path. A star in the host never reaches into the path: a pattern of hosts must
 * not be met by a repository that is named so.
 */
#define RULE_HOST "CASE instr(t.pattern, '/') WHEN 0 THEN t.pattern ELSE substr(t.pattern, 1, instr(t.pattern, '/') - 1) END"
#define RULE_PATH "CASE instr(t.pattern, '/') WHEN 0 THEN '' ELSE substr(t.pattern, instr(t.pattern, '/') + 1) END"
static const char *const images[] = {
	"CREATE TEMP TABLE trust_rule AS SELECT " RULE_HOST " AS host, " RULE_PATH " AS path FROM trusted_registry t",
	"CREATE TEMP TABLE origin AS SELECT DISTINCT image_registry AS registry, image_repository AS repository FROM container "
	"WHERE image_registry IS NOT NULL AND EXISTS (SELECT 1 FROM trusted_registry)",
	"ALTER TABLE temp.origin ADD COLUMN trusted INTEGER",
	"UPDATE temp.origin SET trusted = EXISTS (SELECT 1 FROM trust_rule t WHERE registry GLOB " PATTERN("t.host") " AND (t.path = '' OR repository = t.path "
	"OR repository GLOB " PATTERN("t.path") " OR repository GLOB " PATTERN("t.path") " || '/*'))",
	"CREATE UNIQUE INDEX temp.origin_name ON origin(registry, repository)",
	"UPDATE container SET image_trusted = o.trusted FROM temp.origin o WHERE o.registry = image_registry AND o.repository = image_repository",
	/* A registry of which only a part is trusted is neither. */
	"UPDATE registry SET trusted = CASE WHEN EXISTS (SELECT 1 FROM trust_rule t WHERE registry.host GLOB " PATTERN("t.host") " AND t.path = '') THEN 1 "
	"WHEN EXISTS (SELECT 1 FROM trust_rule t WHERE registry.host GLOB " PATTERN("t.host") ") THEN NULL ELSE 0 END WHERE EXISTS (SELECT 1 FROM trusted_registry)",
	"DROP TABLE temp.trust_rule", "DROP TABLE temp.origin",
	NULL,
};

/* Accounts are named by ref ('aws:1111/user/alice'), as 'system:name', or by their plain name. */
#define NAMES(account) "(t.ref GLOB " PATTERN(account) " OR p.name GLOB " PATTERN(account) " OR p.system || ':' || p.name GLOB " PATTERN(account) ")"
static const char *const people[] = {
	"UPDATE principal SET person = m.person, job_role = m.job_role FROM (SELECT p.thing, min(h.name) AS person, h.job_role "
	"FROM person h, json_each(h.accounts) j, principal p JOIN thing t ON t.id = p.thing WHERE " NAMES("j.value") " GROUP BY p.thing) m "
	"WHERE m.thing = principal.thing",
	"UPDATE principal SET job_role = m.job_role FROM (SELECT p.thing, min(r.name) AS job_role "
	"FROM job_role r, json_each(r.access) j, principal p JOIN thing t ON t.id = p.thing "
	"WHERE json_extract(j.value, '$.principal') IS NOT NULL AND (json_extract(j.value, '$.system') IS NULL OR json_extract(j.value, '$.system') = p.system) "
	"AND " NAMES("json_extract(j.value, '$.principal')") " GROUP BY p.thing) m WHERE m.thing = principal.thing AND principal.job_role IS NULL",
	NULL,
};

/* A system that is said to be in scope is one though nothing of it was collected: its checks are not-assessed, not absent. */
#define RULE_OF_SCOPE "FROM system_in_scope s WHERE s.kind = scope.kind AND scope.name GLOB " PATTERN("s.name") " ORDER BY instr(s.name, '*') > 0, length(s.name) DESC LIMIT 1"
static const char *const scopes[] = {
	"INSERT INTO scope(kind, name, hint) SELECT s.kind, CASE s.name WHEN '*' THEN s.kind ELSE s.name END, "
	"CASE WHEN s.in_scope THEN 'the engagement file names it' ELSE coalesce(s.reason, 'the engagement file puts it out of scope') END FROM system_in_scope s "
	"WHERE (s.name = '*' OR instr(s.name, '*') = 0) "
	"AND NOT EXISTS (SELECT 1 FROM scope o WHERE o.kind = s.kind AND (s.name = '*' OR o.name = s.name)) ORDER BY s.kind, s.name",
	"UPDATE scope SET state = 'in-scope', hint = 'the engagement file names it' WHERE state = 'assumed-absent' AND (SELECT s.in_scope " RULE_OF_SCOPE ") = 1",
	"UPDATE scope SET state = 'out-of-scope', hint = coalesce((SELECT s.reason " RULE_OF_SCOPE "), 'the engagement file puts it out of scope') "
	"WHERE (SELECT s.in_scope " RULE_OF_SCOPE ") = 0",
	NULL,
};

int derive_engagement(struct db *db, struct err *e)
{
	const char *const *const parts[] = {places, kubernetes, images, people, scopes};

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		for (const char *const *s = parts[i]; *s; s++)
			if (db_exec(db, *s, e))
				return -1;
	return 0;
}
