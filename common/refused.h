/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REFUSED_H
#define REFUSED_H
/*
 * What kubectl says on standard error, as people keep it beside a dump (errors.txt, secrets.err). Of a resource that it may not list
 * kubectl prints an empty list all the same, so that only these lines tell it from one of which there is none.
 * Sources: kubectl's pkg/cmd/util/helpers.go (StandardErrorMessage), apimachinery's pkg/api/errors (NewForbidden, NewGenericServerResponse).
 */
#include "arena.h"
#include "source.h"

struct refused {
	const char *kind;   /* of evidence: "kubernetes/secrets"; a star for the resource where the line does not say of what */
	const char *reason; /* one line: "forbidden: User … cannot list resource …" */
	struct span line;   /* as kubectl wrote it */
};

/* True for the files in which Troubleshoot (support bundles) keeps what it could not list, one for each resource: cluster-resources/pods-errors.json, a JSON object of
 * namespaces or an array, with the API server's messages. Source: replicatedhq/troubleshoot, pkg/collect/cluster_resources.go. Each message is read as a line that
 * kubectl would print. */
bool refused_of_bundle(struct span path);
/* True when a line tells that kubectl failed: neither a warning nor anything else. */
bool refused_is_error(struct span line);
/* What failed, in our words: "forbidden: " and what is behind it, else the line. At most 300 bytes of it. */
const char *refused_reason(struct arena *a, struct span line);
/* True when the line says that a list could not be had. Lines of single objects and of resources that the server does not have
 * do not count. `path`: of the file; its name may tell the resource that a line leaves open. */
bool refused_line(struct arena *a, struct span path, struct span line, struct refused *out);
/* True for names that people give to such files. */
bool refused_named(struct span path);
/* True when a line of the text counts. */
bool refused_in(struct span path, struct span text);

typedef int refused_each(void *ctx, const struct refused *r, struct err *e);
/* Each line (message) of a file that counts, in order; 0, or -1 with `why` (it cannot be read) or `e` (the callback's). */
int refused_read(struct source *content, struct span path, refused_each *each, void *ctx, struct err *why, struct err *e);
#endif
