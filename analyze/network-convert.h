/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NETWORK_CONVERT_H
#define NETWORK_CONVERT_H
/* NetworkPolicies as `plimsoll network generate` writes them (matchLabels, networks without exceptions, ports by number), in the language
 * of another engine. The result lives in the model's arena. */
#include "network-load.h"

typedef struct json net_convert(struct net *net, const struct json *policy);
net_convert net_to_cilium; /* CiliumNetworkPolicy of cilium.io/v2; nodes become entities, since Cilium's networks take in no nodes */
net_convert net_to_calico; /* NetworkPolicy of projectcalico.org/v3 */
#endif
