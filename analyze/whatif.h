/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WHATIF_H
#define WHATIF_H
/*
 * A cluster's Kubernetes objects out of an assessment database, with changes laid over them, as members for analyze_run(): what
 * `plimsoll whatif` analyzes twice, without and with the changes, and compares.
 */
#include "analyze.h"

struct whatif;
/* `site` and `cluster` must outlive it. */
struct whatif *whatif_new(struct db *site, const char *cluster);
/* Objects of a manifest: they take the place of those of the same kind, namespace and name, and the pods of a changed template get it. */
int whatif_apply(struct whatif *w, const char *file, struct err *e);
/* Takes an object away with its pods, a namespace with all in it: by ref, NAMESPACE/KIND/NAME or KIND/NAME. ERR_USAGE when there is none. */
int whatif_delete(struct whatif *w, const char *ref, struct err *e);
/* As analyze_options.walk; `changed` false: without the changes. */
int whatif_walk(void *whatif, input_each *each, void *each_ctx, struct err *e);
void whatif_changed(struct whatif *w, bool changed);
/* The database that is being filled: gets the kinds of evidence that the site has, also those without objects. Before each analysis. */
void whatif_into(struct whatif *w, struct db *into);
void whatif_free(struct whatif *w);
#endif
