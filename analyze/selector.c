// SPDX-License-Identifier: Apache-2.0
// Label selectors of Kubernetes. Calico's language is selector-calico.c's; which objects are asked is derive-service.c's and network-class.c's.
#include "selector.h"

struct span labels_get(struct labels l, struct span key)
{
	for (size_t i = 0; i < l.n; i++)
		if (span_is(l.at[i].key, key))
			return l.at[i].value;
	return SPAN_NONE;
}

bool selector_map_matches(const struct json *map, struct labels l)
{
	JSON_MEMBERS(m, map)
	{
		struct span want = json_str(&m->value), got = labels_get(l, json_str(&m->key));

		if (!want.p || !got.p || !span_is(got, want))
			return false;
	}
	return true;
}

static bool among(const struct json *values, struct span value)
{
	JSON_EACH(v, values)
	{
		if (json_str(v).p && span_is(json_str(v), value))
			return true;
	}
	return false;
}

static bool expression_matches(const struct json *x, struct labels l)
{
	struct span operator = json_text_at(x, "operator"), value;

	if (!json_text_at(x, "key").n)
		return false;
	value = labels_get(l, json_text_at(x, "key"));
	if (span_eq(operator, "In"))
		return value.p && among(json_get(x, "values"), value);
	if (span_eq(operator, "NotIn"))
		return !value.p || !among(json_get(x, "values"), value);
	if (span_eq(operator, "Exists"))
		return value.p;
	return span_eq(operator, "DoesNotExist") && !value.p;
}

bool selector_matches(const struct json *selector, struct labels l)
{
	if (!selector_map_matches(json_get(selector, "matchLabels"), l))
		return false;
	JSON_EACH(x, json_get(selector, "matchExpressions"))
	{
		if (!expression_matches(x, l))
			return false;
	}
	return true;
}

struct json selector_cilium_plain(struct arena *a, const struct json *v)
{
	struct json copy = *v;

	if (v->type == JSON_ARRAY) {
		copy.items = arena_array(a, v->n, sizeof(*copy.items));
		for (uint32_t i = 0; i < v->n; i++)
			copy.items[i] = selector_cilium_plain(a, &v->items[i]);
	} else if (v->type == JSON_OBJECT) {
		copy.members = arena_array(a, v->n, sizeof(*copy.members));
		for (uint32_t i = 0; i < v->n; i++) {
			copy.members[i].key = selector_cilium_plain(a, &v->members[i].key);
			copy.members[i].value = selector_cilium_plain(a, &v->members[i].value);
		}
	} else if (v->type == JSON_STRING && (strncmp(v->text, "k8s:", 4) == 0 || strncmp(v->text, "any:", 4) == 0)) {
		copy.text += 4;
		copy.n -= 4;
	}
	return copy;
}
