// SPDX-License-Identifier: Apache-2.0
// One finding: what is wrong, the evidence for it, why it matters, what to change; and the raw object.
#include "view-text.h"
#include "common/json.h"

struct detail {
	struct view view;
	struct text text;
	char id[17];
	bool raw;
};

static void labelled(struct text *t, const char *label, struct span s)
{
	if (!s.n)
		return;
	text_head(t, label);
	text_para(t, STYLE_PLAIN, 2, s);
}

static void facts(struct text *t, struct span json)
{
	struct json *v;
	auto_arena a = ARENA_INIT;
	auto_buf line = BUF_INIT;

	if (json_parse(&a, json, &v, NULL) || !json_count(v))
		return;
	text_head(t, "facts");
	JSON_MEMBERS(m, v)
	{
		buf_reset(&line);
		buf_printf(&line, "%.*s: ", SPAN_ARG(json_str(&m->key)));
		if (json_is(&m->value, JSON_STRING))
			buf_add_span(&line, json_str(&m->value));
		else
			json_write(&line, &m->value);
		text_para(t, STYLE_PLAIN, 2, buf_span(&line));
	}
}

static void evidence(struct text *t, struct browser *b, int64_t id, struct span pointer)
{
	static const char sql[] = "SELECT input || ': ' || path, sha256 FROM evidence WHERE id = ?";
	sqlite3_stmt *s = db_stmt(b->db, sql);

	db_bind(s, "i", id);
	if (db_step(b->db, s, NULL) == 1) {
		text_head(t, "evidence");
		text_para(t, STYLE_PLAIN, 2, db_text(s, 0));
		if (pointer.n)
			text_para(t, STYLE_PLAIN, 2, pointer);
		if (db_text(s, 1).p) {
			text_para(t, STYLE_DIM, 2, SPAN("sha256 of the member:"));
			text_para(t, STYLE_DIM, 2, db_text(s, 1));
		}
	}
	sqlite3_reset(s);
}

static void controls(struct text *t, struct browser *b, struct span check)
{
	static const char sql[] = "SELECT f.title || ' ' || f.version || '  ' || k.id || '  ' || k.title FROM control_check c "
				  "JOIN control k ON k.framework = c.framework AND k.id = c.control JOIN framework f ON f.id = c.framework "
				  "WHERE c.check_id = ? ORDER BY f.id, k.ordinal";
	sqlite3_stmt *s = db_stmt(b->db, sql);
	bool first = true;

	db_bind(s, "t", check);
	while (db_step(b->db, s, NULL) == 1) {
		if (first)
			text_head(t, "asked for by");
		first = false;
		text_para(t, STYLE_PLAIN, 2, db_text(s, 0));
	}
	sqlite3_reset(s);
}

static int fill_finding(struct detail *d, struct browser *b, struct err *e)
{
	static const char sql[] = "SELECT f.title, f.severity, f.verdict, f.subject, f.detail, f.facts, (SELECT group_concat(value, ', ') FROM json_each(f.missing)), f.why, f.fix, f.effort, f.owner, f.evidence, "
				  "f.pointer, f.check_id, c.patch, c.false_positives, c.refs, (SELECT reason FROM exception x WHERE x.id = f.accepted), f.owner_why "
				  "FROM v_finding f JOIN \"check\" c ON c.id = f.check_id WHERE f.id = ?";
	sqlite3_stmt *s = db_stmt(b->db, sql);
	struct text *t = &d->text;
	auto_buf line = BUF_INIT;
	const char *letter;
	int rc;

	db_bind(s, "s", d->id);
	rc = db_step(b->db, s, e);
	if (rc == 1) {
		enum style style = browse_severity(db_text(s, 1), &letter);

		text_para(t, STYLE_BOLD, 0, db_text(s, 0));
		buf_printf(&line, "%s %.*s   %.*s   %.*s   %s", letter, SPAN_ARG(db_text(s, 1)), SPAN_ARG(db_text(s, 2)), SPAN_ARG(db_text(s, 13)), d->id);
		text_para(t, style, 0, buf_span(&line));
		labelled(t, "subject", db_text(s, 3));
		labelled(t, "what", db_text(s, 4));
		labelled(t, "missing evidence", db_text(s, 6));
		facts(t, db_text(s, 5));
		labelled(t, "accepted", db_text(s, 17));
		labelled(t, "why", db_text(s, 7));
		labelled(t, "fix", db_text(s, 8));
		labelled(t, "patch", db_text(s, 14));
		buf_reset(&line);
		buf_printf(&line, "%.*s, %.*s", SPAN_ARG(db_text(s, 10)), SPAN_ARG(db_text(s, 9)));
		labelled(t, "who, effort", buf_span(&line));
		labelled(t, "why they", db_text(s, 18));
		labelled(t, "when a fail may be right", db_text(s, 15));
		evidence(t, b, sqlite3_column_int64(s, 11), db_text(s, 12));
		controls(t, b, db_text(s, 13));
	}
	sqlite3_reset(s);
	return rc < 0 ? -1 : 0;
}

static int fill_raw(struct detail *d, struct browser *b, struct err *e)
{
	return view_object_text(&d->text, b, db_int(b->db, 0, "SELECT thing FROM finding WHERE id = ?", "s", d->id), e);
}

static int draw(struct view *v, struct browser *b, int top, int rows, struct err *e)
{
	struct detail *d = (struct detail *)v;

	if (d->text.width != term_columns()) {
		text_start(&d->text, term_columns());
		if (d->raw ? fill_raw(d, b, e) : fill_finding(d, b, e))
			return -1;
	}
	text_draw(&d->text, top, rows);
	return 0;
}

static int act(struct view *v, struct browser *b, enum action a, struct span words, struct err *e)
{
	struct detail *d = (struct detail *)v;

	(void)e;
	if (a == ACT_RAW) {
		d->raw = !d->raw;
		d->text.width = 0;
		d->text.cursor = (struct cursor){0};
	}
	text_act(&d->text, b, a, words);
	return 0;
}

static void detail_free(struct view *v)
{
	text_fini(&((struct detail *)v)->text);
	free(v);
}

struct view *view_detail_new(struct span finding)
{
	struct detail *d = calloc(1, sizeof(*d));

	if (!d)
		die("out of memory");
	d->view = (struct view){.name = "finding", .hints = " r raw object   / search   n next   space page   ? help   Esc back", .draw = draw, .act = act,
				.free = detail_free};
	snprintf(d->id, sizeof(d->id), "%.*s", SPAN_ARG(finding));
	return &d->view;
}
