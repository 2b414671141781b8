/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KEYS_H
#define KEYS_H
/* The key table: one source for what a key does, the help screen and the man page. */
#include "term.h"

enum action {
	ACT_NONE, ACT_UP, ACT_DOWN, ACT_PAGE_UP, ACT_PAGE_DOWN, ACT_TOP, ACT_BOTTOM, ACT_OPEN, ACT_BACK, ACT_QUIT, ACT_HELP, ACT_SEARCH, ACT_NEXT,
	ACT_OVERVIEW, ACT_FINDINGS, ACT_COVERAGE, ACT_PATHS, ACT_NETWORK, ACT_IMAGES, ACT_SEVERITY, ACT_DOMAIN, ACT_NAMESPACE, ACT_VERDICT, ACT_RAW, ACT_CLEAR, ACT_COMMAND
};

struct key_row {
	uint32_t key, other; /* two keys for the same; 0: none */
	enum action action;
	const char *shown;   /* as help prints them */
	const char *help;
};

/* The i-th row, NULL behind the last. */
const struct key_row *keys_at(size_t i);
enum action keys_find(uint32_t key);
#endif
