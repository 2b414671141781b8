// SPDX-License-Identifier: Apache-2.0
// The forms of tabular output, and which one is asked for.
#include "tabular.h"

static const struct tabular_form *const forms[] = {&tabular_table, &tabular_csv, &tabular_json};

const struct tabular_form *tabular_form_find(const char *name, struct err *e)
{
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (strcmp(name, forms[i]->name) == 0)
			return forms[i];
	err_set(e, ERR_USAGE, "--format is table, csv or json, not '%s'", name);
	return NULL;
}

int tabular_style(struct tabular *r, const char *colour, struct err *e)
{
	r->width = tty_width(r->out->f);
	return tty_colour(colour, r->out->f, &r->colour, e);
}

void tabular_begin(struct tabular *r)
{
	r->count = 0;
	r->form->begin(r);
}

int tabular_add(struct tabular *r, const struct cell *cells, struct err *e)
{
	r->form->add(r, cells);
	r->count++;
	return out_flow(r->out, e);
}

void tabular_end(struct tabular *r)
{
	r->form->end(r);
}

int tabular_query(struct tabular *r, struct db *db, sqlite3_stmt *s, void (*shape)(const struct tabular *r, sqlite3_stmt *s, struct cell *cells), struct err *e)
{
	struct cell *cells = arena_array(&r->kept, r->n, sizeof(*cells));
	int rc;

	tabular_begin(r);
	while ((rc = db_step(db, s, e)) == 1) {
		for (size_t i = 0; i < r->n; i++)
			cells[i] = cell_text(db_text(s, (int)i));
		if (shape)
			shape(r, s, cells);
		if ((rc = tabular_add(r, cells, e)))
			break;
	}
	sqlite3_reset(s);
	if (rc == 0)
		tabular_end(r);
	return rc;
}

void tabular_fini(struct tabular *r)
{
	arena_fini(&r->kept);
}
