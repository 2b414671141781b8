// SPDX-License-Identifier: Apache-2.0
// Who holds which role where, indexed by subject, and the answer of a cluster's authorizers to one question. What a rule allows
// is rbac-rule.c's, what a node may is rbac-node.c's.
#include "rbac-eval.h"
#include "rbac-node.h"
#include "common/text.h"

enum subject_kind { USER = 'U', GROUP = 'G' };

/* One user or group that bindings name, with those bindings in their order. */
struct holder {
	struct span name;
	struct rbac_binding **bindings;
	uint32_t n, cap;
	char kind; /* enum subject_kind; 0: an empty slot */
};

struct rbac_eval {
	struct db *db;
	struct arena arena;
	struct span cluster;
	struct rbac_binding **bindings;
	size_t bindings_n;
	struct rbac_role **roles; /* open addressing by thing */
	size_t roles_n, roles_size;
	struct holder *holders; /* open addressing by kind and name */
	size_t holders_n, holders_size;
	struct rbac_node *node;
};

static struct span keep(struct rbac_eval *v, struct span s)
{
	return (struct span){arena_strndup(&v->arena, s.p ? s.p : "", s.n), s.n};
}

static size_t hash(char kind, struct span s)
{
	uint64_t h = 14695981039346656037ull ^ (unsigned char)kind;

	for (size_t i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)s.p[i]) * 1099511628211ull;
	return (size_t)(h ^ (h >> 29));
}

static struct holder *holder_slot(struct holder *table, size_t size, char kind, struct span name)
{
	size_t i = hash(kind, name) & (size - 1);

	while (table[i].kind && (table[i].kind != kind || !span_is(table[i].name, name)))
		i = (i + 1) & (size - 1);
	return &table[i];
}

static void *zeroed(size_t n, size_t size)
{
	void *p = calloc(n, size);

	if (!p)
		die("out of memory");
	return p;
}

static void holders_grow(struct rbac_eval *v)
{
	size_t size = v->holders_size ? 2 * v->holders_size : 256;
	struct holder *table = zeroed(size, sizeof(*table));

	for (size_t i = 0; i < v->holders_size; i++)
		if (v->holders[i].kind)
			*holder_slot(table, size, v->holders[i].kind, v->holders[i].name) = v->holders[i];
	free(v->holders);
	v->holders = table;
	v->holders_size = size;
}

static void hold(struct rbac_eval *v, char kind, struct span name, struct rbac_binding *b)
{
	struct holder *h;

	if (2 * v->holders_n >= v->holders_size)
		holders_grow(v);
	h = holder_slot(v->holders, v->holders_size, kind, name);
	if (!h->kind) {
		*h = (struct holder){.name = keep(v, name), .kind = kind};
		v->holders_n++;
	}
	if (h->n && h->bindings[h->n - 1] == b)
		return;
	if (h->n == h->cap) {
		uint32_t cap = h->cap ? 2 * h->cap : 1;
		struct rbac_binding **grown = arena_array(&v->arena, cap, sizeof(*grown));

		if (h->n)
			memcpy(grown, h->bindings, h->n * sizeof(*grown));
		h->bindings = grown;
		h->cap = cap;
	}
	h->bindings[h->n++] = b;
}

static struct rbac_role **role_slot(struct rbac_role **table, size_t size, int64_t thing)
{
	size_t i = (size_t)((uint64_t)thing * 11400714819323198485ull >> 20) & (size - 1);

	while (table[i] && table[i]->thing != thing)
		i = (i + 1) & (size - 1);
	return &table[i];
}

static struct rbac_role *role_of(struct rbac_eval *v, int64_t thing, struct span ref)
{
	struct rbac_role **slot;

	if (!thing)
		return NULL;
	if (2 * v->roles_n >= v->roles_size) {
		size_t size = v->roles_size ? 2 * v->roles_size : 256;
		struct rbac_role **table = zeroed(size, sizeof(*table));

		for (size_t i = 0; i < v->roles_size; i++)
			if (v->roles[i])
				*role_slot(table, size, v->roles[i]->thing) = v->roles[i];
		free(v->roles);
		v->roles = table;
		v->roles_size = size;
	}
	slot = role_slot(v->roles, v->roles_size, thing);
	if (!*slot) {
		*slot = arena_alloc(&v->arena, sizeof(**slot));
		**slot = (struct rbac_role){.thing = thing, .ref = keep(v, ref).p};
		v->roles_n++;
	}
	return *slot;
}

/* The user name of a service account (serviceaccount.MakeUsername); a name of its own for all else. */
static bool subject_name(struct buf *b, struct span kind, struct span namespace, struct span name, char *as)
{
	*as = span_eq(kind, "Group") ? GROUP : USER;
	buf_reset(b);
	if (span_eq(kind, "ServiceAccount")) {
		if (!namespace.n)
			return false;
		buf_add_str(b, "system:serviceaccount:");
		buf_add_span(b, namespace);
		buf_add_char(b, ':');
	} else if (!span_eq(kind, "User") && *as != GROUP) {
		return false;
	}
	buf_add_span(b, name);
	return true;
}

/* A row of thing, namespace, name, role_kind, role_name, role, its ref, role's ref. */
static struct rbac_binding *binding_of_row(struct rbac_eval *v, sqlite3_stmt *s)
{
	struct rbac_binding *b = arena_alloc(&v->arena, sizeof(*b));

	*b = (struct rbac_binding){.thing = sqlite3_column_int64(s, 0), .namespace = keep(v, db_text(s, 1)), .name = keep(v, db_text(s, 2)),
				   .role_kind = keep(v, db_text(s, 3)), .role_name = keep(v, db_text(s, 4)), .ref = keep(v, db_text(s, 6)),
				   .role = role_of(v, sqlite3_column_int64(s, 5), db_text(s, 7))};
	return b;
}

static int binding_order(const void *x, const void *y)
{
	const struct rbac_binding *a = *(struct rbac_binding *const *)x, *b = *(struct rbac_binding *const *)y;
	int c = span_cmp(a->namespace, b->namespace);

	return c ? c : span_cmp(a->name, b->name);
}

#define BINDING_COLUMNS \
	"SELECT b.thing, b.namespace, b.name, b.role_kind, b.role_name, b.role, t.ref, r.ref FROM binding b JOIN thing t ON t.id = b.thing " \
	"LEFT JOIN thing r ON r.id = b.role WHERE "

static int read_bindings(struct rbac_eval *v, struct err *e)
{
	sqlite3_stmt *s = db_stmt(v->db, BINDING_COLUMNS "b.cluster = ?");
	size_t count = (size_t)db_int(v->db, 0, "SELECT count(*) FROM binding WHERE cluster = ?", "t", v->cluster);
	int rc;

	v->bindings = arena_array(&v->arena, count, sizeof(*v->bindings));
	db_bind(s, "t", v->cluster);
	while ((rc = db_step(v->db, s, e)) == 1 && v->bindings_n < count)
		v->bindings[v->bindings_n++] = binding_of_row(v, s);
	sqlite3_reset(s);
	if (count)
		qsort(v->bindings, v->bindings_n, sizeof(*v->bindings), binding_order);
	return rc < 0 ? -1 : 0;
}

static int read_subjects(struct rbac_eval *v, struct err *e)
{
	sqlite3_stmt *s = db_stmt(v->db, "SELECT kind, namespace, name FROM binding_subject WHERE binding = ? ORDER BY id");
	auto_buf name = BUF_INIT;
	int rc = 0;
	char kind;

	for (size_t i = 0; i < v->bindings_n && rc >= 0; i++) {
		db_bind(s, "i", v->bindings[i]->thing);
		while ((rc = db_step(v->db, s, e)) == 1)
			if (subject_name(&name, db_text(s, 0), db_text(s, 1), db_text(s, 2), &kind))
				hold(v, kind, buf_span(&name), v->bindings[i]);
		sqlite3_reset(s);
	}
	return rc < 0 ? -1 : 0;
}

static struct rbac_binding *read_binding(struct rbac_eval *v, int64_t thing, struct err *e)
{
	sqlite3_stmt *s = db_stmt(v->db, BINDING_COLUMNS "b.thing = ?");
	struct rbac_binding *b = NULL;

	db_bind(s, "i", thing);
	if (db_step(v->db, s, e) == 1)
		b = binding_of_row(v, s);
	sqlite3_reset(s);
	return b;
}

/* Bindings whose subject column `name` is `column` and that mean the subject `wanted`. */
static int read_named(struct rbac_eval *v, struct span column, char as, struct span wanted, struct err *e)
{
	sqlite3_stmt *s = db_stmt(v->db, "SELECT s.binding, s.kind, s.namespace, s.name FROM binding_subject s JOIN binding b ON b.thing = s.binding "
					 "WHERE s.name = ? AND b.cluster = ? ORDER BY s.binding");
	struct rbac_binding *b = NULL;
	auto_buf name = BUF_INIT;
	int rc;
	char kind;

	db_bind(s, "tt", column, v->cluster);
	while ((rc = db_step(v->db, s, e)) == 1) {
		int64_t thing = sqlite3_column_int64(s, 0);

		if (!subject_name(&name, db_text(s, 1), db_text(s, 2), db_text(s, 3), &kind) || kind != as || !span_is(buf_span(&name), wanted))
			continue;
		if (b && b->thing == thing)
			continue;
		b = read_binding(v, thing, e);
		if (!b) {
			rc = -1;
			break;
		}
		hold(v, as, wanted, b);
	}
	sqlite3_reset(s);
	return rc < 0 ? -1 : 0;
}

/* A service account's user name may be split at any of its colons. */
static int read_user(struct rbac_eval *v, struct span user, struct err *e)
{
	if (read_named(v, user, USER, user, e))
		return -1;
	for (size_t i = strlen("system:serviceaccount:"); span_starts(user, "system:serviceaccount:") && i < user.n; i++)
		if (user.p[i] == ':' && read_named(v, (struct span){user.p + i + 1, user.n - i - 1}, USER, user, e))
			return -1;
	return 0;
}

/* The same role held twice in one place is one: bindings are in order, so a place's stand together. */
static void drop_repeated(struct holder *h)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < h->n; i++) {
		struct rbac_binding *b = h->bindings[i];
		bool again = !b->role;

		for (uint32_t k = kept; k-- > 0 && kept - k < 64 && !again && span_is(h->bindings[k]->namespace, b->namespace);)
			again = h->bindings[k]->role == b->role;
		if (!again)
			h->bindings[kept++] = b;
	}
	h->n = kept;
}

static void open_with(struct db *db, struct span cluster, struct rbac_eval **out)
{
	struct rbac_eval *v = zeroed(1, sizeof(*v));

	v->db = db;
	v->cluster = keep(v, cluster);
	v->node = rbac_node_new(db, v->cluster);
	*out = v;
}

static void settle(struct rbac_eval *v)
{
	for (size_t i = 0; i < v->holders_size; i++)
		if (v->holders[i].kind) {
			qsort(v->holders[i].bindings, v->holders[i].n, sizeof(*v->holders[i].bindings), binding_order);
			drop_repeated(&v->holders[i]);
		}
}

static int finish(struct rbac_eval **out, int rc)
{
	if (rc == 0) {
		settle(*out);
		return 0;
	}
	rbac_eval_free(*out);
	*out = NULL;
	return -1;
}

int rbac_eval_open(struct db *db, struct span cluster, struct rbac_eval **out, struct err *e)
{
	open_with(db, cluster, out);
	return finish(out, read_bindings(*out, e) || read_subjects(*out, e));
}

int rbac_eval_open_bindings(struct db *db, struct span cluster, struct rbac_eval **out, struct err *e)
{
	open_with(db, cluster, out);
	return finish(out, read_bindings(*out, e));
}

int rbac_eval_open_for(struct db *db, struct span cluster, struct span user, struct rbac_list groups, struct rbac_eval **out, struct err *e)
{
	int rc;

	open_with(db, cluster, out);
	rc = user.n ? read_user(*out, user, e) : 0;
	for (size_t i = 0; i < groups.n && rc == 0; i++)
		rc = read_named(*out, groups.at[i], GROUP, groups.at[i], e);
	return finish(out, rc);
}

void rbac_eval_free(struct rbac_eval *v)
{
	if (!v)
		return;
	rbac_node_free(v->node);
	free(v->holders);
	free(v->roles);
	arena_fini(&v->arena);
	free(v);
}

int rbac_eval_rules(struct rbac_eval *v, struct rbac_role *role, struct err *e)
{
	sqlite3_stmt *s;
	struct policy_rule *rules;
	size_t count, n = 0;
	int rc;

	if (role->rules)
		return 0;
	count = (size_t)db_int(v->db, 0, "SELECT count(*) FROM role_rule WHERE role = ?", "i", role->thing);
	rules = arena_array(&v->arena, count, sizeof(*rules));
	s = db_stmt(v->db, "SELECT ordinal, groups, resources, verbs, names, urls FROM role_rule WHERE role = ? ORDER BY ordinal, id");
	db_bind(s, "i", role->thing);
	while ((rc = db_step(v->db, s, e)) == 1 && n < count) {
		struct policy_rule *r = &rules[n++];
		struct rbac_list *lists[5] = {&r->groups, &r->resources, &r->verbs, &r->names, &r->urls};

		r->ordinal = sqlite3_column_int64(s, 0);
		for (int i = 0; i < 5; i++) {
			r->json[i] = keep(v, db_text(s, i + 1));
			*lists[i] = rbac_list_parse(&v->arena, r->json[i]);
		}
	}
	sqlite3_reset(s);
	if (rc < 0)
		return -1;
	role->rules = rbac_rules_new(&v->arena, rules, n);
	return 0;
}

/* Where in the order the bindings of `namespace` begin. */
static uint32_t first_of(const struct holder *h, struct span namespace)
{
	uint32_t low = 0, high = h->n;

	while (low < high) {
		uint32_t mid = low + (high - low) / 2;

		if (span_cmp(h->bindings[mid]->namespace, namespace) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* A better answer than `out` among this holder's bindings in `namespace`. */
static int ask_holder(struct rbac_eval *v, const struct holder *h, struct span namespace, const struct rbac_question *q, struct rbac_answer *out,
		      struct err *e)
{
	for (uint32_t i = first_of(h, namespace); i < h->n && span_is(h->bindings[i]->namespace, namespace); i++) {
		struct rbac_binding *b = h->bindings[i];
		const struct policy_rule *rule;

		if (out->binding && binding_order(&out->binding, &b) <= 0)
			return 0;
		if (rbac_eval_rules(v, b->role, e))
			return -1;
		rule = rbac_rules_ask(b->role->rules, q);
		if (rule) {
			*out = (struct rbac_answer){.allowed = true, .by = RBAC_RULE, .binding = b, .rule = rule};
			return 0;
		}
	}
	return 0;
}

static const struct holder *holder_named(const struct rbac_eval *v, char kind, struct span name)
{
	const struct holder *h = v->holders_size ? holder_slot(v->holders, v->holders_size, kind, name) : NULL;

	return h && h->kind ? h : NULL;
}

static int ask_place(struct rbac_eval *v, struct span namespace, const struct rbac_question *q, struct rbac_answer *out, struct err *e)
{
	const struct holder *h = holder_named(v, USER, q->user);

	if (h && ask_holder(v, h, namespace, q, out, e))
		return -1;
	for (size_t i = 0; i < q->members.n; i++) {
		h = holder_named(v, GROUP, q->members.at[i]);
		if (h && ask_holder(v, h, namespace, q, out, e))
			return -1;
	}
	return 0;
}

int rbac_eval_ask(struct rbac_eval *v, const struct rbac_question *q, struct rbac_answer *out, struct err *e)
{
	*out = (struct rbac_answer){0};
	for (size_t i = 0; i < q->members.n; i++)
		if (span_eq(q->members.at[i], "system:masters")) {
			*out = (struct rbac_answer){.allowed = true, .by = RBAC_MASTERS};
			return 0;
		}
	if (rbac_node_ask(v->node, q, &out->reason, e))
		return -1;
	if (out->reason) {
		out->allowed = true;
		out->by = RBAC_NODE;
		return 0;
	}
	if (ask_place(v, SPAN(""), q, out, e))
		return -1;
	return out->allowed || q->is_path || !q->namespace.n ? 0 : ask_place(v, q->namespace, q, out, e);
}

const struct rbac_binding *rbac_eval_binding(const struct rbac_eval *v, size_t i)
{
	return i < v->bindings_n ? v->bindings[i] : NULL;
}

size_t rbac_eval_held(struct rbac_eval *v, struct arena *a, struct span user, struct rbac_list groups, const struct rbac_binding ***out)
{
	size_t n = 0, room = 0, kept = 0;

	for (size_t i = 0; i <= groups.n; i++) {
		const struct holder *h = i ? holder_named(v, GROUP, groups.at[i - 1]) : holder_named(v, USER, user);

		room += h ? h->n : 0;
	}
	*out = arena_array(a, room, sizeof(**out));
	for (size_t i = 0; i <= groups.n; i++) {
		const struct holder *h = i ? holder_named(v, GROUP, groups.at[i - 1]) : holder_named(v, USER, user);

		for (uint32_t k = 0; h && k < h->n; k++)
			(*out)[n++] = h->bindings[k];
	}
	if (n)
		qsort(*out, n, sizeof(**out), binding_order);
	for (size_t i = 0; i < n; i++)
		if (!kept || (*out)[kept - 1]->thing != (*out)[i]->thing)
			(*out)[kept++] = (*out)[i];
	return kept;
}

void rbac_answer_json(struct buf *b, const struct rbac_answer *answer)
{
	static const char *const keys[] = {"apiGroups", "resources", "verbs", "resourceNames", "nonResourceURLs"};

	if (answer->by == RBAC_MASTERS) {
		buf_add_str(b, "{\"group\":\"system:masters\"}");
	} else if (answer->by == RBAC_NODE) {
		buf_printf(b, "{\"authorizer\":\"Node\",\"rule\":\"%s\"}", answer->reason);
	} else if (answer->by == RBAC_RULE) {
		bool some = false;

		buf_add_str(b, "{\"binding\":");
		text_add_json(b, answer->binding->ref);
		buf_add_str(b, ",\"role\":");
		text_add_json(b, span_of(answer->binding->role->ref));
		buf_printf(b, ",\"rule\":%lld,\"allows\":{", (long long)answer->rule->ordinal);
		for (int i = 0; i < 5; i++) {
			if (answer->rule->json[i].n <= 2)
				continue;
			buf_printf(b, "%s\"%s\":", some ? "," : "", keys[i]);
			buf_add_span(b, answer->rule->json[i]);
			some = true;
		}
		buf_add_str(b, "}}");
	} else {
		buf_add_str(b, "null");
	}
}

int rbac_eval_cluster(struct db *db, const char *wanted, struct buf *name, struct err *e)
{
	sqlite3_stmt *s = db_stmt(db, "SELECT name FROM scope WHERE kind = 'cluster' AND (?1 IS NULL OR name = ?1) ORDER BY name");
	int n = 0, rc;

	buf_reset(name);
	db_bind(s, "s", wanted);
	while ((rc = db_step(db, s, e)) == 1) {
		if (n++)
			buf_add_str(name, ", ");
		buf_add_span(name, db_text(s, 0));
	}
	sqlite3_reset(s);
	if (rc < 0)
		return -1;
	if (n == 0 && wanted)
		return err_set(e, ERR_USAGE, "no cluster '%s' in this assessment", wanted);
	if (n == 0)
		return err_set(e, ERR_INPUT, "no cluster in this assessment");
	if (n > 1)
		return err_set(e, ERR_USAGE, "several clusters: %s (say which with --cluster NAME)", buf_str(name));
	return 0;
}
