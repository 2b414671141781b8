// SPDX-License-Identifier: Apache-2.0
// Reads themes: colours, sizes, the firm's name. What is drawn with them is the documents' and charts'.
#include "theme.h"
#include "chart-shape.h"
#include "file-read.h"
#include "png.h"
#include "common/embed.h"
#include "common/text.h"
#include "common/yaml-read.h"

#include <stdio.h>
#include <stdlib.h>

#define CONTRAST_LEAST 4.5f
enum { THEME_MIB_MAX = 1, LOGO_MIB_MAX = 4 };

static const char *const tints[TINTS] = {"critical", "high", "medium", "low", "info", "good", "accent", "muted", "assessed", "missing", "ink", "line"};

static const struct {
	const char *name;
	size_t offset;
	float least, most;
} sizes[] = {
#define SIZE(name, field, least, most) {name, offsetof(struct theme_sizes, field), least, most}
	SIZE("text", text, 6, 14),	     SIZE("table", table, 6, 14),	      SIZE("small", small, 5, 12),
	SIZE("code", code, 5, 14),	     SIZE("chapter", chapter, 10, 36),	      SIZE("section", section, 8, 28),
	SIZE("part", part, 7, 24),	     SIZE("cover", cover, 14, 60),	      SIZE("slide-text", slide_text, 9, 28),
	SIZE("slide-table", slide_table, 8, 24), SIZE("slide-small", slide_small, 6, 18), SIZE("slide-title", slide_title, 14, 44),
	SIZE("leading", leading, 1.1f, 2),
#undef SIZE
};

static int read_colour(struct theme *t, const char *name, struct span key, struct span v, struct err *e)
{
	unsigned int colour;
	char c;

	for (int i = 0; i < TINTS; i++) {
		if (!span_eq(key, tints[i]))
			continue;
		if (v.n != 7 || sscanf(v.p, "#%6x%c", &colour, &c) != 1)
			return err_set(e, ERR_INPUT, "%s: colour %s: '%.*s' is not of the form #rrggbb", name, tints[i], SPAN_ARG(v));
		if (i != TINT_LINE && colour_contrast((int32_t)colour, 0xffffff) < CONTRAST_LEAST)
			return err_set(e, ERR_INPUT, "%s: colour %s: %.*s has a contrast of %.1f on white, 4.5 is the least", name, tints[i], SPAN_ARG(v),
				       (double)colour_contrast((int32_t)colour, 0xffffff));
		t->tint[i] = (int32_t)colour;
		return 0;
	}
	return err_set(e, ERR_INPUT, "%s: no colour is named '%.*s'", name, SPAN_ARG(key));
}

static int read_size(struct theme *t, const char *name, struct span key, struct span v, struct err *e)
{
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		double size = v.p ? strtod(v.p, NULL) : 0;

		if (!span_eq(key, sizes[i].name))
			continue;
		if (!(size >= (double)sizes[i].least && size <= (double)sizes[i].most))
			return err_set(e, ERR_INPUT, "%s: size %s: '%.*s' is not from %g to %g", name, sizes[i].name, SPAN_ARG(v), (double)sizes[i].least,
				       (double)sizes[i].most);
		*(float *)((char *)&t->size + sizes[i].offset) = (float)size;
		return 0;
	}
	return err_set(e, ERR_INPUT, "%s: no size is named '%.*s'", name, SPAN_ARG(key));
}

static int read_logo(struct theme *t, struct arena *a, const char *name, struct span file, const char *folder, struct err *e)
{
	if (!folder || !file.n || memchr(file.p, '/', file.n))
		return err_set(e, ERR_INPUT, "%s: the logo is a PNG file beside a theme given by --theme", name);
	if (file_read(a, arena_printf(a, "%s/%.*s", folder, SPAN_ARG(file)), LOGO_MIB_MAX, &t->logo, e))
		return -1;
	return png_clean(a, t->logo, &t->logo, e) ? err_wrap(e, "%s: %.*s", name, SPAN_ARG(file)) : 0;
}

static int read_key(struct theme *t, struct arena *a, const char *name, const struct json_member *m, const char *folder, struct err *e)
{
	struct span key = json_str(&m->key);

	if (span_eq(key, "firm"))
		t->firm = json_scalar(&m->value);
	else if (span_eq(key, "classification"))
		t->classification = json_scalar(&m->value);
	else if (span_eq(key, "logo"))
		return read_logo(t, a, name, json_scalar(&m->value), folder, e);
	else if (span_eq(key, "sizes") && m->value.type == JSON_OBJECT) {
		JSON_MEMBERS(s, &m->value)
			if (read_size(t, name, json_str(&s->key), json_scalar(&s->value), e))
				return -1;
	} else if (span_eq(key, "colours") && m->value.type == JSON_OBJECT) {
		JSON_MEMBERS(c, &m->value)
			if (read_colour(t, name, json_str(&c->key), json_scalar(&c->value), e))
				return -1;
	} else
		return err_set(e, ERR_INPUT, "%s: a theme has no key '%.*s', or not of this form", name, SPAN_ARG(key));
	return 0;
}

int theme_read(struct theme *t, struct arena *a, const char *name, struct span text, const char *folder, struct err *e)
{
	struct json *root;

	if (yaml_parse(a, text, &root, e))
		return err_wrap(e, "%s", name);
	if (root->type != JSON_OBJECT && root->type != JSON_NULL)
		return err_set(e, ERR_INPUT, "%s: a theme is a list of keys", name);
	JSON_MEMBERS(m, root)
		if (read_key(t, a, name, m, folder, e))
			return -1;
	return 0;
}

int theme_default(struct theme *t, struct arena *a, struct err *e)
{
	*t = (struct theme){0};
	return theme_read(t, a, "templates/theme.yaml", embed_find("templates/theme.yaml"), NULL, e);
}

int theme_load(struct theme *t, struct arena *a, const char *path, struct err *e)
{
	const char *slash = strrchr(path, '/');
	struct span text;

	if (theme_default(t, a, e) || file_read(a, path, THEME_MIB_MAX, &text, e))
		return -1;
	return theme_read(t, a, path, text, slash ? arena_strndup(a, path, (size_t)(slash - path)) : ".", e);
}
