// SPDX-License-Identifier: Apache-2.0
// plimsoll sbom: the bill of materials of a whole site: its images and nodes, row by row. What stands in it is image-sbom.c's.
#include "commands.h"
#include "image-out.h"

#include "common/assessment.h"
#include "common/opts.h"

#include <inttypes.h>
#include <stdio.h>

struct request {
	const char *format, *image, *node;
	bool vulnerabilities, only_fixed;
};

static int run(void *ctx, const struct opt_list *rest, struct err *e)
{
	const struct request *r = ctx;
	const char *path = rest->at[0];
	bool spdx = r->format && strcmp(r->format, "spdx") == 0;
	auto_db db = {0};
	struct image_out out = {.db = &db, .feeds = r->vulnerabilities, .only_fixed = r->only_fixed, .image = r->image, .node = r->node};
	int64_t n, without;

	if (r->format && !spdx && strcmp(r->format, "cyclonedx") != 0)
		return err_set(e, ERR_USAGE, "sbom: --format is cyclonedx or spdx, not '%s'", r->format);
	if (spdx && r->vulnerabilities)
		return err_set(e, ERR_USAGE, "sbom: --vulnerabilities needs --format cyclonedx");
	if (assessment_open(&db, path, e))
		return -1;
	if (image_out_choose(&out, &n, e))
		return -1;
	if (!n)
		return err_set(e, ERR_INPUT, "%s: no %s%s%s was collected", path, r->image && r->node ? "image or node" : r->node ? "packages of a node" : r->image ? "image" : "image, and no packages of a node",
			       r->image || r->node ? " that fits " : "", r->image ? r->image : r->node ? r->node : "");
	without = r->image && !r->node ? 0 : db_int(&db, 0, "SELECT count(*) FROM node n WHERE NOT EXISTS (SELECT 1 FROM thing t JOIN package p ON p.thing = t.id WHERE t.kind = 'node' AND t.name = n.name AND t.cluster IS n.cluster)", "");
	if (without)
		warn("packages of %" PRId64 " %s were not collected (plimsoll collect --node): not in the document", without, without == 1 ? "node" : "nodes");
	if ((spdx ? image_out_spdx : image_out_cyclonedx)(&out, e))
		return -1;
	if (fflush(stdout) || ferror(stdout))
		return err_errno(e, "standard output");
	return assessment_exit(&db);
}

static const char more[] =
	"Writes one JSON document to standard output: every image and every node with its installed packages, licences, layers, and what contains what. What a later layer removed is\n"
	"left out; what a lock file alone names is marked as declared. The same database gives the same document.\n\n"
	"Example: plimsoll sbom site.db --image '*/shop/*' > shop.cdx.json\n"
	"Exit codes: 0 done, 2 usage, 3 not an assessment.\n";

int cmd_sbom(int argc, char **argv)
{
	struct request r = {0};
	const struct opt table[] = {
		{"format", 0, OPT_TEXT, &r.format, "NAME", "cyclonedx (1.6, the default) or spdx (2.3)."},
		{"image", 0, OPT_TEXT, &r.image, "PATTERN", "Only images whose name fits, * for any run of characters; no nodes."},
		{"node", 0, OPT_TEXT, &r.node, "PATTERN", "Only nodes whose name (or cluster/name) fits; with --image both."},
		{"vulnerabilities", 0, OPT_FLAG, &r.vulnerabilities, NULL, "CycloneDX: with the vulnerabilities that were matched."},
		{"only-fixed", 0, OPT_FLAG, &r.only_fixed, NULL, "Of those, the ones that a newer version fixes."},
		{0},
	};
	const struct opts opts = {.command = "sbom", .synopsis = "SITE.db [--format NAME] [--image PATTERN] [--node PATTERN]", .summary = "Writes the bill of materials of all images and nodes.",
				  .table = table, .more = more, .min = 1, .max = 1};

	return opts_run(&opts, argc, argv, run, &r);
}
