// SPDX-License-Identifier: Apache-2.0
// Objects of an assessment with changes laid over them. Comparing what comes of it is whatif-command.c's.
#include "whatif.h"
#include "kubernetes.h"
#include "common/object.h"

#include <stdlib.h>

/* Bytes of objects given to the loaders at a time. */
enum { CHUNK_BYTES = 4 * 1024 * 1024 };

/* An object of the site that is left out, or a pod that gets another template. */
struct change {
	int64_t thing;
	const struct json *spec; /* NULL: left out */
};

struct whatif {
	struct db *site, *into;
	const char *cluster;
	struct arena arena;
	struct change *changes;
	size_t n, cap;
	struct buf overlay; /* objects, comma-separated */
	bool changed;
};

struct whatif *whatif_new(struct db *site, const char *cluster)
{
	struct whatif *w = calloc(1, sizeof(*w));

	if (!w)
		die("out of memory");
	w->site = site;
	w->cluster = cluster;
	return w;
}

void whatif_changed(struct whatif *w, bool changed)
{
	w->changed = changed;
}

void whatif_into(struct whatif *w, struct db *into)
{
	w->into = into;
}

void whatif_free(struct whatif *w)
{
	if (!w)
		return;
	buf_fini(&w->overlay);
	free(w->changes);
	arena_fini(&w->arena);
	free(w);
}

static void add(struct whatif *w, int64_t thing, const struct json *spec)
{
	if (w->n == w->cap) {
		w->cap = w->cap ? w->cap * 2 : 64;
		w->changes = reallocarray(w->changes, w->cap, sizeof(*w->changes));
		if (!w->changes)
			die("out of memory");
	}
	w->changes[w->n++] = (struct change){thing, spec};
}

static int add_all(struct whatif *w, const char *sql, int64_t of, const struct json *spec, struct err *e)
{
	sqlite3_stmt *s = db_stmt(w->site, sql);
	int rc;

	db_bind(s, "i", of);
	while ((rc = db_step(w->site, s, e)) == 1)
		add(w, sqlite3_column_int64(s, 0), spec);
	sqlite3_reset(s);
	return rc;
}

#define PODS_OF "SELECT thing FROM pod WHERE workload = ? AND thing != workload"

/* The thing that a manifest's object stands for; 0: it is new. */
static int64_t find(struct whatif *w, const struct json *object)
{
	struct span namespace = json_text_at(object, "metadata.namespace"), name = json_text_at(object, "metadata.name");
	struct span kind = kube_kind(&w->arena, json_text_at(object, "apiVersion"), json_text_at(object, "kind"));
	const struct span places[] = {namespace.n ? namespace : SPAN_NONE, SPAN("default")};
	int64_t id = 0;

	for (int i = 0; i < (namespace.n ? 1 : 2) && !id; i++)
		id = db_int(w->site, 0, "SELECT id FROM thing WHERE ref = ?", "s", kube_ref(&w->arena, w->cluster, places[i], kind, name));
	return id;
}

static int apply_one(struct whatif *w, const struct json *object, struct err *e)
{
	const struct json *spec = json_path(object, "spec.template.spec");
	int64_t thing;

	if (!json_text_at(object, "kind").n || !json_text_at(object, "metadata.name").n)
		return err_set(e, ERR_INPUT, "not a Kubernetes object: it has no kind or no name");
	thing = find(w, object);
	if (!spec)
		spec = json_path(object, "spec.jobTemplate.spec.template.spec");
	if (thing)
		add(w, thing, NULL);
	if (thing && spec && add_all(w, PODS_OF, thing, spec, e))
		return -1;
	buf_add_str(&w->overlay, w->overlay.n ? "," : "");
	json_write(&w->overlay, object);
	return 0;
}

int whatif_apply(struct whatif *w, const char *file, struct err *e)
{
	struct source s;
	struct items *items;
	struct item item;
	int rc;

	if (source_from_file(&s, file, e))
		return -1;
	items = items_open(&s, NULL);
	while ((rc = items_next(items, &w->arena, &item, e)) == 1)
		if (apply_one(w, item.value, e)) {
			rc = -1;
			break;
		}
	items_close(items);
	source_close(&s);
	return rc ? err_wrap(e, "%s", file) : 0;
}

int whatif_delete(struct whatif *w, const char *ref, struct err *e)
{
	static const char sql[] = "SELECT id FROM thing WHERE kind = 'object' AND (ref = ?1 OR ref = ?2 || '/' || ?1 OR ref = ?2 || '/-/' || ?1) ORDER BY id LIMIT 1";
	int64_t thing = db_int(w->site, 0, sql, "ss", ref, w->cluster);

	if (!thing)
		return err_set(e, ERR_USAGE, "whatif: no object is called '%s' (a ref, NAMESPACE/KIND/NAME or KIND/NAME)", ref);
	add(w, thing, NULL);
	return add_all(w, PODS_OF, thing, NULL, e) ||
		       add_all(w, "SELECT t.id FROM namespace n JOIN thing t ON t.cluster = n.cluster AND t.namespace = n.name AND t.kind = 'object' WHERE n.thing = ?", thing, NULL, e)
		       ? -1
		       : 0;
}

static int by_thing(const void *x, const void *y)
{
	const struct change *a = x, *b = y;

	return (a->thing > b->thing) - (a->thing < b->thing);
}

static const struct change *change_of(const struct whatif *w, int64_t thing)
{
	struct change key = {.thing = thing};

	return w->changed && w->n ? bsearch(&key, w->changes, w->n, sizeof(*w->changes), by_thing) : NULL;
}

/* The pod with the changed template; its node stays. */
static int add_patched(struct arena *a, struct buf *out, struct span raw, const struct json *spec, struct err *e)
{
	struct json *pod, merged = *spec;
	struct span node;

	if (json_parse(a, raw, &pod, e))
		return -1;
	node = json_text_at(pod, "spec.nodeName");
	if (node.n)
		json_set(a, &merged, "nodeName", json_make_str(a, node));
	json_set(a, pod, "spec", merged);
	json_write(out, pod);
	return 0;
}

static int give(struct buf *items, input_each *each, void *ctx, struct err *e)
{
	auto_buf text = BUF_INIT;
	struct source s;
	struct member m = {.path = "objects.json", .kind = "kubernetes/list", .content = &s};
	int rc;

	if (!items->n)
		return 0;
	buf_add_str(&text, "{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[");
	buf_add_span(&text, buf_span(items));
	buf_add_str(&text, "]}");
	buf_reset(items);
	source_from_span(&s, buf_span(&text), m.path);
	rc = each(ctx, &m, e);
	source_close(&s);
	return rc;
}

/* A kind of which the site has no object is evidence all the same. */
static int give_kinds(struct whatif *w, struct err *e)
{
	sqlite3_stmt *s = db_stmt(w->site, "SELECT k.kind FROM evidence_kind k JOIN scope s ON s.id = k.scope WHERE s.kind = 'cluster' AND s.name = ? AND k.kind GLOB 'kubernetes/*' ORDER BY 1");
	struct load l = {.db = w->into, .cluster = w->cluster};
	int rc = load_scope(w->into, "cluster", span_of(w->cluster), &l.scope, e);

	db_bind(s, "s", w->cluster);
	while (rc == 0 && (rc = db_step(w->site, s, e)) == 1)
		rc = load_kind(&l, db_text(s, 0).p, 0, e);
	sqlite3_reset(s);
	return rc;
}

static int give_objects(struct whatif *w, input_each *each, void *ctx, struct err *e)
{
	sqlite3_stmt *s = db_stmt(w->site, "SELECT o.thing FROM object o JOIN thing t ON t.id = o.thing WHERE t.cluster = ? ORDER BY o.thing");
	auto_buf items = BUF_INIT, raw = BUF_INIT;
	auto_arena a = ARENA_INIT;
	int rc;

	if (w->n)
		qsort(w->changes, w->n, sizeof(*w->changes), by_thing);
	if (w->changed)
		buf_add_span(&items, buf_span(&w->overlay));
	db_bind(s, "s", w->cluster);
	while ((rc = db_step(w->site, s, e)) == 1) {
		int64_t thing = sqlite3_column_int64(s, 0);
		const struct change *c = change_of(w, thing);

		if (c && !c->spec)
			continue;
		if (object_json(w->site, thing, &raw, e)) {
			rc = -1;
			break;
		}
		buf_add_str(&items, items.n ? "," : "");
		if (!c)
			buf_add_span(&items, buf_span(&raw));
		else if (add_patched(&a, &items, buf_span(&raw), c->spec, e)) {
			rc = -1;
			break;
		}
		arena_reset(&a);
		if (items.n > CHUNK_BYTES && give(&items, each, ctx, e)) {
			rc = -1;
			break;
		}
	}
	sqlite3_reset(s);
	return rc < 0 ? -1 : give(&items, each, ctx, e);
}

int whatif_walk(void *whatif, input_each *each, void *each_ctx, struct err *e)
{
	struct whatif *w = whatif;

	return give_kinds(w, e) || give_objects(w, each, each_ctx, e) ? -1 : 0;
}
