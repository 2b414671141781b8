/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SECRET_RULES_H
#define SECRET_RULES_H
/* The rules of analyze/secrets.yaml: which files of images are read for secrets, and formats that need a regular expression. */
#include "common/span.h"

/* True for a canonical path that is worth reading. */
bool secret_rules_path(struct span path);
/* True for values that are known to be none: "example", "changeme", place-holders. */
bool secret_rules_allowed(struct span value);
/* Calls with the class of every rule that finds something, at most once for each rule. Bounded: lines up to 4 KiB, 1,000 of them for each rule. */
void secret_rules_find(struct span text, void (*found)(void *ctx, const char *class), void *ctx);
#endif
