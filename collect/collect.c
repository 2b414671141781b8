// SPDX-License-Identifier: Apache-2.0
// The command: options, the table of sources, sealing. What a source reads is in its own file.
#include "collect.h"
#include "commands.h"
#include "common/progress.h"

static const struct {
	const char *name;
	int (*read)(struct collect *c, struct err *e);
} sources[] = {
	{"cluster", source_kubernetes},
	{"node", source_node},
	{"image", source_image},
	{"import", source_import},
};

static int collect_all(struct collect *c, struct err *e)
{
	for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++)
		if (sources[i].read(c, e))
			return err_wrap(e, "%s", sources[i].name);
	if (!bundle_members(c->w))
		return err_set(e, ERR_INPUT, "nothing could be collected: %s", bundle_first_failure(c->w));
	return bundle_write_end(c->w, e);
}

/* 0, 4 when some evidence is missing, or -1. */
static int run(const struct collect_options *o, struct err *e)
{
	struct collect c = {.options = o, .redact = redact_new()};
	int rc = bundle_write_begin(&c.w, o->out, c.redact, e);
	uint64_t failures;

	c.evidence = (struct evidence){.w = c.w, .redact = c.redact};
	if (rc == 0)
		rc = collect_all(&c, e);
	progress_clear();
	failures = bundle_failures(c.w);
	if (rc == 0 && failures)
		warn("%s: %llu members; %llu things could not be collected or not in full (plimsoll inspect %s)", o->out, (unsigned long long)bundle_members(c.w),
		     (unsigned long long)failures, o->out);
	evidence_fini(&c.evidence);
	bundle_write_free(c.w);
	redact_free(c.redact);
	return rc ? -1 : failures ? 4 : 0;
}

static int collect(void *ctx, const struct opt_list *rest, struct err *e)
{
	const struct collect_options *o = ctx;

	(void)rest;
	if (!o->out)
		return err_set(e, ERR_USAGE, "collect: -o SITE.plim is needed");
	if (!o->cluster && !o->nodes.n && !o->images.n && !o->imports.n)
		return err_set(e, ERR_USAGE, "collect: nothing to collect from: --cluster, --node, --image or --import is needed");
	if (!o->cluster && (o->context || o->kubeconfig || o->kubectl || o->namespaces.n))
		return err_set(e, ERR_USAGE, "collect: --context, --kubeconfig, --kubectl and --namespace need --cluster");
	return run(o, e);
}

static const char more[] =
	"Everything is redacted before it reaches the disk; image archives enter as they are and are marked so. The cluster is read through its own\n"
	"kubectl, with read-only verbs. SITE.plim.part is what an ended run leaves: its members count. RECEIPT.txt is written beside the bundle.\n\n"
	"Example: plimsoll collect -o site.plim --cluster --context prod --node / --image app.tar\n"
	"Exit codes: 0 done, 3 nothing could be collected, 4 some evidence is missing (the bundle says which), 5 disk or permission.\n";

int cmd_collect(int argc, char **argv)
{
	struct collect_options o = {0};
	const struct opt table[] = {
		{"output", 'o', OPT_TEXT, &o.out, "SITE.plim", "Where the bundle goes."},
		{"cluster", 0, OPT_FLAG, &o.cluster, NULL, "Every object of the cluster that may be listed, through kubectl."},
		{"context", 0, OPT_TEXT, &o.context, "NAME", "The kubeconfig context of --cluster (else the current one)."},
		{"kubeconfig", 0, OPT_TEXT, &o.kubeconfig, "FILE", "The kubeconfig of --cluster (else as kubectl finds it)."},
		{"kubectl", 0, OPT_TEXT, &o.kubectl, "FILE", "The kubectl to run (else the one in PATH)."},
		{"namespace", 'n', OPT_LIST, &o.namespaces, "NAME", "Only this namespace's objects, beside those of the whole cluster; may be given again."},
		{"cluster-name", 0, OPT_TEXT, &o.cluster_name, "NAME", "What the cluster of --cluster and --node is called."},
		{"node", 0, OPT_MULTI, &o.nodes, "ROOT", "Hosts by their root directories (\"/\" is this one): settings, files, packages."},
		{"image", 0, OPT_MULTI, &o.images, "FILE", "Image archives (docker save, OCI) and image stores (containerd, CRI-O, Docker), as they are."},
		{"import", 0, OPT_MULTI, &o.imports, "PATH", "What the site exported: folders, archives and files that `plimsoll analyze` reads."},
		{0},
	};
	const struct opts opts = {.command = "collect", .synopsis = "-o SITE.plim [--cluster] [--node ROOT...] [--image FILE...] [--import PATH...]",
				  .summary = "Collects evidence into one redacted bundle.", .table = table, .more = more};
	int rc = opts_run(&opts, argc, argv, collect, &o);

	opts_fini(&o.namespaces);
	opts_fini(&o.nodes);
	opts_fini(&o.images);
	opts_fini(&o.imports);
	return rc;
}
