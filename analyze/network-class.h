/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NETWORK_CLASS_H
#define NETWORK_CLASS_H
/* Endpoints of one class carry the same labels as far as any policy asks, in the same namespace, with the same named ports, and their
 * addresses are of the same families and lie in the same networks: no policy can tell them apart. */
#include "network-model.h"

/* Which classes a selector takes in: one bit each, made when first asked for. */
const uint64_t *net_selector_classes(struct net *net, const struct net_selector *s);
static inline bool net_bit(const uint64_t *bits, size_t i)
{
	return bits[i / 64] >> (i % 64) & 1;
}
/* Whether a selector takes in this endpoint. */
bool net_selects(struct net *net, const struct net_selector *s, const struct net_endpoint *p);
/* The policies that hold for a class in one direction. */
const struct net_applied *net_applied(struct net *net, uint32_t class, int direction);
/* Whether some policy holds for it in this direction. Tells what is: where the plug-in ignores policies, nothing is isolated. */
bool net_isolated(struct net *net, uint32_t class, int direction);
/* Whether they let everything pass: none holds for the class, or what they say first is that all is allowed. False where that takes more than a look at the rules. */
bool net_holds_nothing(struct net *net, uint32_t class, int direction);
#endif
