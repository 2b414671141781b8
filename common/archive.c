// SPDX-License-Identifier: Apache-2.0
// libarchive behind a source: only the formats that evidence comes in, with limits against bombs.
#include "archive.h"
#include "limits.h"

#include <archive.h>
#include <archive_entry.h>

enum { BLOCK = 256 * 1024 };

struct archive_reader {
	struct archive *handle;
	struct source *in;
	struct err in_err; /* what the source said, when it failed */
	char block[BLOCK];
	uint64_t entries, out_bytes;
	bool opened;
};

bool archive_looks_like(struct span head)
{
	static const struct {
		size_t at, n;
		const char *magic;
	} table[] = {{0, 2, "\x1f\x8b"}, {0, 4, "\x28\xb5\x2f\xfd"}, {0, 6, "\xfd""7zXZ\0"}, {0, 3, "BZh"}, {257, 5, "ustar"}};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (head.n >= table[i].at + table[i].n && memcmp(head.p + table[i].at, table[i].magic, table[i].n) == 0)
			return true;
	return false;
}

bool archive_is_zip(struct span head)
{
	return head.n > 3 && memcmp(head.p, "PK\x03\x04", 4) == 0;
}

static la_ssize_t on_read(struct archive *a, void *ctx, const void **block)
{
	struct archive_reader *r = ctx;
	ssize_t n = source_read(r->in, r->block, BLOCK, &r->in_err);

	if (n < 0)
		archive_set_error(a, 5, "%s", r->in_err.msg);
	*block = r->block;
	return n;
}

struct archive_reader *archive_reader_new(struct source *in)
{
	struct archive_reader *r = calloc(1, sizeof(*r));

	if (!r || !(r->handle = archive_read_new()))
		die("out of memory");
	r->in = in;
	archive_read_support_format_tar(r->handle);
	archive_read_support_format_zip_streamable(r->handle);
	archive_read_support_format_raw(r->handle);
	archive_read_support_filter_gzip(r->handle);
	archive_read_support_filter_zstd(r->handle);
	archive_read_support_filter_xz(r->handle);
	archive_read_support_filter_bzip2(r->handle);
	return r;
}

void archive_reader_free(struct archive_reader *r)
{
	if (!r)
		return;
	archive_read_free(r->handle);
	free(r);
}

static int damaged(struct archive_reader *r, struct err *e)
{
	if (r->in_err.kind)
		return err_set(e, r->in_err.kind, "%s", r->in_err.msg);
	return err_set(e, ERR_INPUT, "%s: damaged archive: %s", r->in->name, archive_error_string(r->handle) ? archive_error_string(r->handle) : "unreadable");
}

int archive_reader_next(struct archive_reader *r, struct archive_entry_info *out, struct err *e)
{
	struct archive_entry *entry;
	int rc;

	if (!r->opened && archive_read_open(r->handle, r, NULL, on_read, NULL) != ARCHIVE_OK)
		return damaged(r, e);
	r->opened = true;
	rc = archive_read_next_header(r->handle, &entry);
	if (rc == ARCHIVE_EOF)
		return 0;
	if (rc != ARCHIVE_OK && rc != ARCHIVE_WARN)
		return damaged(r, e);
	if (++r->entries > LIMIT_MEMBERS)
		return err_set(e, ERR_INPUT, "%s: more than %u members", r->in->name, LIMIT_MEMBERS);
	out->name = archive_entry_pathname(entry);
	if (!out->name || archive_format(r->handle) == ARCHIVE_FORMAT_RAW)
		out->name = "";
	if (strlen(out->name) > LIMIT_NAME_BYTES)
		return err_set(e, ERR_INPUT, "%s: a member's name is longer than %d bytes", r->in->name, LIMIT_NAME_BYTES);
	out->regular = archive_entry_filetype(entry) == AE_IFREG && !archive_entry_hardlink(entry);
	out->size = archive_entry_size(entry) > 0 ? (uint64_t)archive_entry_size(entry) : 0;
	out->mtime = archive_entry_mtime(entry);
	return 1;
}

static ssize_t content_read(struct source *s, void *p, size_t n, struct err *e)
{
	struct archive_reader *r = s->ctx;
	la_ssize_t got = archive_read_data(r->handle, p, n);

	if (got < 0)
		return damaged(r, e);
	r->out_bytes += (uint64_t)got;
	if (r->out_bytes > LIMIT_RATIO_FLOOR_BYTES && r->out_bytes / LIMIT_RATIO > r->in->offset)
		return err_set(e, ERR_INPUT, "%s: grows more than %d-fold when unpacked: taken for a bomb", s->name, LIMIT_RATIO);
	if (r->out_bytes > LIMIT_ARCHIVE_RATIO_FLOOR_BYTES && r->out_bytes / LIMIT_ARCHIVE_RATIO > r->in->offset)
		return err_set(e, ERR_INPUT, "%s: the archive grows more than %d-fold when unpacked: taken for a bomb", r->in->name, LIMIT_ARCHIVE_RATIO);
	if (r->out_bytes > LIMIT_ARCHIVE_BYTES)
		return err_set(e, ERR_INPUT, "%s: the archive unpacks to more than %llu GiB", r->in->name, LIMIT_ARCHIVE_BYTES >> 30);
	return got;
}

void archive_reader_content(struct archive_reader *r, struct source *out, const char *name)
{
	*out = (struct source){.read = content_read, .ctx = r, .name = name};
}
