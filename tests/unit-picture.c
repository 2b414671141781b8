// SPDX-License-Identifier: Apache-2.0
// The picture of a network: records, bundles, folding, places, SVG and text. Expectations are worked out by hand from the rules in
// common/picture.h and common/picture-layout.c's table of distances.
#include "common/picture-layout.h"
#include "common/picture-svg.h"
#include "common/picture-text.h"
#include "common/buf.h"
#include "test.h"

#include <math.h>

#define HOSTILE "</text><script>alert('x')</script>&\"\x1b[31m\xe2\x80\xae" "evil\xff"

static const char small[] = "note|~|~|The plug-in is not known.|hint|0|0\n"
			    "box|1|0|shop|open|3|1\nbox|2|0|data|closed|1|1\n"
			    "row|1|1|web|open|1|0\nrow|2|1|cart, mail|open|2|0\nrow|3|2|db|closed|1|0\n"
			    "line|-1|1|load balancer 443|allowed|0|0\n"
			    "line|1|3|TCP 5432|allowed|0|0\nline|2|3|TCP 5432|allowed|0|0\n";

static void fill(struct picture *p, const char *records)
{
	struct span rest = span_of(records);

	*p = (struct picture){0};
	while (rest.n) {
		struct span line = span_cut(&rest, '\n'), cells[PICTURE_COLUMNS];

		for (int i = 0; i < PICTURE_COLUMNS; i++) {
			cells[i] = span_cut(&line, '|');
			if (span_eq(cells[i], "~"))
				cells[i] = SPAN_NONE;
		}
		picture_add(p, cells);
	}
}

static void records_are_read(void)
{
	struct picture p;

	fill(&p, small);
	CHECK_INT(p.n_boxes, 2);
	CHECK_INT(p.n_rows, 3);
	CHECK_INT(p.n_lines, 2);
	CHECK_INT(p.boxes[0].n, 2);
	CHECK_INT(p.boxes[1].first, 2);
	CHECK_INT(p.boxes[1].state, PICTURE_CLOSED);
	CHECK_SPAN(p.rows[0].way, "load balancer 443");
	CHECK_INT(p.rows[0].way_state, PICTURE_ALLOWED);
	CHECK(!p.observed);
	/* of no box, to no row, to itself, of an unknown state, out of order, of an unknown kind */
	fill(&p, "box|1||a|open|1|1\nbox|2||b|open|1|1\nbox|3||c|ajar|1|1\nrow|1|3|x|open|1|\nrow|2|2|y|open|1|\nrow|3|1|z|open|1|\nrow|4|2|q|ajar|1|\n"
		 "line|1|9|x|allowed|0|\nline|1|1|x|allowed|0|\nline|1|0|x|perhaps|0|\nline|-5|1|x|allowed|0|\nblob|||||0|\n");
	CHECK_INT(p.n_boxes, 2);
	CHECK_INT(p.n_rows, 1);
	CHECK_INT(p.n_lines, 0);
	fill(&p, "box|1||a|open|99999999999999|1\nbox|2||b|open|-7|1\nobserved||||||\n");
	CHECK_INT(p.boxes[0].workloads, 1000000000000);
	CHECK_INT(p.boxes[1].workloads, 0);
	CHECK(p.observed);
}

static void lines_are_bundled(void)
{
	struct picture_net nets[PICTURE_LINES];
	struct picture p;

	/* Two sources, one target, the same ports: one. */
	fill(&p, small);
	CHECK_INT(picture_bundle(&p, nets), 1);
	CHECK(nets[0].sources == (picture_bit(0) | picture_bit(1)) && nets[0].targets == picture_bit(2));
	/* 1→3, 1→4, 2→3, 2→4 is one; 1→2 with the same ports another; seen before allowed. */
	fill(&p, "box|1||a|open|4|1\nrow|1|1|a|closed|1|\nrow|2|1|b|closed|1|\nrow|3|1|c|closed|1|\nrow|4|1|d|closed|1|\n"
		 "line|1|3|x|allowed|0|\nline|1|4|x|allowed|0|\nline|2|3|x|allowed|0|\nline|2|4|x|allowed|0|\nline|3|4|y|seen|5|\nline|4|3|y|seen|2|\n");
	CHECK_INT(picture_bundle(&p, nets), 3);
	CHECK_INT(nets[0].state, PICTURE_SEEN);
	CHECK_INT(nets[0].seen + nets[1].seen, 7);
	CHECK(nets[2].sources == (picture_bit(0) | picture_bit(1)) && nets[2].targets == (picture_bit(2) | picture_bit(3)));
	/* What every bundle says is a line, and every line is in one bundle. */
	for (size_t s = 0; s < 4; s++)
		for (size_t t = 0; t < 4; t++) {
			int said = 0, is = 0;

			for (size_t i = 0; i < 3; i++)
				said += (nets[i].sources & picture_bit(s)) && (nets[i].targets & picture_bit(t));
			for (size_t i = 0; i < p.n_lines; i++)
				is += p.lines[i].source == s && p.lines[i].target == t;
			CHECK_INT(said, is);
		}
}

static void boxes_are_added_up(void)
{
	auto_arena a = ARENA_INIT;
	struct picture p;

	fill(&p, "box|1||a|open|1|1\nbox|2||b|closed|5|1\nbox|3||c|open|7|1\nbox|4||~|partly|20|30\n"
		 "row|1|1|w|open|1|\nrow|2|2|x|closed|5|\nrow|3|3|y|open|7|\nrow|4|4|no policy holds|open|12|\nrow|5|4|isolated both ways|closed|8|\n"
		 "line|-1|3|node port 1|allowed|0|\nline|1|2|TCP 1|allowed|0|\nline|1|5|TCP 2|seen|3|\nline|3|2|TCP 1|allowed|0|\nline|4|2|TCP 1|seen|4|\n");
	picture_fold(&p, &a, 3); /* one box instead of one: nothing to do */
	CHECK_INT(p.n_boxes, 4);
	picture_fold(&p, &a, 1);
	CHECK_INT(p.n_boxes, 2);
	CHECK_SPAN(picture_box_name(&p.boxes[1], &a), "32 more namespaces");
	CHECK_INT(p.boxes[1].workloads, 32);
	CHECK_INT(p.boxes[1].state, PICTURE_IN);
	CHECK_INT(p.n_rows, 3); /* w; closed 5 + 8; open 7 + 12 */
	CHECK_INT(p.rows[1].workloads, 13);
	CHECK_INT(p.rows[2].workloads, 19);
	CHECK_INT(p.rows[2].way_state, PICTURE_ALLOWED);
	CHECK_INT(p.n_lines, 2); /* w to closed on several ports, seen; open to closed on TCP 1, seen */
	CHECK_SPAN(p.lines[0].ports, "several ports");
	CHECK_INT(p.lines[0].seen, 3);
	CHECK_SPAN(p.lines[1].ports, "TCP 1");
	CHECK_INT(p.lines[1].state, PICTURE_SEEN);
	fill(&p, "box|1||~|open|1|1195\n");
	CHECK_SPAN(picture_box_name(&p.boxes[0], &a), "1,195 more namespaces");
}

static bool near(float a, double b)
{
	return fabs((double)a - b) < 0.01;
}

/* 600 wide, em 10: a line is 13 high. Gutters are 22, labels 72 each, one track 8, the open network 9: columns are (600 - 44 - 144 - 17) / 2 wide. */
static void places_by_hand(void)
{
	struct picture_layout *l = malloc(sizeof(*l));
	struct picture p;

	fill(&p, small);
	picture_place(&p, 600, 10, PICTURE_LINES, l);
	CHECK(near(l->outside.h, 19.5));
	CHECK(near(l->boxes[0].x, 22) && near(l->boxes[0].y, 32.5) && near(l->boxes[0].w, 197.5));
	CHECK(near(l->boxes[1].x, 600 - 22 - 197.5) && near(l->boxes[1].y, 32.5) && l->right[1]);
	CHECK(near(l->rows[0].y, 45.5) && near(l->rows[0].h, 26)); /* two lines: its way in; the open network and a line */
	CHECK(near(l->rows[1].y, 71.5) && near(l->rows[1].h, 26));
	CHECK(near(l->boxes[0].h, 13 + 52 + 6.5));
	CHECK(near(l->rows[2].h, 13) && near(l->boxes[1].h, 32.5));
	CHECK_INT(l->n_nets, 1);
	CHECK_INT(l->n_stubs, 5); /* two to the open network, two sources, one target */
	CHECK(near(l->ways[0], 45.5 + 9.75) && l->ways[1] <= 0);
	CHECK(near(l->trunks[0].x, 9.9) && near(l->trunks[0].y0, 19.5) && near(l->trunks[0].y1, 55.25) && l->trunks[1].y1 <= 0);
	CHECK(near(l->tracks[0].y0, 45.5 + 0.62 * 13) && near(l->tracks[0].y1, 71.5 + 1.9 * 13)); /* from the target on the right to the lower source */
	CHECK(l->network.up && near(l->network.y0, 19.5));
	CHECK_INT(l->left_out, 0);
	picture_place(&p, 600, 10, 0, l);
	CHECK(l->n_nets == 0 && l->left_out == 2);
	free(l);
}

static bool meet(struct picture_rect a, struct picture_rect b)
{
	const float slack = 0.01f;

	return a.x + slack < b.x + b.w && b.x + slack < a.x + a.w && a.y + slack < b.y + b.h && b.y + slack < a.y + a.h;
}

static bool within(struct picture_rect in, struct picture_rect out)
{
	const float slack = 0.01f;

	return in.x >= out.x - slack && in.y >= out.y - slack && in.x + in.w <= out.x + out.w + slack && in.y + in.h <= out.y + out.h + slack;
}

/* Upright lines upon one another: on one x, and apart by less than a third of a line. */
static bool same_track(const struct picture_track *a, const struct picture_track *b, float line)
{
	return fabsf(a->x - b->x) < 0.1f && a->y0 < b->y1 + line / 3 && b->y0 < a->y1 + line / 3;
}

static bool same_level(const struct picture_stub *a, const struct picture_stub *b)
{
	return fabsf(a->y - b->y) < 0.5f && fminf(a->x0, a->x1) < fmaxf(b->x0, b->x1) - 0.1f && fminf(b->x0, b->x1) < fmaxf(a->x0, a->x1) - 0.1f;
}

static size_t overlaps(const struct picture *p, const struct picture_layout *l)
{
	struct picture_rect page = {0, 0, l->width, l->height};
	size_t bad = 0;

	for (size_t i = 0; i < p->n_boxes; i++) {
		bad += !within(l->boxes[i], page) + meet(l->boxes[i], l->outside);
		for (size_t k = 0; k < i; k++)
			bad += meet(l->boxes[i], l->boxes[k]);
	}
	for (size_t i = 0; i < p->n_rows; i++) {
		bad += !within(l->rows[i], l->boxes[p->rows[i].box]);
		for (size_t k = 0; k < i; k++)
			bad += meet(l->rows[i], l->rows[k]);
	}
	for (size_t i = 0; i < l->n_nets; i++) {
		struct picture_rect line = {l->tracks[i].x, l->tracks[i].y0, 0.1f, l->tracks[i].y1 - l->tracks[i].y0};

		for (size_t k = 0; k < p->n_boxes && l->tracks[i].y1 > 0; k++)
			bad += meet(line, l->boxes[k]);
		for (size_t k = 0; k < i; k++)
			bad += l->tracks[i].y1 > 0 && l->tracks[k].y1 > 0 && same_track(&l->tracks[i], &l->tracks[k], l->line);
	}
	for (size_t i = 0; i < l->n_stubs; i++) {
		const struct picture_stub *s = &l->stubs[i];
		struct picture_rect row = l->rows[s->row];

		bad += s->y <= row.y || s->y >= row.y + row.h;
		for (size_t k = 0; k < i; k++)
			bad += same_level(s, &l->stubs[k]) + (s->label.w > 0 && l->stubs[k].label.w > 0 && meet(s->label, l->stubs[k].label));
		for (size_t k = 0; k < l->n_nets && s->label.w > 0; k++) /* no upright line through a text */
			bad += l->tracks[k].y1 > 0 && meet(s->label, (struct picture_rect){l->tracks[k].x, l->tracks[k].y0, 0.1f, l->tracks[k].y1 - l->tracks[k].y0});
		for (size_t k = 0; k < p->n_boxes && s->label.w > 0; k++)
			bad += meet(s->label, l->boxes[k]);
	}
	for (size_t i = 0; i < l->n_legends; i++)
		bad += !within(l->legends[i].at, page) + meet(l->legends[i].at, l->network_label);
	return bad;
}

/* A picture from numbers that follow one another by a rule (Numerical Recipes' linear congruence), so that each run has the same. */
static uint32_t next(uint32_t *seed, uint32_t below)
{
	*seed = *seed * 1664525 + 1013904223;
	return (*seed >> 8) % below;
}

static void make(struct picture *p, uint32_t seed)
{
	static const char *const rows[] = {"open", "in", "out", "closed", "host"}, *const lines[] = {"allowed", "seen", "dropped", "unexpected", "blocked"};
	auto_buf b = BUF_INIT;
	uint32_t boxes = 1 + next(&seed, PICTURE_BOXES), n = 0;
	static char text[200000];

	for (uint32_t i = 1; i <= boxes; i++)
		buf_printf(&b, "box|%u||n%u|%s|%u|1\n", i, i, i % 3 ? i % 2 ? "open" : "closed" : "partly", next(&seed, 50));
	for (uint32_t i = 1; i <= boxes; i++)
		for (uint32_t k = next(&seed, 9); k; k--, n++)
			buf_printf(&b, "row|%u|%u|r|%s|%u|\n", n + 1, i, rows[next(&seed, 5)], next(&seed, 9));
	for (uint32_t k = next(&seed, 200); n && k; k--) {
		int from = (int)next(&seed, n + 2) - 1, to = (int)next(&seed, n + 2) - 1;

		buf_printf(&b, "line|%d|%d|TCP %u|%s|1|\n", from, to, next(&seed, 6), lines[next(&seed, from == -1 ? 5 : 4)]);
	}
	CHECK(b.n < sizeof(text));
	snprintf(text, sizeof(text), "%s", buf_str(&b));
	fill(p, text);
}

static void nothing_overlaps(void)
{
	static const float widths[] = {44 * 8.5f, 475, 560, 940, 1400};
	struct picture_layout *l = malloc(sizeof(*l)), *again = malloc(sizeof(*again));
	size_t bad = 0, drawn = 0, left = 0, unlike = 0;

	for (uint32_t seed = 1; seed <= 400; seed++) {
		struct picture p;
		size_t here;

		make(&p, seed * 2654435761u);
		picture_place(&p, widths[seed % 5], seed % 5 == 3 ? 13 : 8.5f, seed % 7 ? PICTURE_LINES : 5, l);
		picture_place(&p, widths[seed % 5], seed % 5 == 3 ? 13 : 8.5f, seed % 7 ? PICTURE_LINES : 5, again);
		unlike += memcmp(l->stubs, again->stubs, l->n_stubs * sizeof(*l->stubs)) != 0 || l->n_stubs != again->n_stubs;
		here = overlaps(&p, l);
		if (here && !bad)
			printf("  seed %u: %zu overlap\n", seed, here);
		bad += here;
		drawn += l->n_nets;
		left += l->left_out > 0;
	}
	CHECK_INT(bad, 0);
	CHECK_INT(unlike, 0);
	CHECK(drawn > 4000 && left > 20); /* it was full, and more than full */
	free(l);
	free(again);
}

/* The search must be able to fail: boxes and stubs put upon one another are seen. */
static void overlaps_are_seen(void)
{
	struct picture_layout *l = malloc(sizeof(*l));
	struct picture p;

	fill(&p, small);
	picture_place(&p, 600, 10, PICTURE_LINES, l);
	CHECK_INT(overlaps(&p, l), 0);
	l->boxes[1].x = 100;
	CHECK(overlaps(&p, l) > 0);
	picture_place(&p, 600, 10, PICTURE_LINES, l);
	l->stubs[1].y = l->stubs[0].y;
	CHECK(overlaps(&p, l) > 0);
	free(l);
}

static void collect(void *user, enum picture_ink ink, struct span line)
{
	(void)ink;
	buf_add_span(user, line);
	buf_add_char(user, '\n');
}

static void text_by_hand(void)
{
	auto_buf wide = BUF_INIT, plain = BUF_INIT;
	struct picture p;

	fill(&p, small);
	picture_text(&p, 60, true, collect, &wide);
	CHECK_STR(buf_str(&wide), "The plug-in is not known.\n"
				  "┌ shop ╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌ 3 workloads, none isolated ┐\n"
				  "╎ □ web                                                    ╎\n"
				  "╎     ◀╌╌ outside: load balancer 443                       ╎\n"
				  "╎     ◀─▶ open network                                     ╎\n"
				  "╎     ╌╌▶ TCP 5432  data/db                                ╎\n"
				  "╎ □ cart, mail  (2)                                        ╎\n"
				  "╎     ◀─▶ open network                                     ╎\n"
				  "╎     ╌╌▶ TCP 5432  data/db                                ╎\n"
				  "└╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌┘\n"
				  "╔ data ══════════════════════════ 1 workload, all isolated ╗\n"
				  "║ ■ db                                                     ║\n"
				  "║     ◀╌╌ TCP 5432  shop/web, shop/cart, mail              ║\n"
				  "╚══════════════════════════════════════════════════════════╝\n"
				  "Rows: □ no policy holds, ◧ isolated for what comes in, ◨\n"
				  "isolated for what goes out, ■ isolated both ways, ◇ network\n"
				  "of its node\n"
				  "Lines: ╌╌▶ allowed (no flows collected), ──▶ allowed and\n"
				  "observed, ┄x┄ tried and dropped, !━▶ observed though\n"
				  "policies deny it, ▌── policies close it. On the open network\n"
				  "all reach all.\n");
	picture_text(&p, 60, false, collect, &plain);
	for (size_t i = 0; i < plain.n; i++)
		if ((unsigned char)plain.p[i] >= 0x80)
			CHECK(!"ASCII only");
	CHECK(span_has(buf_span(&plain), "# [##] db"));
}

static void hostile_names(void)
{
	auto_buf svg = BUF_INIT, text = BUF_INIT;
	struct picture p;

	fill(&p, "box|1||" HOSTILE "|open|2|1\nrow|1|1|" HOSTILE "|open|1|\nrow|2|1|" HOSTILE "|closed|1|\nline|-1|1|" HOSTILE "|allowed|0|\nline|1|2|" HOSTILE "|seen|1|\nnote|||" HOSTILE
		 "|warning||\n");
	picture_svg(&p, SPAN(HOSTILE), &svg);
	CHECK(!span_has(buf_span(&svg), "<script") && !memchr(svg.p, 0x1b, svg.n) && !memchr(svg.p, 0xff, svg.n));
	CHECK(span_has(buf_span(&svg), "&lt;/text&gt;&lt;script&gt;alert(&apos;x&apos;)"));
	CHECK(!memmem(svg.p, svg.n, "\xe2\x80\xae", 3));
	picture_text(&p, 80, true, collect, &text);
	CHECK(!memchr(text.p, 0x1b, text.n) && !memchr(text.p, 0xff, text.n) && !memmem(text.p, text.n, "\xe2\x80\xae", 3));
}

int main(void)
{
	TEST(records_are_read);
	TEST(lines_are_bundled);
	TEST(boxes_are_added_up);
	TEST(places_by_hand);
	TEST(nothing_overlaps);
	TEST(overlaps_are_seen);
	TEST(text_by_hand);
	TEST(hostile_names);
	return test_end();
}
