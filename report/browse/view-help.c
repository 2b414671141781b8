// SPDX-License-Identifier: Apache-2.0
// The key table, shown.
#include "view-text.h"

struct help {
	struct view view;
	struct text text;
};

static int draw(struct view *v, struct browser *b, int top, int rows, struct err *e)
{
	struct help *h = (struct help *)v;
	const struct key_row *k;
	char line[160];

	(void)b, (void)e;
	text_start(&h->text, term_columns());
	for (size_t i = 0; (k = keys_at(i)); i++) {
		if (!k->help)
			continue;
		snprintf(line, sizeof(line), "%-18s %s", k->shown, k->help);
		text_para(&h->text, STYLE_PLAIN, 2, span_of(line));
	}
	text_head(&h->text, "severity: C critical, H high, M medium, L low, I info");
	text_para(&h->text, STYLE_DIM, 0, SPAN("verdict: gap (fails), acc (fails, accepted), manual, n/as (not assessed), error"));
	text_draw(&h->text, top, rows);
	return 0;
}

static int act(struct view *v, struct browser *b, enum action a, struct span words, struct err *e)
{
	(void)e;
	text_act(&((struct help *)v)->text, b, a, words);
	return 0;
}

static void help_free(struct view *v)
{
	text_fini(&((struct help *)v)->text);
	free(v);
}

struct view *view_help_new(void)
{
	struct help *h = calloc(1, sizeof(*h));

	if (!h)
		die("out of memory");
	h->view = (struct view){.name = "help", .hints = " Esc back", .draw = draw, .act = act, .free = help_free};
	return &h->view;
}
