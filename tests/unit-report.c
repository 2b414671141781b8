// SPDX-License-Identifier: Apache-2.0
// Lines, values, themes, templates and pages of the documents. Every glyph of the mono face is 600 wide: widths are worked out by hand.
#include "test.h"
#include "common/arena.h"
#include "common/embed.h"
#include "report/chart-shape.h"
#include "report/expand.h"
#include "report/layout.h"
#include "report/png.h"

static struct fonts fonts;
static struct theme theme;
static struct arena arena;

static struct text mono(const char *s)
{
	struct words w = {.fonts = &fonts, .arena = &arena};

	words_add(&w, span_of(s), (struct look){.face = FACE_MONO, .lines = true});
	return words_end(&w);
}

/* The lines of a mono text at 10 points (6 each glyph) in a room of `room` glyphs, joined by |. */
static struct span broken(const char *s, int room, size_t most)
{
	struct text t = mono(s);
	struct line *lines;
	bool cut;
	size_t n = text_break(&t, 10, 6 * (float)room, most, &arena, &lines, &cut);
	struct buf b = BUF_INIT;
	struct span out;

	for (size_t i = 0; i < n; i++) {
		buf_add_str(&b, i ? "|" : "");
		for (size_t k = lines[i].start; k < lines[i].end; k++)
			buf_add_char(&b, (char)t.at[k].cp);
		CHECK(lines[i].width <= 6 * (float)room + 0.1f);
	}
	buf_add_str(&b, cut ? "..." : "");
	out = (struct span){arena_strndup(&arena, b.p ? b.p : "", b.n), b.n};
	buf_fini(&b);
	return out;
}

static void lines(void)
{
	CHECK_SPAN(broken("aaaa bbbb cccc", 10, 0), "aaaa bbbb|cccc");
	CHECK_SPAN(broken("aaaa  bbbb", 4, 0), "aaaa|bbbb");
	CHECK_SPAN(broken("0123456789abcdef", 5, 0), "01234|56789|abcde|f");
	CHECK_SPAN(broken("registry.example/team/app", 17, 0), "registry.example/|team/app");
	CHECK_SPAN(broken("version 1.25.3 is old", 11, 0), "version|1.25.3 is|old");
	CHECK_SPAN(broken("one\ntwo\n\nthree", 20, 0), "one|two||three");
	CHECK_SPAN(broken("aaaa bbbb cccc dddd", 4, 2), "aaaa|bbbb...");
	CHECK_SPAN(broken("", 10, 0), "");
	/* A last line of one short word takes a companion. */
	CHECK_SPAN(broken("aaaa bbbb cccc dddd eeee ffff gggg hhhh iiii j", 44, 0), "aaaa bbbb cccc dddd eeee ffff gggg hhhh|iiii j");
}

static void glyphs(void)
{
	struct text t = mono("a\xe2\x80\xae\xf0\x9f\x98\x80\xff");

	CHECK_INT(t.n, 4);
	CHECK_INT(t.at[0].advance, 600);
	CHECK_INT(t.at[1].kind, GLYPH_BOX); /* U+202E would turn the rest around */
	CHECK_INT(t.at[1].advance, (4 + 2) * 360 + 200);
	CHECK_INT(t.at[2].kind, GLYPH_BOX); /* no face has U+1F600 */
	CHECK_INT(t.at[2].advance, (5 + 2) * 360 + 200);
	CHECK_INT(t.at[3].cp, 0xfffd);
	t = mono("\xd7\x90");
	CHECK_INT(t.at[0].face, FACE_HEBREW);
	CHECK(text_whole(&t, 10) > 0);
	t = mono("one two/three");
	CHECK(text_least(&t, 10) == 30); /* "three"; "two/" is 24 */
	CHECK(text_whole(&t, 10) == 78);
}

static struct span printed(const char *expr, struct value v)
{
	struct buf b = BUF_INIT;
	struct err e = {0};
	struct span out;
	struct expr x;

	CHECK_INT(expr_read(&x, span_of(expr), &e), 0);
	expr_print(&b, &x, &v);
	out = (struct span){arena_strndup(&arena, b.p ? b.p : "", b.n), b.n};
	buf_fini(&b);
	return out;
}

static void values(void)
{
	struct value null = {.type = VALUE_NULL}, empty = {.type = VALUE_TEXT, .text = SPAN("")};
	struct err e = {0};
	struct expr x;

#define INT(n) ((struct value){.type = VALUE_INT, .i = (n)})
#define REAL(n) ((struct value){.type = VALUE_REAL, .d = (n)})
	CHECK_SPAN(printed("n", INT(999)), "999");
	CHECK_SPAN(printed("n", INT(9999)), "9,999");
	CHECK_SPAN(printed("n", INT(10000)), "10,000");
	CHECK_SPAN(printed("n", INT(-1234567)), "-1,234,567");
	CHECK_SPAN(printed("n", INT(INT64_MIN)), "-9,223,372,036,854,775,808");
	CHECK_SPAN(printed("n", REAL(12345.67)), "12,345.7");
	CHECK_SPAN(printed("n", REAL(-0.01)), "0.0");
	CHECK_SPAN(printed("n", null), "–");
	CHECK_SPAN(printed("n | plural gap gaps", INT(1)), "1 gap");
	CHECK_SPAN(printed("n \\| plural gap gaps", INT(0)), "0 gaps");
	CHECK_SPAN(printed("n | percent", REAL(0.62)), "62 %");
	CHECK_SPAN(printed("n | date", INT(1795539600)), "24 November 2026");
	CHECK_SPAN(printed("? n", INT(1)), "");
	CHECK(!value_true(&null) && !value_true(&empty) && value_true(&INT(1)) && !value_true(&REAL(0)));
	CHECK_INT(expr_read(&x, SPAN(" n | upper "), &e), -1);
	CHECK_INT(expr_read(&x, SPAN(" n; DROP "), &e), -1);
	CHECK_INT(expr_read(&x, SPAN(" n | plural gap "), &e), -1);
	CHECK_INT(expr_read(&x, SPAN(""), &e), -1);
}

static void themes(void)
{
	struct theme t = theme;
	struct err e = {0};

	for (int i = 0; i < TINTS; i++)
		CHECK(i == TINT_LINE || colour_contrast(theme.tint[i], 0xffffff) >= 4.5f);
	/* WCAG 2.1's own examples: black on white is 21, #777777 on white is 4.48 */
	CHECK(colour_contrast(0x000000, 0xffffff) > 20.99f && colour_contrast(0x777777, 0xffffff) < 4.5f);
	CHECK_INT(theme_read(&t, &arena, "t", SPAN("colours: {ink: \"#777777\"}\n"), NULL, &e), -1);
	CHECK_STR(e.msg, "t: colour ink: #777777 has a contrast of 4.5 on white, 4.5 is the least");
	CHECK_INT(theme_read(&t, &arena, "t", SPAN("sizes: {text: 200}\n"), NULL, &e), -1);
	CHECK_INT(theme_read(&t, &arena, "t", SPAN("logo: ../../etc/passwd\n"), ".", &e), -1);
	CHECK_INT(theme_read(&t, &arena, "t", SPAN("fonts: x\n"), NULL, &e), -1);
	CHECK_INT(theme_read(&t, &arena, "t", SPAN("firm: Us\nsizes: {text: 10}\n"), NULL, &e), 0);
	CHECK(t.size.text == 10 && span_eq(t.firm, "Us"));
}

/* Sets a template on an empty database; the number of pages, or -1 with the error. */
static int pages(const char *text, struct layout *l, struct document *d, struct err *e)
{
	struct template *t = arena_alloc(&arena, sizeof(*t));
	auto_db db = {0};

	*d = (struct document){.arena = &arena, .fonts = &fonts, .theme = &theme, .width = 595, .height = 842};
	if (db_create(&db, NULL, DB_APPLICATION_ID, e) || template_read(t, &arena, "t.md", span_of(text), e) || document_expand(d, t, &db, e))
		return -1;
	layout_set(l, d);
	return (int)l->pages;
}

#define NUMBERS(n) "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < " #n ") SELECT x AS \"No.\" FROM c"

static void contract(void)
{
	struct document d;
	struct err e = {0};

	{
		auto_layout l = {0};
		CHECK(pages("---\ntitle: T\npages: 1-2\n---\n# A\n```table\n" NUMBERS(400) "\n```\n", &l, &d, &e) <= 2);
		CHECK(d.groups[0]->keep > 20 && d.groups[0]->keep < 400 && d.groups[0]->total == 400 && !l.warning.kind);
	}
	{
		auto_layout l = {0};
		CHECK(pages("---\ntitle: T\npages: 1-2\n---\n# A {priority=1}\n```table\n" NUMBERS(400) "\n```\n", &l, &d, &e) > 2);
		CHECK_INT(d.groups[0]->keep, 400); /* priority 1 keeps all; that is told */
		CHECK(l.warning.kind);
	}
	{
		auto_layout l = {0};
		CHECK_INT(pages("---\ntitle: T\npages: 2-3\n---\n# A\na\n# B {fill page}\nb\n# C {fill page}\nc\n", &l, &d, &e), 2);
		CHECK(l.fill_on[1] && !l.fill_on[2]); /* the second is not needed */
	}
	{
		auto_layout l = {0};
		CHECK_INT(pages("---\ntitle: T\npages: 1-1\n---\n# A\na\n# B {detail page}\nb\n", &l, &d, &e), 1);
		CHECK(d.details[0].hidden);
	}
}

/* Chapters with a number of pages of their own. */
static void chapters(void)
{
	struct document d;
	struct err e = {0};

	{ /* each fills its pages, whatever the others hold */
		auto_layout l = {0};
		CHECK_INT(pages("---\ntitle: T\npages: 1-9\n---\n# A {pages=1}\n```table\n" NUMBERS(400) "\n```\n# B {pages=2}\n```table\n" NUMBERS(400) "\n```\n", &l, &d, &e), 3);
		CHECK(d.groups[0]->keep > 30 && d.groups[0]->keep < 60 && d.groups[1]->keep > 70 && !l.warning.kind);
	}
	{ /* rows go to the higher priority; what does not fit at all is left out from the lowest on, and nothing is said of it */
		auto_layout l = {0};
		CHECK_INT(pages("---\ntitle: T\npages: 1-9\n---\n# A {pages=1}\n```table priority=2\n" NUMBERS(400) "\n```\n```table priority=4\n" NUMBERS(400) "\n```\n", &l, &d, &e), 1);
		CHECK(d.groups[0]->keep > d.groups[1]->keep && d.groups[1]->keep >= 3);
	}
	{
		auto_layout l = {0};
		CHECK_INT(pages("---\ntitle: T\npages: 1-9\n---\n# A {pages=1}\n```table priority=1\n" NUMBERS(49) "\n```\n```table priority=5\n" NUMBERS(400) "\n```\n", &l, &d, &e), 1);
		CHECK(d.groups[0]->keep == 49 && d.groups[1]->keep == 0);
	}
	{ /* fill sections stand where room is, and never add a page */
		auto_layout l = {0};
		CHECK_INT(pages("---\ntitle: T\npages: 1-9\n---\n# A {pages=1}\na\n## F {fill}\n```table\n" NUMBERS(400) "\n```\n# B {pages=1}\n```table\n" NUMBERS(400)
				"\n```\n## G {fill}\ng\n", &l, &d, &e), 2);
		CHECK(l.fill_on[1] && d.groups[0]->keep > 20 && !l.fill_on[2]);
	}
	{ /* `quiet` says nothing of the rest */
		auto_layout l = {0};
		CHECK_INT(pages("---\ntitle: T\n---\n# A\n```each top=1 quiet\nSELECT 1 AS x UNION ALL SELECT 2\n---\n{{ x }}\n```\n", &l, &d, &e), 1);
		CHECK(d.groups[0]->quiet && d.groups[0]->total == 2);
	}
	CHECK(pages("---\ntitle: T\n---\n# A {pages=0}\na\n", &(struct layout){0}, &d, &e) == -1 && strstr(e.msg, "'pages=0' is no attribute of a heading"));
}

/* Notes go with the slide that they stand on. */
static void notes(void)
{
	auto_layout l = {0};
	struct document d;
	struct err e = {0};

	CHECK_INT(pages("---\ntitle: T\nslides: 1-3\npaper: 16:9\nvalues:\n  n: SELECT 7\n---\n# One\na\n# Two\nb\n```notes\nSay {{ n }}.\n```\n", &l, &d, &e), 2);
	CHECK_INT(d.speech_count, 1);
	CHECK_SPAN(d.blocks[d.speeches[0].heading].plain, "Two");
	CHECK_SPAN(d.speeches[0].text, "Say 7.");
}

/* What of the blocks is shown, as letters. */
static struct span shown(const char *body)
{
	static const char letters[] = "HTCBGMOPSCNE";
	struct buf b = BUF_INIT, text = BUF_INIT;
	struct document d;
	struct err e = {0};
	auto_layout l = {0};
	struct span out;

	buf_printf(&text, "---\ntitle: T\nvalues:\n  yes: SELECT 1\n  no: SELECT 0\n  hostile: SELECT '**x** <b> [a](http://b)'\n---\n%s", body);
	CHECK(pages(arena_strdup(&arena, buf_str(&text)), &l, &d, &e) > 0);
	if (e.kind)
		printf("%s\n", e.msg);
	for (size_t i = 0; i < d.n; i++)
		if (l.shown[i])
			buf_add_char(&b, letters[d.blocks[i].kind]);
	out = (struct span){arena_strndup(&arena, b.p ? b.p : "", b.n), b.n};
	buf_fini(&b);
	buf_fini(&text);
	return out;
}

static void conditions(void)
{
	CHECK_SPAN(shown("# A\n{{? yes }} a\n\n{{? no }} b\n"), "HT");
	CHECK_SPAN(shown("# A\n{{! yes }} a\n"), "");
	CHECK_SPAN(shown("# A {{? no }}\na\n\n## B\nb\n# C\nc\n"), "HT");
	CHECK_SPAN(shown("# A\n## B\n## C\nc\n"), "HHT");
	CHECK_SPAN(shown("- {{? no }} a\n- b\n"), "T");
	CHECK_SPAN(shown("```if\nSELECT 1\n---\na\n---\nb\n\nc\n```\n"), "T");
	CHECK_SPAN(shown("```if\nSELECT 0\n---\na\n---\nb\n\nc\n```\n"), "TT");
	CHECK_SPAN(shown("````each\nSELECT 1 AS n UNION SELECT 2\n---\n{{ n }}\n```table\nSELECT :n\n```\n````\n"), "TBTBM");
	CHECK_SPAN(shown("```table\nSELECT 1 WHERE 0\n```\n```table empty=none\nSELECT 1 WHERE 0\n```\n"), "T");
	CHECK_SPAN(shown("- a\n[[columns 1,1]]\na\n[[next]]\nb\n[[end]]\n"), "TCTNTE");
	CHECK_SPAN(shown("{{ hostile }}\n"), "T");
}

static void refused(const char *text, const char *message)
{
	struct document d;
	struct err e = {0};
	auto_layout l = {0};

	CHECK_INT(pages(text, &l, &d, &e), -1);
	if (message)
		CHECK_STR(e.msg, message);
}

#define FRONT "---\ntitle: T\n---\n"
static void errors(void)
{
	refused("# A\n", "t.md:1: a template begins with --- and its front matter");
	refused("---\ntitel: T\n---\n", "t.md: 'titel' in the front matter is not known, or not of this form");
	refused(FRONT "a\n\n{{ b }}\n", "t.md:6: no value is named 'b'");
	refused(FRONT "\n{{ b\n", "t.md:5: '{{' without '}}' on its line");
	refused(FRONT "a\n```table\nSELECT x\n```\n", "t.md:5: table: no such column: x");
	refused(FRONT "a\n```table\nSELECT :x\n```\n", "t.md:5: table: no value is named :x");
	refused(FRONT "```table\nDELETE FROM t\n```\n", NULL);
	refused(FRONT "```table\nATTACH 'x' AS y\n```\n", NULL);
	refused(FRONT "```table colour=red\nSELECT 1\n```\n", "t.md:4: table has no option 'colour'; it has: title empty note top more priority widths align code bar anchor ref signs ");
	refused(FRONT "<b>a</b>\n", "t.md:4: HTML and pictures are not for templates (html_inline)");
	refused(FRONT "[[half]]\n", "t.md:4: '[[half]]' is not known: toc, page, columns, next, end, space");
	refused(FRONT "# A {big}\n", "t.md:4: 'big' is no attribute of a heading");
	refused("---\ntitle: T\nvalues:\n  a: SELECT :b\n---\n", "t.md: value a: no value is named :b");
}

/* A red and a blue pixel, 8 bits RGB, as zlib and crc32 of Python's standard library make it. */
static const unsigned char two_pixels[] = {
	137, 80, 78, 71, 13, 10, 26, 10, 0, 0, 0, 13, 73, 72, 68, 82, 0, 0, 0, 2, 0, 0, 0, 1,
	8, 2, 0, 0, 0, 123, 64, 232, 221, 0, 0, 0, 13, 73, 68, 65, 84, 120, 156, 99, 248, 207, 0, 4,
	255, 1, 7, 0, 1, 255, 226, 35, 158, 89, 0, 0, 0, 0, 73, 69, 78, 68, 174, 66, 96, 130};

static void logos(void)
{
	struct span out, all = {(const char *)two_pixels, sizeof(two_pixels)};
	char *broken_one = arena_strndup(&arena, all.p, all.n);
	struct err e = {0};

	CHECK_INT(png_clean(&arena, all, &out, &e), 0);
	CHECK_INT(out.n, all.n);
	for (size_t n = 0; n < all.n; n++)
		CHECK_INT(png_clean(&arena, (struct span){all.p, n}, &out, &e), -1);
	for (size_t i = 0; i < all.n; i++) {
		broken_one[i] ^= 1;
		CHECK_INT(png_clean(&arena, (struct span){broken_one, all.n}, &out, &e), -1);
		broken_one[i] ^= 1;
	}
}

int main(void)
{
	struct err e = {0};

	if (fonts_load(&fonts, &e) || theme_default(&theme, &arena, &e)) {
		printf("%s\n", e.msg);
		return 1;
	}
	TEST(lines);
	TEST(glyphs);
	TEST(values);
	TEST(themes);
	TEST(contract);
	TEST(chapters);
	TEST(notes);
	TEST(conditions);
	TEST(errors);
	TEST(logos);
	fonts_fini(&fonts);
	arena_fini(&arena);
	return test_end();
}
