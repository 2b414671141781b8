// SPDX-License-Identifier: Apache-2.0
// What was collected, what was not and what that hides.
#include "view-text.h"

struct coverage {
	struct view view;
	struct text text;
};

/* One section: a heading and a query whose rows are one text column. */
static const struct {
	const char *head, *sql, *none;
} sections[] = {
	{"evidence by scope",
	 "SELECT s.kind || ' ' || s.name || ': ' || CASE WHEN s.state != 'in-scope' THEN s.state WHEN count(k.kind) = 0 THEN 'nothing collected' || "
	 "coalesce(' (' || s.hint || ')', '') ELSE count(k.kind) || CASE count(k.kind) WHEN 1 THEN ' kind, ' ELSE ' kinds, ' END || sum(k.items) || CASE sum(k.items) WHEN 1 THEN ' object' ELSE ' objects' END END "
	 "FROM scope s LEFT JOIN evidence_kind k ON k.scope = s.id GROUP BY s.id ORDER BY s.kind, s.name",
	 "no evidence"},
	{"not assessed, by what is missing",
	 "SELECT count(DISTINCT f.check_id) || CASE count(DISTINCT f.check_id) WHEN 1 THEN ' check waits' ELSE ' checks wait' END || ' for ' || m.value "
	 "FROM finding f, json_each(f.missing) m WHERE f.verdict = 'not-assessed' AND f.thing IS NULL GROUP BY m.value ORDER BY count(DISTINCT f.check_id) DESC, m.value",
	 "everything that the checks need was collected"},
	{"asked for and not received", "SELECT iif(count(*) > 3, min(kind) || ' and ' || (count(*) - 1) || ' more', group_concat(kind, ', ')) || ': ' || reason FROM (SELECT DISTINCT scope, kind, reason FROM expected ORDER BY kind) GROUP BY scope, reason ORDER BY min(kind), reason LIMIT 200", "nothing"},
	{"could not be read", "SELECT coalesce(path, '') || ' ' || coalesce(pointer, '') || ': ' || message FROM v_problem ORDER BY id LIMIT 200", "nothing"},
	{"members", "SELECT path || '  ' || coalesce(kind, 'not recognised') || '  ' || items || ' objects  ' || state FROM evidence ORDER BY id LIMIT 1000", "none"},
};

static int fill(struct coverage *c, struct browser *b, struct err *e)
{
	for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++) {
		auto_stmt *s = NULL;
		bool any = false;
		int rc;

		if (db_prepare(b->db, sections[i].sql, &s, e))
			return -1;
		text_head(&c->text, sections[i].head);
		while ((rc = db_step(b->db, s, e)) == 1) {
			text_para(&c->text, STYLE_PLAIN, 2, db_text(s, 0));
			any = true;
		}
		if (rc < 0)
			return -1;
		if (!any)
			text_para(&c->text, STYLE_GOOD, 2, span_of(sections[i].none));
	}
	return 0;
}

static int draw(struct view *v, struct browser *b, int top, int rows, struct err *e)
{
	struct coverage *c = (struct coverage *)v;

	if (c->text.width != term_columns()) {
		text_start(&c->text, term_columns());
		if (fill(c, b, e))
			return -1;
	}
	text_draw(&c->text, top, rows);
	return 0;
}

static int act(struct view *v, struct browser *b, enum action a, struct span words, struct err *e)
{
	(void)e;
	text_act(&((struct coverage *)v)->text, b, a, words);
	return 0;
}

static void coverage_free(struct view *v)
{
	text_fini(&((struct coverage *)v)->text);
	free(v);
}

struct view *view_coverage_new(void)
{
	struct coverage *c = calloc(1, sizeof(*c));

	if (!c)
		die("out of memory");
	c->view = (struct view){.name = "coverage", .hints = " Esc back   / search   n next   space page   1 overview   2 findings   ? help", .draw = draw, .act = act,
				.free = coverage_free};
	return &c->view;
}
