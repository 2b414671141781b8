/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUMMARY_H
#define SUMMARY_H
#include "common/db.h"
/* Fills gap, gap_example, heat and namespace_consumption (analyze/schema/summary.sql). After checks and ranks, once. */
int summary_fill(struct db *db, struct err *e);
/* Fills search and search_entry (analyze/schema/search.sql). After all else, once. */
int search_fill(struct db *db, struct err *e);
#endif
