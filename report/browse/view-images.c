// SPDX-License-Identifier: Apache-2.0
// Images of the site with what they were built on, and the layers of one of them: base or own, size, what each adds, changes and takes away. What is in a layer is
// view-tree.c's.
#include "view.h"
#include "common/text.h"

struct images {
	struct view view;
	struct cursor cursor;
	int64_t n, image; /* image 0: the list */
	int rows;
};

void browse_bytes(char *out, size_t n, int64_t bytes)
{
	static const char units[] = "BkMGT";
	double v = (double)bytes;
	int unit = 0;

	for (; v >= 999.5 && unit < 4; unit++)
		v /= 1000;
	snprintf(out, n, unit && v < 9.95 ? "%.1f%c" : "%.0f%c", v, units[unit]);
}

/* Repository and tag tell images apart, not the registry: of a long name the end is shown. */
static void draw_name(int y, int x, int width, enum style style, struct span name)
{
	struct span rest = name;

	while (rest.n + 2 > (size_t)width && memchr(rest.p, '/', rest.n))
		span_cut(&rest, '/');
	if (name.n > (size_t)width && rest.n < name.n)
		term_put(y, x, 2, style, false, SPAN("\xe2\x80\xa6/"));
	else
		rest = name;
	term_put(y, rest.n < name.n ? x + 2 : x, rest.n < name.n ? width - 2 : width, style, true, rest);
}

static int draw_image(struct browser *b, int y, int64_t at, bool here, struct err *e)
{
	sqlite3_stmt *s = db_stmt(b->db, "SELECT v.image, v.bytes, v.layers, l.base, l.base_layers, c.hidden_bytes FROM v_image v LEFT JOIN image_lineage l ON l.image = v.subject "
					 "LEFT JOIN image_content c ON c.image = v.subject ORDER BY v.image, v.subject LIMIT 1 OFFSET ?");
	int width = term_columns(), half = (width - 34) / 2, rc;
	char size[16], hidden[16] = "?";

	db_bind(s, "i", at);
	rc = db_step(b->db, s, e);
	if (rc == 1) {
		bool known = sqlite3_column_type(s, 4) != SQLITE_NULL, itself = known && sqlite3_column_int64(s, 4) == sqlite3_column_int64(s, 2);

		browse_bytes(size, sizeof(size), sqlite3_column_int64(s, 1));
		if (sqlite3_column_type(s, 5) != SQLITE_NULL)
			browse_bytes(hidden, sizeof(hidden), sqlite3_column_int64(s, 5));
		term_put(y, 1, 1, STYLE_BOLD, true, here ? SPAN(">") : SPAN(" "));
		draw_name(y, 3, half, here ? STYLE_SELECTED : STYLE_PLAIN, db_text(s, 0));
		term_printf(y, 4 + half, 25, STYLE_DIM, "%6s %7s  %3lld", size, hidden, (long long)sqlite3_column_int64(s, 2));
		term_printf(y, 26 + half, half + 6, known ? STYLE_GOOD : STYLE_DIM, "%.*s%s%.*s", known && !itself ? 3 : 0, "on ",
			    !known ? "base not known" : itself ? "a base itself" : db_text(s, 3).n ? "" : "layers that others share", SPAN_ARG(known && !itself ? db_text(s, 3) : SPAN("")));
	}
	sqlite3_reset(s);
	return rc < 0 ? -1 : 0;
}

static int draw_list(struct images *v, struct browser *b, int top, int rows, struct err *e)
{
	int half = (term_columns() - 34) / 2;

	v->n = db_int(b->db, 0, "SELECT count(*) FROM image", "");
	v->rows = rows - 1;
	snprintf(v->view.title, sizeof(v->view.title), "images  %lld", (long long)v->n);
	cursor_act(&v->cursor, ACT_NONE, v->n, v->rows);
	if (!v->n) {
		term_put(top + 1, 3, term_columns() - 4, STYLE_DIM, false, SPAN("no image was collected: give docker save or OCI archives to analyze"));
		return 0;
	}
	term_put(top, 3, half, STYLE_DIM, false, SPAN("image"));
	term_put(top, 4 + half, 22, STYLE_DIM, false, SPAN("  size  unseen layers"));
	for (int y = 0; y < v->rows && v->cursor.first + y < v->n; y++)
		if (draw_image(b, top + 1 + y, v->cursor.first + y, v->cursor.first + y == v->cursor.at, e))
			return -1;
	return 0;
}

static int draw_layer(struct images *v, struct browser *b, int y, int64_t at, struct err *e)
{
	sqlite3_stmt *s = db_stmt(b->db, "SELECT ordinal, origin, bytes, added, changed, removed, hidden_bytes, coalesce(created_by, diff_id), files FROM v_image_layer WHERE subject = ? "
					 "ORDER BY ordinal LIMIT 1 OFFSET ?");
	bool here = at == v->cursor.at;
	char size[16], hidden[16] = "?";
	int rc;

	db_bind(s, "ii", v->image, at);
	rc = db_step(b->db, s, e);
	if (rc == 1) {
		struct span origin = db_text(s, 1);
		bool known = sqlite3_column_type(s, 8) != SQLITE_NULL;

		browse_bytes(size, sizeof(size), sqlite3_column_int64(s, 2));
		if (sqlite3_column_type(s, 6) != SQLITE_NULL)
			browse_bytes(hidden, sizeof(hidden), sqlite3_column_int64(s, 6));
		term_put(y, 1, 1, STYLE_BOLD, true, here ? SPAN(">") : SPAN(" "));
		term_printf(y, 3, 4, here ? STYLE_SELECTED : STYLE_PLAIN, "%3lld", (long long)sqlite3_column_int64(s, 0));
		term_put(y, 8, 4, span_eq(origin, "base") ? STYLE_DIM : span_eq(origin, "own") ? STYLE_BOLD : STYLE_DIM, true, origin.n ? origin : SPAN("?"));
		term_printf(y, 13, 6, STYLE_PLAIN, "%6s", size);
		if (known)
			term_printf(y, 20, 22, STYLE_PLAIN, "%6lld %6lld %6lld", (long long)sqlite3_column_int64(s, 3), (long long)sqlite3_column_int64(s, 4), (long long)sqlite3_column_int64(s, 5));
		else
			term_put(y, 20, 22, STYLE_DIM, true, SPAN("could not be read"));
		term_printf(y, 42, 7, STYLE_DIM, "%6s", hidden);
		term_put(y, 50, term_columns() - 51, STYLE_DIM, false, db_text(s, 7));
	}
	sqlite3_reset(s);
	return rc < 0 ? -1 : 0;
}

static int draw_layers(struct images *v, struct browser *b, int top, int rows, struct err *e)
{
	sqlite3_stmt *s = db_stmt(b->db, "SELECT image, base, base_layers, told_by, approved FROM v_image_lineage WHERE subject = ?");

	v->rows = rows - 3;
	v->n = db_int(b->db, 0, "SELECT count(*) FROM image_layer WHERE image = ?", "i", v->image);
	cursor_act(&v->cursor, ACT_NONE, v->n, v->rows);
	db_bind(s, "i", v->image);
	if (db_step(b->db, s, e) == 1) {
		struct span base = db_text(s, 1);
		bool ruled = sqlite3_column_type(s, 4) != SQLITE_NULL;

		snprintf(v->view.title, sizeof(v->view.title), "layers of %.*s", SPAN_ARG(db_text(s, 0)));
		term_printf(top, 3, term_columns() - 4, STYLE_BOLD, "base: %.*s%s%s%.*s%s", SPAN_ARG(base.n ? base : sqlite3_column_int64(s, 2) ? SPAN("layers that others share") : SPAN("not known")),
			    ruled ? sqlite3_column_int(s, 4) ? ", approved" : ", NOT approved" : "", base.n ? "  (told by " : "", SPAN_ARG(base.n ? db_text(s, 3) : SPAN("")), base.n ? ")" : "");
	}
	sqlite3_reset(s);
	term_put(top + 1, 3, term_columns() - 4, STYLE_DIM, false, SPAN("  #  of     size  added changed removed  unseen  made by"));
	for (int y = 0; y < v->rows && v->cursor.first + y < v->n; y++)
		if (draw_layer(v, b, top + 2 + y, v->cursor.first + y, e))
			return -1;
	return 0;
}

static int draw(struct view *view, struct browser *b, int top, int rows, struct err *e)
{
	struct images *v = (struct images *)view;

	return v->image ? draw_layers(v, b, top, rows, e) : draw_list(v, b, top, rows, e);
}

static int act(struct view *view, struct browser *b, enum action a, struct span words, struct err *e)
{
	struct images *v = (struct images *)view;

	(void)words, (void)e;
	if (cursor_act(&v->cursor, a, v->n, v->rows) || a != ACT_OPEN || !v->n)
		return 0;
	if (v->image)
		browse_push(b, view_tree_new(b, v->image, v->cursor.at));
	else
		browse_push(b, view_images_new(db_int(b->db, 0, "SELECT subject FROM v_image ORDER BY image, subject LIMIT 1 OFFSET ?", "i", v->cursor.at)));
	return 0;
}

static void images_free(struct view *v)
{
	free(v);
}

struct view *view_images_new(int64_t image)
{
	struct images *v = calloc(1, sizeof(*v));

	if (!v)
		die("out of memory");
	v->view = (struct view){.name = "images", .hints = image ? " Enter what the layer changes   unseen: hidden by later layers   Esc back" : " Enter layers   1 overview   2 findings   ? help   Esc back",
				.draw = draw, .act = act, .free = images_free};
	v->image = image;
	return &v->view;
}
