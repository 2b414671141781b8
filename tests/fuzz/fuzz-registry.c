// SPDX-License-Identifier: Apache-2.0
// Any bytes as an export of a registry, of the kind that its content tells.
#include "analyze/load-registry.h"
#include "analyze/schema.h"
#include "common/recognise.h"
#include "common/redact.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct db db;
	struct load l = {.db = &db, .path = "registry/harbor.example.com/file.json"};
	struct span text = {(const char *)data, n};
	struct source s;
	struct err e = {0};
	char kind[256];

	if (!db.h && (db_create(&db, NULL, DB_APPLICATION_ID, &e) || schema_create(&db, &e)))
		die("%s", e.msg);
	recognise(SPAN("file.json"), text, kind, sizeof(kind));
	l.kind = strncmp(kind, "registry/", 9) == 0 ? kind : "registry/harbor-artifacts";
	l.redact = redact_new();
	source_from_span(&s, text, "file.json");
	if (db_begin(&db, &e) || db_run(&db, &e, "INSERT INTO evidence(id, input, path, state) VALUES (1, 'x', 'y', 'ok')", ""))
		die("%s", e.msg);
	l.evidence = 1;
	if (load_registry(&l, &s, &e) || load_registry_waiting(&db, &e) || derive_registry_projects(&db, &e))
		die("%s", e.msg);
	db_rollback(&db);
	source_close(&s);
	redact_free(l.redact);
	load_fini(&l);
	return 0;
}
