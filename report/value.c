// SPDX-License-Identifier: Apache-2.0
// Queries of templates and the printed form of what they return. What is done with it is the document's.
#include "value.h"
#include "common/sandbox.h"

#include <math.h>
#include <stdlib.h>
#include <time.h>

enum { COLUMNS_MAX = 40, ROWS_MAX = 5000 };

const struct value *scope_find(const struct scope *s, struct span name)
{
	for (; s; s = s->up)
		for (size_t i = 0; i < s->n; i++)
			if (span_is(s->names[i], name))
				return &s->values[i];
	return NULL;
}

bool value_true(const struct value *v)
{
	switch (v->type) {
	case VALUE_INT:
		return v->i != 0;
	case VALUE_REAL:
		return v->d != 0;
	case VALUE_TEXT:
		return v->text.n != 0;
	default:
		return false;
	}
}

/* Digits in groups of three. */
static void add_grouped(struct buf *b, const char *digits)
{
	size_t whole = strcspn(digits, ".");

	for (size_t i = 0; digits[i]; i++) {
		if (i && i < whole && (whole - i) % 3 == 0)
			buf_add_char(b, ',');
		buf_add_char(b, digits[i]);
	}
}

void value_print(struct buf *b, const struct value *v)
{
	char text[400];

	switch (v->type) {
	case VALUE_NULL:
		buf_add_str(b, "–");
		break;
	case VALUE_INT:
		snprintf(text, sizeof(text), "%llu", v->i < 0 ? 0 - (unsigned long long)v->i : (unsigned long long)v->i);
		buf_add_str(b, v->i < 0 ? "-" : "");
		add_grouped(b, text);
		break;
	case VALUE_REAL:
		snprintf(text, sizeof(text), "%.1f", fabs(v->d));
		buf_add_str(b, v->d < 0 && strcmp(text, "0.0") != 0 ? "-" : "");
		add_grouped(b, text);
		break;
	case VALUE_TEXT:
		buf_add_span(b, v->text);
		break;
	}
}

struct span value_plain(struct arena *a, const struct value *v)
{
	switch (v->type) {
	case VALUE_INT:
		return span_of(arena_printf(a, "%lld", (long long)v->i));
	case VALUE_REAL:
		return span_of(arena_printf(a, "%.10g", v->d));
	case VALUE_TEXT:
		return v->text;
	default:
		return SPAN_NONE;
	}
}

static struct span next_word(struct span *rest)
{
	struct span s = span_trim(*rest), word;
	size_t n = 0;

	while (n < s.n && !strchr(" \t\n", s.p[n]))
		n++;
	word = (struct span){s.p, n};
	*rest = (struct span){s.p + n, s.n - n};
	return word;
}

static bool name_plain(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!((s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= 'A' && s.p[i] <= 'Z') || (s.p[i] >= '0' && s.p[i] <= '9') || s.p[i] == '_'))
			return false;
	return s.n > 0;
}

int expr_read(struct expr *x, struct span text, struct err *e)
{
	static const struct {
		const char *name;
		enum form form;
	} forms[] = {{"plural", FORM_PLURAL}, {"date", FORM_DATE}, {"percent", FORM_PERCENT}, {"badge", FORM_BADGE}, {"code", FORM_CODE}};
	struct span rest = span_trim(text), name = span_cut(&rest, '|'), word;

	*x = (struct expr){.form = FORM_PLAIN};
	name = span_trim(name);
	if (name.n && (*name.p == '?' || *name.p == '!')) {
		x->form = *name.p == '?' ? FORM_IF : FORM_UNLESS;
		name = span_trim((struct span){name.p + 1, name.n - 1});
	}
	if (rest.p && name.n && name.p[name.n - 1] == '\\')
		name = span_trim((struct span){name.p, name.n - 1});
	x->name = name;
	if (!name_plain(name) || (rest.p && x->form != FORM_PLAIN))
		return err_set(e, ERR_INPUT, "'{{%.*s}}' is not a name of a value", SPAN_ARG(text));
	if (!rest.p)
		return 0;
	word = next_word(&rest);
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (span_eq(word, forms[i].name))
			x->form = forms[i].form;
	if (x->form == FORM_PLURAL) {
		x->one = next_word(&rest);
		x->many = next_word(&rest);
	}
	if (x->form == FORM_PLAIN || span_trim(rest).n || (x->form == FORM_PLURAL && !x->many.n))
		return err_set(e, ERR_INPUT, "'{{%.*s}}' is no form of a value: plural ONE MANY, date, percent, badge, code", SPAN_ARG(text));
	return 0;
}

static double value_number(const struct value *v)
{
	char text[64];

	if (v->type == VALUE_INT)
		return (double)v->i;
	if (v->type != VALUE_TEXT || v->text.n >= sizeof(text))
		return v->type == VALUE_REAL ? v->d : 0;
	memcpy(text, v->text.p, v->text.n);
	text[v->text.n] = '\0';
	return strtod(text, NULL);
}

static void print_date(struct buf *b, const struct value *v)
{
	static const char *const months[] = {"January", "February", "March",	 "April",   "May",	"June",
					     "July",	"August",   "September", "October", "November", "December"};
	time_t t = (time_t)value_number(v);
	struct tm tm;

	if (!gmtime_r(&t, &tm) || tm.tm_year > 8000)
		value_print(b, v);
	else
		buf_printf(b, "%d %s %d", tm.tm_mday, months[tm.tm_mon], tm.tm_year + 1900);
}

void expr_print(struct buf *b, const struct expr *x, const struct value *v)
{
	if (x->form == FORM_IF || x->form == FORM_UNLESS)
		return;
	if (v->type == VALUE_NULL)
		buf_add_str(b, "–");
	else if (x->form == FORM_DATE)
		print_date(b, v);
	else if (x->form == FORM_PERCENT)
		buf_printf(b, "%.0f %%", 100 * value_number(v));
	else
		value_print(b, v);
	if (x->form == FORM_PLURAL) {
		buf_add_char(b, ' ');
		buf_add_span(b, value_number(v) == 1 ? x->one : x->many);
	}
}

static int bind_values(sqlite3_stmt *s, const struct scope *scope, struct err *e)
{
	for (int i = 1; i <= sqlite3_bind_parameter_count(s); i++) {
		const char *name = sqlite3_bind_parameter_name(s, i);
		const struct value *v = name && *name == ':' ? scope_find(scope, span_of(name + 1)) : NULL;

		if (!v)
			return err_set(e, ERR_INPUT, "no value is named %s", name ? name : "?");
		if (v->type == VALUE_INT)
			sqlite3_bind_int64(s, i, v->i);
		else if (v->type == VALUE_REAL)
			sqlite3_bind_double(s, i, v->d);
		else if (v->type == VALUE_TEXT)
			sqlite3_bind_text64(s, i, v->text.p, v->text.n, SQLITE_STATIC, SQLITE_UTF8);
	}
	return 0;
}

static struct value column_value(struct arena *a, sqlite3_stmt *s, int i)
{
	struct value v = {.type = VALUE_NULL};
	struct span t;

	switch (sqlite3_column_type(s, i)) {
	case SQLITE_INTEGER:
		return (struct value){.type = VALUE_INT, .i = sqlite3_column_int64(s, i)};
	case SQLITE_FLOAT:
		return (struct value){.type = VALUE_REAL, .d = sqlite3_column_double(s, i)};
	case SQLITE_NULL:
		return v;
	default:
		t = db_text(s, i);
		v.type = VALUE_TEXT;
		v.text = (struct span){arena_strndup(a, t.p ? t.p : "", t.n), t.n};
		return v;
	}
}

/* One more row; the array grows by doubling. */
static void rows_add(struct arena *a, sqlite3_stmt *s, struct rows *r, struct value **cells, size_t *cap)
{
	*cells = arena_room(a, *cells, r->n, cap, r->columns * sizeof(**cells));
	for (size_t i = 0; i < r->columns; i++)
		(*cells)[r->n * r->columns + i] = column_value(a, s, (int)i);
	r->n++;
}

int rows_query(struct db *db, struct arena *a, struct span sql, const struct scope *scope, size_t most, struct rows *out, struct err *e)
{
	auto_stmt *s = NULL;
	struct span *heads;
	struct value *cells = NULL;
	size_t cap = 0;
	int more;

	*out = (struct rows){0};
	if (sandbox_prepare(db, arena_strndup(a, sql.p, sql.n), &s, e) || bind_values(s, scope, e))
		return -1;
	out->columns = (size_t)sqlite3_column_count(s);
	if (out->columns > COLUMNS_MAX)
		return err_set(e, ERR_INPUT, "%zu columns, at most %d can be shown", out->columns, COLUMNS_MAX);
	heads = arena_array(a, out->columns, sizeof(*heads));
	for (size_t i = 0; i < out->columns; i++)
		heads[i] = span_of(arena_strdup(a, sqlite3_column_name(s, (int)i)));
	most = most && most < ROWS_MAX ? most : ROWS_MAX;
	while ((more = db_step(db, s, e)) == 1) {
		out->total++;
		if (out->n < most)
			rows_add(a, s, out, &cells, &cap);
	}
	out->heads = heads;
	out->cells = cells;
	return more < 0 ? -1 : 0;
}
