/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ERR_H
#define ERR_H
/*
 * Errors. A function that can fail takes a `struct err *` last and returns 0, or -1 with the
 * error set exactly once by whoever found it; callers only add context with err_wrap().
 * On success the error is untouched. The kind decides the exit code (docs/plimsoll.1).
 */

#include <stdbool.h>

enum err_kind {
	ERR_NONE = 0,
	ERR_USAGE = 2, /* the command line is wrong */
	ERR_INPUT = 3, /* evidence or a file given cannot be read or is refused */
	ERR_ENV = 5    /* disk, permission, memory limits, internal */
};

struct err {
	enum err_kind kind;
	bool alone; /* says all that a user can make use of: err_wrap() leaves it as it is (a full disk) */
	char msg[1024]; /* one line, already safe for a terminal */
};

/* Sets `e` (may be NULL) and returns -1. Arguments that come from outside are cleaned: control
 * characters and bidirectional controls are shown as \u{..}, so a message never steers a terminal. */
int err_set(struct err *e, enum err_kind kind, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* As err_set, with ": " and the text of errno behind the message; kind ERR_ENV. */
int err_errno(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Puts "context: " before the message of an error that is set; returns -1. */
int err_wrap(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Prints "plimsoll: msg" to stderr and returns the exit code of the error's kind. */
int err_report(const struct err *e);

/* Ends the program: for impossible states and out of memory only, never for hostile input. */
void die(const char *fmt, ...) __attribute__((noreturn, format(printf, 1, 2)));

/* A line on stderr that does not end the run: "plimsoll: warning: ...", cleaned as err_set does. */
void warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
#endif
