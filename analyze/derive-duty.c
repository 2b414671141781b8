// SPDX-License-Identifier: Apache-2.0
// Which roles hold a side of the duties that the engagement file separates.
#include "derive-defaults.h"
#include "access.h"
#include "common/json.h"

/* A right of rule_right by its name. */
static int by_right(struct db *db, int64_t duty, int64_t side, struct span right, struct err *e)
{
	return db_run(db, e, "INSERT OR IGNORE INTO duty_role(duty, side, role) SELECT DISTINCT ?, ?, x.role FROM rule_right r JOIN role_rule x ON x.id = r.rule WHERE r.right = ?",
		      "iit", duty, side, right);
}

/* "VERB RESOURCE[.GROUP][/SUB]", asked of every role. */
static int by_question(struct db *db, int64_t duty, int64_t side, struct span text, struct err *e)
{
	auto_stmt *s = NULL;
	auto_arena a = ARENA_INIT;
	struct rbac_eval *eval;
	struct rbac_question q = {0};
	int rc;

	q.verb = span_cut(&text, ' ');
	access_resource(&q, span_trim(text));
	rbac_question_settle(&a, &q);
	if (db_prepare(db, "SELECT thing FROM role WHERE EXISTS (SELECT 1 FROM binding b WHERE b.role = role.thing) ORDER BY thing", &s, e) ||
	    rbac_eval_open_bindings(db, SPAN(""), &eval, e))
		return -1;
	while ((rc = db_step(db, s, e)) == 1) {
		struct rbac_role role = {.thing = sqlite3_column_int64(s, 0)};

		if (rbac_eval_rules(eval, &role, e) ||
		    (rbac_rules_ask(role.rules, &q) &&
		     db_run(db, e, "INSERT OR IGNORE INTO duty_role(duty, side, role) VALUES (?, ?, ?)", "iii", duty, side, role.thing))) {
			rc = -1;
			break;
		}
	}
	rbac_eval_free(eval);
	return rc;
}

static int one_side(struct db *db, int64_t duty, int64_t side, struct span list, struct err *e)
{
	auto_arena a = ARENA_INIT;
	struct rbac_list rights = rbac_list_parse(&a, list);

	for (size_t i = 0; i < rights.n; i++) {
		bool question = memchr(rights.at[i].p, ' ', rights.at[i].n) != NULL;

		if (question ? by_question(db, duty, side, rights.at[i], e) : by_right(db, duty, side, rights.at[i], e))
			return -1;
	}
	return 0;
}

int derive_duties(struct db *db, struct err *e)
{
	auto_stmt *s = NULL;
	int rc;

	if (db_prepare(db, "SELECT id, one, other FROM duty ORDER BY id", &s, e))
		return -1;
	while ((rc = db_step(db, s, e)) == 1)
		if (one_side(db, sqlite3_column_int64(s, 0), 1, db_text(s, 1), e) || one_side(db, sqlite3_column_int64(s, 0), 2, db_text(s, 2), e))
			return -1;
	return rc;
}
