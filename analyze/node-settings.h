/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NODE_SETTINGS_H
#define NODE_SETTINGS_H
/*
 * Command lines of control-plane components, kubelets and engines into node_setting rows, for static pods seen through the
 * API and for processes seen on a node alike; then the defaults of what was not said (analyze/component-defaults.yaml).
 */
#include "load.h"

struct component {
	int64_t thing;	       /* that the settings hang on: load_thing() made it */
	int64_t node;	       /* the node's thing, 0: not known */
	const char *component; /* "kube-apiserver" */
	struct span node_name, version; /* may be absent */
	bool configuration;    /* its configuration file was seen */
};

/* The component that a command runs ("/usr/local/bin/kube-apiserver", or a shell line that execs it), NULL when it is none of those known.
 * `args` is the whole command line. */
const char *node_component(const struct span *args, size_t n);
/* Writes component_instance (arguments = 1) and one node_setting row per flag, source 'flag'. A list flag given twice is joined by
 * commas, any other flag's last value counts, as pflag does; a flag without a value is "true". */
int node_settings_from_arguments(struct load *l, const struct component *c, const struct span *args, size_t n, struct err *e);
/* One setting; a flag stays what it is when a file says otherwise, and both win over a default. */
int node_setting_add(struct load *l, const struct component *c, struct span name, struct span value, const char *source, struct err *e);
/* Rows with source 'default' for what neither flags nor files set. Call it last. */
int node_settings_defaults(struct load *l, const struct component *c, struct err *e);
#endif
