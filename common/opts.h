/* SPDX-License-Identifier: Apache-2.0 */
#ifndef OPTS_H
#define OPTS_H
/*
 * Command lines as tables: one table gives parsing, --help, and the option lists of the man page and of
 * shell completion (`plimsoll help --options COMMAND`). Options and operands may be mixed; "--" ends options.
 */
#include "err.h"
#include "span.h"

enum opt_type {
	OPT_FLAG, /* bool *: set to true */
	OPT_TEXT, /* const char **: the last one given counts */
	OPT_INT,  /* int64_t * */
	OPT_LIST, /* struct opt_list *: may be given again */
	OPT_MULTI /* struct opt_list *: takes all following words up to the next option */
};

struct opt_list {
	const char **at; /* the words; freed by opts_fini */
	size_t n;
};

struct opt {
	const char *name; /* long name without dashes */
	char letter;	  /* 0: no short form */
	enum opt_type type;
	void *dest;
	const char *arg;  /* what stands for the value in help, for example "FILE" */
	const char *help; /* one sentence */
};

struct opts {
	const char *command;   /* "analyze" */
	const char *synopsis;  /* "-o SITE.db [--feeds vulns.db] INPUT..." */
	const char *summary;   /* one sentence */
	const struct opt *table; /* ends with a NULL name; --help is added to all */
	const char *more;      /* text under the options: examples, exit codes; may be NULL */
	int min, max;	       /* how many operands; max -1: any number */
};

/* The word in place of options that makes a command list them: one a line, "--name TAB -x TAB VALUE TAB help". For plimsoll help --options. */
#define OPTS_LIST "--list-options"

/* Parses argv[1..]. Returns 0 (operands in `rest`, freed by opts_fini), 1 when --help or the list was printed, -1 with
 * ERR_USAGE. A misspelt option gets the nearest name suggested. */
int opts_parse(const struct opts *o, int argc, char **argv, struct opt_list *rest, struct err *e);
/* What a command does once its options are in place: the exit code, or -1 with the error set. `rest` lasts as long as the call. */
typedef int opts_body(void *ctx, const struct opt_list *rest, struct err *e);
/* A whole command: parses, then calls `body` with `ctx`, and reports what failed. Returns the exit code; 0 when help was printed. */
int opts_run(const struct opts *o, int argc, char **argv, opts_body *body, void *ctx);
void opts_fini(struct opt_list *list);
#define auto_list __attribute__((cleanup(opts_fini))) struct opt_list
/* Edit distance between two words, at most `limit` + 1 (for suggestions). */
size_t opts_distance(const char *a, const char *b, size_t limit);
#endif
