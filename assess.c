// SPDX-License-Identifier: Apache-2.0
// plimsoll assess: analyze and report in one go. The only place besides plimsoll.c that knows both parts.
#include "commands.h"
#include "analyze/analyze.h"
#include "common/assessment.h"
#include "common/hash.h"
#include "common/outfile.h"
#include "report/findings.h"
#include "report/report.h"

#include <inttypes.h>

struct wish {
	struct analyze_options analyze;
	struct report_options report;
	const char *fail_on;
};

static int path_in(char *path, size_t size, const char *folder, const char *name, struct err *e)
{
	size_t n = strlen(folder);

	if ((size_t)snprintf(path, size, "%s%s%s", folder, n && folder[n - 1] == '/' ? "" : "/", name) >= size)
		return err_set(e, ERR_USAGE, "output name of %zu bytes", n);
	return 0;
}

/* `csv_sha256`: of findings.csv, which the documents print. */
static int write_lists(struct db *db, const struct wish *w, char csv_sha256[HASH_HEX], struct err *e)
{
	const struct findings_form *const forms[] = {&findings_csv, &findings_json};
	char path[4096], name[32];

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		snprintf(name, sizeof(name), "findings.%s", forms[i]->name);
		if (path_in(path, sizeof(path), w->report.folder, name, e) || findings_file(db, forms[i], path, forms[i] == &findings_csv ? csv_sha256 : NULL, e))
			return -1;
		if (!w->report.quiet)
			printf("%s\n", path);
	}
	return 0;
}

/* The exit code, or -1. */
static int assess(struct wish *w, struct err *e)
{
	static const struct findings_filter all;
	auto_db db = {0};
	char path[4096], csv_sha256[HASH_HEX];
	int64_t unread = 0, open = 0;

	/* A word that is wrong is told before minutes of work, not after. */
	if (w->fail_on && findings_severity(w->fail_on, e))
		return -1;
	if (outfile_mkdir(w->report.folder, e) || path_in(path, sizeof(path), w->report.folder, "site.db", e) || analyze_file(&w->analyze, path, &unread, e))
		return -1;
	if (!w->report.quiet)
		printf("%s\n", path);
	w->report.findings_sha256 = csv_sha256;
	if (assessment_open(&db, path, e) || write_lists(&db, w, csv_sha256, e) || report_build(&db, &w->report, e))
		return -1;
	if (w->fail_on && (open = findings_open(&db, w->fail_on, &all, e)) < 0)
		return -1;
	return open ? 1 : unread ? 4 : 0;
}

/* A folder that the run made and had nothing to put into goes with it. */
static int assess_in(void *ctx, const struct opt_list *inputs, struct err *e)
{
	struct wish *w = ctx;
	size_t existed;
	int rc;

	if (!w->report.folder)
		return err_set(e, ERR_USAGE, "assess: -o DIR is needed");
	w->analyze.inputs = *inputs;
	existed = outfile_existing(w->report.folder);
	rc = assess(w, e);
	if (rc < 0)
		outfile_unmkdir(w->report.folder, existed);
	return rc;
}

static const char more[] =
	"Writes into DIR: site.db (the assessment), cgar.pdf, csb.pdf and deck.pdf (gap analysis, blueprint, slides), findings.csv and findings.json.\n\n"
	ANALYZE_INPUTS
	"Example: plimsoll assess -o out --engagement engagement.yaml dump.tar.zst\n"
	"Exit codes: 0 done, 1 open findings at or above --fail-on, 2 usage, 3 nothing good in the input, 4 some evidence could not be read (the rest\n"
	"counts), 5 disk or permission.\n";

int cmd_assess(int argc, char **argv)
{
	struct wish w = {0};
	const struct opt table[] = {
		{"output", 'o', OPT_TEXT, &w.report.folder, "DIR", "Folder for all that is written; made when it is not there."},
		ANALYZE_OPTS(w.analyze),
		REPORT_OPTS(w.report),
		{"fail-on", 0, OPT_TEXT, &w.fail_on, "SEVERITY", "Exit with 1 when a fail of this severity or worse is open."},
		{0},
	};
	const struct opts opts = {.command = "assess", .synopsis = "-o DIR [--feeds vulns.db] [--engagement FILE] INPUT...",
				  .summary = "Analyzes evidence and writes all documents in one go.", .table = table, .more = more, .min = 1, .max = -1};

	return opts_run(&opts, argc, argv, assess_in, &w);
}
