// SPDX-License-Identifier: Apache-2.0
// Policy documents of AWS: statements, and who a role trusts. Who holds a policy is load-aws.c's.
#include "common/percent.h"
#include "common/redact.h"
#include "load-aws.h"

/* Keys of policies may be written in any case. */
static const struct json *member(const struct json *v, const char *key)
{
	JSON_MEMBERS(m, v)
	{
		if (span_ieq(json_str(&m->key), key))
			return &m->value;
	}
	return NULL;
}

/* An external id keeps strangers from taking the role: what is in it is nobody's business, but for a star, which takes any. */
static void hide_external_ids(struct load *l, struct json *v, bool external)
{
	if (json_is(v, JSON_ARRAY)) {
		for (uint32_t i = 0; i < v->n; i++)
			hide_external_ids(l, &v->items[i], external);
	} else if (json_is(v, JSON_OBJECT)) {
		for (uint32_t i = 0; i < v->n; i++)
			hide_external_ids(l, &v->members[i].value, external || span_ieq(json_str(&v->members[i].key), "sts:ExternalId"));
	} else if (external && json_is(v, JSON_STRING) && !span_eq(json_str(v), "*")) {
		*v = json_make_str(&l->item, redact_named(l->redact, &l->item, SPAN("password"), json_str(v)));
	}
}

const struct json *aws_document(struct load *l, const struct json *v)
{
	struct span text = span_trim(json_str(v));
	struct json *document = NULL;

	if (json_is(v, JSON_OBJECT)) { /* a copy: what belongs to the item stays as it is */
		auto_buf b = BUF_INIT;

		json_write(&b, v);
		text = (struct span){arena_strndup(&l->item, b.p, b.n), b.n};
	} else if (text.n && text.p[0] != '{') {
		text = percent_decode(&l->item, text);
	}
	if (!text.n || json_parse(&l->item, text, &document, NULL) || !json_is(document, JSON_OBJECT))
		return NULL;
	if (l->redact)
		hide_external_ids(l, document, false);
	return document;
}

static struct span as_text(struct load *l, const struct json *v)
{
	auto_buf b = BUF_INIT;

	json_write(&b, v);
	return (struct span){arena_strndup(&l->item, b.p, b.n), b.n};
}

/* "x" and ["x"] mean the same. */
static struct span as_array(struct load *l, const struct json *v)
{
	struct json list = {.type = JSON_ARRAY};

	JSON_EACH(item, v)
	{
		if (json_is(item, JSON_STRING))
			json_push(&l->item, &list, *item);
	}
	if (json_is(v, JSON_STRING))
		json_push(&l->item, &list, *v);
	return as_text(l, &list);
}

/* Statement may be one object or an array of them: `i`-th, NULL behind the last. */
static const struct json *statement_at(const struct json *document, uint32_t i)
{
	const struct json *s = member(document, "Statement");

	if (json_is(s, JSON_ARRAY))
		return i < s->n ? &s->items[i] : NULL;
	return i == 0 && json_is(s, JSON_OBJECT) ? s : NULL;
}

/* "Allow" or "Deny"; NULL with a problem row for anything else. */
static const char *effect_of(struct load *l, const struct json *statement, const char *pointer, uint32_t i, struct err *e, int *rc)
{
	struct span effect = json_str(member(statement, "Effect"));

	if (span_ieq(effect, "Allow"))
		return "Allow";
	if (span_ieq(effect, "Deny"))
		return "Deny";
	*rc = load_problem(l, pointer, e, "statement %u of the policy has the effect '%.*s': Allow or Deny was expected", i, SPAN_ARG(effect));
	return NULL;
}

int aws_statements(struct load *l, int64_t policy, const struct json *document, const char *pointer, struct err *e)
{
	const struct json *s;

	if (db_int(l->db, 0, "SELECT count(*) FROM policy_statement WHERE policy = ?", "i", policy))
		return 0;
	if (!statement_at(document, 0))
		return load_problem(l, pointer, e, "a policy without statements");
	for (uint32_t i = 0; (s = statement_at(document, i)); i++) {
		int rc = 0;
		const char *effect = effect_of(l, s, pointer, i, e, &rc);
		const struct json *condition = member(s, "Condition");

		if (effect)
			rc = db_run(l->db, e,
				    "INSERT INTO policy_statement(policy, ordinal, effect, actions, not_actions, resources, not_resources, conditions) "
				    "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
				    "iisttttt", policy, (int64_t)i, effect, as_array(l, member(s, "Action")), as_array(l, member(s, "NotAction")),
				    as_array(l, member(s, "Resource")), as_array(l, member(s, "NotResource")),
				    json_count(condition) ? as_text(l, condition) : SPAN_NONE);
		if (rc)
			return -1;
	}
	return 0;
}

struct trust {
	int64_t role;
	const char *effect;
	struct span actions, conditions;
};

static int insert_trust(struct load *l, const struct trust *t, struct span kind, struct span principal, struct err *e)
{
	return db_run(l->db, e, "INSERT INTO role_trust(role, effect, kind, principal, actions, conditions) VALUES (?, ?, ?, ?, ?, ?)", "istttt", t->role,
		      t->effect, kind, principal, t->actions, t->conditions);
}

static int principals(struct load *l, const struct trust *t, const struct json *p, struct err *e)
{
	if (json_is(p, JSON_STRING)) /* "*" */
		return insert_trust(l, t, SPAN("AWS"), json_str(p), e);
	JSON_MEMBERS(m, p)
	{
		if (json_is(&m->value, JSON_STRING) && insert_trust(l, t, json_str(&m->key), json_str(&m->value), e))
			return -1;
		JSON_EACH(one, &m->value)
		{
			if (json_is(one, JSON_STRING) && insert_trust(l, t, json_str(&m->key), json_str(one), e))
				return -1;
		}
	}
	return 0;
}

int aws_trust(struct load *l, int64_t role, const struct json *document, const char *pointer, struct err *e)
{
	const struct json *s;

	for (uint32_t i = 0; (s = statement_at(document, i)); i++) {
		const struct json *condition = member(s, "Condition");
		struct trust t = {.role = role, .actions = as_array(l, member(s, "Action")), .conditions = json_count(condition) ? as_text(l, condition) : SPAN_NONE};
		int rc = 0;

		t.effect = effect_of(l, s, pointer, i, e, &rc);
		if (t.effect && principals(l, &t, member(s, "Principal"), e))
			return -1;
		/* Everybody but those named: taken for everybody. Such a Deny is left out, so that nothing looks safer than it is. */
		if (t.effect && member(s, "NotPrincipal") && strcmp(t.effect, "Allow") == 0)
			rc = insert_trust(l, &t, SPAN("AWS"), SPAN("*"), e);
		if (rc)
			return -1;
	}
	return 0;
}
