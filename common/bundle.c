// SPDX-License-Identifier: Apache-2.0
// The archive side of bundles: finding members, unpacking and comparing them. What the manifest says is bundle-manifest.c's.
#include "bundle.h"
#include "bundle-manifest.h"
#include "hash.h"
#include "limits.h"
#include "unpack.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const trusts[] = {"REFUSED", "INCOMPLETE", "UNSIGNED", "INTACT", "VERIFIED"};

const char *bundle_trust_name(enum bundle_trust t)
{
	return trusts[t];
}

bool bundle_hostile_name(const char *name)
{
	struct span rest = span_of(name);

	if (!name[0] || name[0] == '/' || strlen(name) > LIMIT_NAME_BYTES)
		return true;
	while (rest.p)
		if (span_eq(span_cut(&rest, '/'), ".."))
			return true;
	return false;
}

/* ---- headers */

struct header {
	char name[101];
	char type;
	uint64_t size;
};

static bool octal(const char *p, size_t n, uint64_t *out)
{
	size_t i = 0;

	for (*out = 0; i < n && p[i] >= '0' && p[i] <= '7'; i++)
		*out = *out << 3 | (uint64_t)(p[i] - '0');
	return i > 0 && i <= 21 && (i == n || p[i] == 0 || p[i] == ' ');
}

static bool all_zero(const char *h)
{
	for (int i = 0; i < BUNDLE_BLOCK; i++)
		if (h[i])
			return false;
	return true;
}

/* A ustar header (POSIX.1-2017, pax) with a good checksum. */
static bool read_header(const char *h, struct header *out)
{
	uint64_t want, sum = 0;

	if (memcmp(h + 257, "ustar\00000", 8) != 0 || !octal(h + 148, 8, &want) || !octal(h + 124, 12, &out->size))
		return false;
	for (int i = 0; i < BUNDLE_BLOCK; i++)
		sum += i >= 148 && i < 156 ? ' ' : (unsigned char)h[i];
	if (sum != want || h[345])
		return false;
	snprintf(out->name, sizeof(out->name), "%.100s", h);
	out->type = h[156];
	return true;
}

/* "m/000123.json.zst": what a member may be called. */
static bool member_name(const char *name)
{
	size_t digits, rest;

	if (strncmp(name, "m/", 2) != 0)
		return false;
	digits = strspn(name + 2, "0123456789");
	rest = strspn(name + 2 + digits, "abcdefghijklmnopqrstuvwxyz0123456789.");
	return digits >= 6 && digits <= 9 && rest > 1 && name[2 + digits] == '.' && !name[2 + digits + rest];
}

bool bundle_looks_like(struct span head)
{
	struct header h;

	if (head.n < BUNDLE_BLOCK || !read_header(head.p, &h))
		return false;
	return member_name(h.name) || (strcmp(h.name, BUNDLE_MANIFEST) == 0 && head.n > BUNDLE_BLOCK + 14 && memcmp(head.p + BUNDLE_BLOCK, "{\"payloadType\"", 14) == 0);
}

unsigned long bundle_number(const char *name)
{
	return strtoul(name + 2, NULL, 10);
}

/* ---- the walk over the file */

int bundle_fail(struct bundle *b, const char *fmt, ...)
{
	char text[600];
	va_list ap;
	struct err clean = {0};
	struct bundle_line *line;

	if (b->faults_n++ >= BUNDLE_FAULTS_MAX)
		return -1;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	err_set(&clean, ERR_INPUT, "%s", text);
	line = arena_alloc(&b->arena, sizeof(*line));
	line->text = arena_strdup(&b->arena, clean.msg);
	*b->faults_end = line;
	b->faults_end = &line->next;
	return -1;
}

static int read_at(struct bundle *b, void *p, size_t n, uint64_t at, struct err *e)
{
	size_t have = 0;

	while (have < n) {
		ssize_t got = pread(b->fd, (char *)p + have, n - have, (off_t)(at + have));

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_errno(e, "%s: cannot read", b->file);
		if (got == 0)
			return err_set(e, ERR_INPUT, "%s: cut short", b->file);
		have += (size_t)got;
	}
	return 0;
}

/* Behind a damaged header: the next block that is a header of a bundle's member. 0 when there is none. */
static uint64_t find_again(struct bundle *b, uint64_t at)
{
	enum { MANY = 256 };
	char *blocks = malloc((size_t)MANY * BUNDLE_BLOCK);
	uint64_t found = 0;
	struct header h;

	if (!blocks)
		die("out of memory");
	while (!found && at + BUNDLE_BLOCK <= b->size) {
		uint64_t left = (b->size - at) / BUNDLE_BLOCK;
		size_t n = left < MANY ? (size_t)left : MANY;

		if (read_at(b, blocks, n * BUNDLE_BLOCK, at, NULL))
			break;
		for (size_t i = 0; i < n && !found; i++)
			if (read_header(blocks + i * BUNDLE_BLOCK, &h) && (member_name(h.name) || strcmp(h.name, BUNDLE_MANIFEST) == 0))
				found = at + i * BUNDLE_BLOCK;
		at += n * BUNDLE_BLOCK;
	}
	free(blocks);
	return found;
}

static void add_member(struct bundle *b, const struct header *h, uint64_t content)
{
	struct bundle_member *m;

	if (b->n == b->cap) {
		size_t cap = b->cap ? b->cap * 2 : 256;
		struct bundle_member *at = realloc(b->at, cap * sizeof(*at));

		if (!at)
			die("out of memory");
		b->at = at;
		b->cap = cap;
	}
	m = &b->at[b->n++];
	*m = (struct bundle_member){.name = arena_strdup(&b->arena, h->name), .packed = h->size, .offset = content};
	m->path = m->name;
}

static void breach(struct bundle *b, const char *name, const char *what)
{
	b->breach = true;
	bundle_fail(b, "%s: %s; it was not read", name, what);
}

/* One entry: kept, or a fault. */
static void take(struct bundle *b, const struct header *h, uint64_t content)
{
	if (strcmp(h->name, BUNDLE_MANIFEST) == 0 && h->type == '0') {
		if (b->manifest_at)
			breach(b, h->name, "a second one");
		else
			b->manifest_at = content, b->manifest_bytes = h->size;
	} else if (bundle_hostile_name(h->name)) {
		breach(b, h->name, "the member's name leads outside");
	} else if (!member_name(h->name)) {
		breach(b, h->name, "a member of another name than m/NNNNNN.TYPE");
	} else if (h->type != '0') {
		breach(b, h->name, "no regular file");
	} else if (b->n && bundle_number(h->name) <= bundle_number(b->at[b->n - 1].name)) {
		breach(b, h->name, "a member of that number or of a later one came before");
	} else {
		add_member(b, h, content);
	}
}

static int walk(struct bundle *b, struct err *e)
{
	uint64_t at = 0, entries = 0;
	char block[BUNDLE_BLOCK];
	struct header h;

	while (at + BUNDLE_BLOCK <= b->size) {
		if (read_at(b, block, sizeof(block), at, e))
			return -1;
		if (all_zero(block))
			return 0;
		if (!read_header(block, &h)) {
			bundle_fail(b, "byte %llu: a damaged header; what it was of is lost", (unsigned long long)at);
			at = find_again(b, at + BUNDLE_BLOCK);
			if (!at)
				return 0;
			continue;
		}
		if (++entries > LIMIT_MEMBERS)
			return err_set(e, ERR_INPUT, "%s: more than %u members", b->file, LIMIT_MEMBERS);
		at += BUNDLE_BLOCK;
		if (h.size > b->size - at) {
			bundle_fail(b, "%s: it says %llu bytes, %llu are left of the file: cut short", h.name, (unsigned long long)h.size, (unsigned long long)(b->size - at));
			at = find_again(b, at);
			if (!at)
				return 0;
			continue;
		}
		take(b, &h, at);
		at += (h.size + BUNDLE_BLOCK - 1) / BUNDLE_BLOCK * BUNDLE_BLOCK;
	}
	return 0;
}

int bundle_open(struct bundle **out, const char *path, struct err *e)
{
	struct bundle *b = calloc(1, sizeof(*b));
	struct stat st;

	if (!b)
		die("out of memory");
	b->file = path;
	b->faults_end = &b->faults;
	b->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (b->fd < 0 || fstat(b->fd, &st)) {
		err_errno(e, "%s: cannot open", path);
		if (e && (errno == ENOENT || errno == EACCES || errno == ENOTDIR))
			e->kind = ERR_INPUT;
	} else if (!S_ISREG(st.st_mode)) {
		err_set(e, ERR_INPUT, "%s: not a regular file", path);
	} else {
		b->size = (uint64_t)st.st_size;
		if (walk(b, e) == 0) {
			bundle_manifest_read(b);
			*out = b;
			return 0;
		}
	}
	bundle_close(b);
	return -1;
}

void bundle_close(struct bundle *b)
{
	if (!b)
		return;
	if (b->fd >= 0)
		close(b->fd);
	free(b->at);
	arena_fini(&b->arena);
	free(b);
}

size_t bundle_count(const struct bundle *b)
{
	return b->n;
}

const struct bundle_member *bundle_at(const struct bundle *b, size_t i)
{
	return &b->at[i];
}

const struct json *bundle_manifest(const struct bundle *b)
{
	return b->predicate;
}

const char *bundle_why(const struct bundle *b)
{
	return b->why.msg;
}

const char *bundle_fault(const struct bundle *b, size_t i)
{
	const struct bundle_line *line = b->faults;

	while (line && i--)
		line = line->next;
	return line ? line->text : NULL;
}

enum bundle_trust bundle_trust(const struct bundle *b)
{
	return b->predicate && !b->missing && !b->faults_n ? BUNDLE_UNSIGNED : BUNDLE_INCOMPLETE;
}

/* ---- content */

struct section {
	struct bundle *b;
	uint64_t at, left;
};

static ssize_t section_read(struct source *s, void *p, size_t n, struct err *e)
{
	struct section *c = s->ctx;

	if (n > c->left)
		n = (size_t)c->left;
	if (!n)
		return 0;
	if (read_at(c->b, p, n, c->at, e))
		return -1;
	c->at += n;
	c->left -= n;
	return (ssize_t)n;
}

int bundle_slurp(struct bundle *b, uint64_t at, uint64_t n, struct buf *out, struct err *e)
{
	if (n > LIMIT_DOCUMENT_BYTES)
		return err_set(e, ERR_INPUT, "%s: %llu bytes at once", b->file, (unsigned long long)n);
	if (read_at(b, buf_room(out, (size_t)n), (size_t)n, at, e))
		return -1;
	out->n += (size_t)n;
	out->p[out->n] = 0;
	return 0;
}

struct content {
	struct bundle *b;
	size_t i;
	struct section section;
	struct source packed, plain;
	uint64_t given;
	bool checked;
};

static void begin(struct content *c)
{
	const struct bundle_member *m = &c->b->at[c->i];
	size_t n = strlen(m->name);

	c->section = (struct section){c->b, m->offset, m->packed};
	c->packed = (struct source){.read = section_read, .ctx = &c->section, .name = m->path};
	if (n > 4 && strcmp(m->name + n - 4, ".zst") == 0)
		source_unpack(&c->plain, &c->packed);
	else
		c->plain = (struct source){.read = section_read, .ctx = &c->section, .name = m->path};
}

int bundle_check(struct bundle *b, size_t i, struct err *e)
{
	const struct bundle_member *m = &b->at[i];
	struct content c = {.b = b, .i = i};
	char chunk[65536], sum[HASH_HEX];
	struct hash h;
	ssize_t got;

	if (m->err.kind)
		return err_set(e, m->err.kind, "%s", m->err.msg);
	begin(&c);
	hash_init(&h);
	c.plain.sum = &h;
	while ((got = source_read(&c.plain, chunk, sizeof(chunk), e)) > 0)
		if (c.plain.offset > LIMIT_MEMBER_BYTES || (m->entry && c.plain.offset > m->bytes))
			break;
	hash_hex(&h, sum);
	if (got >= 0 && m->entry && (got > 0 || c.plain.offset != m->bytes || strcmp(sum, m->sha256) != 0))
		got = err_set(e, ERR_INPUT, "%s: it is not what the manifest says (size or SHA-256): damaged or changed; it was not read", m->path);
	else if (got > 0)
		got = err_set(e, ERR_INPUT, "%s: more than %llu bytes", m->path, LIMIT_MEMBER_BYTES);
	source_close(&c.plain);
	return got < 0 ? -1 : 0;
}

static ssize_t content_read(struct source *s, void *p, size_t n, struct err *e)
{
	struct content *c = s->ctx;
	ssize_t got;

	if (!c->checked && bundle_check(c->b, c->i, e))
		return -1;
	c->checked = true;
	got = source_read(&c->plain, p, n, e);
	if (got > 0 && (c->given += (uint64_t)got) > LIMIT_MEMBER_BYTES)
		return err_set(e, ERR_INPUT, "%s: more than %llu bytes", s->name, LIMIT_MEMBER_BYTES);
	return got;
}

static void content_close(struct source *s)
{
	struct content *c = s->ctx;

	source_close(&c->plain);
	free(c);
}

void bundle_content(struct bundle *b, size_t i, struct source *out)
{
	struct content *c = calloc(1, sizeof(*c));

	if (!c)
		die("out of memory");
	c->b = b;
	c->i = i;
	begin(c);
	*out = (struct source){.read = content_read, .close = content_close, .ctx = c, .name = b->at[i].path};
}

enum bundle_trust bundle_verify(struct bundle *b, bundle_bad *bad, void *ctx)
{
	bool refused = b->breach || (b->manifest_at && !b->predicate);

	for (const struct bundle_line *line = b->faults; line; line = line->next)
		bad(ctx, line->text);
	if (!b->predicate)
		bad(ctx, b->why.msg);
	for (size_t i = 0; i < b->n; i++) {
		struct err why = {0};

		if (bundle_check(b, i, &why) == 0)
			continue;
		bad(ctx, why.msg);
		refused |= b->predicate != NULL;
	}
	return refused ? BUNDLE_REFUSED : bundle_trust(b);
}
