// SPDX-License-Identifier: Apache-2.0
// Image archives as they are: docker-save and OCI tars as one stream each, OCI layouts (folders) as a tar of their files. Nothing is redacted:
// the manifest and the receipt say so.
#include "collect.h"
#include "common/input.h"
#include "common/limits.h"
#include "common/progress.h"

#include <dirent.h>
#include <sys/stat.h>

enum { DEPTH = 4 };

/* One file of the layout as an entry; what it lacks of the size that was announced is zeros, which its digest will tell. */
static int add_file(struct bundle_writer *w, const char *file, const char *name, uint64_t size, struct err *e)
{
	char block[USTAR_BLOCK], chunk[65536] = {0};
	struct source s;
	struct err broken = {0};
	uint64_t left = size;
	ssize_t got = 1;

	if (source_from_file(&s, file, &broken)) {
		member_problem(w, NULL, broken.msg);
		return 0;
	}
	ustar_header(name, size, block);
	if (member_write(w, block, sizeof(block), e)) {
		source_close(&s);
		return -1;
	}
	while (left > 0) {
		size_t n = left < sizeof(chunk) ? (size_t)left : sizeof(chunk);

		if (got > 0)
			got = source_read(&s, chunk, n, &broken);
		if (got <= 0)
			memset(chunk, 0, n);
		if (member_write(w, chunk, got > 0 ? (size_t)got : n, e))
			break;
		left -= got > 0 ? (uint64_t)got : n;
	}
	source_close(&s);
	memset(block, 0, sizeof(block));
	return left || (size % USTAR_BLOCK && member_write(w, block, USTAR_BLOCK - (size_t)(size % USTAR_BLOCK), e)) ? -1 : 0;
}

static int add_folder(struct bundle_writer *w, const char *folder, const char *inner, int depth, struct err *e)
{
	struct dirent **names = NULL;
	int n = depth > DEPTH ? 0 : scandir(folder, &names, NULL, alphasort), rc = 0;

	if (n < 0)
		member_problem(w, inner, "this folder of the image layout cannot be read");
	for (int i = 0; i < n; i++) {
		char file[LIMIT_NAME_BYTES + 512], name[LIMIT_NAME_BYTES + 512];
		struct stat st;

		snprintf(file, sizeof(file), "%s/%s", folder, names[i]->d_name);
		snprintf(name, sizeof(name), "%s%s%s", inner, inner[0] ? "/" : "", names[i]->d_name);
		if (rc == 0 && strcmp(names[i]->d_name, ".") != 0 && strcmp(names[i]->d_name, "..") != 0 && lstat(file, &st) == 0) {
			if (S_ISDIR(st.st_mode))
				rc = add_folder(w, file, name, depth + 1, e);
			else if (S_ISREG(st.st_mode) && strlen(name) < 100)
				rc = add_file(w, file, name, (uint64_t)st.st_size, e);
		}
		free(names[i]);
	}
	free(names);
	return rc;
}

static int add_layout(struct collect *c, const struct member_spec *spec, const char *folder, struct err *e)
{
	static const char end[2 * USTAR_BLOCK];

	if (member_begin(c->w, spec, e) || add_folder(c->w, folder, "", 0, e) || member_write(c->w, end, sizeof(end), e))
		return -1;
	return member_end(c->w, 1, e);
}

int image_collect(struct collect *c, struct member_spec *spec, struct member *m, struct err *e)
{
	struct err broken = {0};

	spec->type = "tar";
	spec->unredacted = true;
	if (!m->content)
		return add_layout(c, spec, m->file, e);
	if (evidence_raw(&c->evidence, spec, m->content, &broken, e))
		return -1;
	if (broken.kind)
		bundle_left_out(c->w, spec->path, broken.msg);
	return 0;
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
