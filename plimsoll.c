// SPDX-License-Identifier: Apache-2.0
// The table of subcommands: the first file to open. Each command lives in the folder its part belongs to.
#include "commands.h"
#include "analyze/analyze.h"
#include "common/assessment.h"
#include "common/err.h"
#include "common/opts.h"

#include <locale.h>
#include <signal.h>

struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *summary;
};

static const struct command commands[] = {
	{"feeds", cmd_feeds, "Import vulnerability feeds, list them, compare versions."},
	{"collect", cmd_collect, "Collect evidence into one redacted bundle."},
	{"inspect", cmd_inspect, "What is in a bundle and what is missing."},
	{"verify", cmd_verify, "Compare a bundle with its manifest."},
	{"analyze", cmd_analyze, "Load evidence into one database and run every check on it."},
	{"checks", cmd_checks, "List the checks, explain one, run their cases."},
	{"browse", cmd_browse, "Walk through an assessment in the terminal."},
	{"report", cmd_report, "Write the documents: gap analysis, blueprint, slides."},
	{"version", cmd_version, "Print the version."},
};

enum { COMMANDS = sizeof(commands) / sizeof(commands[0]) };

int cmd_version(int argc, char **argv)
{
	(void)argc, (void)argv;
	printf("plimsoll %s\n", PLIMSOLL_VERSION);
	return 0;
}

static void usage(FILE *out)
{
	fprintf(out, "usage: plimsoll COMMAND [ARGUMENTS]\n\n"
		     "Offline container-security assessment: evidence in, reports out.\n\nCommands:\n");
	for (int i = 0; i < COMMANDS; i++)
		fprintf(out, "  %-10s %s\n", commands[i].name, commands[i].summary);
	fprintf(out, "\nplimsoll COMMAND --help tells more. Exit codes: 0 done, 1 findings at or above --fail-on, 2 usage,\n"
		     "3 input refused, 4 some evidence could not be read, 5 environment or internal.\n");
}

static int unknown(const char *name)
{
	const char *best = NULL;
	size_t least = 3;

	for (int i = 0; i < COMMANDS; i++) {
		size_t d = opts_distance(name, commands[i].name, 2);

		if (d < least) {
			least = d;
			best = commands[i].name;
		}
	}
	warn("unknown command '%s'%s%s%s", name, best ? " (did you mean " : "", best ? best : "", best ? "?)" : "");
	return ERR_USAGE;
}

int main(int argc, char **argv)
{
	setlocale(LC_ALL, "");
	setlocale(LC_NUMERIC, "C");
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN); /* a file-size limit is an error of write(), as a full disk is */
	assessment_set_analyzer(analyze_temporary);
	if (argc < 2) {
		usage(stderr);
		return ERR_USAGE;
	}
	if (strcmp(argv[1], "help") == 0 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
		usage(stdout);
		return 0;
	}
	if (strcmp(argv[1], "--version") == 0)
		return cmd_version(argc - 1, argv + 1);
	for (int i = 0; i < COMMANDS; i++)
		if (strcmp(commands[i].name, argv[1]) == 0)
			return commands[i].run(argc - 1, argv + 1);
	return unknown(argv[1]);
}
