// SPDX-License-Identifier: Apache-2.0
// Writes and reads the contents of struct layer, field by field in one order. Where they are kept is layer-cache.c's.
#include "layer-pack.h"
#include "image-note.h"
#include "layer-files.h"

#include "common/limits.h"

struct reader {
	struct span rest;
	struct arena *arena;
	bool bad;
};

static void put(struct buf *b, uint64_t v)
{
	buf_add(b, &v, sizeof(v));
}

/* Absent texts and empty ones differ. */
static void put_span(struct buf *b, struct span s)
{
	put(b, s.p ? s.n + 1 : 0);
	if (s.n)
		buf_add(b, s.p, s.n);
}

static void put_text(struct buf *b, const char *s)
{
	put_span(b, s ? span_of(s) : SPAN_NONE);
}

static uint64_t get(struct reader *r)
{
	uint64_t v = 0;

	if (r->rest.n < sizeof(v)) {
		r->bad = true;
		return 0;
	}
	memcpy(&v, r->rest.p, sizeof(v));
	r->rest = (struct span){r->rest.p + sizeof(v), r->rest.n - sizeof(v)};
	return v;
}

/* As it lies in the bytes, not ended with NUL. */
static struct span get_raw(struct reader *r)
{
	uint64_t n = get(r);
	struct span s;

	if (n == 0 || r->bad)
		return SPAN_NONE;
	if (--n > r->rest.n) {
		r->bad = true;
		return SPAN_NONE;
	}
	s = (struct span){r->rest.p, (size_t)n};
	r->rest = (struct span){r->rest.p + n, r->rest.n - (size_t)n};
	return s;
}

static struct span get_span(struct reader *r)
{
	struct span s = get_raw(r);

	return s.p ? (struct span){arena_strndup(r->arena, s.p, s.n), s.n} : SPAN_NONE;
}

static const char *get_text(struct reader *r)
{
	return get_span(r).p; /* arena_strndup() ends it with NUL */
}

/* How many there are of what takes at least 8 bytes each. */
static uint64_t get_count(struct reader *r)
{
	uint64_t n = get(r);

	if (n > r->rest.n / 8)
		r->bad = true;
	return r->bad ? 0 : n;
}

/* ---- packages */

static void put_package(struct buf *b, const struct package *p)
{
	const struct span texts[] = {p->name, p->version, p->arch, p->license, p->source, p->source_version, p->module, p->inner, p->qualifiers};

	put_text(b, p->type);
	put_text(b, p->found_by);
	put(b, p->declared);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		put_span(b, texts[i]);
}

static void get_package(struct reader *r, struct package *p)
{
	struct span *texts[] = {&p->name, &p->version, &p->arch, &p->license, &p->source, &p->source_version, &p->module, &p->inner, &p->qualifiers};

	p->type = get_text(r);
	p->found_by = get_text(r);
	p->declared = get(r) != 0;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		*texts[i] = get_span(r);
	r->bad = r->bad || !p->type || !p->name.p || !p->version.p;
}

/* ---- notes */

static void put_items(struct buf *b, const struct noted *items)
{
	uint64_t n = 0;

	for (const struct noted *i = items; i; i = i->next)
		n++;
	put(b, n);
	for (const struct noted *i = items; i; i = i->next)
		put_package(b, &i->p);
}

static void put_owned(struct buf *b, const struct owned *list)
{
	uint64_t n = 0;

	for (const struct owned *o = list; o; o = o->next)
		n++;
	put(b, n);
	for (const struct owned *o = list; o; o = o->next) {
		put_span(b, o->owner);
		put(b, o->n);
		if (o->n)
			buf_add(b, o->paths, o->n * sizeof(*o->paths));
	}
}

static void put_note(struct buf *b, const struct note *n)
{
	put_text(b, n->path);
	put_text(b, n->link);
	put_span(b, n->text);
	put_items(b, n->items);
	put_owned(b, n->owned);
	put_text(b, n->detail);
	put_text(b, n->problem);
	put(b, n->kinds);
	put(b, (uint64_t)(unsigned char)n->type);
	put(b, n->order);
	put(b, n->mode);
	put(b, (uint64_t)n->uid);
	put(b, (uint64_t)n->gid);
	put(b, n->size);
}

static void get_items(struct reader *r, struct note *n)
{
	struct noted **end = &n->items;

	for (uint64_t i = get_count(r); i > 0 && !r->bad; i--) {
		*end = arena_alloc(r->arena, sizeof(**end));
		get_package(r, &(*end)->p);
		end = &(*end)->next;
	}
}

static void get_owned(struct reader *r, struct note *n)
{
	struct owned **end = &n->owned;

	for (uint64_t i = get_count(r); i > 0 && !r->bad; i--) {
		struct owned *o = arena_alloc(r->arena, sizeof(*o));

		o->owner = get_span(r);
		o->n = (size_t)get_count(r);
		o->paths = arena_array(r->arena, o->n ? o->n : 1, sizeof(*o->paths));
		for (size_t k = 0; k < o->n; k++)
			o->paths[k] = get(r);
		*end = o;
		end = &o->next;
	}
}

static void get_note(struct reader *r, struct note *n)
{
	n->path = get_text(r);
	n->link = get_text(r);
	n->text = get_span(r);
	get_items(r, n);
	get_owned(r, n);
	n->detail = get_text(r);
	n->problem = get_text(r);
	n->kinds = (unsigned)get(r);
	n->type = (char)get(r);
	n->order = (uint32_t)get(r);
	n->mode = (uint32_t)get(r);
	n->uid = (int64_t)get(r);
	n->gid = (int64_t)get(r);
	n->size = get(r);
	r->bad = r->bad || !n->path;
}

/* ---- the layer */

/* Of a layer that is in memory. */
static void put_paths(struct buf *b, const struct paths *p)
{
	put(b, p->n);
	for (size_t i = 0; i < p->cap; i++)
		if (p->slots[i]) {
			put(b, p->slots[i]);
			put(b, p->facts && p->facts[i] != PATH_NO_FACT ? p->facts[i] : 0);
		}
}

static void put_files(struct buf *b, const struct layer_files *f)
{
	put(b, f->files);
	put(b, f->partial);
	put(b, f->n_dirs);
	for (uint32_t i = 0; i < f->n_dirs; i++) {
		put(b, f->dirs[i].hash);
		put(b, f->dirs[i].parent);
	}
	put(b, f->n_top);
	for (size_t i = 0; i < f->n_top; i++) {
		const struct top_file *t = &f->top[i];

		put(b, t->bytes);
		put(b, t->mode);
		put(b, (uint64_t)t->uid);
		put(b, (uint64_t)t->gid);
		put_text(b, t->path);
	}
	put(b, f->n_contents);
	for (size_t i = 0; i < f->n_contents; i++) {
		put(b, f->contents[i].hash);
		put(b, f->contents[i].bytes);
		put(b, f->contents[i].fold);
	}
}

static void put_links(struct buf *b, const struct link *links)
{
	uint64_t n = 0;

	for (const struct link *k = links; k; k = k->next)
		n++;
	put(b, n);
	for (const struct link *k = links; k; k = k->next) {
		put_text(b, k->path);
		put_text(b, link_target(k));
		put(b, k->order);
	}
}

void layer_pack(const struct layer *l, struct buf *out)
{
	const uint64_t numbers[] = {l->stored_bytes, l->bytes, l->entries, l->files_bytes, l->kept_bytes, l->kept, l->odd_names};
	uint64_t notes = 0;

	put_text(out, l->digest);
	put_text(out, l->diff_id);
	put_text(out, l->packing);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		put(out, numbers[i]);
	put_text(out, l->odd_name);
	put_paths(out, &l->paths);
	put_files(out, &l->content);
	for (const struct note *n = l->notes; n; n = n->next)
		notes++;
	put(out, notes);
	for (const struct note *n = l->notes; n; n = n->next)
		put_note(out, n);
	put_links(out, l->links);
	put_links(out, l->hard_links);
}

static void get_fixed(struct reader *r, char *out, size_t n)
{
	struct span s = get_span(r);

	if (s.n >= n)
		r->bad = true;
	else if (s.p)
		memcpy(out, s.p, s.n + 1);
}

/* The number of folders that there must be for the facts. */
static uint32_t get_paths(struct reader *r, struct paths *p)
{
	uint64_t n = get_count(r);
	uint32_t dirs = 0;

	paths_reserve(p, n);
	for (uint64_t i = n; i > 0 && !r->bad; i--) {
		uint64_t slot = get(r), fact = get(r);

		if (slot & ~15ull)
			paths_put(p, slot & ~15ull, (unsigned)(slot & 15), fact);
		r->bad = r->bad || (fact && !(fact & 1));
		if (fact && dirs <= fact_dir(fact))
			dirs = fact_dir(fact) + 1;
	}
	return dirs;
}

static void get_top(struct reader *r, struct layer_files *f)
{
	struct tar_entry t = {0};
	struct span path;

	t.size = get(r);
	t.mode = (uint32_t)get(r);
	t.uid = (int64_t)get(r);
	t.gid = (int64_t)get(r);
	path = get_span(r);
	if (!path.p || path.n > LIMIT_LAYER_TOP_NAME || path.n != strlen(path.p) || f->n_top == LIMIT_LAYER_TOP)
		r->bad = true;
	else
		layer_files_top(f, path.p, path_hash(path), &t);
}

static void get_files(struct reader *r, struct layer_files *f)
{
	f->files = get(r);
	f->partial = get(r) != 0;
	for (uint64_t i = get_count(r); i > 0 && !r->bad; i--) {
		uint64_t hash = get(r), parent = get(r);

		r->bad = r->bad || parent >= LIMIT_LAYER_DIRS || (f->n_dirs && parent >= f->n_dirs) || !layer_files_dir(f, hash, (uint32_t)parent);
	}
	for (uint64_t i = get_count(r); i > 0 && !r->bad; i--)
		get_top(r, f);
	for (uint64_t i = get_count(r); i > 0 && !r->bad; i--) {
		uint64_t hash = get(r), bytes = get(r), fold = get(r);

		layer_files_content(f, hash, bytes, fold);
	}
}

static void get_notes(struct reader *r, struct layer *l)
{
	for (uint64_t i = get_count(r); i > 0 && !r->bad; i--) {
		struct note *n = arena_alloc(r->arena, sizeof(*n));

		get_note(r, n);
		*l->notes_end = n;
		l->notes_end = &n->next;
	}
}

static void get_links(struct reader *r, struct link ***end)
{
	for (uint64_t i = get_count(r); i > 0 && !r->bad; i--) {
		struct span path = get_raw(r), target = get_raw(r);
		struct link *k;

		if (!path.p || !target.p) {
			r->bad = true;
			return;
		}
		k = layer_link(r->arena, path, target);
		k->order = (uint32_t)get(r);
		**end = k;
		*end = &k->next;
	}
}

struct layer *layer_unpack(struct span bytes)
{
	struct layer *l = calloc(1, sizeof(*l));
	struct reader r = {.rest = bytes};
	uint32_t dirs;

	if (!l)
		die("out of memory");
	uint64_t *numbers[] = {&l->stored_bytes, &l->bytes, &l->entries, &l->files_bytes, &l->kept_bytes, &l->kept, &l->odd_names};

	r.arena = &l->arena;
	layer_start(l);
	get_fixed(&r, l->digest, sizeof(l->digest));
	get_fixed(&r, l->diff_id, sizeof(l->diff_id));
	l->packing = get_text(&r);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		*numbers[i] = get(&r);
	get_fixed(&r, l->odd_name, sizeof(l->odd_name));
	dirs = get_paths(&r, &l->paths);
	get_files(&r, &l->content);
	r.bad = r.bad || dirs > l->content.n_dirs || paths_settle(&l->paths, NULL);
	get_notes(&r, l);
	get_links(&r, &l->links_end);
	get_links(&r, &l->hard_links_end);
	if (!r.bad && r.rest.n == 0 && l->packing)
		return l;
	layer_free(l);
	return NULL;
}
