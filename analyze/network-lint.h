/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NETWORK_LINT_H
#define NETWORK_LINT_H
#include "network-reach.h"
/* Writes what policies say that cannot have been meant into network_lint. What cannot be read at all is net_problem()'s. */
int network_lint_write(struct net *net, struct net_reach *r, struct err *e);
#endif
