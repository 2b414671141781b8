/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NETWORK_POLICY_H
#define NETWORK_POLICY_H
/* Reading policies into the model: one function per kind. What cannot be understood becomes a problem and lets nothing pass. */
#include "network-model.h"

/* `p` says whose it is (thing, namespace, name, kind, ref); `object` lives as long as the model. */
typedef void net_read(struct net *net, struct net_policy *p, const struct json *object);
net_read net_read_kubernetes; /* networking.k8s.io/v1 NetworkPolicy */
net_read net_read_admin;      /* policy.networking.k8s.io: AdminNetworkPolicy, BaselineAdminNetworkPolicy, ClusterNetworkPolicy */
net_read net_read_cilium;     /* cilium.io: CiliumNetworkPolicy, CiliumClusterwideNetworkPolicy */
net_read net_read_calico;     /* NetworkPolicy, GlobalNetworkPolicy of projectcalico.org and crd.projectcalico.org */

/* Parts that several share. */
/* Adds a CIDR less its exceptions; false (and a problem) when any of it cannot be read. */
bool net_cidr(struct net *net, const struct net_policy *p, const char *pointer, const struct json *cidr, const struct json *except, struct set *out);
/* A port number, 1 to 65535; false (and a problem) when it is not. */
bool net_port_number(struct net *net, const struct net_policy *p, const char *pointer, const struct json *v, uint32_t *out);
/* Adds a name to a rule's named ports. */
void net_add_named(struct net *net, struct net_rule *r, struct span name, int protocol);
/* "/spec/ingress/3", in the model's arena. */
const char *net_pointer(struct net *net, const char *base, const char *member, size_t i);
/* Notes operators and keys of a Kubernetes label selector that no API server takes. */
void net_check_selector(struct net *net, const struct net_policy *p, const char *pointer, const struct json *selector);
#endif
