/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_TABULAR_H
#define REPORT_TABULAR_H
/*
 * Rows of columns as a table for people, CSV for spreadsheets or JSON for programs: what `findings`, `search`, `sql` and `benchmark`
 * print. One file per form: out-table.c, out-csv.c, out-json.c. Rows are written as they come.
 */
#include "common/arena.h"
#include "common/db.h"
#include "common/opts.h"
#include "common/tty.h"
#include "out.h"

enum cell_type { CELL_NULL, CELL_NUMBER, CELL_TEXT, CELL_JSON /* text that is JSON already: as it is in JSON, text elsewhere */, CELL_QUOTED /* CSV only: as it is to stand there */ };
struct cell {
	enum cell_type type;
	struct span text;
};
static inline struct cell cell_text(struct span s)
{
	return (struct cell){s.p ? CELL_TEXT : CELL_NULL, s};
}

struct column {
	const char *name; /* key in JSON, heading elsewhere */
	enum tty_fit fit;
	int weight;	  /* of the width left on a narrow terminal; 0: as wide as its values */
	bool severity;	  /* its values colour themselves */
};

struct tabular_form;
struct tabular {
	struct out *out;
	const struct tabular_form *form;
	const struct column *columns;
	size_t n;
	const char *schema, *list; /* JSON: the value of "schema", the key of the rows */
	const char *head;	   /* JSON: further members of the object, each with a comma behind it; NULL: none */
	bool arrays;		   /* JSON: rows are arrays under "columns" (names may be given twice), not objects */
	int width;		   /* of the terminal; 0: none, nothing is cut */
	bool colour;
	uint64_t count;		   /* rows so far */
	struct arena kept;	   /* table: the first rows, which tell how wide columns are */
	struct cell *waiting;
	size_t waiting_n;
	size_t *widths;		   /* NULL until they are known */
};

struct tabular_form {
	const char *name;
	void (*begin)(struct tabular *r);
	void (*add)(struct tabular *r, const struct cell *cells);
	void (*end)(struct tabular *r);
};
extern const struct tabular_form tabular_table, tabular_csv, tabular_json;

/* What a command line says of the form, and the options that say it: entries of a struct opt table. */
struct tabular_wish {
	const char *format, *output, *colour; /* format: "table" unless told */
};
#define TABULAR_OPTS(w) \
	{"format", 'f', OPT_TEXT, &(w).format, "FORMAT", "table (default), csv or json."}, \
	{"output", 'o', OPT_TEXT, &(w).output, "FILE", "Write there instead of to standard output."}, \
	{"color", 0, OPT_TEXT, &(w).colour, "WHEN", "auto (default), always or never."}

/* By name; NULL (with ERR_USAGE) when there is no such form. */
const struct tabular_form *tabular_form_find(const char *name, struct err *e);
/* Terminal or not: width and colour of the output at hand. `colour`: the value of --color, may be NULL. */
int tabular_style(struct tabular *r, const char *colour, struct err *e);
/* Out, form, columns, n and what concerns JSON are set before. */
void tabular_begin(struct tabular *r);
/* ERR_ENV when it cannot be written. */
int tabular_add(struct tabular *r, const struct cell *cells, struct err *e);
void tabular_end(struct tabular *r);
/* All of it from a statement of ours, a column a cell; `shape` (may be NULL) amends the cells of a row. */
int tabular_query(struct tabular *r, struct db *db, sqlite3_stmt *s, void (*shape)(const struct tabular *r, sqlite3_stmt *s, struct cell *cells), struct err *e);
void tabular_fini(struct tabular *r);
#define auto_tabular __attribute__((cleanup(tabular_fini))) struct tabular
#endif
