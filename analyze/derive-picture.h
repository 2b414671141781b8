/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DERIVE_PICTURE_H
#define DERIVE_PICTURE_H
/* Table network_picture (analyze/schema/picture.sql): which namespaces get a box, which workloads a row, and the lines between them. */
#include "network-reach.h"

struct picture_making;
/* Chooses boxes and rows. `base` is the id of the first reach_class; exposures and flows with their workloads are there. NULL: the environment failed. */
struct picture_making *picture_start(struct net *net, struct net_reach *r, int64_t base, struct err *e);
/* Takes in what reaches class `to`: `ids` as of net_reach_row. */
void picture_target(struct picture_making *m, uint32_t to, const uint32_t *ids);
/* Takes in that policies let class `from` connect to addresses outside on these ports. */
void picture_outside(struct picture_making *m, uint32_t from, uint32_t ports);
/* Writes it all. `complete`: every class was a target. */
int picture_write(struct picture_making *m, bool complete, struct err *e);
#endif
