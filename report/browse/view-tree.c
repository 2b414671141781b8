// SPDX-License-Identifier: Apache-2.0
// One layer as a tree of what it adds, changes and takes away: the largest files and those of note, with sums for each folder. The database holds at most 200
// changes of a layer and the first files of note; what is not listed stands in the last line.
#include "view.h"
#include "common/text.h"

enum { FILES_MAX = 1000, DEPTH_MAX = 64 };

struct node {
	struct span name;
	struct span state, kinds; /* of files; absent: a folder */
	int depth;
	int64_t bytes, below; /* folders: sums */
	bool folder, closed;
};

struct tree {
	struct view view;
	struct cursor cursor;
	struct arena arena;
	struct node *nodes;
	size_t n, cap;
	size_t *lines; /* nodes that are shown */
	int64_t shown;
	int64_t files, bytes; /* of the layer, all told; -1: not known */
	int64_t listed, listed_bytes;
	int rows;
};

static struct node *add_node(struct tree *t)
{
	if (t->n == t->cap) {
		struct node *bigger = arena_array(&t->arena, t->cap ? 2 * t->cap : 256, sizeof(*bigger));

		if (t->n)
			memcpy(bigger, t->nodes, t->n * sizeof(*bigger));
		t->nodes = bigger;
		t->cap = t->cap ? 2 * t->cap : 256;
	}
	return &t->nodes[t->n++];
}

/* The folders that lead to the file at hand, each a node. */
struct trail {
	size_t at[DEPTH_MAX];
	int depth;
};

/* Paths come sorted: a folder that is not on the trail is new. */
static void add_file(struct tree *t, struct trail *trail, const struct node *file, struct span path)
{
	struct span rest = path;
	struct node *n;
	int depth = 0;

	for (struct span part = span_cut(&rest, '/'); rest.p && depth < DEPTH_MAX; part = span_cut(&rest, '/'), depth++) {
		if (depth < trail->depth && span_is(t->nodes[trail->at[depth]].name, part))
			continue;
		trail->depth = depth + 1;
		trail->at[depth] = t->n;
		n = add_node(t);
		*n = (struct node){.name = {arena_strndup(&t->arena, part.p, part.n), part.n}, .depth = depth, .folder = true};
	}
	trail->depth = depth < trail->depth ? depth : trail->depth;
	for (int i = 0; i < depth; i++) {
		t->nodes[trail->at[i]].bytes += file->bytes;
		t->nodes[trail->at[i]].below += file->below;
	}
	n = add_node(t);
	*n = *file;
	n->depth = depth;
	rest = span_after_last(path, '/');
	n->name = (struct span){arena_strndup(&t->arena, rest.p, rest.n), rest.n};
}

static struct span keep(struct tree *t, struct span s)
{
	return s.p ? (struct span){arena_strndup(&t->arena, s.p, s.n), s.n} : SPAN_NONE;
}

/* Sorted, so that all that begins with a folder's path lies together. */
static const char files_sql[] =
	"WITH f AS (SELECT c.path, c.state, coalesce(c.bytes, 0) AS bytes, coalesce(c.bytes_below, 0) AS below FROM image_layer y JOIN layer_file c ON c.chain = y.chain "
	"  WHERE y.image = ?1 AND y.ordinal = ?2), "
	"k AS (SELECT path, max(bytes) AS bytes, group_concat(kind, ', ') AS kinds FROM (SELECT path, bytes, kind FROM image_file WHERE image = ?1 AND layer = ?2 ORDER BY path, kind "
	"  LIMIT 2000) GROUP BY path) "
	"SELECT f.path, f.state, f.bytes, f.below, k.kinds FROM f LEFT JOIN k ON k.path = f.path AND f.state <> 'removed' "
	"UNION ALL SELECT k.path, 'noted', k.bytes, 0, k.kinds FROM k WHERE k.path NOT IN (SELECT path FROM f) ORDER BY 1 COLLATE BINARY LIMIT ?3";

static void read_files(struct tree *t, struct browser *b, int64_t image, int64_t layer)
{
	sqlite3_stmt *s = db_stmt(b->db, files_sql);
	struct trail trail = {.depth = 0};
	struct err e = {0};

	db_bind(s, "iii", image, layer, (int64_t)FILES_MAX);
	while (db_step(b->db, s, &e) == 1) {
		struct node file = {.state = keep(t, db_text(s, 1)), .kinds = keep(t, db_text(s, 4)), .bytes = sqlite3_column_int64(s, 2), .below = sqlite3_column_int64(s, 3)};

		add_file(t, &trail, &file, db_text(s, 0));
		if (!span_eq(file.state, "removed")) {
			t->listed++;
			t->listed_bytes += file.bytes;
		}
	}
	sqlite3_reset(s);
	if (e.kind)
		snprintf(b->message, sizeof(b->message), "%.150s", e.msg);
}

static void find_lines(struct tree *t)
{
	int hidden = DEPTH_MAX + 1; /* below a closed folder of this depth nothing is shown */

	t->shown = 0;
	for (size_t i = 0; i < t->n; i++) {
		if (t->nodes[i].depth > hidden)
			continue;
		hidden = t->nodes[i].closed ? t->nodes[i].depth : DEPTH_MAX + 1;
		t->lines[t->shown++] = i;
	}
}

static void draw_node(const struct tree *t, int y, int64_t line)
{
	static const struct {
		const char *state, *sign;
		enum style style;
	} states[] = {{"added", "+", STYLE_GOOD}, {"changed", "~", STYLE_MEDIUM}, {"removed", "-", STYLE_HIGH}, {"noted", " ", STYLE_PLAIN}};
	const struct node *n = &t->nodes[t->lines[line]];
	bool here = line == t->cursor.at;
	int x = 18 + 2 * (n->depth < 20 ? n->depth : 20), width = term_columns();
	enum style style = STYLE_PLAIN;
	const char *sign = " ";
	char size[16];

	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++)
		if (span_eq(n->state, states[i].state)) {
			sign = states[i].sign;
			style = states[i].style;
		}
	browse_bytes(size, sizeof(size), n->bytes ? n->bytes : n->below);
	term_put(y, 1, 1, STYLE_BOLD, true, here ? SPAN(">") : SPAN(" "));
	term_printf(y, 3, 1, style, "%s", sign);
	term_printf(y, 5, 6, STYLE_DIM, "%6s", size);
	if (n->below && n->bytes) {
		browse_bytes(size, sizeof(size), n->below);
		term_printf(y, 11, 7, STYLE_DIM, "/%s", size);
	}
	x += term_put(y, x, width - x - 1, here ? STYLE_SELECTED : n->folder ? STYLE_BOLD : style, false, n->name);
	if (n->folder)
		term_put(y, x, 4, STYLE_DIM, false, n->closed ? SPAN("/ +") : SPAN("/"));
	else if (n->kinds.n && x + 2 < width)
		term_put(y, x + 2, width - x - 3, STYLE_HIGH, false, n->kinds);
}

static int draw(struct view *v, struct browser *b, int top, int rows, struct err *e)
{
	struct tree *t = (struct tree *)v;
	char bytes[16];

	(void)b, (void)e;
	t->rows = rows - 1;
	find_lines(t);
	cursor_act(&t->cursor, ACT_NONE, t->shown, t->rows);
	for (int y = 0; y < t->rows && t->cursor.first + y < t->shown; y++)
		draw_node(t, top + y, t->cursor.first + y);
	if (!t->n)
		term_put(top, 3, term_columns() - 4, STYLE_DIM, false, t->files < 0 ? SPAN("this layer could not be read to its end") : SPAN("this layer changes no files"));
	browse_bytes(bytes, sizeof(bytes), t->bytes > t->listed_bytes ? t->bytes - t->listed_bytes : 0);
	if (t->files > t->listed)
		term_printf(top + rows - 1, 3, term_columns() - 4, STYLE_DIM, "and %lld smaller files, %s together, that are not listed", (long long)(t->files - t->listed), bytes);
	return 0;
}

static int act(struct view *v, struct browser *b, enum action a, struct span words, struct err *e)
{
	struct tree *t = (struct tree *)v;

	(void)b, (void)words, (void)e;
	if (cursor_act(&t->cursor, a, t->shown, t->rows) || a != ACT_OPEN || !t->shown)
		return 0;
	if (t->nodes[t->lines[t->cursor.at]].folder)
		t->nodes[t->lines[t->cursor.at]].closed = !t->nodes[t->lines[t->cursor.at]].closed;
	return 0;
}

static void tree_free(struct view *v)
{
	struct tree *t = (struct tree *)v;

	arena_fini(&t->arena);
	free(t);
}

struct view *view_tree_new(struct browser *b, int64_t image, int64_t layer)
{
	struct tree *t = calloc(1, sizeof(*t));

	if (!t)
		die("out of memory");
	t->view = (struct view){.name = "layer", .hints = " + added  ~ changed (size / before)  - removed   Enter closes a folder   Esc back", .draw = draw, .act = act, .free = tree_free};
	snprintf(t->view.title, sizeof(t->view.title), "layer %lld", (long long)layer);
	t->files = db_int(b->db, -1, "SELECT files FROM image_layer WHERE image = ? AND ordinal = ?", "ii", image, layer);
	t->bytes = db_int(b->db, 0, "SELECT file_bytes FROM image_layer WHERE image = ? AND ordinal = ?", "ii", image, layer);
	read_files(t, b, image, layer);
	t->lines = arena_array(&t->arena, t->n + 1, sizeof(*t->lines));
	return &t->view;
}
