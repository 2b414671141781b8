// SPDX-License-Identifier: Apache-2.0
// What a site changed in the roles and bindings that kube-apiserver makes itself.
#include "derive-defaults.h"
#include "rbac-eval.h"
#include "common/embed.h"
#include "common/json.h"
#include "common/yaml-read.h"

/* Triples of group, resource and verb of one role that are compared: real roles have some 300. */
enum { TRIPLES_MAX = 50000 };

struct compare {
	struct db *db;
	struct rbac_eval *eval;
	struct span cluster;
	struct arena arena; /* of the role at hand */
};

struct found {
	int64_t thing;
	const char *kind;
	struct span namespace, name;
};

static int change(struct compare *c, const struct found *f, const char *what, struct span detail, struct err *e)
{
	return db_run(c->db, e, "INSERT INTO default_change(cluster, thing, kind, namespace, name, change, detail) VALUES (?, ?, ?, ?, ?, ?, ?)", "trsttst", c->cluster,
		      f->thing, f->kind, f->namespace, f->name, what, detail);
}

/* Words separated by spaces; `core` is the empty group. */
static struct rbac_list words(struct arena *a, struct span text, bool groups)
{
	struct span rest = span_trim(text), *at = arena_array(a, rest.n / 2 + 1, sizeof(*at));
	struct rbac_list list = {at, 0};

	while (rest.n) {
		struct span w = span_cut(&rest, ' ');

		at[list.n++] = groups && span_eq(w, "core") ? SPAN("") : w;
	}
	return list;
}

/* "GROUPS | RESOURCES | VERBS [| NAMES]" or "urls: PATHS | VERBS". */
static struct policy_rule rule_of(struct arena *a, struct span text)
{
	struct policy_rule r = {0};
	struct span rest = text, first = span_cut(&rest, '|');

	if (span_starts(first, "urls:")) {
		r.urls = words(a, (struct span){first.p + 5, first.n - 5}, false);
		r.verbs = words(a, rest, false);
		return r;
	}
	r.groups = words(a, first, true);
	r.resources = words(a, span_cut(&rest, '|'), false);
	r.verbs = words(a, span_cut(&rest, '|'), false);
	r.names = words(a, rest, false);
	return r;
}

static struct rbac_rules *default_rules(struct arena *a, const struct json *list)
{
	struct policy_rule *at = arena_array(a, json_count(list), sizeof(*at));
	size_t n = 0;

	JSON_EACH(r, list)
	{
		at[n++] = rule_of(a, json_str(r));
	}
	return rbac_rules_new(a, at, n);
}

/* The verbs of a rule on one resource (or path) that `other` does not allow, by name where the rule has names. */
static bool lacking(struct compare *c, const struct policy_rule *r, struct rbac_question *q, const struct rbac_rules *other, struct buf *verbs)
{
	bool some = false;

	rbac_question_settle(&c->arena, q);
	for (size_t v = 0; v < r->verbs.n; v++) {
		bool all = true;

		q->verb = r->verbs.at[v];
		for (size_t n = 0; n < (r->names.n ? r->names.n : 1); n++) {
			q->name = r->names.n ? r->names.at[n] : SPAN("");
			all &= rbac_rules_ask(other, q) != NULL;
		}
		if (all)
			continue;
		buf_add_str(verbs, some ? ", " : "");
		buf_add_span(verbs, q->verb);
		some = true;
	}
	return some;
}

static int tell(struct compare *c, const struct found *f, const char *what, const struct rbac_question *q, struct buf *verbs, struct err *e)
{
	auto_buf text = BUF_INIT;

	buf_add_span(&text, buf_span(verbs));
	buf_add_str(&text, " on ");
	buf_add_span(&text, q->is_path ? q->path : q->combined);
	if (!q->is_path && q->group.n) {
		buf_add_str(&text, " of ");
		buf_add_span(&text, q->group);
	}
	return change(c, f, what, buf_span(&text), e);
}

static int one_rule(struct compare *c, const struct found *f, const char *what, const struct policy_rule *r, const struct rbac_rules *other, struct err *e)
{
	auto_buf verbs = BUF_INIT;
	struct rbac_question q;

	for (size_t u = 0; u < r->urls.n; u++) {
		q = (struct rbac_question){.is_path = true, .path = r->urls.at[u]};
		buf_reset(&verbs);
		if (lacking(c, r, &q, other, &verbs) && tell(c, f, what, &q, &verbs, e))
			return -1;
	}
	for (size_t g = 0; g < r->groups.n; g++)
		for (size_t s = 0; s < r->resources.n; s++) {
			struct span sub = r->resources.at[s], resource = span_cut(&sub, '/');

			q = (struct rbac_question){.group = r->groups.at[g], .resource = resource, .subresource = sub.p ? sub : SPAN("")};
			buf_reset(&verbs);
			if (lacking(c, r, &q, other, &verbs) && tell(c, f, what, &q, &verbs, e))
				return -1;
		}
	return 0;
}

static size_t triples(const struct rbac_rules *rules)
{
	const struct policy_rule *r;
	size_t n = 0;

	for (size_t i = 0; (r = rbac_rules_at(rules, i)) && n < TRIPLES_MAX; i++)
		n += (r->groups.n * r->resources.n + r->urls.n) * r->verbs.n * (r->names.n ? r->names.n : 1);
	return n;
}

static int compare_rules(struct compare *c, const struct found *f, const char *what, const struct rbac_rules *rules, const struct rbac_rules *other, struct err *e)
{
	const struct policy_rule *r;

	for (size_t i = 0; (r = rbac_rules_at(rules, i)); i++)
		if (one_rule(c, f, what, r, other, e))
			return -1;
	return 0;
}

/* NAMESPACE/NAME or NAME. */
static struct found found_named(struct span key, const char *kind)
{
	struct span rest = key, first = span_cut(&rest, '/');

	return (struct found){.kind = kind, .namespace = rest.p ? first : SPAN_NONE, .name = rest.p ? rest : first};
}

static int compared(struct compare *c, const struct found *f, struct err *e)
{
	return db_run(c->db, e, "INSERT OR IGNORE INTO default_compared(thing, kind) VALUES (?, ?)", "is", f->thing, f->kind);
}

static int one_role(struct compare *c, struct span key, const struct json *list, struct err *e)
{
	struct found f = found_named(key, "role");
	struct rbac_role role = {0};
	struct rbac_rules *ours;

	f.thing = db_int(c->db, 0, "SELECT thing FROM role WHERE cluster = ? AND namespace IS ? AND name = ?", "ttt", c->cluster, f.namespace, f.name);
	if (!f.thing)
		return change(c, &f, "missing", SPAN("the role is not there"), e);
	if (compared(c, &f, e) || !json_count(list)) /* gathered from others: those are compared */
		return json_count(list) ? -1 : 0;
	role.thing = f.thing;
	ours = default_rules(&c->arena, list);
	if (rbac_eval_rules(c->eval, &role, e))
		return -1;
	if (triples(role.rules) >= TRIPLES_MAX)
		return change(c, &f, "added", SPAN("more rules than can be compared"), e);
	return compare_rules(c, &f, "added", role.rules, ours, e) || compare_rules(c, &f, "removed", ours, role.rules, e) ? -1 : 0;
}

static struct span subject_word(struct buf *b, sqlite3_stmt *s)
{
	struct span kind = db_text(s, 0);

	buf_reset(b);
	buf_add_str(b, span_eq(kind, "ServiceAccount") ? "account " : span_eq(kind, "Group") ? "group " : "user ");
	if (span_eq(kind, "ServiceAccount")) {
		buf_add_span(b, db_text(s, 1));
		buf_add_char(b, '/');
	}
	buf_add_span(b, db_text(s, 2));
	return buf_span(b);
}

static int compare_subjects(struct compare *c, const struct found *f, const struct json *expected, struct err *e)
{
	sqlite3_stmt *s = db_stmt(c->db, "SELECT DISTINCT kind, namespace, name FROM binding_subject WHERE binding = ? ORDER BY 1, 2, 3");
	bool *seen = arena_array(&c->arena, json_count(expected) + 1, sizeof(*seen));
	auto_buf word = BUF_INIT;
	int rc;

	db_bind(s, "i", f->thing);
	while ((rc = db_step(c->db, s, e)) == 1) {
		struct span w = subject_word(&word, s);
		bool known = false;

		for (uint32_t i = 0; i < json_count(expected); i++)
			if (span_is(json_str(&expected->items[i]), w))
				known = seen[i] = true;
		if (!known && change(c, f, "added", w, e)) {
			rc = -1;
			break;
		}
	}
	sqlite3_reset(s);
	for (uint32_t i = 0; i < json_count(expected) && rc == 0; i++)
		if (!seen[i])
			rc = change(c, f, "removed", json_str(&expected->items[i]), e);
	return rc;
}

static int one_binding(struct compare *c, struct span key, const struct json *v, struct err *e)
{
	struct found f = found_named(key, "binding");
	sqlite3_stmt *s = db_stmt(c->db, "SELECT thing, role_kind || ' ' || role_name FROM binding WHERE cluster = ? AND namespace IS ? AND name = ?");
	struct span role = SPAN_NONE;
	int rc;

	db_bind(s, "ttt", c->cluster, f.namespace, f.name);
	rc = db_step(c->db, s, e);
	if (rc == 1) {
		f.thing = sqlite3_column_int64(s, 0);
		role = (struct span){arena_strndup(&c->arena, db_text(s, 1).p, db_text(s, 1).n), db_text(s, 1).n};
	}
	sqlite3_reset(s);
	if (rc < 0)
		return -1;
	if (rc == 0)
		return change(c, &f, "missing", SPAN("the binding is not there"), e);
	if (compared(c, &f, e) || (!span_is(role, json_text_at(v, "role")) && change(c, &f, "role", role, e)))
		return -1;
	return compare_subjects(c, &f, json_get(v, "subjects"), e);
}

static int one_cluster(struct compare *c, const struct json *defaults, struct err *e)
{
	int rc = rbac_eval_open_bindings(c->db, c->cluster, &c->eval, e);

	JSON_MEMBERS(m, json_get(defaults, "roles"))
	{
		if (rc == 0)
			rc = one_role(c, json_str(&m->key), &m->value, e);
		arena_reset(&c->arena);
	}
	JSON_MEMBERS(m, json_get(defaults, "bindings"))
	{
		if (rc == 0)
			rc = one_binding(c, json_str(&m->key), &m->value, e);
		arena_reset(&c->arena);
	}
	rbac_eval_free(c->eval);
	arena_fini(&c->arena);
	return rc;
}

int derive_defaults(struct db *db, struct err *e)
{
	auto_arena a = ARENA_INIT;
	auto_stmt *s = NULL;
	struct json *defaults;
	int rc;

	/* Manifests alone hold no role of Kubernetes' own: only a cluster whose cluster-admin was seen is compared. */
	if (db_prepare(db, "SELECT cluster FROM role WHERE namespace IS NULL AND name = 'cluster-admin' AND bootstrap ORDER BY cluster", &s, e))
		return -1;
	rc = db_step(db, s, e);
	if (rc != 1)
		return rc;
	if (yaml_parse(&a, embed_find("analyze/rbac-defaults.yaml"), &defaults, e))
		return err_wrap(e, "analyze/rbac-defaults.yaml");
	do {
		struct compare c = {.db = db, .cluster = {arena_strndup(&a, db_text(s, 0).p, db_text(s, 0).n), db_text(s, 0).n}};

		if (one_cluster(&c, defaults, e))
			return -1;
		rc = db_step(db, s, e);
	} while (rc == 1);
	return rc;
}
