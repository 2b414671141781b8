// SPDX-License-Identifier: Apache-2.0
// The engagement file's sections on people: teams, job roles, who has which, duties that one person must not hold together.
#include "load-engagement-people.h"
#include "common/text.h"

int engagement_team(void *ctx, const struct entry *n, struct err *e)
{
	struct engagement_reader *r = ctx;
	auto_buf selector = BUF_INIT;
	struct span name, contact;

	if (entry_text(n, "name", true, &name, e) || entry_text(n, "contact", false, &contact, e))
		return -1;
	buf_add_str(&selector, "{\"namespaces\":");
	if (entry_list(n, "namespaces", &selector, e))
		return -1;
	buf_add_str(&selector, ",\"labels\":");
	if (entry_map(n, "labels", &selector, e))
		return -1;
	buf_add_str(&selector, ",\"images\":");
	if (entry_list(n, "images", &selector, e))
		return -1;
	buf_add_char(&selector, '}');
	if (db_run(r->db, e, "INSERT OR IGNORE INTO team(name, contact, selector) VALUES (?, ?, ?)", "ttt", name, contact, buf_span(&selector)))
		return -1;
	return engagement_once(r, n, name, e);
}

struct access {
	struct buf json;
};

static int access_entry(void *ctx, const struct entry *n, struct err *e)
{
	static const char *const keys[] = {"system", "principal", "needs", NULL};
	struct access *a = ctx;
	struct span where, principal, needs;

	if (entry_keys(n, keys, e) || entry_text(n, "system", false, &where, e) || entry_text(n, "principal", false, &principal, e) ||
	    entry_text(n, "needs", false, &needs, e))
		return -1;
	buf_add_str(&a->json, a->json.n > 1 ? ",{" : "{");
	for (size_t i = 0; i < 3; i++) {
		struct span value = i == 0 ? where : i == 1 ? principal : needs;

		buf_printf(&a->json, "%s\"%s\":", i ? "," : "", keys[i]);
		if (value.p)
			text_add_json(&a->json, value);
		else
			buf_add_str(&a->json, "null");
	}
	buf_add_char(&a->json, '}');
	return 0;
}

int engagement_job_role(void *ctx, const struct entry *n, struct err *e)
{
	struct engagement_reader *r = ctx;
	struct access a = {BUF_INIT};
	struct span name, purpose;
	int rc = -1;

	buf_add_char(&a.json, '[');
	if (entry_text(n, "name", true, &name, e) == 0 && entry_text(n, "purpose", false, &purpose, e) == 0 &&
	    entry_each(n, json_get(n->v, "access"), "needs", access_entry, &a, e) == 0) {
		buf_add_char(&a.json, ']');
		rc = db_run(r->db, e, "INSERT OR IGNORE INTO job_role(name, purpose, access) VALUES (?, ?, ?)", "ttt", name, purpose, buf_span(&a.json));
		if (rc == 0)
			rc = engagement_once(r, n, name, e);
	}
	buf_fini(&a.json);
	return rc;
}

int engagement_person(void *ctx, const struct entry *n, struct err *e)
{
	struct engagement_reader *r = ctx;
	auto_buf accounts = BUF_INIT, groups = BUF_INIT;
	struct span name, role, email;

	if (entry_text(n, "name", true, &name, e) || entry_text(n, "job_role", false, &role, e) || entry_text(n, "email", false, &email, e) ||
	    entry_list(n, "accounts", &accounts, e) || entry_list(n, "groups", &groups, e))
		return -1;
	if (db_run(r->db, e, "INSERT OR IGNORE INTO person(name, job_role, email, accounts, groups) VALUES (?, ?, ?, ?, ?)", "ttttt", name, role, email,
		   buf_span(&accounts), buf_span(&groups)))
		return -1;
	return engagement_once(r, n, name, e);
}

/* A right is a name of analyze/rbac-right.c's table, or "VERB RESOURCE[.GROUP][/SUB]". */
int engagement_duty(void *ctx, const struct entry *n, struct err *e)
{
	struct engagement_reader *r = ctx;
	auto_buf one = BUF_INIT, other = BUF_INIT, except = BUF_INIT;
	struct span name, reason;

	if (entry_text(n, "name", true, &name, e) || entry_text(n, "reason", false, &reason, e) || entry_list(n, "one", &one, e) ||
	    entry_list(n, "other", &other, e) || entry_list(n, "except", &except, e))
		return -1;
	if (one.n <= 2 || other.n <= 2)
		return entry_error(n, NULL, e, "rights are needed under 'one' and under 'other'");
	if (db_run(r->db, e, "INSERT OR IGNORE INTO duty(name, one, other, except_for, reason) VALUES (?, ?, ?, ?, ?)", "ttttt", name, buf_span(&one), buf_span(&other),
		   buf_span(&except), reason))
		return -1;
	return engagement_once(r, n, name, e);
}
