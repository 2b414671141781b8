// SPDX-License-Identifier: Apache-2.0
// One rpm header: the package, and the files that it owns. Databases are rpm-bdb.c's, rpm-ndb.c's and rpm-sqlite.c's.
#include "rpm.h"

#include "buf.h"
#include "limits.h"

const char *const rpm_databases[] = {
	"var/lib/rpm/rpmdb.sqlite",	       "var/lib/rpm/Packages.db",	    "var/lib/rpm/Packages",
	"usr/lib/sysimage/rpm/rpmdb.sqlite", "usr/lib/sysimage/rpm/Packages.db", "usr/lib/sysimage/rpm/Packages",
	"usr/share/rpm/rpmdb.sqlite",	       "usr/share/rpm/Packages.db",	    "usr/share/rpm/Packages",
	"var/lib/rpmmanifest/container-manifest-2", NULL,
};

enum {
	TAG_NAME = 1000,
	TAG_VERSION = 1001,
	TAG_RELEASE = 1002,
	TAG_EPOCH = 1003,
	TAG_LICENSE = 1014,
	TAG_ARCH = 1022,
	TAG_OLD_FILES = 1027,
	TAG_SOURCE = 1044,
	TAG_DIR_INDEXES = 1116,
	TAG_BASE_NAMES = 1117,
	TAG_DIR_NAMES = 1118,
	TAG_MODULE = 5096
};
enum { TYPE_INT32 = 4, TYPE_STRING = 6, TYPE_STRINGS = 8, TYPE_I18N = 9, ENTRY = 16, ENTRIES_MAX = 65536, FILES_MAX = 1000000 };

struct entry {
	const char *p;	/* its data; NULL: not there */
	size_t left;	/* bytes up to the end of the header */
	uint32_t type, count;
};

static uint32_t be32(const char *p)
{
	const unsigned char *u = (const unsigned char *)p;

	return (uint32_t)u[0] << 24 | (uint32_t)u[1] << 16 | (uint32_t)u[2] << 8 | u[3];
}

static struct entry find(struct span blob, uint32_t tag)
{
	uint32_t n = be32(blob.p), size = be32(blob.p + 4);
	const char *data = blob.p + 8 + (size_t)n * ENTRY;

	for (uint32_t i = 0; i < n; i++) {
		const char *x = blob.p + 8 + (size_t)i * ENTRY;
		uint32_t offset = be32(x + 8);

		if (be32(x) == tag && offset < size)
			return (struct entry){data + offset, size - offset, be32(x + 4), be32(x + 12)};
	}
	return (struct entry){0};
}

/* The next NUL-terminated text of an entry; absent when it is not terminated. */
static struct span next_text(struct entry *x)
{
	const char *end = x->left ? memchr(x->p, 0, x->left) : NULL;
	struct span s;

	if (!end)
		return SPAN_NONE;
	s = (struct span){x->p, (size_t)(end - x->p)};
	x->left -= s.n + 1;
	x->p = end + 1;
	return s;
}

static struct span text_of(struct span blob, uint32_t tag)
{
	struct entry x = find(blob, tag);

	if (!x.p || (x.type != TYPE_STRING && x.type != TYPE_STRINGS && x.type != TYPE_I18N) || x.count == 0)
		return SPAN_NONE;
	return next_text(&x);
}

/* "bash-5.1.8-6.el9.src.rpm": name, and version-release. */
static void read_source(struct package *p, struct span file)
{
	const char *dash;
	size_t n;

	if (span_ends(file, ".src.rpm") || span_ends(file, ".nosrc.rpm"))
		file.n -= strlen(span_ends(file, ".src.rpm") ? ".src.rpm" : ".nosrc.rpm");
	else
		return;
	dash = memrchr(file.p, '-', file.n);
	if (!dash)
		return;
	n = (size_t)(dash - file.p);
	dash = memrchr(file.p, '-', n);
	if (!dash)
		return;
	p->source = (struct span){file.p, (size_t)(dash - file.p)};
	p->source_version = (struct span){dash + 1, file.n - p->source.n - 1};
}

static int own_files(struct rpm_read *r, struct span blob)
{
	struct entry base = find(blob, TAG_BASE_NAMES), index = find(blob, TAG_DIR_INDEXES), dirs = find(blob, TAG_DIR_NAMES), old = find(blob, TAG_OLD_FILES);
	struct span *names;

	if (old.p && old.type == TYPE_STRINGS)
		for (uint32_t i = 0; i < old.count && i < FILES_MAX; i++) {
			struct span file = next_text(&old);

			if (!file.p || r->owned(r->ctx, r->owner, SPAN(""), file, NULL))
				return -1;
		}
	if (!base.p || !index.p || !dirs.p || base.type != TYPE_STRINGS || dirs.type != TYPE_STRINGS || index.type != TYPE_INT32 ||
	    dirs.count > dirs.left || base.count > base.left || base.count > index.left / 4 || base.count > FILES_MAX)
		return 0;
	names = arena_array(r->arena, dirs.count, sizeof(*names));
	for (uint32_t i = 0; i < dirs.count; i++)
		names[i] = next_text(&dirs);
	for (uint32_t i = 0; i < base.count; i++) {
		struct span file = next_text(&base);
		uint32_t d = be32(index.p + 4 * (size_t)i);

		if (!file.p || d >= dirs.count || !names[d].p)
			return 0;
		if (r->owned(r->ctx, r->owner, names[d], file, NULL))
			return -1;
	}
	return 0;
}

static bool well_formed(struct span blob)
{
	uint64_t n, size;

	if (blob.n < 8)
		return false;
	n = be32(blob.p);
	size = be32(blob.p + 4);
	return n > 0 && n <= ENTRIES_MAX && 8 + n * ENTRY + size <= blob.n;
}

bool rpm_header(struct rpm_read *r, struct span blob)
{
	struct package p = {.type = "rpm", .found_by = "rpm"};
	struct span version, release;
	struct entry epoch;

	if (!well_formed(blob)) {
		r->broken++;
		return false;
	}
	p.name = text_of(blob, TAG_NAME);
	version = text_of(blob, TAG_VERSION);
	release = text_of(blob, TAG_RELEASE);
	if (p.name.n == 0 || version.n == 0 || release.n == 0) {
		r->broken++;
		return false;
	}
	epoch = find(blob, TAG_EPOCH);
	if (epoch.p && epoch.type == TYPE_INT32 && epoch.left >= 4 && epoch.count > 0)
		p.version = span_of(arena_printf(r->arena, "%u:%.*s-%.*s", be32(epoch.p), SPAN_ARG(version), SPAN_ARG(release)));
	else
		p.version = span_of(arena_printf(r->arena, "%.*s-%.*s", SPAN_ARG(version), SPAN_ARG(release)));
	p.arch = text_of(blob, TAG_ARCH);
	p.license = text_of(blob, TAG_LICENSE);
	p.module = text_of(blob, TAG_MODULE);
	if (p.module.n == 0 || span_eq(p.module, "(none)"))
		p.module = SPAN_NONE;
	read_source(&p, text_of(blob, TAG_SOURCE));
	r->packages++;
	r->owner = p.name;
	return r->fn(r->ctx, &p, NULL) == 0 && (!r->owned || own_files(r, blob) == 0);
}

/* rpm --qf of the image's build: name, version-release, install time, build time, vendor, epoch, size, arch, epoch number, source,
 * tab-separated. */
int rpm_manifest(struct rpm_read *r, struct span text, struct err *e)
{
	(void)e;
	while (text.p) {
		struct span line = span_cut(&text, '\n'), field[10] = {SPAN_NONE}, rest = line;
		struct package p = {.type = "rpm", .found_by = "rpm"};
		int n = 0;

		while (rest.p && n < 10)
			field[n++] = span_trim(span_cut(&rest, '\t'));
		if (span_trim(line).n == 0)
			continue;
		if (n < 8 || field[0].n == 0 || field[1].n == 0) {
			r->broken++;
			continue;
		}
		p.name = field[0];
		p.version = field[1];
		if (field[5].n > 0 && !span_eq(field[5], "(none)"))
			p.version = span_of(arena_printf(r->arena, "%.*s:%.*s", SPAN_ARG(field[5]), SPAN_ARG(field[1])));
		p.arch = field[7];
		if (n > 9)
			read_source(&p, field[9]);
		r->packages++;
		if (r->fn(r->ctx, &p, NULL))
			return -1;
	}
	return 0;
}

int rpm_any(struct rpm_read *r, struct span file, struct span wal, struct err *e)
{
	if (span_starts(file, "SQLite format 3"))
		return rpm_sqlite(r, file, wal, e);
	return span_starts(file, "RpmP") ? rpm_ndb(r, file, e) : rpm_bdb(r, file, e);
}
