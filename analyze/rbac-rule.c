// SPDX-License-Identifier: Apache-2.0
// Whether RBAC rules allow a question, rule by rule and role by role. Who holds a role is rbac-eval.c's.
#include "rbac-rule.h"
#include "common/json.h"

enum { INDEXED = 12 }; /* a role with fewer rules is read through */

struct bucket {
	struct span resource;
	uint32_t *rules; /* ascending */
	uint32_t n, cap;
};

struct rbac_rules {
	const struct policy_rule *at;
	size_t n;
	struct bucket *buckets; /* open addressing; NULL: no index */
	size_t mask;
};

void rbac_question_settle(struct arena *a, struct rbac_question *q)
{
	char *p;

	q->combined = q->resource;
	if (!q->subresource.n)
		return;
	p = arena_alloc(a, q->resource.n + 1 + q->subresource.n);
	if (q->resource.n)
		memcpy(p, q->resource.p, q->resource.n);
	p[q->resource.n] = '/';
	memcpy(p + q->resource.n + 1, q->subresource.p, q->subresource.n);
	q->combined = (struct span){p, q->resource.n + 1 + q->subresource.n};
}

static struct rbac_list list_of_json(struct arena *a, struct span text)
{
	struct rbac_list list = {0};
	struct span *at;
	struct json *v;

	if (json_parse(a, text, &v, NULL) || v->type != JSON_ARRAY)
		return list;
	list.at = at = arena_array(a, v->n, sizeof(*at));
	JSON_EACH(item, v)
	{
		if (json_str(item).p)
			at[list.n++] = json_str(item);
	}
	return list;
}

/* The form that is written: ["a","b"]. Anything with an escape or of another shape goes to the JSON reader. */
struct rbac_list rbac_list_parse(struct arena *a, struct span json)
{
	struct rbac_list list = {0};
	struct span *at;
	size_t quotes = 0;

	if (json.n < 2 || json.p[0] != '[')
		return list;
	for (size_t i = 0; i < json.n; i++) {
		if (json.p[i] == '\\')
			return list_of_json(a, json);
		quotes += json.p[i] == '"';
	}
	list.at = at = quotes ? arena_array(a, quotes / 2, sizeof(*at)) : NULL;
	for (size_t i = 1; i + 1 < json.n;) {
		const char *end;

		if (json.p[i] == ',') {
			i++;
			continue;
		}
		end = json.p[i] == '"' ? memchr(json.p + i + 1, '"', json.n - i - 1) : NULL;
		if (!end)
			return list_of_json(a, json);
		at[list.n++] = (struct span){json.p + i + 1, (size_t)(end - json.p) - i - 1};
		i = (size_t)(end - json.p) + 1;
	}
	return list;
}

static bool holds(struct rbac_list list, struct span text)
{
	for (size_t i = 0; i < list.n; i++)
		if (span_is(list.at[i], text))
			return true;
	return false;
}

static bool holds_or_all(struct rbac_list list, struct span text)
{
	for (size_t i = 0; i < list.n; i++)
		if ((list.at[i].n == 1 && list.at[i].p[0] == '*') || span_is(list.at[i], text))
			return true;
	return false;
}

/* "*" before a subresource stands for every resource; "pods/" "*" is no pattern. */
static bool resource_matches(struct rbac_list resources, const struct rbac_question *q)
{
	if (holds_or_all(resources, q->combined))
		return true;
	for (size_t i = 0; i < resources.n && q->subresource.n; i++) {
		struct span r = resources.at[i];

		if (span_starts(r, "*/") && span_is((struct span){r.p + 2, r.n - 2}, q->subresource))
			return true;
	}
	return false;
}

/* All stars at the end are cut off, the rest is a prefix. */
static bool url_matches(struct rbac_list urls, struct span path)
{
	for (size_t i = 0; i < urls.n; i++) {
		struct span u = urls.at[i];

		if (span_is(u, path))
			return true;
		if (!u.n || u.p[u.n - 1] != '*')
			continue;
		while (u.n && u.p[u.n - 1] == '*')
			u.n--;
		if (path.n >= u.n && (u.n == 0 || memcmp(path.p, u.p, u.n) == 0))
			return true;
	}
	return false;
}

bool rbac_rule_allows(const struct policy_rule *rule, const struct rbac_question *q)
{
	if (!holds_or_all(rule->verbs, q->verb))
		return false;
	if (q->is_path)
		return url_matches(rule->urls, q->path);
	return holds_or_all(rule->groups, q->group) && resource_matches(rule->resources, q) && (!rule->names.n || holds(rule->names, q->name));
}

static size_t hash(struct span s)
{
	uint64_t h = 14695981039346656037ull;

	for (size_t i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)s.p[i]) * 1099511628211ull;
	return (size_t)(h ^ (h >> 29));
}

static struct bucket *bucket_of(const struct rbac_rules *r, struct span resource)
{
	size_t i = hash(resource) & r->mask;

	while (r->buckets[i].n && !span_is(r->buckets[i].resource, resource))
		i = (i + 1) & r->mask;
	return &r->buckets[i];
}

static void bucket_add(struct arena *a, struct bucket *b, struct span resource, uint32_t rule)
{
	if (b->n && b->rules[b->n - 1] == rule)
		return;
	if (b->n == b->cap) {
		uint32_t cap = b->cap ? 2 * b->cap : 2, *grown = arena_array(a, cap, sizeof(*grown));

		if (b->n)
			memcpy(grown, b->rules, b->n * sizeof(*grown));
		b->rules = grown;
		b->cap = cap;
	}
	b->resource = resource;
	b->rules[b->n++] = rule;
}

struct rbac_rules *rbac_rules_new(struct arena *a, const struct policy_rule *at, size_t n)
{
	struct rbac_rules *r = arena_alloc(a, sizeof(*r));
	size_t resources = 0, size = 16;

	r->at = at;
	r->n = n;
	for (size_t i = 0; i < n; i++)
		resources += at[i].resources.n;
	if (n < INDEXED)
		return r;
	while (size < 2 * resources)
		size *= 2;
	r->buckets = arena_array(a, size, sizeof(*r->buckets));
	r->mask = size - 1;
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < at[i].resources.n; j++)
			bucket_add(a, bucket_of(r, at[i].resources.at[j]), at[i].resources.at[j], (uint32_t)i);
	return r;
}

static size_t first_in(const struct rbac_rules *r, struct span resource, const struct rbac_question *q, size_t best)
{
	const struct bucket *b = bucket_of(r, resource);

	for (uint32_t i = 0; i < b->n && b->rules[i] < best; i++)
		if (rbac_rule_allows(&r->at[b->rules[i]], q))
			return b->rules[i];
	return best;
}

static size_t first_indexed(const struct rbac_rules *r, const struct rbac_question *q)
{
	size_t best = first_in(r, q->combined, q, first_in(r, SPAN("*"), q, r->n));
	char text[256];

	if (!q->subresource.n)
		return best;
	if (q->subresource.n + 2 > sizeof(text)) { /* longer than any index is worth */
		for (size_t i = 0; i < best; i++)
			if (rbac_rule_allows(&r->at[i], q))
				return i;
		return best;
	}
	memcpy(text, "*/", 2);
	memcpy(text + 2, q->subresource.p, q->subresource.n);
	return first_in(r, (struct span){text, q->subresource.n + 2}, q, best);
}

const struct policy_rule *rbac_rules_ask(const struct rbac_rules *r, const struct rbac_question *q)
{
	size_t first = r->n;

	if (r->buckets && !q->is_path)
		first = first_indexed(r, q);
	else
		for (size_t i = 0; i < r->n && first == r->n; i++)
			if (rbac_rule_allows(&r->at[i], q))
				first = i;
	return first < r->n ? &r->at[first] : NULL;
}

const struct policy_rule *rbac_rules_at(const struct rbac_rules *r, size_t i)
{
	return i < r->n ? &r->at[i] : NULL;
}
