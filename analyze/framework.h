/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FRAMEWORK_H
#define FRAMEWORK_H
#include "check.h"

/*
 * Loads the frameworks carried in the program (docs/checks.md) into framework, control and control_check. Every control names its
 * checks, or says that people must be asked, or why it does not apply. ERR_INPUT when a file is wrong or names a check that does not exist.
 */
int framework_load_all(struct db *db, const struct check_set *checks, struct err *e);
#endif
