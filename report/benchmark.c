// SPDX-License-Identifier: Apache-2.0
// `plimsoll benchmark`: a framework's controls with their state. What a state means, the view v_control says.
#include "commands.h"
#include "common/assessment.h"
#include "common/opts.h"
#include "common/text.h"
#include "tabular.h"

struct wish {
	struct tabular_wish form;
	const char *states;
};

static const struct column list_columns[] = {
	{.name = "id"}, {.name = "title", .weight = 1}, {.name = "version"}, {.name = "controls"}, {.name = "met"}, {.name = "gap"}, {.name = "not-assessed"},
	{.name = "manual"}, {.name = "not-applicable"},
};
enum { LIST_COLUMNS = sizeof(list_columns) / sizeof(list_columns[0]), LIST_NUMBERS = 3 };
static const char select_list[] =
	"SELECT f.id, f.title, f.version, count(*), sum(c.state = 'met'), sum(c.state = 'gap'), sum(c.state = 'not-assessed'), sum(c.state = 'manual'), sum(c.state = 'not-applicable') "
	"FROM framework f JOIN v_control c ON c.framework = f.id GROUP BY f.id ORDER BY f.id";

static const struct column control_columns[] = {
	{.name = "id"}, {.name = "state", .severity = true}, {.name = "failing"}, {.name = "level"}, {.name = "title", .weight = 4}, {.name = "section", .weight = 1},
	{.name = "mode"}, {.name = "checks", .weight = 4}, {.name = "note", .weight = 2},
};
enum { CONTROL_COLUMNS = sizeof(control_columns) / sizeof(control_columns[0]), FAILING = 2, CHECKS = 7, CHECKS_TEXT = 9 };
/* checks: JSON objects with the count of each verdict; the last column is the same for people, the failing ones with their number. */
static const char select_controls[] =
	"SELECT c.id, c.state, CAST(c.failing AS INTEGER), c.level, c.title, c.section, c.mode, "
	"(SELECT json_group_array(json_object('check', k.check_id, 'verdicts', json(k.verdicts))) FROM (SELECT k.check_id, (SELECT json_group_object(v.verdict, v.count) FROM "
	"verdict_count v WHERE v.check_id = k.check_id) AS verdicts FROM control_check k WHERE k.framework = c.framework AND k.control = c.id ORDER BY k.check_id LIMIT -1) k), c.note, "
	"(SELECT group_concat(k.text, ', ') FROM (SELECT k.check_id || coalesce(' (' || v.count || ')', '') AS text FROM control_check k LEFT JOIN verdict_count v "
	"ON v.check_id = k.check_id AND v.verdict = 'fail' WHERE k.framework = c.framework AND k.control = c.id ORDER BY v.count IS NULL, k.check_id LIMIT -1) k) "
	"FROM v_control c WHERE c.framework = ?1 AND (?2 IS NULL OR instr(',' || ?2 || ',', ',' || c.state || ',')) ORDER BY c.ordinal";

static void shape_list(const struct tabular *r, sqlite3_stmt *s, struct cell *cells)
{
	(void)s;
	for (size_t i = LIST_NUMBERS; i < r->n; i++)
		cells[i].type = CELL_NUMBER;
}

static int write_list(struct db *db, struct tabular *r, struct err *e)
{
	r->columns = list_columns;
	r->n = LIST_COLUMNS;
	r->schema = "plimsoll.frameworks/1";
	r->list = "frameworks";
	return tabular_query(r, db, db_stmt(db, select_list), shape_list, e);
}

/* The id that `name` is, or begins when it is the only one. */
static int find_framework(struct db *db, const char *name, struct buf *id, struct buf *head, struct err *e)
{
	sqlite3_stmt *s = db_stmt(db, "SELECT id, title, version, url, lower(id) = lower(?1) AS same FROM framework WHERE lower(substr(id, 1, length(?1))) = lower(?1) "
				      "ORDER BY same DESC, id");
	static const char *const keys[] = {"id", "title", "version", "url"};
	bool same, several;
	int rc;

	db_bind(s, "s", name);
	rc = db_step(db, s, e);
	if (rc == 0)
		err_set(e, ERR_USAGE, "benchmark: no framework is named '%s' (plimsoll benchmark SITE.db lists them)", name);
	if (rc != 1)
		return -1;
	buf_add_span(id, db_text(s, 0));
	for (int i = 0; i < 4; i++) {
		buf_printf(head, "%s\"%s\":", i ? "," : "\"framework\":{", keys[i]);
		if (db_text(s, i).p)
			text_add_json(head, db_text(s, i));
		else
			buf_add_str(head, "null");
	}
	buf_add_str(head, "},");
	same = sqlite3_column_int(s, 4);
	several = db_step(db, s, e) == 1;
	sqlite3_reset(s);
	return !same && several ? err_set(e, ERR_USAGE, "benchmark: more than one framework begins with '%s'", name) : 0;
}

static void shape_control(const struct tabular *r, sqlite3_stmt *s, struct cell *cells)
{
	bool json = r->form == &tabular_json;

	cells[FAILING].type = CELL_NUMBER;
	cells[CHECKS] = cell_text(db_text(s, json ? CHECKS : CHECKS_TEXT));
	if (json)
		cells[CHECKS].type = CELL_JSON;
}

static int write_controls(struct db *db, const struct wish *w, const char *name, struct tabular *r, struct err *e)
{
	auto_buf id = BUF_INIT, head = BUF_INIT;
	sqlite3_stmt *s;

	if (find_framework(db, name, &id, &head, e))
		return -1;
	r->columns = control_columns;
	r->n = CONTROL_COLUMNS;
	r->schema = "plimsoll.benchmark/1";
	r->list = "controls";
	r->head = buf_str(&head);
	s = db_stmt(db, select_controls);
	db_bind(s, "tt", buf_span(&id), span_of(w->states));
	return tabular_query(r, db, s, shape_control, e);
}

static int check_states(struct span states, struct err *e)
{
	static const char known[] = ",met,gap,not-assessed,manual,not-applicable,";

	while (states.p) {
		struct span one = span_cut(&states, ',');
		auto_buf word = BUF_INIT;

		buf_printf(&word, ",%.*s,", SPAN_ARG(one));
		if (!one.n || !strstr(known, buf_str(&word)))
			return err_set(e, ERR_USAGE, "benchmark: --state is met, gap, not-assessed, manual or not-applicable, not '%.*s'", SPAN_ARG(one));
	}
	return 0;
}

static int tell(void *ctx, const struct opt_list *rest, struct err *e)
{
	const struct wish *w = ctx;
	auto_db db = {0};
	auto_out out = OUT_INIT;
	auto_tabular rows = {.out = &out};
	int rc;

	rows.form = tabular_form_find(w->form.format, e);
	if (!rows.form || check_states(span_of(w->states), e) || assessment_open(&db, rest->at[0], e) || out_open(&out, w->form.output, e) || tabular_style(&rows, w->form.colour, e))
		return -1;
	rc = rest->n > 1 ? write_controls(&db, w, rest->at[1], &rows, e) : write_list(&db, &rows, e);
	return rc || out_commit(&out, e) ? -1 : assessment_exit(&db);
}

static const char more[] =
	"Without NAME the frameworks are listed. States: met (all that applies passes), gap (a check fails), not-assessed (none fails, but evidence is\n"
	"missing), manual (a question to ask: the note), not-applicable. A beginning of a name will do.\n\n"
	"Example: plimsoll benchmark site.db cis-kubernetes --state gap\n"
	"Exit codes: 0 done, 2 usage, 3 not an assessment.\n";

int cmd_benchmark(int argc, char **argv)
{
	struct wish w = {.form = {.format = "table"}};
	const struct opt table[] = {
		{"state", 0, OPT_TEXT, &w.states, "LIST", "Only controls in these states, separated by commas."},
		TABULAR_OPTS(w.form),
		{0},
	};
	const struct opts opts = {.command = "benchmark", .synopsis = "SITE.db [NAME]", .summary = "Lists a framework's controls with their state and checks.",
				  .table = table, .more = more, .min = 1, .max = 2};

	return opts_run(&opts, argc, argv, tell, &w);
}
