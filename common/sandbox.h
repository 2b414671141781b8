/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SANDBOX_H
#define SANDBOX_H
/*
 * SQL that comes from a file or a user (checks, edges, templates, `plimsoll sql`) is data: it may read the assessment and nothing
 * else. It is prepared under an authorizer that allows reading and a list of functions by name, must be read-only, and runs under
 * limits of steps and of the size of a value (SQLite, "Defense Against The Dark Arts").
 */
#include "db.h"

/* Steps of SQLite's virtual machine, some 50 million a second: the dearest check takes a thousandth of this at 100,000 objects. */
#define SANDBOX_STEPS 1000000000ll
/* One value: the largest raw object fits. `printf('%.*c', 900000000, 'x')` does not. */
#define SANDBOX_VALUE_BYTES (80 * 1024 * 1024)

/* Prepares one SELECT. ERR_INPUT with SQLite's message when it is not allowed or does not compile. Finalize it with auto_stmt. */
int sandbox_prepare(struct db *d, const char *sql, sqlite3_stmt **out, struct err *e);
/* Between start and stop the limits hold for every statement of the connection. `steps` is kept by the caller. */
struct sandbox {
	int64_t steps;	/* done so far, in whole thousands */
	bool stopped;	/* the limit ended a statement */
	int length;	/* the limit on values that was there before */
};
void sandbox_start(struct db *d, struct sandbox *s);
void sandbox_stop(struct db *d, struct sandbox *s);
#endif
