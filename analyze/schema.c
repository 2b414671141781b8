// SPDX-License-Identifier: Apache-2.0
// Making the assessment database. The build ran analyze/schema/*.sql already: parsing them anew took four fifths of the shortest commands.
#include "schema.h"
#include "common/embed.h"

int schema_create(struct db *db, struct err *e)
{
	return db_fill(db, embed_find("analyze/schema.db"), e) ? err_wrap(e, "the empty assessment") : 0;
}
