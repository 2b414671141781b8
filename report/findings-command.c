// SPDX-License-Identifier: Apache-2.0
// `plimsoll findings`: the command line of findings.c.
#include "findings.h"
#include "commands.h"
#include "common/assessment.h"

#include <inttypes.h>

struct wish {
	struct findings_filter filter;
	const struct findings_form *form;
	const char *output, *fail_on, *colour, *format;
};

/* The exit code, or -1. */
static int tell(void *ctx, const struct opt_list *rest, struct err *e)
{
	struct wish *w = ctx;
	auto_db db = {0};
	auto_out out = OUT_INIT;
	uint64_t left = 0;
	int64_t open = 0;

	w->form = findings_form_find(w->format, e);
	if (!w->form)
		return -1;
	if (w->filter.limit && w->form->by_check)
		return err_set(e, ERR_USAGE, "findings: --limit does not go with junit, whose counts are those of all");
	if (assessment_open(&db, rest->at[0], e))
		return -1;
	if (w->fail_on && (open = findings_open(&db, w->fail_on, &w->filter, e)) < 0)
		return -1;
	if (out_open(&out, w->output, e) || findings_write(&db, w->form, &w->filter, w->colour, &out, &left, e) || out_commit(&out, e))
		return -1;
	if (left && w->form != &findings_table)
		warn("%" PRIu64 " more findings were left out (--limit)", left);
	return open ? 1 : assessment_exit(&db);
}

static const char more[] =
	"One finding is one thing that a check does not pass. Filters take several words separated by commas; * in --check, --cluster and --namespace\n"
	"stands for any run of characters. --fail-on looks at open fails of the checks and places selected, whatever --severity and --verdict show.\n"
	"docs/findings.md describes the JSON. Where SITE.db is asked for, evidence may stand too.\n\n"
	"Example: plimsoll findings site.db --namespace 'pay*' --format sarif -o findings.sarif --fail-on high\n"
	"Exit codes: 0 done, 1 open findings at or above --fail-on, 2 usage, 3 input refused, 4 some evidence could not be read, 5 environment.\n";

int cmd_findings(int argc, char **argv)
{
	struct wish w = {.format = "table"};
	struct findings_filter *f = &w.filter;
	const struct opt table[] = {
		{"format", 'f', OPT_TEXT, &w.format, "FORMAT", "table (default), json, csv, sarif or junit."},
		{"output", 'o', OPT_TEXT, &w.output, "FILE", "Write there instead of to standard output."},
		{"fail-on", 0, OPT_TEXT, &w.fail_on, "SEVERITY", "Exit with 1 when a fail of this severity or worse is open."},
		{"severity", 's', OPT_LIST, &f->severities, "LIST", "Only critical, high, medium, low, info."},
		{"verdict", 0, OPT_LIST, &f->verdicts, "LIST", "Only fail, manual, not-assessed, error."},
		{"domain", 'd', OPT_LIST, &f->domains, "LIST", "Only iam, registry, scanning, content, runtime, data."},
		{"check", 0, OPT_LIST, &f->checks, "LIST", "Only of these checks."},
		{"cluster", 0, OPT_LIST, &f->clusters, "LIST", "Only in these clusters."},
		{"namespace", 'n', OPT_LIST, &f->namespaces, "LIST", "Only in these namespaces."},
		{"open", 0, OPT_FLAG, &f->open, NULL, "Leave out what an exception accepts."},
		{"limit", 0, OPT_INT, &f->limit, "N", "At most N, the worst first."},
		{"color", 0, OPT_TEXT, &w.colour, "WHEN", "auto (default), always or never."},
		{0},
	};
	const struct opts opts = {.command = "findings", .synopsis = "SITE.db [--format FORMAT] [--fail-on SEVERITY] [FILTERS]",
				  .summary = "Lists what the checks found, for people and for other programs.", .table = table, .more = more, .min = 1, .max = 1};
	int rc = opts_run(&opts, argc, argv, tell, &w);

	findings_filter_fini(f);
	return rc;
}
