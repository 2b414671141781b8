/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_H
#define STORE_H
/*
 * Writing vulns.db. There are two kinds of feeds: a *snapshot* (one file says all; a newer file replaces it) and
 * *records* (single vulnerabilities that are merged by id; the newer `modified` wins).
 */
#include "common/arena.h"
#include "common/db.h"
#include "common/version.h"

struct store {
	struct db db;
	struct arena arena;  /* of the record that is read now */
	int64_t feed;	     /* the feed that is written now */
	const char *file;    /* the file that is read now, for problems */
	int64_t file_date;   /* time stamp of the archive member, 0: unknown */
	bool many;	     /* the file is one of many: what is wrong with it costs only itself */
	int64_t n;	     /* tells rows of `affected` apart */
	uint64_t files, records, same, older, broken, skipped;
	bool undated;	     /* temp.undated holds rows of records without a date that this import has seen */
	bool changed;	     /* something was written: the new file is worth keeping */
};

/* Makes the feed `name` of merged records current, and makes it when it is new. */
int store_records(struct store *s, const char *kind, const char *name, bool fixes_only, struct err *e);
/* As store_records for a snapshot with the hash of its file and its date (0: it states none). Returns 1 when it is to
 * be read (what was there is gone), 0 when the same or a newer one is there already, -1 on error. */
int store_snapshot(struct store *s, const char *kind, const char *name, bool fixes_only, struct span file, int64_t date,
		   struct err *e);

struct vuln_row {
	struct span name, summary, severity, vector;
	double score; /* < 0: unknown */
	int64_t modified, published, withdrawn; /* 0: not stated */
};

/* A vulnerability of the current snapshot, found by its name or made: its row id, -1 on error. */
int64_t store_vuln(struct store *s, const struct vuln_row *v, struct err *e);
/* A record of the current records feed: 1 and its row id in `*id` when it is new or changed, 0 when the same or a
 * newer one is there, -1 on error. */
int store_record(struct store *s, const struct vuln_row *v, const char *hash, int64_t *id, struct err *e);
int store_alias(struct store *s, int64_t vuln, struct span other, const char *kind, struct err *e);

struct affected_row {
	int64_t scope;
	struct span package, introduced, fixed, last_affected, versions, advisory;
	struct span module; /* see schema.sql */
	bool binary;
	const char *status;
	int64_t since; /* when the fix appeared; 0: not told */
};

/* The scope's row id, made when new. -1 on error. */
int64_t store_scope(struct store *s, struct span ecosystem, struct span release, struct err *e);
/* As store_scope; it is noted as covered by the current feed. */
int64_t store_covered(struct store *s, struct span ecosystem, struct span release, struct err *e);
int store_affected(struct store *s, int64_t vuln, const struct affected_row *a, struct err *e);
int store_gap(struct store *s, int64_t scope, struct span package, struct err *e);
/* Notes a record that could not be read: what `e` says, with its place in the file. `e` is cleared. */
int store_problem(struct store *s, const char *place, struct err *e);
/* Counts, dates and hashes of all feeds that were touched. */
int store_finish(struct store *s, struct err *e);

/* "critical", "high", "medium", "low" for any writing of them ("Moderate", "IMPORTANT"); NULL for all else. */
const char *store_severity(struct span word);
/* The word for a CVSS score (CVSS 3.1 section 5). NULL below 0.1. */
const char *store_severity_of_score(double score);
#endif
