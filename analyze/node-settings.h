/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NODE_SETTINGS_H
#define NODE_SETTINGS_H
/*
 * Command lines and configuration of control-plane components, kubelets and engines into node_setting rows, for static pods seen through
 * the API and for processes and files seen on a node alike; then the defaults of what was not said (analyze/component-defaults.yaml).
 */
#include "common/component.h"
#include "load.h"

struct component {
	int64_t thing;	       /* that the settings hang on: load_thing() made it */
	int64_t node;	       /* the node's thing, 0: not known */
	const char *component; /* "kube-apiserver" */
	struct span node_name, version; /* may be absent */
	const char *seen;      /* where: "process", "manifest", "unit" or "pod" (through the API), the best first; NULL: only its files */
};

/* Adds the component_instance row, or what is new to it. */
int node_component_add(struct load *l, const struct component *c, struct err *e);
/*
 * Adds the instance and one node_setting row per flag, source 'flag', under the name that the configuration file has for it where the
 * component has one (kubelet, kube-proxy, docker). A list flag given twice is joined by commas, any other flag's last value counts, as pflag
 * does; a flag without a value is "true", and a boolean flag takes none from the next word. A command line seen at a better place replaces
 * one seen at a lesser one, and is not added to by it.
 */
int node_settings_from_arguments(struct load *l, const struct component *c, const struct span *args, size_t n, struct err *e);
/* etcd's settings from ETCD_* variables of a container (a list of {name, value}); a flag wins over its variable. Others have none. */
int node_settings_from_environment(struct load *l, const struct component *c, const struct json *env, struct err *e);
/* "v1.29.3" of "registry.k8s.io/kube-apiserver:v1.29.3", "3.5.12" of "…/etcd:3.5.12-0"; absent when the tag is no version. */
struct span node_image_version(struct span image);
/* A configuration document as dotted paths, source 'file': lists of texts joined by commas, other lists by index. */
int node_settings_from_document(struct load *l, const struct component *c, const struct json *document, struct err *e);
/* One setting; a flag stays what it is when a file says otherwise, and both win over a default. */
int node_setting_add(struct load *l, const struct component *c, struct span name, struct span value, const char *source, struct err *e);
#endif
