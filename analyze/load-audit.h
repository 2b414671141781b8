/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LOAD_AUDIT_H
#define LOAD_AUDIT_H
#include "load.h"
/* Reads audit logs of an API server ("kubernetes/audit"): audit.k8s.io/v1 Events, one a line or in lists. Only who did what where is
 * counted; bodies of requests and answers are dropped unread. */
int load_audit(struct load *l, struct source *content, struct err *e);
#endif
