/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DERIVE_KUBERNETES_H
#define DERIVE_KUBERNETES_H
#include "common/db.h"

/*
 * Kubernetes' own components as packages (type k8s) of nodes, so that its feed judges them: the kubelet by the version that the node
 * reports, those of the control plane by the tags of their images, on the cluster's control-plane nodes. Builds of a provider
 * ("v1.27.4-eks-8ccc7ba") carry fixes of their own and are left out; kubernetes_coverage says so.
 */
int kubernetes_packages(struct db *site, struct err *e);
/* Rows of feed_coverage for nodes: builds of a provider, and packages of the node that were not collected. */
int kubernetes_coverage(struct db *site, struct err *e);
#endif
