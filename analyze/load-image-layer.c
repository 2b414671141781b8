// SPDX-License-Identifier: Apache-2.0
// Walks one layer in one pass: both hashes, the set of paths, and what matters in it. How layers lie on each other is
// load-image-view.c's; what the notes mean is load-image-packages.c's.
#include "image.h"

#include "common/limits.h"
#include "common/tar.h"
#include "common/text.h"
#include "common/unpack.h"

#include <sys/random.h>

enum { SNIFF = 64, TEXT_MAX = 64 * 1024 * 1024, SMALL_TEXT_MAX = 4 * 1024 * 1024, KEPT_MAX = 500000 };
/* Text kept of one layer: package databases of the largest images take 20 MB. */
#define LAYER_TEXT_MAX (256ull * 1024 * 1024)

/* ---- paths */

/* Keyed, so that a hostile image cannot make paths collide. */
static uint64_t hash_path(struct span s)
{
	static uint64_t key;
	uint64_t h;

	while (key == 0)
		if (getrandom(&key, sizeof(key), 0) != (ssize_t)sizeof(key))
			die("no random numbers");
	h = key ^ s.n * 0x9e3779b97f4a7c15ull;
	for (size_t i = 0; i < s.n; i++) {
		h = (h ^ (unsigned char)s.p[i]) * 0x100000001b3ull;
		h ^= h >> 29;
	}
	h ^= key >> 7;
	h *= 0xbf58476d1ce4e5b9ull;
	h ^= h >> 32;
	return (h & ~15ull) | ((h & ~15ull) == 0 ? 16 : 0);
}

static uint64_t *slot_of(const struct paths *p, uint64_t hash)
{
	size_t i = (hash >> 4) & (p->cap - 1);

	while (p->slots[i] && (p->slots[i] & ~15ull) != hash)
		i = (i + 1) & (p->cap - 1);
	return &p->slots[i];
}

static void paths_grow(struct paths *p)
{
	struct paths bigger = {.cap = p->cap ? p->cap * 2 : 256, .n = p->n};

	bigger.slots = calloc(bigger.cap, sizeof(*bigger.slots));
	if (!bigger.slots)
		die("out of memory");
	for (size_t i = 0; i < p->cap; i++)
		if (p->slots[i])
			*slot_of(&bigger, p->slots[i] & ~15ull) = p->slots[i];
	free(p->slots);
	*p = bigger;
}

void paths_add(struct paths *p, struct span path, unsigned flags)
{
	uint64_t hash = hash_path(path), *slot;

	if (2 * p->n >= p->cap)
		paths_grow(p);
	slot = slot_of(p, hash);
	if (!*slot)
		p->n++;
	*slot = hash | (*slot & 15) | flags;
}

unsigned paths_flags(const struct paths *p, struct span path)
{
	return p->cap ? (unsigned)(*slot_of(p, hash_path(path)) & 15) : 0;
}

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

/* ---- what matters */

struct named {
	const char *name;
	unsigned kind;
};

/* Programs that are looked for in the usual directories. */
static const struct named programs[] = {
	{"apt", NOTE_MANAGER},	   {"apt-get", NOTE_MANAGER}, {"dpkg", NOTE_MANAGER},	{"apk", NOTE_MANAGER},	{"rpm", NOTE_MANAGER},
	{"yum", NOTE_MANAGER},	   {"dnf", NOTE_MANAGER},     {"microdnf", NOTE_MANAGER}, {"zypper", NOTE_MANAGER}, {"pip", NOTE_MANAGER},
	{"pip3", NOTE_MANAGER},	   {"npm", NOTE_MANAGER},     {"yarn", NOTE_MANAGER},	{"gem", NOTE_MANAGER},	{"composer", NOTE_MANAGER},
	{"sh", NOTE_SHELL},	   {"bash", NOTE_SHELL},      {"dash", NOTE_SHELL},	{"ash", NOTE_SHELL},	{"zsh", NOTE_SHELL},
	{"ksh", NOTE_SHELL},	   {"busybox", NOTE_SHELL},   {"curl", NOTE_TOOL},	{"wget", NOTE_TOOL},	{"nc", NOTE_TOOL},
	{"ncat", NOTE_TOOL},	   {"netcat", NOTE_TOOL},     {"nmap", NOTE_TOOL},	{"socat", NOTE_TOOL},	{"tcpdump", NOTE_TOOL},
	{"ssh", NOTE_TOOL},	   {"sshd", NOTE_TOOL},	      {"telnet", NOTE_TOOL},	{"gcc", NOTE_TOOL},	{"cc", NOTE_TOOL},
	{"clang", NOTE_TOOL},	   {"make", NOTE_TOOL},	      {"gdb", NOTE_TOOL},	{"strace", NOTE_TOOL},	{"go", NOTE_TOOL},
};

static const char *const program_directories[] = {"bin", "sbin", "usr/bin", "usr/sbin", "usr/local/bin", "usr/local/sbin"};

/* Files that hold credentials wherever they lie. */
static const struct named credentials[] = {
	{"id_rsa", NOTE_KEY},	    {"id_dsa", NOTE_KEY},	{"id_ecdsa", NOTE_KEY},	  {"id_ed25519", NOTE_KEY},
	{".npmrc", NOTE_SECRET},    {".pypirc", NOTE_SECRET},	{".netrc", NOTE_SECRET},  {".pgpass", NOTE_SECRET},
	{".git-credentials", NOTE_SECRET}, {".htpasswd", NOTE_SECRET}, {"kubeconfig", NOTE_SECRET}, {".env", NOTE_SECRET},
	{".dockercfg", NOTE_SECRET},
};

static const char *const os_release[] = {"etc/os-release", "usr/lib/os-release", "etc/alpine-release", "etc/debian_version",
					 "etc/redhat-release"};

static const char *const rpm_databases[] = {
	"var/lib/rpm/Packages",		   "var/lib/rpm/Packages.db",	       "var/lib/rpm/rpmdb.sqlite",
	"usr/lib/sysimage/rpm/Packages",   "usr/lib/sysimage/rpm/Packages.db", "usr/lib/sysimage/rpm/rpmdb.sqlite",
	"usr/share/rpm/Packages",	   "usr/share/rpm/rpmdb.sqlite",       "var/lib/rpmmanifest/container-manifest-2",
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static bool listed(const char *const *table, size_t n, const char *path)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(table[i], path) == 0)
			return true;
	return false;
}

static unsigned named_kind(const struct named *table, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(table[i].name, name) == 0)
			return table[i].kind;
	return 0;
}

static unsigned program_kind(const char *path, const char *base)
{
	unsigned kind = named_kind(programs, COUNT(programs), base);
	size_t n = base > path ? (size_t)(base - path) - 1 : 0;

	for (size_t i = 0; kind && i < COUNT(program_directories); i++)
		if (strlen(program_directories[i]) == n && memcmp(path, program_directories[i], n) == 0)
			return kind;
	return 0;
}

/* …/node_modules/NAME/package.json or …/node_modules/@SCOPE/NAME/package.json */
static bool is_npm(const char *path)
{
	struct span dir = span_of(path), part;

	if (!span_ends(dir, "/package.json"))
		return false;
	dir.n -= strlen("/package.json");
	part = span_after_last(dir, '/');
	if (part.n == dir.n)
		return false;
	dir.n -= part.n + 1;
	part = span_after_last(dir, '/');
	if (span_starts(part, "@") && part.n < dir.n)
		dir.n -= part.n + 1;
	return span_eq(dir, "node_modules") || span_ends(dir, "/node_modules");
}

static unsigned mode_kinds(const struct tar_entry *t)
{
	unsigned k = 0;

	if (t->type == 'd')
		return (t->mode & 01002) == 02 ? NOTE_WRITABLE : 0;
	if (t->type != 'f' && t->type != 'h')
		return 0;
	return k | (t->mode & 04000 ? NOTE_SETUID : 0) | (t->mode & 02000 && t->mode & 010 ? NOTE_SETGID : 0) |
	       (t->mode & 02 ? NOTE_WRITABLE : 0);
}

static unsigned name_kinds(const char *path)
{
	const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
	struct span p = span_of(path);
	unsigned k = program_kind(path, base) | named_kind(credentials, COUNT(credentials), base);

	if (listed(os_release, COUNT(os_release), path))
		k |= NOTE_OS_RELEASE;
	if (listed(rpm_databases, COUNT(rpm_databases), path))
		k |= NOTE_RPM;
	if (is_npm(path))
		k |= NOTE_NPM;
	if (span_starts(p, "var/lib/dpkg/info/") && span_ends(p, ".list"))
		k |= NOTE_OWNED;
	if (span_ends(p, "/.aws/credentials") || span_ends(p, "/.docker/config.json") || span_ends(p, "/.kube/config"))
		k |= NOTE_SECRET;
	return k;
}

/* A package database may lie anywhere and be linked to: its first bytes tell it. */
static unsigned content_kinds(const char *path, struct span head)
{
	struct span p = span_of(path), base = span_after_last(p, '/');

	if (span_starts(head, "Package: ") && !span_starts(p, "var/lib/apt/lists/") && !span_eq(base, "available") &&
	    !span_eq(base, "status-old") && !span_starts(p, "usr/share/doc/"))
		return NOTE_DPKG;
	if (span_starts(head, "C:Q1") || (span_ends(p, "lib/apk/db/installed") && head.n > 1 && head.p[1] == ':'))
		return NOTE_APK;
	if (span_starts(head, "-----BEGIN") && span_has(head, "PRIVATE KEY-----"))
		return NOTE_KEY;
	return 0;
}

/* ---- walking */

/* Room for another note or link; a layer with too many of them is not read to its end. */
static bool may_keep(struct layer *l)
{
	if (l->kept++ < KEPT_MAX)
		return true;
	snprintf(l->problem, sizeof(l->problem), "more than %d links and files of note: the rest is not kept", KEPT_MAX);
	return false;
}

static struct note *add_note(struct layer *l, const char *path, const struct tar_entry *t, unsigned kinds)
{
	static struct note dropped;
	struct note *n;

	if (!may_keep(l))
		return &dropped;
	n = arena_alloc(&l->arena, sizeof(*n));
	*n = (struct note){.path = arena_strdup(&l->arena, path), .kinds = kinds, .type = t->type, .mode = t->mode, .uid = t->uid, .gid = t->gid, .size = t->size};
	*l->notes_end = n;
	l->notes_end = &n->next;
	return n;
}

/* Only what may matter for ownership is kept of a package's file list. */
static struct span owned_lines(struct arena *a, struct span rest)
{
	auto_buf b = BUF_INIT;

	while (rest.p) {
		struct span line = span_cut(&rest, '\n');

		if (span_ends(line, "/package.json") && span_has(line, "node_modules/")) {
			buf_add_span(&b, line);
			buf_add_char(&b, '\n');
		}
	}
	return b.n ? (struct span){arena_strndup(a, b.p, b.n), b.n} : SPAN_NONE;
}

static uint64_t text_limit(unsigned kinds)
{
	if (kinds & (NOTE_DPKG | NOTE_APK))
		return TEXT_MAX;
	return kinds & (NOTE_NPM | NOTE_OS_RELEASE | NOTE_OWNED) ? SMALL_TEXT_MAX : 0;
}

static int read_text(struct layer *l, struct tar *tar, const struct tar_entry *t, struct span head, unsigned *kinds,
		     struct span *out, struct err *e)
{
	auto_buf b = BUF_INIT;
	struct source content;

	*out = SPAN_NONE;
	if (t->size > text_limit(*kinds) || l->kept_bytes + t->size > LAYER_TEXT_MAX)
		return 0;
	buf_add_span(&b, head);
	tar_content(tar, &content);
	if (source_slurp(&content, &b, TEXT_MAX, e))
		return -1;
	if (*kinds == NOTE_OWNED) {
		*out = owned_lines(&l->arena, buf_span(&b));
		if (!out->p)
			*kinds = 0;
	} else {
		*out = (struct span){arena_strndup(&l->arena, b.p ? b.p : "", b.n), b.n};
	}
	l->kept_bytes += out->n;
	return 0;
}

static int read_file(struct layer *l, struct tar *tar, const struct tar_entry *t, const char *path, struct err *e)
{
	char sniff[SNIFF];
	unsigned kinds = name_kinds(path) | mode_kinds(t);
	struct span text = SPAN_NONE;
	size_t n = 0;
	ssize_t got = 1;

	l->files_bytes += t->size;
	while (n < SNIFF && got > 0) {
		got = tar_read(tar, sniff + n, SNIFF - n, e);
		if (got < 0)
			return -1;
		n += (size_t)got;
	}
	kinds |= content_kinds(path, (struct span){sniff, n});
	if (text_limit(kinds) && read_text(l, tar, t, (struct span){sniff, n}, &kinds, &text, e))
		return -1;
	if (kinds)
		add_note(l, path, t, kinds)->text = text;
	return 0;
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

static void add_link(struct layer *l, const char *path, const struct tar_entry *t)
{
	struct link *k;

	if (!may_keep(l))
		return;
	k = arena_alloc(&l->arena, sizeof(*k));
	*k = (struct link){.path = arena_strdup(&l->arena, path), .target = arena_strdup(&l->arena, t->link)};
	*l->links_end = k;
	l->links_end = &k->next;
}

static void add_hard_link(struct layer *l, const char *path, const struct tar_entry *t)
{
	const char *to = path_canonical(&l->arena, "", t->link);
	unsigned kinds = to ? name_kinds(path) | mode_kinds(t) : 0;

	/* Package databases are told by content: any hard link may lead to one that is looked for by this name. */
	if (to)
		add_note(l, path, t, kinds)->link = to;
}

static int read_entry(struct layer *l, struct tar *tar, const struct tar_entry *t, struct arena *scratch, struct err *e)
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
	paths_add(&l->paths, span_of(path), t->type == 'd' ? PATH_DIRECTORY : PATH_OTHER);
	if (t->type == 'f')
		return read_file(l, tar, t, path, e);
	if (t->type == 'l') {
		unsigned kinds = name_kinds(path) & (NOTE_MANAGER | NOTE_SHELL | NOTE_TOOL);

		add_link(l, path, t);
		if (kinds)
			add_note(l, path, t, kinds);
	} else if (t->type == 'h') {
		add_hard_link(l, path, t);
	} else if (t->type == 'd' && mode_kinds(t)) {
		add_note(l, path, t, mode_kinds(t));
	}
	return 0;
}

static int walk(struct layer *l, struct source *plain, struct err *e)
{
	auto_arena scratch = ARENA_INIT; /* most entries leave nothing but the hash of their path */
	struct tar *tar = tar_open(plain);
	struct tar_entry t;
	int r;

	while ((r = tar_next(tar, &t, e)) > 0) {
		if (read_entry(l, tar, &t, &scratch, e)) {
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

int layer_read(struct layer *l, struct source *in, struct err *e)
{
	struct source plain;
	struct hash stored, diff;
	struct err bad = {0};
	int r;

	l->notes_end = &l->notes;
	l->links_end = &l->links;
	hash_init(&stored);
	hash_init(&diff);
	in->sum = &stored;
	source_unpack(&plain, in);
	plain.sum = &diff;
	r = walk(l, &plain, &bad) || read_tail(&plain, &bad);
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
	return r;
}

void layer_free(struct layer *l)
{
	free(l->paths.slots);
	arena_fini(&l->arena);
	free(l);
}
