// SPDX-License-Identifier: Apache-2.0
// Colours and shapes of the charts. Which colour means what is the theme's; text is chart-text.c's.
#include "chart-shape.h"

#include <math.h>

enum { SIGN_POINTS_MAX = 8 };

static const struct named {
	const char *name;
	enum tint tint;
	char letter; /* on the sign; 0: none */
	int corners; /* of the sign: 0 is a circle, 4 a square, -4 a diamond */
} names[] = {
	{"critical", TINT_CRITICAL, 'C', 8},  {"high", TINT_HIGH, 'H', -4},   {"medium", TINT_MEDIUM, 'M', 4},
	{"low", TINT_LOW, 'L', 0},	      {"info", TINT_INFO, 'i', 0},    {"good", TINT_GOOD, 0, 0},
	{"accent", TINT_ACCENT, 0, 4},	      {"muted", TINT_MUTED, 0, 4},    {"assessed", TINT_ASSESSED, 0, 4},
	{"missing", TINT_MISSING, 0, 4},      {"A", TINT_GOOD, 'A', 0},	      {"B", TINT_LOW, 'B', 0},
	{"C", TINT_MEDIUM, 'C', 4},	      {"D", TINT_HIGH, 'D', -4},      {"E", TINT_CRITICAL, 'E', 8},
};

static const struct named *named_find(struct span name)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (span_ieq(name, names[i].name) && (name.n > 1 || span_eq(name, names[i].name)))
			return &names[i];
	return NULL;
}

int32_t tint(const struct canvas *c, enum tint t)
{
	return c->at->theme->tint[t];
}

int32_t tint_named(const struct canvas *c, struct span name, int32_t otherwise)
{
	const struct named *n = named_find(span_trim(name));

	return n ? tint(c, n->tint) : otherwise;
}

char sign_letter(struct span name)
{
	const struct named *n = named_find(span_trim(name));

	return n ? n->letter : 0;
}

int32_t colour_lighter(int32_t colour, float part)
{
	int32_t out = 0;

	for (int shift = 16; shift >= 0; shift -= 8) {
		float v = (float)(colour >> shift & 255);

		out |= (int32_t)lroundf(v + (255 - v) * part) << shift;
	}
	return out;
}

static float luminance(int32_t colour)
{
	static const float weight[] = {0.2126f, 0.7152f, 0.0722f};
	float sum = 0;

	for (int i = 0; i < 3; i++) {
		float v = (float)(colour >> (16 - 8 * i) & 255) / 255;

		sum += weight[i] * (v <= 0.03928f ? v / 12.92f : powf((v + 0.055f) / 1.055f, 2.4f));
	}
	return sum;
}

float colour_contrast(int32_t a, int32_t b)
{
	float x = luminance(a), y = luminance(b);

	return (fmaxf(x, y) + 0.05f) / (fminf(x, y) + 0.05f);
}

int32_t colour_on(int32_t background)
{
	return colour_contrast(background, 0xffffff) >= 4.5f ? 0xffffff : 0;
}

struct pdf_paint paint_fill(int32_t colour)
{
	return (struct pdf_paint){.fill = colour, .stroke = -1};
}

struct pdf_paint paint_line(int32_t colour, float width)
{
	return (struct pdf_paint){.fill = -1, .stroke = colour, .width = width};
}

static void mark(const struct canvas *c, float x, float y, float w, float h)
{
	struct chart_mark m = {SPAN_NONE, c->at->x + x, c->at->y + y, w, h, c->at->x + x, w};

	if (c->at->mark)
		c->at->mark(c->at->user, &m);
}

void draw_rect(const struct canvas *c, float x, float y, float w, float h, struct pdf_paint paint)
{
	if (w <= 0 || h <= 0)
		return;
	mark(c, x, y, w, h);
	if (c->at->pdf)
		pdf_rect(c->at->pdf, c->at->x + x, c->at->y + y, w, h, paint);
}

void draw_path(const struct canvas *c, const struct pdf_point *p, size_t n, struct pdf_paint paint)
{
	float x0 = p[0].x, x1 = x0, y0 = p[0].y, y1 = y0;
	struct pdf_point *at;

	for (size_t i = 1; i < n; i++) {
		if (p[i].step == PDF_CLOSE)
			continue;
		x0 = fminf(x0, p[i].x);
		x1 = fmaxf(x1, p[i].x);
		y0 = fminf(y0, p[i].y);
		y1 = fmaxf(y1, p[i].y);
	}
	mark(c, x0, y0, x1 - x0, y1 - y0);
	if (!c->at->pdf)
		return;
	at = arena_array(c->arena, n, sizeof(*at));
	for (size_t i = 0; i < n; i++) {
		float dx = c->at->x, dy = c->at->y;

		at[i] = (struct pdf_point){p[i].step, p[i].x + dx, p[i].y + dy, p[i].x1 + dx, p[i].y1 + dy, p[i].x2 + dx, p[i].y2 + dy};
	}
	pdf_path(c->at->pdf, at, n, paint);
}

void draw_line(const struct canvas *c, float x0, float y0, float x1, float y1, int32_t colour, float width)
{
	struct pdf_point p[] = {{.step = PDF_MOVE, .x = x0, .y = y0}, {.step = PDF_LINE, .x = x1, .y = y1}};

	draw_path(c, p, 2, paint_line(colour, width));
}

void draw_circle(const struct canvas *c, float x, float y, float r, struct pdf_paint paint)
{
	float k = 0.5523f * r;
	struct pdf_point p[] = {
		{.step = PDF_MOVE, .x = x + r, .y = y},
		{PDF_CURVE, x, y + r, x + r, y + k, x + k, y + r},
		{PDF_CURVE, x - r, y, x - k, y + r, x - r, y + k},
		{PDF_CURVE, x, y - r, x - r, y - k, x - k, y - r},
		{PDF_CURVE, x + r, y, x + k, y - r, x + r, y - k},
		{.step = PDF_CLOSE},
	};

	draw_path(c, p, 6, paint);
}

void draw_hatched(const struct canvas *c, float x, float y, float w, float h)
{
	int32_t colour = tint(c, TINT_MISSING);
	float step = 3.5f;

	if (w <= 0 || h <= 0)
		return;
	for (float s = step; s < w + h; s += step) /* from the left or lower edge up to the right */
		draw_line(c, x + fmaxf(0, s - h), y + fminf(s, h), x + fminf(s, w), y + fmaxf(0, s - w), colour_lighter(colour, 0.45f), 0.4f);
	draw_rect(c, x, y, w, h, paint_line(colour, 0.5f));
}

/* A polygon around x, y; `turn` in radians. */
static void draw_polygon(const struct canvas *c, float x, float y, float r, int corners, float turn, int32_t colour)
{
	struct pdf_point p[SIGN_POINTS_MAX + 1];

	for (int i = 0; i < corners; i++) {
		float a = turn + 2 * (float)M_PI * (float)i / (float)corners;

		p[i] = (struct pdf_point){.step = i ? PDF_LINE : PDF_MOVE, .x = x + r * sinf(a), .y = y - r * cosf(a)};
	}
	p[corners] = (struct pdf_point){.step = PDF_CLOSE};
	draw_path(c, p, (size_t)corners + 1, paint_fill(colour));
}

void draw_sign(const struct canvas *c, float x, float y, float size, struct span name, int32_t colour)
{
	const struct named *n = named_find(span_trim(name));
	float r = size / 2;

	if (!n || n->corners == 4)
		draw_rect(c, x + 0.08f * size, y + 0.08f * size, 0.84f * size, 0.84f * size, paint_fill(colour));
	else if (!n->corners)
		draw_circle(c, x + r, y + r, r, paint_fill(colour));
	else
		draw_polygon(c, x + r, y + r, r, abs(n->corners), n->corners > 0 ? (float)M_PI / 8 : 0, colour);
	if (n && n->letter) {
		struct style s = {FACE_BOLD, size * 0.62f, colour_on(colour)};

		text_line(c, x, y + size * 0.72f, size, s, ALIGN_CENTRE, (struct span){&n->letter, 1});
	}
}

void draw_arrow(const struct canvas *c, float x0, float x1, float y, int32_t colour)
{
	float head = fminf(4.5f, (x1 - x0) / 2);
	struct pdf_point p[] = {
		{.step = PDF_MOVE, .x = x1, .y = y},
		{.step = PDF_LINE, .x = x1 - head, .y = y - head * 0.55f},
		{.step = PDF_LINE, .x = x1 - head, .y = y + head * 0.55f},
		{.step = PDF_CLOSE},
	};

	draw_line(c, x0, y, x1 - head, y, colour, 0.8f);
	draw_path(c, p, 4, paint_fill(colour));
}
