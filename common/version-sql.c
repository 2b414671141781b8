// SPDX-License-Identifier: Apache-2.0
// Version order and ranges as SQL functions.
#include "version-sql.h"

#include "limits.h"
#include "range.h"

static struct span argument(sqlite3_value *v)
{
	const char *text = (const char *)sqlite3_value_text(v);

	return (struct span){text, text ? (size_t)sqlite3_value_bytes(v) : 0};
}

static void sql_compare(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
	struct span a = argument(argv[1]), b = argument(argv[2]);
	enum version_scheme scheme = version_scheme_named(argument(argv[0]));

	(void)argc;
	if (scheme == VERSION_NONE)
		sqlite3_result_error(ctx, "plim_version_compare: no such scheme", -1);
	else if (a.p && b.p && version_valid(scheme, a) && version_valid(scheme, b))
		sqlite3_result_int(ctx, version_compare(scheme, a, b));
}

static void sql_satisfies(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
	struct span version = argument(argv[1]), range = argument(argv[2]);
	enum range_scheme scheme = range_scheme_named(argument(argv[0]));
	int r = scheme != RANGE_NONE && version.p && range.p ? range_holds(scheme, version, range, NULL) : -1;

	(void)argc;
	if (scheme == RANGE_NONE)
		sqlite3_result_error(ctx, "plim_version_satisfies: no such scheme", -1);
	else if (r >= 0)
		sqlite3_result_int(ctx, r);
}

/* The highest so far, in the aggregate's own memory. */
struct highest {
	size_t n; /* 0: none */
	char text[LIMIT_VERSION_BYTES];
};

static void highest_step(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
	struct highest *h = sqlite3_aggregate_context(ctx, sizeof(*h));
	struct span v = argument(argv[1]);
	enum version_scheme scheme = version_scheme_named(argument(argv[0]));

	(void)argc;
	if (!h) {
		sqlite3_result_error_nomem(ctx);
	} else if (scheme != VERSION_NONE && v.n && v.n <= sizeof(h->text) && version_valid(scheme, v) &&
		   (!h->n || version_compare(scheme, v, (struct span){h->text, h->n}) > 0)) {
		memcpy(h->text, v.p, v.n);
		h->n = v.n;
	}
}

static void highest_end(sqlite3_context *ctx)
{
	const struct highest *h = sqlite3_aggregate_context(ctx, 0);

	if (h && h->n)
		sqlite3_result_text(ctx, h->text, (int)h->n, SQLITE_TRANSIENT);
}

int version_sql_register(struct db *db, struct err *e)
{
	static const struct {
		const char *name;
		void (*run)(sqlite3_context *ctx, int argc, sqlite3_value **argv);
	} functions[] = {{"plim_version_compare", sql_compare}, {"plim_version_satisfies", sql_satisfies}};

	for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++)
		if (sqlite3_create_function_v2(db->h, functions[i].name, 3, SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY, NULL, functions[i].run, NULL,
					       NULL, NULL) != SQLITE_OK)
			return err_set(e, ERR_ENV, "cannot register %s(): %s", functions[i].name, sqlite3_errmsg(db->h));
	if (sqlite3_create_function_v2(db->h, "plim_version_max", 2, SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY, NULL, NULL, highest_step, highest_end, NULL) !=
	    SQLITE_OK)
		return err_set(e, ERR_ENV, "cannot register plim_version_max(): %s", sqlite3_errmsg(db->h));
	return 0;
}
