/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMMANDS_H
#define COMMANDS_H
/* What plimsoll.c calls: argv[0] is the command's name; the return value is the exit code. */
int cmd_collect(int argc, char **argv);
int cmd_inspect(int argc, char **argv);
int cmd_verify(int argc, char **argv);
int cmd_access(int argc, char **argv);
int cmd_analyze(int argc, char **argv);
int cmd_assess(int argc, char **argv);
int cmd_image(int argc, char **argv);
int cmd_sbom(int argc, char **argv);
int cmd_checks(int argc, char **argv);
int cmd_edges(int argc, char **argv);
int cmd_paths(int argc, char **argv);
int cmd_whatif(int argc, char **argv);
int cmd_browse(int argc, char **argv);
int cmd_report(int argc, char **argv);
int cmd_version(int argc, char **argv);
int cmd_findings(int argc, char **argv);
int cmd_search(int argc, char **argv);
int cmd_sql(int argc, char **argv);
int cmd_benchmark(int argc, char **argv);
int cmd_network(int argc, char **argv);
int cmd_diff(int argc, char **argv);
int cmd_feeds(int argc, char **argv);
int cmd_vulns(int argc, char **argv);
#endif
