// SPDX-License-Identifier: Apache-2.0
// From paths to members. What a member holds is told by recognise.c, unpacking is archive.c's.
#include "input.h"
#include "archive.h"
#include "bundle-image.h"
#include "bundle.h"
#include "image-head.h"
#include "image-store.h"
#include "limits.h"
#include "node-root.h"
#include "recognise.h"

#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>

enum { HEAD = RECOGNISE_HEAD, DEPTH = 32 };

struct walk {
	input_each *each;
	void *ctx;
	size_t members;
};

/* A source that gives the head that was read to recognise a file, then the rest. */
struct ahead {
	struct source *rest;
	char head[HEAD];
	size_t n, at;
};

static ssize_t ahead_read(struct source *s, void *p, size_t n, struct err *e)
{
	struct ahead *a = s->ctx;

	if (a->at < a->n) {
		if (n > a->n - a->at)
			n = a->n - a->at;
		memcpy(p, a->head + a->at, n);
		a->at += n;
		return (ssize_t)n;
	}
	return source_read(a->rest, p, n, e);
}

static int fill_head(struct ahead *a, struct err *e)
{
	while (a->n < HEAD) {
		ssize_t got = source_read(a->rest, a->head + a->n, HEAD - a->n, e);

		if (got < 0)
			return -1;
		if (got == 0)
			return 0;
		a->n += (size_t)got;
	}
	return 0;
}

static int give(struct walk *w, struct member *m, struct err *e)
{
	if (++w->members > LIMIT_MEMBERS)
		return err_set(e, ERR_INPUT, "more than %u members", LIMIT_MEMBERS);
	return w->each(w->ctx, m, e);
}

static int broken(struct walk *w, const char *path, const struct err *why, struct err *e)
{
	struct member m = {.path = path, .err = *why};

	return give(w, &m, e);
}

static int walk_archive(struct walk *w, struct source *s, const char *path, const char *prefix, struct err *e);

/* One stream: an archive of members, a packed file or a plain file. */
static int walk_stream(struct walk *w, struct source *in, const char *path, const char *file, int64_t time, bool inside, struct err *e)
{
	struct ahead a = {.rest = in};
	struct source plain = {.read = ahead_read, .ctx = &a, .name = path};
	struct member m = {.path = path, .content = &plain, .file = file, .time = time};
	char kind[200];

	if (fill_head(&a, &m.err))
		return broken(w, path, &m.err, e);
	if (archive_looks_like((struct span){a.head, a.n}) && image_head((struct span){a.head, a.n})) {
		m.kind = "image/archive";
		return give(w, &m, e);
	}
	if (archive_looks_like((struct span){a.head, a.n}) && !inside)
		return walk_archive(w, &plain, path, file ? "" : path, e);
	switch (recognise(span_of(path), (struct span){a.head, a.n}, kind, sizeof(kind))) {
	case RECOGNISED:
		m.kind = kind;
		break;
	case RECOGNISED_FEED:
		m.feed = m.ignored = true;
		break;
	case RECOGNISED_IGNORED:
		m.ignored = true;
		break;
	case RECOGNISED_NOT:
		break;
	}
	if (!a.n) {
		err_set(&m.err, ERR_INPUT, "empty file");
		m.content = NULL;
	}
	return give(w, &m, e);
}

static int walk_archive(struct walk *w, struct source *s, const char *path, const char *prefix, struct err *e)
{
	struct archive_reader *r = archive_reader_new(s);
	struct archive_entry_info entry;
	struct err why = {0};
	int rc, stop = 0;

	(void)prefix;
	while (!stop && (rc = archive_reader_next(r, &entry, &why)) == 1) {
		struct source content;
		const char *name = entry.name;
		char *copy;

		while (strncmp(name, "./", 2) == 0)
			name += 2;
		if (!entry.regular)
			continue;
		copy = strdup(name[0] ? name : path);
		if (!copy)
			die("out of memory");
		archive_reader_content(r, &content, copy);
		if (bundle_hostile_name(copy)) {
			err_set(&why, ERR_INPUT, "the member's name leads outside; it was not read");
			stop = broken(w, copy, &why, e);
		} else {
			stop = walk_stream(w, &content, copy, NULL, entry.mtime, true, e);
		}
		free(copy);
	}
	archive_reader_free(r);
	if (stop)
		return -1;
	return rc < 0 ? broken(w, path, &why, e) : 0;
}

static int walk_file(struct walk *w, const char *file, const char *path, int64_t time, struct err *e)
{
	struct source s;
	struct err why = {0};
	int rc;

	if (source_from_file(&s, file, &why))
		return broken(w, path, &why, e);
	rc = walk_stream(w, &s, path, file, time, false, e);
	source_close(&s);
	return rc;
}

/* An OCI image layout, the content store of containerd, the store of CRI-O or Docker, or the folder of a registry (docker distribution) is one
 * member: its files say nothing alone. The loader opens the folder. */
static bool is_layout(const char *folder)
{
	static const struct {
		const char *name;
		mode_t type;
	} marks[] = {{"oci-layout", S_IFREG}, {"io.containerd.content.v1.content/blobs/sha256", S_IFDIR}, {"docker/registry/v2/blobs/sha256", S_IFDIR}};
	char file[LIMIT_NAME_BYTES + 512];
	struct stat st;

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		snprintf(file, sizeof(file), "%s/%s", folder, marks[i].name);
		if (lstat(file, &st) == 0 && (st.st_mode & S_IFMT) == marks[i].type)
			return true;
	}
	return image_store_is(folder);
}

/* A host's root directory gives its facts, not its files. */
struct root_walk {
	struct walk *walk;
	const char *path;
};

static int give_fact(void *ctx, struct node_fact *f, struct err *e)
{
	struct root_walk *r = ctx;
	auto_buf text = BUF_INIT;
	struct source content;
	const char *path = arena_printf(f->arena, "%s%s%s.json", r->path, r->path[0] ? "/" : "", f->kind);
	struct member m = {.path = path, .kind = f->kind, .content = &content, .time = f->time};
	int rc;

	json_write(&text, f->doc);
	source_from_span(&content, buf_span(&text), path);
	rc = give(r->walk, &m, e);
	source_close(&content);
	return rc;
}

static int walk_root(struct walk *w, const char *folder, const char *path, struct err *e)
{
	struct root_walk r = {w, path};
	auto_buf missing = BUF_INIT;
	struct span rest, line;

	if (node_root_read(folder, NULL, give_fact, &r, &missing, e))
		return -1;
	rest = buf_span(&missing);
	while (rest.p && rest.n) {
		struct err why = {0};
		char name[LIMIT_NAME_BYTES + 512];

		line = span_cut(&rest, '\n');
		err_set(&why, ERR_INPUT, "%.*s", SPAN_ARG(line));
		line = span_cut(&line, ':');
		snprintf(name, sizeof(name), "%s%s%.*s", path, path[0] ? "/" : "", SPAN_ARG(line));
		if (broken(w, name, &why, e))
			return -1;
	}
	return 0;
}

static int walk_folder(struct walk *w, const char *folder, const char *path, int depth, struct err *e)
{
	struct dirent **names = NULL;
	int n, rc = 0;

	if (is_layout(folder)) {
		struct member m = {.path = path[0] ? path : ".", .kind = "image/archive", .file = folder};

		return give(w, &m, e);
	}
	if (node_root_is(folder))
		return walk_root(w, folder, path, e);
	n = depth > DEPTH ? -1 : scandir(folder, &names, NULL, alphasort);
	if (n < 0) {
		struct err why = {0};

		if (depth > DEPTH)
			err_set(&why, ERR_INPUT, "folders nested deeper than %d", DEPTH);
		else
			err_errno(&why, "cannot read the folder");
		return broken(w, path, &why, e);
	}
	for (int i = 0; i < n; i++) {
		char file[LIMIT_NAME_BYTES + 512], inner[LIMIT_NAME_BYTES + 512];
		struct stat st;

		if (rc || strcmp(names[i]->d_name, ".") == 0 || strcmp(names[i]->d_name, "..") == 0) {
			free(names[i]);
			continue;
		}
		snprintf(file, sizeof(file), "%s/%s", folder, names[i]->d_name);
		snprintf(inner, sizeof(inner), "%s%s%s", path, path[0] ? "/" : "", names[i]->d_name);
		free(names[i]);
		if (lstat(file, &st))
			continue;
		if (S_ISDIR(st.st_mode))
			rc = walk_folder(w, file, inner, depth + 1, e);
		else if (S_ISREG(st.st_mode))
			rc = walk_file(w, file, inner, st.st_mtime, e);
	}
	free(names);
	return rc;
}

bool input_is_bundle(const char *path)
{
	struct source s;
	struct ahead a = {.rest = &s};
	const char *end = strstr(path, ".plim");
	bool is = false;

	if (source_from_file(&s, path, NULL))
		return false;
	/* By its name too: its first header may be what is damaged. */
	if (fill_head(&a, NULL) == 0)
		is = bundle_looks_like((struct span){a.head, a.n}) || (end && (!end[5] || strcmp(end + 5, ".part") == 0) && a.n > 0);
	source_close(&s);
	return is;
}

static int give_bundle_member(struct walk *w, struct bundle *b, size_t i, struct err *e)
{
	const struct bundle_member *bm = bundle_at(b, i);
	struct source content;
	struct ahead a = {.rest = &content};
	struct source plain = {.read = ahead_read, .ctx = &a, .name = bm->path};
	struct member m = {.path = bm->path, .kind = bm->kind, .content = &plain, .time = bm->time, .cluster = bm->cluster, .source = bm->source,
			   .sha256 = bm->sha256, .redacted = !bm->unredacted || bm->err.kind, .err = bm->err};
	char kind[200];
	int rc;

	if (m.err.kind) {
		m.content = NULL;
		return give(w, &m, e);
	}
	if (bundle_is_image(b, i)) {
		if (bundle_image(b, i, &content, &m.err))
			return broken(w, m.path, &m.err, e);
	} else {
		bundle_content(b, i, &content);
	}
	if (!m.kind && fill_head(&a, &m.err)) {
		m.content = NULL;
	} else if (!m.kind) {
		struct span head = {a.head, a.n};

		if (archive_looks_like(head) && image_head(head))
			m.kind = "image/archive";
		else if (recognise(span_of(m.path), head, kind, sizeof(kind)) == RECOGNISED)
			m.kind = kind;
	}
	m.ignored = m.kind && (strcmp(m.kind, "kubernetes/api-resources") == 0 || strcmp(m.kind, BUNDLE_BLOB_KIND) == 0);
	rc = give(w, &m, e);
	source_close(&content);
	return rc;
}

static int walk_bundle(struct walk *w, const char *path, struct err *e)
{
	struct bundle *b;
	int rc = 0;

	if (bundle_open(&b, path, e))
		return -1;
	for (size_t i = 0; i < bundle_count(b) && rc == 0; i++)
		rc = give_bundle_member(w, b, i, e);
	if (!bundle_count(b) && !bundle_manifest(b))
		rc = err_set(e, ERR_INPUT, "%s: no bundle: %s", path, bundle_fault(b, 0) ? bundle_fault(b, 0) : bundle_why(b));
	JSON_EACH(v, json_get(bundle_manifest(b), "left_out"))
	{
		struct err why = {0};
		struct span file = json_text_at(v, "path"), reason = json_text_at(v, "reason");

		if (rc || !file.n || !reason.n || strlen(file.p) != file.n)
			continue;
		err_set(&why, ERR_INPUT, "%.*s", SPAN_ARG(reason));
		rc = broken(w, file.p, &why, e);
	}
	bundle_close(b);
	return rc;
}

int input_walk(const char *path, input_each *each, void *ctx, struct err *e)
{
	struct walk w = {.each = each, .ctx = ctx};
	const char *base = strrchr(path, '/');
	struct stat st;
	struct source s;
	int rc;

	if (stat(path, &st)) {
		enum err_kind kind = errno == ENOENT || errno == ENOTDIR || errno == EACCES ? ERR_INPUT : ERR_ENV;

		err_errno(e, "%s: cannot open", path);
		e->kind = kind;
		return -1;
	}
	if (S_ISDIR(st.st_mode))
		return walk_folder(&w, path, "", 0, e);
	if (source_from_file(&s, path, e))
		return -1;
	if (!st.st_size) {
		source_close(&s);
		return err_set(e, ERR_INPUT, "%s: the file is empty", path);
	}
	if (input_is_bundle(path)) {
		source_close(&s);
		return walk_bundle(&w, path, e);
	}
	rc = walk_stream(&w, &s, base ? base + 1 : path, path, st.st_mtime, false, e);
	source_close(&s);
	return rc;
}
