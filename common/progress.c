// SPDX-License-Identifier: Apache-2.0
// The progress line on stderr.
#include "progress.h"
#include "text.h"

#include <inttypes.h>
#include <unistd.h>

static bool shown;

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

void progress_show(const char *what, uint64_t done, uint64_t total, const char *unit)
{
	static double last, began;
	static char current[128];
	double t;
	char clean[64], line[160];

	if (!isatty(2))
		return;
	t = now();
	text_clean(clean, sizeof(clean), what, strlen(what));
	if (strcmp(clean, current) != 0) {
		snprintf(current, sizeof(current), "%s", clean);
		began = t;
	} else if (t - last < 0.2) {
		return;
	}
	last = t;
	if (total && done && t > began)
		snprintf(line, sizeof(line), "%s: %" PRIu64 " of %" PRIu64 " %s, %.0f s left", clean, done, total, unit,
			 (t - began) * (double)(total - done) / (double)done);
	else if (t > began)
		snprintf(line, sizeof(line), "%s: %" PRIu64 " %s, %.0f a second", clean, done, unit, (double)done / (t - began));
	else
		snprintf(line, sizeof(line), "%s", clean);
	fprintf(stderr, "\r\033[K%.78s", line);
	shown = true;
}

void progress_clear(void)
{
	if (shown)
		fputs("\r\033[K", stderr);
	shown = false;
}
