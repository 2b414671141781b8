/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ANALYZE_H
#define ANALYZE_H
/* Evidence in, one assessment database out: verify, load, derive, check, rank (docs/checks.md, docs/scores.md). */
#include "common/db.h"
#include "common/input.h"
#include "common/opts.h"

struct analyze_options {
	struct opt_list inputs;	    /* bundles, directories, archives, files */
	const char *feeds;	    /* vulns.db; NULL: none */
	const char *engagement;	    /* engagement.yaml; NULL: none */
	struct span engagement_text; /* its text instead */
	int64_t as_of;		    /* the assessment's date, Unix seconds; 0: SOURCE_DATE_EPOCH, else the newest time of the evidence */
	const char *checks;	    /* folder of customer's checks; NULL: none */
	const char *cluster_name;   /* for clusters that nothing names */
	bool verbose;		    /* timings to stderr */
	bool no_checks;		    /* load and derive only */
	bool images_only;	    /* nothing but what images hold is asked for: the rest is not derived */
	const char *cache;	    /* folder of the layer cache; NULL: the user's (analyze/layer-cache.h) */
	bool no_cache;
	const char *edge;	    /* only steps of this id and no paths; "": none at all; NULL: all. For cases, which ask for one thing */
	/* Gives the members instead of `inputs`, as input_walk() does; NULL: none. For the cases of checks, which lie in memory. */
	int (*walk)(void *ctx, input_each *each, void *each_ctx, struct err *e);
	void *walk_ctx;
};

/* The options that set them from a command line: entries of a struct opt table. */
#define ANALYZE_OPTS(o) \
	{"feeds", 0, OPT_TEXT, &(o).feeds, "FILE", "Vulnerability feeds that `plimsoll feeds import` made."}, \
	{"engagement", 0, OPT_TEXT, &(o).engagement, "FILE", "What people say: environments, owners, exceptions (docs/engagement.md)."}, \
	{"checks", 0, OPT_TEXT, &(o).checks, "DIR", "Further checks of your own (docs/checks.md)."}, \
	{"cluster-name", 0, OPT_TEXT, &(o).cluster_name, "NAME", "Name of the cluster that a raw dump is of."}, \
	{"cache", 0, OPT_TEXT, &(o).cache, "DIR", "Where image layers that were read are remembered ($XDG_CACHE_HOME/plimsoll)."}, \
	{"no-cache", 0, OPT_FLAG, &(o).no_cache, NULL, "Remember no layers, and read all of them."}, \
	{"verbose", 'v', OPT_FLAG, &(o).verbose, NULL, "Print what each step costs."}
/* What they take as INPUT, for --help. */
#define ANALYZE_INPUTS \
	"INPUT is a bundle that `plimsoll collect` made, a folder or tar of `kubectl get -o json|yaml` output, a `kubectl cluster-info dump`, node facts,\n" \
	"AWS account authorization details, credential report and EKS access entries, registry exports, image archives (docker save, OCI layout).\n\n"

/* An empty assessment database at `path` (NULL: temporary), left open in `db`, with its tables and SQL functions. */
int analyze_create(struct db *db, const char *path, struct err *e);
/* Fills an empty one in a transaction that it begins and that the caller ends: db_commit() or db_rollback(). `*unread` as analyze_run(). */
int analyze_fill(const struct analyze_options *o, struct db *db, int64_t *unread, struct err *e);
/* Both, and the commit. Builds the database at `path` (written beside and renamed; NULL: temporary, handed over open in `db`).
 * Returns 0, or -1 with `e`. `*unread` counts members and items that could not be read (exit code 4). */
int analyze_run(const struct analyze_options *o, const char *path, struct db *db, int64_t *unread, struct err *e);
/* As analyze_run, into a file that appears when it is whole; what could not be read is told on stderr. */
int analyze_file(const struct analyze_options *o, const char *path, int64_t *unread, struct err *e);
/* Analyzes one input with default options into a temporary database, left open: what assessment_open() calls. */
int analyze_temporary(struct db *db, const char *path, struct err *e);
#endif
