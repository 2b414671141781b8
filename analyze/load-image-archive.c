// SPDX-License-Identifier: Apache-2.0
// Reads an image archive in one pass: every layer is walked as it comes by, or taken from the cache of those that were read before; JSON
// documents are kept. What they mean is load-image.c's.
#include "load-image-archive.h"
#include "layer-cache.h"

#include "common/image-store.h"
#include "common/limits.h"
#include "common/peek.h"
#include "common/tar.h"
#include "common/unpack.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

enum { JSON_MAX = 16 * 1024 * 1024 };

/* A file on disk whose layers may be known. */
struct opened {
	int fd;
	struct stat st;
	bool known;		     /* it was read before: nothing needs to be hashed */
	struct archive_known before; /* what it held then */
	struct archive_known found;  /* what it is found to hold now */
};

static int add_blob(struct archive_state *st, const struct tar_entry *t, struct blob **out)
{
	char *path = path_canonical(&st->arena, "", t->name);
	struct blob *b;

	if (!path)
		return -1;
	b = arena_alloc(&st->arena, sizeof(*b));
	b->path = path;
	*st->end = st->last = b;
	st->end = &b->next;
	*out = b;
	return 0;
}

/* A link leads from its own directory; docker save writes "../DIGEST.tar". */
static void read_link(struct archive_state *st, const struct tar_entry *t, struct blob *b)
{
	const char *slash = strrchr(b->path, '/');
	char *dir = arena_strndup(&st->arena, b->path, t->type == 'l' && slash ? (size_t)(slash - b->path) : 0);

	b->link = path_canonical(&st->arena, dir, t->link);
}

static bool zero_block(struct span head)
{
	for (size_t i = 0; i < head.n; i++)
		if (head.p[i])
			return false;
	return head.n >= 512;
}

static bool is_layer(struct span head)
{
	static const char gzip[] = "\x1f\x8b\x08", zstd[] = "\x28\xb5\x2f\xfd";
	bool skipped = head.n >= 4 && ((unsigned char)head.p[0] & 0xf0) == 0x50 && memcmp(head.p + 1, "\x2a\x4d\x18", 3) == 0; /* pzstd's first frame */

	return span_starts(head, gzip) || span_starts(head, zstd) || skipped || zero_block(head) ||
	       (head.n >= 512 && (memcmp(head.p + 257, "ustar", 5) == 0 || tar_header_ok(head.p)));
}

static bool is_json(struct span head)
{
	head = span_trim(head);
	return head.n > 0 && (head.p[0] == '{' || head.p[0] == '[');
}

static int read_json(struct archive_state *st, struct source *in, struct blob *b, struct err *e)
{
	auto_buf text = BUF_INIT;

	if (b->bytes > JSON_MAX)
		return load_problem(st->load, b->path, e, "a JSON document of more than 16 MiB is not read");
	if (source_slurp(in, &text, JSON_MAX, e))
		return -1;
	b->text = (struct span){arena_strndup(&st->arena, text.p ? text.p : "", text.n), text.n};
	hash_span(b->text, b->digest);
	return 0;
}

/* What could not be read in single files, and what costs time. */
int image_tell_notes(struct load *load, const struct layer *l, struct err *e)
{
	if (paths_spilled(&l->paths))
		warn("%s: %llu entries are more than is kept in memory: their paths are in a temporary database", l->digest[0] ? l->digest : "folder",
		     (unsigned long long)l->entries);
	for (const struct note *n = l->notes; n; n = n->next)
		if (n->problem && load_problem(load, n->path, e, "%s", n->problem))
			return -1;
	return 0;
}

static int tell_layer(struct archive_state *st, struct blob *b, struct err *e)
{
	const struct layer *l = b->layer;

	memcpy(b->digest, l->digest, sizeof(b->digest));
	if (image_tell_notes(st->load, l, e))
		return -1;
	if (l->problem[0] && load_problem(st->load, b->path, e, "layer cannot be read to its end: %s", l->problem))
		return -1;
	if (l->odd_names && load_problem(st->load, b->path, e, "%llu entries with names that leave the root or are too long, for example %s",
					 (unsigned long long)l->odd_names, l->odd_name))
		return -1;
	return 0;
}

static int read_layer(struct archive_state *st, struct source *in, struct blob *b, struct err *e)
{
	struct layer *l = calloc(1, sizeof(*l));

	if (!l)
		die("out of memory");
	b->layer = l;
	if (layer_read(l, in, e))
		return -1;
	if (st->file && !l->problem[0]) {
		archive_known_add(&st->file->found, b->offset, l->digest);
		layer_cache_store(st->load->cache, l);
	}
	return tell_layer(st, b, e);
}

static int read_blob(struct archive_state *st, struct source *content, struct blob *b, struct err *e)
{
	struct peeked k;

	content->name = b->path;
	if (source_peek(&k, content, e))
		return -1;
	if (is_layer(k.head))
		return read_layer(st, &k.source, b, e);
	return is_json(k.head) ? read_json(st, &k.source, b, e) : 0;
}

/* The digest of a part of the file. */
static bool hash_part(const struct opened *f, uint64_t offset, uint64_t bytes, char out[HASH_HEX])
{
	char chunk[65536];
	struct hash sum;

	hash_init(&sum);
	while (bytes > 0) {
		ssize_t got = pread(f->fd, chunk, bytes < sizeof(chunk) ? (size_t)bytes : sizeof(chunk), (off_t)offset);

		if (got <= 0)
			break;
		hash_add(&sum, chunk, (size_t)got);
		offset += (uint64_t)got;
		bytes -= (uint64_t)got;
	}
	hash_hex(&sum, out);
	return bytes == 0;
}

/* The digest of a layer that was read before: the file is the same as then, or the bytes are. A name only says where to look. */
static bool known_digest(struct archive_state *st, const struct blob *b, char out[HASH_HEX])
{
	const struct opened *f = st->file;
	struct span base = span_after_last(span_of(b->path), '/'), name = span_cut(&base, '.');
	char said[HASH_HEX];

	for (size_t i = 0; f->known && i < f->before.n; i++)
		if (f->before.layers[i].offset == b->offset) {
			memcpy(out, f->before.layers[i].digest, HASH_HEX);
			return true;
		}
	if (f->known || name.n != HASH_HEX - 1 || memchr(name.p, '/', name.n))
		return false;
	snprintf(said, sizeof(said), "%.*s", SPAN_ARG(name));
	return layer_cache_has(st->load->cache, said) && hash_part(f, b->offset, b->bytes, out) && strcmp(said, out) == 0;
}

static bool known_layer(struct archive_state *st, struct blob *b)
{
	char digest[HASH_HEX];

	if (!known_digest(st, b, digest))
		return false;
	b->layer = layer_cache_load(st->load->cache, digest);
	if (b->layer)
		archive_known_add(&st->file->found, b->offset, digest);
	return b->layer != NULL;
}

static int read_member(struct archive_state *st, struct tar *tar, const struct tar_entry *t, struct err *e)
{
	struct source content;
	struct blob *b;

	if ((t->type != 'f' && t->type != 'l' && t->type != 'h') || add_blob(st, t, &b))
		return 0;
	if (t->type != 'f') {
		read_link(st, t, b);
		return 0;
	}
	b->bytes = t->size;
	if (st->file) {
		b->offset = tar_offset(tar);
		if (known_layer(st, b))
			return tell_layer(st, b, e);
	}
	tar_content(tar, &content);
	return read_blob(st, &content, b, e);
}

static int walk_members(struct archive_state *st, struct source *plain, struct err *e)
{
	struct tar *tar = tar_open(plain);
	struct tar_entry t;
	int r;

	while ((r = tar_next(tar, &t, e)) > 0)
		if (read_member(st, tar, &t, e)) {
			r = -1;
			break;
		}
	tar_close(tar);
	return r;
}

static int read_archive(struct archive_state *st, struct source *content, struct err *e)
{
	struct source plain;
	int r;

	source_unpack(&plain, content);
	r = walk_members(st, &plain, e);
	source_close(&plain);
	return r;
}

static int skip_fd(struct source *s, uint64_t n, struct err *e)
{
	return lseek((int)(intptr_t)s->ctx, (off_t)n, SEEK_CUR) < 0 ? err_errno(e, "%s: cannot seek", s->name) : 0;
}

/* A plain archive on disk: layers that are known are not read, and of a file that is known not even its bytes. */
static int read_known_archive(struct archive_state *st, struct opened *f, struct err *e)
{
	struct source s;
	struct hash sum;
	struct load *l = st->load;
	char waste[65536];
	bool summed = !f->known && !l->packages_only;
	int r;

	source_from_fd(&s, f->fd, l->file);
	s.close = NULL; /* the descriptor is the caller's */
	s.skip = skip_fd;
	hash_init(&sum);
	s.sum = summed ? &sum : NULL;
	st->file = f;
	r = walk_members(st, &s, e);
	while (summed && source_read(&s, waste, sizeof(waste), NULL) > 0)
		;
	s.sum = NULL;
	if (summed)
		hash_hex(&sum, f->found.sha256);
	else
		hash_fini(&sum);
	l->done = true;
	snprintf(l->sha256, sizeof(l->sha256), "%s", f->known ? f->before.sha256 : f->found.sha256);
	l->bytes = f->st.st_size;
	return r;
}

/* False when the loader must take the stream: no cache, or not a plain archive. */
static bool open_archive(struct load *l, struct opened *f)
{
	char head[512];

	if (!l->cache || !l->file)
		return false;
	f->fd = open(l->file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (f->fd < 0)
		return false;
	if (fstat(f->fd, &f->st) == 0 && S_ISREG(f->st.st_mode) && pread(f->fd, head, sizeof(head), 0) == (ssize_t)sizeof(head) && tar_header_ok(head)) {
		f->known = layer_cache_archive(l->cache, &f->st, &f->before) && (l->packages_only || f->before.sha256[0]);
		return true;
	}
	close(f->fd);
	return false;
}

static int close_archive(struct archive_state *st, struct opened *f, bool good, struct err *e)
{
	struct stat now;
	bool same = fstat(f->fd, &now) == 0 && now.st_size == f->st.st_size && memcmp(&now.st_ctim, &f->st.st_ctim, sizeof(now.st_ctim)) == 0;

	st->file = NULL;
	close(f->fd);
	if (good && same && !f->known)
		layer_cache_keep_archive(st->load->cache, &f->st, &f->found);
	archive_known_fini(&f->before);
	archive_known_fini(&f->found);
	return same ? 0 : load_problem(st->load, NULL, e, "the file changed while it was read");
}

/* Each file of a folder is known by itself, with its one layer at its start. */
static int read_layout_blob(struct archive_state *st, struct source *s, struct blob *b, struct err *e)
{
	struct opened f = {.fd = (int)(intptr_t)s->ctx};
	int r;

	if (!st->load->cache || fstat(f.fd, &f.st))
		return read_blob(st, s, b, e);
	f.known = layer_cache_archive(st->load->cache, &f.st, &f.before);
	st->file = &f;
	r = known_layer(st, b) ? tell_layer(st, b, e) : read_blob(st, s, b, e);
	st->file = NULL;
	if (r == 0 && !f.known && f.found.n)
		layer_cache_keep_archive(st->load->cache, &f.st, &f.found);
	archive_known_fini(&f.before);
	archive_known_fini(&f.found);
	return r;
}

/* `name` is where the blob lies in the folder, `as` its path in a layout. */
static int read_layout_file(struct archive_state *st, const char *folder, const char *name, const char *as, struct err *e)
{
	struct tar_entry t = {.name = as, .link = "", .type = 'f'};
	struct err bad = {0};
	struct source s;
	struct stat file;
	struct blob *b;
	int r;

	char *path = arena_printf(&st->arena, "%s/%s", folder, name);

	if (lstat(path, &file) || !S_ISREG(file.st_mode) || add_blob(st, &t, &b))
		return 0;
	b->bytes = (uint64_t)file.st_size;
	if (source_from_file(&s, path, &bad))
		return load_problem(st->load, name, e, "%s", bad.msg);
	r = read_layout_blob(st, &s, b, e);
	source_close(&s);
	return r;
}

/* Blobs that lie in one folder under their digests; `inner` is where. */
static int read_blobs(struct archive_state *st, const char *folder, const char *inner, struct err *e)
{
	struct dirent **names = NULL;
	int n = scandir(arena_printf(&st->arena, "%s/%s", folder, inner), &names, NULL, alphasort), r = 0;

	if (n < 0)
		return err_set(e, ERR_INPUT, "%s: cannot read %s", folder, inner);
	for (int i = 0; i < n; i++) {
		const char *name = names[i]->d_name;

		if (r == 0 && name[0] != '.')
			r = read_layout_file(st, folder, arena_printf(&st->arena, "%s/%s", inner, name), arena_printf(&st->arena, "blobs/sha256/%s", name), e);
		free(names[i]);
	}
	free(names);
	return r;
}

/* ---- a registry's folder: blobs/sha256/XX/DIGEST/data, repositories/NAME/_manifests/tags/TAG/current/link */

enum { REPOSITORY_DEPTH = 16, TAGS_MAX = 100000 };

/* Calls for each name in a folder, in order. */
static int each_name(struct archive_state *st, const char *folder, int (*take)(struct archive_state *st, const char *folder, const char *name, void *ctx, struct err *e),
		     void *ctx, struct err *e)
{
	struct dirent **names = NULL;
	int n = scandir(folder, &names, NULL, alphasort), r = 0;

	for (int i = 0; i < n; i++) {
		if (r == 0 && names[i]->d_name[0] != '.')
			r = take(st, folder, names[i]->d_name, ctx, e);
		free(names[i]);
	}
	free(names);
	return r;
}

static int take_registry_blob(struct archive_state *st, const char *folder, const char *name, void *root, struct err *e)
{
	const char *inner = folder + strlen(root) + 1;

	return read_layout_file(st, root, arena_printf(&st->arena, "%s/%s/data", inner, name), arena_printf(&st->arena, "blobs/sha256/%s", name), e);
}

static int take_registry_prefix(struct archive_state *st, const char *folder, const char *name, void *root, struct err *e)
{
	return each_name(st, arena_printf(&st->arena, "%s/%s", folder, name), take_registry_blob, root, e);
}

static int take_tag(struct archive_state *st, const char *folder, const char *name, void *repository, struct err *e)
{
	char *path = arena_printf(&st->arena, "%s/%s/current/link", folder, name);
	auto_buf text = BUF_INIT;
	struct tag *t;
	struct source s;

	(void)e;
	if (source_from_file(&s, path, NULL))
		return 0;
	if (source_slurp(&s, &text, 200, NULL) == 0 && st->tags_read++ < TAGS_MAX) {
		struct span digest = span_trim(buf_span(&text));

		t = arena_alloc(&st->arena, sizeof(*t));
		*t = (struct tag){.next = st->tags, .name = span_of(arena_printf(&st->arena, "%s:%s", (const char *)repository, name)),
				  .digest = {arena_strndup(&st->arena, digest.p, digest.n), digest.n}};
		st->tags = t;
	}
	source_close(&s);
	return 0;
}

/* `above` is the name of the repositories' folder so far: "team" of "team/app". */
static int take_repository(struct archive_state *st, const char *folder, const char *name, void *above, struct err *e)
{
	char *path = arena_printf(&st->arena, "%s/%s", folder, name), *full;
	struct stat file;

	if (lstat(path, &file) || !S_ISDIR(file.st_mode) || name[0] == '_' || ++st->depth > REPOSITORY_DEPTH)
		return 0;
	full = arena_printf(&st->arena, "%s%s%s", (const char *)above, *(const char *)above ? "/" : "", name);
	each_name(st, arena_printf(&st->arena, "%s/_manifests/tags", path), take_tag, full, e);
	each_name(st, path, take_repository, full, e);
	st->depth--;
	return 0;
}

static int read_registry(struct archive_state *st, const char *folder, struct err *e)
{
	char root[] = "";

	st->store = true;
	each_name(st, arena_printf(&st->arena, "%s/docker/registry/v2/repositories", folder), take_repository, root, e);
	return each_name(st, arena_printf(&st->arena, "%s/docker/registry/v2/blobs/sha256", folder), take_registry_prefix, (void *)(uintptr_t)folder, e);
}

/* ---- folders */

static bool has_folder(struct archive_state *st, const char *folder, const char *inner)
{
	struct stat file;

	return lstat(arena_printf(&st->arena, "%s/%s", folder, inner), &file) == 0 && S_ISDIR(file.st_mode);
}

static int take_store_file(void *ctx, const char *name, struct source *content, struct err *e)
{
	struct archive_state *st = ctx;
	struct tar_entry t = {.name = name, .link = "", .type = 'f'};
	struct blob *b;

	return add_blob(st, &t, &b) ? 0 : read_blob(st, content, b, e);
}

/* What was kept of the layer with this digest, under the name that it has here. */
static int take_store_layer(void *ctx, const char *name, const char *digest, struct err *e)
{
	struct archive_state *st = ctx;
	struct tar_entry t = {.name = name, .link = "", .type = 'f'};
	struct layer *l = layer_cache_load(st->load->cache, digest);
	struct blob *b;

	if (!l)
		return 0;
	if (add_blob(st, &t, &b)) {
		layer_free(l);
		return 0;
	}
	b->layer = l;
	b->bytes = l->stored_bytes;
	return tell_layer(st, b, e) ? -1 : 1;
}

static int know_store_layer(void *ctx, const char *name, const char *identity, struct err *e)
{
	struct archive_state *st = ctx;
	char digest[HASH_HEX];

	return layer_cache_named(st->load->cache, identity, digest) ? take_store_layer(ctx, name, digest, e) : 0;
}

static bool has_store_layer(void *ctx, const char *digest)
{
	struct archive_state *st = ctx;

	return layer_cache_has(st->load->cache, digest);
}

static void keep_store_layer(void *ctx, const char *name, const char *identity, int64_t changed)
{
	struct archive_state *st = ctx;
	const struct blob *b = st->last;

	if (!b || !b->layer || b->layer->problem[0] || strcmp(b->path, name) != 0)
		return;
	layer_cache_store(st->load->cache, b->layer);
	layer_cache_keep_named(st->load->cache, identity, changed, b->layer->digest);
}

static int tell_store_problem(void *ctx, const char *at, const char *message, struct err *e)
{
	struct archive_state *st = ctx;

	return load_problem(st->load, at, e, "%s", message);
}

/* An OCI layout, or a store, that lies as a folder. */
static int read_layout(struct archive_state *st, const char *folder, struct err *e)
{
	static const char containerd[] = "io.containerd.content.v1.content/blobs/sha256";
	static const struct image_store_memory memory = {know_store_layer, has_store_layer, take_store_layer, keep_store_layer};
	const struct image_store_sink sink = {take_store_file, tell_store_problem, st->load->cache ? &memory : NULL, st};

	if (image_store_is(folder))
		return image_store_read(folder, &sink, e);
	if (has_folder(st, folder, "docker/registry/v2/blobs/sha256"))
		return read_registry(st, folder, e);
	if (has_folder(st, folder, containerd)) {
		st->store = true;
		return read_blobs(st, folder, containerd, e);
	}
	return read_blobs(st, folder, "blobs/sha256", e) ? -1 : read_layout_file(st, folder, "index.json", "index.json", e);
}

int image_archive_read(struct archive_state *st, struct source *content, struct err *e)
{
	struct opened file = {0};
	int r;

	if (!content)
		return read_layout(st, st->load->file, e);
	if (!open_archive(st->load, &file))
		return read_archive(st, content, e);
	r = read_known_archive(st, &file, e);
	return close_archive(st, &file, r == 0, r ? NULL : e) || r ? -1 : 0;
}
