// SPDX-License-Identifier: Apache-2.0
// Making the assessment database and the functions that read it.
#include "schema.h"
#include "common/embed.h"

/* Views name tables of several subjects, SQLite resolves them when they are used: any order works. */
int schema_create(struct db *db, struct err *e)
{
	const struct embed *f;

	for (size_t i = 0; (f = embed_at("analyze/schema/", i)); i++)
		if (db_exec(db, f->start, e))
			return err_wrap(e, "%s", f->path);
	return 0;
}
