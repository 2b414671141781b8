// SPDX-License-Identifier: Apache-2.0
// The first screen: grade, domains, open findings by severity, the things most at risk.
#include "view.h"
#include "common/text.h"

struct overview {
	struct view view;
	struct cursor cursor;
	int64_t domains;
};

static int draw_domains(struct overview *o, struct browser *b, int *y, int bottom, struct err *e)
{
	static const char sql[] = "SELECT d.title, round(d.points), round(100 * d.coverage), d.grade, "
				  "(SELECT count(*) FROM v_gap g WHERE g.domain = d.domain) FROM domain_score d ORDER BY d.ordinal";
	sqlite3_stmt *s = db_stmt(b->db, sql);
	int width = term_columns(), rc;

	term_printf((*y)++, 2, width - 4, STYLE_DIM, "%-34s %-5s %-20s %s", "domain", "grade", "points", "coverage  open");
	o->domains = 0;
	while ((rc = db_step(b->db, s, e)) == 1 && *y < bottom) {
		bool here = o->cursor.at == o->domains++;
		bool graded = sqlite3_column_type(s, 1) != SQLITE_NULL;
		double score = sqlite3_column_double(s, 1);

		term_put(*y, 1, 1, STYLE_BOLD, false, here ? SPAN(">") : SPAN(" "));
		term_put(*y, 2, 34, here ? STYLE_SELECTED : STYLE_PLAIN, true, db_text(s, 0));
		term_put(*y, 37, 5, STYLE_BOLD, false, span_eq(db_text(s, 3), "not assessed") ? SPAN("-") : db_text(s, 3));
		if (graded) {
			term_bar(*y, 43, 10, score < 50 ? STYLE_HIGH : score < 80 ? STYLE_MEDIUM : STYLE_GOOD, score / 100);
			term_printf(*y, 54, 8, STYLE_PLAIN, "%3.0f", score);
		} else {
			term_put(*y, 43, 14, STYLE_DIM, false, SPAN("not assessed"));
		}
		term_printf(*y, 64, 16, STYLE_PLAIN, "%3.0f %%  %6lld", sqlite3_column_double(s, 2), (long long)sqlite3_column_int64(s, 4));
		(*y)++;
	}
	sqlite3_reset(s);
	return rc < 0 ? -1 : 0;
}

static int draw_severities(struct browser *b, int *y, struct err *e)
{
	static const char sql[] = "SELECT severity, count(*) FROM v_gap GROUP BY severity ORDER BY max(rank) DESC";
	sqlite3_stmt *s = db_stmt(b->db, sql);
	int x = 2, rc;

	while ((rc = db_step(b->db, s, e)) == 1) {
		const char *letter;
		enum style style = browse_severity(db_text(s, 0), &letter);

		x += term_printf(*y, x, 24, style, "%s %.*s %lld", letter, SPAN_ARG(db_text(s, 0)), (long long)sqlite3_column_int64(s, 1)) + 3;
	}
	sqlite3_reset(s);
	if (x == 2)
		term_put(*y, 2, 60, STYLE_GOOD, false, SPAN("no open gaps"));
	(*y)++;
	return rc;
}

static int draw_risks(struct browser *b, int y, int bottom, struct err *e)
{
	static const char sql[] = "SELECT score, type, ref FROM v_risk ORDER BY score DESC, ref LIMIT 40";
	sqlite3_stmt *s = db_stmt(b->db, sql);
	int rc;

	term_put(y++, 2, 60, STYLE_DIM, false, SPAN("most at risk (likelihood x impact, 25 is the worst)"));
	while (y < bottom && (rc = db_step(b->db, s, e)) == 1) {
		term_printf(y, 2, 6, STYLE_BOLD, "%5.1f", sqlite3_column_double(s, 0));
		term_put(y, 9, 18, STYLE_DIM, false, db_text(s, 1));
		term_put(y++, 28, term_columns() - 29, STYLE_PLAIN, false, db_text(s, 2));
	}
	rc = sqlite3_reset(s) == SQLITE_OK ? 0 : -1;
	return rc;
}

static int draw(struct view *v, struct browser *b, int top, int rows, struct err *e)
{
	struct overview *o = (struct overview *)v;
	sqlite3_stmt *s = db_stmt(b->db, "SELECT grade, (SELECT title FROM domain_score d WHERE d.domain = overall.domain), (SELECT value FROM meta WHERE key = 'customer'), "
					 "(SELECT value FROM meta WHERE key = 'trust') FROM overall");
	int y = top + 1, bottom = top + rows;

	if (db_step(b->db, s, e) == 1) {
		struct span customer = db_text(s, 2), domain = db_text(s, 1);

		term_printf(y, 2, term_columns() - 30, STYLE_BOLD, "Grade %.*s%s%.*s%s%s%.*s", SPAN_ARG(db_text(s, 0)), domain.p ? " (" : "",
			    SPAN_ARG(domain), domain.p ? ")" : "", customer.p ? "   " : "", SPAN_ARG(customer));
		term_printf(y, term_columns() - 26, 25, STYLE_DIM, "evidence %.*s", SPAN_ARG(db_text(s, 3)));
	}
	sqlite3_reset(s);
	y += 2;
	if (draw_severities(b, &y, e) < 0)
		return -1;
	y++;
	if (draw_domains(o, b, &y, bottom, e))
		return -1;
	return draw_risks(b, y + 1, bottom, e);
}

static int act(struct view *v, struct browser *b, enum action a, struct span text, struct err *e)
{
	static const char nth[] = "SELECT domain FROM domain_score ORDER BY ordinal LIMIT 1 OFFSET ?";
	struct overview *o = (struct overview *)v;

	if (a == ACT_SEARCH) {
		struct view *findings = view_findings_new(NULL, SPAN_NONE);

		browse_push(b, findings);
		return findings->act(findings, b, a, text, e);
	}
	if (a == ACT_OPEN) {
		sqlite3_stmt *s = db_stmt(b->db, nth);

		db_bind(s, "i", o->cursor.at);
		if (db_step(b->db, s, e) == 1)
			browse_push(b, view_findings_new("domain", db_text(s, 0)));
		sqlite3_reset(s);
		return 0;
	}
	cursor_act(&o->cursor, a, o->domains, 100);
	return 0;
}

static void overview_free(struct view *v)
{
	free(v);
}

struct view *view_overview_new(void)
{
	struct overview *o = calloc(1, sizeof(*o));

	if (!o)
		die("out of memory");
	o->view = (struct view){.name = "overview", .hints = " Enter open domain   2 findings   3 coverage   / search   ? help   q quit",
				.draw = draw, .act = act, .free = overview_free};
	return &o->view;
}
