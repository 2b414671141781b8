// SPDX-License-Identifier: Apache-2.0
// Reads ZIP archives in memory. What their members mean is the callers'.
#include "zip.h"

#include "limits.h"

#include <zlib.h>

enum { END_SIZE = 22, END64_SIZE = 56, LOCATOR_SIZE = 20, CENTRAL_SIZE = 46, LOCAL_SIZE = 30, COMMENT_MAX = 65535 };

static uint64_t number(const char *p, int bytes)
{
	uint64_t v = 0;

	for (int i = bytes - 1; i >= 0; i--)
		v = v << 8 | (unsigned char)p[i];
	return v;
}

static const char *at(const struct zip *z, uint64_t offset, uint64_t n)
{
	return offset <= z->bytes.n && n <= z->bytes.n - offset ? z->bytes.p + offset : NULL;
}

/* The end record stands last, with a comment of up to 64 KiB behind it. */
static const char *find_end(const struct zip *z)
{
	size_t n = z->bytes.n, most = n > END_SIZE + COMMENT_MAX ? n - END_SIZE - COMMENT_MAX : 0;

	for (size_t i = n >= END_SIZE ? n - END_SIZE + 1 : 0; i-- > most;)
		if (memcmp(z->bytes.p + i, "PK\5\6", 4) == 0)
			return z->bytes.p + i;
	return NULL;
}

int zip_open(struct zip *z, struct span bytes, struct err *e)
{
	const char *end, *end64;
	uint64_t size, offset, before;

	*z = (struct zip){.bytes = bytes};
	end = find_end(z);
	if (!end)
		return err_set(e, ERR_INPUT, "not a ZIP archive: no end of a central directory in it");
	before = (uint64_t)(end - bytes.p);
	z->entries = number(end + 10, 2);
	size = number(end + 12, 4);
	offset = number(end + 16, 4);
	if ((z->entries == 0xffff || size == 0xffffffff || offset == 0xffffffff) && before >= LOCATOR_SIZE &&
	    memcmp(end - LOCATOR_SIZE, "PK\6\7", 4) == 0) {
		uint64_t where = number(end - LOCATOR_SIZE + 8, 8);

		end64 = at(z, where, END64_SIZE);
		if (!end64 || memcmp(end64, "PK\6\6", 4) != 0)
			return err_set(e, ERR_INPUT, "ZIP archive: damaged zip64 end record");
		z->entries = number(end64 + 32, 8);
		size = number(end64 + 40, 8);
		offset = number(end64 + 48, 8);
		before = where;
	}
	if (size > before || offset > before - size)
		return err_set(e, ERR_INPUT, "ZIP archive: the central directory lies outside of the file");
	z->shift = before - size - offset;
	z->at = before - size;
	z->end = before;
	return 0;
}

/* Zip64 sizes stand in an extra field, those only whose 32-bit ones are full. */
static void read_extra(struct zip_entry *out, struct span extra)
{
	while (extra.n >= 4) {
		size_t n = (size_t)number(extra.p + 2, 2);
		bool is64 = number(extra.p, 2) == 1;

		extra = (struct span){extra.p + 4, extra.n - 4};
		if (n > extra.n)
			return;
		if (is64) {
			uint64_t *const fields[] = {&out->size, &out->packed, &out->header};
			size_t used = 0;

			for (int i = 0; i < 3; i++)
				if (*fields[i] == 0xffffffff && used + 8 <= n) {
					*fields[i] = number(extra.p + used, 8);
					used += 8;
				}
			return;
		}
		extra = (struct span){extra.p + n, extra.n - n};
	}
}

int zip_next(struct zip *z, struct zip_entry *out, struct err *e)
{
	uint64_t name, extra, comment;
	const char *p;

	if (z->seen >= z->entries || z->at >= z->end)
		return 0;
	if (z->seen >= LIMIT_ZIP_ENTRIES)
		return err_set(e, ERR_INPUT, "ZIP archive: more than %u entries", LIMIT_ZIP_ENTRIES);
	p = at(z, z->at, CENTRAL_SIZE);
	if (!p || memcmp(p, "PK\1\2", 4) != 0)
		return err_set(e, ERR_INPUT, "ZIP archive: damaged directory entry at byte %llu", (unsigned long long)z->at);
	name = number(p + 28, 2);
	extra = number(p + 30, 2);
	comment = number(p + 32, 2);
	if (!at(z, z->at, CENTRAL_SIZE + name + extra + comment))
		return err_set(e, ERR_INPUT, "ZIP archive: a directory entry is cut short");
	*out = (struct zip_entry){.name = {p + CENTRAL_SIZE, (size_t)name},
				  .packed = number(p + 20, 4),
				  .size = number(p + 24, 4),
				  .header = number(p + 42, 4),
				  .method = (unsigned)number(p + 10, 2),
				  .encrypted = p[8] & 1};
	read_extra(out, (struct span){p + CENTRAL_SIZE + name, (size_t)extra});
	z->at += CENTRAL_SIZE + name + extra + comment;
	z->seen++;
	return 1;
}

static int inflate_raw(struct span packed, uint64_t size, struct buf *b, struct err *e)
{
	z_stream s = {.next_in = (Bytef *)(uintptr_t)packed.p, .avail_in = (uInt)packed.n};
	int r;

	if (inflateInit2(&s, -15) != Z_OK)
		die("out of memory");
	/* One byte more than the directory says shows a lie. */
	s.next_out = (Bytef *)buf_room(b, (size_t)size + 1);
	s.avail_out = (uInt)size + 1;
	r = inflate(&s, Z_FINISH);
	b->n += (size_t)s.total_out;
	inflateEnd(&s);
	if (r != Z_STREAM_END || s.total_out != size)
		return err_set(e, ERR_INPUT, "ZIP archive: an entry is damaged, or not as long as the directory says");
	return 0;
}

int zip_content(const struct zip *z, const struct zip_entry *entry, uint64_t limit, struct buf *b, struct span *out, struct err *e)
{
	const char *local;
	uint64_t start;

	if (entry->encrypted || (entry->method != 0 && entry->method != 8))
		return err_set(e, ERR_INPUT, "ZIP archive: an entry is encrypted or packed in an unknown way (method %u)", entry->method);
	if (entry->size > limit || entry->packed > UINT32_MAX / 2 || entry->size > UINT32_MAX / 2)
		return err_set(e, ERR_INPUT, "ZIP archive: an entry of %llu bytes; the limit is %llu", (unsigned long long)entry->size, (unsigned long long)limit);
	if (entry->header > UINT64_MAX - z->shift || !(local = at(z, entry->header + z->shift, LOCAL_SIZE)) || memcmp(local, "PK\3\4", 4) != 0)
		return err_set(e, ERR_INPUT, "ZIP archive: an entry's header is not where the directory says");
	start = entry->header + z->shift + LOCAL_SIZE + number(local + 26, 2) + number(local + 28, 2);
	if (!at(z, start, entry->packed))
		return err_set(e, ERR_INPUT, "ZIP archive: an entry is cut short");
	*out = (struct span){z->bytes.p + start, (size_t)entry->packed};
	if (entry->method == 0)
		return entry->packed == entry->size ? 0 : err_set(e, ERR_INPUT, "ZIP archive: a stored entry with two sizes");
	if (entry->size > LIMIT_RATIO_FLOOR_BYTES && entry->size / LIMIT_RATIO > entry->packed)
		return err_set(e, ERR_INPUT, "ZIP archive: an entry grows more than a thousandfold: taken for a bomb");
	buf_reset(b);
	if (inflate_raw(*out, entry->size, b, e))
		return -1;
	*out = buf_span(b);
	return 0;
}
