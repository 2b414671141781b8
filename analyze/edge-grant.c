// SPDX-License-Identifier: Apache-2.0
// Which RBAC rules hold the rights that edges ask for. Each rule is looked at once, however often it is bound.
#include "edge.h"
#include "rbac-right.h"
#include "common/limits.h"

static bool holds(const struct rbac_rule *rule, const struct edge_grant *g)
{
	for (size_t k = 0; k < g->n; k++)
		if (rbac_rule_covers(rule, g->group, g->resource, span_of(g->verbs[k])))
			return true;
	return false;
}

static int keep(struct db *db, const struct edge *x, const struct edge_grant *g, int64_t rule, struct span names, struct err *e)
{
	char name[128];

	snprintf(name, sizeof(name), "%s%s%.*s", x->id, g->as.p ? ":" : "", SPAN_ARG(g->as));
	return db_run(db, e, "INSERT OR IGNORE INTO edge_rule(edge_id, rule, names) VALUES (?, ?, ?)", "sit", name, rule, names);
}

static int fill_rule(struct db *db, const struct edge_set *set, int64_t id, const struct rbac_rule *rule, struct span names, struct err *e)
{
	for (size_t i = 0; i < set->n; i++)
		for (size_t k = 0; k < set->at[i].grants_n; k++)
			if (holds(rule, &set->at[i].grants[k]) &&
			    keep(db, &set->at[i], &set->at[i].grants[k], id, json_count(rule->names) ? names : SPAN_NONE, e))
				return -1;
	return 0;
}

bool edge_asks_pairs(const struct edge *x)
{
	return x->query && strstr(x->query, "v_edge_held");
}

static int run_for(struct db *db, const struct edge_set *set, const char *const *sql, size_t n, struct err *e)
{
	for (size_t i = 0; i < set->n; i++)
		for (size_t k = 0; k < n && edge_asks_pairs(&set->at[i]); k++)
			if (db_run(db, e, sql[k], "s", set->at[i].id))
				return -1;
	return 0;
}

/* Subjects of a crowd that hold something more of what is asked for, by another binding or through a group: what both give together is theirs alone. */
static int find_mixed(struct db *db, struct edge_set *set, struct err *e)
{
	if (db_exec(db, "CREATE TEMP TABLE mixed(thing INTEGER NOT NULL, crowd INTEGER NOT NULL, PRIMARY KEY (thing, crowd)) WITHOUT ROWID", e) ||
	    db_run(db, e,
		   "INSERT OR IGNORE INTO mixed WITH holding AS MATERIALIZED (SELECT DISTINCT holder FROM edge_held), crowds AS MATERIALIZED (SELECT g.thing, g.about FROM graph_node g "
		   "JOIN holding h ON h.holder = g.thing WHERE g.role = 'crowd') SELECT s.thing, c.thing FROM crowds c CROSS JOIN binding_subject s ON s.binding = c.about AND s.counts "
		   "WHERE s.thing IN (SELECT holder FROM holding) OR s.thing IN (SELECT a.thing FROM workload w JOIN service_account a ON a.cluster = w.cluster AND a.namespace = w.namespace "
		   "AND a.name = w.service_account) OR EXISTS (SELECT 1 FROM principal_group m WHERE m.principal = s.thing AND m.member_of IN (SELECT holder FROM holding)) "
		   "OR EXISTS (SELECT 1 FROM binding_subject o JOIN crowds oc ON oc.about = o.binding WHERE o.thing = s.thing AND o.binding != s.binding) LIMIT ?",
		   "i", (int64_t)LIMIT_MIXED_HOLDERS + 1))
		return -1;
	if (db_int(db, 0, "SELECT count(*) FROM mixed", "") <= LIMIT_MIXED_HOLDERS)
		return 0;
	set->pairs_partial = true;
	return db_run(db, e, "INSERT INTO problem(message) VALUES ('more than ' || ? || ' accounts hold rights by a binding of very many subjects and in another way: what only both together give was not looked for with all of them')",
		      "i", (int64_t)LIMIT_MIXED_HOLDERS);
}

/* What holders have by themselves and through groups, of the edges that ask for it: indexed, since their queries look for pairs. */
static int fill_held(struct db *db, struct edge_set *set, struct err *e)
{
	static const char *const own[] = {
		"INSERT INTO edge_held SELECT DISTINCT g.edge, g.names, g.binding, g.cluster, g.namespace, g.holder, g.who, g.place, g.through, g.holder FROM v_edge_grant g "
		"WHERE g.edge = ?1",
		/* Of the other rights two bindings tell all that is asked: that there is one, and whether it is the only one. Groups may have thousands. */
		"INSERT INTO edge_held WITH few AS MATERIALIZED (SELECT x.edge_id, x.names, b.cluster, b.namespace, h.thing AS holder, min(b.thing) AS least, max(b.thing) AS most FROM edge_rule x "
		"JOIN role_rule rr ON rr.id = x.rule JOIN binding b ON b.role = rr.role JOIN binding_holder h ON h.binding = b.thing WHERE x.edge_id > ?1 || ':' AND x.edge_id < ?1 || ';' GROUP BY 1, 2, 3, 4, 5) "
		"SELECT DISTINCT g.edge, g.names, g.binding, g.cluster, g.namespace, g.holder, g.who, g.place, g.through, g.holder FROM few f CROSS JOIN v_edge_grant g "
		"ON g.binding IN (f.least, f.most) AND g.holder = f.holder AND g.edge = f.edge_id AND g.names IS f.names",
	};
	/* Of all these edges at once. */
	static const char *const shared[] = {
		"INSERT INTO edge_held SELECT h.edge, h.names, h.binding, h.cluster, h.namespace, m.principal, CASE p.kind WHEN 'service-account' THEN 'Service account ' WHEN 'user' THEN 'User ' "
		"ELSE 'Group ' END || p.name || ' (of group ' || s.name || ')', h.place, h.through, h.holder FROM edge_held h JOIN principal_group m ON m.member_of = h.holder "
		"JOIN principal p ON p.thing = m.principal JOIN principal s ON s.thing = h.holder WHERE h.via = h.holder AND (p.kind != 'user' OR EXISTS (SELECT 1 FROM binding_holder o WHERE o.thing = p.thing) OR EXISTS (SELECT 1 FROM mixed x WHERE x.thing = p.thing))",
		"INSERT INTO edge_held SELECT h.edge, h.names, h.binding, h.cluster, h.namespace, x.thing, upper(substr(p.kind, 1, 1)) || replace(substr(p.kind, 2), '-', ' ') || ' ' || p.name, h.place, h.through, h.holder "
		"FROM edge_held h JOIN mixed x ON x.crowd = h.holder JOIN principal p ON p.thing = x.thing WHERE h.via = h.holder",
	};

	if (run_for(db, set, own, sizeof(own) / sizeof(own[0]), e) || find_mixed(db, set, e) || db_run(db, e, shared[0], "") || db_run(db, e, shared[1], ""))
		return -1;
	return db_exec(db, "DROP TABLE mixed", e);
}

/* Rules of roles that nothing binds give nobody anything. */
int edge_grants_fill(struct db *db, struct edge_set *set, struct err *e)
{
	sqlite3_stmt *s = db_stmt(db, "SELECT id, groups, resources, verbs, names FROM role_rule WHERE role IN (SELECT role FROM binding) ORDER BY id");
	auto_arena a = ARENA_INIT;
	int rc;

	while ((rc = db_step(db, s, e)) == 1) {
		const struct json *part[4] = {0};

		for (int i = 0; i < 4; i++) {
			struct json *v;

			if (json_parse(&a, db_text(s, i + 1), &v, NULL) == 0)
				part[i] = v;
		}
		if (fill_rule(db, set, sqlite3_column_int64(s, 0), &(struct rbac_rule){part[0], part[1], part[2], part[3]}, db_text(s, 4), e)) {
			rc = -1;
			break;
		}
		arena_reset(&a);
	}
	sqlite3_reset(s);
	return rc ? rc : fill_held(db, set, e);
}
