/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DERIVE_NODE_H
#define DERIVE_NODE_H
#include "common/db.h"
/*
 * Components that the API shows (static pods, kube-proxy) become instances, unless their command lines were seen on the host; versions and
 * engines are filled in, defaults are written for what was not set, and evidence_kind gets 'node/COMPONENT' for each component whose settings
 * are known. After the owners of pods.
 */
int derive_nodes(struct db *db, struct err *e);
#endif
