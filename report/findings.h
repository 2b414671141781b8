/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_FINDINGS_H
#define REPORT_FINDINGS_H
/*
 * Findings as people and other programs take them: `plimsoll findings` (docs/findings.md). findings.c selects and reads them, a row at a
 * time; out-findings-json.c, out-findings-csv.c, out-findings-table.c, out-sarif.c and out-junit.c each write one form.
 */
#include "common/db.h"
#include "common/opts.h"
#include "common/tree.h"
#include "tabular.h"

/* What is wanted. Lists may hold words separated by commas; of checks, clusters and namespaces * matches any run of characters. */
struct findings_filter {
	struct opt_list severities, verdicts, domains, checks, clusters, namespaces;
	bool open;     /* leave out what an exception accepts */
	int64_t limit; /* at most so many, the worst first; 0: all */
};
void findings_filter_fini(struct findings_filter *f);

/* A check, as every finding of it tells it. */
struct findings_check {
	const char *id, *title, *severity, *domain, *why, *fix, *effort, *refs;
	struct span controls; /* JSON array of "framework:control" */
	int64_t failed, errors, skipped, passed; /* of what the filter selects; skipped: manual, not-assessed, accepted */
	int64_t rule; /* SARIF: its place among the rules */
	struct span *quoted; /* CSV: its columns as they stand in each of its rows; those of the finding are absent */
};

/* One finding. Absent spans are NULL in the database. Valid until the next one. */
struct finding {
	const struct findings_check *check;
	struct span id, verdict, severity, domain, subject, cluster, namespace, kind, name, detail, owner, owner_why;
	struct span facts, missing; /* JSON object, JSON array of kinds of evidence */
	struct span member, pointer, sha256; /* where its thing stands in the evidence; absent: nowhere */
	struct span accepted, approver; /* reason and who; absent: open */
	int64_t expires;	    /* of the exception; 0: does not */
};

/* Findings that are read together. */
struct findings_group {
	const char *check, *verdict, *severity;
	int class, rank; /* of the verdict, 1 comes first; of the severity, 5 comes first */
	int64_t n;
};

struct findings_form;
struct findings {
	struct db *db;
	struct out *out;
	const struct findings_form *form;
	const struct findings_filter *filter;
	const char *colour; /* value of --color */
	struct arena arena;
	struct findings_check *checks; /* sorted by id */
	size_t checks_n;
	struct findings_group *groups;
	size_t groups_n;
	uint64_t count;		       /* findings so far */
	uint64_t left;		       /* not told because of the limit */
	const struct findings_check *suite; /* JUnit: the check at hand */
	struct tabular rows;	       /* table and CSV */
	struct tree tree;	       /* of facts, while they are looked at */
	struct arena parsed, held;   /* held: the group at hand, to be sorted */
};

struct findings_form {
	const char *name;
	bool by_check; /* grouped by check instead of the worst first, and told how many pass */
	int (*begin)(struct findings *f, struct err *e);
	void (*row)(struct findings *f, const struct finding *row);
	int (*end)(struct findings *f, struct err *e);
};
extern const struct findings_form findings_table, findings_json, findings_csv, findings_sarif, findings_junit;

/* By id; NULL when there is none. */
struct findings_check *findings_check_find(const struct findings *f, struct span id);
/* By name; NULL (with ERR_USAGE) when there is no such form. */
const struct findings_form *findings_form_find(const char *name, struct err *e);
/* Writes what `filter` selects to `out` (opened and committed by the caller). `left`: how many the limit left out; may be NULL. */
int findings_write(struct db *db, const struct findings_form *form, const struct findings_filter *filter, const char *colour, struct out *out, uint64_t *left,
		   struct err *e);
/* Writes all of them into a file; its SHA-256 is `hex` (may be NULL). */
int findings_file(struct db *db, const struct findings_form *form, const char *path, char hex[65], struct err *e);
/* 0 when there is such a severity, else -1 with ERR_USAGE. */
int findings_severity(const char *severity, struct err *e);
/* Open fails at or above a severity, in the places and of the checks that `filter` selects. -1 with ERR_USAGE when there is no such severity. */
int64_t findings_open(struct db *db, const char *severity, const struct findings_filter *filter, struct err *e);
#endif
