/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LICENSE_H
#define LICENSE_H
/*
 * Licences as packages state them: SPDX identifiers (licence list 3.x) and expressions (SPDX 2.3, annex D), and what they oblige to. What is known of
 * licences stands in analyze/licences.yaml.
 */
#include "common/arena.h"
#include "common/span.h"

/* From the mildest to the strictest; what is not known is between what obliges to little and what obliges to much. */
enum license_class { LICENSE_PERMISSIVE, LICENSE_WEAK, LICENSE_UNKNOWN, LICENSE_STRONG, LICENSE_NETWORK, LICENSE_PROPRIETARY };
/* "permissive", "weak-copyleft", … */
const char *license_class_name(enum license_class c);

/* The SPDX form of a licence as written ("Apache License, Version 2.0" gives "Apache-2.0"), or what was written, trimmed to one line of at
 * most 200 bytes; absent when nothing was. In the arena. */
struct span license_normal(struct arena *a, struct span written);
/* True when it is an SPDX identifier that is known here, or an expression of such ones. */
bool license_is_spdx(struct span s);

/* What a policy says of one word: a class, an identifier, or "identifier WITH exception". */
enum license_ruling { LICENSE_ALLOW, LICENSE_UNRULED, LICENSE_DENY };
typedef enum license_ruling license_policy(void *ctx, struct span word);

struct license_reading {
	struct span expression; /* canonical: known identifiers, no needless brackets; absent when it is no expression of such ones */
	enum license_class class;
	enum license_ruling ruling;
};
/* Reads what a package states. AND: the strictest of both; OR: the mildest, as the user may choose; likewise the ruling. Bounded in depth: what nests deeper
 * is no expression. `policy` NULL: nothing is ruled. In the arena. */
void license_read(struct arena *a, struct span text, license_policy *policy, void *ctx, struct license_reading *out);
#endif
