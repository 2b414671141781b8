// SPDX-License-Identifier: Apache-2.0
// The archive side of writing bundles: members, headers, packing. The manifest and the receipt are bundle-seal.c's.
#include "bundle-seal.h"
#include "common/tar-header.h"
#include "common/text.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum { LEVEL = 6, OUT = 256 * 1024, LABEL_FRAME = 8 };

int64_t collect_now(void)
{
	const char *epoch = getenv("SOURCE_DATE_EPOCH");
	int64_t when;

	return epoch && span_int(span_of(epoch), &when) ? when : (int64_t)time(NULL);
}

void collect_time(int64_t when, char out[static 32])
{
	time_t t = (time_t)when;
	struct tm tm;

	out[0] = 0;
	if (gmtime_r(&t, &tm))
		strftime(out, 32, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

/* ---- the file */

static int failed(struct bundle_writer *w, struct err *e)
{
	return err_errno(e, "%s: cannot be written; the %llu members so far are in %s", w->file.path, (unsigned long long)w->members_n, w->file.part);
}

static int put_at(struct bundle_writer *w, const void *p, size_t n, uint64_t at, struct err *e)
{
	for (size_t done = 0; done < n;) {
		ssize_t wrote = pwrite(w->fd, (const char *)p + done, n - done, (off_t)(at + done));

		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote <= 0)
			return failed(w, e);
		done += (size_t)wrote;
	}
	return 0;
}

int bundle_put(struct bundle_writer *w, const void *p, size_t n, struct err *e)
{
	if (put_at(w, p, n, w->offset, e))
		return -1;
	w->offset += n;
	return 0;
}

static int pad(struct bundle_writer *w, struct err *e)
{
	static const char zeros[BUNDLE_BLOCK];
	size_t over = (size_t)(w->offset % BUNDLE_BLOCK);

	return over ? bundle_put(w, zeros, BUNDLE_BLOCK - over, e) : 0;
}

int bundle_entry_begin(struct bundle_writer *w, struct err *e)
{
	static const char zeros[BUNDLE_BLOCK];

	w->header_at = w->offset;
	return bundle_put(w, zeros, BUNDLE_BLOCK, e);
}

int bundle_entry_end(struct bundle_writer *w, const char *name, struct err *e)
{
	uint64_t size = w->offset - w->header_at - BUNDLE_BLOCK;
	char h[BUNDLE_BLOCK];

	w->packed = size;
	if (size >= MEMBER_MAX)
		return err_set(e, ERR_ENV, "%s: a member of more than 8 GiB does not fit into a ustar archive", name);
	tar_header(name, size, h);
	return pad(w, e) || put_at(w, h, sizeof(h), w->header_at, e) ? -1 : 0;
}

/* ---- packing */

static int pack(struct bundle_writer *w, const void *p, size_t n, ZSTD_EndDirective how, struct err *e)
{
	ZSTD_inBuffer in = {p, n, 0};
	size_t left;

	do {
		ZSTD_outBuffer out = {w->out, OUT, 0};

		left = ZSTD_compressStream2(w->zstd, &out, &in, how);
		if (ZSTD_isError(left))
			die("zstd: %s", ZSTD_getErrorName(left));
		if (bundle_put(w, w->out, out.pos, e))
			return -1;
	} while (how == ZSTD_e_end ? left > 0 : in.pos < in.size);
	return 0;
}

/* The label: what the member is, should the manifest never be written. */
static int put_label(struct bundle_writer *w, struct err *e)
{
	const struct member_spec *s = &w->spec;
	auto_buf b = BUF_INIT;
	char frame[LABEL_FRAME], when[32];

	buf_add_str(&b, "{\"path\":");
	text_add_json(&b, span_of(s->path));
	buf_add_str(&b, ",\"kind\":");
	text_add_json(&b, span_of(s->kind));
	if (s->cluster) {
		buf_add_str(&b, ",\"cluster\":");
		text_add_json(&b, span_of(s->cluster));
	}
	collect_time(s->time, when);
	buf_printf(&b, ",\"time\":\"%s\"}", when);
	if (b.n > BUNDLE_LABEL_MAX)
		return 0;
	for (int i = 0; i < 4; i++) {
		frame[i] = (char)(BUNDLE_LABEL_MAGIC >> 8 * i & 0xff);
		frame[4 + i] = (char)(b.n >> 8 * i & 0xff);
	}
	return bundle_put(w, frame, sizeof(frame), e) || bundle_put(w, b.p, b.n, e) ? -1 : 0;
}

/* ---- members */

int bundle_write_begin(struct bundle_writer **out, const char *path, struct redact *redact, struct err *e)
{
	struct bundle_writer *w = calloc(1, sizeof(*w));

	if (!w || !(w->out = malloc(OUT)) || !(w->zstd = ZSTD_createCCtx()))
		die("out of memory");
	ZSTD_CCtx_setParameter(w->zstd, ZSTD_c_compressionLevel, LEVEL);
	ZSTD_CCtx_setParameter(w->zstd, ZSTD_c_checksumFlag, 1);
	w->redact = redact;
	w->start = collect_now();
	w->fd = -1;
	*out = w;
	if (outfile_begin(&w->file, path, true, e))
		return -1;
	w->fd = open(w->file.part, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	return w->fd < 0 ? err_errno(e, "%s: cannot be made", w->file.part) : 0;
}

void bundle_write_free(struct bundle_writer *w)
{
	if (!w)
		return;
	if (w->fd >= 0)
		close(w->fd);
	/* Without a single member there is nothing to keep. */
	if (w->fd >= 0 && !w->sealed && !w->members_n)
		unlink(w->file.part);
	hash_fini(&w->sum);
	ZSTD_freeCCtx(w->zstd);
	arena_fini(&w->arena);
	arena_fini(&w->member);
	buf_fini(&w->members);
	buf_fini(&w->subjects);
	buf_fini(&w->expected);
	buf_fini(&w->left_out);
	buf_fini(&w->sources);
	buf_fini(&w->problems);
	free(w->paths);
	free(w->out);
	free(w);
}

static uint64_t path_key(const char *path)
{
	uint64_t h = 14695981039346656037ull; /* FNV-1a */

	for (; *path; path++)
		h = (h ^ (unsigned char)*path) * 1099511628211ull;
	return h;
}

static bool path_used(struct bundle_writer *w, const char *path)
{
	for (size_t at = path_key(path) & (w->paths_cap - 1); w->paths[at]; at = (at + 1) & (w->paths_cap - 1))
		if (strcmp(w->paths[at], path) == 0)
			return true;
	return false;
}

static void path_put(const char **paths, size_t cap, const char *path)
{
	size_t at = path_key(path) & (cap - 1);

	while (paths[at])
		at = (at + 1) & (cap - 1);
	paths[at] = path;
}

/* A path that no member has yet; kept. */
static const char *own_path(struct bundle_writer *w, const char *wanted)
{
	const char *path = arena_strdup(&w->arena, wanted);

	if (w->paths_n * 2 >= w->paths_cap) {
		size_t cap = w->paths_cap ? w->paths_cap * 2 : 1024;
		const char **paths = calloc(cap, sizeof(*paths));

		if (!paths)
			die("out of memory");
		for (size_t i = 0; i < w->paths_cap; i++)
			if (w->paths[i])
				path_put(paths, cap, w->paths[i]);
		free(w->paths);
		w->paths = paths;
		w->paths_cap = cap;
	}
	for (unsigned n = 2; path_used(w, path); n++)
		path = arena_printf(&w->arena, "again-%u/%s", n, wanted);
	path_put(w->paths, w->paths_cap, path);
	w->paths_n++;
	return path;
}

int member_begin(struct bundle_writer *w, const struct member_spec *spec, struct err *e)
{
	arena_reset(&w->member);
	w->spec = *spec;
	w->spec.path = spec->path ? own_path(w, spec->path) : NULL;
	w->spec.kind = arena_strdup(&w->member, spec->kind);
	w->spec.cluster = spec->cluster ? arena_strdup(&w->member, spec->cluster) : NULL;
	w->spec.source = spec->source ? arena_strdup(&w->member, spec->source) : NULL;
	snprintf(w->name, sizeof(w->name), "m/%06llu.%s%s", (unsigned long long)w->members_n + 1, spec->type, spec->as_is ? "" : ".zst");
	w->bytes = 0;
	w->problems_n = 0;
	w->member_start = collect_now();
	buf_reset(&w->problems);
	for (size_t i = 0; redact_rule(i) && i < RULES_MAX; i++)
		w->before[i] = redact_count(w->redact, i);
	hash_init(&w->sum);
	ZSTD_CCtx_reset(w->zstd, ZSTD_reset_session_only);
	if (bundle_entry_begin(w, e))
		return -1;
	return spec->as_is ? 0 : put_label(w, e);
}

int member_write(struct bundle_writer *w, const void *p, size_t n, struct err *e)
{
	w->bytes += n;
	hash_add(&w->sum, p, n);
	return w->spec.as_is ? bundle_put(w, p, n, e) : pack(w, p, n, ZSTD_e_continue, e);
}

uint64_t member_bytes(const struct bundle_writer *w)
{
	return w->bytes;
}

void member_problem(struct bundle_writer *w, const char *pointer, const char *message)
{
	if (w->problems_n++ >= PROBLEMS_MAX)
		return;
	buf_add_str(&w->problems, w->problems.n ? ",{" : "{");
	if (pointer) {
		buf_add_str(&w->problems, "\"pointer\":");
		text_add_json(&w->problems, span_of(pointer));
		buf_add_char(&w->problems, ',');
	}
	buf_add_str(&w->problems, "\"message\":");
	text_add_json(&w->problems, span_of(message));
	buf_add_char(&w->problems, '}');
}

static int end_as(struct bundle_writer *w, const char *sha256, uint64_t items, struct err *e)
{
	if (bundle_entry_end(w, w->name, e))
		return -1;
	seal_member(w, sha256, items);
	w->members_n++;
	w->partial_n += w->problems_n > 0;
	return 0;
}

int member_end(struct bundle_writer *w, uint64_t items, struct err *e)
{
	char sum[HASH_HEX];

	if (!w->spec.as_is && pack(w, NULL, 0, ZSTD_e_end, e))
		return -1;
	hash_hex(&w->sum, sum);
	return end_as(w, sum, items, e);
}

int member_end_once(struct bundle_writer *w, const char *prefix, char sha256[static 65], struct err *e)
{
	const char *path;

	hash_hex(&w->sum, sha256);
	path = arena_printf(&w->member, "%s%s", prefix, sha256);
	if (w->paths_cap && path_used(w, path))
		return member_drop(w, e);
	w->spec.path = own_path(w, path);
	return end_as(w, sha256, 1, e);
}

int member_drop(struct bundle_writer *w, struct err *e)
{
	hash_fini(&w->sum);
	w->offset = w->header_at;
	return ftruncate(w->fd, (off_t)w->offset) ? failed(w, e) : 0;
}

uint64_t bundle_members(const struct bundle_writer *w)
{
	return w->members_n;
}

uint64_t bundle_failures(const struct bundle_writer *w)
{
	return w->expected_n + w->left_out_n + w->partial_n;
}

const char *bundle_first_failure(const struct bundle_writer *w)
{
	return w->first;
}
