/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ASSESSMENT_H
#define ASSESSMENT_H
/* Where a command takes SITE.db, evidence may stand too: it is analyzed into a temporary database first. */
#include "db.h"

/* Analyzes the evidence at `path` into a temporary database, left open in `db`. Set once by plimsoll.c, so that the parts that read
 * databases need not know the analyzer. */
typedef int assessment_analyze(struct db *db, const char *path, struct err *e);
void assessment_set_analyzer(assessment_analyze *analyze);
/* Opens an assessment database read-only, with object(); or analyzes what else `path` is. */
int assessment_open(struct db *db, const char *path, struct err *e);
/* Warns for each cluster (of this name; NULL: all) that lacks any of these kinds of evidence (ends with NULL), so that an empty answer is not taken for a good
 * one: "CLUSTER: KINDS were not collected: CONSEQUENCE". Those that were collected in part are told as assessment_warn_partly() does. */
void assessment_warn_missing(struct db *db, const char *cluster, const char *const *kinds, const char *consequence);
/* Warns for each cluster in which some of these kinds are known in part only (rows of v_partly), with the first reason; NULL: any kind of objects of the cluster. */
void assessment_warn_partly(struct db *db, const char *cluster, const char *const *kinds, const char *consequence);
/* The exit code of a command that did what it was asked for: 4 when evidence that stood for SITE.db could not all be read, else 0. */
int assessment_exit(struct db *db);
#endif
