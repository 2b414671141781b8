/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROGRESS_H
#define PROGRESS_H
/* What is going on, on stderr: one line that is redrawn when it is a terminal, nothing otherwise. */
#include <stdint.h>

/* Shows "what done/total (rate)": total 0 when unknown. Redraws at most five times a second. */
void progress_show(const char *what, uint64_t done, uint64_t total, const char *unit);
/* Clears the line. Called before any other message to stderr. */
void progress_clear(void);
#endif
