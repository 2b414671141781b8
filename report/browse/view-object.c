// SPDX-License-Identifier: Apache-2.0
// The raw object behind a thing, indented for reading.
#include "view-text.h"
#include "common/json.h"
#include "common/object.h"

struct object {
	struct view view;
	struct text text;
	int64_t thing;
};

static void pretty(struct buf *out, const struct json *v, int depth)
{
	bool object = json_is(v, JSON_OBJECT);

	if (!json_count(v)) {
		json_write(out, v);
		return;
	}
	buf_add_str(out, object ? "{\n" : "[\n");
	for (uint32_t i = 0; i < v->n; i++) {
		buf_add_str(out, i ? ",\n" : "");
		for (int k = 0; k <= depth; k++)
			buf_add_str(out, "  ");
		if (object) {
			json_write(out, &v->members[i].key);
			buf_add_str(out, ": ");
		}
		pretty(out, object ? &v->members[i].value : &v->items[i], depth + 1);
	}
	buf_add_char(out, '\n');
	for (int k = 0; k < depth; k++)
		buf_add_str(out, "  ");
	buf_add_char(out, object ? '}' : ']');
}

int view_object_text(struct text *t, struct browser *b, int64_t of, struct err *e)
{
	static const char sql[] = "WITH RECURSIVE up(id, parent, depth) AS (SELECT id, parent, 0 FROM thing WHERE id = ? "
				  "UNION ALL SELECT t.id, t.parent, depth + 1 FROM up JOIN thing t ON t.id = up.parent WHERE depth < 4) "
				  "SELECT up.id FROM up JOIN object o ON o.thing = up.id ORDER BY depth LIMIT 1";
	int64_t thing = db_int(b->db, 0, sql, "i", of);
	auto_buf raw = BUF_INIT;
	auto_buf out = BUF_INIT;
	auto_arena a = ARENA_INIT;
	struct json *v;

	if (!thing) {
		text_para(t, STYLE_DIM, 0, SPAN("There is no raw object behind this."));
		return 0;
	}
	if (object_json(b->db, thing, &raw, e) || json_parse(&a, buf_span(&raw), &v, e))
		return -1;
	pretty(&out, v, 0);
	text_para(t, STYLE_PLAIN, 0, buf_span(&out));
	return 0;
}

static int draw(struct view *v, struct browser *b, int top, int rows, struct err *e)
{
	struct object *o = (struct object *)v;

	if (o->text.width != term_columns()) {
		text_start(&o->text, term_columns());
		if (view_object_text(&o->text, b, o->thing, e))
			return -1;
	}
	text_draw(&o->text, top, rows);
	return 0;
}

static int act(struct view *v, struct browser *b, enum action a, struct span words, struct err *e)
{
	(void)e;
	text_act(&((struct object *)v)->text, b, a, words);
	return 0;
}

static void object_free(struct view *v)
{
	text_fini(&((struct object *)v)->text);
	free(v);
}

struct view *view_object_new(int64_t thing)
{
	struct object *o = calloc(1, sizeof(*o));

	if (!o)
		die("out of memory");
	o->view = (struct view){.name = "object", .hints = " / search   n next   space page   ? help   Esc back", .draw = draw, .act = act, .free = object_free};
	o->thing = thing;
	return &o->view;
}
