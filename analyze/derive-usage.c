// SPDX-License-Identifier: Apache-2.0
// Which rules of which bindings the requests of the audit logs needed. How a rule allows is rbac-rule.c's.
#include "derive-usage.h"
#include "rbac-eval.h"

struct usage {
	struct db *db;
	struct rbac_eval *eval;
	struct arena arena;
	int64_t use;
};

static int mark(struct usage *u, const struct rbac_binding *b, const struct rbac_question *q, struct err *e)
{
	const struct policy_rule *r;

	if (b->namespace.n && (q->is_path || !span_is(b->namespace, q->namespace)))
		return 0;
	if (rbac_eval_rules(u->eval, b->role, e))
		return -1;
	for (size_t i = 0; (r = rbac_rules_at(b->role->rules, i)); i++) {
		/* Names were not counted: a rule for some names is taken as used when anything of its kind was. */
		struct policy_rule any = *r;

		any.names = (struct rbac_list){0};
		if (rbac_rule_allows(&any, q) &&
		    db_run(u->db, e, "INSERT OR IGNORE INTO rule_use(binding, rule, use) SELECT ?, id, ? FROM role_rule WHERE role = ? AND ordinal = ?", "iiii",
			   b->thing, u->use, b->role->thing, r->ordinal))
			return -1;
	}
	return 0;
}

static int groups_of(struct usage *u, struct span cluster, struct span user, struct rbac_list *out, struct err *e)
{
	sqlite3_stmt *s = db_stmt(u->db, "SELECT member_of FROM audit_group WHERE cluster = ? AND user = ? ORDER BY member_of");
	size_t n = (size_t)db_int(u->db, 0, "SELECT count(*) FROM audit_group WHERE cluster = ? AND user = ?", "tt", cluster, user);
	struct span *at = arena_array(&u->arena, n, sizeof(*at));
	int rc;

	*out = (struct rbac_list){at, 0};
	db_bind(s, "tt", cluster, user);
	while ((rc = db_step(u->db, s, e)) == 1 && out->n < n)
		at[out->n++] = (struct span){arena_strndup(&u->arena, db_text(s, 0).p, db_text(s, 0).n), db_text(s, 0).n};
	sqlite3_reset(s);
	return rc < 0 ? -1 : 0;
}

static int one_use(struct usage *u, struct span cluster, sqlite3_stmt *s, struct err *e)
{
	struct rbac_question q = {.user = db_text(s, 1), .verb = db_text(s, 2), .group = db_text(s, 3), .resource = db_text(s, 4), .subresource = db_text(s, 5),
				  .namespace = db_text(s, 6), .path = db_text(s, 7), .name = SPAN("")};
	const struct rbac_binding **held;
	size_t n;

	u->use = sqlite3_column_int64(s, 0);
	q.is_path = !q.resource.n;
	if (groups_of(u, cluster, q.user, &q.members, e))
		return -1;
	rbac_question_settle(&u->arena, &q);
	n = rbac_eval_held(u->eval, &u->arena, q.user, q.members, &held);
	for (size_t i = 0; i < n; i++)
		if (mark(u, held[i], &q, e))
			return -1;
	return 0;
}

static int one_cluster(struct db *db, struct span cluster, struct err *e)
{
	struct usage u = {.db = db};
	auto_stmt *s = NULL;
	int rc = rbac_eval_open(db, cluster, &u.eval, e);

	if (rc == 0)
		rc = db_prepare(db, "SELECT id, user, verb, api_group, resource, subresource, namespace, path FROM audit_use WHERE cluster = ? AND allowed > 0 ORDER BY id",
				&s, e);
	if (rc == 0) {
		db_bind(s, "t", cluster);
		while ((rc = db_step(db, s, e)) == 1) {
			if (one_use(&u, cluster, s, e)) {
				rc = -1;
				break;
			}
			arena_reset(&u.arena);
		}
	}
	rbac_eval_free(u.eval);
	arena_fini(&u.arena);
	return rc;
}

int derive_usage(struct db *db, struct err *e)
{
	auto_stmt *s = NULL;
	int rc;

	if (db_prepare(db, "SELECT cluster FROM audit_span ORDER BY cluster", &s, e))
		return -1;
	while ((rc = db_step(db, s, e)) == 1)
		if (one_cluster(db, db_text(s, 0), e))
			return -1;
	return rc;
}
