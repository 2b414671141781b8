// SPDX-License-Identifier: Apache-2.0
// Dates as feeds write them. Time zones count as UTC: a feed's age is told in days.
#include "feed.h"

static int64_t seconds(int64_t year, int64_t month, int64_t day, int64_t clock)
{
	struct tm tm = {.tm_year = (int)year - 1900, .tm_mon = (int)month - 1, .tm_mday = (int)day};

	if (year < 1970 || year > 9999 || month < 1 || month > 12 || day < 1 || day > 31)
		return 0;
	return (int64_t)timegm(&tm) + clock;
}

static bool digits(struct span s, size_t at, size_t n, int64_t *out)
{
	if (at + n > s.n || !version_is_digit(s.p[at]))
		return false;
	return span_int((struct span){s.p + at, n}, out);
}

int64_t feed_time(struct span t)
{
	int64_t y, m, d, hour = 0, min = 0, sec = 0;

	t = span_trim(t);
	if (!digits(t, 0, 4, &y) || !digits(t, 5, 2, &m) || !digits(t, 8, 2, &d) || t.p[4] != '-' || t.p[7] != '-')
		return 0;
	if (digits(t, 11, 2, &hour) && digits(t, 14, 2, &min))
		digits(t, 17, 2, &sec);
	if (hour > 23 || min > 59 || sec > 60)
		return 0;
	return seconds(y, m, d, hour * 3600 + min * 60 + sec);
}

int64_t feed_date(struct span day, struct span month, struct span year)
{
	static const char months[] = "janfebmaraprmayjunjulaugsepoctnovdec";
	int64_t d, y;

	if (month.n < 3 || !span_int(day, &d) || !span_int(year, &y))
		return 0;
	for (int i = 0; i < 12; i++) {
		char name[4] = {months[3 * i], months[3 * i + 1], months[3 * i + 2], 0};

		if (span_ieq((struct span){month.p, 3}, name))
			return seconds(y, i + 1, d, 0);
	}
	return 0;
}
