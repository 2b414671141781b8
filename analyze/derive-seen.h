/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DERIVE_SEEN_H
#define DERIVE_SEEN_H
/*
 * Dumps that were taken of some namespaces only (`kubectl get` without -A, `kubectl cluster-info dump` without -A, must-gather). Such a list looks like that of a
 * small cluster. It is told from a whole one by what every cluster has in namespaces that are not its users':
 *   - kube-controller-manager makes the service account default and, since 1.20, the config map kube-root-ca.crt in each namespace that is
 *     active (pkg/controller/serviceaccount, pkg/controller/certificates/rootcacertpublisher);
 *   - kube-apiserver makes namespaces default, kube-system and kube-public and lets nobody delete them (pkg/controlplane/controller/systemnamespaces,
 *     plugin/pkg/admission/namespace/lifecycle), the service kubernetes in default, and roles, their bindings and a config map in kube-system
 *     (plugin/pkg/auth/authorizer/rbac/bootstrappolicy);
 *   - ready replicas, owners and volumes of pods speak of objects in the same namespace.
 * A kind that fell short is a row of `expected` with lost = 1, and so is every other kind of objects in namespaces that shows nothing of those namespaces. Only
 * objects that an API server gave (they have a uid) say anything: manifests are no dump. Nor are lists doubted that a bundle holds as asked for with -A.
 */
#include "common/db.h"

/* After derive_refused(). */
int derive_seen(struct db *db, struct err *e);
/* Warns for each cluster of which some namespaces only were collected. */
void seen_warn(struct db *db);
#endif
