/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INVENTORY_BINARY_H
#define INVENTORY_BINARY_H
/* Programs installed by hand, told by their paths and a version in their content: rules are the files of analyze/binaries. */
#include "inventory-parse.h"

/* Emits a package of type generic for the first rule that fits the file. */
void binary_match(struct parse *p);
/* Reads the rules; called by the first match, and by the tests. -1: a rule file of ours is wrong. */
int binary_rules_load(struct err *e);
#endif
