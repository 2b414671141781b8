// SPDX-License-Identifier: Apache-2.0
// Puts images together from what an archive holds: manifests, configurations, layers. docker save (all layouts) and OCI layouts. Reading the
// archive is load-image-archive.c's; rows are written by load-image-write.c and -packages.c.
#include "load-image.h"
#include "load-image-archive.h"
#include "load-rootfs.h"

#include "common/image-store.h"

enum { INDEX_DEPTH = 8, LAYERS_MAX = 1000, IMAGES_MAX = 10000 };

static struct blob *find_path(struct archive_state *st, struct span path)
{
	char *name = arena_strndup(&st->arena, path.p ? path.p : "", path.n);

	for (int hops = 0; name && hops < 8; hops++) {
		struct blob *found = NULL;

		name = path_canonical(&st->arena, "", name);
		for (struct blob *b = st->blobs; b && name; b = b->next)
			if (strcmp(b->path, name) == 0)
				found = b;
		if (!found || !found->link)
			return found;
		name = arena_strdup(&st->arena, found->link);
	}
	return NULL;
}

/* The blob that a descriptor names: by its path in the layout, which says its digest. */
static struct blob *find_descriptor(struct archive_state *st, const struct json *descriptor)
{
	struct span digest = json_text_at(descriptor, "digest"), algorithm = span_cut(&digest, ':');

	if (!span_eq(algorithm, "sha256") || digest.n != HASH_HEX - 1)
		return NULL;
	return find_path(st, span_of(arena_printf(&st->arena, "blobs/sha256/%.*s", SPAN_ARG(digest))));
}

static bool names_digest(struct span text, const char *digest)
{
	struct span base = span_after_last(span_after_last(text, '/'), ':');

	return span_eq(span_cut(&base, '.'), digest);
}

static int parse(struct archive_state *st, const struct blob *b, struct json **out, struct err *e)
{
	struct err bad = {0};

	*out = NULL;
	if (json_parse(&st->arena, b->text, out, &bad) == 0)
		return 0;
	*out = NULL;
	return load_problem(st->load, b->path, e, "%s", bad.msg);
}

static const char from_folder[] = "folder"; /* struct layer's packing */

/* A layer that was read from its folder is what the first configuration says that names it. */
static bool take_word_for(struct layer *l, struct span id)
{
	struct span hex = span_after_last(id, ':');

	if (l->packing != from_folder || (l->diff_id[0] && !span_eq(hex, l->diff_id)))
		return false;
	snprintf(l->diff_id, sizeof(l->diff_id), "%.*s", (int)(hex.n < HASH_HEX ? hex.n : HASH_HEX - 1), hex.p ? hex.p : "");
	return true;
}

/* What the configuration says the layers' plain archives are. */
static int check_layers(struct archive_state *st, struct image *im, struct err *e)
{
	int unpacked = 0;
	const struct json *ids = json_path(im->config, "rootfs.diff_ids");

	for (int i = 0; i < im->layers.n; i++)
		im->readable = im->readable && !im->layers.at[i]->problem[0];
	if ((int)json_count(ids) != im->layers.n) {
		im->verified = false;
		/* What lies in the others is not known. */
		im->readable = im->readable && (int)json_count(ids) < im->layers.n;
		return load_problem(st->load, NULL, e, "image sha256:%s: the configuration names %u layers, the manifest %d", im->config_digest,
				    json_count(ids), im->layers.n);
	}
	for (int i = 0; i < im->layers.n; i++) {
		struct span id = json_str(&ids->items[i]);

		if (take_word_for(im->layers.at[i], id)) {
			im->verified = false;
			unpacked++;
			continue;
		}
		if (span_eq(span_after_last(id, ':'), im->layers.at[i]->diff_id))
			continue;
		im->verified = false;
		if (im->layers.at[i]->problem[0]) /* told already: not all of it was read */
			continue;
		if (load_problem(st->load, NULL, e, "image sha256:%s: layer %d is not what the configuration says: expected %.*s, found sha256:%s",
				 im->config_digest, i, SPAN_ARG(id), im->layers.at[i]->diff_id))
			return -1;
	}
	return unpacked ? load_problem(st->load, NULL, e, "image sha256:%s: %d of its layers were read from their folders in a store, which cannot be compared with a digest: not verified",
				       im->config_digest, unpacked)
			: 0;
}

static int store_image(struct archive_state *st, struct image *im, struct err *e)
{
	int64_t thing;
	bool fresh;

	if (++st->images > IMAGES_MAX)
		return 0;
	if (image_write(st->load, im, &thing, &fresh, e))
		return -1;
	return fresh && (image_write_content(st->load, im, thing, e) || image_write_packages(st->load, im, thing, e)) ? -1 : 0;
}

static int finish_image(struct archive_state *st, struct image *im, struct err *e)
{
	return check_layers(st, im, e) || store_image(st, im, e) ? -1 : 0;
}

static int missing(struct archive_state *st, const char *what, struct span name, struct err *e)
{
	return load_problem(st->load, NULL, e, "%s %.*s is not in the archive: the image is left out", what, SPAN_ARG(name));
}

/* Reads the configuration and collects the layers. 1: done, 0: left out, -1. */
static int start_image(struct archive_state *st, struct image *im, struct blob *config, const struct json *layers, struct err *e)
{
	struct json *doc;

	if (parse(st, config, &doc, e))
		return -1;
	if (!doc || json_count(layers) > LAYERS_MAX)
		return 0;
	/* Charts, signatures and other things are stored as images are. */
	if (!json_is(json_get(doc, "rootfs"), JSON_OBJECT)) {
		load_problem(st->load, config->path, e, "not the configuration of an image: it has no rootfs");
		return 0;
	}
	im->config = doc;
	im->verified = st->mismatched == 0;
	im->readable = true;
	memcpy(im->config_digest, config->digest, sizeof(im->config_digest));
	im->layers.at = arena_array(&st->arena, json_count(layers), sizeof(*im->layers.at));
	return 1;
}

/* Stands for a layer that the archive does not hold, or holds in a form that is not read: the rest of the image counts. */
static struct blob *absent_layer(struct archive_state *st, struct span name)
{
	struct span digest = span_after_last(span_after_last(name, '/'), ':');
	struct blob *b = arena_alloc(&st->arena, sizeof(*b));
	struct layer *l = calloc(1, sizeof(*l));

	if (!l)
		die("out of memory");
	layer_start(l);
	l->packing = "none";
	snprintf(l->digest, sizeof(l->digest), "%.*s", (int)(digest.n < HASH_HEX ? digest.n : HASH_HEX - 1), digest.p ? digest.p : "");
	snprintf(l->problem, sizeof(l->problem), "not in the archive");
	b->path = "";
	b->layer = l;
	*st->end = b;
	st->end = &b->next;
	return b;
}

static int add_layer(struct archive_state *st, struct image *im, struct blob *b, struct span name, bool named_by_digest,
		     struct err *e)
{
	if (!b || !b->layer) {
		if (load_problem(st->load, NULL, e, "layer %.*s is not in the archive, or not a tar packed with gzip, zstd or nothing", SPAN_ARG(name)))
			return -1;
		im->layers.at[im->layers.n++] = absent_layer(st, name)->layer;
		return 1;
	}
	im->layers.at[im->layers.n++] = b->layer;
	if (named_by_digest && !names_digest(name, b->digest)) {
		im->verified = false;
		if (load_problem(st->load, b->path, e, "its content is sha256:%s, not what its name says", b->digest))
			return -1;
	}
	return 1;
}

/* docker save names files by digest: of the configuration (old layout), or of all blobs (layout of Docker 25). */
static bool has_digest_name(struct span path)
{
	struct span base = span_after_last(path, '/');

	base = span_cut(&base, '.');
	for (size_t i = 0; i < base.n; i++)
		if (!strchr("0123456789abcdef", base.p[i]))
			return false;
	return base.n == HASH_HEX - 1;
}

/* The manifest in the OCI part of an archive that names this configuration: its digest, "" when there is none. */
static void manifest_digest(struct archive_state *st, const struct blob *config, char out[HASH_HEX])
{
	out[0] = 0;
	for (struct blob *b = st->blobs; b; b = b->next) {
		struct json *doc = NULL;
		struct span d;

		if (!b->text.p || !span_has(b->text, "\"layers\"") || json_parse(&st->arena, b->text, &doc, NULL))
			continue;
		d = json_text_at(doc, "config.digest");
		if (d.p && span_eq(span_after_last(d, ':'), config->digest)) {
			memcpy(out, b->digest, HASH_HEX);
			return;
		}
	}
}

/* As image_store_read() names it. */
static void mark_unpacked(struct blob *b, struct span path)
{
	if (!b || !b->layer || b->layer->packing == from_folder || !span_starts(path, IMAGE_STORE_UNPACKED))
		return;
	b->layer->packing = from_folder;
	b->layer->diff_id[0] = 0;
}

static int docker_image(struct archive_state *st, const struct json *entry, struct err *e)
{
	struct image im = {.names = json_get(entry, "RepoTags")};
	struct span config_path = json_text_at(entry, "Config");
	struct blob *config = find_path(st, config_path);
	const struct json *layers = json_get(entry, "Layers");
	int r;

	if (!config || !config->text.p)
		return missing(st, "configuration", config_path, e);
	r = start_image(st, &im, config, layers, e);
	if (r <= 0)
		return r;
	if (has_digest_name(config_path) && !names_digest(config_path, config->digest)) {
		im.verified = false;
		if (load_problem(st->load, config->path, e, "its content is sha256:%s, not what its name says", config->digest))
			return -1;
	}
	manifest_digest(st, config, im.digest);
	JSON_EACH(name, layers)
	{
		struct span path = json_str(name);

		mark_unpacked(find_path(st, path), path);
		/* Old layout: "ID/layer.tar" and "DIFFID.tar"; both are checked against the configuration. */
		r = add_layer(st, &im, find_path(st, path), path, span_starts(path, "blobs/sha256/"), e);
		if (r <= 0)
			return r;
	}
	return finish_image(st, &im, e);
}

static int oci_manifest(struct archive_state *st, const struct blob *b, const struct json *doc, struct span name, struct err *e)
{
	struct image im = {.name = name};
	const struct json *layers = json_get(doc, "layers");
	struct blob *config = find_descriptor(st, json_get(doc, "config"));
	struct span config_digest = json_text_at(doc, "config.digest");
	int r;

	if (!config || !config->text.p)
		return missing(st, "configuration", config_digest, e);
	r = start_image(st, &im, config, layers, e);
	if (r <= 0)
		return r;
	memcpy(im.digest, b->digest, sizeof(im.digest));
	if (!names_digest(config_digest, config->digest)) {
		im.verified = false;
		if (load_problem(st->load, config->path, e, "its content is sha256:%s, not what its name says", config->digest))
			return -1;
	}
	JSON_EACH(layer, layers)
	{
		r = add_layer(st, &im, find_descriptor(st, layer), json_text_at(layer, "digest"), true, e);
		if (r <= 0)
			return r;
	}
	return finish_image(st, &im, e);
}

/* Charts, signatures and bills of materials are stored as images are: their configuration is of another type, or no layer is an archive. */
static bool is_artifact(struct archive_state *st, const struct json *manifest)
{
	struct span type = json_text_at(manifest, "config.mediaType");
	struct blob *config = find_descriptor(st, json_get(manifest, "config"));
	const struct json *layers = json_get(manifest, "layers");

	if (type.n > 0 && !span_has(type, "image") && !(config && config->text.p && span_has(config->text, "\"rootfs\"")))
		return true;
	JSON_EACH(layer, layers)
	{
		struct span media = json_text_at(layer, "mediaType");

		if (media.n == 0 || span_has(media, "tar") || span_has(media, "layer"))
			return false;
	}
	return json_count(layers) > 0;
}

static int oci_index(struct archive_state *st, const struct json *index, struct span name, int depth, struct err *e);

static int oci_document(struct archive_state *st, const struct blob *b, struct span name, int depth, struct err *e)
{
	struct json *doc;

	if (parse(st, b, &doc, e))
		return -1;
	if (json_get(doc, "manifests"))
		return oci_index(st, doc, name, depth + 1, e);
	return json_get(doc, "layers") && !is_artifact(st, doc) ? oci_manifest(st, b, doc, name, e) : 0;
}

static int oci_entry(struct archive_state *st, const struct json *d, struct span name, int depth, struct err *e)
{
	struct blob *b = find_descriptor(st, d);
	struct span digest = json_text_at(d, "digest");
	const struct json *notes = json_get(d, "annotations");
	struct span full = json_str(json_get(notes, "io.containerd.image.name")), ref = json_str(json_get(notes, "org.opencontainers.image.ref.name"));
	bool mismatched;
	int r;

	/* Platforms that were not pulled, and attestations, stand in indexes without being there. */
	if (!b || !b->text.p)
		return json_get(d, "platform") ? 0 : missing(st, "manifest", digest, e);
	if (span_eq(json_text_at(d, "platform.os"), "unknown"))
		return 0;
	mismatched = !names_digest(digest, b->digest);
	if (mismatched && load_problem(st->load, b->path, e, "its content is sha256:%s, not what its name says", b->digest))
		return -1;
	st->mismatched += mismatched;
	r = oci_document(st, b, full.p ? full : ref.p ? ref : name, depth, e);
	st->mismatched -= mismatched;
	return r;
}

static int oci_index(struct archive_state *st, const struct json *index, struct span name, int depth, struct err *e)
{
	if (depth > INDEX_DEPTH)
		return load_problem(st->load, "index.json", e, "indexes nested more than %d deep", INDEX_DEPTH);
	JSON_EACH(d, json_get(index, "manifests"))
	{
		if (oci_entry(st, d, name, depth, e))
			return -1;
	}
	return 0;
}

/* Archives that name their manifests twice can be read in two ways: what one reader sees another does not. */
static bool stands_twice(const struct archive_state *st, const char *path)
{
	int n = 0;

	for (const struct blob *b = st->blobs; b; b = b->next)
		n += strcmp(b->path, path) == 0;
	return n > 1;
}

static int assemble_docker(struct archive_state *st, const struct blob *list, struct err *e)
{
	struct json *doc = NULL;

	if (parse(st, list, &doc, e))
		return -1;
	JSON_EACH(entry, doc)
	{
		if (docker_image(st, entry, e))
			return -1;
	}
	return 0;
}

/* ---- docker save before 1.10: "repositories" names the top layer of each tag, "ID/json" its parent (Docker image spec 1.0) */

static int old_image(struct archive_state *st, struct span name, struct span id, struct err *e)
{
	struct image im = {.name = name, .readable = true};
	struct blob **chain = arena_array(&st->arena, LAYERS_MAX, sizeof(*chain));
	int n = 0;

	while (id.n > 0 && n < LAYERS_MAX) {
		struct blob *b = find_path(st, span_of(arena_printf(&st->arena, "%.*s/json", SPAN_ARG(id))));
		struct json *doc;

		if (!b || !b->text.p)
			return missing(st, "description of layer", id, e);
		if (parse(st, b, &doc, e))
			return -1;
		if (!doc)
			return 0;
		if (n == 0) {
			im.config = doc;
			memcpy(im.config_digest, b->digest, sizeof(im.config_digest));
		}
		chain[n++] = find_path(st, span_of(arena_printf(&st->arena, "%.*s/layer.tar", SPAN_ARG(id))));
		id = json_text_at(doc, "parent");
	}
	if (n == 0 || n == LAYERS_MAX)
		return load_problem(st->load, NULL, e, "image %.*s: no layers, or %d and more", SPAN_ARG(name), LAYERS_MAX);
	im.layers.at = arena_array(&st->arena, (size_t)n, sizeof(*im.layers.at));
	while (n-- > 0) {
		if (add_layer(st, &im, chain[n], SPAN("of the old layout"), false, e) < 0)
			return -1;
		im.readable = im.readable && !im.layers.at[im.layers.n - 1]->problem[0];
	}
	/* Its names are random numbers, no digests: what is read cannot be verified. */
	return store_image(st, &im, e);
}

static int assemble_old(struct archive_state *st, const struct blob *list, struct err *e)
{
	struct json *doc = NULL;

	if (parse(st, list, &doc, e))
		return -1;
	JSON_MEMBERS(repository, doc)
	{
		JSON_MEMBERS(tag, &repository->value)
		{
			struct span name = json_str(&repository->key), version = json_str(&tag->key);

			if (old_image(st, span_of(arena_printf(&st->arena, "%.*s:%.*s", SPAN_ARG(name), SPAN_ARG(version))), json_str(&tag->value), e))
				return -1;
		}
	}
	return 0;
}

/* ---- stores: all manifests are images; names come from tags, where there are any */

static bool is_document(const struct blob *b, const char *key)
{
	return b->text.p && span_has(b->text, key);
}

/* Digests that an index lists without a platform: attestations. */
static void note_attestations(struct archive_state *st, struct paths *out)
{
	for (const struct blob *b = st->blobs; b; b = b->next) {
		struct json *doc = NULL;

		if (!is_document(b, "\"manifests\"") || json_parse(&st->arena, b->text, &doc, NULL))
			continue;
		JSON_EACH(d, json_get(doc, "manifests"))
		{
			if (span_eq(json_text_at(d, "platform.os"), "unknown"))
				paths_add(out, span_after_last(json_text_at(d, "digest"), ':'), PATH_OTHER);
		}
	}
}

static int assemble_tags(struct archive_state *st, struct err *e)
{
	for (const struct tag *t = st->tags; t; t = t->next) {
		struct blob *b = find_path(st, span_of(arena_printf(&st->arena, "blobs/sha256/%.*s", SPAN_ARG(span_after_last(t->digest, ':')))));
		int r = b && b->text.p ? oci_document(st, b, t->name, 0, e) : missing(st, "manifest", t->name, e);

		if (r)
			return -1;
	}
	return 0;
}

static int assemble_store(struct archive_state *st, struct err *e)
{
	struct paths attested = {0};
	int r = assemble_tags(st, e);

	note_attestations(st, &attested);
	for (const struct blob *b = st->blobs; b && r == 0; b = b->next)
		if (is_document(b, "\"layers\"") && is_document(b, "\"config\"") && !paths_flags(&attested, span_of(b->digest)))
			r = oci_document(st, b, SPAN_NONE, 0, e);
	paths_fini(&attested);
	return r;
}

/* docker save since version 25 writes both lists; the OCI one may hold further platforms. An image that stands in both is one. */
static int assemble(struct archive_state *st, struct err *e)
{
	static const char *const lists[] = {"manifest.json", "index.json", "repositories"};
	struct blob *docker = find_path(st, SPAN("manifest.json")), *oci = find_path(st, SPAN("index.json")), *old = find_path(st, SPAN("repositories"));
	struct json *doc = NULL;

	if (st->store)
		return assemble_store(st, e);
	for (int i = 0; i < 3; i++)
		if (stands_twice(st, lists[i]))
			return load_problem(st->load, lists[i], e, "it stands in the archive twice: nothing is read, as readers would disagree");
	if (!(docker && docker->text.p) && !(oci && oci->text.p) && old && old->text.p)
		return assemble_old(st, old, e);
	if (!(docker && docker->text.p) && !(oci && oci->text.p))
		return load_problem(st->load, NULL, e, "neither manifest.json (docker save) nor index.json (OCI) is in the archive");
	if (docker && docker->text.p && assemble_docker(st, docker, e))
		return -1;
	if (!(oci && oci->text.p))
		return 0;
	return parse(st, oci, &doc, e) || oci_index(st, doc, SPAN_NONE, 0, e) ? -1 : 0;
}

static void state_fini(struct archive_state *st)
{
	for (struct blob *b = st->blobs; b; b = b->next)
		if (b->layer)
			layer_free(b->layer);
	arena_fini(&st->arena);
}

int load_image(struct load *l, struct source *content, struct err *e)
{
	struct archive_state st = {.load = l};
	struct err bad = {0};
	int r;

	st.end = &st.blobs;
	r = image_archive_read(&st, content, &bad);
	if (r && bad.kind == ERR_ENV)
		r = err_set(e, bad.kind, "%s", bad.msg);
	else
		r = (r && load_problem(l, NULL, e, "%s", bad.msg)) || assemble(&st, e) ? -1 : 0;
	if (r == 0 && st.images > 0) {
		l->items += st.images;
		r = load_kind(l, l->kind, st.images, e);
	}
	state_fini(&st);
	return r;
}

int load_rootfs(struct load *l, struct source *content, struct err *e)
{
	struct layer *layer = calloc(1, sizeof(*layer));
	struct image im = {.layers = {&layer, 1}};
	struct err bad = {0};
	char ref[1024];
	struct thing_spec spec = {.kind = "rootfs", .type = "RootFilesystem", .name = span_of(l->path), .outside = true};
	int64_t thing;
	bool fresh;
	int r;

	(void)content;
	if (!layer)
		die("out of memory");
	snprintf(ref, sizeof(ref), "rootfs:%.1000s", l->path);
	spec.ref = span_of(ref);
	r = rootfs_read(layer, l->file, &bad);
	if (r)
		r = bad.kind == ERR_INPUT ? load_problem(l, NULL, e, "%s", bad.msg) : err_set(e, bad.kind, "%s", bad.msg);
	if (r == 0)
		r = image_tell_notes(l, layer, e) || load_thing(l, &spec, &thing, &fresh, e) || (fresh && image_write_packages(l, &im, thing, e)) ? -1 : 0;
	if (r == 0) {
		l->items++;
		r = load_kind(l, l->kind, 1, e);
	}
	layer_free(layer);
	return r;
}
