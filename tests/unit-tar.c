// SPDX-License-Identifier: Apache-2.0
// Tar streams and packed streams, made here byte by byte.
#include "common/hash.h"
#include "common/image-head.h"
#include "common/peek.h"
#include "common/tar.h"
#include "common/unpack.h"
#include "test.h"

#include <zlib.h>
#include <zstd.h>

/* A ustar header as POSIX.1-2017 (pax, "ustar Header Block") lays it out. */
static void add_header(struct buf *b, const char *name, char type, size_t size, const char *link)
{
	char h[513] = {0};
	unsigned sum = 0;

	snprintf(h, 100, "%s", name);
	snprintf(h + 100, 8, "%07o", 04755u);
	snprintf(h + 108, 8, "%07o", 0u);
	snprintf(h + 116, 8, "%07o", 0u);
	snprintf(h + 124, 12, "%011zo", size);
	snprintf(h + 136, 12, "%011o", 0u);
	memset(h + 148, ' ', 8);
	h[156] = type;
	snprintf(h + 157, 100, "%s", link);
	memcpy(h + 257, "ustar\00000", 8);
	for (int i = 0; i < 512; i++)
		sum += (unsigned char)h[i];
	snprintf(h + 148, 8, "%06o", sum & 0777777);
	buf_add(b, h, 512);
}

static void add_content(struct buf *b, const char *text, size_t n)
{
	static const char zeros[512];

	buf_add(b, text, n);
	if (n % 512)
		buf_add(b, zeros, 512 - n % 512);
}

static void add_file(struct buf *b, const char *name, const char *text)
{
	add_header(b, name, '0', strlen(text), "");
	add_content(b, text, strlen(text));
}

/* All entries as "type name size link;" and the error that ended it. */
static void list(struct span bytes, struct buf *out, struct err *e)
{
	struct source s;
	struct tar_entry t;
	struct tar *tar;

	source_from_span(&s, bytes, "t");
	tar = tar_open(&s);
	while (tar_next(tar, &t, e) == 1)
		buf_printf(out, "%c %s %llu %s;", t.type, t.name, (unsigned long long)t.size, t.link);
	tar_close(tar);
	source_close(&s);
}

static void entries(void)
{
	auto_buf b = BUF_INIT, out = BUF_INIT;
	struct err e = {0};
	const char pax[] = "30 path=long/pax/name/in/here\n19 linkpath=target\n9 size=3\n", longname[] = "gnu/long/name";

	add_file(&b, "a.txt", "hello");
	add_header(&b, "d/", '5', 0, "");
	add_header(&b, "l", '2', 0, "../t");
	add_header(&b, "h", '1', 0, "a.txt");
	add_header(&b, "x", 'x', strlen(pax), "");
	add_content(&b, pax, strlen(pax));
	add_header(&b, "short", '0', 0, "");
	add_content(&b, "abc", 3);
	add_header(&b, "././@LongLink", 'L', sizeof(longname), "");
	add_content(&b, longname, sizeof(longname));
	add_file(&b, "cut", "xy");
	add_header(&b, "dev", '3', 0, "");
	list(buf_span(&b), &out, &e);
	CHECK_STR(buf_str(&out), "f a.txt 5 ;d d/ 0 ;l l 0 ../t;h h 0 a.txt;f long/pax/name/in/here 3 target;f gnu/long/name 2 ;o dev 0 ;");
	CHECK_INT(e.kind, ERR_NONE); /* a missing end mark is no fault: docker and others leave it out */
}

static void content(void)
{
	auto_buf b = BUF_INIT, text = BUF_INIT;
	struct err e = {0};
	struct source s, c;
	struct tar_entry t;

	add_file(&b, "a", "first");
	add_file(&b, "b", "second");
	source_from_span(&s, buf_span(&b), "t");

	struct tar *tar = tar_open(&s);

	CHECK_INT(tar_next(tar, &t, &e), 1); /* not read: skipped */
	CHECK_INT(tar_next(tar, &t, &e), 1);
	CHECK_INT(t.mode, 04755);
	tar_content(tar, &c);
	CHECK_INT(source_slurp(&c, &text, 100, &e), 0);
	CHECK_STR(buf_str(&text), "second");
	CHECK_INT(tar_next(tar, &t, &e), 0);
	tar_close(tar);
	source_close(&s);
}

static void damaged(void)
{
	auto_buf b = BUF_INIT, out = BUF_INIT;
	struct err e = {0};

	add_file(&b, "good", "x");
	add_header(&b, "lies", '0', 1000000, "");
	buf_add(&b, "only this", 9);
	list(buf_span(&b), &out, &e);
	CHECK_STR(buf_str(&out), "f good 1 ;f lies 1000000 ;");
	CHECK(strstr(e.msg, "cut short") != NULL);
	buf_reset(&out);
	e = (struct err){0};
	b.p[1024 + 148] = '7'; /* the checksum */
	list(buf_span(&b), &out, &e);
	CHECK_STR(buf_str(&out), "f good 1 ;");
	CHECK(strstr(e.msg, "not a tar header") != NULL);
	buf_reset(&out);
	e = (struct err){0};
	list(SPAN("no tar at all"), &out, &e);
	CHECK_INT(out.n, 0);
	CHECK_INT(e.kind, ERR_INPUT);
	e = (struct err){0};
	list(SPAN(""), &out, &e);
	CHECK_INT(e.kind, ERR_NONE);
}

static void gzip(struct buf *out, const char *text, size_t n)
{
	z_stream z = {0};

	CHECK_INT(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY), Z_OK);
	z.next_in = (Bytef *)(uintptr_t)text;
	z.avail_in = (uInt)n;
	z.next_out = (Bytef *)buf_room(out, n + 1024);
	z.avail_out = (uInt)(n + 1024);
	CHECK_INT(deflate(&z, Z_FINISH), Z_STREAM_END);
	out->n += z.total_out;
	deflateEnd(&z);
}

static int unpacked(struct span bytes, struct buf *out, const char **kind, struct err *e)
{
	struct source s, plain;
	int r;

	source_from_span(&s, bytes, "t");
	source_unpack(&plain, &s);
	r = source_slurp(&plain, out, 1 << 20, e);
	*kind = unpack_kind(&plain);
	source_close(&plain);
	source_close(&s);
	return r;
}

static void packed(void)
{
	auto_buf b = BUF_INIT, out = BUF_INIT;
	struct err e = {0};
	const char *kind;

	gzip(&b, "one,", 4);
	gzip(&b, "two", 3);
	CHECK_INT(unpacked(buf_span(&b), &out, &kind, &e), 0);
	CHECK_STR(buf_str(&out), "one,two"); /* members one behind the other */
	CHECK_STR(kind, "gzip");
	buf_reset(&out);
	CHECK_INT(unpacked((struct span){b.p, b.n - 5}, &out, &kind, &e), -1);
	CHECK(strstr(e.msg, "cut short") != NULL);
	buf_reset(&out);
	buf_reset(&b);
	b.n = ZSTD_compress(buf_room(&b, 1000), 1000, "frame one,", 10, 3);
	b.n += ZSTD_compress(buf_room(&b, 1000), 1000, "frame two", 9, 3);
	CHECK_INT(unpacked(buf_span(&b), &out, &kind, &e), 0);
	CHECK_STR(buf_str(&out), "frame one,frame two");
	CHECK_STR(kind, "zstd");
	buf_reset(&out);
	e = (struct err){0};
	CHECK_INT(unpacked((struct span){b.p, b.n - 5}, &out, &kind, &e), -1);
	buf_reset(&out);
	CHECK_INT(unpacked(SPAN("abc"), &out, &kind, &e), 0);
	CHECK_STR(buf_str(&out), "abc");
	CHECK_STR(kind, "none");
}

static void heads(void)
{
	auto_buf b = BUF_INIT, z = BUF_INIT;
	struct peeked k;
	struct source s;
	struct err e = {0};

	add_header(&b, "./", '5', 0, "");
	add_file(&b, "./oci-layout", "{}");
	CHECK(image_head(buf_span(&b)));
	gzip(&z, b.p, b.n);
	CHECK(image_head(buf_span(&z)));
	buf_reset(&b);
	add_file(&b, "m/000001.json.zst", "x");
	add_file(&b, "manifest.json", "{}");
	CHECK(!image_head(buf_span(&b)));
	CHECK(!image_head(SPAN("{}")));
	source_from_span(&s, SPAN("peek at me"), "t");
	CHECK_INT(source_peek(&k, &s, &e), 0);
	CHECK_SPAN(k.head, "peek at me");
	buf_reset(&b);
	CHECK_INT(source_slurp(&k.source, &b, 100, &e), 0);
	CHECK_STR(buf_str(&b), "peek at me");
	source_close(&s);
}

int main(void)
{
	TEST(entries);
	TEST(content);
	TEST(damaged);
	TEST(packed);
	TEST(heads);
	return test_end();
}
