// SPDX-License-Identifier: Apache-2.0
#include "feeds-time.h"

#include "common/span.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

int64_t feeds_now(void)
{
	const char *epoch = getenv("SOURCE_DATE_EPOCH");
	int64_t t;

	return epoch && span_int(span_of(epoch), &t) && t > 0 ? t : (int64_t)time(NULL);
}

bool feeds_day(int64_t t, char out[static 48])
{
	struct tm tm;
	time_t when = (time_t)t;

	out[0] = 0;
	if (!gmtime_r(&when, &tm))
		return false;
	snprintf(out, 48, "%04d-%02d-%02d", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday);
	return true;
}
