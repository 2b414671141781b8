// SPDX-License-Identifier: Apache-2.0
// Paths of attack: the list of them, the worst first, and one of them as a strip, hop by hop, from where Enter leads to the object that proves it.
#include "view.h"
#include "common/text.h"

struct paths {
	struct view view;
	struct cursor cursor;
	int64_t n, path; /* path 0: the list */
	int rows;
};

static int draw_list_row(struct browser *b, int y, int64_t at, bool here, struct err *e)
{
	sqlite3_stmt *s = db_stmt(b->db, "SELECT severity, entry_title, jewel_title, hops FROM v_path WHERE path = ?");
	int width = term_columns(), half = (width - 18) / 2, rc;

	db_bind(s, "i", at + 1);
	rc = db_step(b->db, s, e);
	if (rc == 1) {
		const char *letter;
		enum style style = browse_severity(db_text(s, 0), &letter);

		term_put(y, 1, 1, STYLE_BOLD, true, here ? SPAN(">") : SPAN(" "));
		term_printf(y, 3, 1, style, "%s", letter);
		term_printf(y, 5, 8, STYLE_DIM, "%d hops", sqlite3_column_int(s, 3));
		term_put(y, 14, half, here ? STYLE_SELECTED : STYLE_PLAIN, true, db_text(s, 1));
		term_put(y, 16 + half, width - half - 17, STYLE_DIM, false, db_text(s, 2));
	}
	sqlite3_reset(s);
	return rc < 0 ? -1 : 0;
}

/* A hop takes four lines: how, where the attacker is then, its proof, an empty one. */
enum { HOP_LINES = 4 };

static int draw_hop(struct paths *p, struct browser *b, int y, int64_t at, struct err *e)
{
	sqlite3_stmt *s = db_stmt(b->db, "SELECT how, title, detail, confidence, technique, member, pointer FROM v_path_hop WHERE path = ? ORDER BY ordinal LIMIT 1 OFFSET ?");
	bool here = at == p->cursor.at;
	int width = term_columns() - 8, rc;

	db_bind(s, "ii", p->path, at);
	rc = db_step(b->db, s, e);
	if (rc == 1) {
		bool assumed = span_eq(db_text(s, 3), "assumed");
		struct span pointer = db_text(s, 6);

		term_put(y, 2, 3, STYLE_BOLD, true, here ? SPAN(" > ") : term_utf8() ? SPAN(" │ ") : SPAN(" | "));
		term_printf(y, 6, width, assumed ? STYLE_MEDIUM : STYLE_HIGH, "%.*s  (%.*s, ATT&CK %.*s)", SPAN_ARG(db_text(s, 0)), SPAN_ARG(db_text(s, 3)), SPAN_ARG(db_text(s, 4)));
		term_put(y + 1, 2, 3, STYLE_BOLD, true, term_utf8() ? SPAN(" ▼ ") : SPAN(" v "));
		term_put(y + 1, 6, width, here ? STYLE_SELECTED : STYLE_BOLD, false, db_text(s, 1));
		term_put(y + 2, 6, width, STYLE_PLAIN, false, db_text(s, 2));
		term_printf(y + 3, 6, width, STYLE_DIM, "%.*s %.*s", SPAN_ARG(db_text(s, 5)), SPAN_ARG(pointer));
	}
	sqlite3_reset(s);
	return rc < 0 ? -1 : 0;
}

static int draw_strip(struct paths *p, struct browser *b, int top, int rows, struct err *e)
{
	sqlite3_stmt *s = db_stmt(b->db, "SELECT entry_title FROM v_path WHERE path = ?");

	p->rows = (rows - 1) / HOP_LINES;
	cursor_act(&p->cursor, ACT_NONE, p->n, p->rows);
	db_bind(s, "i", p->path);
	if (db_step(b->db, s, e) == 1)
		term_put(top, 2, term_columns() - 4, STYLE_BOLD, false, db_text(s, 0));
	sqlite3_reset(s);
	for (int i = 0; i < p->rows && p->cursor.first + i < p->n; i++)
		if (draw_hop(p, b, top + 1 + i * HOP_LINES, p->cursor.first + i, e))
			return -1;
	return 0;
}

static int draw(struct view *v, struct browser *b, int top, int rows, struct err *e)
{
	struct paths *p = (struct paths *)v;

	if (p->path) {
		p->n = db_int(b->db, 0, "SELECT count(*) FROM path_hop WHERE path = ?", "i", p->path);
		snprintf(v->title, sizeof(v->title), "path %lld", (long long)p->path);
		return draw_strip(p, b, top, rows, e);
	}
	p->n = db_int(b->db, 0, "SELECT count(*) FROM path WHERE id IN (SELECT path FROM path_hop)", "");
	p->rows = rows;
	snprintf(v->title, sizeof(v->title), "paths of attack  %lld", (long long)p->n);
	cursor_act(&p->cursor, ACT_NONE, p->n, rows);
	if (!p->n)
		term_put(top + 1, 3, term_columns() - 4, STYLE_DIM, false, SPAN("no path leads from an entry to what must not fall, as far as the evidence goes"));
	for (int y = 0; y < rows && p->cursor.first + y < p->n; y++)
		if (draw_list_row(b, top + y, p->cursor.first + y, p->cursor.first + y == p->cursor.at, e))
			return -1;
	return 0;
}

static int act(struct view *v, struct browser *b, enum action a, struct span words, struct err *e)
{
	struct paths *p = (struct paths *)v;

	(void)words, (void)e;
	if (cursor_act(&p->cursor, a, p->n, p->rows) || a != ACT_OPEN || !p->n)
		return 0;
	if (!p->path)
		browse_push(b, view_paths_new(p->cursor.at + 1));
	else
		browse_push(b, view_object_new(db_int(b->db, 0, "SELECT e.proof FROM path_hop h JOIN edge e ON e.id = h.edge WHERE h.path = ? ORDER BY h.ordinal LIMIT 1 OFFSET ?", "ii",
						      p->path, p->cursor.at)));
	return 0;
}

static void paths_free(struct view *v)
{
	free(v);
}

struct view *view_paths_new(int64_t path)
{
	struct paths *p = calloc(1, sizeof(*p));

	if (!p)
		die("out of memory");
	p->view = (struct view){.name = "paths", .hints = path ? " Enter the object that proves a step   Esc back" : " Enter hop by hop   1 overview   2 findings   ? help   Esc back",
				.draw = draw, .act = act, .free = paths_free};
	p->path = path;
	return &p->view;
}
