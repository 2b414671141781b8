// SPDX-License-Identifier: Apache-2.0
// The picture of a network as SVG. Fonts are the reader's, so that widths of text are taken generously.
#include "picture-svg.h"
#include "picture-layout.h"
#include "text.h"

#include <math.h>

#define EM 13.0f
#define WIDTH 940.0f
#define MARGIN 12.0f
#define SMALL 11.0f
/* Of a letter, in parts of its size: more than the average of common sans fonts. */
#define LETTER 0.58f
#define LETTER_BOLD 0.64f

struct svg {
	const struct picture *p;
	const struct picture_layout *l;
	struct buf *out;
	struct arena *a;
	float y; /* of the layout's top */
};

static const char *const inks[PICTURE_STATES] = {"#b84a00", "#8a6d00", "#8a6d00", "#2b7a4b", "#8b1a1a"};
static const char *const line_inks[PICTURE_LINE_STATES] = {"none", "#2b7a4b", "#8a6d00", "#5f6b76", "#1f4e79", "#8b1a1a"};
static const char *const line_dashes[PICTURE_LINE_STATES] = {"", "1 3", "1 3", "5 3", "", "7 2 1.5 2"};
static const float line_widths[PICTURE_LINE_STATES] = {0, 1.2f, 1.4f, 1, 1.8f, 2.2f};

/* What fits into `w`, with an ellipsis when that is not all. */
static struct span fitted(struct svg *s, struct span text, float w, float letter)
{
	auto_buf clean = BUF_INIT;
	float used = 0, dots = letter;
	size_t i = 0, good = 0;

	text_add_clean(&clean, text, false);
	while (i < clean.n) {
		uint32_t cp = '?';
		size_t n = utf8_decode(clean.p + i, clean.n - i, &cp);

		used += letter * (cp > 0x2e80 ? 1.8f : 1);
		if (used > w)
			break;
		i += n ? n : 1;
		if (used + dots <= w)
			good = i;
	}
	if (i >= clean.n)
		return (struct span){arena_strndup(s->a, buf_str(&clean), clean.n), clean.n};
	return span_of(arena_printf(s->a, "%.*s\u2026", (int)good, buf_str(&clean)));
}

/* One line of text; `anchor` start, middle or end of its room. */
static void text(struct svg *s, float x, float y, float w, const char *anchor, float size, bool bold, const char *ink, struct span words)
{
	struct span fit = fitted(s, words, w, size * (bold ? LETTER_BOLD : LETTER));
	float at = *anchor == 's' ? x : *anchor == 'm' ? x + w / 2 : x + w;

	if (!fit.n)
		return;
	buf_printf(s->out, "<text x=\"%.1f\" y=\"%.1f\" font-size=\"%.1f\" fill=\"%s\"", (double)at, (double)(y + s->y), (double)size, ink);
	if (*anchor != 's')
		buf_printf(s->out, " text-anchor=\"%s\"", anchor);
	buf_add_str(s->out, bold ? " font-weight=\"bold\">" : ">");
	text_add_xml(s->out, fit);
	buf_add_str(s->out, "</text>\n");
}

static void line(struct svg *s, float x0, float y0, float x1, float y1, const char *ink, float width, const char *dash)
{
	buf_printf(s->out, "<path d=\"M%.1f %.1fL%.1f %.1f\" stroke=\"%s\" stroke-width=\"%.1f\" fill=\"none\"", (double)x0, (double)(y0 + s->y), (double)x1, (double)(y1 + s->y), ink,
		   (double)width);
	if (*dash)
		buf_printf(s->out, " stroke-dasharray=\"%s\"", dash);
	buf_add_str(s->out, "/>\n");
}

/* An arrowhead with its tip at x, y; dx, dy: where it points. */
static void arrow(struct svg *s, float x, float y, float dx, float dy, const char *ink)
{
	float n = 7, h = 3.4f;

	buf_printf(s->out, "<path d=\"M%.1f %.1fL%.1f %.1fL%.1f %.1fz\" fill=\"%s\"/>\n", (double)x, (double)(y + s->y), (double)(x - dx * n - dy * h),
		   (double)(y + s->y - dy * n - dx * h), (double)(x - dx * n + dy * h), (double)(y + s->y - dy * n + dx * h), ink);
}

static void rect(struct svg *s, struct picture_rect r, const char *fill, const char *ink, float width, const char *dash)
{
	buf_printf(s->out, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\" stroke=\"%s\" stroke-width=\"%.1f\"", (double)r.x, (double)(r.y + s->y), (double)r.w,
		   (double)r.h, fill, ink, (double)width);
	if (*dash)
		buf_printf(s->out, " stroke-dasharray=\"%s\"", dash);
	buf_add_str(s->out, "/>\n");
}

/* The half that policies hold for is filled: left what comes in, right what goes out. A diamond is the network of the node. */
static void sign(struct svg *s, float x, float y, enum picture_state state)
{
	struct picture_rect r = {x, y, 9, 9};
	const char *ink = inks[state];

	if (state == PICTURE_HOST) {
		buf_printf(s->out, "<path d=\"M%.1f %.1fl5.5 5.5l-5.5 5.5l-5.5 -5.5z\" fill=\"#fff\" stroke=\"%s\" stroke-width=\"1.4\"/>\n", (double)(x + 4.5f), (double)(y - 1 + s->y), ink);
		return;
	}
	rect(s, r, state == PICTURE_CLOSED ? ink : "#fff", ink, 1.4f, state == PICTURE_OPEN ? "2 1.5" : "");
	if (state == PICTURE_IN || state == PICTURE_OUT)
		rect(s, (struct picture_rect){state == PICTURE_IN ? x : x + 4.5f, y, 4.5f, 9}, ink, "none", 0, "");
}

static void draw_row(struct svg *s, size_t i)
{
	const struct picture_row *r = &s->p->rows[i];
	struct picture_rect at = s->l->rows[i];
	float left = at.x + 22, base = at.y + s->l->line * 0.75f;
	const char *count = r->workloads > 1 ? arena_printf(s->a, "%lld", (long long)r->workloads) : "";
	float count_w = (float)strlen(count) * SMALL * LETTER + 4;

	sign(s, at.x + 7, at.y + s->l->line * 0.75f - 9, r->state);
	text(s, left, base, at.w - 28 - count_w, "start", SMALL, false, "#1a1f24", r->name);
	text(s, at.x + at.w - 6 - count_w, base, count_w, "end", SMALL, false, "#5f6b76", span_of(count));
	if (r->way_state)
		text(s, left, base + s->l->line * 0.9f, at.w - 28, "start", SMALL * 0.92f, false, line_inks[r->way_state], r->way);
}

/* Dashed, plain, double. */
static void draw_frame(struct svg *s, struct picture_rect at, enum picture_state state)
{
	rect(s, at, "#fff", inks[state], state == PICTURE_OPEN ? 1.2f : 1.6f, state == PICTURE_OPEN ? "6 3" : "");
	if (state == PICTURE_CLOSED)
		rect(s, (struct picture_rect){at.x + 3, at.y + 3, at.w - 6, at.h - 6}, "none", inks[state], 0.8f, "");
}

static void draw_box(struct svg *s, size_t i)
{
	const struct picture_box *b = &s->p->boxes[i];
	struct picture_rect at = s->l->boxes[i];
	const char *count = arena_printf(s->a, "%lld workload%s", (long long)b->workloads, b->workloads == 1 ? "" : "s");
	struct span name = picture_box_name(b, s->a);
	float count_w;

	if ((float)name.n * 12 * LETTER_BOLD + (float)strlen(count) * SMALL * LETTER + 20 > at.w) /* the name matters more */
		count = arena_printf(s->a, "%lld", (long long)b->workloads);
	count_w = (float)strlen(count) * SMALL * LETTER + 4;

	buf_add_str(s->out, "<g><title>");
	text_add_xml(s->out, name);
	buf_printf(s->out, ": %lld workload%s, %s</title>\n", (long long)b->workloads, b->workloads == 1 ? "" : "s", picture_box_words(b->state));
	draw_frame(s, at, b->state);
	text(s, at.x + 7, at.y + s->l->line * 0.8f, at.w - 16 - count_w, "start", 12, true, "#1a1f24", name);
	text(s, at.x + at.w - 6 - count_w, at.y + s->l->line * 0.8f, count_w, "end", SMALL, false, "#5f6b76", span_of(count));
	for (size_t r = b->first; r < b->first + b->n; r++)
		draw_row(s, r);
	buf_add_str(s->out, "</g>\n");
}

static void draw_outside(struct svg *s)
{
	const struct picture_layout *l = s->l;

	if (l->outside.h <= 0)
		return;
	rect(s, l->outside, "#eef1f4", "#5f6b76", 1, "");
	text(s, l->outside.x, l->outside.y + l->outside.h * 0.7f, l->outside.w, "middle", 12, true, "#1a1f24", SPAN("Outside the cluster"));
	for (int side = 0; side < 2; side++)
		if (l->trunks[side].y1 > 0)
			line(s, l->trunks[side].x, l->trunks[side].y0, l->trunks[side].x, l->trunks[side].y1, "#5f6b76", 1.4f, "");
	for (size_t i = 0; i < s->p->n_rows; i++) {
		enum picture_line_state state = s->p->rows[i].way_state;
		bool right = l->right[s->p->rows[i].box];
		float x0 = l->trunks[right].x, x1 = right ? l->rows[i].x + l->rows[i].w : l->rows[i].x, way = right ? -1 : 1;

		if (!state)
			continue;
		line(s, x0, l->ways[i], x1 - way * (state == PICTURE_BLOCKED ? 3 : 6), l->ways[i], line_inks[state], line_widths[state], line_dashes[state]);
		if (state == PICTURE_BLOCKED)
			line(s, x1 - way * 3, l->ways[i] - 4, x1 - way * 3, l->ways[i] + 4, line_inks[state], 2, "");
		else
			arrow(s, x1, l->ways[i], way, 0, line_inks[state]);
	}
}

static void draw_network(struct svg *s)
{
	const struct picture_layout *l = s->l;
	struct picture_rect bar = {l->network.x - l->network_w / 2, l->network.y0, l->network_w, l->network.y1 - l->network.y0};

	if (l->network.y1 <= 0)
		return;
	if (l->network.up) {
		arrow(s, l->network.x, l->network.y0, 0, -1, "#b84a00");
		bar.y += 6;
		bar.h -= 6;
	}
	rect(s, bar, "#f4e3d7", "#b84a00", 1, "");
	text(s, l->network_label.x, l->network_label.y + l->line * 0.75f, l->network_label.w, "middle", SMALL, true, "#b84a00", SPAN("open network"));
}

static void draw_stub(struct svg *s, const struct picture_stub *t)
{
	enum picture_line_state state = t->net == PICTURE_NO_NET ? PICTURE_ALLOWED : s->l->nets[t->net].state;
	const char *ink = t->net == PICTURE_NO_NET ? "#b84a00" : line_inks[state], *dash = t->net == PICTURE_NO_NET ? "" : line_dashes[state];
	float way = t->x0 > t->x1 ? 1 : -1; /* towards the box */
	bool network = t->net == PICTURE_NO_NET || s->l->tracks[t->net].y1 <= 0;

	line(s, t->x0 - (t->in ? way * 6 : 0), t->y, t->x1 + (t->out ? way * 6 : 0), t->y, ink, line_widths[state], dash);
	if (t->in)
		arrow(s, t->x0, t->y, way, 0, ink);
	if (t->out)
		arrow(s, t->x1, t->y, -way, 0, ink);
	if (!network)
		buf_printf(s->out, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"2\" fill=\"%s\"/>\n", (double)t->x1, (double)(t->y + s->y), ink);
	if (t->label.w > 0)
		text(s, t->label.x, t->label.y + t->label.h - 2.5f, t->label.w, s->l->right[s->p->rows[t->row].box] ? "end" : "start", SMALL * 0.85f, false, ink, s->l->nets[t->net].ports);
}

static void draw_nets(struct svg *s)
{
	const struct picture_layout *l = s->l;

	for (size_t i = 0; i < l->n_nets; i++) {
		const struct picture_track *t = &l->tracks[i];
		enum picture_line_state state = l->nets[i].state;

		if (t->y1 <= 0)
			continue;
		line(s, t->x, t->y0 + (t->up ? 6 : 0), t->x, t->y1, line_inks[state], line_widths[state], line_dashes[state]);
		if (t->up)
			arrow(s, t->x, t->y0, 0, -1, line_inks[state]);
	}
	for (size_t i = 0; i < l->n_stubs; i++)
		draw_stub(s, &l->stubs[i]);
}

static void draw_legend(struct svg *s)
{
	static const enum picture_state frames[] = {PICTURE_OPEN, PICTURE_IN, PICTURE_CLOSED};

	for (size_t i = 0; i < s->l->n_legends; i++) {
		struct picture_rect at = s->l->legends[i].at;
		enum picture_legend what = s->l->legends[i].what;
		float mid = at.y + at.h * 0.5f;

		if (what <= LEGEND_HOST) {
			sign(s, at.x + 12, mid - 4.5f, (enum picture_state)what);
		} else if (what <= LEGEND_BOX_CLOSED) {
			draw_frame(s, (struct picture_rect){at.x + 2, mid - 6, 28, 12}, frames[what - LEGEND_BOX_OPEN]);
		} else if (what == LEGEND_NETWORK) {
			rect(s, (struct picture_rect){at.x + 2, mid - 4, 28, 8}, "#f4e3d7", "#b84a00", 1, "");
		} else {
			static const enum picture_line_state states[] = {PICTURE_ALLOWED, PICTURE_SEEN, PICTURE_DROPPED, PICTURE_UNEXPECTED, PICTURE_BLOCKED};
			enum picture_line_state state = states[what - LEGEND_ALLOWED];

			line(s, at.x + 2, mid, at.x + 30, mid, line_inks[state], line_widths[state], line_dashes[state]);
		}
		text(s, at.x + 36, mid + 4, at.w - 40, "start", SMALL, false, "#1a1f24", span_of(picture_legend_words(s->p, what)));
	}
}

void picture_svg(const struct picture *p, struct span title, struct buf *out)
{
	auto_arena a = ARENA_INIT;
	struct picture_layout *l = arena_alloc(&a, sizeof(*l));
	struct svg s = {p, l, out, &a, 0};
	float notes = 22;

	picture_place(p, WIDTH, EM, PICTURE_LINES, l);
	for (size_t i = 0; i < p->n_notes; i++)
		notes += 18;
	if (!p->n_rows)
		l->height = 0;
	buf_printf(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"%.0f %.0f %.0f %.0f\" width=\"%.0f\" height=\"%.0f\" font-family=\"sans-serif\">\n",
		   (double)-MARGIN, (double)-MARGIN, (double)(WIDTH + 2 * MARGIN), (double)(l->height + notes + 20 + 2 * MARGIN), (double)(WIDTH + 2 * MARGIN),
		   (double)(l->height + notes + 20 + 2 * MARGIN));
	buf_add_str(out, "<title>");
	text_add_xml(out, title);
	buf_printf(out, "</title>\n<rect x=\"%.0f\" y=\"%.0f\" width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n", (double)-MARGIN, (double)-MARGIN);
	text(&s, 0, 12, WIDTH, "start", 14, true, "#1a1f24", title);
	for (size_t i = 0; i < p->n_notes; i++)
		text(&s, 0, 32 + 18 * (float)i, WIDTH, "start", 12, p->notes[i].grade != PICTURE_HINT, p->notes[i].grade == PICTURE_HINT ? "#5f6b76" : "#8b1a1a", p->notes[i].text);
	s.y = notes + 4;
	if (p->n_rows) {
		draw_outside(&s);
		draw_network(&s);
		draw_nets(&s);
		for (size_t i = 0; i < p->n_boxes; i++)
			draw_box(&s, i);
		draw_legend(&s);
		if (l->left_out)
			text(&s, 0, l->height + 12, WIDTH, "start", SMALL, false, "#5f6b76",
			     span_of(arena_printf(&a, "%lld more lines have no room here: plimsoll network reach lists all.", (long long)l->left_out)));
	}
	buf_add_str(out, "</svg>\n");
}
