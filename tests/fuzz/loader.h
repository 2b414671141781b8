/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FUZZ_LOADER_H
#define FUZZ_LOADER_H
/* What fuzz targets of loaders have in common: a database that is rolled back, one member of the kind that its content tells. */
#include "analyze/load.h"
#include "analyze/schema.h"
#include "common/recognise.h"
#include "common/redact.h"

struct fuzz_loader {
	const char *path, *prefix, *kind; /* of the member; of the kinds that are wanted; the kind when the content tells none of them */
	int (*load)(struct load *l, struct source *content, struct err *e);
	int (*after)(struct db *db, struct err *e); /* may be NULL */
};

static inline int fuzz_load(const struct fuzz_loader *f, const uint8_t *data, size_t n)
{
	static struct db db;
	struct load l = {.db = &db, .path = f->path};
	struct span text = {(const char *)data, n};
	struct source s;
	struct err e = {0};
	char kind[256];

	if (!db.h && (db_create(&db, NULL, DB_APPLICATION_ID, &e) || schema_create(&db, &e) || db_undoable(&db, &e)))
		die("%s", e.msg);
	recognise(SPAN("file.json"), text, kind, sizeof(kind));
	l.kind = strncmp(kind, f->prefix, strlen(f->prefix)) == 0 ? kind : f->kind;
	l.redact = redact_new();
	source_from_span(&s, text, "file.json");
	if (db_begin(&db, &e) || db_run(&db, &e, "INSERT INTO evidence(id, input, path, state) VALUES (1, 'x', 'y', 'ok')", ""))
		die("%s", e.msg);
	l.evidence = 1;
	if (f->load(&l, &s, &e) || (f->after && f->after(&db, &e)))
		die("%s", e.msg);
	db_rollback(&db);
	source_close(&s);
	redact_free(l.redact);
	load_fini(&l);
	return 0;
}
#endif
