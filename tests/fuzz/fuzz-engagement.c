// SPDX-License-Identifier: Apache-2.0
// Any bytes as an engagement file: read into a database, or one usage error.
#include "analyze/derive-engagement.h"
#include "analyze/load-engagement.h"
#include "analyze/schema.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	auto_db db = {0};
	struct err e = {0};

	if (db_create(&db, NULL, DB_APPLICATION_ID, &e) || schema_create(&db, &e) || engagement_load(&db, NULL, &e))
		die("%s", e.msg);
	if (engagement_load_text(&db, "e.yaml", (struct span){(const char *)data, n}, &e)) {
		if (e.kind != ERR_USAGE)
			die("%s", e.msg);
	} else if (derive_engagement(&db, &e)) {
		die("%s", e.msg);
	}
	return 0;
}
