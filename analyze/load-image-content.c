// SPDX-License-Identifier: Apache-2.0
// What an image shows of its layers' files and what it carries without showing it: bytes hidden, written again, doubled; the largest changes of each layer.
// What layers keep of their files is layer-files.c's.
#include "load-image.h"
#include "derive-lineage.h"
#include "layer-files.h"

#include "common/limits.h"

enum { NOWHERE = UINT16_MAX };

/* The nearest layer above that has a path, and the nearest that has it as something that hides what lies below it. Kept as the fact of the path. */
struct near {
	uint16_t at, over;
	bool again; /* `at` has it as a file or a link: written again, not taken away */
};

struct sums {
	uint64_t hidden, hides, copied, changed, removed;
};

/* A row of layer_file in the making. */
struct change {
	const char *path;
	struct change_kind {
		bool removed, copied;
	} kind;
	uint64_t below;		     /* bytes of what it hides */
	const struct top_file *file; /* as it is now; NULL: removed, or not among the largest */
	uint64_t hash, bytes;
};

struct visible {
	uint64_t bytes, fold, hash;
	int layer;
};

struct content {
	struct load *load;
	const struct image *im;
	struct paths near; /* facts: pack_near() */
	struct sums *sums;     /* of each layer */
	struct change **lists; /* of each layer: changes whose name is known */
	size_t *n_changes, *cap_changes;
	struct visible *seen;  /* contents of visible files */
	size_t n_seen, cap_seen;
	uint64_t files, bytes;
	uint64_t duplicates, duplicate_bytes;
	struct arena arena;
};

/* ---- nearest layers */

static uint64_t pack_near(struct near n)
{
	return (uint64_t)n.at << 32 | (uint64_t)n.over << 16 | (uint64_t)n.again << 1 | 1;
}

static struct near near_of(const struct content *c, uint64_t hash)
{
	struct path_row row;

	if (!paths_get(&c->near, hash, &row))
		return (struct near){NOWHERE, NOWHERE, false};
	return (struct near){(uint16_t)(row.fact >> 32), (uint16_t)(row.fact >> 16), row.fact >> 1 & 1};
}

/* Lays a layer over those below it. */
static void cover(struct content *c, int layer)
{
	auto_paths_walk w = paths_walk(&c->im->layers.at[layer]->paths);
	struct path_row p;

	while (paths_next(&w, &p)) {
		struct near n = near_of(c, p.hash);

		if (p.flags & (PATH_DIRECTORY | PATH_OTHER | PATH_WHITEOUT)) {
			n.at = (uint16_t)layer;
			n.again = p.flags & PATH_OTHER;
		}
		if (p.flags & (PATH_OTHER | PATH_WHITEOUT | PATH_OPAQUE))
			n.over = (uint16_t)layer;
		if (p.flags)
			paths_put(&c->near, p.hash, 0, pack_near(n));
	}
}

/* For each folder of a layer the nearest layer above that hides all in it. */
static uint16_t *folders(struct content *c, const struct layer_files *f)
{
	uint16_t *over = malloc((f->n_dirs + 1) * sizeof(*over));

	if (!over)
		die("out of memory");
	for (uint32_t i = 0; i < f->n_dirs; i++) {
		over[i] = near_of(c, f->dirs[i].hash).over;
		if (i > 0 && over[f->dirs[i].parent] < over[i])
			over[i] = over[f->dirs[i].parent];
	}
	return over;
}

/* ---- looking up by hash */

static int by_hash(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b; /* first member of both */

	return x < y ? -1 : x > y;
}

/* Sorted once for each image; of a path that stands twice any of its contents may be found: then they count as different. */
static void sort_layer(struct layer_files *f)
{
	if (f->n_top > 1)
		qsort(f->top, f->n_top, sizeof(*f->top), by_hash);
	if (f->n_contents > 1)
		qsort(f->contents, f->n_contents, sizeof(*f->contents), by_hash);
}

static const struct top_file *top_of(const struct layer_files *f, uint64_t hash)
{
	return f->n_top ? bsearch(&hash, f->top, f->n_top, sizeof(*f->top), by_hash) : NULL;
}

static const struct file_content *content_of(const struct layer_files *f, uint64_t hash, uint64_t bytes)
{
	const struct file_content *x = f->n_contents ? bsearch(&hash, f->contents, f->n_contents, sizeof(*f->contents), by_hash) : NULL;

	return x && x->bytes == bytes ? x : NULL;
}

static uint64_t fact_of(const struct paths *p, uint64_t hash)
{
	struct path_row row;

	return paths_get(p, hash, &row) ? row.fact : 0;
}

/* ---- what becomes of each file */

static void add_change(struct content *c, int layer, const struct change *change)
{
	if (c->n_changes[layer] == c->cap_changes[layer]) {
		c->cap_changes[layer] = c->cap_changes[layer] ? 2 * c->cap_changes[layer] : 64;
		c->lists[layer] = reallocarray(c->lists[layer], c->cap_changes[layer], sizeof(**c->lists));
		if (!c->lists[layer])
			die("out of memory");
	}
	c->lists[layer][c->n_changes[layer]++] = *change;
}

/* Layer `by` hides a file of layer `from`. */
static void hide(struct content *c, int from, int by, bool again, uint64_t hash, uint64_t fact)
{
	struct layer *low = c->im->layers.at[from], *high = c->im->layers.at[by];
	uint64_t bytes = fact_bytes(fact), now = again ? fact_of(&high->paths, hash) : 0;
	const struct top_file *file = top_of(&low->content, hash), *newer = again ? top_of(&high->content, hash) : NULL;
	struct change change = {.kind = {.removed = !again}, .below = bytes, .hash = hash, .file = newer, .bytes = now ? fact_bytes(now) : 0};

	c->sums[from].hidden += bytes;
	c->sums[by].hides += bytes;
	if (again)
		c->sums[by].changed++;
	else
		c->sums[by].removed++;
	if (now && fact_bytes(now) == bytes) {
		const struct file_content *x = content_of(&low->content, hash, bytes), *y = content_of(&high->content, hash, bytes);

		change.kind.copied = x && y && x->fold == y->fold;
		c->sums[by].copied += change.kind.copied ? bytes : 0;
	}
	if (newer || file) {
		change.path = newer ? newer->path : file->path;
		add_change(c, by, &change);
	}
}

static void show(struct content *c, int layer, uint64_t hash, uint64_t fact)
{
	const struct file_content *x = content_of(&c->im->layers.at[layer]->content, hash, fact_bytes(fact));

	c->files++;
	c->bytes += fact_bytes(fact);
	if (!x)
		return;
	if (c->n_seen == c->cap_seen) {
		c->cap_seen = c->cap_seen ? c->cap_seen + c->cap_seen / 2 : 256;
		c->seen = reallocarray(c->seen, c->cap_seen, sizeof(*c->seen));
		if (!c->seen)
			die("out of memory");
	}
	c->seen[c->n_seen++] = (struct visible){x->bytes, x->fold, hash, layer};
}

static void look_at(struct content *c, int layer)
{
	struct layer *l = c->im->layers.at[layer];
	uint16_t *over = folders(c, &l->content);
	auto_paths_walk w = paths_walk(&l->paths);
	struct path_row p;

	sort_layer(&l->content);
	while (paths_next(&w, &p)) {
		struct near n = p.fact ? near_of(c, p.hash) : (struct near){0};
		uint16_t above = p.fact ? over[fact_dir(p.fact)] : NOWHERE;

		if (!p.fact)
			continue;
		if (n.at == NOWHERE && above == NOWHERE)
			show(c, layer, p.hash, p.fact);
		else /* a layer that takes the folder away and writes the file again has both */
			hide(c, layer, n.at <= above ? n.at : above, n.at <= above && n.again, p.hash, p.fact);
	}
	free(over);
}

/* ---- writing */

static int by_size(const void *a, const void *b)
{
	const struct change *x = a, *y = b;
	uint64_t p = x->below > x->bytes ? x->below : x->bytes, q = y->below > y->bytes ? y->below : y->bytes;

	return p != q ? (p < q ? 1 : -1) : strcmp(x->path, y->path);
}

static int write_change(struct content *c, int64_t chain, const struct change *x, struct err *e)
{
	const struct top_file *f = x->file;
	bool removed = x->kind.removed, added = !removed && x->below == 0;

	if (removed)
		return db_run(c->load->db, e, "INSERT OR IGNORE INTO layer_file(chain, path, state, bytes_below, copied) VALUES (?, ?, 'removed', ?, 0)", "isi", chain,
			      x->path, (int64_t)x->below);
	return db_run(c->load->db, e,
		      "INSERT OR IGNORE INTO layer_file(chain, path, state, bytes, bytes_below, mode, uid, gid, copied)"
		      " VALUES (?, ?, ?, ?, ?, nullif(?, -1), nullif(?, -1), nullif(?, -1), ?)",
		      "issiriiib", chain, x->path, added ? "added" : "changed", (int64_t)x->bytes, (int64_t)x->below, f ? (int64_t)f->mode : -1, f ? f->uid : -1,
		      f ? f->gid : -1, x->kind.copied);
}

/* The largest changes of one layer: what it brings, and what it hides where the name is known. */
static int write_changes(struct content *c, int layer, int64_t chain, struct err *e)
{
	const struct layer_files *f = &c->im->layers.at[layer]->content;
	size_t hidden = c->n_changes[layer];

	for (size_t i = 0; i < f->n_top; i++) {
		struct change change = {.path = f->top[i].path, .file = &f->top[i], .hash = f->top[i].hash, .bytes = f->top[i].bytes};
		bool there = false;

		for (size_t k = 0; k < hidden && !there; k++)
			there = c->lists[layer][k].hash == change.hash && !c->lists[layer][k].kind.removed;
		/* Of a path that stands in the layer twice the last entry counts. */
		if (!there && fact_bytes(fact_of(&c->im->layers.at[layer]->paths, change.hash)) == change.bytes)
			add_change(c, layer, &change);
	}
	if (c->n_changes[layer] > 1)
		qsort(c->lists[layer], c->n_changes[layer], sizeof(**c->lists), by_size);
	for (size_t i = 0; i < c->n_changes[layer] && i < LIMIT_LAYER_TOP; i++)
		if (write_change(c, chain, &c->lists[layer][i], e))
			return -1;
	return 0;
}

static int write_layer(struct content *c, int64_t thing, int layer, struct err *e)
{
	const struct layer *l = c->im->layers.at[layer];
	const struct sums *s = &c->sums[layer];
	int64_t chain = db_int(c->load->db, 0, "SELECT chain FROM image_layer WHERE image = ? AND ordinal = ?", "ii", thing, (int64_t)layer);

	if (db_run(c->load->db, e,
		   "UPDATE image_layer SET files = ?, file_bytes = ?, added = ?, changed = ?, removed = ?, hidden_bytes = ?, hides_bytes = ?, copied_bytes = ?"
		   " WHERE image = ? AND ordinal = ?",
		   "iiiiiiiiii", (int64_t)l->content.files, (int64_t)l->files_bytes, (int64_t)(l->content.files > s->changed ? l->content.files - s->changed : 0),
		   (int64_t)s->changed, (int64_t)s->removed, (int64_t)s->hidden, (int64_t)s->hides, (int64_t)s->copied, thing, (int64_t)layer))
		return -1;
	if (db_int(c->load->db, 1, "SELECT listed FROM layer_chain WHERE id = ?", "i", chain))
		return 0;
	return write_changes(c, layer, chain, e) || db_run(c->load->db, e, "UPDATE layer_chain SET listed = 1 WHERE id = ?", "i", chain) ? -1 : 0;
}

/* Largest waste first comes from the largest files: groups of equal size lie together. */
static int by_content(const void *a, const void *b)
{
	const struct visible *x = a, *y = b;

	if (x->bytes != y->bytes)
		return x->bytes < y->bytes ? 1 : -1;
	if (x->fold != y->fold)
		return x->fold < y->fold ? -1 : 1;
	return x->hash < y->hash ? -1 : x->hash > y->hash;
}

struct group {
	size_t at, n;
	uint64_t wasted, fold;
};

static int by_waste(const void *a, const void *b)
{
	const struct group *x = a, *y = b;

	return x->wasted != y->wasted ? (x->wasted < y->wasted ? 1 : -1) : x->fold < y->fold ? -1 : x->fold > y->fold;
}

static int write_group(struct content *c, int64_t thing, int64_t number, const struct group *g, struct err *e)
{
	for (size_t i = g->at; i < g->at + g->n; i++) {
		const struct visible *v = &c->seen[i];
		const struct top_file *f = top_of(&c->im->layers.at[v->layer]->content, v->hash);

		if (f && db_run(c->load->db, e, "INSERT OR IGNORE INTO duplicate_file(image, content, path, layer, bytes) VALUES (?, ?, ?, ?, ?)", "iisii", thing, number,
				f->path, (int64_t)v->layer, (int64_t)v->bytes))
			return -1;
	}
	return 0;
}

static int write_duplicates(struct content *c, int64_t thing, struct err *e)
{
	struct group *groups = NULL;
	size_t n = 0;
	int r = 0;

	if (c->n_seen > 1)
		qsort(c->seen, c->n_seen, sizeof(*c->seen), by_content);
	if (c->n_seen)
		groups = arena_array(&c->arena, c->n_seen / 2 + 1, sizeof(*groups));
	for (size_t i = 0, k; i < c->n_seen; i = k) {
		for (k = i + 1; k < c->n_seen && c->seen[k].bytes == c->seen[i].bytes && c->seen[k].fold == c->seen[i].fold; k++)
			;
		if (k - i < 2)
			continue;
		groups[n] = (struct group){i, k - i, (k - i - 1) * c->seen[i].bytes, c->seen[i].fold};
		c->duplicates += k - i - 1;
		c->duplicate_bytes += groups[n++].wasted;
	}
	if (n > 1)
		qsort(groups, n, sizeof(*groups), by_waste);
	for (size_t i = 0; i < n && i < LIMIT_DUPLICATES && r == 0; i++)
		r = write_group(c, thing, (int64_t)i, &groups[i], e);
	return r;
}

static int write_image(struct content *c, int64_t thing, struct err *e)
{
	uint64_t hidden = 0, copied = 0;

	for (int i = 0; i < c->im->layers.n; i++) {
		hidden += c->sums[i].hidden;
		copied += c->sums[i].copied;
		if (write_layer(c, thing, i, e))
			return -1;
	}
	if (write_duplicates(c, thing, e))
		return -1;
	return db_run(c->load->db, e, "INSERT INTO image_content(image, files, bytes, hidden_bytes, copied_bytes, duplicate_files, duplicate_bytes) VALUES (?, ?, ?, ?, ?, ?, ?)",
		      "iiiiiii", thing, (int64_t)c->files, (int64_t)c->bytes, (int64_t)hidden, (int64_t)copied, (int64_t)c->duplicates, (int64_t)c->duplicate_bytes);
}

/* A layer whose files are not all known says nothing of what the image shows. */
static bool all_known(const struct image *im)
{
	for (int i = 0; i < im->layers.n; i++)
		if (im->layers.at[i]->problem[0] || im->layers.at[i]->content.partial)
			return false;
	return im->readable && im->layers.n > 0;
}

int image_write_content(struct load *l, const struct image *im, int64_t thing, struct err *e)
{
	struct content c = {.load = l, .im = im};
	size_t n = (size_t)im->layers.n;
	int r;

	if (l->packages_only || !all_known(im))
		return 0;
	c.sums = arena_array(&c.arena, n, sizeof(*c.sums));
	c.lists = arena_array(&c.arena, n, sizeof(*c.lists));
	c.n_changes = arena_array(&c.arena, n, sizeof(*c.n_changes));
	c.cap_changes = arena_array(&c.arena, n, sizeof(*c.cap_changes));
	for (int i = im->layers.n - 1; i >= 0; i--) {
		/* What is above is sorted already: looked up by the files that it hides. */
		look_at(&c, i);
		if (i > 0)
			cover(&c, i);
	}
	r = paths_settle(&c.near, e) || write_image(&c, thing, e) ? -1 : 0;
	paths_fini(&c.near);
	for (size_t i = 0; i < n; i++)
		free(c.lists[i]);
	free(c.seen);
	arena_fini(&c.arena);
	return r;
}
