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
	{"assess", cmd_assess, "Analyze and write all documents in one go."},
	{"analyze", cmd_analyze, "Load evidence into one database and run every check on it."},
	{"access", cmd_access, "Tell who may do what: can-i, who-can, what-can, reviews."},
	{"vulns", cmd_vulns, "Vulnerabilities that run, are exposed or on paths; what to upgrade; other scanners."},
	{"image", cmd_image, "List what is in an image: components, vulnerabilities, SBOM."},
	{"sbom", cmd_sbom, "Write the bill of materials of all images and nodes of a site."},
	{"checks", cmd_checks, "List the checks, explain one, run their cases."},
	{"findings", cmd_findings, "List findings: table, JSON, CSV, SARIF, JUnit."},
	{"search", cmd_search, "Find by name, label, image, package, identifier, setting."},
	{"benchmark", cmd_benchmark, "List a framework's controls with their state."},
	{"diff", cmd_diff, "Tell what appeared and vanished between two assessments, and why."},
	{"sql", cmd_sql, "Answer one SELECT, read-only; list the views."},
	{"paths", cmd_paths, "Show how an attacker gets from one place to another."},
	{"whatif", cmd_whatif, "Tell which findings and paths appear and vanish with a change."},
	{"edges", cmd_edges, "List the steps that an attacker can take, explain one, run their cases."},
	{"browse", cmd_browse, "Walk through an assessment in the terminal."},
	{"network", cmd_network, "Ask what reaches what, and why."},
	{"report", cmd_report, "Write the documents: gap analysis, blueprint, slides."},
	{"version", cmd_version, "Print the version."},
};

enum { COMMANDS = sizeof(commands) / sizeof(commands[0]) };

/* First arguments of commands that have several, for shell completion. */
static const struct {
	const char *command, *names;
} verbs[] = {{"feeds", "import status show sources pack verify compare satisfies"}, {"checks", "list show test"}, {"edges", "list show test"},
	     {"vulns", "list plan rebase bases owners ages agree scans"}};

static const char *verbs_of(const char *command)
{
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (strcmp(verbs[i].command, command) == 0)
			return verbs[i].names;
	return "";
}

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
	fprintf(out, "\nplimsoll COMMAND --help tells more, man plimsoll all. Exit codes: 0 done, 1 findings at or above --fail-on, 2 usage,\n"
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

static const struct command *find(const char *name)
{
	for (int i = 0; i < COMMANDS; i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

/* help [COMMAND [VERB]] for people; help --commands and help --options COMMAND [VERB] for shell completion: fields with a tab between. */
static int cmd_help(int argc, char **argv)
{
	char list[] = OPTS_LIST, plain[] = "--help", *words[4] = {NULL};
	bool options = argc > 1 && strcmp(argv[1], "--options") == 0;
	const struct command *c;
	int n = 0;

	if (argc == 2 && strcmp(argv[1], "--commands") == 0) {
		for (int i = 0; i < COMMANDS; i++)
			printf("%s\t%s\t%s\n", commands[i].name, verbs_of(commands[i].name), commands[i].summary);
		return 0;
	}
	if (argc == 1) {
		usage(stdout);
		return 0;
	}
	if (argc > 3 + options || argc < 2 + options || !(c = find(argv[1 + options]))) {
		warn("usage: plimsoll help [COMMAND [VERB]]");
		return ERR_USAGE;
	}
	for (int i = 1 + options; i < argc; i++)
		words[n++] = argv[i];
	words[n++] = options ? list : plain;
	return c->run(n, words);
}

int main(int argc, char **argv)
{
	const struct command *c;

	setlocale(LC_ALL, "");
	setlocale(LC_NUMERIC, "C");
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN); /* a file-size limit is an error of write(), as a full disk is */
	assessment_set_analyzer(analyze_temporary);
	if (argc < 2) {
		usage(stderr);
		return ERR_USAGE;
	}
	if (strcmp(argv[1], "help") == 0)
		return cmd_help(argc - 1, argv + 1);
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
		usage(stdout);
		return 0;
	}
	if (strcmp(argv[1], "--version") == 0)
		return cmd_version(argc - 1, argv + 1);
	c = find(argv[1]);
	return c ? c->run(argc - 1, argv + 1) : unknown(argv[1]);
}
