/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DERIVE_REFUSED_H
#define DERIVE_REFUSED_H
#include "load.h"

/*
 * Lists that are empty because they were refused. Of a resource that it may not list kubectl prints an empty list, which a dump made by
 * hand then holds. Such a kind is no evidence: it leaves evidence_kind, and `expected` tells why. Kinds that a cluster may well lack
 * (network policies, disruption budgets, ingresses, custom resources) count as collected unless a file of errors names them.
 */
/* kubectl's standard error ("kubernetes/refused"): each list that it did not get becomes a row of `expected`. */
int load_refused(struct load *l, struct source *content, struct err *e);
/* Notes that the member at hand is an empty list which does not say of what: kubectl makes such a list up of what it got, be it nothing. An
 * empty list of a kind of its own ("RoleList") is the API server's. */
int refused_perhaps(struct load *l, const char *kind, struct err *e);
/* Judges all lists, once owners and workloads are known. */
int derive_refused(struct db *db, struct err *e);
#endif
