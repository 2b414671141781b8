// SPDX-License-Identifier: Apache-2.0
// `plimsoll sql`: one SELECT of the user's over an assessment, under the limits of common/sandbox.h.
#include "commands.h"
#include "common/assessment.h"
#include "common/opts.h"
#include "common/sandbox.h"
#include "tabular.h"

#include <math.h>

enum { SQL_BYTES_MAX = 1024 * 1024 };

struct wish {
	struct tabular_wish form;
	const char *file;
};

/* The views are the contract (docs/schema.md); their columns in the order that they are declared in. */
static const char list_views[] =
	"SELECT v.name AS view, (SELECT group_concat(name, ', ') FROM pragma_table_info(v.name)) AS columns FROM sqlite_schema v WHERE v.type = 'view' AND v.name GLOB 'v_*' "
	"ORDER BY v.name";

static int read_file(const char *path, struct buf *sql, struct err *e)
{
	FILE *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
	char *room;
	bool bad;

	if (!f)
		return err_errno(e, "%s", path);
	room = buf_room(sql, SQL_BYTES_MAX + 1);
	sql->n = fread(room, 1, SQL_BYTES_MAX + 1, f);
	bad = ferror(f);
	if (f != stdin)
		fclose(f);
	if (bad)
		return err_errno(e, "%s: cannot be read", path);
	if (sql->n > SQL_BYTES_MAX || memchr(sql->p, 0, sql->n))
		return err_set(e, ERR_INPUT, "%s: more than %d bytes, or not text", path, SQL_BYTES_MAX);
	sql->p[sql->n] = 0;
	return 0;
}

static struct cell cell_of(sqlite3_stmt *s, int i, struct buf *hex)
{
	const unsigned char *p;

	switch (sqlite3_column_type(s, i)) {
	case SQLITE_NULL:
		return (struct cell){CELL_NULL, SPAN_NONE};
	case SQLITE_FLOAT:
		if (!isfinite(sqlite3_column_double(s, i))) /* JSON has no such number */
			return cell_text(db_text(s, i));
		/* fall through */
	case SQLITE_INTEGER:
		return (struct cell){CELL_NUMBER, db_text(s, i)};
	case SQLITE_BLOB:
		p = sqlite3_column_blob(s, i);
		buf_reset(hex);
		for (int k = 0, n = sqlite3_column_bytes(s, i); k < n; k++)
			buf_printf(hex, "%02x", p[k]);
		return cell_text(buf_span(hex));
	default:
		return cell_text(db_text(s, i));
	}
}

static int write_rows(struct db *db, sqlite3_stmt *s, struct tabular *r, struct err *e)
{
	struct buf *hex = arena_array(&r->kept, r->n, sizeof(*hex));
	struct cell *cells = arena_array(&r->kept, r->n, sizeof(*cells));
	struct sandbox box;
	int step = SQLITE_ROW, rc = 0;

	tabular_begin(r);
	sandbox_start(db, &box);
	while (rc == 0 && (step = sqlite3_step(s)) == SQLITE_ROW) {
		for (size_t i = 0; i < r->n; i++)
			cells[i] = cell_of(s, (int)i, &hex[i]);
		rc = tabular_add(r, cells, e);
	}
	if (rc == 0 && step != SQLITE_DONE)
		rc = err_set(e, ERR_INPUT, "sql: %s", box.stopped ? "stopped: it took too many steps" : sqlite3_errmsg(db->h));
	sandbox_stop(db, &box);
	if (rc == 0)
		tabular_end(r);
	for (size_t i = 0; i < r->n; i++)
		buf_fini(&hex[i]);
	return rc;
}

/* Columns are as the statement names them. */
static void name_columns(struct tabular *r, sqlite3_stmt *s)
{
	size_t n = (size_t)sqlite3_column_count(s);
	struct column *columns = arena_array(&r->kept, n, sizeof(*columns));

	for (size_t i = 0; i < n; i++)
		columns[i] = (struct column){.name = arena_strdup(&r->kept, sqlite3_column_name(s, (int)i)), .weight = 1};
	r->columns = columns;
	r->n = n;
}

static int answer(const struct wish *w, const char *site, const char *sql, struct err *e)
{
	auto_db db = {0};
	auto_stmt *s = NULL;
	auto_out out = OUT_INIT;
	auto_tabular rows = {.out = &out, .schema = "plimsoll.rows/1", .list = "rows", .arrays = true};

	rows.form = tabular_form_find(w->form.format, e);
	if (!rows.form || assessment_open(&db, site, e))
		return -1;
	if ((sql ? sandbox_prepare(&db, sql, &s, e) : db_prepare(&db, list_views, &s, e)))
		return err_wrap(e, "sql");
	if (out_open(&out, w->form.output, e) || tabular_style(&rows, w->form.colour, e))
		return -1;
	name_columns(&rows, s);
	if (write_rows(&db, s, &rows, e) || out_commit(&out, e))
		return -1;
	return assessment_exit(&db);
}

static int run(void *ctx, const struct opt_list *rest, struct err *e)
{
	const struct wish *w = ctx;
	auto_buf sql = BUF_INIT;

	if (w->file && rest->n > 1)
		return err_set(e, ERR_USAGE, "sql: a statement or --file, not both");
	if (w->file && read_file(w->file, &sql, e))
		return -1;
	return answer(w, rest->at[0], w->file ? buf_str(&sql) : rest->n > 1 ? rest->at[1] : NULL, e);
}

static const char more[] =
	"Without a statement the views are listed; docs/schema.md describes them. The statement may read all tables and views and call functions that\n"
	"compute; it can change nothing and reach no file. object(thing) gives the JSON of a Kubernetes object.\n\n"
	"Example: plimsoll sql site.db \"SELECT ref, score FROM v_risk ORDER BY score DESC LIMIT 10\"\n"
	"Exit codes: 0 done, 2 usage or a statement that is refused, 3 not an assessment.\n";

int cmd_sql(int argc, char **argv)
{
	struct wish w = {.form = {.format = "table"}};
	const struct opt table[] = {
		{"file", 0, OPT_TEXT, &w.file, "FILE", "Read the statement from there (-: standard input)."},
		TABULAR_OPTS(w.form),
		{0},
	};
	const struct opts opts = {.command = "sql", .synopsis = "SITE.db [\"SELECT ...\"]", .summary = "Answers one SELECT, read-only; lists the views without one.",
				  .table = table, .more = more, .min = 1, .max = 2};

	return opts_run(&opts, argc, argv, run, &w);
}
