// SPDX-License-Identifier: Apache-2.0
// Lets SQL from outside read, and nothing else. Whose SQL it is and what its columns mean is the caller's.
#include "sandbox.h"

enum { STEPS_PER_CALL = 1000 };

/* What a reader of tables needs. Not random, load_extension, readfile, writefile, zeroblob, full-text search or anything that names files. */
static const char *const functions[] = {
	"->", "->>", "abs", "avg", "ceil", "ceiling", "char", "coalesce", "concat", "concat_ws", "count", "cume_dist", "date", "datetime", "dense_rank",
	"first_value", "floor", "format", "glob", "group_concat", "hex", "ifnull", "iif", "instr", "json", "json_array", "json_array_length",
	"json_each", "json_extract", "json_group_array", "json_group_object", "json_insert", "json_object", "json_patch", "json_quote", "json_remove",
	"json_replace", "json_set", "json_tree", "json_type", "json_valid", "julianday", "lag", "last_value", "lead", "length", "like", "likelihood",
	"likely", "ln", "log", "log10", "log2", "lower", "ltrim", "max", "min", "mod", "nth_value", "ntile", "nullif", "object", "octet_length",
	"percent_rank", "plim_version_compare", "plim_version_satisfies", "pow", "power", "printf", "quote", "rank", "replace", "round", "row_number", "rtrim", "sign", "sqrt", "strftime", "string_agg",
	"substr", "substring", "sum", "time", "total", "trim", "trunc", "typeof", "unhex", "unicode", "unixepoch", "unlikely", "upper",
};

static int by_name(const void *key, const void *row)
{
	return sqlite3_stricmp(key, *(const char *const *)row);
}

static int authorize(void *ctx, int action, const char *a, const char *b, const char *database, const char *trigger)
{
	(void)ctx, (void)database, (void)trigger, (void)a;
	switch (action) {
	case SQLITE_SELECT:
	case SQLITE_READ:
	case SQLITE_RECURSIVE:
		return SQLITE_OK;
	case SQLITE_FUNCTION:
		return b && bsearch(b, functions, sizeof(functions) / sizeof(functions[0]), sizeof(functions[0]), by_name) ? SQLITE_OK : SQLITE_DENY;
	default:
		return SQLITE_DENY;
	}
}

int sandbox_prepare(struct db *d, const char *sql, sqlite3_stmt **out, struct err *e)
{
	int rc;

	/* These virtual tables come into being when first named, which the authorizer would not allow. */
	db_int(d, 0, "SELECT count(*) FROM json_each('[]'), json_tree('[]')", "");
	sqlite3_set_authorizer(d->h, authorize, NULL);
	rc = db_prepare(d, sql, out, e);
	sqlite3_set_authorizer(d->h, NULL, NULL);
	if (rc == 0 && !sqlite3_stmt_readonly(*out)) {
		db_stmt_fini(out);
		return err_set(e, ERR_INPUT, "only a SELECT is allowed here");
	}
	return rc;
}

static int count_steps(void *ctx)
{
	struct sandbox *s = ctx;

	s->steps += STEPS_PER_CALL;
	s->stopped |= s->steps > SANDBOX_STEPS;
	return s->stopped;
}

void sandbox_start(struct db *d, struct sandbox *s)
{
	*s = (struct sandbox){.length = sqlite3_limit(d->h, SQLITE_LIMIT_LENGTH, SANDBOX_VALUE_BYTES)};
	sqlite3_progress_handler(d->h, STEPS_PER_CALL, count_steps, s);
}

void sandbox_stop(struct db *d, struct sandbox *s)
{
	sqlite3_progress_handler(d->h, 0, NULL, NULL);
	sqlite3_limit(d->h, SQLITE_LIMIT_LENGTH, s->length);
}
