// SPDX-License-Identifier: Apache-2.0
// Edge files into memory, with every mistake that can be seen without a database. What their SQL does is edge-run.c's.
#include "edge.h"

#include <stddef.h>

static const char *const confidences[] = {"observed", "inferred", "assumed", NULL};
static const char *const efforts[] = {"hours", "days", "weeks", "never", NULL};

/* How analyze/cut.sql makes a fix into a command; without: by hand. */
static const char *const applies[] = {"delete", "automount-off", "harden", "host-network-off", "host-ports-off", "cluster-ip", "external-ips-off", "pod-security", NULL};

static const struct knowledge_text texts[] = {
	{"id", offsetof(struct edge, id), true}, {"title", offsetof(struct edge, title), true}, {"why", offsetof(struct edge, why), true},
	{"technique", offsetof(struct edge, technique), true}, {"confidence", offsetof(struct edge, confidence), true},
	{"effort", offsetof(struct edge, effort), true}, {"query", offsetof(struct edge, query), false}, {"gives", offsetof(struct edge, gives), false},
	{"named", offsetof(struct edge, named), false}, {"crd", offsetof(struct edge, crd), false}, {"does", offsetof(struct edge, does), false}, {"blocks", offsetof(struct edge, blocks), false},
	{"fix", offsetof(struct edge, fix), true}, {"fix_effort", offsetof(struct edge, fix_effort), true}, {"apply", offsetof(struct edge, apply), false},
};
enum { TEXTS = sizeof(texts) / sizeof(texts[0]) };

static int read_grants(struct arena *a, const struct json *v, struct edge *x, struct err *e)
{
	if (!json_is(v, JSON_ARRAY))
		return err_set(e, ERR_INPUT, "grants: a list of {group, resource, verbs} is expected");
	x->grants = arena_array(a, (size_t)v->n + 1, sizeof(*x->grants));
	JSON_EACH(item, v) {
		struct edge_grant *g = &x->grants[x->grants_n++];

		g->group = json_text_at(item, "group");
		g->resource = json_text_at(item, "resource");
		g->as = json_text_at(item, "as");
		g->verbs = knowledge_words(a, json_get(item, "verbs"), &g->n);
		if (!g->group.p || !g->resource.p || !g->verbs || !g->n)
			return err_set(e, ERR_INPUT, "grants: each has `group`, `resource` and `verbs`");
	}
	return 0;
}

static int read_member(struct arena *a, const char *key, const struct json *v, void *into, struct err *e)
{
	struct edge *x = into;
	int text;

	if (strcmp(key, "needs") == 0)
		return knowledge_needs(a, v, &x->needs, &x->needs_n, e);
	if (strcmp(key, "grants") == 0)
		return read_grants(a, v, x, e);
	text = knowledge_read_text(texts, TEXTS, x, key, v, e);
	return text > 0 ? 0 : text < 0 ? -1 : err_set(e, ERR_INPUT, "unknown key '%s'", key);
}

/* T1611, T1552.001 */
static bool is_technique(const char *s)
{
	size_t n = strspn(s + (*s == 'T'), "0123456789");

	return *s == 'T' && n == 4 && (!s[5] || (s[5] == '.' && strspn(s + 6, "0123456789") == 3 && !s[9]));
}

static int validate(const struct edge *x, struct err *e)
{
	struct span stem = span_after_last(span_of(x->file), '/');
	char *end;
	double effort;

	if (knowledge_texts_there(texts, TEXTS, x, e))
		return -1;
	effort = strtod(x->effort, &end);
	if (!x->needs_n)
		return err_set(e, ERR_INPUT, "'needs' is missing");
	if (!is_technique(x->technique))
		return err_set(e, ERR_INPUT, "technique '%s' is no id of ATT&CK (T1611, T1552.001)", x->technique);
	if (!knowledge_one_of(x->confidence, confidences))
		return err_set(e, ERR_INPUT, "confidence '%s' is not observed, inferred or assumed", x->confidence);
	if (*end || !(effort >= 0 && effort <= 5))
		return err_set(e, ERR_INPUT, "effort '%s' is not a number from 0 to 5", x->effort);
	if (!knowledge_one_of(x->fix_effort, efforts))
		return err_set(e, ERR_INPUT, "fix_effort '%s' is not hours, days, weeks or never", x->fix_effort);
	if (x->apply && !knowledge_one_of(x->apply, applies))
		return err_set(e, ERR_INPUT, "apply '%s' is none of delete, automount-off, harden, host-network-off, host-ports-off, cluster-ip, external-ips-off, pod-security", x->apply);
	if (!span_ends(stem, ".yaml") || !span_eq((struct span){stem.p, stem.n - 5}, x->id))
		return err_set(e, ERR_INPUT, "id '%s' is not the file's stem", x->id);
	if (x->query ? x->gives || x->named || x->crd || x->does : !x->gives || !x->does || !x->grants_n)
		return err_set(e, ERR_INPUT, "either `query`, or `grants`, `gives` and `does` (with `named`, `crd`)");
	return knowledge_asks_clock(x->query) ? err_set(e, ERR_INPUT, "asks for the current time; meta 'as-of' is the time of the assessment") : 0;
}

int edge_parse(struct arena *a, const char *file, struct span text, struct edge *out, struct err *e)
{
	*out = (struct edge){.file = arena_strdup(a, file)};
	return knowledge_mapping(a, text, read_member, out, e) || validate(out, e) ? err_wrap(e, "%s", file) : 0;
}

static int add(void *ctx, const char *file, struct span text, struct err *e)
{
	struct edge_set *set = ctx;

	set->at = knowledge_room(set->at, set->n, &set->cap, sizeof(*set->at));
	if (edge_parse(&set->arena, file, text, &set->at[set->n], e))
		return -1;
	set->n++;
	return 0;
}

int edge_set_load(struct edge_set *set, const char *only, const char *dir, struct err *e)
{
	*set = (struct edge_set){0};
	if (knowledge_walk(only ? arena_printf(&set->arena, "analyze/edges/%s.yaml", only) : "analyze/edges/", dir, add, set, e))
		return -1;
	return knowledge_sort(set->at, set->n, sizeof(*set->at), offsetof(struct edge, file), e);
}

void edge_set_fini(struct edge_set *set)
{
	free(set->at);
	arena_fini(&set->arena);
	*set = (struct edge_set){0};
}

const struct edge *edge_find(const struct edge_set *set, const char *id)
{
	return knowledge_find(set->at, set->n, sizeof(*set->at), id);
}

static const char *quoted(struct arena *a, const char *s)
{
	auto_buf b = BUF_INIT;

	buf_add_char(&b, '\'');
	for (; *s; s++) {
		buf_add_char(&b, *s);
		if (*s == '\'')
			buf_add_char(&b, '\'');
	}
	buf_add_char(&b, '\'');
	return arena_strdup(a, buf_str(&b));
}

/* Objects that rules name are found by their refs: in the binding's namespace, in each where it holds everywhere; users are of no namespace. */
static const char *named_query(struct arena *a, const struct edge *x, const char *does, const char *there)
{
	const char *id = quoted(a, x->id), *kind = quoted(a, x->named);
	const char *what = arena_printf(a, "SELECT g.holder, t.id, g.who || ' may ' || %s || ' ' || g.place || ', for ' || j.value || ' alone ' || g.through || '.', g.binding", does);
	const char *from = "FROM v_edge_grant g CROSS JOIN json_each(g.names) j";

	if (strcmp(x->named, "User") == 0 || strcmp(x->named, "Group") == 0)
		return arena_printf(a, "\nUNION ALL\n%s\n%s JOIN thing t ON t.ref = g.cluster || '/-/' || %s || '/' || j.value\nWHERE g.names IS NOT NULL AND g.edge = %s AND g.namespace IS NULL%s", what, from, kind,
				    id, there);
	/* A rule that holds everywhere is bound many times: each name is looked for in all namespaces once. */
	return arena_printf(a,
			    "\nUNION ALL\n%s\n%s JOIN thing t ON t.ref = g.cluster || '/' || g.namespace || '/' || %s || '/' || j.value\nWHERE g.names IS NOT NULL AND g.edge = %s AND g.namespace IS NOT NULL%s"
			    "\nUNION ALL SELECT * FROM (WITH\n"
			    "  wanted AS MATERIALIZED (SELECT DISTINCT g.cluster, j.value AS name %s WHERE g.names IS NOT NULL AND g.edge = %s AND g.namespace IS NULL%s),\n"
			    "  found AS MATERIALIZED (SELECT w.cluster, w.name, t.id FROM wanted w CROSS JOIN graph_node n ON n.role = 'accounts' AND n.cluster = w.cluster AND n.namespace IS NOT NULL\n"
			    "    CROSS JOIN thing t ON t.ref = w.cluster || '/' || n.namespace || '/' || %s || '/' || w.name)\n"
			    "%s\n%s JOIN found t ON t.cluster = g.cluster AND t.name = j.value\nWHERE g.names IS NOT NULL AND g.edge = %s AND g.namespace IS NULL%s)",
			    what, from, kind, id, there, from, id, there, kind, what, from, id, there);
}

/* Whoever holds the right gets the hub of the place; a rule that names objects gets these (`named`), or nothing. With `crd`: where it is installed. */
const char *edge_query(struct arena *a, const struct edge *x)
{
	const char *does, *there = "";

	if (x->query)
		return x->query;
	does = quoted(a, x->does);
	if (x->crd)
		there = arena_printf(a, "\n  AND EXISTS (SELECT 1 FROM thing d WHERE d.ref = g.cluster || '/-/CustomResourceDefinition.apiextensions.k8s.io/' || %s)", quoted(a, x->crd));
	return arena_printf(a,
			    "SELECT g.holder AS source, n.thing AS target, g.who || ' may ' || %s || ' ' || g.place || ' ' || g.through || '.' AS detail, g.binding AS proof\n"
			    "FROM v_edge_grant g JOIN graph_node n ON n.role = %s AND n.cluster = g.cluster AND n.namespace IS g.namespace\n"
			    "WHERE g.edge = %s AND g.names IS NULL%s%s",
			    does, quoted(a, x->gives), quoted(a, x->id), there, x->named ? named_query(a, x, does, there) : "");
}
