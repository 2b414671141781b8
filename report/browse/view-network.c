// SPDX-License-Identifier: Apache-2.0
// The network of each cluster as a picture in characters.
#include "common/picture-text.h"
#include "view-text.h"

struct network {
	struct view view;
	struct text text;
};

static void put(void *user, enum picture_ink ink, struct span line)
{
	static const enum style styles[] = {[PICTURE_PLAIN] = STYLE_PLAIN, [PICTURE_DIM] = STYLE_DIM,	    [PICTURE_BOLD] = STYLE_BOLD,
					    [PICTURE_BAD] = STYLE_HIGH,	   [PICTURE_HALF] = STYLE_MEDIUM, [PICTURE_GOOD] = STYLE_GOOD};

	text_para(user, styles[ink], 0, line);
}

static int fill(struct text *t, struct browser *b, struct err *e)
{
	sqlite3_stmt *s = db_stmt(b->db, "SELECT cluster, count(*) OVER () FROM network_picture GROUP BY cluster ORDER BY cluster");
	struct picture *p = arena_alloc(&t->arena, sizeof(*p));
	bool any = false;
	int rc;

	while ((rc = db_step(b->db, s, e)) == 1) {
		struct span cluster = db_text(s, 0);

		if (sqlite3_column_int(s, 1) > 1)
			text_head(t, arena_printf(&t->arena, "cluster %.*s", SPAN_ARG(cluster)));
		if (picture_load(p, &t->arena, b->db, arena_strndup(&t->arena, cluster.p, cluster.n), e)) {
			rc = -1;
			break;
		}
		picture_text(p, (size_t)t->width - 3, term_utf8(), put, t);
		any = true;
	}
	sqlite3_reset(s);
	if (!any)
		text_para(t, STYLE_DIM, 0, SPAN("Not assessed: nothing was collected of a cluster's network."));
	return rc;
}

static int draw(struct view *v, struct browser *b, int top, int rows, struct err *e)
{
	struct network *n = (struct network *)v;

	if (n->text.width != term_columns()) {
		text_start(&n->text, term_columns());
		if (fill(&n->text, b, e))
			return -1;
	}
	text_draw(&n->text, top, rows);
	return 0;
}

static int act(struct view *v, struct browser *b, enum action a, struct span words, struct err *e)
{
	(void)e;
	text_act(&((struct network *)v)->text, b, a, words);
	return 0;
}

static void network_free(struct view *v)
{
	text_fini(&((struct network *)v)->text);
	free(v);
}

struct view *view_network_new(void)
{
	struct network *n = calloc(1, sizeof(*n));

	if (!n)
		die("out of memory");
	n->view = (struct view){.name = "network", .hints = " j k scroll   / search   1 overview   4 paths   ? help   Esc back", .draw = draw, .act = act, .free = network_free};
	return &n->view;
}
