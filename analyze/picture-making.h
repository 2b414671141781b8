/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PICTURE_MAKING_H
#define PICTURE_MAKING_H
/* The picture while it is made: derive-picture.c chooses boxes and rows, picture-lines.c finds the lines, picture-write.c writes the table. */
#include "derive-picture.h"
#include "common/picture.h"

enum { WAY_TYPES = 7, WAY_PORTS = 3, UNIONS_MAX = 64, NO_ROW = PICTURE_ENDS };
extern const struct picture_way_type {
	const char *type, *words;
} picture_way_types[WAY_TYPES];

struct member {
	int64_t workload;
	uint32_t class;
};
struct class_info {
	enum picture_state state;
	bool exposed, from_internet, seen, denied;
	size_t workloads, row;
};
/* Ports of one way in. */
struct way {
	int64_t ports[WAY_PORTS];
	size_t n;
	bool any, more;
};
struct row {
	size_t box;
	enum picture_state state;
	bool exposed, from_internet, seen;
	size_t workloads;
	uint32_t first; /* class */
	struct way ways[WAY_TYPES];
};
/* Connections that were seen. */
struct observed {
	int64_t count;
	bool passed, more;
	struct {
		int protocol;
		uint32_t port;
	} ports[3];
	size_t n;
};
struct pair {
	uint32_t ports, last; /* sets of network-reach.c */
	size_t unions;
	struct observed seen, denied; /* what policies let through, and what they do not */
};
struct box {
	const struct net_space *space; /* NULL: all others */
	size_t workloads, namespaces, isolated, first, n;
};
struct picture_making {
	struct net *net;
	struct net_reach *reach;
	struct class_info *classes;
	struct member *members; /* by workload */
	size_t n_members;
	struct box boxes[PICTURE_BOXES];
	struct row rows[PICTURE_ROWS];
	size_t n_boxes, n_rows;
	struct pair pairs[PICTURE_ENDS][PICTURE_ENDS]; /* source, target */
	bool observed;
	int64_t ordinal;
};

static inline bool shelters(enum picture_state s, int direction)
{
	return s == PICTURE_CLOSED || s == (direction == NET_INGRESS ? PICTURE_IN : PICTURE_OUT);
}
/* The first class of a workload; UINT32_MAX: none. */
uint32_t picture_class(const struct picture_making *m, int64_t workload);
/* What all of the open network reaches, or what reaches all of it, becomes one line. Once, after the last target. */
void picture_join(struct picture_making *m);
/* Observed connections, on the lines of their rows. */
int picture_flows(struct picture_making *m, struct err *e);
#endif
