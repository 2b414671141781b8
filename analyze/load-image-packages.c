// SPDX-License-Identifier: Apache-2.0
// Packages of an image: each package database as it was after every layer, so that what brought a package and what took
// it away is known. Parsing is packages.c's.
#include "load-image.h"
#include "inventory.h"

struct found {
	struct package p;
	const char *path;
	int layer, removed_in; /* removed_in -1: still there */
	int seen;	       /* the last database state that had it */
	struct found *same;    /* next in the hash chain */
};

enum { BUCKETS = 4096 };

struct collect {
	struct load *load;
	const struct image *im;
	struct arena arena;
	struct found **list;
	size_t n, cap;
	struct found *chains[BUCKETS];
	struct paths owned;    /* files that an operating system package owns */
	int top;	       /* layer whose database state is read */
	const char *database;  /* its path */
	int broken_json;
};

static unsigned bucket(const char *path, const struct package *p)
{
	uint32_t h = 2166136261u;
	const struct span parts[] = {p->name, p->version, p->arch, span_of(path)};

	for (int k = 0; k < 4; k++)
		for (size_t i = 0; i <= parts[k].n; i++)
			h = (h ^ (i < parts[k].n ? (unsigned char)parts[k].p[i] : 0)) * 16777619u;
	return h % BUCKETS;
}

static struct found *look_up(struct collect *c, const char *path, const struct package *p)
{
	struct found *best = NULL;

	for (struct found *f = c->chains[bucket(path, p)]; f; f = f->same)
		if (strcmp(f->path, path) == 0 && span_is(f->p.name, p->name) && span_is(f->p.version, p->version) &&
		    span_is(f->p.arch, p->arch) && (!best || f->layer > best->layer))
			best = f;
	return best;
}

static struct found *add(struct collect *c, const char *path, const struct package *p, int layer)
{
	struct found *f = arena_alloc(&c->arena, sizeof(*f));
	unsigned b = bucket(path, p);

	if (c->n == c->cap) {
		struct found **bigger = arena_array(&c->arena, c->cap ? c->cap * 2 : 512, sizeof(struct found *));

		if (c->n)
			memcpy(bigger, c->list, c->n * sizeof(struct found *));
		c->list = bigger;
		c->cap = c->cap ? c->cap * 2 : 512;
	}
	*f = (struct found){.p = *p, .path = path, .layer = layer, .removed_in = -1, .seen = layer, .same = c->chains[b]};
	c->chains[b] = f;
	c->list[c->n++] = f;
	return f;
}

/* ---- databases that are one file */

static int see(void *ctx, const struct package *p, struct err *e)
{
	struct collect *c = ctx;
	struct found *f = look_up(c, c->database, p);

	(void)e;
	if (f && f->removed_in < 0)
		f->seen = c->top;
	else
		add(c, c->database, p, c->top);
	return 0;
}

static int read_database(struct collect *c, const struct note *note, struct err *e)
{
	size_t broken = 0;
	int r = note->kinds & NOTE_APK ? packages_apk(note->text, see, c, &broken, e) : packages_dpkg(note->text, see, c, &broken, e);

	if (r == 0 && broken > 0)
		r = load_problem(c->load, note->path, e, "%zu paragraphs without a name or a version", broken);
	return r;
}

/* What was there before and is not in the state of layer `top` was removed by it. */
static void end_state(struct collect *c, int top)
{
	for (size_t i = 0; i < c->n; i++) {
		struct found *f = c->list[i];

		if (f->removed_in < 0 && f->seen < top && strcmp(f->path, c->database) == 0)
			f->removed_in = top;
	}
}

/* Follows one database through the layers. `*last`: its final state, NULL when there is none at the end; `*ever`: a layer
 * had one. */
static int follow_database(struct collect *c, const char *path, unsigned kind, const struct note **last, bool *ever, struct err *e)
{
	const struct note *before = NULL;

	c->database = path;
	for (int top = 0; top < c->im->layers.n; top++) {
		int layer;
		const struct note *now = view_find(&c->im->layers, top, path, &layer);

		if (now && !(now->kinds & kind && now->text.p))
			now = NULL;
		if (now != before) {
			c->top = top;
			if (now && read_database(c, now, e))
				return -1;
			end_state(c, top);
		} else {
			for (size_t i = 0; i < c->n; i++)
				if (c->list[i]->removed_in < 0)
					c->list[i]->seen = top;
		}
		*ever = *ever || now;
		before = now;
	}
	*last = before;
	return 0;
}

/* ---- packages that are one file each */

/* The same package at the same place, brought again by the layer that hid it: it is as old as it was. */
static void add_single(struct collect *c, const struct note *n, const struct package *p, int layer)
{
	int removed = view_hidden(&c->im->layers, layer, c->im->layers.n - 1, n->path);
	struct found *f = look_up(c, n->path, p);

	if (!f || (f->removed_in >= 0 && f->removed_in != layer))
		f = add(c, n->path, p, layer);
	f->removed_in = removed;
}

struct single {
	struct collect *c;
	const struct note *note;
	int layer;
};

static int see_single(void *ctx, const struct package *p, struct err *e)
{
	struct single *s = ctx;

	(void)e;
	add_single(s->c, s->note, p, s->layer);
	return 0;
}

static int read_npm(struct collect *c, const struct note *n, int layer, struct err *e)
{
	struct json *doc;
	struct err bad = {0};
	struct package p = {.type = "npm"};

	if (json_parse(&c->arena, n->text, &doc, &bad))
		return c->broken_json++ < LOAD_PROBLEMS_MAX ? load_problem(c->load, n->path, e, "%s", bad.msg) : 0;
	p.name = json_text_at(doc, "name");
	p.version = json_text_at(doc, "version");
	p.license = json_text_at(doc, "license");
	if (p.name.n > 0 && p.version.n > 0)
		add_single(c, n, &p, layer);
	return 0;
}

static bool in_status_d(const char *path)
{
	struct span p = span_of(path);

	return span_starts(p, "var/lib/dpkg/status.d/") && !span_ends(p, ".md5sums");
}

static int read_singles(struct collect *c, struct err *e)
{
	for (int i = 0; i < c->im->layers.n; i++)
		for (const struct note *n = c->im->layers.at[i]->notes; n; n = n->next) {
			struct single s = {c, n, i};
			size_t broken = 0;

			if (!n->text.p)
				continue;
			if (n->kinds & NOTE_NPM && read_npm(c, n, i, e))
				return -1;
			if (n->kinds & NOTE_DPKG && in_status_d(n->path) &&
			    (packages_dpkg(n->text, see_single, &s, &broken, e) ||
			     (broken && load_problem(c->load, n->path, e, "a paragraph without a name or a version"))))
				return -1;
		}
	return 0;
}

/* ---- ownership */

static int own(void *ctx, struct span directory, struct span file, struct err *e)
{
	struct collect *c = ctx;
	char *path = arena_printf(&c->arena, "%.*s/%.*s", SPAN_ARG(directory), SPAN_ARG(file));

	(void)e;
	path = path_canonical(&c->arena, "", path);
	if (path)
		paths_add(&c->owned, span_of(path), PATH_OTHER);
	return 0;
}

static int read_owned(struct collect *c, const struct note *apk, struct err *e)
{
	for (int i = 0; i < c->im->layers.n; i++)
		for (const struct note *n = c->im->layers.at[i]->notes; n; n = n->next) {
			struct span rest = n->text;

			if (!(n->kinds & NOTE_OWNED) || view_hidden(&c->im->layers, i, c->im->layers.n - 1, n->path) >= 0)
				continue;
			while (rest.p) {
				struct span line = span_cut(&rest, '\n');
				char *path = path_canonical(&c->arena, "", arena_strndup(&c->arena, line.p, line.n));

				if (path && line.n > 0)
					paths_add(&c->owned, span_of(path), PATH_OTHER);
			}
		}
	return apk ? packages_apk_owned(apk->text, own, c, e) : 0;
}

/* ---- writing */

static bool is_os(const struct found *f)
{
	return strcmp(f->p.type, "npm") != 0;
}

static int found_cmp(const void *x, const void *y)
{
	const struct found *a = *(struct found *const *)x, *b = *(struct found *const *)y;
	int d = strcmp(a->p.type, b->p.type);

	d = d ? d : span_cmp(a->p.name, b->p.name);
	d = d ? d : span_cmp(a->p.version, b->p.version);
	d = d ? d : span_cmp(a->p.arch, b->p.arch);
	d = d ? d : strcmp(a->path, b->path);
	return d ? d : a->layer - b->layer;
}

static void read_os(struct collect *c, struct os_release *os)
{
	static const char *const paths[] = {"etc/os-release", "usr/lib/os-release"};
	int layer, top = c->im->layers.n - 1;
	const struct note *n = NULL;

	*os = (struct os_release){0};
	for (int i = 0; i < 2 && !(n && n->text.p); i++)
		n = view_find(&c->im->layers, top, paths[i], &layer);
	if (n && n->text.p) {
		packages_os_release(n->text, os);
		return;
	}
	n = view_find(&c->im->layers, top, "etc/alpine-release", &layer);
	if (n && n->text.p) {
		struct span v = span_trim(n->text);
		char *text = arena_printf(&c->arena, "ID=alpine\nVERSION_ID=%.*s\n", SPAN_ARG(v));

		packages_os_release(span_of(text), os);
	}
}

static bool any_rpm(const struct collect *c)
{
	for (int i = 0; i < c->im->layers.n; i++)
		for (const struct note *n = c->im->layers.at[i]->notes; n; n = n->next)
			if (n->kinds & NOTE_RPM && view_hidden(&c->im->layers, i, c->im->layers.n - 1, n->path) < 0)
				return true;
	return false;
}

static const char *database_kind(const struct collect *c, bool dpkg, bool apk, bool ever)
{
	for (size_t i = 0; i < c->n && !dpkg; i++) {
		dpkg = c->list[i]->removed_in < 0 && in_status_d(c->list[i]->path);
		ever = ever || is_os(c->list[i]);
	}
	return dpkg ? "deb" : apk ? "apk" : any_rpm(c) ? "rpm" : ever ? "removed" : "none";
}

static int write_all(struct collect *c, int64_t thing, const char *database, struct err *e)
{
	struct os_release os;
	char distro[128] = "", namespace[64] = "";

	read_os(c, &os);
	if (os.id.n > 0) {
		snprintf(namespace, sizeof(namespace), "%.*s", SPAN_ARG(os.id));
		snprintf(distro, sizeof(distro), "%.*s-%.*s", SPAN_ARG(os.id), SPAN_ARG(os.version));
	}
	if (c->n > 1)
		qsort(c->list, c->n, sizeof(struct found *), found_cmp);
	for (size_t i = 0; i < c->n; i++) {
		const struct found *f = c->list[i];
		struct package_place at = {.thing = thing,
					   .path = f->path,
					   .layer = f->layer,
					   .removed_in = f->removed_in,
					   .owned = !is_os(f) && paths_flags(&c->owned, span_of(f->path)),
					   .namespace = namespace[0] ? namespace : NULL,
					   .distro = os.version.n > 0 ? distro : NULL};

		if (package_write(c->load->db, &f->p, &at, e))
			return -1;
	}
	return inventory_write(c->load->db, thing, os.id.n > 0 ? &os : NULL, database, e);
}

int image_write_packages(struct load *l, const struct image *im, int64_t thing, struct err *e)
{
	struct collect *c = calloc(1, sizeof(*c));
	const struct note *dpkg = NULL, *apk = NULL, *apk_usr;
	bool ever = false;
	int r;

	if (!c)
		die("out of memory");
	c->load = l;
	c->im = im;
	r = follow_database(c, "var/lib/dpkg/status", NOTE_DPKG, &dpkg, &ever, e) ||
		    follow_database(c, "lib/apk/db/installed", NOTE_APK, &apk, &ever, e) ? -1 : 0;
	apk_usr = apk;
	if (r == 0 && !apk)
		r = follow_database(c, "usr/lib/apk/db/installed", NOTE_APK, &apk_usr, &ever, e);
	if (r == 0 && (read_singles(c, e) || read_owned(c, apk_usr, e) ||
		       write_all(c, thing, database_kind(c, dpkg != NULL, apk_usr != NULL, ever), e)))
		r = -1;
	free(c->owned.slots);
	arena_fini(&c->arena);
	free(c);
	return r;
}
