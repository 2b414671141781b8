// SPDX-License-Identifier: Apache-2.0
// A template: read, expanded on an empty database, set on pages and drawn.
#include "common/err.h"
#include "report/expand.h"
#include "report/layout.h"

#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static struct fonts fonts;
static struct theme theme;
static struct arena themed;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	auto_arena arena = ARENA_INIT;
	auto_layout l = {0};
	auto_db db = {0};
	struct document d = {.arena = &arena, .fonts = &fonts, .theme = &theme, .width = 595, .height = 842};
	struct pdf_info info = {.title = "fuzz"};
	struct template t;
	struct err e = {0};
	struct pdf *pdf;

	if (n > 20000)
		return 0;
	if (!theme.size.text && (fonts_load(&fonts, &e) || theme_default(&theme, &themed, &e)))
		die("%s", e.msg);
	if (db_create(&db, NULL, DB_APPLICATION_ID, &e))
		die("%s", e.msg);
	if (template_read(&t, &arena, "t.md", (struct span){(const char *)data, n}, &e) || document_expand(&d, &t, &db, &e))
		return 0;
	layout_set(&l, &d);
	pdf = pdf_new(&info, &fonts, &e);
	layout_draw(&l, pdf);
	pdf_free(pdf);
	return 0;
}
