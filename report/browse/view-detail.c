// SPDX-License-Identifier: Apache-2.0
// One finding: what is wrong, the evidence for it, why it matters, what to change; and the raw object.
#include "view-text.h"
#include "common/json.h"
#include "common/object.h"

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
				  "f.pointer, f.check_id, c.patch, c.false_positives, c.refs, (SELECT reason FROM exception x WHERE x.id = f.accepted) "
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
		labelled(t, "when a fail may be right", db_text(s, 15));
		evidence(t, b, sqlite3_column_int64(s, 11), db_text(s, 12));
		controls(t, b, db_text(s, 13));
	}
	sqlite3_reset(s);
	return rc < 0 ? -1 : 0;
}

/* Indents minified JSON for reading. */
static void pretty(struct buf *out, const struct json *v, int depth)
{
	bool object = json_is(v, JSON_OBJECT);
	bool first = true;

	if (!json_count(v)) {
		json_write(out, v);
		return;
	}
	buf_add_str(out, object ? "{\n" : "[\n");
	for (uint32_t i = 0; i < v->n; i++) {
		if (!first)
			buf_add_str(out, ",\n");
		first = false;
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

static int fill_raw(struct detail *d, struct browser *b, struct err *e)
{
	static const char sql[] = "WITH RECURSIVE up(id, parent, depth) AS (SELECT t.id, t.parent, 0 FROM finding f JOIN thing t ON t.id = f.thing WHERE f.id = ? "
				  "UNION ALL SELECT t.id, t.parent, depth + 1 FROM up JOIN thing t ON t.id = up.parent WHERE depth < 4) "
				  "SELECT up.id FROM up JOIN object o ON o.thing = up.id ORDER BY depth LIMIT 1";
	int64_t thing = db_int(b->db, 0, sql, "s", d->id);
	auto_buf raw = BUF_INIT;
	auto_buf out = BUF_INIT;
	auto_arena a = ARENA_INIT;
	struct json *v;

	if (!thing) {
		text_para(&d->text, STYLE_DIM, 0, SPAN("There is no raw object behind this finding."));
		return 0;
	}
	if (object_json(b->db, thing, &raw, e) || json_parse(&a, buf_span(&raw), &v, e))
		return -1;
	pretty(&out, v, 0);
	text_para(&d->text, STYLE_PLAIN, 0, buf_span(&out));
	return 0;
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
