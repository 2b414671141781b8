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

/* Files with cases beside them: a sorted list of elements of `size` bytes that start with their id. */
struct check_cases {
	const void *at;
	size_t n, size, file; /* file: offset of the `const char *` that names the file */
	/* What the cases of a file do not show, NULL when they show all that is asked for. Lives in `a`. */
	const char *(*lacks)(struct arena *a, const struct json *cases);
	/* 0 as expected, 1 not (and has said so), -1 when the case itself cannot be run. Leaves `db` rolled back. */
	int (*run)(struct arena *a, struct db *db, const void *element, const struct json *cas, struct err *e);
};
/* Runs the cases of each whose id starts with `only` (NULL: all), prints what differs, then "N passed, N failed". The number of failed
 * cases, or -1. `what`: for the message when there is none. */
int64_t check_given_test(const char *what, struct check_cases files, const char *only, struct err *e);
#endif
