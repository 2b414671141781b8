// SPDX-License-Identifier: Apache-2.0
// gzip and zstd streams as plain bytes, in bounded memory. Archives inside them are tar.c's and archive.c's.
#include "unpack.h"

#include "limits.h"

#include <isa-l/igzip_lib.h>
#include <zstd.h>

enum { CHUNK = 128 * 1024 };
enum kind { UNKNOWN, NONE, GZIP, ZSTD };

struct unpack {
	struct source *in;
	enum kind kind;
	struct inflate_state z; /* ISA-L: half the time of zlib on gzip layers */
	ZSTD_DStream *zstd;
	unsigned char *packed; /* CHUNK bytes, `left` of them from `at` not yet used */
	size_t at, left;
	struct buf head;	/* what was peeked at, `given` bytes of it read since */
	size_t given;
	uint64_t taken, made;	/* packed bytes read, plain bytes made */
	bool ended, frame_open;
};

/* Fills the packed buffer: bytes in it, 0 at the end, -1. */
static ssize_t refill(struct unpack *u, struct err *e)
{
	ssize_t got;

	if (u->left > 0)
		return (ssize_t)u->left;
	got = source_read(u->in, u->packed, CHUNK, e);
	if (got < 0)
		return -1;
	u->at = 0;
	u->left = (size_t)got;
	u->taken += (uint64_t)got;
	return got;
}

/* At least four bytes tell what it is; a short file is plain. */
static int detect(struct unpack *u, struct err *e)
{
	const unsigned char *p = u->packed;

	while (u->left < 4) {
		ssize_t got = source_read(u->in, u->packed + u->left, CHUNK - u->left, e);

		if (got < 0)
			return -1;
		if (got == 0)
			break;
		u->left += (size_t)got;
		u->taken += (uint64_t)got;
	}
	u->kind = NONE;
	if (u->left >= 4 && p[0] == 0x1f && p[1] == 0x8b && p[2] == 8) {
		isal_inflate_init(&u->z);
		u->z.crc_flag = ISAL_GZIP;
		u->kind = GZIP;
	} else if (u->left >= 4 && ((p[0] == 0x28 && p[1] == 0xb5 && p[2] == 0x2f && p[3] == 0xfd) ||
				    ((p[0] & 0xf0) == 0x50 && p[1] == 0x2a && p[2] == 0x4d && p[3] == 0x18))) { /* a frame, or one to be skipped */
		u->zstd = ZSTD_createDStream();
		if (!u->zstd)
			die("out of memory");
		ZSTD_DCtx_setParameter(u->zstd, ZSTD_d_windowLogMax, 27); /* 128 MiB: what zstd --long makes at most */
		u->kind = ZSTD;
	}
	return 0;
}

static ssize_t read_plain(struct unpack *u, void *p, size_t n, struct err *e)
{
	if (u->left == 0)
		return source_read(u->in, p, n, e);
	if (n > u->left)
		n = u->left;
	memcpy(p, u->packed + u->at, n);
	u->at += n;
	u->left -= n;
	return (ssize_t)n;
}

static int bad(struct source *s, struct unpack *u, const char *what, struct err *e)
{
	return err_set(e, ERR_INPUT, "%s: %s data at packed byte %llu: %s", s->name ? s->name : "stream",
		       u->kind == GZIP ? "gzip" : "zstd", (unsigned long long)(u->taken - u->left), what);
}

/* After a gzip member: another one, or the end (padding behind it does not count). */
static int next_member(struct unpack *u, struct err *e)
{
	ssize_t got = refill(u, e);

	if (got < 0)
		return -1;
	if (got == 0 || u->packed[u->at] != 0x1f) {
		u->ended = true;
		return 0;
	}
	isal_inflate_reset(&u->z);
	u->z.crc_flag = ISAL_GZIP;
	return 0;
}

static const char *gzip_error(int code)
{
	switch (code) {
	case ISAL_INCORRECT_CHECKSUM:
		return "wrong checksum";
	case ISAL_INVALID_LOOKBACK:
		return "invalid distance too far back";
	case ISAL_INVALID_WRAPPER:
		return "invalid header";
	default:
		return "damaged";
	}
}

static ssize_t read_gzip(struct source *s, struct unpack *u, void *p, size_t n, struct err *e)
{
	size_t want = n > CHUNK ? CHUNK : n;

	u->z.next_out = p;
	u->z.avail_out = (uint32_t)want;
	while (u->z.avail_out == want && !u->ended) {
		ssize_t got = refill(u, e);

		/* The last bytes may be held inside of the inflater. */
		if (got < 0)
			return -1;
		u->z.next_in = u->packed + u->at;
		u->z.avail_in = (uint32_t)u->left;

		int r = isal_inflate(&u->z);

		u->at += u->left - u->z.avail_in;
		u->left = u->z.avail_in;
		if (r != ISAL_DECOMP_OK && r != ISAL_END_INPUT)
			return bad(s, u, gzip_error(r), e);
		if (u->z.block_state == ISAL_BLOCK_FINISH) {
			if (next_member(u, e))
				return -1;
		} else if (got == 0 && u->z.avail_out == want) {
			return bad(s, u, "cut short", e);
		}
	}
	return (ssize_t)(want - u->z.avail_out);
}

static ssize_t read_zstd(struct source *s, struct unpack *u, void *p, size_t n, struct err *e)
{
	ZSTD_outBuffer out = {p, n, 0};

	while (out.pos == 0) {
		ssize_t got = refill(u, e);

		if (got < 0)
			return -1;
		if (got == 0)
			return u->frame_open ? bad(s, u, "cut short", e) : 0;

		ZSTD_inBuffer in = {u->packed, u->at + u->left, u->at};
		size_t r = ZSTD_decompressStream(u->zstd, &out, &in);

		if (ZSTD_isError(r))
			return bad(s, u, ZSTD_getErrorName(r), e);
		u->frame_open = r != 0;
		u->left -= in.pos - u->at;
		u->at = in.pos;
	}
	return (ssize_t)out.pos;
}

static ssize_t read_fresh(struct source *s, void *p, size_t n, struct err *e)
{
	struct unpack *u = s->ctx;
	ssize_t got;

	if (u->kind == UNKNOWN && detect(u, e))
		return -1;
	got = u->kind == NONE ? read_plain(u, p, n, e) : u->kind == GZIP ? read_gzip(s, u, p, n, e) : read_zstd(s, u, p, n, e);
	if (got > 0)
		u->made += (uint64_t)got;
	if (u->made > LIMIT_RATIO_FLOOR_BYTES && u->made / LIMIT_RATIO > u->taken && u->kind != NONE)
		return bad(s, u, "it grows more than a thousandfold: taken for a bomb", e);
	return got;
}

static ssize_t unpack_read(struct source *s, void *p, size_t n, struct err *e)
{
	struct unpack *u = s->ctx;
	size_t left = u->head.n - u->given;

	if (left == 0)
		return read_fresh(s, p, n, e);
	if (n > left)
		n = left;
	memcpy(p, u->head.p + u->given, n);
	u->given += n;
	return (ssize_t)n;
}

static void unpack_close(struct source *s)
{
	struct unpack *u = s->ctx;

	ZSTD_freeDStream(u->zstd);
	buf_fini(&u->head);
	free(u->packed);
	free(u);
}

void source_unpack(struct source *out, struct source *in)
{
	struct unpack *u = calloc(1, sizeof(*u));

	if (!u || !(u->packed = malloc(CHUNK)))
		die("out of memory");
	u->in = in;
	*out = (struct source){.read = unpack_read, .close = unpack_close, .ctx = u, .name = in->name};
}

ssize_t unpack_peek(struct source *s, const char **head, size_t n, struct err *e)
{
	struct unpack *u = s->ctx;

	while (u->head.n - u->given < n) {
		ssize_t got = read_fresh(s, buf_room(&u->head, n), n, e);

		if (got < 0)
			return -1;
		if (got == 0)
			break;
		u->head.n += (size_t)got;
	}
	*head = u->head.p ? u->head.p + u->given : "";
	return (ssize_t)(u->head.n - u->given < n ? u->head.n - u->given : n);
}

const char *unpack_kind(const struct source *s)
{
	const struct unpack *u = s->ctx;

	return u->kind == GZIP ? "gzip" : u->kind == ZSTD ? "zstd" : "none";
}

int unpack_drain(struct source *s, struct err *e)
{
	struct unpack *u = s->ctx;
	ssize_t got;

	u->left = 0;
	while ((got = source_read(u->in, u->packed, CHUNK, e)) > 0)
		;
	return got < 0 ? -1 : 0;
}
