// SPDX-License-Identifier: Apache-2.0
// Naming the clusters of raw dumps before anything of them is loaded.
#include "site.h"

struct place {
	struct place *next;
	const char *input, *folder, *name;
};

struct site {
	struct arena arena;
	const char *cluster_name;
	const char *input; /* that is scanned now */
	struct place *places;
};

struct site *site_new(const char *cluster_name)
{
	struct site *s = calloc(1, sizeof(*s));

	if (!s)
		die("out of memory");
	s->cluster_name = cluster_name;
	return s;
}

void site_free(struct site *s)
{
	if (!s)
		return;
	arena_fini(&s->arena);
	free(s);
}

static void add_place(struct site *s, const char *path, struct span uid)
{
	const char *slash = strrchr(path, '/');
	struct place *p = arena_alloc(&s->arena, sizeof(*p));
	char name[9];
	size_t n = 0;

	for (size_t i = 0; i < uid.n && n < 8; i++)
		if (strchr("0123456789abcdef", uid.p[i]))
			name[n++] = uid.p[i];
	name[n] = 0;
	if (n < 8)
		return;
	p->input = s->input;
	p->folder = arena_strndup(&s->arena, path, slash ? (size_t)(slash - path) : 0);
	p->name = arena_strdup(&s->arena, name);
	p->next = s->places;
	s->places = p;
}

static int look(void *ctx, struct member *m, struct err *e)
{
	struct site *s = ctx;
	auto_arena a = ARENA_INIT;
	struct items *items;
	struct item item;
	int rc;

	(void)e;
	if (!m->content || !m->kind || (strcmp(m->kind, "kubernetes/namespaces") != 0 && strcmp(m->kind, "kubernetes/list") != 0))
		return 0;
	items = items_open(m->content, NULL);
	while ((rc = items_next(items, &a, &item, NULL)) > 0) {
		if (rc == 1 && span_eq(json_text_at(item.value, "metadata.name"), "kube-system") &&
		    !json_path(item.value, "metadata.namespace") && json_path(item.value, "metadata.uid")) {
			add_place(s, m->path, json_text_at(item.value, "metadata.uid"));
			break;
		}
		arena_reset(&a);
	}
	items_close(items);
	return 0;
}

int site_scan(struct site *s, const char *input, struct err *e)
{
	if (s->cluster_name)
		return 0;
	s->input = input;
	return input_walk(input, look, s, e);
}

const char *site_cluster(struct site *s, const char *input, const char *path)
{
	const char *best = NULL;
	size_t longest = 0;

	if (s->cluster_name)
		return s->cluster_name;
	for (struct place *p = s->places; p; p = p->next) {
		size_t n = strlen(p->folder);
		bool below = n == 0 || (strncmp(path, p->folder, n) == 0 && path[n] == '/');

		if (strcmp(p->input, input) == 0 && below && (!best || n >= longest)) {
			best = p->name;
			longest = n;
		}
	}
	return best ? best : SITE_CLUSTER_UNKNOWN;
}

const char *site_only_cluster(const struct site *s)
{
	const char *name = s->cluster_name;

	for (const struct place *p = s->places; p; p = p->next) {
		if (name && strcmp(name, p->name) != 0)
			return NULL;
		name = p->name;
	}
	return name;
}
