// SPDX-License-Identifier: Apache-2.0
// The forms of tabular output, and which one is asked for.
#include "rows.h"

static const struct rows_form *const forms[] = {&rows_table, &rows_csv, &rows_json};

const struct rows_form *rows_form_find(const char *name, struct err *e)
{
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (strcmp(name, forms[i]->name) == 0)
			return forms[i];
	err_set(e, ERR_USAGE, "--format is table, csv or json, not '%s'", name);
	return NULL;
}

int rows_style(struct rows *r, const char *colour, struct err *e)
{
	r->width = tty_width(r->out->f);
	return tty_colour(colour, r->out->f, &r->colour, e);
}

void rows_begin(struct rows *r)
{
	r->count = 0;
	r->form->begin(r);
}

int rows_add(struct rows *r, const struct cell *cells, struct err *e)
{
	r->form->add(r, cells);
	r->count++;
	return out_flow(r->out, e);
}

void rows_end(struct rows *r)
{
	r->form->end(r);
}

void rows_fini(struct rows *r)
{
	arena_fini(&r->kept);
}
