// SPDX-License-Identifier: Apache-2.0
// Package databases of a host. dpkg's and apk's are text and stay so; rpm's are packages already, as no text of them lies there.
#include "node-packages.h"
#include "limits.h"
#include "rpm.h"

enum { DATABASE_MAX = 512 * 1024 * 1024, PACKAGES_MAX = 200000, DATABASES_MAX = 16 };

/* The lines of a package database that say what is installed. */
static struct span lines_of(struct node *n, const char *path, const char *const *starts)
{
	auto_buf b = BUF_INIT, kept = BUF_INIT;
	struct span rest;
	int rc = root_read(&n->root, path, LIMIT_DOCUMENT_BYTES, &b);

	if (rc < 0)
		node_missing(n, "node/packages", arena_printf(n->a, "%s cannot be read", path));
	if (rc != 1)
		return SPAN_NONE;
	rest = buf_span(&b);
	while (rest.p) {
		struct span line = span_cut(&rest, '\n');
		bool keep = line.n == 0;

		for (size_t i = 0; starts[i] && !keep; i++)
			keep = span_starts(line, starts[i]);
		if (!keep)
			continue;
		buf_add_span(&kept, line);
		buf_add_char(&kept, '\n');
	}
	return (struct span){arena_strndup(n->a, buf_str(&kept), kept.n), kept.n};
}

static void set(struct node *n, struct json *object, const char *key, struct span s)
{
	if (s.n)
		json_set(n->a, object, key, json_make_str(n->a, s));
}

/* ---- rpm */

struct found {
	struct node *node;
	struct json *items;
	uint32_t n, cap;
};

static int take(void *ctx, const struct package *p, struct err *e)
{
	struct found *f = ctx;
	struct arena *a = f->node->a;
	struct json v = {.type = JSON_OBJECT};

	(void)e;
	if (f->n == PACKAGES_MAX)
		return -1;
	if (f->n == f->cap) {
		struct json *bigger = arena_array(a, f->cap ? 2 * (size_t)f->cap : 512, sizeof(*bigger));

		if (f->n)
			memcpy(bigger, f->items, f->n * sizeof(*bigger));
		f->items = bigger;
		f->cap = f->cap ? 2 * f->cap : 512;
	}
	set(f->node, &v, "name", p->name);
	set(f->node, &v, "version", p->version);
	set(f->node, &v, "arch", p->arch);
	set(f->node, &v, "license", p->license);
	set(f->node, &v, "source", p->source);
	set(f->node, &v, "sourceVersion", p->source_version);
	set(f->node, &v, "module", p->module);
	f->items[f->n++] = v;
	return 0;
}

static void unread(struct node *n, struct json *database, const char *path, const char *why)
{
	json_set(n->a, database, "unread", json_make_bool(true));
	node_missing(n, "node/packages", arena_printf(n->a, "%s: %s", path, why));
}

static void read_database(struct node *n, const char *path, struct json *database)
{
	auto_buf file = BUF_INIT, wal = BUF_INIT;
	struct found f = {.node = n};
	struct rpm_read r = {.arena = n->a, .fn = take, .ctx = &f};
	struct err why = {0};
	bool manifest = span_ends(span_of(path), "container-manifest-2"), logged;
	int rc = root_read(&n->root, path, DATABASE_MAX, &file);

	if (rc != 1) {
		unread(n, database, path, "cannot be read");
		return;
	}
	logged = root_read(&n->root, arena_printf(n->a, "%s-wal", path), DATABASE_MAX, &wal) == 1;
	rc = manifest ? rpm_manifest(&r, buf_span(&file), &why) : rpm_any(&r, buf_span(&file), logged ? buf_span(&wal) : SPAN_NONE, &why);
	if (rc || r.broken)
		unread(n, database, path, rc && why.kind ? why.msg : arena_printf(n->a, "%u packages could not be read", r.broken));
	else if (f.n == PACKAGES_MAX)
		unread(n, database, path, "too many packages");
	json_set(n->a, database, "packages", (struct json){.type = JSON_ARRAY, .n = f.n, .items = f.items});
}

/* A folder of one place is often a link to another: each database is read once. */
static bool seen_before(const struct stat *st, struct stat *seen, size_t *n)
{
	for (size_t i = 0; i < *n; i++)
		if (seen[i].st_dev == st->st_dev && seen[i].st_ino == st->st_ino)
			return true;
	if (*n < DATABASES_MAX)
		seen[(*n)++] = *st;
	return false;
}

static void add_rpm(struct node *n, struct json *doc)
{
	struct json list = {.type = JSON_ARRAY};
	struct stat seen[DATABASES_MAX], st;
	size_t count = 0;

	for (const char *const *path = rpm_databases; *path; path++) {
		struct json database = {.type = JSON_OBJECT};
		int rc = root_stat(&n->root, *path, &st);

		if (rc == 0 || (rc == 1 && (!S_ISREG(st.st_mode) || seen_before(&st, seen, &count))))
			continue;
		set(n, &database, "path", span_of(*path));
		read_database(n, *path, &database);
		json_push(n->a, &list, database);
	}
	if (list.n)
		json_set(n->a, doc, "rpm", list);
}

void node_packages(struct node *n, struct json *doc)
{
	static const char *const dpkg[] = {"Package:", "Status:", "Version:", "Architecture:", "Source:", NULL};
	static const char *const apk[] = {"P:", "V:", "A:", "L:", "o:", NULL};
	struct span old = lines_of(n, "lib/apk/db/installed", apk);

	set(n, doc, "dpkg", lines_of(n, "var/lib/dpkg/status", dpkg));
	/* apk-tools 3 moved it. */
	set(n, doc, "apk", old.n ? old : lines_of(n, "usr/lib/apk/db/installed", apk));
	add_rpm(n, doc);
}
