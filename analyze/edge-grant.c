// SPDX-License-Identifier: Apache-2.0
// Which RBAC rules hold the rights that edges ask for. Each rule is looked at once, however often it is bound.
#include "edge.h"
#include "rbac-right.h"

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

/* What holders have by themselves and through groups, of the edges that ask for it: indexed, since their queries look for pairs. */
static int fill_held(struct db *db, const struct edge_set *set, struct err *e)
{
	static const char *const sql[] = {
		"INSERT INTO edge_held SELECT DISTINCT g.edge, g.names, g.binding, g.cluster, g.namespace, g.holder, g.who, g.place, g.through, g.holder FROM v_edge_grant g "
		"WHERE g.edge = ?1 OR (g.edge > ?1 || ':' AND g.edge < ?1 || ';')",
		"INSERT INTO edge_held SELECT h.edge, h.names, h.binding, h.cluster, h.namespace, m.principal, CASE p.kind WHEN 'service-account' THEN 'Service account ' WHEN 'user' THEN 'User ' "
		"ELSE 'Group ' END || p.name || ' (of group ' || s.name || ')', h.place, h.through, h.holder FROM edge_held h JOIN principal_group m ON m.member_of = h.holder "
		"JOIN principal p ON p.thing = m.principal JOIN principal s ON s.thing = h.holder WHERE h.via = h.holder AND (h.edge = ?1 OR (h.edge > ?1 || ':' AND h.edge < ?1 || ';'))",
	};

	for (size_t i = 0; i < set->n; i++)
		for (size_t k = 0; k < sizeof(sql) / sizeof(sql[0]) && set->at[i].query && strstr(set->at[i].query, "v_edge_held"); k++)
			if (db_run(db, e, sql[k], "s", set->at[i].id))
				return -1;
	return 0;
}

/* Rules of roles that nothing binds give nobody anything. */
int edge_grants_fill(struct db *db, const struct edge_set *set, struct err *e)
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
