// SPDX-License-Identifier: Apache-2.0
// Walks one layer in one pass: both hashes and the set of paths. What matters in it is image-note.c's, how layers lie on each other
// load-image-view.c's, what the notes mean load-image-packages.c's.
#include "image-note.h"
#include "layer-files.h"

#include "common/fold.h"
#include "common/limits.h"
#include "common/text.h"
#include "common/unpack.h"

enum { SNIFF = 64 };

/* ---- paths */

char *path_canonical(struct arena *a, const char *base, const char *path)
{
	size_t cap = strlen(base) + strlen(path) + 2, n = 0;
	struct span rest = span_of(path), dir = path[0] == '/' ? SPAN("") : span_of(base);
	char *out;

	if (cap > LIMIT_NAME_BYTES)
		return NULL;
	out = arena_alloc(a, cap);
	memcpy(out, dir.p, dir.n);
	n = dir.n;
	for (struct span part = span_cut(&rest, '/'); part.p; part = span_cut(&rest, '/')) {
		if (part.n == 0 || span_eq(part, "."))
			continue;
		if (span_eq(part, "..")) {
			if (n == 0)
				return NULL;
			while (n > 0 && out[n - 1] != '/')
				n--;
			n -= n > 0;
			continue;
		}
		if (n > 0)
			out[n++] = '/';
		memcpy(out + n, part.p, part.n);
		n += part.n;
	}
	out[n] = 0;
	return out;
}

/* ---- walking */

static int read_file(struct layer *l, const struct tar_entry *t, const char *path, struct source *in, struct err *e)
{
	char sniff[SNIFF];
	size_t n = 0;
	ssize_t got = 1;

	l->files_bytes += t->size;
	while (n < SNIFF && got > 0) {
		got = source_read(in, sniff + n, SNIFF - n, e);
		if (got < 0)
			return -1;
		n += (size_t)got;
	}
	return note_read(l, path, t, note_name_kinds(path) | note_mode_kinds(t), in, (struct span){sniff, n}, e);
}

/* ".wh.NAME" removes NAME of the layers below; ".wh..wh..opq" all that its directory held. True: it was one. */
static bool read_whiteout(struct layer *l, struct arena *scratch, const char *path)
{
	const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
	size_t dir = (size_t)(base - path);

	if (strncmp(base, ".wh.", 4) != 0)
		return false;
	if (strcmp(base, ".wh..wh..opq") == 0) {
		paths_add(&l->paths, (struct span){path, dir ? dir - 1 : 0}, PATH_OPAQUE);
	} else if (strncmp(base, ".wh..wh.", 8) != 0) {
		char *gone = arena_printf(scratch, "%.*s%s", (int)dir, path, base + 4);

		paths_add(&l->paths, span_of(gone), PATH_WHITEOUT);
	}
	return true;
}

struct link *layer_link(struct arena *a, struct span path, struct span target)
{
	uint16_t n = (uint16_t)(path.n < LIMIT_NAME_BYTES ? path.n : LIMIT_NAME_BYTES);
	struct link *k = arena_alloc(a, offsetof(struct link, path) + n + target.n + 2);

	k->path_n = n;
	memcpy(k->path, path.p, n);
	if (target.n)
		memcpy(k->path + n + 1, target.p, target.n);
	return k;
}

static void add_link(struct layer *l, struct link ***end, const char *path, const char *target)
{
	struct link *k;

	if (!note_may_keep(l))
		return;
	k = layer_link(&l->arena, span_of(path), span_of(target));
	k->order = (uint32_t)l->kept;
	**end = k;
	*end = &k->next;
}

/* Package databases are told by content: any hard link may lead to one that is looked for by this name. */
static void add_hard_link(struct layer *l, const char *path, const struct tar_entry *t, struct arena *scratch)
{
	const char *to = path_canonical(scratch, "", t->link);
	unsigned kinds = note_name_kinds(path) | note_mode_kinds(t);
	struct note *n;

	if (to && !kinds) {
		add_link(l, &l->hard_links_end, path, to);
	} else if (to) {
		n = note_add(l, path, t, kinds);
		n->link = n->path ? arena_strdup(&l->arena, to) : NULL;
	}
}

/* Of a path that stands in the archive twice the last entry tells what it is. */
static void add_path(struct layer *l, const char *path, const struct tar_entry *t)
{
	uint64_t hash = path_hash(span_of(path));

	paths_put(&l->paths, hash, t->type == 'd' ? PATH_DIRECTORY : PATH_OTHER, t->type == 'f' ? layer_files_add(&l->content, path, hash, t) : PATH_NO_FACT);
}

int layer_entry(struct layer *l, const struct tar_entry *t, struct source *in, struct arena *scratch, struct err *e)
{
	char *path = path_canonical(scratch, "", t->name);

	l->entries++;
	if (!path) {
		if (l->odd_names++ == 0)
			text_clean(l->odd_name, sizeof(l->odd_name), t->name, strlen(t->name));
		return 0;
	}
	if (read_whiteout(l, scratch, path))
		return 0;
	add_path(l, path, t);
	if (t->type == 'f')
		return read_file(l, t, path, in, e);
	if (t->type == 'l') {
		unsigned kinds = note_name_kinds(path) & (NOTE_MANAGER | NOTE_SHELL | NOTE_TOOL);

		add_link(l, &l->links_end, path, t->link);
		if (kinds)
			note_add(l, path, t, kinds);
	} else if (t->type == 'h') {
		add_hard_link(l, path, t, scratch);
	} else if (t->type == 'd') {
		note_nix(l, path, t);
		if (note_mode_kinds(t))
			note_add(l, path, t, note_mode_kinds(t));
	}
	return 0;
}

/* One entry; of a file that is large enough also what it holds, in whole. */
static int walk_entry(struct layer *l, struct tar *tar, const struct tar_entry *t, struct arena *scratch, struct err *e)
{
	struct source content;
	struct fold sum;
	uint64_t hash;
	char *path;

	tar_content(tar, &content);
	if (t->type != 'f' || t->size < LAYER_CONTENT_MIN)
		return layer_entry(l, t, &content, scratch, e);
	fold_init(&sum);
	tar_fold(tar, &sum);
	path = path_canonical(scratch, "", t->name);
	hash = path ? path_hash(span_of(path)) : 0;
	if (layer_entry(l, t, &content, scratch, e) || tar_finish(tar, e))
		return -1;
	if (hash)
		layer_files_content(&l->content, hash, t->size, fold_end(&sum));
	return 0;
}

static int walk(struct layer *l, struct source *plain, struct err *e)
{
	auto_arena scratch = ARENA_INIT; /* most entries leave nothing but the hash of their path */
	struct tar *tar = tar_open(plain);
	struct tar_entry t;
	int r;

	while ((r = tar_next(tar, &t, e)) > 0) {
		if (walk_entry(l, tar, &t, &scratch, e)) {
			r = -1;
			break;
		}
		arena_reset(&scratch);
	}
	tar_close(tar);
	return r;
}

/* What stands behind the end of the archive belongs to both hashes. */
static int read_tail(struct source *plain, struct err *e)
{
	char waste[65536];
	ssize_t got;

	while ((got = source_read(plain, waste, sizeof(waste), e)) > 0)
		;
	return got < 0 ? -1 : unpack_drain(plain, e);
}

void layer_start(struct layer *l)
{
	l->notes_end = &l->notes;
	l->links_end = &l->links;
	l->hard_links_end = &l->hard_links;
}

int layer_read(struct layer *l, struct source *in, struct err *e)
{
	struct source plain;
	struct hash stored, diff;
	struct err bad = {0};
	const char *head;
	bool packed;
	int r;

	layer_start(l);
	hash_init(&stored);
	hash_init(&diff);
	in->sum = &stored;
	source_unpack(&plain, in);
	r = unpack_peek(&plain, &head, 1, &bad) < 0;
	packed = strcmp(unpack_kind(&plain), "none") != 0;
	plain.sum = packed ? &diff : NULL; /* else it is the same as that of the stored bytes */
	r = r || walk(l, &plain, &bad) || read_tail(&plain, &bad);
	if (r) {
		snprintf(l->problem, sizeof(l->problem), "%s", bad.msg);
		r = bad.kind == ERR_ENV ? err_set(e, bad.kind, "%s", bad.msg) : unpack_drain(&plain, e);
	}
	l->packing = unpack_kind(&plain);
	l->stored_bytes = in->offset;
	l->bytes = plain.offset;
	source_close(&plain);
	in->sum = NULL;
	hash_hex(&stored, l->digest);
	hash_hex(&diff, l->diff_id);
	if (!packed)
		memcpy(l->diff_id, l->digest, sizeof(l->diff_id));
	return paths_settle(&l->paths, e) ? -1 : r;
}

void layer_free(struct layer *l)
{
	paths_fini(&l->paths);
	layer_files_fini(&l->content);
	free(l->note_index.at);
	free(l->link_index.at);
	free(l->hard_index.at);
	arena_fini(&l->arena);
	free(l);
}
