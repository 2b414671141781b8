/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CSV_H
#define CSV_H
/* Comma-separated values (RFC 4180), record by record: fields in quotes may hold commas, quotes ("") and line ends. */
#include "source.h"

struct csv;
/* Over `in`, which stays the caller's. */
struct csv *csv_open(struct source *in);
/* 1: a record, its fields in `fields` (at most `max`, at most 64; those behind are dropped), their number in `n`; valid until the
 * next call. An empty line gives no fields. 0: the end. -1: an error of reading. A record that is none, with `e` set, after which
 * csv_next goes on: 2: over LIMIT_LINE_BYTES; 3: a quote that is not closed, which took all that was left. */
int csv_next(struct csv *c, struct span *fields, size_t max, size_t *n, struct err *e);
/* The line that the last record began at, from 1. */
uint64_t csv_line(const struct csv *c);
/* The lines from csv_line() on that a quote took which is not closed. */
uint64_t csv_swallowed(const struct csv *c);
void csv_close(struct csv *c);
#endif
