// SPDX-License-Identifier: Apache-2.0
// Packages of an image: each package database as it was after every layer, so that what brought a package and what took
// it away is known. Parsing is packages.c's.
#include "load-image.h"
#include "image-note.h"
#include "image-owner.h"
#include "inventory.h"
#include "inventory-parse.h"
#include "common/map.h"
#include "common/rpm.h"
#include "repositories.h"
#include "streams.h"

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
	struct paths installed; /* identity() of what is installed */
	struct owners owners;  /* files that operating system packages own */
	int top;	       /* layer whose database state is read */
	const char *database;  /* its path */
	struct span owner;     /* whose files are read */
	int unlisted;	       /* 1 + the last layer that brought packages of the operating system without lists of their files; 0: none did */
	bool unreadable;       /* a database in the final state could not be read whole */
	struct streams streams;
	struct repositories repositories;
	struct map brought;    /* names of operating system packages: 1 + the layer that brought them */
	struct map lists;      /* names of repositories: the row of repository_list */
	struct span release;   /* of the distribution, as feeds name it */
};

static unsigned bucket(const char *path, const struct package *p)
{
	uint32_t h = 2166136261u;
	const struct span parts[] = {span_of(p->type), p->name, p->version, p->arch, span_of(path)};

	for (int k = 0; k < 5; k++)
		for (size_t i = 0; i <= parts[k].n; i++)
			h = (h ^ (i < parts[k].n ? (unsigned char)parts[k].p[i] : 0)) * 16777619u;
	return h % BUCKETS;
}

static struct found *look_up(struct collect *c, const char *path, const struct package *p)
{
	struct found *best = NULL;

	for (struct found *f = c->chains[bucket(path, p)]; f; f = f->same)
		if (strcmp(f->path, path) == 0 && strcmp(f->p.type, p->type) == 0 && span_is(f->p.inner, p->inner) && span_is(f->p.name, p->name) && span_is(f->p.version, p->version) &&
		    span_is(f->p.arch, p->arch) && (!best || f->layer > best->layer))
			best = f;
	return best;
}

static struct found *add(struct collect *c, const char *path, const struct package *p, int layer)
{
	struct found *f = arena_alloc(&c->arena, sizeof(*f));
	unsigned b = bucket(path, p);

	c->list = arena_room(&c->arena, c->list, c->n, &c->cap, sizeof(*c->list));
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

/* One state of a database: its file, and for SQLite the log beside it. */
struct state {
	const struct note *file, *wal;
};

/* SQLite's texts live with the layers, but versions are put together by the reader: they are copied. */
static int see_copy(void *ctx, const struct package *p, struct err *e)
{
	struct collect *c = ctx;
	struct package copy = package_copy(&c->arena, p);

	return see(c, &copy, e);
}

static int read_sqlite(struct collect *c, const struct state *s, struct err *e)
{
	auto_arena a = ARENA_INIT;
	struct rpm_read r = {.arena = &a, .fn = see_copy, .ctx = c};
	struct err bad = {0};

	if (rpm_sqlite(&r, s->file->text, s->wal ? s->wal->text : SPAN_NONE, &bad) == 0 && r.broken == 0)
		return 0;
	c->unreadable = true;
	return load_problem(c->load, s->file->path, e, "%s", bad.kind ? bad.msg : "some packages of the rpm database could not be read");
}

static int read_state(struct collect *c, const struct state *s, struct err *e)
{
	const struct note *note = s->file;
	size_t broken = 0;
	int r = 0;

	c->unreadable = note->problem != NULL;
	if (note->kinds & NOTE_RPM) {
		if (note->text.p)
			return read_sqlite(c, s, e);
		for (const struct noted *i = note->items; i; i = i->next)
			see(c, &i->p, e);
		return 0;
	}
	r = note->kinds & NOTE_APK ? packages_apk(note->text, see, c, &broken, e) : packages_dpkg(note->text, see, c, &broken, e);
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

static bool is_database(const char *path)
{
	for (const char *const *d = rpm_databases; *d; d++)
		if (strcmp(*d, path) == 0)
			return true;
	return false;
}

static struct state state_at(struct collect *c, int top, const char *path, unsigned kind)
{
	struct state s = {0};
	int layer;

	s.file = view_find(&c->im->layers, top, path, &layer);
	if (s.file && !(s.file->kinds & kind && (s.file->text.p || s.file->items || s.file->problem)))
		s.file = NULL;
	/* A folder that is a link to where another of the databases lies: that one is followed by itself. */
	if (s.file && kind == NOTE_RPM && strcmp(s.file->path, path) != 0 && is_database(s.file->path))
		s.file = NULL;
	if (s.file && kind == NOTE_RPM && s.file->text.p)
		s.wal = view_find(&c->im->layers, top, arena_printf(&c->arena, "%s-wal", s.file->path), &layer);
	return s;
}

/* Follows one database through the layers. `*last`: its final state, file NULL when there is none at the end; `*ever`: a layer
 * had one. */
static int follow_database(struct collect *c, const char *path, unsigned kind, struct state *last, bool *ever, struct err *e)
{
	struct state before = {0};
	bool unreadable = c->unreadable;

	c->database = path;
	c->unreadable = false;
	for (int top = 0; top < c->im->layers.n; top++) {
		struct state now = state_at(c, top, path, kind);

		if (now.file != before.file || now.wal != before.wal) {
			c->top = top;
			c->unreadable = false;
			if (now.file && read_state(c, &now, e))
				return -1;
			end_state(c, top);
		} else {
			for (size_t i = 0; i < c->n; i++)
				if (c->list[i]->removed_in < 0)
					c->list[i]->seen = top;
		}
		*ever = *ever || now.file;
		before = now;
	}
	*last = before;
	c->unreadable = unreadable || (before.file && c->unreadable);
	return 0;
}

/* ---- packages that files tell of by themselves */

/* The same package at the same place, brought again by the layer that hid it: it is as old as it was. */
static void add_single(struct collect *c, const char *path, const struct package *p, int layer)
{
	int removed = view_hidden(&c->im->layers, layer, c->im->layers.n - 1, path);
	struct found *f = look_up(c, path, p);

	if (f && f->layer == layer)
		return;
	if (!f || (f->removed_in >= 0 && f->removed_in != layer))
		f = add(c, path, p, layer);
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
	add_single(s->c, s->note->path, p, s->layer);
	return 0;
}

static bool in_status_d(const char *path)
{
	struct span p = span_of(path);

	return span_starts(p, "var/lib/dpkg/status.d/") && !span_ends(p, ".md5sums");
}

/* What the file tells of that a hard link with a telling name leads to. */
static const struct noted *linked_items(const struct collect *c, int layer, const char *path)
{
	const struct note *to = parser_find(path, SPAN("")) ? layer_note(c->im->layers.at[layer], path) : NULL;

	return to ? to->items : NULL;
}

static void add_items(struct collect *c, const char *path, const struct noted *items, int layer)
{
	for (const struct noted *i = items; i; i = i->next)
		add_single(c, path, &i->p, layer);
}

static void read_hard_links(struct collect *c, int layer)
{
	struct layer *l = c->im->layers.at[layer];

	for (const struct link *k = l->hard_links; k; k = k->next)
		if (layer_hard_link_counts(l, k))
			add_items(c, k->path, linked_items(c, layer, k->path), layer);
}

static int read_singles(struct collect *c, struct err *e)
{
	for (int i = 0; i < c->im->layers.n; i++) {
		for (const struct note *n = c->im->layers.at[i]->notes; n; n = n->next) {
			struct single s = {c, n, i};
			size_t broken = 0;

			if (!layer_note_counts(c->im->layers.at[i], n))
				continue;
			if (!(n->kinds & (NOTE_RPM | NOTE_STORE)))
				add_items(c, n->path, n->link && !n->items ? linked_items(c, i, n->path) : n->items, i);
			if (n->text.p && n->kinds & NOTE_DPKG && in_status_d(n->path) &&
			    (packages_dpkg(n->text, see_single, &s, &broken, e) ||
			     (broken && load_problem(c->load, n->path, e, "a paragraph without a name or a version"))))
				return -1;
		}
		read_hard_links(c, i);
	}
	return 0;
}

/* ---- ownership */

static int own(void *ctx, struct span owner, struct span directory, struct span file, struct err *e)
{
	struct collect *c = ctx;

	(void)e;
	owners_add(&c->owners, path_hash_joined(directory, file), owner);
	return 0;
}

static int own_rpm(void *ctx, struct span owner, struct span directory, struct span file, struct err *e)
{
	struct collect *c = ctx;
	static const struct span none;

	(void)e;
	/* Names live in the reader's arena: one copy per package is kept. */
	if (!span_is(owner, c->owner)) {
		c->owner = none;
		c->owner = (struct span){arena_strndup(&c->arena, owner.p, owner.n), owner.n};
	}
	owners_add(&c->owners, path_hash_joined(directory, file), c->owner);
	return 0;
}

static int ignore(void *ctx, const struct package *p, struct err *e)
{
	(void)ctx, (void)p, (void)e;
	return 0;
}

static int read_owned(struct collect *c, const struct note *apk, const struct state *rpm, struct err *e)
{
	for (size_t i = 0; i < c->n; i++)
		if (!package_is_os(c->list[i]->p.type))
			owners_want(&c->owners, c->list[i]->path);
	for (int i = 0; i < c->im->layers.n; i++)
		for (const struct note *n = c->im->layers.at[i]->notes; n; n = n->next)
			if (n->kinds & NOTE_OWNED && view_hidden(&c->im->layers, i, c->im->layers.n - 1, n->path) < 0)
				owners_add_list(&c->owners, n->owned);
	if (rpm->file && !rpm->file->text.p)
		owners_add_list(&c->owners, rpm->file->owned);
	if (rpm->file && rpm->file->text.p) {
		auto_arena a = ARENA_INIT;
		struct rpm_read r = {.arena = &a, .fn = ignore, .owned = own_rpm, .ctx = c};

		rpm_sqlite(&r, rpm->file->text, rpm->wal ? rpm->wal->text : SPAN_NONE, NULL); /* its faults were told before */
	}
	return apk ? packages_apk_owned(apk->text, own, c, e) : 0;
}

/* ---- writing */

static int found_cmp(const void *x, const void *y)
{
	const struct found *a = *(struct found *const *)x, *b = *(struct found *const *)y;
	int d = strcmp(a->p.type, b->p.type);

	d = d ? d : span_cmp(a->p.name, b->p.name);
	d = d ? d : span_cmp(a->p.version, b->p.version);
	d = d ? d : span_cmp(a->p.arch, b->p.arch);
	d = d ? d : a->p.declared - b->p.declared;
	d = d ? d : strcmp(a->path, b->path);
	d = d ? d : span_cmp(a->p.inner, b->p.inner);
	return d ? d : a->layer - b->layer;
}

/* What older systems have in place of os-release; the derived before what they derive from. */
static const char *const release_files[] = {"etc/alpine-release", "etc/oracle-release", "etc/centos-release", "etc/redhat-release",
					    "etc/system-release", "etc/debian_version", NULL};

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
	for (const char *const *path = release_files; *path; path++) {
		n = view_find(&c->im->layers, top, *path, &layer);
		if (n && n->text.p && packages_release_file(&c->arena, span_of(*path), n->text, os))
			return;
	}
}

/* A package under the name that its ecosystem takes for the same: case, and for Python '-', '_' and '.'. */
static struct span identity(struct arena *a, const struct package *p)
{
	bool python = strcmp(p->type, "pypi") == 0;
	char *text = arena_printf(a, "%s %.*s %.*s", p->type, SPAN_ARG(p->name), SPAN_ARG(p->version));

	if (python || strcmp(p->type, "nuget") == 0 || strcmp(p->type, "composer") == 0)
		for (char *c = text; *c; c++) {
			if (*c >= 'A' && *c <= 'Z')
				*c = (char)(*c - 'A' + 'a');
			if (python && (*c == '_' || *c == '.'))
				*c = '-';
		}
	return span_of(text);
}

static void note_installed(struct collect *c)
{
	auto_arena a = ARENA_INIT;

	for (size_t i = 0; i < c->n; i++) {
		if (!c->list[i]->p.declared && c->list[i]->removed_in < 0)
			paths_add(&c->installed, identity(&a, &c->list[i]->p), PATH_OTHER);
		arena_reset(&a);
	}
}

/* A lock file's entry for what is installed says nothing new. */
static bool told_before(const struct collect *c, const struct package *p)
{
	auto_arena a = ARENA_INIT;

	return paths_flags(&c->installed, identity(&a, p)) != 0;
}

static bool is_needless(const struct collect *c, size_t i, bool owned)
{
	const struct found *f = c->list[i];

	/* What a program says of itself, when the package that brought it says it too. */
	return (owned && strcmp(f->p.type, "generic") == 0) || (f->p.declared && told_before(c, &f->p));
}

/* Debian keeps licences beside the package, not in its database. */
static struct span debian_license(const struct collect *c, const struct found *f)
{
	auto_arena a = ARENA_INIT;
	const struct note *n;
	int layer;

	if (strcmp(f->p.type, "deb") != 0 || f->removed_in >= 0)
		return f->p.license;
	n = view_find(&c->im->layers, c->im->layers.n - 1, arena_printf(&a, "usr/share/doc/%.*s/copyright", SPAN_ARG(f->p.name)), &layer);
	return n && n->kinds & NOTE_COPYRIGHT ? n->text : SPAN_NONE;
}

/* Layers with packages, but without lists of their files (distroless of old), hold nothing by hand in the system's own folders. What lies there and came
 * later did not come with them. */
static bool is_system_path(const char *path)
{
	static const char *const folders[] = {"usr/lib/python", "lib/", "usr/lib/", "usr/bin/", "bin/", "usr/sbin/", "sbin/"};
	struct span p = span_of(path);

	if (span_starts(p, "usr/lib/node_modules/") || span_starts(p, "usr/lib/jvm/") || span_starts(p, "usr/lib/ruby/"))
		return false;
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		if (span_starts(p, folders[i]))
			return true;
	return false;
}

/* For each package of the operating system the layer that brought it as it is now. */
static void note_brought(struct collect *c)
{
	for (size_t i = 0; i < c->n; i++) {
		const struct found *f = c->list[i];
		struct map_slot *slot = f->removed_in < 0 && package_is_os(f->p.type) ? map_at(&c->brought, f->p.name) : NULL;

		if (slot && (intptr_t)slot->value <= f->layer)
			slot->value = (void *)(intptr_t)(f->layer + 1);
	}
}

/* What a later layer put in the place of an owner's file by hand is not the owner's any more. */
static struct span owner_of(const struct collect *c, const struct found *f)
{
	struct span owner = owners_find(&c->owners, f->path);
	int brought = owner.p ? (int)(intptr_t)map_find(&c->brought, owner) : 0;

	return brought > 0 && f->layer >= brought ? SPAN_NONE : owner;
}

static bool is_red_hat(const struct distinct_place *os)
{
	return os->ecosystem && strcmp(os->ecosystem, "Red Hat") == 0;
}

/* As inventory.repositories has it. */
static const char *repositories_text(const struct collect *c)
{
	const struct layer_repositories *any = repositories_of(&c->repositories, 0);

	return any ? any->told_by : c->repositories.manifests ? "none" : NULL;
}

/* The row of repository_list for what a layer's packages come from; 0: not told. */
static int list_of(struct collect *c, int layer, int64_t *id, struct err *e)
{
	const struct layer_repositories *r = repositories_of(&c->repositories, layer);
	struct map_slot *slot = r ? map_at(&c->lists, r->names) : NULL;

	if (slot && !slot->value) {
		if (db_run(c->load->db, e, "INSERT OR IGNORE INTO repository_list(told_by, names) VALUES (?, ?)", "st", r->told_by, r->names))
			return -1;
		slot->value = (void *)(intptr_t)db_int(c->load->db, 0, "SELECT id FROM repository_list WHERE told_by = ? AND names = ?", "st", r->told_by, r->names);
	}
	*id = slot ? (intptr_t)slot->value : 0;
	return 0;
}

/* Which stream and which products of Red Hat's judge an rpm. */
static int place_rpm(struct collect *c, const struct found *f, struct package_place *at, struct err *e)
{
	at->os.release = streams_release(&c->streams, f->layer, f->p.version, c->release);
	return list_of(c, f->layer, &at->os.repositories, e);
}

static int write_one(struct collect *c, size_t i, struct package_place *at, struct err *e)
{
	const struct found *f = c->list[i];
	struct package p = f->p;
	bool os = package_is_os(p.type);
	struct span owner = os ? SPAN_NONE : owner_of(c, f);
	bool owned = owner.p || (!os && f->layer < c->unlisted && is_system_path(f->path));

	if (is_needless(c, i, owned))
		return 0;
	p.license = debian_license(c, f);
	at->path = f->path;
	at->layer = f->layer;
	at->removed_in = f->removed_in;
	at->owned = owned;
	at->owner = owner;
	at->os.repositories = 0;
	if (strcmp(p.type, "rpm") == 0 && is_red_hat(&at->os) && c->release.n > 0 && place_rpm(c, f, at, e))
		return -1;
	return package_write(c->load, &p, at, e);
}

static int write_all(struct collect *c, int64_t thing, const char *database, struct err *e)
{
	struct os_release os;
	char distro[128] = "", namespace[64] = "";
	struct package_place at = {.thing = thing};

	read_os(c, &os);
	streams_read(&c->arena, &c->im->layers, &os, &c->streams);
	repositories_read(&c->arena, &c->im->layers, json_path(c->im->config, "config.Labels"), &c->repositories);
	for (size_t i = 0; i < c->n && !c->streams.esm; i++)
		c->streams.esm = c->list[i]->removed_in < 0 && strcmp(c->list[i]->p.type, "deb") == 0 && streams_is_esm(c->list[i]->p.version);
	c->release = os.release;
	at.os = (struct distinct_place){.ecosystem = os.ecosystem, .release = os.release, .image = db_int(c->load->db, 0, "SELECT kind = 'image' FROM thing WHERE id = ?", "i", thing), .pro = c->streams.esm};
	for (size_t i = 0; i < c->n && c->owners.told == 0; i++)
		if (c->list[i]->removed_in < 0 && in_status_d(c->list[i]->path) && c->list[i]->layer >= c->unlisted)
			c->unlisted = c->list[i]->layer + 1;
	if (os.id.n > 0) {
		snprintf(namespace, sizeof(namespace), "%.*s", SPAN_ARG(os.id));
		snprintf(distro, sizeof(distro), "%.*s-%.*s", SPAN_ARG(os.id), SPAN_ARG(os.version));
		at.namespace = namespace;
		at.distro = os.version.n > 0 ? distro : NULL;
	}
	if (c->n > 1)
		qsort(c->list, c->n, sizeof(struct found *), found_cmp);
	note_installed(c);
	note_brought(c);
	for (size_t i = 0; i < c->n; i++)
		if (write_one(c, i, &at, e))
			return -1;
	return inventory_write(c->load->db, thing, os.id.n > 0 ? &os : NULL, database, streams_text(&c->arena, &c->streams), is_red_hat(&at.os) ? repositories_text(c) : NULL, e);
}

/* What the package managers left, at the end. */
struct databases {
	struct state dpkg, apk, rpm;
	bool ever; /* a layer had one */
};

static const char *database_kind(const struct collect *c, const struct databases *d)
{
	bool dpkg = d->dpkg.file != NULL, ever = d->ever, pacman = false, portage = false;

	if (c->unreadable)
		return "unreadable";
	for (size_t i = 0; i < c->n && !dpkg; i++) {
		const struct found *f = c->list[i];

		dpkg = f->removed_in < 0 && in_status_d(f->path);
		pacman = pacman || (f->removed_in < 0 && strcmp(f->p.type, "alpm") == 0);
		portage = portage || (f->removed_in < 0 && strcmp(f->p.type, "ebuild") == 0);
		ever = ever || package_is_os(f->p.type);
	}
	return dpkg ? "deb" : d->apk.file ? "apk" : d->rpm.file ? "rpm" : pacman ? "alpm" : portage ? "ebuild" : ever ? "removed" : "none";
}

static int follow_all(struct collect *c, struct databases *d, struct err *e)
{
	if (follow_database(c, "var/lib/dpkg/status", NOTE_DPKG, &d->dpkg, &d->ever, e) ||
	    follow_database(c, "lib/apk/db/installed", NOTE_APK, &d->apk, &d->ever, e) ||
	    (!d->apk.file && follow_database(c, "usr/lib/apk/db/installed", NOTE_APK, &d->apk, &d->ever, e)))
		return -1;
	for (const char *const *path = rpm_databases; *path; path++) {
		struct state last;

		if (follow_database(c, *path, NOTE_RPM, &last, &d->ever, e))
			return -1;
		if (!d->rpm.file)
			d->rpm = last;
	}
	return 0;
}

int image_write_packages(struct load *l, const struct image *im, int64_t thing, struct err *e)
{
	struct collect *c = calloc(1, sizeof(*c));
	struct databases d = {0};
	int r;

	if (!c)
		die("out of memory");
	c->load = l;
	c->im = im;
	r = follow_all(c, &d, e) || read_singles(c, e) || read_owned(c, d.apk.file, &d.rpm, e) || write_all(c, thing, database_kind(c, &d), e) || paths_settle(&c->installed, e) ? -1 : 0;
	owners_fini(&c->owners);
	map_fini(&c->lists);
	map_fini(&c->brought);
	paths_fini(&c->installed);
	arena_fini(&c->arena);
	free(c);
	return r;
}
