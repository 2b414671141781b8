/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NETWORK_SET_H
#define NETWORK_SET_H
/*
 * Sets of ports and of addresses: sorted, disjoint, closed ranges over one line of numbers, never changed once made, in an arena.
 *
 * Ports of all protocols lie on one line: protocol × 65536 + port. Addresses too: IPv6 as it is, IPv4 where IPv4-mapped addresses are
 * (RFC 4291, 2.5.5.2), which an IPv6 network never takes in.
 */
#include "common/arena.h"
#include "common/buf.h"
#include "common/err.h"

typedef unsigned __int128 wide;

struct range {
	wide from, to; /* both belong to it */
};
struct set {
	const struct range *at;
	size_t n;
};

struct set set_one(struct arena *a, wide from, wide to);
struct set set_union(struct arena *a, struct set x, struct set y);
struct set set_common(struct arena *a, struct set x, struct set y);
struct set set_minus(struct arena *a, struct set x, struct set y);
bool set_has(struct set s, wide value);
/* Whether they have anything in common. */
bool set_meets(struct set x, struct set y);
bool set_equal(struct set x, struct set y);
/* Sorts and joins ranges in place: the set of all of them. */
struct set set_of(struct range *ranges, size_t n);
/* Many sets to be joined: gathered first, joined once, so that the memory stays a multiple of what comes in. */
struct gather {
	struct range *at;
	size_t n, cap;
};
void gather_add(struct arena *a, struct gather *g, struct set s);
static inline struct set gather_set(const struct gather *g)
{
	return set_of(g->at, g->n);
}
/* Whether all of y is in x. */
bool set_within(struct set y, struct set x);

enum protocol { PROTOCOL_TCP, PROTOCOL_UDP, PROTOCOL_SCTP, PROTOCOL_ICMP, PROTOCOL_OTHER, PROTOCOLS };
/* "tcp", "UDP", "6"; -1 when it is none that is known. */
int protocol_named(struct span name);
const char *protocol_name(int protocol);
/* A point on the line; `port` counts for TCP, UDP and SCTP only. */
wide port_at(int protocol, uint32_t port);
/* Ports from to to of a protocol, all of one, everything. */
struct set ports_range(struct arena *a, int protocol, uint32_t from, uint32_t to);
struct set ports_of(struct arena *a, int protocol);
struct set ports_all(struct arena *a);
/* "80,443-445" or "all": those of one protocol. False when there are none. */
bool ports_text(struct set s, int protocol, struct buf *out);

/* "10.0.0.1" or "2001:db8::1". */
bool address_parse(struct span text, wide *out);
void address_text(wide address, struct buf *out);
bool address_is_v4(wide address);
/* "10.0.0.0/8": its ranges (an address without a length is itself). ERR_INPUT says what is wrong; bits behind the length are cleared. */
int cidr_parse(struct arena *a, struct span text, struct set *out, struct err *e);
/* Every IPv4 address; every address. */
struct set addresses_v4(struct arena *a);
struct set addresses_all(struct arena *a);
/* Whether every IPv4 (IPv6) address is among them. */
bool addresses_every_v4(struct set s);
bool addresses_every_v6(struct set s);
/* Parts a set by family. The IPv6 part runs on through where IPv4 lies when it reaches to both sides of it, so that ::/0 is one network. */
void cidr_families(struct arena *a, struct set s, struct set *v4, struct set *v6);
/* The smallest list of networks that make up a set of one family, one at a time: starts with a zeroed walk, false when done. */
struct cidr_walk {
	size_t at;
	wide next;
	bool inside;
};
bool cidr_next(struct set s, struct cidr_walk *w, struct buf *out);
#endif
