// SPDX-License-Identifier: Apache-2.0
// Image archives (docker save, OCI), OCI layouts and stores (folders), file by file: a blob that several images have enters once. Nothing is redacted: the
// manifest and the receipt say so.
#include "collect.h"
#include "common/bundle-image.h"
#include "common/hash.h"
#include "common/image-store.h"
#include "common/limits.h"
#include "common/progress.h"
#include "common/tar.h"
#include "common/text.h"
#include "common/unpack.h"

#include <dirent.h>
#include <sys/stat.h>

enum { DEPTH = 4, ENTRIES_MAX = 500000, PROBLEMS_MAX = 1000 };

/* One archive: the list of its files so far. */
struct image {
	struct collect *c;
	const struct member_spec *spec;
	struct buf list;
	size_t n;
	struct err broken; /* why it is not all of it */
	struct buf problems; /* of a store, one line each; the rest of it counts */
	size_t n_problems;
};

static void list_entry(struct image *im, const char *name, char type, const char *link, const char *blob)
{
	buf_add_str(&im->list, im->n++ ? ",\n{\"name\":" : "\n{\"name\":");
	text_add_json(&im->list, span_of(name));
	buf_printf(&im->list, ",\"type\":\"%c\"", type);
	if (link[0]) {
		buf_add_str(&im->list, ",\"link\":");
		text_add_json(&im->list, span_of(link));
	}
	if (blob)
		buf_printf(&im->list, ",\"blob\":\"%s\"", blob);
	buf_add_char(&im->list, '}');
}

/* A file's content as a member, unless another image brought it. */
static int put_blob(struct image *im, const char *name, struct source *content, struct err *e)
{
	struct member_spec spec = {.kind = BUNDLE_BLOB_KIND, .source = im->spec->source, .type = "blob", .time = im->spec->time, .unredacted = true, .as_is = true};
	struct bundle_writer *w = im->c->w;
	char chunk[65536], digest[HASH_HEX];
	ssize_t got;

	if (member_begin(w, &spec, e))
		return -1;
	while ((got = source_read(content, chunk, sizeof(chunk), &im->broken)) > 0) {
		if (member_bytes(w) + (uint64_t)got >= MEMBER_MAX)
			got = err_set(&im->broken, ERR_INPUT, "%s: larger than 8 GiB, which is what a member can have", name);
		else if (member_write(w, chunk, (size_t)got, e))
			return -1;
		if (got < 0)
			break;
	}
	if (got < 0)
		return member_drop(w, e);
	if (member_end_once(w, BUNDLE_BLOB_PATH, digest, e))
		return -1;
	list_entry(im, name, 'f', "", digest);
	return 0;
}

static int from_archive(struct image *im, struct source *content, struct err *e)
{
	struct source plain, file;
	struct tar_entry t;
	struct tar *tar;
	int rc = 0;

	source_unpack(&plain, content);
	tar = tar_open(&plain);
	while (rc == 0 && !im->broken.kind && tar_next(tar, &t, &im->broken) == 1) {
		if (im->n >= ENTRIES_MAX)
			err_set(&im->broken, ERR_INPUT, "more than %d files in an image archive", ENTRIES_MAX);
		else if (t.type == 'f') {
			const char *name = arena_strdup(&im->c->evidence.item, t.name);

			tar_content(tar, &file);
			rc = put_blob(im, name, &file, e);
			source_close(&file);
			arena_reset(&im->c->evidence.item);
		} else if (t.type != 'o')
			list_entry(im, t.name, t.type, t.link, NULL);
	}
	tar_close(tar);
	source_close(&plain);
	return rc;
}

static int from_folder(struct image *im, const char *folder, const char *inner, int depth, struct err *e)
{
	struct dirent **names = NULL;
	int n = depth > DEPTH ? 0 : scandir(folder, &names, NULL, alphasort), rc = 0;

	if (n < 0)
		err_set(&im->broken, ERR_INPUT, "%s: this folder of the image layout cannot be read", inner);
	for (int i = 0; i < n; i++) {
		char file[LIMIT_NAME_BYTES + 512], name[LIMIT_NAME_BYTES + 512];
		struct source s;
		struct stat st;

		snprintf(file, sizeof(file), "%s/%s", folder, names[i]->d_name);
		snprintf(name, sizeof(name), "%s%s%s", inner, inner[0] ? "/" : "", names[i]->d_name);
		if (rc == 0 && strcmp(names[i]->d_name, ".") != 0 && strcmp(names[i]->d_name, "..") != 0 && lstat(file, &st) == 0) {
			if (S_ISDIR(st.st_mode))
				rc = from_folder(im, file, name, depth + 1, e);
			else if (S_ISREG(st.st_mode) && source_from_file(&s, file, &im->broken) == 0) {
				rc = put_blob(im, name, &s, e);
				source_close(&s);
			}
		}
		free(names[i]);
	}
	free(names);
	return rc;
}

static int store_file(void *ctx, const char *name, struct source *content, struct err *e)
{
	return put_blob(ctx, name, content, e);
}

static int store_problem(void *ctx, const char *at, const char *message, struct err *e)
{
	struct image *im = ctx;

	(void)e;
	if (im->n_problems++ >= PROBLEMS_MAX)
		return 0;
	text_add_clean(&im->problems, span_of(at), false);
	buf_add_str(&im->problems, ": ");
	text_add_clean(&im->problems, span_of(message), false);
	buf_add_char(&im->problems, '\n');
	return 0;
}

/* Layers that lie unpacked become archives again. */
static int from_store(struct image *im, const char *folder, struct err *e)
{
	const struct image_store_sink sink = {store_file, store_problem, NULL, im};

	return image_store_read(folder, &sink, e);
}

static void tell_problems(struct image *im)
{
	struct span rest = buf_span(&im->problems);

	while (rest.n) {
		struct span line = span_cut(&rest, '\n');
		char text[1024];

		snprintf(text, sizeof(text), "%.*s", SPAN_ARG(line));
		member_problem(im->c->w, NULL, text);
	}
}

/* The archive itself: the list of its files. */
static int put_list(struct image *im, struct err *e)
{
	struct member_spec spec = *im->spec;
	struct bundle_writer *w = im->c->w;

	spec.type = "json";
	spec.unredacted = true;
	buf_add_str(&im->list, "\n]}\n");
	if (member_begin(w, &spec, e) || member_write(w, "{\"files\":[", 10, e) || member_write(w, im->list.p, im->list.n, e))
		return -1;
	if (im->broken.kind)
		member_problem(w, NULL, im->broken.msg);
	tell_problems(im);
	return member_end(w, im->n, e);
}

int image_collect(struct collect *c, const struct member_spec *spec, struct member *m, struct err *e)
{
	struct image im = {.c = c, .spec = spec};
	int rc = m->content ? from_archive(&im, m->content, e) : image_store_is(m->file) ? from_store(&im, m->file, e) : from_folder(&im, m->file, "", 0, e);

	if (rc == 0 && im.broken.kind == ERR_ENV)
		rc = err_set(e, ERR_ENV, "%s", im.broken.msg);
	if (rc == 0 && im.n)
		rc = put_list(&im, e);
	else if (rc == 0)
		bundle_left_out(c->w, spec->path, im.broken.kind ? im.broken.msg : "an image archive without files");
	buf_fini(&im.list);
	buf_fini(&im.problems);
	return rc;
}

static int one_member(void *ctx, struct member *m, struct err *e)
{
	struct collect *c = ctx;
	auto_arena a = ARENA_INIT;
	struct member_spec spec = {.kind = "image/archive", .time = m->time};

	spec.path = arena_printf(&a, "images/%s", m->path);
	spec.source = m->file ? m->file : m->path;
	if (m->err.kind || !m->kind || strcmp(m->kind, spec.kind) != 0) {
		bundle_left_out(c->w, spec.path, m->err.kind ? m->err.msg : "not an image archive");
		return 0;
	}
	progress_show("images", bundle_members(c->w), 0, "members");
	return image_collect(c, &spec, m, e);
}

int source_image(struct collect *c, struct err *e)
{
	const struct opt_list *files = &c->options->images;

	for (size_t i = 0; i < files->n; i++) {
		struct err why = {0};

		if (input_walk(files->at[i], one_member, c, &why) == 0)
			continue;
		if (why.kind != ERR_INPUT) {
			*e = why;
			return -1;
		}
		bundle_left_out(c->w, files->at[i], why.msg);
	}
	return 0;
}
