// SPDX-License-Identifier: Apache-2.0
// rpm's Berkeley DB: every page of the file is looked at once, so that no chain of pages can turn in circles; values that lie on
// overflow pages are followed for at most as many bytes as they say, and never more than the file has.
#include "rpm.h"

#include "buf.h"

enum { HASH_MAGIC = 0x061561, BTREE_MAGIC = 0x053162, PAGE_HEAD = 26, PAGE_MIN = 512, PAGE_MAX = 65536 };
enum { PAGE_HASH_UNSORTED = 2, PAGE_BTREE_LEAF = 5, PAGE_OVERFLOW = 7, PAGE_HASH = 13 };
enum { HASH_KEYDATA = 1, HASH_OFFPAGE = 3, BTREE_KEYDATA = 1, BTREE_OVERFLOW = 3, VALUE_MAX = 64 << 20 };

struct bdb {
	struct span file;
	uint32_t page_size, pages;
	bool big;
	uint64_t budget; /* bytes of overflow values that may yet be read */
	struct rpm_read *r;
};

static uint32_t number(const struct bdb *d, const char *p, int bytes)
{
	uint32_t v = 0;

	for (int i = 0; i < bytes; i++)
		v |= (uint32_t)(unsigned char)p[d->big ? bytes - 1 - i : i] << (8 * i);
	return v;
}

static const char *page(const struct bdb *d, uint32_t n)
{
	return n < d->pages ? d->file.p + (size_t)n * d->page_size : NULL;
}

static int page_type(const char *p)
{
	return (unsigned char)p[25];
}

/* A value on overflow pages, from page `n` on. False: damaged. */
static bool read_overflow(struct bdb *d, uint32_t n, uint32_t length, struct buf *out)
{
	buf_reset(out);
	if (length > VALUE_MAX || length > d->budget)
		return false;
	d->budget -= length;
	while (out->n < length) {
		const char *p = n ? page(d, n) : NULL;
		uint32_t used;

		if (!p || page_type(p) != PAGE_OVERFLOW)
			return false;
		used = number(d, p + 22, 2);
		if (used == 0 || used > d->page_size - PAGE_HEAD)
			return false;
		if (used > length - out->n)
			used = (uint32_t)(length - out->n);
		buf_add(out, p + PAGE_HEAD, used);
		n = number(d, p + 16, 4);
	}
	return true;
}

/* Values are headers, but for one that holds the next free record number. */
static void value(struct bdb *d, struct span v)
{
	if (v.n > 16)
		rpm_header(d->r, (struct span){arena_strndup(d->r->arena, v.p, v.n), v.n});
}

static void overflow_value(struct bdb *d, uint32_t n, uint32_t length)
{
	auto_buf b = BUF_INIT;

	if (read_overflow(d, n, length, &b))
		value(d, buf_span(&b));
	else
		d->r->broken++;
}

static void hash_page(struct bdb *d, const char *p)
{
	uint32_t entries = number(d, p + 20, 2);

	if (entries > (d->page_size - PAGE_HEAD) / 2) {
		d->r->broken++;
		return;
	}
	/* Keys and values alternate; items grow from the page's end downwards. */
	for (uint32_t i = 1; i < entries; i += 2) {
		uint32_t at = number(d, p + PAGE_HEAD + 2 * i, 2), end = number(d, p + PAGE_HEAD + 2 * (i - 1), 2);

		if (at < PAGE_HEAD + 2 * entries || at >= d->page_size || end > d->page_size || end <= at) {
			d->r->broken++;
			continue;
		}
		if (p[at] == HASH_OFFPAGE && at + 12 <= d->page_size)
			overflow_value(d, number(d, p + at + 4, 4), number(d, p + at + 8, 4));
		else if (p[at] == HASH_KEYDATA)
			value(d, (struct span){p + at + 1, end - at - 1});
	}
}

static void btree_page(struct bdb *d, const char *p)
{
	uint32_t entries = number(d, p + 20, 2);

	if (entries > (d->page_size - PAGE_HEAD) / 2) {
		d->r->broken++;
		return;
	}
	for (uint32_t i = 1; i < entries; i += 2) {
		uint32_t at = number(d, p + PAGE_HEAD + 2 * i, 2), n;
		int type;

		if (at + 3 > d->page_size || at < PAGE_HEAD) {
			d->r->broken++;
			continue;
		}
		type = p[at + 2];
		n = number(d, p + at, 2);
		if ((type & 0x80)) /* deleted */
			continue;
		if (type == BTREE_OVERFLOW && at + 12 <= d->page_size)
			overflow_value(d, number(d, p + at + 4, 4), number(d, p + at + 8, 4));
		else if (type == BTREE_KEYDATA && n <= d->page_size - at - 3)
			value(d, (struct span){p + at + 3, n});
		else
			d->r->broken++;
	}
}

int rpm_bdb(struct rpm_read *r, struct span file, struct err *e)
{
	struct bdb d = {.file = file, .r = r, .budget = file.n};
	uint32_t magic;

	if (file.n < PAGE_MIN)
		return err_set(e, ERR_INPUT, "not an rpm database: %zu bytes", file.n);
	magic = number(&d, file.p + 12, 4);
	if (magic != HASH_MAGIC && magic != BTREE_MAGIC) {
		d.big = true;
		magic = number(&d, file.p + 12, 4);
	}
	if (magic != HASH_MAGIC && magic != BTREE_MAGIC)
		return err_set(e, ERR_INPUT, "not an rpm database: neither Berkeley DB, NDB nor SQLite");
	d.page_size = number(&d, file.p + 20, 4);
	if (d.page_size < PAGE_MIN || d.page_size > PAGE_MAX || (d.page_size & (d.page_size - 1)))
		return err_set(e, ERR_INPUT, "Berkeley DB with pages of %u bytes", d.page_size);
	if (file.p[24])
		return err_set(e, ERR_INPUT, "an encrypted Berkeley DB");
	d.pages = (uint32_t)(file.n / d.page_size);
	for (uint32_t i = 1; i < d.pages; i++) {
		const char *p = page(&d, i);

		if (page_type(p) == PAGE_HASH || page_type(p) == PAGE_HASH_UNSORTED)
			hash_page(&d, p);
		else if (page_type(p) == PAGE_BTREE_LEAF)
			btree_page(&d, p);
	}
	if (number(&d, file.p + 32, 4) >= d.pages)
		return err_set(e, ERR_INPUT, "Berkeley DB is cut short: %u of %u pages", d.pages, number(&d, file.p + 32, 4) + 1);
	return 0;
}
