/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LOAD_KUBERNETES_H
#define LOAD_KUBERNETES_H
#include "load.h"
/* Reads Kubernetes objects ("kubernetes/..."): lists, single objects, JSON or YAML, in any mixture. */
int load_kubernetes(struct load *l, struct source *content, struct err *e);
#endif
