// SPDX-License-Identifier: Apache-2.0
// Questions as JSON Lines, and their answers as the same objects. What the answer is, is rbac-eval.c's.
#include "access-batch.h"
#include "common/text.h"

static int text_of(const struct json *v, const char *key, struct span *out, struct err *e)
{
	const struct json *m = json_get(v, key);

	*out = SPAN("");
	if (!m || m->type == JSON_NULL)
		return 0;
	if (m->type != JSON_STRING)
		return err_set(e, ERR_INPUT, "'%s' must be text", key);
	*out = json_str(m);
	return 0;
}

static int groups_of(struct arena *a, const struct json *v, struct rbac_list *out, struct err *e)
{
	const struct json *m = json_get(v, "groups");
	struct span *at;

	*out = (struct rbac_list){0};
	if (!m || m->type == JSON_NULL)
		return 0;
	if (m->type != JSON_ARRAY)
		return err_set(e, ERR_INPUT, "'groups' must be a list of texts");
	out->at = at = arena_array(a, m->n, sizeof(*at));
	JSON_EACH(g, m)
	{
		if (g->type != JSON_STRING)
			return err_set(e, ERR_INPUT, "'groups' must be a list of texts");
		at[out->n++] = json_str(g);
	}
	return 0;
}

int access_question(struct arena *a, const struct json *v, struct rbac_question *q, struct err *e)
{
	const struct json *resource, *path;

	*q = (struct rbac_question){0};
	if (!json_is(v, JSON_OBJECT))
		return err_set(e, ERR_INPUT, "a question is an object");
	if (text_of(v, "user", &q->user, e) || groups_of(a, v, &q->members, e) || text_of(v, "verb", &q->verb, e) || text_of(v, "group", &q->group, e) ||
	    text_of(v, "resource", &q->resource, e) || text_of(v, "subresource", &q->subresource, e) || text_of(v, "name", &q->name, e) ||
	    text_of(v, "namespace", &q->namespace, e) || text_of(v, "path", &q->path, e))
		return -1;
	resource = json_get(v, "resource");
	path = json_get(v, "path");
	q->is_path = q->path.n || (json_is(path, JSON_STRING) && !json_is(resource, JSON_STRING));
	if (q->is_path && q->resource.n)
		return err_set(e, ERR_INPUT, "'path' and 'resource' exclude each other");
	if (!q->is_path && !json_is(resource, JSON_STRING))
		return err_set(e, ERR_INPUT, "'resource' or 'path' is missing");
	if (!q->user.n && !q->members.n)
		return err_set(e, ERR_INPUT, "'user' or 'groups' is missing");
	rbac_question_settle(a, q);
	return 0;
}

static bool ours(struct span key)
{
	return span_eq(key, "allowed") || span_eq(key, "by") || span_eq(key, "error");
}

void access_answer_line(struct buf *out, struct span line, const struct json *v, bool allowed, struct span by)
{
	bool plain = true;

	JSON_MEMBERS(m, v)
	{
		plain &= !ours(json_str(&m->key));
	}
	if (plain) {
		buf_add(out, line.p, line.n - 1); /* without its closing brace */
		if (v->n)
			buf_add_char(out, ',');
	} else {
		buf_add_char(out, '{');
		JSON_MEMBERS(m, v)
		{
			if (ours(json_str(&m->key)))
				continue;
			text_add_json(out, json_str(&m->key));
			buf_add_char(out, ':');
			json_write(out, &m->value);
			buf_add_char(out, ',');
		}
	}
	buf_add_str(out, allowed ? "\"allowed\":true,\"by\":" : "\"allowed\":false,\"by\":");
	buf_add_span(out, by);
	buf_add_str(out, "}\n");
}
