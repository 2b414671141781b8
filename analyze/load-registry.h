/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LOAD_REGISTRY_H
#define LOAD_REGISTRY_H
#include "load.h"
/*
 * Reads what registries export ("registry/..."): Amazon ECR (describe-repositories, describe-images), Harbor (projects, repositories,
 * artifacts; API v2.0), the distribution API (/v2/_catalog, /v2/NAME/tags/list). None but ECR says which host it is of: a folder
 * of the member's path that is a host name does.
 */
int load_registry(struct load *l, struct source *content, struct err *e);
/* Once, behind all members: images of ECR find their repositories, signatures what they are of. */
int load_registry_waiting(struct db *db, struct err *e);
/* Once, when all repositories are known: settings of Harbor's projects. */
int derive_registry_projects(struct db *db, struct err *e);
#endif
