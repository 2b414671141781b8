/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PATH_ENDS_H
#define PATH_ENDS_H
#include "common/db.h"
/* Fills path_end: what the files of analyze/targets and the engagement file call an entry or a jewel. A thing that several name keeps the
 * one that matters most (least rank). */
int path_ends_fill(struct db *db, struct err *e);
#endif
