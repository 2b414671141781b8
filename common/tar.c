// SPDX-License-Identifier: Apache-2.0
// Reads tar streams. What the entries mean (layers, whiteouts) is the caller's.
#include "tar.h"

#include "fold.h"
#include "limits.h"

enum { BLOCK = 512, EXTENDED_MAX = 1024 * 1024 };

struct tar {
	struct source *in;
	uint64_t left, padding; /* of the entry at hand */
	uint64_t entries;
	struct buf name, link, extended;
	/* What a pax header or GNU long name says of the next entry. */
	bool has_name, has_link, has_size, has_uid, has_gid;
	uint64_t size;
	int64_t uid, gid, mtime;
	bool ended;
	struct fold *sum; /* of the entry's content; NULL: none is made */
};

struct tar *tar_open(struct source *in)
{
	struct tar *t = calloc(1, sizeof(*t));

	if (!t)
		die("out of memory");
	t->in = in;
	return t;
}

void tar_close(struct tar *t)
{
	if (!t)
		return;
	buf_fini(&t->name);
	buf_fini(&t->link);
	buf_fini(&t->extended);
	free(t);
}

static int fail(const struct tar *t, const char *what, struct err *e)
{
	return err_set(e, ERR_INPUT, "%s: byte %llu: %s", t->in->name ? t->in->name : "tar", (unsigned long long)t->in->offset, what);
}

/* Exactly n bytes: 1, 0 when there are none at all, -1. */
static int read_full(struct tar *t, char *p, size_t n, struct err *e)
{
	size_t have = 0;

	while (have < n) {
		ssize_t got = source_read(t->in, p + have, n - have, e);

		if (got < 0)
			return -1;
		if (got == 0)
			return have == 0 ? 0 : fail(t, "the archive is cut short", e);
		have += (size_t)got;
	}
	return 1;
}

ssize_t tar_read(struct tar *t, void *p, size_t n, struct err *e)
{
	ssize_t got;

	if (t->left == 0)
		return 0;
	if (n > t->left)
		n = (size_t)t->left;
	got = source_read(t->in, p, n, e);
	if (got == 0)
		return fail(t, "the archive is cut short", e);
	if (got > 0) {
		t->left -= (uint64_t)got;
		if (t->sum)
			fold_add(t->sum, p, (size_t)got);
	}
	return got;
}

static ssize_t content_read(struct source *s, void *p, size_t n, struct err *e)
{
	return tar_read(s->ctx, p, n, e);
}

void tar_content(struct tar *t, struct source *out)
{
	*out = (struct source){.read = content_read, .ctx = t, .name = t->name.p};
}

uint64_t tar_offset(const struct tar *t)
{
	return t->in->offset;
}

static int skip_rest(struct tar *t, struct err *e)
{
	char waste[65536];

	if (t->in->skip && !t->in->sum && !t->sum && t->left > sizeof(waste)) {
		if (t->in->skip(t->in, t->left, e))
			return -1;
		t->in->offset += t->left;
		t->left = 0;
	}
	while (t->left > 0 || t->padding > 0) {
		uint64_t want = t->left + t->padding;
		ssize_t got = source_read(t->in, waste, want < sizeof(waste) ? (size_t)want : sizeof(waste), e);

		if (got < 0)
			return -1;
		/* Padding behind the last content may be missing. */
		if (got == 0)
			return t->left == 0 ? 0 : fail(t, "the archive is cut short", e);
		if (t->sum)
			fold_add(t->sum, waste, (uint64_t)got < t->left ? (size_t)got : (size_t)t->left);
		if ((uint64_t)got > t->left) {
			t->padding -= (uint64_t)got - t->left;
			t->left = 0;
		} else {
			t->left -= (uint64_t)got;
		}
	}
	return 0;
}

void tar_fold(struct tar *t, struct fold *sum)
{
	t->sum = sum;
}

int tar_finish(struct tar *t, struct err *e)
{
	int r = skip_rest(t, e);

	t->sum = NULL;
	return r;
}

/* Octal text, or base 256 when the first bit is set (GNU). False for numbers beyond 63 bits and for other text. */
static bool number(const char *p, size_t n, int64_t *out)
{
	uint64_t v = 0;
	size_t i = 0;

	*out = 0;
	if ((unsigned char)p[0] & 0x80) {
		v = (unsigned char)p[0] & 0x3f;
		for (i = 1; i < n; i++) {
			if (v >> 55)
				return false;
			v = v << 8 | (unsigned char)p[i];
		}
		*out = (int64_t)v;
		return !((unsigned char)p[0] & 0x40);
	}
	while (i < n && p[i] == ' ')
		i++;
	for (; i < n && p[i] >= '0' && p[i] <= '7'; i++)
		v = v << 3 | (uint64_t)(p[i] - '0');
	*out = (int64_t)v;
	return i == n || p[i] == ' ' || p[i] == 0;
}

bool tar_header_ok(const char h[512])
{
	int64_t want;
	long plain = 0, with_sign = 0;

	for (int i = 0; i < BLOCK; i++) {
		char c = i >= 148 && i < 156 ? ' ' : h[i];

		plain += (unsigned char)c;
		with_sign += (signed char)c;
	}
	return number(h + 148, 8, &want) && (want == plain || want == with_sign);
}

static bool all_zero(const char *h)
{
	for (int i = 0; i < BLOCK; i++)
		if (h[i])
			return false;
	return true;
}

static void set_text(struct buf *b, const char *p, size_t n)
{
	buf_reset(b);
	buf_add(b, p, strnlen(p, n));
}

static void start_content(struct tar *t, uint64_t size)
{
	t->left = size;
	t->padding = (BLOCK - size % BLOCK) % BLOCK;
}

/* Reads the content of an extension entry into t->extended. */
static int read_extended(struct tar *t, int64_t size, struct err *e)
{
	if (size < 0 || size > EXTENDED_MAX)
		return fail(t, "an extended header of more than 1 MiB", e);
	start_content(t, (uint64_t)size);
	buf_reset(&t->extended);
	while (t->left > 0) {
		ssize_t got = tar_read(t, buf_room(&t->extended, (size_t)t->left), (size_t)t->left, e);

		if (got < 0)
			return -1;
		t->extended.n += (size_t)got;
	}
	buf_add_char(&t->extended, 0);
	t->extended.n--;
	return skip_rest(t, e);
}

static void pax_record(struct tar *t, struct span key, struct span value)
{
	int64_t v = 0;
	struct span whole = value;
	bool num = span_int(span_cut(&whole, '.'), &v);

	if (span_eq(key, "path")) {
		set_text(&t->name, value.p, value.n);
		t->has_name = true;
	} else if (span_eq(key, "linkpath")) {
		set_text(&t->link, value.p, value.n);
		t->has_link = true;
	} else if (span_eq(key, "size") && num && v >= 0) {
		t->size = (uint64_t)v;
		t->has_size = true;
	} else if (span_eq(key, "uid") && num) {
		t->uid = v;
		t->has_uid = true;
	} else if (span_eq(key, "gid") && num) {
		t->gid = v;
		t->has_gid = true;
	}
}

/* Records of "LENGTH KEY=VALUE\n", the length counting itself. */
static int read_pax(struct tar *t, struct err *e)
{
	struct span rest = buf_span(&t->extended);

	while (rest.n > 0) {
		struct span record = rest, length = span_cut(&record, ' ');
		int64_t n;

		if (!record.p || !span_int(length, &n) || n <= (int64_t)length.n + 2 || (uint64_t)n > rest.n || rest.p[n - 1] != '\n')
			return fail(t, "a damaged pax header", e);
		record = (struct span){record.p, (size_t)n - length.n - 2};

		struct span value = record, key = span_cut(&value, '=');

		if (value.p)
			pax_record(t, key, value);
		rest = (struct span){rest.p + n, rest.n - (size_t)n};
	}
	return 0;
}

static char type_of(char flag, const struct buf *name)
{
	switch (flag) {
	case 0:
	case '0':
	case '7':
		return name->n > 0 && name->p[name->n - 1] == '/' && flag == 0 ? 'd' : 'f';
	case '1':
		return 'h';
	case '2':
		return 'l';
	case '5':
		return 'd';
	default:
		return 'o';
	}
}

static int read_entry(struct tar *t, const char *h, int64_t size, struct tar_entry *out, struct err *e)
{
	int64_t mode, uid, gid;

	if (!t->has_name) {
		bool ustar = memcmp(h + 257, "ustar\0", 6) == 0 && h[345];

		buf_reset(&t->name);
		if (ustar) {
			buf_add(&t->name, h + 345, strnlen(h + 345, 155));
			buf_add_char(&t->name, '/');
		}
		buf_add(&t->name, h, strnlen(h, 100));
	}
	if (!t->has_link)
		set_text(&t->link, h + 157, 100);
	number(h + 100, 8, &mode);
	number(h + 108, 8, &uid);
	number(h + 116, 8, &gid);
	*out = (struct tar_entry){.name = buf_str(&t->name),
				  .link = buf_str(&t->link),
				  .type = type_of(h[156], &t->name),
				  .mode = (uint32_t)(mode & 07777),
				  .uid = t->has_uid ? t->uid : uid,
				  .gid = t->has_gid ? t->gid : gid};
	number(h + 136, 12, &out->mtime);
	out->size = t->has_size ? t->size : (uint64_t)size;
	if (out->type == 'l' || out->type == 'h' || out->type == 'd')
		out->size = 0;
	if (out->size > LIMIT_MEMBER_BYTES)
		return fail(t, "an entry of more than 64 GiB", e);
	start_content(t, out->size);
	t->has_name = t->has_link = t->has_size = t->has_uid = t->has_gid = false;
	return 1;
}

/* 1: it was an extension and has been read. 0: an ordinary entry. -1 */
static int read_extension(struct tar *t, const char *h, int64_t size, struct err *e)
{
	char flag = h[156];

	if (flag != 'x' && flag != 'g' && flag != 'L' && flag != 'K')
		return 0;
	if (read_extended(t, size, e))
		return -1;
	if (flag == 'x')
		return read_pax(t, e) ? -1 : 1;
	if (flag == 'L') {
		set_text(&t->name, t->extended.p, t->extended.n);
		t->has_name = true;
	} else if (flag == 'K') {
		set_text(&t->link, t->extended.p, t->extended.n);
		t->has_link = true;
	}
	return 1;
}

int tar_next(struct tar *t, struct tar_entry *out, struct err *e)
{
	char h[BLOCK];
	int64_t size;
	int r;

	t->sum = NULL;
	if (t->ended || skip_rest(t, e))
		return t->ended ? 0 : -1;
	for (;;) {
		r = read_full(t, h, BLOCK, e);
		if (r <= 0 || all_zero(h)) {
			t->ended = true;
			return r < 0 ? -1 : 0;
		}
		if (!tar_header_ok(h) || !number(h + 124, 12, &size) || size < 0)
			return fail(t, "not a tar header", e);
		if (++t->entries > LIMIT_MEMBERS)
			return fail(t, "more than 5,000,000 entries", e);
		r = read_extension(t, h, size, e);
		if (r < 0)
			return -1;
		if (r == 0)
			return read_entry(t, h, size, out, e);
	}
}
