// SPDX-License-Identifier: Apache-2.0
// plimsoll browse: the loop over keys and the stack of views. Each view is in its own file.
#include "commands.h"
#include "common/assessment.h"
#include "common/opts.h"
#include "common/text.h"
#include "term.h"
#include "view.h"

enum style browse_severity(struct span severity, const char **letter)
{
	static const struct {
		const char *word, *letter;
		enum style style;
	} table[] = {{"critical", "C", STYLE_CRITICAL}, {"high", "H", STYLE_HIGH}, {"medium", "M", STYLE_MEDIUM}, {"low", "L", STYLE_LOW}};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (span_eq(severity, table[i].word)) {
			*letter = table[i].letter;
			return table[i].style;
		}
	*letter = "I";
	return STYLE_INFO;
}

bool cursor_act(struct cursor *c, enum action a, int64_t n, int rows)
{
	int64_t before = c->at;

	switch (a) {
	case ACT_UP:
		c->at--;
		break;
	case ACT_DOWN:
		c->at++;
		break;
	case ACT_PAGE_UP:
		c->at -= rows;
		break;
	case ACT_PAGE_DOWN:
		c->at += rows;
		break;
	case ACT_TOP:
		c->at = 0;
		break;
	case ACT_BOTTOM:
		c->at = n - 1;
		break;
	default:
		break;
	}
	if (c->at >= n)
		c->at = n - 1;
	if (c->at < 0)
		c->at = 0;
	if (c->first > c->at)
		c->first = c->at;
	if (rows > 0 && c->first < c->at - rows + 1)
		c->first = c->at - rows + 1;
	return c->at != before;
}

void browse_push(struct browser *b, struct view *v)
{
	v->below = b->top;
	b->top = v;
}

void browse_pop(struct browser *b)
{
	struct view *v = b->top;

	if (!v->below) {
		b->quit = true;
		return;
	}
	b->top = v->below;
	v->free(v);
}

static int draw(struct browser *b, struct err *e)
{
	int rows = term_rows(), columns = term_columns();

	term_clear();
	term_put(0, 0, columns, STYLE_TITLE, true, SPAN_NONE);
	if (b->top->draw(b->top, b, 1, rows - 2, e))
		return -1;
	term_printf(0, 1, columns - 2, STYLE_TITLE, "Plimsoll  %s", b->top->title[0] ? b->top->title : b->top->name);
	if (b->message[0])
		term_put(rows - 1, 0, columns, STYLE_BOLD, true, span_of(b->message));
	else
		term_put(rows - 1, 0, columns, STYLE_DIM, true, span_of(b->top->hints));
	term_show();
	return 0;
}

/* Reads a line at the bottom: false when it was given up with Esc. */
static bool prompt(const char *label, struct buf *line)
{
	for (;;) {
		int y = term_rows() - 1;
		uint32_t key;
		char out[4];

		term_put(y, 0, term_columns(), STYLE_PLAIN, true, span_of(label));
		term_put(y, (int)strlen(label), term_columns() - (int)strlen(label), STYLE_BOLD, true, buf_span(line));
		term_show();
		key = term_key();
		if (key == KEY_ENTER_)
			return true;
		if (key == KEY_ESCAPE_)
			return false;
		if (key == KEY_BACKSPACE_ && line->n) {
			do
				line->n--;
			while (line->n && (line->p[line->n] & 0xc0) == 0x80);
			line->p[line->n] = 0;
		} else if (key < KEY_NONE_ && key >= ' ' && line->n < 200) {
			buf_add(line, out, utf8_encode(key, out));
		}
	}
}

static int handle(struct browser *b, enum action a, struct err *e)
{
	auto_buf line = BUF_INIT;

	switch (a) {
	case ACT_NONE:
		return 0;
	case ACT_BACK:
	case ACT_QUIT:
		if (a == ACT_QUIT || b->top->below)
			browse_pop(b);
		return 0;
	case ACT_HELP:
		browse_push(b, view_help_new());
		return 0;
	case ACT_OVERVIEW:
		while (b->top->below)
			browse_pop(b);
		return 0;
	case ACT_FINDINGS:
		browse_push(b, view_findings_new(NULL, SPAN_NONE));
		return 0;
	case ACT_COVERAGE:
		browse_push(b, view_coverage_new());
		return 0;
	case ACT_NETWORK:
		browse_push(b, view_network_new());
		return 0;
	case ACT_PATHS:
		browse_push(b, view_paths_new(0));
		return 0;
	case ACT_IMAGES:
		browse_push(b, view_images_new(0));
		return 0;
	case ACT_SEARCH:
	case ACT_COMMAND:
		if (!prompt(a == ACT_SEARCH ? "/" : ":", &line))
			return 0;
		if (a == ACT_COMMAND && span_eq(buf_span(&line), "q")) {
			b->quit = true;
			return 0;
		}
		break;
	default:
		break;
	}
	return b->top->act(b->top, b, a, buf_span(&line), e);
}

static int loop(struct browser *b, struct err *e)
{
	while (!b->quit) {
		enum action a;

		if (draw(b, e))
			return -1;
		a = keys_find(term_key());
		b->message[0] = 0;
		if (handle(b, a, e))
			return -1;
	}
	return 0;
}

static int browse(void *ctx, const struct opt_list *rest, struct err *e)
{
	const bool *no_colour = ctx;
	auto_db db = {0};
	struct browser b = {.db = &db};
	int rc;

	if (assessment_open(&db, rest->at[0], e) || term_open(!*no_colour, e))
		return -1;
	browse_push(&b, view_overview_new());
	rc = loop(&b, e);
	term_close();
	while (b.top->below)
		browse_pop(&b);
	b.top->free(b.top);
	return rc ? -1 : assessment_exit(&db);
}

int cmd_browse(int argc, char **argv)
{
	bool no_colour = false;
	const struct opt table[] = {{"no-color", 0, OPT_FLAG, &no_colour, NULL, "Use no colours (as NO_COLOR does)."}, {0}};
	const struct opts opts = {.command = "browse", .synopsis = "SITE.db", .summary = "Walk through an assessment in the terminal.", .table = table,
				  .more = "Keys: ? shows them all. Arrow and vi keys move, Enter opens, Esc goes back, / searches, q quits.\n", .min = 1, .max = 1};

	return opts_run(&opts, argc, argv, browse, &no_colour);
}
