/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NODE_PACKAGES_H
#define NODE_PACKAGES_H
/* What a host's package managers say is installed, for the document "node/packages" (docs/evidence.md, "Nodes"). */
#include "node-files.h"

/* Adds "dpkg" and "apk" (the lines that tell what is installed) and "rpm" (its databases, read) to `doc`. */
void node_packages(struct node *n, struct json *doc);
#endif
