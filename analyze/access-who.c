// SPDX-License-Identifier: Apache-2.0
// `plimsoll access who-can` and `what-can`: all who hold a right, all that one holds.
#include "access.h"
#include "listing.h"

struct who {
	struct access *x;
	struct rbac_eval *eval;
	struct listing *out;
	struct arena arena;
};

static struct span number(struct arena *a, int64_t n)
{
	return span_of(arena_printf(a, "%lld", (long long)n));
}

/* A row for each subject of a binding whose role allows the question. */
static int holders_of(struct who *w, const struct rbac_binding *b, const struct policy_rule *rule, struct err *e)
{
	sqlite3_stmt *s = db_stmt(&w->x->db, "SELECT kind, namespace, name, thing IS NULL AND kind = 'ServiceAccount' FROM binding_subject WHERE binding = ? AND "
					     "kind IN ('User', 'Group', 'ServiceAccount') AND (kind != 'ServiceAccount' OR namespace IS NOT NULL) ORDER BY id");
	int rc;

	db_bind(s, "i", b->thing);
	while ((rc = db_step(&w->x->db, s, e)) == 1) {
		struct span row[] = {db_text(s, 0), span_eq(db_text(s, 0), "ServiceAccount") ? db_text(s, 1) : SPAN_NONE, db_text(s, 2),
				     b->namespace.n ? b->namespace : SPAN("everywhere"), b->ref, span_of(b->role->ref), number(&w->arena, rule->ordinal)};

		listing_row(w->out, row);
	}
	sqlite3_reset(s);
	return rc;
}

static int every_binding(struct who *w, const struct rbac_question *q, struct err *e)
{
	const struct rbac_binding *b;

	for (size_t i = 0; (b = rbac_eval_binding(w->eval, i)); i++) {
		const struct policy_rule *rule;

		if (!b->role || (b->namespace.n && (q->is_path || (q->namespace.n && !span_is(q->namespace, b->namespace)))))
			continue;
		if (rbac_eval_rules(w->eval, b->role, e))
			return -1;
		rule = rbac_rules_ask(b->role->rules, q);
		if (rule && holders_of(w, b, rule, e))
			return -1;
		arena_reset(&w->arena);
	}
	return 0;
}

int access_who_can(struct access *x, struct err *e)
{
	static const char *const columns[] = {"kind", "namespace", "name", "where", "binding", "role", "rule", NULL};
	const struct span masters[] = {SPAN("Group"), SPAN_NONE, SPAN("system:masters"), SPAN("everywhere"), SPAN_NONE, SPAN_NONE, SPAN_NONE};
	struct who w = {.x = x};
	auto_arena a = ARENA_INIT;
	auto_buf cluster = BUF_INIT;
	struct rbac_question q = {0};
	int rc;

	if (x->words_n < 2)
		return err_set(e, ERR_USAGE, "access who-can: SITE.db VERB RESOURCE[.GROUP][/SUB] [NAME], or SITE.db VERB /path");
	q.verb = span_of(x->words[0]);
	q.is_path = x->words[1][0] == '/';
	if (q.is_path)
		q.path = span_of(x->words[1]);
	else
		access_resource_asked(&q, span_of(x->words[1]));
	q.name = x->words_n > 2 ? span_of(x->words[2]) : SPAN("");
	q.namespace = x->namespace ? span_of(x->namespace) : SPAN("");
	rbac_question_settle(&a, &q);
	if (access_cluster(x, &cluster, e) || rbac_eval_open_bindings(&x->db, buf_span(&cluster), &w.eval, e))
		return -1;
	w.out = listing_new("plimsoll.access.who-can/1", columns, x->json);
	listing_row(w.out, masters);
	rc = every_binding(&w, &q, e);
	if (rc < 0)
		listing_free(w.out);
	else
		rc = listing_end(w.out, "nobody", e);
	arena_fini(&w.arena);
	rbac_eval_free(w.eval);
	return rc;
}

/* SUBJECT: a user's name, group:NAME, sa:NAMESPACE/NAME, or the reference of one. */
static void subject_of(struct arena *a, struct span text, struct span *user, struct opt_list *groups)
{
	struct span rest = text, word;

	*user = text;
	if (span_starts(text, "group:")) {
		*user = SPAN("");
		groups->at[groups->n++] = text.p + strlen("group:");
	} else if (span_starts(text, "user:")) {
		*user = (struct span){text.p + 5, text.n - 5};
	} else if (span_starts(text, "sa:") || span_has(text, "/ServiceAccount/")) {
		if (span_starts(text, "sa:")) {
			rest.p += 3, rest.n -= 3;
			word = span_cut(&rest, '/');
		} else {
			span_cut(&rest, '/');
			word = span_cut(&rest, '/');
			span_cut(&rest, '/');
		}
		*user = span_of(arena_printf(a, "system:serviceaccount:%.*s:%.*s", SPAN_ARG(word), SPAN_ARG(rest)));
	} else if (span_has(text, "/-/User/") || span_has(text, "/-/Group/")) {
		bool group = span_has(text, "/-/Group/");

		for (int i = 0; i < 3; i++)
			span_cut(&rest, '/');
		*user = group ? SPAN("") : rest;
		if (group)
			groups->at[groups->n++] = rest.p;
	}
}

static int rules_of(struct who *w, const struct rbac_binding *b, struct err *e)
{
	const struct policy_rule *r;

	if (rbac_eval_rules(w->eval, b->role, e))
		return -1;
	for (size_t i = 0; (r = rbac_rules_at(b->role->rules, i)); i++) {
		struct span row[] = {b->namespace.n ? b->namespace : SPAN("everywhere"), r->json[2], r->json[0], r->json[1], r->json[3], r->json[4],
				     span_of(b->role->ref), b->ref};

		if (b->namespace.n && r->urls.n)
			continue;
		for (int k = 1; k < 6; k++)
			row[k] = row[k].n ? row[k] : SPAN("[]");
		listing_row(w->out, row);
	}
	return 0;
}

int access_what_can(struct access *x, struct err *e)
{
	static const char *const columns[] = {"where",	      "verbs_json", "groups_json", "resources_json", "names_json",
					      "urls_json", "role",	  "binding",	 NULL};
	struct who w = {.x = x};
	auto_arena a = ARENA_INIT;
	auto_buf cluster = BUF_INIT;
	const struct rbac_binding **held;
	struct rbac_list groups;
	struct opt_list given = {arena_array(&a, x->groups.n + 1, sizeof(char *)), 0};
	struct span user;
	size_t n;
	int rc = 0;

	if (x->words_n != 1)
		return err_set(e, ERR_USAGE, "access what-can: SITE.db SUBJECT (a user, group:NAME, sa:NAMESPACE/NAME)");
	for (size_t i = 0; i < x->groups.n; i++)
		given.at[given.n++] = x->groups.at[i];
	subject_of(&a, span_of(x->words[0]), &user, &given);
	groups = access_groups(&a, user, &given);
	if (access_cluster(x, &cluster, e) || rbac_eval_open_for(&x->db, buf_span(&cluster), user, groups, &w.eval, e))
		return -1;
	n = rbac_eval_held(w.eval, &a, user, groups, &held);
	w.out = listing_new("plimsoll.access.what-can/1", columns, x->json);
	for (size_t i = 0; i < n && rc == 0; i++)
		if (!x->namespace || !held[i]->namespace.n || span_eq(held[i]->namespace, x->namespace))
			rc = rules_of(&w, held[i], e);
	if (rc < 0)
		listing_free(w.out);
	else
		rc = listing_end(w.out, "nothing", e);
	rbac_eval_free(w.eval);
	return rc;
}
