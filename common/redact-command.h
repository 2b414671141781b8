/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REDACT_COMMAND_H
#define REDACT_COMMAND_H
/* Secrets that a command line gives without a telling name: `redis-cli -a X`, `mysql -pX`, `mc alias set NAME URL KEY SECRET`. */
#include "redact-detect.h"

/* The secret behind the blank at `i` of a command line (or script), by the program that the command begins with and the words before it. */
bool command_secret(struct span s, size_t i, struct secret_hit *out);
#endif
