/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FEEDS_TIME_H
#define FEEDS_TIME_H
/* Times of feeds and packs: Unix seconds, told as days in UTC. */
#include <stdbool.h>
#include <stdint.h>

/* What age and expiry are counted from: SOURCE_DATE_EPOCH when it is a number above 0, else now. */
int64_t feeds_now(void);
/* "2026-03-01"; false (and "") for a time that no calendar has. */
bool feeds_day(int64_t t, char out[static 48]);
#endif
