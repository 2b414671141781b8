/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CHECK_H
#define CHECK_H
/*
 * Checks: YAML files that each hold one SQL condition (docs/checks.md). check-file.c reads them, check-run.c judges with one of them,
 * check-store.c keeps the verdicts of all, check-test.c runs their cases.
 */
#include "common/db.h"
#include "knowledge.h"

struct check {
	const char *id, *title, *severity, *domain;
	struct knowledge_need *needs;
	size_t needs_n;
	struct knowledge_need *to_pass; /* needed besides before anything passes; what is found without it stands */
	size_t to_pass_n;
	const char *scope;	/* the kind of scope it is judged in, from the first need: cluster, aws, registry, images, site */
	bool across;		/* what is said of one subject hangs on others of its kind */
	const char *from;	/* a table with the rows of `over`, made by check_store_all(); NULL: `over` itself */
	const char *over, *where, *fails, *detail, *key; /* or: */
	const char *query;
	const char **facts;	/* columns of `over` to keep with a finding; NULL-terminated; NULL: those that `fails` names */
	const char *why, *fix, *patch, *effort, *owner, *false_positives;
	const char *content; /* of checks of images: base-os, middleware, application; NULL: none in particular */
	const char *references; /* JSON array */
	const char *file;
};

struct check_set {
	struct arena arena;
	struct check *at; /* sorted by id */
	size_t n, cap;
};

/* The domains, in the order of the blueprint's chapters. */
enum { CHECK_DOMAINS = 6 };
extern const char *const check_domains[CHECK_DOMAINS];
/* Which kind of scope a kind of evidence is judged in; "site" for what belongs to none. */
const char *check_scope_of(const char *evidence_kind);

/* Reads one check file into `c`; all text lives in `a`. ERR_INPUT names file and key. */
int check_parse(struct arena *a, const char *file, struct span text, struct check *c, struct err *e);
/* All checks carried in the program, and those below the folder `dir` (NULL: none), which must not repeat an id. */
int check_set_load(struct check_set *set, const char *dir, struct err *e);
void check_set_fini(struct check_set *set);
#define auto_checks __attribute__((cleanup(check_set_fini))) struct check_set
/* By id; NULL when there is none. */
const struct check *check_find(const struct check_set *set, const char *id);

/* One verdict. Texts are valid during the callback. */
struct check_row {
	int64_t thing;		/* 0: the scope as a whole */
	int64_t scope;		/* 0: no scope of that kind */
	struct span subject;	/* the thing's ref, else the scope's name or kind */
	struct span cluster, namespace; /* may be absent */
	const char *verdict;	/* pass fail manual not-applicable not-assessed error */
	struct span detail;	/* one sentence; absent for pass and not-applicable */
	struct span key;	/* tells several verdicts on one subject apart; absent: none */
	const char *facts;	/* JSON object */
	const char *missing;	/* JSON array of kinds of evidence */
};
typedef int check_each(void *ctx, const struct check *c, const struct check_row *row, struct err *e);
/*
 * Judges: every row of the check in every scope that has the evidence it needs, and one row for each scope that has not. A check that
 * SQLite refuses or that is stopped gives one row with the verdict error, after whatever it gave before (`each` must forget that).
 * 0, or -1 when `each` or the environment failed.
 */
int check_run(struct db *db, const struct check *c, check_each *each, void *ctx, struct err *e);

/* Runs all checks into the tables "check", finding and tally. `verbose`: what each costs, to stderr. */
int check_store_all(struct db *db, struct check_set *set, bool verbose, struct err *e);

/* Runs the cases of every check file whose id starts with `only` (NULL: all), prints what differs, then "N passed, N failed".
 * The number of failed cases, or -1. */
int64_t check_test(const struct check_set *set, const char *only, struct err *e);
#endif
