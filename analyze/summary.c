// SPDX-License-Identifier: Apache-2.0
// Counts for documents and the search index, made once by the SQL of analyze/summary.sql and analyze/search.sql. What they count is checks'
// and ranks' business.
#include "summary.h"
#include "common/embed.h"

static int run(struct db *db, const char *file, struct err *e)
{
	struct span sql = embed_find(file);

	if (!sql.p)
		die("%s is not in the program", file);
	return db_exec(db, sql.p, e) ? err_wrap(e, "%s", file) : 0;
}

int summary_fill(struct db *db, struct err *e)
{
	return run(db, "analyze/summary.sql", e);
}

int search_fill(struct db *db, struct err *e)
{
	return run(db, "analyze/search.sql", e);
}
