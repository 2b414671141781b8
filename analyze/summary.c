// SPDX-License-Identifier: Apache-2.0
// Counts for documents, made once by the SQL of analyze/summary.sql. What they count is checks' and ranks' business.
#include "summary.h"
#include "common/embed.h"

int summary_fill(struct db *db, struct err *e)
{
	struct span sql = embed_find("analyze/summary.sql");

	if (!sql.p)
		die("analyze/summary.sql is not in the program");
	return db_exec(db, sql.p, e) ? err_wrap(e, "summary") : 0;
}
