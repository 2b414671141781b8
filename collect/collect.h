/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COLLECT_H
#define COLLECT_H
/* `plimsoll collect`: what was asked for, and the sources of evidence. A source is one source-<name>.c. */
#include "evidence.h"
#include "common/input.h"
#include "common/opts.h"

struct collect_options {
	const char *out; /* the bundle */
	bool cluster;
	const char *context, *kubeconfig, *kubectl, *cluster_name;
	struct opt_list namespaces;
	struct opt_list nodes, images, imports;
};

struct collect {
	const struct collect_options *options;
	struct bundle_writer *w;
	struct redact *redact;
	struct evidence evidence;
};

/* Each reads what the options ask of it. A thing that cannot be read is noted in the bundle (bundle_expected, bundle_left_out); -1: the
 * environment failed, the run ends. */
int source_kubernetes(struct collect *c, struct err *e);
int source_node(struct collect *c, struct err *e);
int source_image(struct collect *c, struct err *e);
int source_import(struct collect *c, struct err *e);

/* An image that a walk came upon, as it is. */
int image_collect(struct collect *c, const struct member_spec *spec, struct member *m, struct err *e);
#endif
