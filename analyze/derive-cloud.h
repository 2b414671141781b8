/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DERIVE_CLOUD_H
#define DERIVE_CLOUD_H
/*
 * Table cloud_mapping: which identities of a cloud are which users and groups of a cluster, as the config map kube-system/aws-auth of EKS says
 * (aws-iam-authenticator, "CRD and ConfigMap mapping": lists mapRoles and mapUsers as YAML text). A list that is no YAML is a problem row.
 */
#include "derive.h"

int derive_cloud(struct db *db, struct err *e);
#endif
