// SPDX-License-Identifier: Apache-2.0
// Which images a container store has and of which layers; the layers themselves are store-split.c's and store-folder.c's.
#include "image-store.h"
#include "file-identity.h"
#include "limits.h"
#include "map.h"
#include "store-layer.h"
#include "text.h"

#include <fcntl.h>
#include <unistd.h>

enum { CONFIG_MAX = 16 * 1024 * 1024, SMALL_MAX = 1024, IMAGES_MAX = 10000, LAYERS_MAX = 1000 };

#define CONTAINERS_IMAGES "overlay-images/images.json"
#define CONTAINERS_LAYERS "overlay-layers/layers.json"
#define DOCKER_CONFIGS "image/overlay2/imagedb/content/sha256"
#define DOCKER_LAYERS "image/overlay2/layerdb/sha256"
#define DOCKER_NAMES "image/overlay2/repositories.json"

struct store {
	const struct image_store_sink *sink;
	struct root root;
	struct arena arena; /* for the whole reading */
	struct map given;   /* layers by their id: where in the archive each was given */
	struct map known;   /* containers/storage: layers.json by id. Docker: names of images by id */
	struct buf list;    /* manifest.json */
	size_t images;
};

bool image_store_is(const char *folder)
{
	struct root r;
	struct stat st;
	bool is;

	if (root_init(&r, folder, NULL))
		return false;
	is = (root_stat(&r, CONTAINERS_IMAGES, &st) == 1 && S_ISREG(st.st_mode)) || (root_stat(&r, DOCKER_CONFIGS, &st) == 1 && S_ISDIR(st.st_mode));
	root_fini(&r);
	return is;
}

#define PROBLEM(s, at, e, ...) told(s, at, arena_printf(&(s)->arena, __VA_ARGS__), e)
static int told(struct store *s, const char *at, const char *message, struct err *e)
{
	return s->sink->problem(s->sink->ctx, at, message, e);
}

/* Names in paths are made of these alone. */
static bool is_id(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!strchr("0123456789abcdef", s.p[i]) || !s.p[i])
			return false;
	return s.n == HASH_HEX - 1;
}

static struct span without_algorithm(struct span digest)
{
	struct span algorithm = span_cut(&digest, ':');

	return span_eq(algorithm, "sha256") ? digest : SPAN_NONE;
}

static int give_text(struct store *s, const char *name, struct span text, struct err *e)
{
	struct source content;
	int rc;

	source_from_span(&content, text, name);
	rc = s->sink->file(s->sink->ctx, name, &content, e);
	source_close(&content);
	return rc;
}

/* A JSON document of the store; NULL behind a problem. */
static struct json *document(struct store *s, const char *path, size_t limit, struct span *text, struct err *e)
{
	auto_buf b = BUF_INIT;
	struct json *v = NULL;
	struct err why = {0};
	int rc = root_read(&s->root, path, limit, &b);

	if (rc == 1 && text)
		*text = (struct span){arena_strndup(&s->arena, b.p, b.n), b.n};
	if (rc == 1 && json_parse(&s->arena, buf_span(&b), &v, &why) == 0)
		return v;
	PROBLEM(s, path, e, "%s", rc == 1 ? why.msg : rc == 0 ? "it is not in the store" : "it cannot be read, or is too large");
	return NULL;
}

/* ---- layers */

struct layer {
	const char *id, *folder, *split; /* in the store */
	const char *diff;		 /* what the store says that its archive's digest is; NULL: nothing */
};

static int give_source(struct store *s, const char *name, struct source *content, struct err *e)
{
	int rc = s->sink->file(s->sink->ctx, name, content, e);

	source_close(content);
	return rc;
}

/* ---- layers that were read before */

/* The layer's files as they are now. */
struct mark {
	char identity[HASH_HEX]; /* "": not to be remembered */
	int64_t changed;
};

/* `split`: its list of entries; NULL: it is read from its folder. */
static void mark_layer(struct store *s, struct root *folder, const struct stat *split, struct mark *m)
{
	struct hash sum;

	*m = (struct mark){0};
	if (!s->sink->memory)
		return;
	hash_init(&sum);
	hash_add(&sum, split ? "list" : "tree", 4);
	if (split)
		file_identity_add(&sum, split, &m->changed);
	if (store_folder_identity(folder, "layer", &sum, &m->changed, NULL))
		hash_fini(&sum);
	else
		hash_hex(&sum, m->identity);
}

static int take_known(struct store *s, const char *name, const struct mark *m, struct err *e)
{
	return m->identity[0] ? s->sink->memory->known(s->sink->ctx, name, m->identity, e) : 0;
}

/* Only what nobody changed meanwhile is remembered. */
static void remember(struct store *s, const char *name, struct root *folder, const struct stat *split, const struct mark *before)
{
	struct mark now;

	if (!before->identity[0])
		return;
	mark_layer(s, folder, split, &now);
	if (strcmp(now.identity, before->identity) == 0)
		s->sink->memory->keep(s->sink->ctx, name, now.identity, now.changed);
}

/* Where the store says that the archive is one that is known, its bytes are hashed to see whether it is. */
static int take_proved(struct store *s, const struct layer *l, struct root *folder, const char *name, struct err *e)
{
	int split = l->diff && s->sink->memory && s->sink->memory->has(s->sink->ctx, l->diff) ? root_open(&s->root, l->split, O_RDONLY | O_NOFOLLOW | O_NONBLOCK) : -1;
	char chunk[65536], hex[HASH_HEX];
	struct source content;
	struct hash sum;
	ssize_t got;

	if (split < 0)
		return 0;
	hash_init(&sum);
	store_split_source(&content, folder, split, l->split);
	while ((got = source_read(&content, chunk, sizeof(chunk), NULL)) > 0)
		hash_add(&sum, chunk, (size_t)got);
	source_close(&content);
	hash_hex(&sum, hex);
	return got == 0 && strcmp(hex, l->diff) == 0 ? s->sink->memory->take(s->sink->ctx, name, hex, e) : 0;
}

/* 1: given, 0: there is no such list, or it does not fit what lies there; -1. */
static int give_split(struct store *s, const struct layer *l, struct root *folder, const char **name, struct err *e)
{
	const char *as = arena_printf(&s->arena, "layers/%s.tar", l->id);
	struct mark mark;
	struct err why = {0};
	struct source content;
	struct stat st;
	int fd = root_open(&s->root, l->split, O_RDONLY | O_NOFOLLOW | O_NONBLOCK), again, rc;

	if (fd < 0)
		return 0;
	if (fstat(fd, &st) || !S_ISREG(st.st_mode)) {
		close(fd);
		return 0;
	}
	mark_layer(s, folder, &st, &mark);
	rc = take_known(s, as, &mark, e);
	if (rc) {
		close(fd);
		*name = as;
		return rc;
	}
	if (store_split_check(folder, fd, "tar-split", &why))
		return PROBLEM(s, l->split, e, "%s", why.msg) ? -1 : 0;
	rc = take_proved(s, l, folder, as, e);
	if (rc == 0) {
		again = root_open(&s->root, l->split, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
		if (again < 0)
			return 0;
		store_split_source(&content, folder, again, l->split);
		rc = give_source(s, as, &content, e);
	}
	if (rc < 0)
		return -1;
	*name = as;
	remember(s, as, folder, &st, &mark);
	return 1;
}

static int give_folder(struct store *s, const struct layer *l, struct root *folder, const char **name, struct err *e)
{
	struct store_missed missed;
	struct err why = {0};
	struct source content;
	struct mark mark;
	int rc;

	mark_layer(s, folder, NULL, &mark);
	if (store_folder_source(&content, folder, l->folder, &missed, &why))
		return PROBLEM(s, l->folder, e, "%s", why.msg);
	*name = arena_printf(&s->arena, IMAGE_STORE_UNPACKED "%s.tar", l->id);
	rc = take_known(s, *name, &mark, e);
	if (rc) {
		source_close(&content);
	} else {
		rc = give_source(s, *name, &content, e);
		remember(s, *name, folder, NULL, &mark);
	}
	if (rc < 0)
		return -1;
	if (missed.unread && PROBLEM(s, l->folder, e, "%u files or folders of the layer cannot be read, for example %s", missed.unread, missed.first))
		return -1;
	return missed.metadata ? PROBLEM(s, l->folder, e, "%u files of the layer have their content in another one, for example %s", missed.metadata, missed.first) : 0;
}

/* Gives a layer once; its place in the archive, NULL behind an error. */
static const char *give_layer(struct store *s, const struct layer *l, struct err *e)
{
	struct map_slot *slot = map_at(&s->given, span_of(l->id));
	const char *name = arena_printf(&s->arena, "missing/%s.tar", l->id);
	struct root folder = {.fd = -1};
	int rc;

	if (slot->value)
		return slot->value;
	folder.fd = root_open(&s->root, l->folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
	if (folder.fd < 0) {
		rc = PROBLEM(s, l->folder, e, "the layer's folder is not in the store, or cannot be read");
	} else {
		rc = give_split(s, l, &folder, &name, e);
		if (rc == 0)
			rc = give_folder(s, l, &folder, &name, e);
		root_fini(&folder);
	}
	if (rc < 0)
		return NULL;
	slot = map_at(&s->given, span_of(l->id));
	slot->value = (void *)(uintptr_t)name;
	return name;
}

/* ---- the list */

static void list_begin(struct store *s, const char *config)
{
	buf_printf(&s->list, "%s\n{\"Config\":\"%s.json\",\"RepoTags\":[", s->images++ ? "," : "", config);
}

static void list_text(struct store *s, struct span text, bool first)
{
	buf_add_str(&s->list, first ? "" : ",");
	text_add_json(&s->list, text);
}

static void list_layers(struct store *s, const char **layers, size_t n)
{
	buf_add_str(&s->list, "],\"Layers\":[");
	for (size_t i = 0; i < n; i++)
		list_text(s, span_of(layers[i]), i == 0);
	buf_add_str(&s->list, "]}");
}

/* ---- containers/storage */

/* Files of an image under names that are none of a file: "=" and the name in base64. */
static const char *big_data(struct store *s, const char *id, const char *key)
{
	auto_buf coded = BUF_INIT;

	text_add_base64(&coded, span_of(key));
	return arena_printf(&s->arena, "overlay-images/%s/=%s", id, buf_str(&coded));
}

static void know_layers(struct store *s, struct err *e)
{
	const struct json *all = document(s, CONTAINERS_LAYERS, LIMIT_DOCUMENT_BYTES, NULL, e);

	JSON_EACH(v, all)
		if (is_id(json_text_at(v, "id")))
			map_at(&s->known, json_text_at(v, "id"))->value = (void *)(uintptr_t)v;
}

/* From the topmost layer down to one without a parent; what is missing or without an end is a problem and a layer that is missing. */
static size_t containers_chain(struct store *s, const char *image, struct span top, struct span *chain, struct err *e)
{
	size_t n = 0;

	while (top.n && n < LAYERS_MAX) {
		const struct json *v = map_find(&s->known, top);

		chain[n++] = top;
		if (!is_id(top) || (!v && PROBLEM(s, CONTAINERS_LAYERS, e, "image %s: layer %.*s is not in it", image, SPAN_ARG(top))))
			break;
		top = json_text_at(v, "parent");
	}
	if (n < LAYERS_MAX)
		return n;
	PROBLEM(s, CONTAINERS_LAYERS, e, "image %s: the parents of its layers have no end, or are more than %d", image, LAYERS_MAX);
	return 1;
}

static const char *containers_layer(struct store *s, struct span id, struct err *e)
{
	const struct json *v = map_find(&s->known, id);
	struct span diff = without_algorithm(json_text_at(v, "diff-digest"));
	struct layer l = {.id = arena_strndup(&s->arena, id.p, id.n)};

	if (!is_id(id) || !v)
		return "missing/unknown.tar";
	l.folder = arena_printf(&s->arena, "overlay/%s/diff", l.id);
	l.split = arena_printf(&s->arena, "overlay-layers/%s.tar-split.gz", l.id);
	l.diff = is_id(diff) ? arena_strndup(&s->arena, diff.p, diff.n) : NULL;
	return give_layer(s, &l, e);
}

static int containers_layers(struct store *s, const char *image, struct span top, struct err *e)
{
	struct span *chain = arena_array(&s->arena, LAYERS_MAX, sizeof(*chain));
	size_t n = containers_chain(s, image, top, chain, e);
	const char **layers = arena_array(&s->arena, n + 1, sizeof(*layers));

	for (size_t i = 0; i < n; i++) {
		layers[i] = containers_layer(s, chain[n - 1 - i], e);
		if (!layers[i])
			return -1;
	}
	list_layers(s, layers, n);
	return 0;
}

static int containers_image(struct store *s, const struct json *v, struct err *e)
{
	struct span id = json_text_at(v, "id"), text = SPAN_NONE;
	auto_buf manifest = BUF_INIT;
	const char *name;
	bool first = true;

	if (!is_id(id))
		return PROBLEM(s, CONTAINERS_IMAGES, e, "an image whose id is none: '%.*s'", (int)(id.n < 80 ? id.n : 80), id.p ? id.p : "");
	name = arena_strndup(&s->arena, id.p, id.n);
	if (!document(s, big_data(s, name, arena_printf(&s->arena, "sha256:%s", name)), CONFIG_MAX, &text, e))
		return 0;
	if (give_text(s, arena_printf(&s->arena, "%s.json", name), text, e))
		return -1;
	if (root_read(&s->root, arena_printf(&s->arena, "overlay-images/%s/manifest", name), CONFIG_MAX, &manifest) == 1 &&
	    give_text(s, arena_printf(&s->arena, "manifests/%s.json", name), buf_span(&manifest), e))
		return -1;
	list_begin(s, name);
	JSON_EACH(x, json_get(v, "names"))
	{
		list_text(s, json_str(x), first);
		first = false;
	}
	return containers_layers(s, name, json_text_at(v, "layer"), e);
}

static int read_containers(struct store *s, struct err *e)
{
	const struct json *all = document(s, CONTAINERS_IMAGES, LIMIT_DOCUMENT_BYTES, NULL, e);

	if (!all)
		return 0;
	know_layers(s, e);
	JSON_EACH(v, all)
		if (s->images < IMAGES_MAX && containers_image(s, v, e))
			return -1;
	return 0;
}

/* ---- Docker */

struct name {
	struct name *next;
	struct span text;
};

static void know_names(struct store *s, struct err *e)
{
	struct stat st;
	const struct json *all = root_stat(&s->root, DOCKER_NAMES, &st) == 1 ? document(s, DOCKER_NAMES, LIMIT_DOCUMENT_BYTES, NULL, e) : NULL;

	JSON_MEMBERS(repository, json_get(all, "Repositories"))
		JSON_MEMBERS(m, &repository->value)
		{
			struct span id = without_algorithm(json_str(&m->value));
			struct name *n = arena_alloc(&s->arena, sizeof(*n));
			struct map_slot *slot;

			if (!is_id(id))
				continue;
			slot = map_at(&s->known, id);
			*n = (struct name){slot->value, json_str(&m->key)};
			slot->value = n;
		}
}

/* What names a layer and all below it (OCI image-spec, config.md, "Layer ChainID"). */
static void chain_id(char chain[HASH_HEX], struct span diff)
{
	char text[160];

	if (chain[0])
		snprintf(text, sizeof(text), "sha256:%s sha256:%.*s", chain, SPAN_ARG(diff));
	if (chain[0])
		hash_span(span_of(text), chain);
	else
		snprintf(chain, HASH_HEX, "%.*s", SPAN_ARG(diff));
}

/* The layer of a chain; what its files say must fit it. */
static const char *docker_layer(struct store *s, const char *below, const char *chain, struct span diff, struct err *e)
{
	const char *at = arena_printf(&s->arena, DOCKER_LAYERS "/%s", chain);
	struct span cache = root_line(&s->root, &s->arena, SMALL_MAX, arena_printf(&s->arena, "%s/cache-id", at)), told_diff = without_algorithm(root_line(&s->root, &s->arena, SMALL_MAX, arena_printf(&s->arena, "%s/diff", at)));
	struct span parent = without_algorithm(root_line(&s->root, &s->arena, SMALL_MAX, arena_printf(&s->arena, "%s/parent", at)));
	struct layer l = {.id = arena_strdup(&s->arena, chain)};

	if (!is_id(cache))
		return PROBLEM(s, at, e, "the layer is not in the store, or its cache-id is none") ? NULL : arena_printf(&s->arena, "missing/%s.tar", chain);
	if (!span_is(told_diff, diff) && PROBLEM(s, at, e, "its diff does not name the layer that the image's configuration names"))
		return NULL;
	if (!span_eq(parent, below) && PROBLEM(s, at, e, "its parent is not the layer below it"))
		return NULL;
	l.folder = arena_printf(&s->arena, "overlay2/%.*s/diff", SPAN_ARG(cache));
	l.split = arena_printf(&s->arena, "%s/tar-split.json.gz", at);
	l.diff = arena_strndup(&s->arena, diff.p, diff.n);
	return give_layer(s, &l, e);
}

static int docker_layers(struct store *s, const struct json *ids, struct err *e)
{
	uint32_t count = json_count(ids), n = 0;
	const char **layers = arena_array(&s->arena, count + 1, sizeof(*layers));
	char chain[HASH_HEX] = "", below[HASH_HEX];

	JSON_EACH(v, ids)
	{
		struct span diff = without_algorithm(json_str(v));

		if (!is_id(diff)) {
			layers[n++] = "missing/unknown.tar";
			break;
		}
		memcpy(below, chain, sizeof(below));
		chain_id(chain, diff);
		layers[n] = docker_layer(s, below, chain, diff, e);
		if (!layers[n++])
			return -1;
	}
	list_layers(s, layers, n);
	return 0;
}

static int docker_image(struct store *s, const char *id, struct err *e)
{
	struct span text = SPAN_NONE;
	const struct json *config = document(s, arena_printf(&s->arena, DOCKER_CONFIGS "/%s", id), CONFIG_MAX, &text, e), *ids = json_path(config, "rootfs.diff_ids");
	bool first = true;

	if (!config)
		return 0;
	if (json_count(ids) > LAYERS_MAX)
		return PROBLEM(s, DOCKER_CONFIGS, e, "image %s has more than %d layers", id, LAYERS_MAX);
	if (give_text(s, arena_printf(&s->arena, "%s.json", id), text, e))
		return -1;
	list_begin(s, id);
	for (const struct name *n = map_find(&s->known, span_of(id)); n; n = n->next) {
		list_text(s, n->text, first);
		first = false;
	}
	return docker_layers(s, ids, e);
}

static int read_docker(struct store *s, struct err *e)
{
	char **names;
	size_t n = root_list(&s->root, &s->arena, DOCKER_CONFIGS, IMAGES_MAX, &names);

	know_names(s, e);
	for (size_t i = 0; i < n; i++)
		if (is_id(span_of(names[i])) && docker_image(s, names[i], e))
			return -1;
	return 0;
}

int image_store_read(const char *folder, const struct image_store_sink *sink, struct err *e)
{
	struct store s = {.sink = sink};
	struct stat st;
	int rc;

	if (root_init(&s.root, folder, e))
		return -1;
	buf_add_char(&s.list, '[');
	rc = root_stat(&s.root, CONTAINERS_IMAGES, &st) == 1 ? read_containers(&s, e) : read_docker(&s, e);
	buf_add_str(&s.list, "\n]\n");
	if (rc == 0)
		rc = give_text(&s, "manifest.json", buf_span(&s.list), e);
	buf_fini(&s.list);
	map_fini(&s.given);
	map_fini(&s.known);
	root_fini(&s.root);
	arena_fini(&s.arena);
	return rc;
}
