/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H
/* Documents from an assessment database: `plimsoll report`. */
#include "common/db.h"

struct report_options {
	const char *folder;    /* where NAME.pdf is written; made when it is not there */
	const char *templates; /* a folder with NAME.md that go before the program's; may be NULL */
	const char *theme;     /* may be NULL */
	const char *paper;     /* "a4", "letter"; NULL: as the template says */
	const char *const *names; /* of documents, without ".md"; none: cgar, csb and deck */
	size_t count;
	bool quiet; /* does not tell what was written */
};

/* Writes the documents; the database is only read. Nothing is left of one that fails. */
int report_build(struct db *db, const struct report_options *o, struct err *e);
#endif
