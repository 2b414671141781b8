// SPDX-License-Identifier: Apache-2.0
// What of a layer's entries is worth keeping, by path, mode and first bytes; and the reading of those that are. Walking the layer is
// load-image-layer.c's.
#include "image-note.h"
#include "content.h"
#include "file-rules.h"
#include "image-secret.h"
#include "inventory-parse.h"
#include "common/rpm.h"

#include "common/limits.h"
#include "common/text.h"

enum { TEXT_MAX = 64 * 1024 * 1024, SMALL_TEXT_MAX = 4 * 1024 * 1024, RPM_MAX = 512 * 1024 * 1024, KEPT_MAX = 500000 };
/* Text kept of one layer: package databases of the largest images take 20 MB. */
#define LAYER_TEXT_MAX (256ull * 1024 * 1024)

static const char *const os_release[] = {"etc/os-release", "usr/lib/os-release", "etc/alpine-release", "etc/debian_version", "etc/redhat-release",
					 "etc/centos-release", "etc/oracle-release", "etc/system-release"};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static bool listed(const char *const *table, size_t n, const char *path)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(table[i], path) == 0)
			return true;
	return false;
}

/* A database, or the write-ahead log of one. */
static bool is_rpm(struct span path)
{
	if (span_ends(path, "-wal"))
		path.n -= strlen("-wal");
	for (const char *const *d = rpm_databases; *d; d++)
		if (span_eq(path, *d))
			return true;
	return false;
}

unsigned note_mode_kinds(const struct tar_entry *t)
{
	unsigned k = 0;

	if (t->type == 'd')
		return (t->mode & 01002) == 02 ? NOTE_WRITABLE : 0;
	if (t->type != 'f' && t->type != 'h')
		return 0;
	return k | (t->mode & 04000 ? NOTE_SETUID : 0) | (t->mode & 02000 && t->mode & 010 ? NOTE_SETGID : 0) |
	       (t->mode & 02 ? NOTE_WRITABLE : 0);
}

/* apt(5) sources.list; the manifests, labels and Dockerfiles of Red Hat's image builds. */
static bool is_repository(struct span path)
{
	if (span_eq(path, "root/buildinfo/labels.json") || span_starts(path, "root/buildinfo/Dockerfile-"))
		return true;
	if (span_ends(path, ".json"))
		return span_starts(path, "root/buildinfo/content_manifests/") || span_starts(path, "usr/share/buildinfo/");
	return span_eq(path, "etc/apt/sources.list") || (span_starts(path, "etc/apt/sources.list.d/") && (span_ends(path, ".list") || span_ends(path, ".sources")));
}

static bool is_pacman_list(struct span path)
{
	return span_starts(path, "var/lib/pacman/local/") && span_ends(path, "/files");
}

static bool is_portage_list(struct span path)
{
	return span_starts(path, "var/db/pkg/") && span_ends(path, "/CONTENTS");
}

unsigned note_name_kinds(const char *path)
{
	struct span p = span_of(path);
	unsigned k = file_rules_kinds(path);

	if (listed(os_release, COUNT(os_release), path))
		k |= NOTE_OS_RELEASE;
	if (is_repository(p))
		k |= NOTE_REPOSITORY;
	if (is_rpm(p))
		k |= NOTE_RPM;
	if ((span_starts(p, "var/lib/dpkg/info/") && (span_ends(p, ".list") || span_ends(p, ".md5sums"))) ||
	    (span_starts(p, "var/lib/dpkg/status.d/") && span_ends(p, ".md5sums")) || is_pacman_list(p) || is_portage_list(p))
		k |= NOTE_OWNED;
	if (span_starts(p, "usr/share/doc/") && span_eq(span_after_last(p, '/'), "copyright"))
		k |= NOTE_COPYRIGHT;
	return k;
}

/* A package database may lie anywhere and be linked to: its first bytes tell it. */
static unsigned content_kinds(const char *path, struct span head)
{
	struct span p = span_of(path), base = span_after_last(p, '/');

	/* Paragraphs may start with any field; an empty file is no database. */
	if (head.n > 0 && (span_eq(p, "var/lib/dpkg/status") || (span_starts(p, "var/lib/dpkg/status.d/") && !span_ends(p, ".md5sums"))))
		return NOTE_DPKG;
	if (span_starts(head, "Package: ") && !span_starts(p, "var/lib/apt/lists/") && !span_eq(base, "available") &&
	    !span_eq(base, "status-old") && !span_eq(base, "DESCRIPTION") && !span_starts(p, "usr/share/doc/"))
		return NOTE_DPKG;
	if (span_starts(head, "C:Q1") || (span_ends(p, "lib/apk/db/installed") && head.n > 1 && head.p[1] == ':'))
		return NOTE_APK;
	if (span_starts(head, "-----BEGIN") && span_has(head, "PRIVATE KEY-----"))
		return NOTE_KEY;
	return 0;
}

/* ---- keeping */

/* Room for another note or link; a layer with too many of them is not read to its end. */
bool note_may_keep(struct layer *l)
{
	if (l->kept++ < KEPT_MAX)
		return true;
	snprintf(l->problem, sizeof(l->problem), "more than %d links and files of note: the rest is not kept", KEPT_MAX);
	return false;
}

struct note *note_add(struct layer *l, const char *path, const struct tar_entry *t, unsigned kinds)
{
	static struct note dropped;
	struct note *n;

	if (!note_may_keep(l))
		return &dropped;
	n = arena_alloc(&l->arena, sizeof(*n));
	*n = (struct note){.path = arena_strdup(&l->arena, path), .kinds = kinds, .type = t->type, .mode = t->mode, .uid = t->uid, .gid = t->gid, .size = t->size};
	n->order = (uint32_t)l->kept;
	*l->notes_end = n;
	l->notes_end = &n->next;
	return n;
}

static struct span kept(struct arena *a, struct span s)
{
	return s.p ? (struct span){arena_strndup(a, s.p, s.n), s.n} : SPAN_NONE;
}

struct package package_copy(struct arena *a, const struct package *p)
{
	struct package out = *p;

	out.name = kept(a, p->name);
	out.version = kept(a, p->version);
	out.arch = kept(a, p->arch);
	out.license = kept(a, p->license);
	out.source = kept(a, p->source);
	out.source_version = kept(a, p->source_version);
	out.module = kept(a, p->module);
	out.inner = kept(a, p->inner);
	out.qualifiers = kept(a, p->qualifiers);
	return out;
}

/* What reading one file leaves in its note. */
struct found_in {
	struct layer *layer;
	struct note *note;
	struct noted **items_end;
	struct owned *owned; /* of the package at hand */
	size_t cap;
	char problem[1024];
};

static int take_package(void *ctx, const struct package *p, struct err *e)
{
	struct found_in *f = ctx;
	struct noted *item = arena_alloc(&f->layer->arena, sizeof(*item));

	(void)e;
	item->p = package_copy(&f->layer->arena, p);
	*f->items_end = item;
	f->items_end = &item->next;
	f->owned = NULL;
	return 0;
}

static void add_owned(struct found_in *f, struct span owner, uint64_t hash)
{
	struct arena *a = &f->layer->arena;

	if (!f->owned) {
		f->owned = arena_alloc(a, sizeof(*f->owned));
		*f->owned = (struct owned){.owner = kept(a, owner), .next = f->note->owned};
		f->note->owned = f->owned;
		f->cap = 0;
	}
	if (f->owned->n == f->cap) {
		uint64_t *bigger = arena_array(a, f->cap ? 2 * f->cap : 16, sizeof(*bigger));

		if (f->owned->n)
			memcpy(bigger, f->owned->paths, f->owned->n * sizeof(*bigger));
		f->owned->paths = bigger;
		f->cap = f->cap ? 2 * f->cap : 16;
	}
	f->owned->paths[f->owned->n++] = hash;
}

static int take_file(void *ctx, struct span owner, struct span directory, struct span file, struct err *e)
{
	(void)e;
	add_owned(ctx, owner, path_hash_joined(directory, file));
	return 0;
}

/* The folder "NAME-VERSION-RELEASE" of pacman; "NAME-VERSION" or "NAME-VERSION-rN" of Portage: the name. */
static struct span folder_owner(struct span path, bool pacman)
{
	struct span folder = span_after_last(span_before_last(path, '/'), '/');
	bool two = pacman || span_starts(span_after_last(folder, '-'), "r");

	folder = span_before_last(folder, '-');
	return two ? span_before_last(folder, '-') : folder;
}

/* pacman: paths as they are, folders with '/' at their end. Portage: "obj /usr/bin/x SUM TIME", "sym /usr/bin/y -> x TIME". */
static void read_folder_list(struct found_in *f, struct span text, bool pacman)
{
	struct span owner = folder_owner(span_of(f->note->path), pacman);

	while (text.p) {
		struct span line = span_cut(&text, '\n'), kind;

		if (!pacman) {
			kind = span_cut(&line, ' ');
			line = span_eq(kind, "obj") || span_eq(kind, "sym") ? span_cut(&line, ' ') : SPAN_NONE;
		}
		if (line.n > 1 && line.p[0] != '%' && !span_ends(line, "/"))
			add_owned(f, owner, path_hash_joined(SPAN(""), line));
	}
}

/* "libfoo1:amd64.list" is libfoo1's. Lines are paths, in .md5sums behind the sum and two blanks. */
static void read_file_list(struct found_in *f, struct span text)
{
	struct span owner = span_after_last(span_of(f->note->path), '/');
	bool sums = span_ends(owner, ".md5sums");

	owner.n -= strlen(sums ? ".md5sums" : ".list");
	owner = span_cut(&owner, ':');
	while (text.p) {
		struct span line = span_cut(&text, '\n');

		if (sums) {
			span_cut(&line, ' ');
			line = span_trim(line);
		}
		if (line.n > 1)
			add_owned(f, owner, path_hash_joined(SPAN(""), line));
	}
}

static void read_owned(struct found_in *f, struct span text)
{
	struct span path = span_of(f->note->path);

	if (is_pacman_list(path) || is_portage_list(path))
		read_folder_list(f, text, is_pacman_list(path));
	else
		read_file_list(f, text);
}

/* The licences that a machine-readable copyright file names (DEP-5), joined by AND, each once. */
static struct span read_copyright(struct arena *a, struct span text)
{
	auto_buf b = BUF_INIT;

	while (text.p) {
		struct span line = span_cut(&text, '\n'), rest, word;
		bool there = false;

		if (!span_starts(line, "License:"))
			continue;
		word = span_trim((struct span){line.p + 8, line.n - 8});
		if (word.n == 0 || word.n > 64 || b.n > 160 || !utf8_valid(word.p, word.n))
			continue;
		for (rest = buf_span(&b); rest.n > 0 && !there;) {
			struct span one = span_cut(&rest, ';');

			there = span_is(span_trim(one), word);
		}
		if (!there) {
			buf_add_str(&b, b.n ? "; " : "");
			buf_add_span(&b, word);
		}
	}
	return b.n ? kept(a, buf_span(&b)) : SPAN_NONE;
}

static void read_rpm(struct found_in *f, struct span text)
{
	auto_arena a = ARENA_INIT;
	struct rpm_read r = {.arena = &a, .fn = take_package, .owned = take_file, .ctx = f};
	struct err bad = {0};
	int rc = span_ends(span_of(f->note->path), "container-manifest-2") ? rpm_manifest(&r, text, &bad) : rpm_any(&r, text, SPAN_NONE, &bad);

	if (rc)
		snprintf(f->problem, sizeof(f->problem), "%s", bad.msg);
	else if (r.broken)
		snprintf(f->problem, sizeof(f->problem), "%u of %u packages of the rpm database could not be read", r.broken, r.broken + r.packages);
}

/* pnpm keeps files by the hash of their content and links node_modules to them. */
static bool is_store(const char *path, struct span head)
{
	return span_starts(head, "{") && strstr(path, "/store/") && strstr(path, "/files/") && !strstr(path, "node_modules/");
}

static void read_parsed(struct found_in *f, const struct parser *ps, struct span text)
{
	/* A store's file is read as what the links to it will call it. */
	struct parse p = {.path = f->note->kinds & NOTE_STORE ? "node_modules/x/package.json" : f->note->path, .text = text, .fn = take_package, .ctx = f};
	struct err bad = {0};

	if (parser_run(ps, &p, &bad) && f->note->kinds & NOTE_STORE)
		; /* any other JSON */
	else if (bad.kind)
		snprintf(f->problem, sizeof(f->problem), "%s", bad.msg);
	else if (p.skipped)
		snprintf(f->problem, sizeof(f->problem), "%u packages without a usable name or version, or beyond a limit", p.skipped);
	f->note->kinds |= p.packed ? NOTE_PACKED : 0;
	arena_fini(&p.arena);
}

/* Reads for what people should not have left in it. */
static void read_secrets(struct found_in *f, struct span text)
{
	char detail[256];
	bool users = strcmp(f->note->path, "etc/shadow") == 0 || strcmp(f->note->path, "etc/passwd") == 0;

	if (users && image_secret_passwordless(text, detail, sizeof(detail)))
		f->note->kinds |= NOTE_PASSWORDLESS;
	else if (!users && image_secret_candidate(f->note->path, text, text.n) && image_secret_classes(text, detail, sizeof(detail)))
		f->note->kinds |= NOTE_CONTENT;
	else
		return;
	f->note->detail = arena_strdup(&f->layer->arena, detail);
}

static uint64_t limit_of(unsigned kinds, const struct parser *ps)
{
	if (kinds & NOTE_RPM)
		return RPM_MAX;
	if (kinds & (NOTE_DPKG | NOTE_APK | NOTE_OWNED))
		return TEXT_MAX;
	return kinds & (NOTE_OS_RELEASE | NOTE_COPYRIGHT | NOTE_REPOSITORY) ? SMALL_TEXT_MAX : ps ? ps->limit_bytes : 0;
}

/* SQLite's log may lie in another layer than its database: both wait for the whole image. A database whose pages are all still in the log
 * is empty. */
static bool is_sqlite(const char *path, struct span text)
{
	return span_starts(text, "SQLite format 3") || (text.n > 4 && memcmp(text.p, "\x37\x7f\x06", 3) == 0) || (text.n == 0 && span_ends(span_of(path), ".sqlite"));
}

static bool keeps_text(struct layer *l, const char *path, unsigned kinds, struct span text)
{
	bool wanted = kinds & (NOTE_DPKG | NOTE_APK | NOTE_OS_RELEASE | NOTE_REPOSITORY) || (kinds & NOTE_RPM && is_sqlite(path, text));

	return wanted && l->kept_bytes + text.n <= LAYER_TEXT_MAX;
}

/* Reads a file that matters into its note. */
static int read_content(struct found_in *f, const struct parser *ps, struct source *in, struct span head, struct err *e)
{
	struct layer *l = f->layer;
	unsigned kinds = f->note->kinds;
	auto_content c = CONTENT_INIT;
	struct span text;

	if (content_read(&c, in, head, f->note->size, e))
		return -1;
	text = c.text;
	if (keeps_text(l, f->note->path, kinds, text)) {
		f->note->text = kept(&l->arena, text);
		l->kept_bytes += text.n;
	} else if (kinds & NOTE_RPM) {
		read_rpm(f, text);
	}
	if (kinds & NOTE_OWNED)
		read_owned(f, text);
	if (kinds & NOTE_COPYRIGHT)
		f->note->text = read_copyright(&l->arena, text);
	read_secrets(f, text);
	if (ps)
		read_parsed(f, ps, text);
	return 0;
}

int note_read(struct layer *l, const char *path, const struct tar_entry *t, unsigned kinds, struct source *in, struct span head, struct err *e)
{
	const struct parser *ps;
	struct found_in f = {.layer = l};
	struct note **before = l->notes_end;
	uint64_t limit, known;

	kinds |= content_kinds(path, head);
	kinds |= is_store(path, head) && t->size <= IMAGE_SECRET_BYTES_MAX ? NOTE_STORE : 0;
	ps = kinds & (NOTE_DPKG | NOTE_APK | NOTE_RPM) ? NULL : parser_find(kinds & NOTE_STORE ? "node_modules/x/package.json" : path, head);
	limit = limit_of(kinds, ps);
	if (!limit && (strcmp(path, "etc/shadow") == 0 || strcmp(path, "etc/passwd") == 0))
		limit = SMALL_TEXT_MAX;
	else if (!limit && image_secret_candidate(path, head, t->size))
		limit = IMAGE_SECRET_BYTES_MAX;
	if (!kinds && !limit)
		return 0;
	known = l->kept;
	f.note = note_add(l, path, t, kinds);
	if (f.note->path == NULL)
		return 0;
	f.items_end = &f.note->items;
	if (limit && t->size > limit)
		snprintf(f.problem, sizeof(f.problem), "%llu bytes; more than %llu are not read", (unsigned long long)t->size, (unsigned long long)limit);
	else if (limit && read_content(&f, ps, in, head, e))
		return -1;
	if (f.problem[0])
		f.note->problem = arena_strdup(&l->arena, f.problem);
	/* A parser looked and found nothing: the next entry may have the place. */
	if (!(f.note->kinds & ~(unsigned)NOTE_STORE) && !f.note->items && !f.note->problem) {
		*before = NULL;
		l->notes_end = before;
		l->kept = known;
	}
	return 0;
}

/* A folder of the Nix store: "nix/store/HASH-NAME-VERSION". */
void note_nix(struct layer *l, const char *path, const struct tar_entry *t)
{
	static const char store[] = "nix/store/";
	struct span name = span_of(path);
	struct package p = {.type = "nix", .found_by = "nix-store"};
	struct found_in f = {.layer = l};

	if (!span_starts(name, store))
		return;
	name = span_from(name, strlen(store));
	if (name.n < 34 || name.p[32] != '-' || memchr(name.p, '/', name.n) || span_ends(name, ".drv"))
		return;
	name = span_from(name, 33);
	for (size_t i = 1; i + 1 < name.n; i++)
		if (name.p[i] == '-' && name.p[i + 1] >= '0' && name.p[i + 1] <= '9') {
			p.name = (struct span){name.p, i};
			p.version = span_from(name, i + 1);
			break;
		}
	/* Outputs ("-dev", "-bin") are parts of one package. */
	if (p.version.n > 0 && utf8_valid(name.p, name.n)) {
		struct span v = p.version;

		p.version = span_cut(&v, '-');
		f.note = note_add(l, path, t, 0);
		f.items_end = &f.note->items;
		take_package(&f, &p, NULL);
	}
}
