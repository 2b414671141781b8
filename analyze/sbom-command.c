// SPDX-License-Identifier: Apache-2.0
// plimsoll sbom: the bill of materials of a whole site's images, row by row. What stands in it is image-sbom.c's.
#include "commands.h"
#include "image-out.h"

#include "common/assessment.h"
#include "common/opts.h"

#include <stdio.h>

struct request {
	const char *format, *image;
	bool vulnerabilities, only_fixed;
};

static int run(void *ctx, const struct opt_list *rest, struct err *e)
{
	const struct request *r = ctx;
	const char *path = rest->at[0];
	bool spdx = r->format && strcmp(r->format, "spdx") == 0;
	auto_db db = {0};
	struct image_out out = {.db = &db, .feeds = r->vulnerabilities, .only_fixed = r->only_fixed, .image = r->image};

	if (r->format && !spdx && strcmp(r->format, "cyclonedx") != 0)
		return err_set(e, ERR_USAGE, "sbom: --format is cyclonedx or spdx, not '%s'", r->format);
	if (spdx && r->vulnerabilities)
		return err_set(e, ERR_USAGE, "sbom: --vulnerabilities needs --format cyclonedx");
	if (assessment_open(&db, path, e))
		return -1;
	if (!db_int(&db, 0, "SELECT count(*) FROM thing WHERE kind IN ('image', 'rootfs') AND (?1 IS NULL OR name GLOB ?1 OR ref GLOB ?1 OR id IN (SELECT image FROM image_name WHERE name GLOB ?1))",
		    "s", r->image))
		return err_set(e, ERR_INPUT, "%s: no image%s%s was collected", path, r->image ? " that fits " : "", r->image ? r->image : "");
	if ((spdx ? image_out_spdx : image_out_cyclonedx)(&out, e))
		return -1;
	if (fflush(stdout) || ferror(stdout))
		return err_errno(e, "standard output");
	return assessment_exit(&db);
}

static const char more[] =
	"Writes one JSON document to standard output: every image with its installed packages, licences, layers, and what contains what. What a later layer removed is\n"
	"left out; what a lock file alone names is marked as declared. The same database gives the same document.\n\n"
	"Example: plimsoll sbom site.db --image '*/shop/*' > shop.cdx.json\n"
	"Exit codes: 0 done, 2 usage, 3 not an assessment.\n";

int cmd_sbom(int argc, char **argv)
{
	struct request r = {0};
	const struct opt table[] = {
		{"format", 0, OPT_TEXT, &r.format, "NAME", "cyclonedx (1.6, the default) or spdx (2.3)."},
		{"image", 0, OPT_TEXT, &r.image, "PATTERN", "Only images whose name fits, * for any run of characters."},
		{"vulnerabilities", 0, OPT_FLAG, &r.vulnerabilities, NULL, "CycloneDX: with the vulnerabilities that were matched."},
		{"only-fixed", 0, OPT_FLAG, &r.only_fixed, NULL, "Of those, the ones that a newer version fixes."},
		{0},
	};
	const struct opts opts = {.command = "sbom", .synopsis = "SITE.db [--format NAME] [--image PATTERN]", .summary = "Writes the bill of materials of all images.",
				  .table = table, .more = more, .min = 1, .max = 1};

	return opts_run(&opts, argc, argv, run, &r);
}
