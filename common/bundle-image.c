// SPDX-License-Identifier: Apache-2.0
// From a list of blobs to a tar stream. What images mean is analyze/load-image.c's, the archive of the bundle bundle.c's.
#include "bundle-image.h"
#include "bundle-manifest.h"
#include "hash.h"
#include "limits.h"
#include "tar-header.h"

/* Blobs of a bundle by their digest. */
struct blob {
	char sha256[HASH_HEX];
	size_t member;
};

struct image {
	struct bundle *b;
	struct arena arena;
	struct json *list; /* of entries */
	uint32_t next;
	struct blob *blobs;
	size_t blobs_n;
	uint64_t given, limit;
	struct buf head;   /* header or padding that is due, from `at` on */
	size_t at, padding;
	struct source content;
	uint64_t left;	   /* bytes of the open content; 0: none is open */
	bool open, ended;
};

bool bundle_is_image(const struct bundle *b, size_t i)
{
	const struct bundle_member *m = &b->at[i];
	size_t n = strlen(m->name);

	return m->kind && strcmp(m->kind, "image/archive") == 0 && n > 9 && strcmp(m->name + n - 9, ".json.zst") == 0;
}

static bool is_blob(const char *name)
{
	size_t n = strlen(name);

	return n > 5 && strcmp(name + n - 5, ".blob") == 0;
}

static int by_digest(const void *a, const void *b)
{
	return strcmp(((const struct blob *)a)->sha256, ((const struct blob *)b)->sha256);
}

/* Without a manifest the digests are worked out. */
static bool digest_of(struct bundle *b, size_t i, char out[static HASH_HEX])
{
	struct source s;
	int rc;

	if (b->at[i].sha256)
		snprintf(out, HASH_HEX, "%s", b->at[i].sha256);
	if (b->at[i].entry)
		return b->at[i].sha256 != NULL;
	bundle_content(b, i, &s);
	rc = source_hash(&s, out, NULL);
	source_close(&s);
	return rc == 0;
}

static void find_blobs(struct image *im)
{
	im->blobs = arena_array(&im->arena, im->b->n, sizeof(*im->blobs));
	for (size_t i = 0; i < im->b->n; i++)
		if (is_blob(im->b->at[i].name) && !im->b->at[i].err.kind && digest_of(im->b, i, im->blobs[im->blobs_n].sha256))
			im->blobs[im->blobs_n++].member = i;
	if (im->blobs_n)
		qsort(im->blobs, im->blobs_n, sizeof(*im->blobs), by_digest);
}

/* Opens the next entry: its header is due, then its content. What has no blob (it was lost) is left out: the loader says what is missing. */
static int next_entry(struct image *im, struct err *e)
{
	const struct json *v = &im->list->items[im->next++];
	struct span name = json_text_at(v, "name"), link = json_text_at(v, "link"), type = json_text_at(v, "type"), digest = json_text_at(v, "blob");
	struct blob key, *found = NULL;
	uint64_t size = 0;

	if (!name.n || name.n > LIMIT_NAME_BYTES || link.n > LIMIT_NAME_BYTES)
		return err_set(e, ERR_INPUT, "the list of an image's files has one without a name");
	if (digest.n == HASH_HEX - 1 && im->blobs_n) {
		snprintf(key.sha256, sizeof(key.sha256), "%.*s", SPAN_ARG(digest));
		found = bsearch(&key, im->blobs, im->blobs_n, sizeof(*im->blobs), by_digest);
	}
	if (digest.n && !found)
		return 0;
	if (found) {
		const struct bundle_member *m = &im->b->at[found->member];

		size = m->entry ? m->bytes : m->packed;
		bundle_content(im->b, found->member, &im->content);
		im->left = size;
		im->open = true;
	}
	im->given += size;
	if (im->given > im->limit)
		return err_set(e, ERR_INPUT, "the list of an image's files names more than the bundle holds");
	tar_header_add(&im->head, name, span_eq(type, "d") ? '5' : span_eq(type, "l") ? '2' : span_eq(type, "h") ? '1' : '0', link, size);
	im->padding = (size_t)((TAR_HEADER_BLOCK - size % TAR_HEADER_BLOCK) % TAR_HEADER_BLOCK);
	return 0;
}

static void zeros(struct buf *b, size_t n)
{
	memset(buf_room(b, n), 0, n);
	b->n += n;
}

/* Brings what is due next into `head`, or opens a content. */
static int advance(struct image *im, struct err *e)
{
	buf_reset(&im->head);
	im->at = 0;
	if (im->open) {
		source_close(&im->content);
		im->open = false;
		zeros(&im->head, im->padding);
		return 0;
	}
	if (im->next < im->list->n)
		return next_entry(im, e);
	im->ended = true;
	zeros(&im->head, 2 * TAR_HEADER_BLOCK);
	return 0;
}

static ssize_t image_read(struct source *s, void *p, size_t n, struct err *e)
{
	struct image *im = s->ctx;
	ssize_t got;

	while (im->at == im->head.n && !im->left) {
		if (im->ended)
			return 0;
		if (advance(im, e))
			return -1;
	}
	if (im->at < im->head.n) {
		n = n < im->head.n - im->at ? n : im->head.n - im->at;
		memcpy(p, im->head.p + im->at, n);
		im->at += n;
		return (ssize_t)n;
	}
	got = source_read(&im->content, p, n < im->left ? n : (size_t)im->left, e);
	if (got == 0)
		return err_set(e, ERR_INPUT, "%s: a file of the image is shorter than the manifest says", s->name);
	if (got > 0)
		im->left -= (uint64_t)got;
	return got;
}

static void image_close(struct source *s)
{
	struct image *im = s->ctx;

	if (im->open)
		source_close(&im->content);
	buf_fini(&im->head);
	arena_fini(&im->arena);
	free(im);
}

int bundle_image(struct bundle *b, size_t i, struct source *out, struct err *e)
{
	struct image *im = calloc(1, sizeof(*im));
	auto_buf text = BUF_INIT;
	struct source s;
	struct json *v = NULL;
	int rc;

	if (!im)
		die("out of memory");
	im->b = b;
	im->limit = 2 * b->size + LIMIT_RATIO_FLOOR_BYTES;
	bundle_content(b, i, &s);
	rc = source_slurp(&s, &text, LIMIT_ITEM_BYTES, e) || json_parse(&im->arena, buf_span(&text), &v, e);
	source_close(&s);
	im->list = (struct json *)json_get(v, "files");
	if (rc == 0 && !json_is(im->list, JSON_ARRAY))
		rc = err_set(e, ERR_INPUT, "%s: no list of an image's files", b->at[i].path);
	*out = (struct source){.read = image_read, .close = image_close, .ctx = im, .name = b->at[i].path};
	if (rc) {
		source_close(out);
		return -1;
	}
	find_blobs(im);
	return 0;
}
