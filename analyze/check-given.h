/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CHECK_GIVEN_H
#define CHECK_GIVEN_H
#include "common/db.h"
#include "common/json.h"

/* A database for cases, one after the other: check_given() fills it, db_rollback() empties it again. */
int check_given_open(struct db *db, struct err *e);
/*
 * Makes the assessment that a case of a check describes, loaded and derived but not judged, in a transaction that the caller rolls back.
 * `given` is a list of: a Kubernetes object (or list of one kind); a file as {file: name, text: … or json: …}, which the loaders
 * recognise as they would on disk; a thing with rows of its tables as {thing: ref, kind: …, type: …, name: …, evidence: kind,
 * tables: {image: {…}}}, for what a text cannot hold (image archives). `engagement` holds an engagement file.
 * `edge`: as analyze_options.edge.
 */
int check_given(struct arena *a, const struct json *cas, const char *edge, struct db *db, struct err *e);
#endif
