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
	const char *findings_sha256; /* of findings.csv when that was written to `folder` before; else NULL */
	bool quiet; /* does not tell what was written */
};

/* The options that set them from a command line: entries of a struct opt table. */
#define REPORT_OPTS(o) \
	{"paper", 'p', OPT_TEXT, &(o).paper, "SIZE", "a4 or letter; default: as the template says, a4."}, \
	{"theme", 0, OPT_TEXT, &(o).theme, "FILE", "The firm's name, logo, sizes and colours."}, \
	{"templates", 0, OPT_TEXT, &(o).templates, "DIR", "Templates that go before the program's own."}, \
	{"quiet", 'q', OPT_FLAG, &(o).quiet, NULL, "Do not tell what was written."}

/* Writes the documents, and findings.csv beside them when one of them names it; the database is only read. Nothing is left of one that fails.
 * The lists of findings are findings_file()'s (findings.h). */
int report_build(struct db *db, const struct report_options *o, struct err *e);
#endif
