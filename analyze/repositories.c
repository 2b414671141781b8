// SPDX-License-Identifier: Apache-2.0
// Content sets and builds of a Red Hat image's layers. What they mean for packages is derive-products.c's; extended streams among them streams.c's.
#include "repositories.h"
#include "build-labels.h"

#include "common/limits.h"
#include "common/text.h"

enum { NAMES_MAX = 10000 };

struct names {
	struct span *at;
	size_t n, cap;
};

static void add(struct arena *a, struct names *list, struct span name)
{
	if (name.n == 0 || name.n > LIMIT_VERSION_BYTES || list->n >= NAMES_MAX)
		return;
	list->at = arena_room(a, list->at, list->n, &list->cap, sizeof(*list->at));
	list->at[list->n++] = name;
}

static struct span as_json(struct arena *a, struct names *list)
{
	auto_buf b = BUF_INIT;

	text_add_json_list(&b, list->at, span_sort_once(list->at, list->n));
	return (struct span){arena_strndup(a, b.p, b.n), b.n};
}

static bool is_dockerfile(struct span path)
{
	return span_starts(span_after_last(path, '/'), "Dockerfile-");
}

static bool is_labels(struct span path)
{
	return span_eq(span_after_last(path, '/'), "labels.json");
}

static struct layer_repositories of_build(struct arena *a, const struct build_labels *b)
{
	struct names list = {0};

	add(a, &list, build_labels_name(a, b));
	add(a, &list, b->cpe);
	return list.n ? (struct layer_repositories){"build", as_json(a, &list)} : (struct layer_repositories){0};
}

/* What one layer's files say. */
struct told {
	struct names sets;
	struct build_labels build;
	bool manifest;
};

static void take_file(struct arena *a, const struct note *n, struct told *out)
{
	struct span path = span_of(n->path);
	struct json *doc = NULL;

	if (is_dockerfile(path)) {
		build_labels_dockerfile(a, path, n->text, &out->build);
		return;
	}
	if (json_parse(a, n->text, &doc, NULL))
		return;
	if (is_labels(path)) {
		build_labels_json(doc, &out->build);
		return;
	}
	out->manifest = true;
	JSON_EACH(set, json_get(doc, "content_sets"))
	{
		add(a, &out->sets, json_str(set));
	}
}

void repositories_read(struct arena *a, const struct image_layers *layers, const struct json *labels, struct repositories *out)
{
	struct build_labels own = {0};

	*out = (struct repositories){.n = layers->n, .layers = arena_array(a, (size_t)layers->n + 1, sizeof(*out->layers)), .told = arena_array(a, (size_t)layers->n + 1, sizeof(bool))};
	for (int i = 0; i < layers->n; i++) {
		auto_arena scratch = ARENA_INIT;
		struct told told = {0};

		for (const struct note *n = layers->at[i]->notes; n; n = n->next)
			if (n->kinds & NOTE_REPOSITORY && n->text.p && !span_starts(span_of(n->path), "etc/apt/"))
				take_file(&scratch, n, &told);
		out->manifests = out->manifests || told.manifest;
		if (told.sets.n)
			out->layers[i] = (struct layer_repositories){"content-sets", as_json(a, &told.sets)};
		else
			out->layers[i] = of_build(a, &told.build);
		out->told[i] = out->layers[i].told_by != NULL;
	}
	build_labels_json(labels, &own);
	out->labels = of_build(a, &own);
}

int repositories_layer(const bool *told, int n, int layer)
{
	for (int i = layer < n ? layer : n - 1; i >= 0; i--)
		if (told[i])
			return i;
	for (int i = layer < 0 ? 0 : layer + 1; i < n; i++)
		if (told[i])
			return i;
	return -1;
}

const struct layer_repositories *repositories_of(const struct repositories *r, int layer)
{
	int i = repositories_layer(r->told, r->n, layer);

	return i >= 0 ? &r->layers[i] : r->labels.told_by ? &r->labels : NULL;
}
