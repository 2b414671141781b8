/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WORKLOAD_H
#define WORKLOAD_H
/*
 * A pod template on its way into the tables workload, container, volume and what hangs on them. Loaders call it for
 * controllers and bare pods, derive-workload.c for owners that are known by their pods only and for pods that differ.
 */
#include "load.h"

struct workload {
	struct load *l;
	int64_t thing;		 /* the object; containers become things below it */
	const char *ref;
	struct span namespace, kind, name; /* kind as refs name it */
	const struct json *meta; /* of the template: labels and annotations */
	const struct json *spec; /* of the pod */
	const struct json *claims; /* volumeClaimTemplates of a StatefulSet; NULL: none */
	const char *pointer;	 /* of `spec` in the member */
	int64_t replicas;	 /* -1: the kind has none */
	bool collected, is_static, differs;
};

/* Rows of workload, its containers, volumes and template labels. */
int workload_insert(const struct workload *w, struct err *e);

/* What pods and templates are compared by: SHA-256 prefix (32 hex digits) over what security checks look at, without what
 * the API server and well-known webhooks add to pods (token volumes, cloud identity variables). */
#define WORKLOAD_HASH 33
void workload_hash(const struct json *meta, const struct json *spec, char out[static WORKLOAD_HASH]);

/* The pod specification inside an object of this kind, its template's metadata in `meta`; NULL when it holds none. */
const struct json *workload_template(struct span kind, const struct json *object, const struct json **meta);

/* load-container.c: rows of all containers of a workload. */
int container_insert_all(const struct workload *w, struct err *e);
/* A volume that the API server puts into pods for the service account's token. */
bool workload_injected_volume(const struct json *volume);
#endif
