/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RECOGNISE_H
#define RECOGNISE_H
/*
 * What a file of evidence is, told by its first bytes and its name. The kinds: kubernetes/<plural>[.<group>] (group for all but the
 * built-in ones), kubernetes/list, kubernetes/version, kubernetes/audit,
 * kubernetes/refused (what kubectl said of lists that it did not get), node/..., aws/..., registry/..., scanner/..., image/archive.
 */
#include "span.h"

enum recognised {
	RECOGNISED,	    /* `kind` tells what it is */
	RECOGNISED_FEED,    /* a vulnerability feed: no evidence, `plimsoll feeds import` reads it */
	RECOGNISED_IGNORED, /* known, and nothing to assess in it (pod logs, a collector's error list) */
	RECOGNISED_NOT
};

enum { RECOGNISE_HEAD = 8192 };
/* `name`: the file's path; `head`: its first bytes (RECOGNISE_HEAD or all of it). `kind` gets the kind of evidence. */
enum recognised recognise(struct span name, struct span head, char *kind, size_t cap);
/* The kind of evidence for a Kubernetes object or list: "kubernetes/deployments" of ("apps/v1", "Deployment"); "List" suffixes are cut. */
void recognise_kubernetes(struct span api_version, struct span object_kind, char *kind, size_t cap);
/* The kind of evidence for a resource as the API server names it: "kubernetes/deployments" of "deployments.apps". */
void recognise_resource(struct span resource, char *kind, size_t cap);
#endif
