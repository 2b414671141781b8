// SPDX-License-Identifier: Apache-2.0
// The only file that knows libharu. Cleans what it is given, because the library checks little and tells less.
#include "pdf.h"
#include "common/buf.h"
#include "common/text.h"

#include <hpdf.h>
#include <math.h>
#include <sys/mman.h>
#include <unistd.h>

enum { OUTLINE_LEVELS = 6, TEXT_LIMIT = 60000 };

struct pdf {
	HPDF_Doc doc;
	HPDF_Font font[FACES]; /* loaded when first used, so that a file holds only the faces it shows */
	const struct fonts *fonts;
	HPDF_Page *pages;
	size_t page_count;
	HPDF_Page now;
	float height;
	HPDF_Outline outline[OUTLINE_LEVELS];
	unsigned long failed, detail; /* the first error */
	const char *what;
};

static void on_error(HPDF_STATUS error, HPDF_STATUS detail, void *user)
{
	struct pdf *p = user;

	if (!p->failed) {
		p->failed = error;
		p->detail = detail;
	}
}

static void fail(struct pdf *p, const char *what)
{
	if (!p->what)
		p->what = what;
}

/*
 * The library's ToUnicode map has the operators of an encoding, which readers refuse. Codes are code points here, so the right one
 * (PDF 32000-1, 9.10.3) maps each to itself; a range may not leave its high byte.
 */
static void unicode_map(HPDF_Font font)
{
	HPDF_Dict map = HPDF_Dict_GetItem((HPDF_Dict)font, "ToUnicode", HPDF_OCLASS_DICT);
	char line[64];

	if (!map || !map->stream)
		return;
	HPDF_MemStream_FreeData(map->stream);
	HPDF_Stream_WriteStr(map->stream, "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
					  "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
					  "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
					  "1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n");
	for (int i = 0; i < 256; i++) {
		if (i % 64 == 0)
			HPDF_Stream_WriteStr(map->stream, "64 beginbfrange\n");
		snprintf(line, sizeof(line), "<%02X00> <%02XFF> <%02X00>\n", i, i, i);
		HPDF_Stream_WriteStr(map->stream, line);
		if (i % 64 == 63)
			HPDF_Stream_WriteStr(map->stream, "endbfrange\n");
	}
	HPDF_Stream_WriteStr(map->stream, "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n");
}

/* libharu 2.3 reads fonts from files only; the file is one in memory. */
static HPDF_Font font_load(struct pdf *p, enum face face)
{
	struct span file = p->fonts->at[face].file;
	int fd = memfd_create("font", MFD_CLOEXEC);
	const char *name = NULL;
	HPDF_Font font;
	char path[40];
	size_t done = 0;

	if (fd < 0)
		return NULL;
	while (done < file.n) {
		ssize_t n = write(fd, file.p + done, file.n - done);

		if (n <= 0)
			break;
		done += (size_t)n;
	}
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (done == file.n)
		name = HPDF_LoadTTFontFromFile(p->doc, path, HPDF_TRUE);
	close(fd);
	font = name ? HPDF_GetFont(p->doc, name, "UTF-8") : NULL;
	if (font)
		unicode_map(font);
	return font;
}

static HPDF_Font font_get(struct pdf *p, enum face face)
{
	if (!p->font[face])
		p->font[face] = font_load(p, face);
	if (!p->font[face])
		fail(p, "a font could not be loaded");
	return p->font[face];
}

static void info_set(struct pdf *p, HPDF_InfoType type, const char *text)
{
	char clean[512];

	if (!text || !*text)
		return;
	text_clean(clean, sizeof(clean), text, strlen(text));
	HPDF_SetInfoAttr(p->doc, type, clean);
}

static void info_write(struct pdf *p, const struct pdf_info *info)
{
	time_t t = (time_t)info->created;
	struct tm tm;
	HPDF_Date d;

	info_set(p, HPDF_INFO_TITLE, info->title);
	info_set(p, HPDF_INFO_AUTHOR, info->author);
	info_set(p, HPDF_INFO_SUBJECT, info->subject);
	info_set(p, HPDF_INFO_CREATOR, "plimsoll " PLIMSOLL_VERSION);
	if (!gmtime_r(&t, &tm))
		return;
	d = (HPDF_Date){tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, '+', 0, 0};
	HPDF_SetInfoDateAttr(p->doc, HPDF_INFO_CREATION_DATE, d);
	HPDF_SetInfoDateAttr(p->doc, HPDF_INFO_MOD_DATE, d);
}

struct pdf *pdf_new(const struct pdf_info *info, const struct fonts *fonts, struct err *e)
{
	struct pdf *p = calloc(1, sizeof(*p));

	if (!p)
		die("out of memory");
	p->fonts = fonts;
	p->doc = HPDF_New(on_error, p);
	if (!p->doc) {
		free(p);
		err_set(e, ERR_ENV, "the PDF library could not start");
		return NULL;
	}
	HPDF_SetCompressionMode(p->doc, HPDF_COMP_ALL);
	HPDF_UseUTFEncodings(p->doc);
	HPDF_SetCurrentEncoder(p->doc, "UTF-8");
	HPDF_SetPageMode(p->doc, HPDF_PAGE_MODE_USE_OUTLINE);
	info_write(p, info);
	return p;
}

void pdf_free(struct pdf *p)
{
	if (!p)
		return;
	HPDF_Free(p->doc);
	free(p->pages);
	free(p);
}

void pdf_pages(struct pdf *p, size_t n, float width, float height)
{
	p->pages = calloc(n ? n : 1, sizeof(*p->pages));
	if (!p->pages)
		die("out of memory");
	for (size_t i = 0; i < n; i++) {
		p->pages[i] = HPDF_AddPage(p->doc);
		if (!p->pages[i]) {
			fail(p, "a page could not be made");
			return;
		}
		HPDF_Page_SetWidth(p->pages[i], width);
		HPDF_Page_SetHeight(p->pages[i], height);
		p->page_count = i + 1;
	}
	p->height = height;
	pdf_page(p, 0);
}

void pdf_page(struct pdf *p, size_t number)
{
	p->now = number < p->page_count ? p->pages[number] : NULL;
}

static bool finite_all(const float *at, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!isfinite(at[i]) || fabsf(at[i]) > 14400)
			return false;
	return true;
}

static void fill_set(struct pdf *p, int32_t c)
{
	HPDF_Page_SetRGBFill(p->now, (float)(c >> 16 & 255) / 255, (float)(c >> 8 & 255) / 255, (float)(c & 255) / 255);
}

static void stroke_set(struct pdf *p, const struct pdf_paint *paint)
{
	int32_t c = paint->stroke;
	HPDF_UINT16 dash[] = {(HPDF_UINT16)(paint->dash < 1 ? 1 : paint->dash)};

	HPDF_Page_SetRGBStroke(p->now, (float)(c >> 16 & 255) / 255, (float)(c >> 8 & 255) / 255, (float)(c & 255) / 255);
	HPDF_Page_SetLineWidth(p->now, paint->width);
	HPDF_Page_SetDash(p->now, paint->dash > 0 ? dash : NULL, paint->dash > 0 ? 1 : 0, 0);
}

/* Only code points that the face holds, never more than the library takes. */
static void text_hold(const struct pdf *p, enum face face, struct span text, struct buf *out)
{
	uint32_t cp;

	for (size_t i = 0, used; i < text.n && out->n < TEXT_LIMIT; i += used) {
		used = utf8_decode(text.p + i, text.n - i, &cp);
		if (used && cp <= 0xfffd && p->fonts->at[face].advance[cp] != FONT_ABSENT)
			buf_add(out, text.p + i, used);
		used = used ? used : 1;
	}
}

void pdf_text(struct pdf *p, float x, float y, enum face face, float size, int32_t colour, struct span text)
{
	float at[] = {x, y, size};
	auto_buf clean = BUF_INIT;
	HPDF_Font font;

	if (!p->now || !finite_all(at, 3) || size <= 0)
		return;
	text_hold(p, face, text, &clean);
	font = clean.n ? font_get(p, face) : NULL;
	if (!font)
		return;
	fill_set(p, colour);
	HPDF_Page_BeginText(p->now);
	HPDF_Page_SetFontAndSize(p->now, font, size);
	HPDF_Page_MoveTextPos(p->now, x, p->height - y);
	HPDF_Page_ShowText(p->now, buf_str(&clean));
	HPDF_Page_EndText(p->now);
}

static void paint_end(struct pdf *p, const struct pdf_paint *paint)
{
	if (paint->fill >= 0 && paint->stroke >= 0)
		HPDF_Page_FillStroke(p->now);
	else if (paint->fill >= 0)
		HPDF_Page_Fill(p->now);
	else if (paint->stroke >= 0)
		HPDF_Page_Stroke(p->now);
	else
		HPDF_Page_EndPath(p->now);
}

static void paint_begin(struct pdf *p, const struct pdf_paint *paint)
{
	if (paint->fill >= 0)
		fill_set(p, paint->fill);
	if (paint->stroke >= 0)
		stroke_set(p, paint);
}

void pdf_path(struct pdf *p, const struct pdf_point *at, size_t n, struct pdf_paint paint)
{
	float h = p->height;

	if (!p->now || n < 2 || at[0].step != PDF_MOVE)
		return;
	for (size_t i = 0; i < n; i++)
		if (!finite_all(&at[i].x, 6))
			return;
	paint_begin(p, &paint);
	for (size_t i = 0; i < n; i++) {
		const struct pdf_point *q = &at[i];

		switch (q->step) {
		case PDF_MOVE:
			HPDF_Page_MoveTo(p->now, q->x, h - q->y);
			break;
		case PDF_LINE:
			HPDF_Page_LineTo(p->now, q->x, h - q->y);
			break;
		case PDF_CURVE:
			HPDF_Page_CurveTo(p->now, q->x1, h - q->y1, q->x2, h - q->y2, q->x, h - q->y);
			break;
		case PDF_CLOSE:
			HPDF_Page_ClosePath(p->now);
			break;
		}
	}
	paint_end(p, &paint);
}

void pdf_rect(struct pdf *p, float x, float y, float w, float h, struct pdf_paint paint)
{
	float at[] = {x, y, w, h};

	if (!p->now || !finite_all(at, 4))
		return;
	paint_begin(p, &paint);
	HPDF_Page_Rectangle(p->now, x, p->height - y - h, w, h);
	paint_end(p, &paint);
}

void pdf_png(struct pdf *p, float x, float y, float w, float h, struct span png)
{
	HPDF_Image image = HPDF_LoadPngImageFromMem(p->doc, (const HPDF_BYTE *)png.p, (HPDF_UINT)png.n);
	float iw, ih, scale;

	if (!image) {
		fail(p, "the logo is not a PNG image");
		return;
	}
	iw = (float)HPDF_Image_GetWidth(image);
	ih = (float)HPDF_Image_GetHeight(image);
	if (!p->now || iw < 1 || ih < 1)
		return;
	scale = fminf(w / iw, h / ih);
	HPDF_Page_DrawImage(p->now, image, x, p->height - y - ih * scale, iw * scale, ih * scale);
}

static HPDF_Rect rect_of(const struct pdf *p, float x, float y, float w, float h)
{
	return (HPDF_Rect){x, p->height - y - h, x + w, p->height - y};
}

static void link_plain(HPDF_Annotation a)
{
	if (a)
		HPDF_LinkAnnot_SetBorderStyle(a, 0, 0, 0);
}

/* Printable ASCII without what ends or escapes a PDF string. */
static bool uri_plain(const char *uri)
{
	if (strncmp(uri, "https://", 8) != 0 && strncmp(uri, "http://", 7) != 0)
		return false;
	for (const char *c = uri; *c; c++)
		if (*c <= ' ' || *c >= 0x7f || strchr("()\\<>\"", *c) || c - uri > 2000)
			return false;
	return true;
}

void pdf_link_uri(struct pdf *p, float x, float y, float w, float h, const char *uri)
{
	float at[] = {x, y, w, h};

	if (p->now && finite_all(at, 4) && uri_plain(uri))
		link_plain(HPDF_Page_CreateURILinkAnnot(p->now, rect_of(p, x, y, w, h), uri));
}

static HPDF_Destination destination(struct pdf *p, size_t page, float top)
{
	HPDF_Destination d = page < p->page_count ? HPDF_Page_CreateDestination(p->pages[page]) : NULL;

	if (d)
		HPDF_Destination_SetFitH(d, p->height - top);
	return d;
}

void pdf_link_page(struct pdf *p, float x, float y, float w, float h, size_t page, float top)
{
	float at[] = {x, y, w, h, top};
	HPDF_Destination d;

	if (!p->now || !finite_all(at, 5))
		return;
	d = destination(p, page, top);
	if (d)
		link_plain(HPDF_Page_CreateLinkAnnot(p->now, rect_of(p, x, y, w, h), d));
}

void pdf_outline(struct pdf *p, int level, const char *title, size_t page, float top)
{
	HPDF_Destination d = destination(p, page, top);
	HPDF_Outline parent = NULL, o;
	char clean[512];

	level = level < 1 ? 1 : level > OUTLINE_LEVELS ? OUTLINE_LEVELS : level;
	for (int i = level - 2; i >= 0 && !parent; i--)
		parent = p->outline[i];
	text_clean(clean, sizeof(clean), title, strlen(title));
	o = HPDF_CreateOutline(p->doc, parent, clean, HPDF_GetEncoder(p->doc, "UTF-8"));
	if (!o)
		return;
	HPDF_Outline_SetOpened(o, level == 1 ? HPDF_FALSE : HPDF_TRUE);
	if (d)
		HPDF_Outline_SetDestination(o, d);
	p->outline[level - 1] = o;
	for (int i = level; i < OUTLINE_LEVELS; i++)
		p->outline[i] = NULL;
}

int pdf_save(struct pdf *p, const char *path, struct err *e)
{
	if (!p->failed && !p->what && HPDF_SaveToFile(p->doc, path) == HPDF_OK && !p->failed)
		return 0;
	if (p->what)
		return err_set(e, ERR_ENV, "%s: %s", path, p->what);
	if (p->failed == HPDF_FILE_IO_ERROR || p->failed == HPDF_FILE_OPEN_ERROR)
		return err_set(e, ERR_ENV, "%s: cannot be written; is the disk full?", path);
	return err_set(e, ERR_ENV, "%s: the PDF could not be written (library error 0x%04lx, detail %lu)", path, p->failed, p->detail);
}
