// SPDX-License-Identifier: Apache-2.0
// plimsoll feeds compare, plimsoll feeds satisfies: version order and ranges from the command line, single or in batches.
#include "feeds-version.h"

#include "common/csv.h"
#include "common/opts.h"
#include "common/range.h"

#include <stdio.h>
#include <unistd.h>

/* One answer onto standard output; -1 with `e` set when one of both texts cannot be read. */
typedef int answer(int scheme, struct span a, struct span b, struct err *e);

static int answer_compare(int scheme, struct span a, struct span b, struct err *e)
{
	enum version_scheme s = (enum version_scheme)scheme;
	struct span bad = !version_valid(s, a) ? a : !version_valid(s, b) ? b : SPAN_NONE;

	if (bad.p)
		return err_set(e, ERR_INPUT, "'%.*s' is no version of this scheme", SPAN_ARG(bad));
	printf("%d\n", version_compare(s, a, b));
	return 0;
}

static int answer_satisfies(int scheme, struct span a, struct span b, struct err *e)
{
	int r = range_holds((enum range_scheme)scheme, a, b, e);

	if (r < 0 && scheme != RANGE_NPM)
		return -1;
	/* node-semver answers false to what it cannot read. */
	puts(r > 0 ? "true" : "false");
	return 0;
}

/* One record's line of output: -1 with `e` set when it has no answer. */
static int one_line(const struct span *f, size_t n, int scheme, answer *give, struct err *e)
{
	if (n != 2)
		return err_set(e, ERR_INPUT, "two fields were expected");
	return give(scheme, f[0], f[1], e);
}

/* Each record of two fields in turn. Lines that cannot be answered print "error", so that the others keep their place. */
static int batch(const char *path, int scheme, answer *give, struct err *e)
{
	struct source in;
	struct csv *csv;
	struct span f[3];
	size_t n;
	int r, bad = 0;

	if (strcmp(path, "-") == 0)
		source_from_fd(&in, dup(STDIN_FILENO), "standard input");
	else if (source_from_file(&in, path, e))
		return -1;
	csv = csv_open(&in);
	for (;;) {
		struct err one = {0};

		r = csv_next(csv, f, 3, &n, &one);
		if (r < 0)
			err_set(e, one.kind, "%s", one.msg);
		if (r <= 0)
			break;
		if (r == 1 && one_line(f, n, scheme, give, &one) == 0)
			continue;
		for (uint64_t lines = r == 3 ? csv_swallowed(csv) : 1; lines > 0; lines--)
			puts("error");
		warn("%s: line %llu: %s", in.name, (unsigned long long)csv_line(csv), one.msg);
		bad = 1;
	}
	csv_close(csv);
	source_close(&in);
	return r < 0 ? err_wrap(e, "%s", path) : bad;
}

struct verb {
	struct opts opts;
	const char *const *batch;
	int (*scheme)(struct span name);
	const char *(*names)(void);
	answer *give;
};

static int run(void *ctx, const struct opt_list *words, struct err *e)
{
	const struct verb *v = ctx;
	int scheme = v->scheme(span_of(words->at[0])), r;

	if (scheme == 0)
		return err_set(e, ERR_USAGE, "%s: unknown scheme '%s' (there are %s)", v->opts.command, words->at[0], v->names());
	if (words->n != (*v->batch ? 1 : 3))
		return err_set(e, ERR_USAGE, "%s: expected %s", v->opts.command, v->opts.synopsis);
	r = *v->batch ? batch(*v->batch, scheme, v->give, e) : v->give(scheme, span_of(words->at[1]), span_of(words->at[2]), e);
	return e->kind ? -1 : r > 0 ? 4 : 0;
}

static int compare_scheme(struct span name)
{
	return (int)version_scheme_named(name);
}

static int satisfies_scheme(struct span name)
{
	return (int)range_scheme_named(name);
}

int feeds_compare(int argc, char **argv)
{
	const char *file = NULL;
	const struct opt table[] = {
		{"batch", 'b', OPT_TEXT, &file, "FILE.csv", "Compare each line 'a,b' (RFC 4180) of a file, '-' for standard input."}, {0}};
	struct verb v = {
		.opts = {.command = "feeds compare",
			 .synopsis = "SCHEME A B | SCHEME --batch FILE.csv",
			 .summary = "Print -1, 0 or 1: whether version A is older than, the same as or newer than B.",
			 .table = table,
			 .more = "Schemes: deb rpm apk semver npm cargo go pep440 maven rubygems nuget composer generic.\n"
				 "A batch prints one line for each line, in their order; 'error' (exit code 4) where one is no version, or not two fields.",
			 .min = 1,
			 .max = 3},
		.batch = &file,
		.scheme = compare_scheme,
		.names = version_scheme_names,
		.give = answer_compare,
	};

	return opts_run(&v.opts, argc, argv, run, &v);
}

int feeds_satisfies(int argc, char **argv)
{
	const char *file = NULL;
	const struct opt table[] = {
		{"batch", 'b', OPT_TEXT, &file, "FILE.csv", "Judge each line 'version,range' (RFC 4180) of a file, '-' for standard input."}, {0}};
	struct verb v = {
		.opts = {.command = "feeds satisfies",
			 .synopsis = "SCHEME VERSION RANGE | SCHEME --batch FILE.csv",
			 .summary = "Print true or false: whether a version lies in a range as the package system reads it.",
			 .table = table,
			 .more = "Schemes: npm cargo pep440 rubygems composer maven.\n"
				 "A batch prints one line for each line, in their order; 'error' (exit code 4) where one cannot be read\n"
				 "(npm: false, as node-semver answers).",
			 .min = 1,
			 .max = 3},
		.batch = &file,
		.scheme = satisfies_scheme,
		.names = range_scheme_names,
		.give = answer_satisfies,
	};

	return opts_run(&v.opts, argc, argv, run, &v);
}
