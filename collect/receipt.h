/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RECEIPT_H
#define RECEIPT_H
/* RECEIPT.txt: one page to print and sign where a bundle changes hands. */
#include "common/err.h"
#include "common/redact.h"

struct receipt {
	const char *bundle, *id, *sha256;
	uint64_t bytes, plain_bytes, members, partial, unredacted, expected, left_out;
	int64_t start, end;
	const struct redact *redact;
	struct span expected_list; /* elements of the manifest's list */
};
/* Writes RECEIPT.txt into the folder of the bundle. */
int receipt_write(const struct receipt *r, struct err *e);
#endif
